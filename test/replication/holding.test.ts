/** RULES 21: "safe on N devices" counts those seen lately, and never more than what they said. */
import { expect, test } from 'vitest'
import type { NodeId, StreamId } from '../../src/core/event.ts'
import type { Holding } from '../../src/replication/holding.ts'
import { countLacking, countOnlyHere, holdersOf, higherCounts, mergeCounts } from '../../src/replication/holding.ts'

const s = 's' as StreamId
const t = 't' as StreamId
const holding = (node: string, counts: [StreamId, number][] | undefined, isRecent = true): Holding => ({
  node: node as NodeId,
  counts: counts === undefined ? undefined : new Map(counts),
  isRecent,
})

test('an event is where the counts reach beyond it, and a node not seen for a week is not counted', () => {
  const others = [
    holding('a', [[s, 5]]),
    holding('b', [[s, 6]]),
    holding('c', [[s, 9]], false),
    holding('d', undefined),
    holding('e', [[t, 9]]),
  ]
  expect(holdersOf(s, 5, others)).toEqual(['b'])
  expect(holdersOf(s, 4, others)).toEqual(['a', 'b'])
  expect(holdersOf(s, 6, others)).toEqual([])
})

test('events only here are what nobody else said to hold, beginning where the stream begins', () => {
  const own = new Map([
    [s, { from: 0, count: 10 }],
    [t, { from: 4, count: 6 }],
  ])
  expect(countOnlyHere(own, [])).toBe(12)
  expect(countOnlyHere(own, [holding('a', [[s, 7]]), holding('b', [[s, 3]]), holding('c', [[t, 6]], false)])).toBe(5)
  expect(countOnlyHere(own, [holding('a', [[s, 99]]), holding('b', [[t, 99]])])).toBe(0)
})

test('lacking is counted stream by stream, from heads and from vectors', () => {
  const heads = new Map([
    [s, { from: 0, count: 10 }],
    [t, { from: 4, count: 6 }],
  ])
  expect(countLacking(heads, new Map([[s, 4]]))).toBe(8)
  expect(countLacking(new Map([[s, 4]]), new Map())).toBe(4)
  expect(
    countLacking(
      heads,
      new Map([
        [s, 40],
        [t, 5],
      ]),
    ),
  ).toBe(1)
})

test('the higher one of heads and vector holds; knowing nothing is not knowing that there is nothing', () => {
  expect(mergeCounts(undefined, undefined)).toBeUndefined()
  expect(
    mergeCounts(
      new Map([[s, { count: 3 }]]),
      new Map([
        [s, 5],
        [t, 1],
      ]),
    ),
  ).toEqual(
    new Map([
      [s, 5],
      [t, 1],
    ]),
  )
  expect(mergeCounts(new Map([[s, { count: 8 }]]), undefined)).toEqual(new Map([[s, 8]]))
})

test('what a node said when its link ended still counts beside an older vector', () => {
  expect(higherCounts(new Map([[s, 8]]), new Map([[s, 5]]))).toEqual(new Map([[s, 8]]))
  expect(
    higherCounts(
      new Map([[s, 8]]),
      new Map([
        [s, 9],
        [t, 1],
      ]),
    ),
  ).toEqual(
    new Map([
      [s, 9],
      [t, 1],
    ]),
  )
  expect(higherCounts(undefined, new Map([[s, 5]]))).toEqual(new Map([[s, 5]]))
  expect(higherCounts(undefined, undefined)).toBeUndefined()
})
