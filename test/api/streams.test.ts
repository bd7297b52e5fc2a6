import { describe, expect, test, vi } from 'vitest'
import { createApi } from '../../src/api/routes.ts'
import { streamOf } from '../../src/core/node-id.ts'
import type { ReadOptions } from '../../src/log/contract.ts'
import type { Node } from '../../src/node/contract.ts'
import { linesOf, openLines, requestOf, tokenFor } from './answers.ts'
import type { Asking } from './answers.ts'
import { createManualClock, settle, steady } from './manual-clock.ts'
import { openNode } from './nodes.ts'
import { vectors } from './vectors.ts'

type Item = Record<string, unknown>
const isOffsets = (item: Item): boolean => item['type'] === 'offsets'
const isEvent = (item: Item): boolean => item['type'] === 'event'
const payloads = (items: readonly Item[]): unknown[] => items.filter(isEvent).map((item) => item['payload'])
const outOfRange = {
  type: 'diagnostic',
  severity: 'error',
  message: 'Query bounds out of range: upper bound must be within the known present.',
}

const setUp = async (change: (node: Node) => Node = (node) => node) => {
  const clock = createManualClock()
  const node = change(await openNode(clock))
  const api = createApi(node)
  const token = await tokenFor(api, 'com.example.test')
  const stream = `${node.id}-0`
  const ask = (path: string, body: unknown, asking: Asking = {}): Promise<Response> =>
    api.handle(requestOf(`/api/v2/events/${path}`, { token, body, ...asking }))
  const publish = async (...events: readonly (readonly [tag: string, payload: unknown])[]): Promise<void> => {
    const answer = await ask('publish', { data: events.map(([tag, payload]) => ({ tags: [tag], payload })) })
    expect(answer.status).toBe(200)
  }
  const query = async (aql: string, more: object = {}): Promise<Item[]> => {
    const answer = await ask('query', { query: aql, order: 'asc', ...more })
    expect(answer.status).toBe(200)
    return linesOf(await answer.text()) as Item[]
  }
  const open = async (path: string, body: object) => {
    const answer = await ask(path, body)
    expect(answer.status).toBe(200)
    return openLines(answer)
  }
  return { clock, node, api, token, stream, ask, publish, query, open }
}

describe('a query', () => {
  test('goes either way, within its bounds, and as far as its limit', async () => {
    const { publish, query, stream } = await setUp()
    await publish(['a', 0], ['b', 1], ['a', 2], ['a', 3], ['b', 4])
    expect(payloads(await query("FROM 'a'"))).toEqual([0, 2, 3])
    expect(payloads(await query("FROM 'a'", { order: 'desc' }))).toEqual([3, 2, 0])
    expect(payloads(await query("FROM 'a' ORDER DESC", { order: 'asc' }))).toEqual([3, 2, 0])
    expect(payloads(await query("FROM 'a'", { order: 'stream-asc' }))).toEqual([0, 2, 3])
    expect(payloads(await query("FROM 'a' LIMIT 2"))).toEqual([0, 2])
    expect(payloads(await query("FROM 'a' ORDER DESC LIMIT 1"))).toEqual([3])
    expect(payloads(await query('FROM allEvents', { lowerBound: { [stream]: 1 } }))).toEqual([2, 3, 4])
    expect(payloads(await query('FROM allEvents', { upperBound: { [stream]: 1 } }))).toEqual([0, 1])
    const both = { lowerBound: { [stream]: 0 }, upperBound: { [stream]: 2 } }
    expect(payloads(await query('FROM allEvents', both))).toEqual([1, 2])
  })

  test('ends with its upper bound', async () => {
    const { publish, query, stream } = await setUp()
    await publish(['a', 0], ['a', 1], ['a', 2])
    const last = async (more: object): Promise<unknown> => (await query("FROM 'a'", more)).at(-1)
    expect(await last({})).toEqual({ type: 'offsets', offsets: { [stream]: 2 } })
    expect(await last({ upperBound: { [stream]: 1 } })).toEqual({ type: 'offsets', offsets: { [stream]: 1 } })
    expect(await query("FROM 'a'", { upperBound: {} })).toEqual([{ type: 'offsets', offsets: {} }])
    for (const none of [-1, 'min', '-1']) {
      expect(await query("FROM 'a'", { upperBound: { [stream]: none } })).toEqual([{ type: 'offsets', offsets: {} }])
    }
  })

  test('beyond the present is told so, with status 200', async () => {
    const { publish, query, stream } = await setUp()
    await publish(['x', 0])
    const unknown = stream.replace(/-0$/, '-7')
    for (const upperBound of [{ [stream]: 1 }, { [unknown]: 0 }, { [stream]: 'max' }]) {
      expect(await query("FROM 'x'", { upperBound })).toEqual([outOfRange])
    }
    expect(await query("FROM 'x'", { lowerBound: { [stream]: 'max' }, upperBound: { [stream]: 0 } })).toEqual([
      { type: 'offsets', offsets: { [stream]: 0 } },
    ])
  })

  test.each([
    [{ query: 'FROM allEvents' }, /^Invalid request\. missing field `order` at line 1 column \d+$/],
    [{ order: 'asc' }, /^Invalid request\. missing field `query`/],
    [{ query: 7, order: 'asc' }, /expected a string in field `query`$/],
    [
      { query: 'FROM allEvents', order: 'up' },
      /unknown order string "up", expected one of `asc`, `desc`, `stream-asc`$/,
    ],
    [
      { query: 'FROM allEvents', order: 'asc', lowerBound: { x: 1 } },
      /^Invalid request\. parsing StreamId at line 1 column \d+$/,
    ],
    [{ query: 'FROM allEvents', order: 'asc', upperBound: 7 }, /expected an object of stream ids and offsets$/],
    [
      { query: 'FROM `a`', order: 'asc' },
      /^Invalid request\. The query uses beta features that are not enabled: interpolation\.$/,
    ],
  ])('%j is refused', async (body, message) => {
    const { ask } = await setUp()
    const answer = await ask('query', body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({ code: 'ERR_BAD_REQUEST', message: expect.stringMatching(message) })
  })

  test('in a language we do not speak yet is a 418', async () => {
    const { ask } = await setUp()
    const answer = await ask('query', { query: 'FROM allEvents FILTER _ > 1', order: 'asc' })
    expect([answer.status, (await answer.json()) as unknown]).toMatchObject([418, { code: 'ERR_UNSUPPORTED_FEATURE' }])
  })

  test('a query of absurd length is a 413', async () => {
    const { ask } = await setUp()
    const query = `FROM ${Array.from({ length: 20_000 }, () => "'a'").join('|')}`
    expect((await ask('query', { query, order: 'asc' })).status).toBe(413)
  })

  test('null bounds are no bounds', async () => {
    const { publish, query } = await setUp()
    await publish(['a', 0])
    expect(payloads(await query("FROM 'a'", { lowerBound: null, upperBound: null }))).toEqual([0])
  })
})

describe('the vectors on what is found', () => {
  const known = vectors('query-nfc')
  test.skipIf(known.length === 0)('are here', () => expect(known).not.toEqual([]))
  test.skipIf(known.length === 0).each(known)('$id: $query', async ({ events, query: aql, payloads: expected }) => {
    const { ask, query } = await setUp()
    await ask('publish', { data: events })
    expect(payloads(await query(String(aql)))).toEqual(expected)
  })
})

describe('a stream that is not read', () => {
  test('stops asking the log, and goes on where it stopped', async () => {
    let batches = 0
    const { publish, ask } = await setUp((node) => ({
      ...node,
      log: {
        ...node.log,
        read: async function* (options: ReadOptions) {
          for await (const batch of node.log.read(options)) {
            batches++
            yield batch
          }
        },
      },
    }))
    const text = 'x'.repeat(1000)
    for (let round = 0; round < 20; round++) {
      await publish(...Array.from({ length: 250 }, (_, index) => ['a', `${round * 250 + index} ${text}`] as const))
    }
    const answer = await ask('query', { query: "FROM 'a'", order: 'asc' })
    const before = await steady(() => batches)
    const found = payloads(linesOf(await answer.text()) as Item[])
    expect(found).toEqual(Array.from({ length: 5000 }, (_, index) => `${index} ${text}`))
    expect(before).toBeLessThan(batches / 3)
  })

  test.each(['the body', 'the request'])('ends its work when %s is cancelled', async (what) => {
    let isReading = false
    let signal: AbortSignal | undefined
    const { publish, ask } = await setUp((node) => ({
      ...node,
      log: {
        ...node.log,
        read: async function* (options: ReadOptions) {
          isReading = true
          signal = options.signal
          try {
            yield* node.log.read(options)
          } finally {
            isReading = false
          }
        },
      },
    }))
    for (let round = 0; round < 10; round++) {
      await publish(...Array.from({ length: 250 }, (_, index) => ['a', `${index}${'x'.repeat(1000)}`] as const))
    }
    const reader = new AbortController()
    const body = { query: "FROM 'a'", order: 'asc' }
    const answer = await ask('query', body, { signal: reader.signal })
    await vi.waitFor(() => expect(isReading).toBe(true))
    if (what === 'the body') await answer.body?.cancel()
    else reader.abort()
    await vi.waitFor(() => expect(isReading).toBe(false))
    expect(signal?.aborted).toBe(true)
  })
})

describe('a subscription', () => {
  test('tells what is known, its offsets, then what arrives', async () => {
    const { publish, open, stream } = await setUp()
    await publish(['a', 0], ['b', 1])
    const lines = await open('subscribe', { query: "FROM 'a' ORDER DESC" })
    expect(await lines.until(isOffsets)).toMatchObject([{ payload: 0 }, { type: 'offsets', offsets: { [stream]: 1 } }])
    await publish(['a', 2], ['b', 3], ['a', 4])
    await publish(['a', 5])
    expect(payloads(await lines.until(({ payload }) => payload === 5))).toEqual([2, 4, 5])
    await lines.cancel()
  })

  test('sends offsets when nothing matches', async () => {
    const { open } = await setUp()
    const lines = await open('subscribe', { query: "FROM 'none'" })
    expect(await lines.until(isOffsets)).toEqual([{ type: 'offsets', offsets: {} }])
    await lines.cancel()
  })

  test('begins behind its bound, also where that is yet to come', async () => {
    const { publish, open, stream } = await setUp()
    await publish(['a', 0], ['a', 1])
    const lines = await open('subscribe', { query: "FROM 'a'", lowerBound: { [stream]: 3 } })
    expect(await lines.until(isOffsets)).toEqual([{ type: 'offsets', offsets: { [stream]: 1 } }])
    await publish(['a', 2], ['a', 3])
    await publish(['a', 4])
    expect(payloads(await lines.until(isEvent))).toEqual([4])
    await lines.cancel()
  })

  test('ends with its limit, counting known and live', async () => {
    const { publish, ask, open } = await setUp()
    await publish(['a', 0])
    const lines = await open('subscribe', { query: "FROM 'a' LIMIT 3" })
    expect(payloads(await lines.until(isOffsets))).toEqual([0])
    await publish(['a', 1], ['b', 9])
    await publish(['a', 2], ['a', 3])
    expect(payloads(await lines.until(() => false))).toEqual([1, 2])
    const known = await ask('subscribe', { query: "FROM 'a' LIMIT 1" })
    expect(linesOf(await known.text())).toMatchObject([{ payload: 0 }, { type: 'offsets' }])
  })

  test('misses nothing that is published while it reads, and tells nothing twice', async () => {
    const { publish, open } = await setUp()
    await publish(...Array.from({ length: 1000 }, (_, index) => ['a', index] as const))
    const lines = await open('subscribe', { query: "FROM 'a'" })
    const publishing = (async () => {
      for (let index = 1000; index < 1300; index++) await publish(['a', index])
    })()
    const found = payloads(await lines.until(({ payload }) => payload === 1299))
    await publishing
    expect(found).toEqual(Array.from({ length: 1300 }, (_, index) => index))
    await lines.cancel()
  })

  test('two of them see the same, also what their own app published', async () => {
    const { publish, open } = await setUp()
    const both = [await open('subscribe', { query: "FROM 'a'" }), await open('subscribe', { query: 'FROM appId(me)' })]
    for (const lines of both) await lines.until(isOffsets)
    await publish(['a', 7])
    for (const lines of both) {
      expect(payloads(await lines.until(isEvent))).toEqual([7])
      await lines.cancel()
    }
  })

  test('that nobody reads costs nothing, and catches up at once', async () => {
    let reads = 0
    const { publish, open } = await setUp((node) => ({
      ...node,
      log: {
        ...node.log,
        read: (options) => {
          reads++
          return node.log.read(options)
        },
      },
    }))
    const lines = await open('subscribe', { query: "FROM 'a'" })
    await lines.until(isOffsets)
    const before = await steady(() => reads)
    for (let index = 0; index < 200; index++) await publish(['a', `${index}${'x'.repeat(2000)}`])
    expect((await steady(() => reads)) - before).toBeLessThan(20)
    expect(payloads(await lines.until(({ payload }) => String(payload).startsWith('199x')))).toHaveLength(200)
    await lines.cancel()
  })

  test('lets go of the log when it is cancelled', async () => {
    let listeners = 0
    const { open } = await setUp((node) => ({
      ...node,
      log: {
        ...node.log,
        onPresent: (listener) => {
          listeners++
          const stop = node.log.onPresent(listener)
          return () => {
            listeners--
            stop()
          }
        },
      },
    }))
    for (const [path, more] of [
      ['subscribe', {}],
      ['subscribe_monotonic', { session: 's', lowerBound: {} }],
    ] as const) {
      const lines = await open(path, { query: "FROM 'a'", ...more })
      await lines.until(isOffsets)
      expect(listeners).toBe(1)
      await lines.cancel()
      await vi.waitFor(() => expect(listeners).toBe(0))
    }
  })

  test('says a bare newline every 15 seconds of silence', async () => {
    const { clock, ask, publish } = await setUp()
    const answer = await ask('subscribe', { query: "FROM 'a'" })
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toBe('{"type":"offsets","offsets":{}}\n')
    for (let round = 0; round < 3; round++) {
      const next = reader?.read()
      await settle()
      clock.pass(14_999)
      await settle()
      expect(await Promise.race([next, Promise.resolve('silence')])).toBe('silence')
      clock.pass(1)
      expect((await next)?.value).toBe('\n')
    }
    await settle()
    await publish(['a', 1])
    expect((await reader?.read())?.value).toContain('"payload":1}\n')
    // others wait as well; the subscription's own timer goes with it
    await settle()
    const waiting = clock.waiting
    await reader?.cancel()
    await vi.waitFor(() => expect(clock.waiting).toBe(waiting - 1))
  })

  test('ends with a word when the log breaks under it', async () => {
    let isBroken = false
    const { publish, open } = await setUp((node) => ({
      ...node,
      log: {
        ...node.log,
        read: (options) => {
          if (isBroken) throw new Error('the disk is gone')
          return node.log.read(options)
        },
      },
    }))
    const lines = await open('subscribe', { query: "FROM 'a'" })
    await lines.until(isOffsets)
    isBroken = true
    await publish(['a', 1])
    expect(await lines.until(() => false)).toEqual([
      { type: 'diagnostic', severity: 'error', message: 'Internal error. the disk is gone' },
    ])
  })

  test('names what cannot be read, and goes on', async () => {
    const { publish, query, stream } = await setUp((node) => ({
      ...node,
      log: {
        ...node.log,
        read: async function* (options: ReadOptions) {
          yield {
            type: 'gap',
            stream: streamOf(node.id, 0),
            from: 3,
            count: 4,
            reason: 'bytes changed',
          }
          yield* node.log.read(options)
        },
      },
    }))
    await publish(['a', 1])
    expect(await query("FROM 'a'")).toMatchObject([
      {
        type: 'diagnostic',
        severity: 'warning',
        message: `Events 3 to 6 of stream ${stream} cannot be read: bytes changed`,
      },
      { payload: 1 },
      { type: 'offsets' },
    ])
  })
})
