import { describe, expect, test } from 'vitest'
import type { ApiError } from '../../src/api/contract.ts'
import { createApi } from '../../src/api/routes.ts'
import { ShoalError } from '../../src/core/errors.ts'
import { payloadCharsMax, payloadDepthMax, publishBytesMax, publishEventsMax } from '../../src/core/limits.ts'
import type { NodeId } from '../../src/core/event.ts'
import { createMemoryDisk } from '../../src/store/memory.ts'
import type { Node } from '../../src/node/contract.ts'
import { linesOf, requestOf, tokenFor } from './answers.ts'
import type { Asking } from './answers.ts'
import { createManualClock } from './manual-clock.ts'
import { openNode } from './nodes.ts'
import { vectors } from './vectors.ts'

const setUp = async () => {
  const clock = createManualClock()
  const node = await openNode(clock)
  const api = createApi(node)
  const token = await tokenFor(api)
  const ask = (path: string, asking: Asking = {}): Promise<Response> =>
    api.handle(requestOf(`/api/v2${path}`, { token, ...asking }))
  const query = async (aql: string, more: object = {}): Promise<Record<string, unknown>[]> => {
    const answer = await ask('/events/query', { body: { query: aql, order: 'asc', ...more } })
    return linesOf(await answer.text()) as Record<string, unknown>[]
  }
  const publish = (...data: readonly object[]) => ask('/events/publish', { body: { data } })
  return { clock, node, api, token, ask, query, publish }
}

const errorOf = async (answer: Response): Promise<ApiError> => (await answer.json()) as ApiError

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

describe('publishing', () => {
  test('answers where each event landed, in the order given', async () => {
    const { publish, node, query } = await setUp()
    const first = (await (await publish({ tags: ['a'], payload: 1 }, { tags: [], payload: 2 })).json()) as {
      data: { lamport: number; stream: string; offset: number; timestamp: number }[]
    }
    expect(first.data).toHaveLength(2)
    const [one, two] = first.data
    expect(two).toMatchObject({
      lamport: (one?.lamport ?? 0) + 1,
      offset: (one?.offset ?? 0) + 1,
      timestamp: one?.timestamp,
    })
    expect(one?.stream).toBe(`${node.id}-0`)
    expect(await query('FROM allEvents')).toEqual([
      { type: 'event', ...one, tags: ['a'], appId: 'com.example.test', payload: 1 },
      { type: 'event', ...two, tags: [], appId: 'com.example.test', payload: 2 },
      { type: 'offsets', offsets: node.log.present() },
    ])
  })

  test('nothing is nothing', async () => {
    const { publish, query } = await setUp()
    expect(await (await publish()).json()).toEqual({ data: [] })
    expect(await query('FROM allEvents')).toEqual([{ type: 'offsets', offsets: {} }])
  })

  test('keeps every JSON value, and every key', async () => {
    const { ask, query } = await setUp()
    const payloads = [
      'null',
      '"\\ud83d \\udc41 \\u0000 \\u2028 ünïcödé 🐟"',
      '{"__proto__":{"a":1},"constructor":2,"":3,"a\\nb":[]}',
      '[1e300,0.1,9007199254740991,[[[]]],{}]',
      'true',
    ]
    const body = `{"data":[${payloads.map((payload) => `{"payload":${payload},"tags":["t"]}`).join(',')}]}`
    expect((await ask('/events/publish', { body })).status).toBe(200)
    const found = await query("FROM 't'")
    expect(found.slice(0, -1).map(({ payload }) => JSON.stringify(payload))).toEqual(
      payloads.map((payload) => JSON.stringify(JSON.parse(payload))),
    )
    expect({}).not.toHaveProperty('a')
  })

  test('tags become NFC, sorted and single', async () => {
    const { publish, query } = await setUp()
    await publish({ tags: ['z', 'e\u0301', '\u00e9', 'a', 'z'], payload: 1 })
    expect(await query("FROM 'e\u0301'")).toMatchObject([{ tags: ['a', 'z', '\u00e9'] }, {}])
  })

  test.each([
    ['{}', 'missing field `data` at line 1 column 2'],
    ['{"x":1}\n', 'missing field `data` at line 1 column 7'],
    ['[]', 'invalid type: sequence, expected struct PublishRequest'],
    ['null', 'invalid type: null, expected struct PublishRequest'],
    ['"x"', 'invalid type: string "x", expected struct PublishRequest'],
    ['{"data":{}}', 'invalid type: map, expected `data` to be an array of events'],
    ['{"data":[1]}', 'invalid type: number `1`, expected event 0 of `data` to be an object'],
    ['{"data":[{"tags":[]}]}', 'missing field `payload` in event 0 of `data`'],
    ['{"data":[{"tags":[],"payload":1},{"payload":1}]}', 'missing field `tags` in event 1 of `data`'],
    [
      '{"data":[{"tags":"a","payload":1}]}',
      'invalid type: string "a", expected `tags` of event 0 of `data` to be an array of strings',
    ],
    [
      '{"data":[{"tags":["a"],"payload":1},{"tags":["a",7],"payload":1}]}',
      'event 1 of `data`: A tag is a non-empty string.',
    ],
    ['{"data":[{"tags":[""],"payload":1}]}', 'event 0 of `data`: A tag is a non-empty string.'],
    ['{"data":[],"receipt":7}', 'invalid type: number `7`, expected `receipt` to be a string'],
    ['{"data":[],"progress":{"key":"k"}}', '`progress` is {"key":<non-empty string>,"from":<integer>,"to":<integer>}'],
  ])('%s is refused', async (body, message) => {
    const { ask, query } = await setUp()
    const answer = await ask('/events/publish', { body })
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toEqual({ code: 'ERR_BAD_REQUEST', message: `Invalid request. ${message}` })
    expect(await query('FROM allEvents')).toHaveLength(1)
  })

  test('nesting ends where the limit says', async () => {
    const { ask } = await setUp()
    const nested = (depth: number): string =>
      `{"data":[{"tags":[],"payload":1},{"tags":[],"payload":${'['.repeat(depth)}${']'.repeat(depth)}}]}`
    expect((await ask('/events/publish', { body: nested(payloadDepthMax) })).status).toBe(200)
    for (const depth of [payloadDepthMax + 1, 1_000_000]) {
      const answer = await ask('/events/publish', { body: nested(depth) })
      expect(answer.status).toBe(400)
      expect((await errorOf(answer)).message).toContain('event 1 of `data`: Nesting deeper than')
    }
  })

  test('too many events, or too many bytes, are a 413', async () => {
    const { ask } = await setUp()
    const many = `{"data":[${Array.from({ length: publishEventsMax + 1 }, () => '{"tags":[],"payload":1}').join(',')}]}`
    const long = `{"data":[{"tags":[],"payload":"${'ü'.repeat(publishBytesMax / 2)}"}]}`
    const large = `{"data":[{"tags":[],"payload":"${'a'.repeat(payloadCharsMax)}"}]}`
    for (const body of [many, long, large]) {
      const answer = await ask('/events/publish', { body })
      expect([answer.status, (await errorOf(answer)).code]).toEqual([413, 'ERR_PAYLOAD_TOO_LARGE'])
    }
  })

  test('a body without end is not read to its end', async () => {
    const { api, token } = await setUp()
    let sent = 0
    let wasCancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent++
        controller.enqueue(new Uint8Array(1 << 20).fill(0x20))
      },
      cancel: () => {
        wasCancelled = true
      },
    })
    const request = new Request('http://localhost/api/v2/events/publish', {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: endless,
      duplex: 'half',
    } as RequestInit)
    expect((await api.handle(request)).status).toBe(413)
    expect(sent).toBeLessThan(20)
    expect(wasCancelled).toBe(true)
  })

  test('bytes that are no text are refused', async () => {
    const { api, token } = await setUp()
    const request = new Request('http://localhost/api/v2/events/publish', {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: Uint8Array.of(0x7b, 0xff, 0xfe),
    })
    expect(await errorOf(await api.handle(request))).toMatchObject({
      message: 'Invalid request. the body is not UTF-8',
    })
  })

  test('letters may be cut apart by the network', async () => {
    const { api, token, query } = await setUp()
    const bytes = new TextEncoder().encode('{"data":[{"tags":["t"],"payload":"🐟é"}]}')
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
    expect((await api.handle(new Request('http://localhost/api/v2/events/publish', init))).status).toBe(200)
    expect(await query("FROM 't'")).toMatchObject([{ payload: '🐟é' }, {}])
  })
})

describe('offsets', () => {
  test('are the present, and nothing is elsewhere', async () => {
    const { ask, publish, node } = await setUp()
    expect(await (await ask('/events/offsets')).json()).toEqual({ present: {}, toReplicate: {} })
    await publish({ tags: [], payload: 1 }, { tags: [], payload: 2 })
    expect(await (await ask('/events/offsets')).json()).toEqual({ present: node.log.present(), toReplicate: {} })
  })
})
