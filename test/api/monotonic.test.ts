import { describe, expect, test } from 'vitest'
import { createApi } from '../../src/api/routes.ts'
import type { Node } from '../../src/node/contract.ts'
import { openLines, requestOf, tokenFor } from './answers.ts'
import { createManualClock } from './manual-clock.ts'
import { openTwo, replicate } from './nodes.ts'

type Item = Record<string, unknown>
const isOffsets = (item: Item): boolean => item['type'] === 'offsets'
const isCaughtUp = (item: Item): boolean => item['caughtUp'] === true
const never = (): boolean => false
const told = (items: readonly Item[]): unknown[] =>
  items.map(({ type, payload, caughtUp }) => (type === 'event' ? [payload, caughtUp] : type))

/** Two nodes of one swarm; what `there` wrote arrives `here` when it is said. */
const setUp = async () => {
  const { here, there } = await openTwo(createManualClock())
  const api = createApi(here)
  const token = await tokenFor(api)
  const ask = (body: object): Promise<Response> =>
    api.handle(requestOf('/api/v2/events/subscribe_monotonic', { token, body: { session: 's', ...body } }))
  const open = async (body: object) => {
    const answer = await ask(body)
    expect(answer.status).toBe(200)
    return openLines(answer)
  }
  const publish = (node: Node, ...events: readonly (readonly [tag: string, payload: number])[]) =>
    node.log.append(
      events.map(([tag, payload]) => ({ tags: [tag], payload })),
      { appId: 'com.example.test' as never },
    )
  return { here, there, ask, open, publish, arrive: () => replicate(there, here) }
}

describe('a monotonic subscription', () => {
  test('replays without being caught up, then says with the last event of each arrival that it is', async () => {
    const { here, open, publish } = await setUp()
    await publish(here, ['a', 0], ['a', 1])
    const lines = await open({ query: "FROM 'a'", lowerBound: {} })
    expect(told(await lines.until(isOffsets))).toEqual([[0, false], [1, false], 'offsets'])
    await publish(here, ['a', 2], ['b', 9], ['a', 3], ['b', 9])
    expect(told(await lines.until(isCaughtUp))).toEqual([
      [2, false],
      [3, true],
    ])
    await publish(here, ['a', 4])
    expect(told(await lines.until(isCaughtUp))).toEqual([[4, true]])
    await lines.cancel()
  })

  test('travels in time to the earliest of what arrived late, and is over', async () => {
    const { here, there, open, publish, arrive } = await setUp()
    const [early] = await publish(there, ['a', 100], ['b', 101], ['a', 102])
    await publish(here, ['b', 0], ['b', 1], ['a', 2], ['a', 3])
    const lines = await open({ query: "FROM 'a'", lowerBound: {} })
    await lines.until(isOffsets)
    await arrive()
    expect(await lines.until(never)).toEqual([
      { type: 'timeTravel', newStart: { lamport: early?.lamport, stream: early?.stream, offset: early?.offset } },
    ])
  })

  test('does not travel for events that it was not asked for', async () => {
    const { here, there, open, publish, arrive } = await setUp()
    await publish(there, ['b', 100])
    await publish(here, ['a', 0], ['a', 1])
    const lines = await open({ query: "FROM 'a'", lowerBound: {} })
    await lines.until(isOffsets)
    await arrive()
    await publish(here, ['a', 2])
    expect(told(await lines.until(isCaughtUp))).toEqual([[2, true]])
    await lines.cancel()
  })

  test('does not travel for what sorts behind all that was told', async () => {
    const { here, there, open, publish, arrive } = await setUp()
    await publish(here, ['a', 0])
    await publish(there, ['b', 0], ['b', 0], ['a', 100])
    const lines = await open({ query: "FROM 'a'", lowerBound: {} })
    await lines.until(isOffsets)
    await arrive()
    expect(told(await lines.until(isCaughtUp))).toEqual([[100, true]])
    await lines.cancel()
  })

  test('tells the newest event below its bound from what is missing there', async () => {
    const { here, there, open, publish, arrive } = await setUp()
    const [early] = await publish(there, ['a', 100])
    await publish(here, ['b', 0], ['a', 1])
    const lowerBound = here.log.present()
    await arrive()
    const lines = await open({ query: "FROM 'a'", lowerBound })
    expect(await lines.until(never)).toMatchObject([{ type: 'timeTravel', newStart: { lamport: early?.lamport } }])
    const others = await open({ query: "FROM 'b'", lowerBound })
    expect(told(await others.until(isOffsets))).toEqual(['offsets'])
    await others.cancel()
  })

  test('goes on where a client left off', async () => {
    const { here, open, publish } = await setUp()
    await publish(here, ['a', 0], ['a', 1])
    const lowerBound = here.log.present()
    await publish(here, ['a', 2])
    const lines = await open({ query: "FROM 'a'", lowerBound })
    expect(told(await lines.until(isOffsets))).toEqual([[2, false], 'offsets'])
    await lines.cancel()
  })

  test('tells a large arrival whole, and only its last event is caught up', async () => {
    const { here, open, publish } = await setUp()
    const lines = await open({ query: "FROM 'a'", lowerBound: {} })
    await lines.until(isOffsets)
    await publish(here, ...Array.from({ length: 3000 }, (_, index) => ['a', index] as const))
    const found = await lines.until(isCaughtUp)
    expect(told(found)).toEqual(Array.from({ length: 3000 }, (_, index) => [index, index === 2999]))
    await lines.cancel()
  })

  test('beyond the present is refused', async () => {
    const { here, ask, publish } = await setUp()
    await publish(here, ['a', 0])
    for (const offset of [1, 'max']) {
      const answer = await ask({ query: "FROM 'a'", lowerBound: { [`${here.id}-0`]: offset } })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toEqual({
        code: 'ERR_BAD_REQUEST',
        message: 'Invalid request. Query bounds out of range: upper bound must be within the known present.',
      })
    }
  })

  test.each([
    [{ query: "FROM 'a'" }, /missing field `lowerBound`/],
    [{ query: "FROM 'a'", lowerBound: null }, /missing field `lowerBound`/],
    [{ query: "FROM 'a'", lowerBound: {}, session: 7 }, /expected a string in field `session`/],
  ])('%j is refused', async (body, message) => {
    const { ask } = await setUp()
    const answer = await ask(body)
    expect(answer.status).toBe(400)
    expect(((await answer.json()) as { message: string }).message).toMatch(message)
  })

  test('has no limit', async () => {
    const { ask } = await setUp()
    const answer = await ask({ query: "FROM 'a' LIMIT 1", lowerBound: {} })
    expect(answer.status).toBe(418)
    expect(await answer.json()).toEqual({
      code: 'ERR_UNSUPPORTED_FEATURE',
      message: 'Feature(s) `limit` are not supported on endpoint SubscribeMonotonic.',
    })
  })
})
