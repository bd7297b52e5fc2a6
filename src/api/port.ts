/**
 * The worker's side of a port (`port-contract.ts`). Bodies: `publish` {data, receipt?, progress?}, `query`, `subscribe` and
 * `subscribe_monotonic` as over HTTP, `rename` {displayName}, `event_routing` {eventRouting} or {} to read it,
 * `progress` {key}, `diary` and `diary_export` a `DiaryFilter`, `connectivity` {tryNow?}; `info` and `offsets` look at none; those that begin with `swarm_` are in `swarm-port.ts`. What does not
 * stream is answered by a `complete` with its line; `rename` by one without. Each `more` grants one chunk beyond the window.
 */
import { ShoalError } from '../core/errors.ts'
import type { AppId } from '../core/event.ts'
import { isAppId, nodeAppId } from '../core/node-id.ts'
import type { Clock } from '../core/clock.ts'
import type { Node } from '../node/contract.ts'
import type { Calls } from './calls.ts'
import { createCalls } from './calls.ts'
import { createChunks } from './chunks.ts'
import { apiError, badRequest, reservedAppId } from './errors.ts'
import type { Lines } from './items.ts'
import type { ConnectMessage, PortAnswer, PortRequest } from './port-contract.ts'
import { createOutbox } from './outbox.ts'
import { portVersion, windowChunks } from './port-contract.ts'
import {
  readDiaryFilter,
  readEventRouting,
  readFields,
  readNamed,
  readPublishBody,
  readQueryRequest,
  readSubscribeMonotonicRequest,
  readSubscribeRequest,
} from './requests.ts'
import type { SwarmCalls } from './swarm-calls.ts'
import { createSwarmCalls } from './swarm-calls.ts'
import { performSwarmCall } from './swarm-port.ts'

/** What we need of a MessagePort, in whichever library it is declared. */
export interface ServedPort {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(answers: readonly PortAnswer[]): void
  close(): void
}

export interface PortOptions {
  readonly node: Promise<Node>
  /** As it came in; nothing of it is trusted. */
  readonly connect: Pick<ConnectMessage, 'version' | 'appId'>
  /** Of this software, told to the page. */
  readonly version: string
}

export interface ServedPage {
  /** Stops everything that the page asked for. */
  close(): void
}

interface Serving {
  readonly calls: Calls
  readonly swarm: SwarmCalls
  readonly clock: Clock
}

interface Exchange {
  readonly work: AbortController
  window: number
  wake: (() => void) | undefined
}

const refusal = ({ version, appId }: PortOptions['connect']): ShoalError | undefined => {
  if (typeof version !== 'number' || version < portVersion) {
    return new ShoalError('ERR_CLIENT_OUTDATED', 'This page is older than its worker. Reload it.')
  }
  if (version > portVersion) {
    return new ShoalError('ERR_WORKER_OUTDATED', 'This page is newer than its worker. Close the other tabs and reload.')
  }
  if (typeof appId !== 'string' || !isAppId(appId)) return badRequest(`${JSON.stringify(appId)} is not an app id`)
  return appId === nodeAppId ? badRequest(reservedAppId) : undefined
}

const isRequest = (data: unknown): data is PortRequest => {
  if (typeof data !== 'object' || data === null) return false
  const { type, id, body } = data as { readonly type?: unknown; readonly id?: unknown; readonly body?: unknown }
  return Number.isSafeInteger(id) && (type !== 'request' || typeof body === 'string')
}

export const servePort = (port: ServedPort, { node, connect, version }: PortOptions): ServedPage => {
  const exchanges = new Map<number, Exchange>()
  let isClosed = false
  const outbox = createOutbox<PortAnswer>((answers) => {
    if (!isClosed) port.postMessage(answers)
  })
  const { send } = outbox
  const serving = node.then((ready): Serving => ({
    calls: createCalls(ready),
    swarm: createSwarmCalls(ready),
    clock: ready.clock,
  }))

  const stream = async (id: number, exchange: Exchange, lines: Lines, clock: Clock): Promise<void> => {
    const chunks = createChunks(lines, clock)
    const { signal } = exchange.work
    try {
      for (;;) {
        while (exchange.window <= 0 && !signal.aborted) await new Promise<void>((resolve) => (exchange.wake = resolve))
        if (signal.aborted) return
        const chunk = await chunks.next()
        if (signal.aborted || chunk.type !== 'lines') return
        exchange.window--
        send({ type: 'next', id, lines: chunk.lines })
      }
    } finally {
      exchange.work.abort()
      chunks.close()
    }
  }

  /** The one answer as JSON text, or the lines that stream. */
  const perform = (
    call: string,
    body: string,
    { calls, swarm }: Serving,
    appId: AppId,
    signal: AbortSignal,
  ): Lines | Promise<string | undefined> => {
    switch (call) {
      case 'publish':
        return calls.publish(readPublishBody(body), appId).then((published) => JSON.stringify(published))
      case 'query':
        return calls.query(readQueryRequest(body), appId, signal)
      case 'subscribe':
        return calls.subscribe(readSubscribeRequest(body), appId, signal)
      case 'subscribe_monotonic':
        return calls.subscribeMonotonic(readSubscribeMonotonicRequest(body), appId, signal)
      case 'offsets':
        return Promise.resolve(JSON.stringify(calls.offsets()))
      case 'info':
        return calls.details().then((details) => JSON.stringify(details))
      case 'progress':
        return calls.progress(readNamed(body, 'key')).then(String)
      case 'diary':
        return Promise.resolve(JSON.stringify(calls.diary(readDiaryFilter(body))))
      case 'diary_export':
        return Promise.resolve(JSON.stringify(calls.exportDiary(readDiaryFilter(body))))
      case 'connectivity':
        return Promise.resolve(JSON.stringify(calls.connectivity(readFields(body, 'Request')['tryNow'] === true)))
      case 'event_routing':
        return calls.eventRouting(readEventRouting(body)).then((settings) => JSON.stringify(settings))
      case 'rename':
        return calls.rename(readNamed(body, 'displayName')).then(() => undefined)
      default: {
        const performed = performSwarmCall(call, body, swarm, signal)
        if (performed === undefined) throw badRequest(`unknown call "${call}"`)
        return performed
      }
    }
  }

  const answer = async (
    { id, call, body }: Extract<PortRequest, { type: 'request' }>,
    exchange: Exchange,
  ): Promise<void> => {
    // Cancelled, or its id was taken by another request.
    const isGone = (): boolean => exchanges.get(id) !== exchange
    try {
      const served = await serving
      if (isGone()) return
      const performed = perform(call, body, served, connect.appId as AppId, exchange.work.signal)
      if (performed instanceof Promise) {
        const lines = await performed
        if (!isGone()) send({ type: 'complete', id, ...(lines !== undefined && { lines }) })
        return
      }
      await stream(id, exchange, performed, served.clock)
      if (!isGone()) send({ type: 'complete', id })
    } catch (error) {
      if (!isGone()) send({ type: 'error', id, ...apiError(error) })
    } finally {
      if (!isGone()) exchanges.delete(id)
    }
  }

  const cancel = (id: number): void => {
    const exchange = exchanges.get(id)
    exchanges.delete(id)
    exchange?.work.abort()
    exchange?.wake?.()
  }
  const close = (): void => {
    outbox.flush()
    isClosed = true
    port.onmessage = null
    for (const id of exchanges.keys()) cancel(id)
    port.close()
  }

  const receive = ({ data }: MessageEvent<unknown>): void => {
    for (const request of Array.isArray(data) ? (data as readonly unknown[]) : []) if (isRequest(request)) take(request)
  }

  const take = (data: PortRequest): void => {
    switch (data.type) {
      case 'probe':
        return send({ type: 'alive', id: data.id })
      case 'cancel':
        return cancel(data.id)
      case 'more': {
        const exchange = exchanges.get(data.id)
        if (exchange === undefined) return
        exchange.window = Math.min(exchange.window + 1, windowChunks)
        exchange.wake?.()
        return
      }
      case 'request': {
        // An id that is used again means the later request.
        cancel(data.id)
        const exchange: Exchange = { work: new AbortController(), window: windowChunks, wake: undefined }
        exchanges.set(data.id, exchange)
        void answer(data, exchange)
      }
    }
  }

  const refuse = (error: unknown): void => {
    send({ type: 'refused', ...apiError(error) })
    close()
  }
  const refused = refusal(connect)
  if (refused !== undefined) {
    serving.catch(() => {})
    refuse(refused)
  } else {
    serving.then(async () => send({ type: 'ready', nodeId: (await node).id, version }), refuse)
    port.onmessage = receive
  }
  return { close }
}
