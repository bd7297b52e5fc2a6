import { describe, expect, test } from 'vitest'
import { payloadCharsMax, payloadDepthMax, publishBytesMax, publishEventsMax } from '../../src/core/limits.ts'
import { errorOf, setUp } from './set-up.ts'

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
