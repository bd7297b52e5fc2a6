import { describe, expect, test, vi } from 'vitest'
import { portVersion, windowChunks } from '../../src/api/port-contract.ts'
import type { PortAnswer, PortCall } from '../../src/api/port-contract.ts'
import { ShoalError } from '../../src/core/errors.ts'
import type { Node } from '../../src/node/contract.ts'
import { createManualClock, settle, steady } from './manual-clock.ts'
import { openNode } from './nodes.ts'
import { openPage } from './port-page.ts'

const setUp = async () => {
  const clock = createManualClock()
  const node = await openNode(clock)
  return { clock, node, ...openPage(Promise.resolve(node)) }
}

const event = (payload: unknown, ...tags: readonly string[]) => ({ tags, payload })

describe('a port', () => {
  test('says first that it is ready, and what node it is', async () => {
    const { node, next, ask } = await setUp()
    await ask('offsets')
    expect(await next(() => true)).toEqual({ type: 'ready', nodeId: node.id, version: '9.9.9' })
  })

  test.each([
    [{ version: portVersion - 1 }, 'ERR_CLIENT_OUTDATED'],
    [{ version: portVersion + 1 }, 'ERR_WORKER_OUTDATED'],
    [{ version: 'x' as unknown as number }, 'ERR_CLIENT_OUTDATED'],
    [{ appId: 'No App' }, 'ERR_BAD_REQUEST'],
    [{ appId: 'com.shoal' }, 'ERR_BAD_REQUEST'],
    [{ appId: undefined as unknown as string }, 'ERR_BAD_REQUEST'],
  ])('of a page with %j is refused', async (change, code) => {
    const { next, answers, request } = openPage(openNode(createManualClock()), change)
    expect(await next(() => true)).toMatchObject({ type: 'refused', code })
    request('offsets')
    await settle()
    expect(answers).toEqual([])
  })

  test('cannot take the app id of the node, and is told which to take', async () => {
    const { next } = openPage(openNode(createManualClock()), { appId: 'com.shoal' })
    const message =
      'Invalid request. The app id com.shoal is reserved for the node itself; take one of your own, such as com.example.my-app.'
    expect(await next(() => true)).toEqual({ type: 'refused', code: 'ERR_BAD_REQUEST', message })
    expect(await openPage(openNode(createManualClock()), { appId: 'com.shoal.x' }).next(() => true)).toMatchObject({
      type: 'ready',
    })
  })

  test('is refused with the reason when the store cannot be opened', async () => {
    const { next } = openPage(Promise.reject(new ShoalError('ERR_STORE_UNAVAILABLE', 'Private window.')))
    expect(await next(() => true)).toEqual({
      type: 'refused',
      code: 'ERR_STORE_UNAVAILABLE',
      message: 'Private window.',
    })
  })

  test('answers a probe at once, also while the node is still opening', async () => {
    const { next, send } = openPage(new Promise<Node>(() => {}))
    send({ type: 'probe', id: 7 })
    expect(await next(() => true)).toEqual({ type: 'alive', id: 7 })
  })

  test('keeps requests until the node is open', async () => {
    let open: (node: Node) => void = () => {}
    const { ask } = openPage(new Promise<Node>((resolve) => (open = resolve)))
    const offsets = ask('offsets')
    await settle()
    open(await openNode(createManualClock()))
    expect(await offsets).toEqual([{ present: {}, toReplicate: {} }])
  })

  test.each([
    [null],
    ['x'],
    [7],
    [{}],
    [{ type: 'request' }],
    [{ type: 'request', id: 'x' }],
    [{ type: 'dance', id: 1 }],
  ])('does not mind %j', async (nonsense) => {
    const { raw, ask } = await setUp()
    raw.postMessage(nonsense)
    expect(await ask('offsets')).toHaveLength(1)
  })
})

describe('calls over a port', () => {
  test('publish, query and offsets', async () => {
    const { node, ask } = await setUp()
    const data = [event({ n: 1 }, 'a'), event('🐟', 'b')]
    expect(await ask('publish', { data })).toMatchObject([{ data: [{ offset: 0 }, { offset: 1 }] }])
    expect(await ask('query', { query: "FROM 'a'", order: 'asc' })).toMatchObject([
      { type: 'event', payload: { n: 1 }, appId: 'com.example.test', tags: ['a'] },
      { type: 'offsets', offsets: node.log.present() },
    ])
    expect(await ask('offsets')).toEqual([{ present: node.log.present(), toReplicate: {} }])
  })

  test('publishing again with the same receipt writes nothing', async () => {
    const { node, clock, ask } = await setUp()
    const body = { data: [event(1, 'a')], receipt: `${clock.now() / 1000}-abc` }
    const [first] = await ask('publish', body)
    expect(await ask('publish', body)).toEqual([first])
    expect(Object.values(node.log.present())).toEqual([0])
  })

  test('progress moves with a publication, or nothing moves', async () => {
    const { ask } = await setUp()
    const body = { data: [event(1, 'a')], progress: { key: 'import', from: 0, to: 5 } }
    expect(await ask('progress', { key: 'import' })).toEqual([0])
    await ask('publish', body)
    expect(await ask('progress', { key: 'import' })).toEqual([5])
    await expect(ask('publish', body)).rejects.toMatchObject({ code: 'ERR_PROGRESS' })
    expect(await ask('query', { query: "FROM 'a'", order: 'asc' })).toHaveLength(2)
  })

  test('info is the details of the node, and rename is seen in them', async () => {
    const { node, ask } = await setUp()
    expect(await ask('rename', { displayName: 'Oven 7' })).toEqual([])
    expect(await ask('info')).toMatchObject([{ nodeId: node.id, displayName: 'Oven 7', events: 0 }])
  })

  test('event routing is set, read back, and followed', async () => {
    const { ask } = await setUp()
    expect(await ask('event_routing', {})).toEqual([{}])
    const eventRouting = { streams: { hot: { maxAge: '1h' } }, routes: [{ from: "'sensor'", into: 'hot' }] }
    expect(await ask('event_routing', { eventRouting })).toEqual([eventRouting])
    expect(await ask('event_routing', {})).toEqual([eventRouting])
    const data = [event(1, 'sensor'), event(2, 'order')]
    const [published] = (await ask('publish', { data })) as [{ data: { stream: string; offset: number }[] }]
    expect(published.data.map(({ stream }) => stream.slice(43))).toEqual(['-4', '-0'])
    const wrong = { eventRouting: { streams: { hot: { maxAge: 'long' } } } }
    await expect(ask('event_routing', wrong)).rejects.toThrow(/streams\.hot\.maxAge/)
    await expect(ask('event_routing', { eventRouting: 7 })).rejects.toMatchObject({ code: 'ERR_SETTINGS' })
    expect(await ask('event_routing', {})).toEqual([eventRouting])
  })

  test.each([
    ['publish', '{', /^Invalid request\. unexpected end, expected key or `}` at line 1 column 2$/],
    ['publish', '{"data":7}', /^Invalid request\. invalid type: number `7`, expected `data` to be an array of events$/],
    ['query', '{"query":"FROM x","order":"asc"}', /^Invalid request\. Line 1, column 6/],
    ['subscribe', '{}', /^Invalid request\. missing field `query` at line 1 column 2$/],
    ['subscribe_monotonic', '{"query":"FROM allEvents","session":"s"}', /missing field `lowerBound`/],
    ['rename', '{"displayName":""}', /^Invalid request\. `displayName` is empty$/],
    ['progress', '{}', /^Invalid request\. missing field `key` at line 1 column 2$/],
    ['dance', '{}', /^Invalid request\. unknown call "dance"$/],
    ['__proto__', '{}', /^Invalid request\. unknown call "__proto__"$/],
  ])('%s %s is an error', async (call, body, message) => {
    const { next, isFor, request } = await setUp()
    const id = request(call as PortCall, body)
    expect(await next(isFor(id))).toEqual({
      type: 'error',
      id,
      code: 'ERR_BAD_REQUEST',
      message: expect.stringMatching(message),
    })
  })

  test('subscriptions go on while other calls are answered', async () => {
    const { next, isFor, request, ask, send } = await setUp()
    const id = request('subscribe', { query: "FROM 'a'" })
    expect(await next(isFor(id))).toEqual({ type: 'next', id, lines: '{"type":"offsets","offsets":{}}' })
    for (let index = 0; index < 3 * windowChunks; index++) {
      await ask('publish', { data: [event(index, 'a')] })
      expect(await next(isFor(id))).toMatchObject({
        type: 'next',
        lines: expect.stringContaining(`"payload":${index}}`),
      })
      send({ type: 'more', id })
    }
  })
})

describe('the window', () => {
  const fill = async (ask: (call: PortCall, body: unknown) => Promise<unknown>): Promise<void> => {
    for (let round = 0; round < 20; round++) {
      const data = Array.from({ length: 100 }, (_, index) => event(`${round * 100 + index} ${'x'.repeat(500)}`, 'a'))
      await ask('publish', { data })
    }
  }
  const isNext = (answer: PortAnswer): boolean => answer.type === 'next'

  test('holds the node back until the page asks for more, chunk by chunk', async () => {
    const { answers, ask, request, send, next, isFor } = await setUp()
    await fill(ask)
    await next(({ type }) => type === 'ready')
    const id = request('query', { query: "FROM 'a'", order: 'asc' })
    await vi.waitFor(() => expect(answers.filter(isNext)).toHaveLength(windowChunks))
    expect(await steady(() => answers.filter(isNext).length)).toBe(windowChunks)
    send({ type: 'more', id })
    await vi.waitFor(() => expect(answers.filter(isNext)).toHaveLength(windowChunks + 1))
    expect(await steady(() => answers.filter(isNext).length)).toBe(windowChunks + 1)
    const lines: string[] = []
    for (;;) {
      const answer = await next(isFor(id))
      if (answer.type !== 'next') break
      expect(answer.lines.length).toBeLessThanOrEqual(64 * 1024)
      lines.push(...answer.lines.split('\n'))
      send({ type: 'more', id })
    }
    expect(lines).toHaveLength(2001)
    expect(lines.slice(0, -1).map((line) => parseInt((JSON.parse(line) as { payload: string }).payload, 10))).toEqual(
      Array.from({ length: 2000 }, (_, index) => index),
    )
  })

  test('cannot be opened beyond its size by asking early', async () => {
    const { node, ask } = await setUp()
    await fill(ask)
    let open: (node: Node) => void = () => {}
    const page = openPage(new Promise<Node>((resolve) => (open = resolve)))
    const id = page.request('query', { query: "FROM 'a'", order: 'asc' })
    for (let index = 0; index < 100; index++) page.send({ type: 'more', id })
    await settle(50)
    open(node)
    await vi.waitFor(() => expect(page.answers.filter(isNext)).toHaveLength(windowChunks))
    expect(await steady(() => page.answers.filter(isNext).length)).toBe(windowChunks)
  })

  test('a cancelled request falls silent, and a used id means the later request', async () => {
    const { answers, ask, send, next, isFor } = await setUp()
    await fill(ask)
    await next(({ type }) => type === 'ready')
    const request = (query: string): void =>
      send({ type: 'request', id: 99, call: 'query', body: JSON.stringify({ query, order: 'asc' }) })
    request("FROM 'a'")
    await vi.waitFor(() => expect(answers.filter(isNext)).toHaveLength(windowChunks))
    send({ type: 'cancel', id: 99 })
    send({ type: 'more', id: 99 })
    await settle(50)
    expect(answers.splice(0).filter(({ type }) => type !== 'next')).toEqual([])
    request("FROM 'a'")
    request("FROM 'none'")
    const seen: PortAnswer[] = []
    for (;;) {
      const answer = await next(isFor(99))
      seen.push(answer)
      if (answer.type === 'complete') break
    }
    const last = seen.at(-2)
    expect(last?.type === 'next' && last.lines).toMatch(/^\{"type":"offsets"[^\n]*$/)
    await settle(50)
    expect(answers).toEqual([])
  })

  test('cancelling what is unknown or complete is no error', async () => {
    const { ask, send, answers, next } = await setUp()
    await next(({ type }) => type === 'ready')
    send({ type: 'cancel', id: 12345 })
    await ask('offsets')
    send({ type: 'cancel', id: 1 })
    send({ type: 'more', id: 1 })
    await settle()
    expect(answers).toEqual([])
  })

  test('closing ends all work of the page', async () => {
    const node = await openNode(createManualClock())
    let listeners = 0
    const onPresent: Node['log']['onPresent'] = (listener) => {
      listeners++
      const stop = node.log.onPresent(listener)
      return () => {
        listeners--
        stop()
      }
    }
    const { page, request, next } = openPage(Promise.resolve({ ...node, log: { ...node.log, onPresent } }))
    request('subscribe', { query: "FROM 'a'" })
    request('subscribe_monotonic', { session: 's', query: "FROM 'a'", lowerBound: {} })
    await next(isNext)
    await next(isNext)
    expect(listeners).toBe(2)
    page.close()
    await vi.waitFor(() => expect(listeners).toBe(0))
  })
})
