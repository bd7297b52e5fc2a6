import { describe, expect, test } from 'vitest'
import type { ApiError } from '../../src/api/contract.ts'
import { createApi } from '../../src/api/routes.ts'
import { ShoalError } from '../../src/core/errors.ts'
import type { NodeId } from '../../src/core/event.ts'
import { createMemoryDisk } from '../../src/store/memory.ts'
import type { Node } from '../../src/node/contract.ts'
import { requestOf, tokenFor } from './answers.ts'
import type { Asking } from './answers.ts'
import { createManualClock } from './manual-clock.ts'
import { openNode } from './nodes.ts'
import { errorOf, setUp } from './set-up.ts'
import { vectors } from './vectors.ts'

describe('the vectors of Actyx', () => {
  const known = vectors('http')
  const elsewhere: Readonly<Record<string, string>> = {
    'http-014': 'a WebSocket upgrade: no fetch handler ever sees one',
  }
  test.skipIf(known.length === 0)('are all here or excused', () => {
    expect(known).toHaveLength(15)
    expect(known.filter(({ id }) => elsewhere[id] === undefined)).toHaveLength(14)
  })

  test.skipIf(known.length === 0).each(known.filter(({ id }) => elsewhere[id] === undefined))(
    '$id: $name',
    async (vector) => {
      const { api, token, clock } = await setUp()
      const asked = vector['request'] as {
        method: string
        path: string
        headers?: Record<string, string>
        auth?: boolean
        body?: unknown
      }
      const headers = { ...asked.headers }
      const authorization = headers['Authorization']
      if (authorization?.startsWith('Bearer <well-formed')) {
        headers['Authorization'] = `Bearer ${(await setUp()).token}`
      } else if (authorization === 'Bearer <expired>') {
        headers['Authorization'] = `Bearer ${token}`
        clock.pass(86_400_000)
      }
      const request = requestOf(asked.path.replace('<token>', token), {
        method: asked.method,
        headers,
        ...(asked.auth === true && { token }),
        ...(asked.body !== undefined && { body: asked.body }),
      })
      const answer = await api.handle(request)
      expect(answer.status).toBe(vector['status'])
      const expected = vector['body'] as ApiError
      const told = await errorOf(answer)
      expect(told.code).toBe(expected.code)
      // Our parser of AQL has its own words behind the same place.
      const beginning = 'Invalid request. Line 1, column 6: found `x`, expected '
      const isAql = vector.id === 'http-012'
      expect(isAql ? told.message.slice(0, beginning.length) : told.message).toBe(isAql ? beginning : expected.message)
    },
  )
})

describe('every answer', () => {
  test.each([
    ['/api/v2/node/id', {}],
    ['/api/v2/nowhere', {}],
    ['/api/v2/events/offsets', {}],
    ['/api/v2/events/offsets', { method: 'OPTIONS' }],
    ['/api/v2/events/publish', { body: '{' }],
  ] as const)('%s %j names its node and may be read by any origin', async (path, asking) => {
    const { api, node } = await setUp()
    const { headers } = await api.handle(requestOf(path, asking))
    expect(headers.get('Shoal-Node')).toBe(node.id)
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(headers.get('Cache-Control')).toBe('no-store')
  })

  test('a preflight needs no token', async () => {
    const { api } = await setUp()
    const answer = await api.handle(requestOf('/api/v2/events/query', { method: 'OPTIONS' }))
    expect(answer.status).toBe(204)
    expect(answer.headers.get('Access-Control-Allow-Headers')).toBe('accept, authorization, content-type')
    expect(answer.headers.get('Access-Control-Allow-Methods')).toBe('GET, POST, PUT')
  })
})

describe('paths and methods', () => {
  test.each([
    ['/api/v2', 404],
    ['/api/v2/', 404],
    ['/api/v2//events/offsets', 404],
    ['/api/v2/events', 404],
    ['/api/v2/events/offsets/', 200],
    ['/api/v2/events/offsets//', 404],
    ['/api/v2/__proto__', 404],
    ['/api/v2/constructor', 404],
    ['/api/v3/events/offsets', 404],
    ['/api/v2/node/info/', 200],
  ])('%s is %i', async (path, status) => {
    const { api, token } = await setUp()
    expect((await api.handle(requestOf(path, { token }))).status).toBe(status)
  })

  test.each(['DELETE', 'PUT', 'HEAD', 'PATCH'])('%s is not supported', async (method) => {
    const { ask } = await setUp()
    expect((await ask('/events/offsets', { method })).status).toBe(405)
  })
})

describe('authentication', () => {
  test('gives an app below com.example. a token', async () => {
    const { api } = await setUp()
    const body = { appId: 'com.example.oven', displayName: 'Oven', version: '1.0.0' }
    const answer = await api.handle(requestOf('/api/v2/auth', { body }))
    expect([answer.status, await answer.json()]).toEqual([200, { token: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) }])
  })

  test.each([
    ['com.example.', {}],
    ['com.acme.oven', {}],
    ['com.example.Oven', {}],
    ['com.example.oven', { displayName: undefined }],
    ['com.example.oven', { version: 7 }],
  ])('of %j with %j is refused', async (appId, change) => {
    const { api } = await setUp()
    const body = { appId, displayName: 'Oven', version: '1.0.0', ...change }
    const answer = await api.handle(requestOf('/api/v2/auth', { body }))
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toEqual({
      code: 'ERR_BAD_REQUEST',
      message: 'Invalid request. data did not match any variant of untagged enum AppManifest',
    })
  })

  test.each([['null'], ['[]'], ['"x"'], ['{}']])('of %s is refused', async (body) => {
    const { api } = await setUp()
    expect((await api.handle(requestOf('/api/v2/auth', { body }))).status).toBe(400)
  })

  test('with a signature nobody can check is refused', async () => {
    const { api } = await setUp()
    const body = { appId: 'com.acme.oven', displayName: 'Oven', version: '1.0.0', signature: 'AAAA' }
    const answer = await api.handle(requestOf('/api/v2/auth', { body }))
    expect([answer.status, (await errorOf(answer)).code]).toEqual([400, 'ERR_MANIFEST_INVALID'])
  })

  test.each([[{}], [{ signature: 'AAAA' }]])('for the app id of the node is refused, also with %j', async (more) => {
    const { api } = await setUp()
    const body = { appId: 'com.shoal', displayName: 'Node', version: '1.0.0', ...more }
    const answer = await api.handle(requestOf('/api/v2/auth', { body }))
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toEqual({
      code: 'ERR_MANIFEST_INVALID',
      message: expect.stringContaining('com.shoal is reserved for the node itself'),
    })
  })

  test('by a parameter works as it stands and encoded', async () => {
    const { api, token } = await setUp()
    for (const given of [token, encodeURIComponent(token)]) {
      const path = `/api/v2/events/offsets?x=1&access_token=${given}&y=2`
      expect((await api.handle(requestOf(path))).status).toBe(200)
    }
  })

  test('decides the app of an event', async () => {
    const { api, ask, query } = await setUp()
    const token = await tokenFor(api, 'com.example.other')
    await ask('/events/publish', { token, body: { data: [{ tags: ['a'], payload: 1 }] } })
    expect(await query('FROM appId(com.example.other)')).toMatchObject([{ appId: 'com.example.other' }, {}])
    expect(await query('FROM appId(me)')).toMatchObject([{ type: 'offsets' }])
  })

  test('comes before Accept and body', async () => {
    const { api } = await setUp()
    const headers = { Accept: 'text/html', 'Content-Type': 'text/plain' }
    const answer = await api.handle(requestOf('/api/v2/events/publish', { headers, body: 'Jason' }))
    expect(answer.status).toBe(401)
  })

  test('the header may lack its token', async () => {
    const { api } = await setUp()
    const answer = await api.handle(requestOf('/api/v2/events/offsets', { headers: { Authorization: 'Bearer ' } }))
    expect([answer.status, (await errorOf(answer)).code]).toEqual([400, 'ERR_TOKEN_INVALID'])
  })
})

describe('content types', () => {
  test.each([
    ['application/json', 200],
    ['Application/JSON', 200],
    ['text/html, application/json;q=0.5', 200],
    ['application/*', 200],
    ['text/html, */*', 200],
    ['text/html', 406],
    ['application/x-ndjson', 406],
  ])('Accept %s of JSON is %i', async (accept, status) => {
    const { ask } = await setUp()
    expect((await ask('/events/offsets', { headers: { Accept: accept } })).status).toBe(status)
  })

  test('of a stream is NDJSON and nothing else', async () => {
    const { ask } = await setUp()
    const body = { query: 'FROM allEvents', order: 'asc' }
    const good = await ask('/events/query', { body, headers: { Accept: 'application/x-ndjson' } })
    expect(good.headers.get('Content-Type')).toBe('application/x-ndjson')
    const bad = await ask('/events/query', { body, headers: { Accept: 'application/json' } })
    expect((await errorOf(bad)).message).toContain("'application/json' was requested")
    expect(bad.status).toBe(406)
  })

  test.each([
    ['application/json; charset=utf-8', 200],
    ['text/plain;charset=UTF-8', 415],
    ['application/x-ndjson', 415],
  ])('%s of a body is %i', async (type, status) => {
    const { ask } = await setUp()
    const answer = await ask('/events/publish', { body: { data: [] }, headers: { 'Content-Type': type } })
    expect(answer.status).toBe(status)
  })
})

describe('node', () => {
  test('id is text, without a token', async () => {
    const { api, node } = await setUp()
    const answer = await api.handle(requestOf('/api/v2/node/id'))
    expect(answer.headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    expect(await answer.text()).toBe(node.id)
  })

  test('info has the four fields and no more', async () => {
    const { ask, node } = await setUp()
    const { connectedNodes, uptime, version, swarmState } = await node.details()
    expect(await (await ask('/node/info')).json()).toEqual({
      connectedNodes,
      version,
      swarmState,
      uptime: { secs: expect.any(Number), nanos: expect.any(Number) },
    })
    expect(uptime.secs).toBeGreaterThanOrEqual(0)
  })

  test('id is answered while the store is still opening, and when it cannot be opened', async () => {
    const id = 'A'.repeat(42).concat('.') as NodeId
    const waiting = createApi(new Promise<Node>(() => {}), { earlyId: Promise.resolve(id) })
    expect(await (await waiting.handle(requestOf('/api/v2/node/id'))).text()).toBe(id)
    expect((await waiting.handle(requestOf('/api/v2/nowhere'))).status).toBe(404)
    const broken = createApi(Promise.reject(new ShoalError('ERR_STORE_UNAVAILABLE', 'Private window.')), {
      earlyId: Promise.resolve(id),
    })
    expect(await (await broken.handle(requestOf('/api/v2/node/id'))).text()).toBe(id)
  })
})

describe('a node that cannot work', () => {
  const asking: Asking = { body: { appId: 'com.example.a', displayName: 'A', version: '1' } }
  test.each([
    ['ERR_STORE_UNAVAILABLE', 503],
    ['ERR_STORE_FENCED', 503],
    ['ERR_STORE_FORMAT', 503],
  ])('says so: %s is %i', async (code, status) => {
    const api = createApi(Promise.reject(new ShoalError(code, 'No store.')))
    for (const answer of [
      await api.handle(requestOf('/api/v2/auth', asking)),
      await api.handle(requestOf('/api/v2/node/id')),
      await api.handle(requestOf('/api/v2/events/offsets', { token: 'x' })),
    ]) {
      expect(answer.status).toBe(status)
      expect((await errorOf(answer)).code).toBe(code)
      expect(answer.headers.get('Shoal-Node')).toBeNull()
      expect(answer.headers.get('Retry-After')).toBe('1')
    }
  })

  test('still tells a path that is none from one that is', async () => {
    const api = createApi(Promise.reject(new ShoalError('ERR_STORE_UNAVAILABLE', 'No store.')))
    expect((await api.handle(requestOf('/api/v2/nowhere'))).status).toBe(404)
  })

  test('an error nobody thought of is a 500 with a body', async () => {
    const api = createApi(Promise.reject(new TypeError('x is not a function')))
    const answer = await api.handle(requestOf('/api/v2/auth', asking))
    expect(answer.status).toBe(500)
    expect(await errorOf(answer)).toEqual({
      code: 'ERR_INTERNAL',
      message: 'Internal error. x is not a function',
    })
  })

  test('a full device is a 507 that says what to do', async () => {
    const disk = createMemoryDisk()
    const api = createApi(await openNode(createManualClock(), disk))
    const token = await tokenFor(api)
    disk.fate = () => 'full'
    const body = { data: [{ tags: [], payload: 1 }] }
    const answer = await api.handle(requestOf('/api/v2/events/publish', { token, body }))
    expect(answer.status).toBe(507)
    expect((await errorOf(answer)).message).toMatch(/Nothing was stored\. Free room/)
    disk.fate = () => 'commit'
    expect((await api.handle(requestOf('/api/v2/events/publish', { token, body }))).status).toBe(200)
  })

  test('another node over the same store takes over, and this one says so', async () => {
    const disk = createMemoryDisk()
    const api = createApi(await openNode(createManualClock(), disk))
    const token = await tokenFor(api)
    await openNode(createManualClock(), disk)
    const body = { data: [{ tags: [], payload: 1 }] }
    const answer = await api.handle(requestOf('/api/v2/events/publish', { token, body }))
    expect([answer.status, (await errorOf(answer)).code]).toEqual([503, 'ERR_STORE_FENCED'])
  })
})
