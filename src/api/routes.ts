/**
 * The public API over `Request` and `Response`, wherever these exist: a service worker, a station, a test.
 * Checked in this order: path, method, token, `Accept`, content type, body.
 */
import type { AppId, NodeId } from '../core/event.ts'
import { isAppId, nodeAppId } from '../core/node-id.ts'
import { ShoalError } from '../core/errors.ts'
import type { Node } from '../node/contract.ts'
import type { Calls } from './calls.ts'
import { createCalls } from './calls.ts'
import { apiError, badRequest, reservedAppId, statusOf } from './errors.ts'
import type { Lines } from './items.ts'
import { parseJson } from './json-body.ts'
import { ndjsonBody } from './ndjson.ts'
import { authenticate, checkAccept, checkContentType, readBody } from './request-head.ts'
import { readPublishBody, readQueryRequest, readSubscribeMonotonicRequest, readSubscribeRequest } from './requests.ts'

export interface ApiOptions {
  /** Known before the store is open; default the id of the node. */
  readonly earlyId?: Promise<NodeId>
}

export interface Api {
  /** Never rejects: what goes wrong is an answer with a status and `{code, message}`. */
  handle(request: Request): Promise<Response>
}

const base = '/api/v2'
const json = 'application/json'
const ndjson = 'application/x-ndjson'
const text = 'text/plain'

type Answer = string | ReadableStream<Uint8Array<ArrayBuffer>>

/** `method`: the only one there is. The body is `''` on a GET. */
interface Route {
  readonly method: 'GET' | 'POST'
  readonly produces: typeof json | typeof ndjson | typeof text
  readonly open?: true
  answer(asked: Asked): Promise<Answer>
}

interface Asked {
  readonly request: Request
  readonly appId: AppId
  readonly body: string
}

const headersFor = (nodeId: NodeId | undefined): Headers => {
  const headers = new Headers({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Shoal-Node',
    'Cache-Control': 'no-store',
  })
  if (nodeId !== undefined) headers.set('Shoal-Node', nodeId)
  return headers
}

const preflight = (headers: Headers): Response => {
  headers.set('Access-Control-Allow-Headers', 'accept, authorization, content-type')
  headers.set('Access-Control-Allow-Methods', 'GET, POST, PUT')
  headers.set('Access-Control-Max-Age', '600')
  return new Response(null, { status: 204, headers })
}

const malformedManifest = 'data did not match any variant of untagged enum AppManifest'

const readManifest = (body: string): { readonly appId: AppId; readonly version: string } => {
  const manifest = parseJson(body)
  if (typeof manifest !== 'object' || manifest === null) throw badRequest(malformedManifest)
  const { appId, displayName, version, signature } = manifest as Record<string, unknown>
  if (typeof appId !== 'string' || typeof displayName !== 'string' || typeof version !== 'string' || !isAppId(appId)) {
    throw badRequest(malformedManifest)
  }
  if (appId === nodeAppId) throw new ShoalError('ERR_MANIFEST_INVALID', `Invalid manifest. ${reservedAppId}`)
  if (signature !== undefined && signature !== null) {
    throw new ShoalError(
      'ERR_MANIFEST_INVALID',
      'Invalid manifest. This node knows no certificate to check the signature with; leave it out and use an app id below com.example.',
    )
  }
  if (!appId.startsWith('com.example.')) throw badRequest(malformedManifest)
  return { appId, version }
}

export const createApi = (given: Node | Promise<Node>, options: ApiOptions = {}): Api => {
  const node = Promise.resolve(given)
  const nodeId = options.earlyId ?? node.then(({ id }) => id)
  const calls: Promise<Calls> = node.then(createCalls)
  // Each answer that needs them reports the failure; an unheard rejection would be reported once more by the platform.
  for (const promise of [nodeId, calls]) promise.catch(() => {})

  const streaming =
    <Read>(
      read: (body: string) => Read,
      open: (calls: Calls, read: Read, appId: AppId, signal: AbortSignal) => Lines,
    ) =>
    async ({ request, appId, body }: Asked): Promise<Answer> => {
      const asked = read(body)
      const ready = await calls
      return ndjsonBody((signal) => open(ready, asked, appId, signal), (await node).clock, request.signal)
    }
  const routes: Readonly<Record<string, Route>> = {
    '/auth': {
      method: 'POST',
      produces: json,
      open: true,
      answer: async ({ body }) => {
        const { appId, version } = readManifest(body)
        return JSON.stringify({ token: await (await node).tokens.issue(appId, version) })
      },
    },
    '/node/id': { method: 'GET', produces: text, open: true, answer: () => nodeId },
    '/node/info': { method: 'GET', produces: json, answer: async () => JSON.stringify(await (await calls).info()) },
    '/events/offsets': { method: 'GET', produces: json, answer: async () => JSON.stringify((await calls).offsets()) },
    '/events/publish': {
      method: 'POST',
      produces: json,
      answer: async ({ body, appId }) => JSON.stringify(await (await calls).publish(readPublishBody(body), appId)),
    },
    '/events/query': {
      method: 'POST',
      produces: ndjson,
      answer: streaming(readQueryRequest, (ready, ...asked) => ready.query(...asked)),
    },
    '/events/subscribe': {
      method: 'POST',
      produces: ndjson,
      answer: streaming(readSubscribeRequest, (ready, ...asked) => ready.subscribe(...asked)),
    },
    '/events/subscribe_monotonic': {
      method: 'POST',
      produces: ndjson,
      answer: streaming(readSubscribeMonotonicRequest, (ready, ...asked) => ready.subscribeMonotonic(...asked)),
    },
  }

  const respond = async (request: Request, headers: Headers): Promise<Response> => {
    const url = new URL(request.url)
    const path = url.pathname.startsWith(`${base}/`) ? url.pathname.slice(base.length).replace(/(?<=.)\/$/, '') : ''
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (route === undefined) throw new ShoalError('ERR_NOT_FOUND', 'The requested resource could not be found.')
    if (request.method === 'OPTIONS') return preflight(headers)
    if (request.method !== route.method) throw new ShoalError('ERR_METHOD_NOT_ALLOWED', 'Method not supported.')
    const tokens = async () => (await node).tokens
    const appId = route.open === true ? ('' as AppId) : await authenticate(request, url, tokens)
    checkAccept(request, route.produces)
    let body = ''
    if (route.method === 'POST') {
      checkContentType(request)
      body = await readBody(request)
    }
    const answer = await route.answer({ request, appId, body })
    headers.set('Content-Type', route.produces === text ? 'text/plain; charset=utf-8' : route.produces)
    return new Response(answer, { headers })
  }

  return {
    handle: async (request) => {
      const headers = headersFor(await nodeId.catch(() => undefined))
      try {
        return await respond(request, headers)
      } catch (error) {
        const told = apiError(error)
        const status = statusOf(told.code)
        headers.set('Content-Type', json)
        if (status === 503) headers.set('Retry-After', '1')
        return new Response(JSON.stringify(told), { status, headers })
      }
    },
  }
}
