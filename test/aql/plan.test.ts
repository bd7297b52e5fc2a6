import { describe, expect, test } from 'vitest'
import type { EventFilter } from '../../src/core/event-filter.ts'
import type { StreamId } from '../../src/core/event.ts'
import { leastStream } from '../../src/aql/tag-parser.ts'
import { answer, contextOf, here, now, planOf, tagged, there } from './event-list.ts'

const filterOf = (text: string): EventFilter => planOf(`FROM ${text}`).filter
const tag = (name: string): EventFilter => ({ type: 'tag', tag: name })
const all: EventFilter = { type: 'all' }
const none: EventFilter = { type: 'none' }

describe('a plan', () => {
  test('has an order and a limit only where the query has them', () => {
    expect(planOf("FROM 'a'")).toEqual({ filter: tag('a') })
    expect(planOf("FROM 'a' ORDER DESC LIMIT 3")).toEqual({ filter: tag('a'), order: 'desc', limit: 3 })
  })

  test('has the least of several limits, and none beyond counting', () => {
    expect(planOf("FROM 'a' LIMIT 5 LIMIT 3 LIMIT 4").limit).toBe(3)
    expect(planOf("FROM 'a' LIMIT 18446744073709551615")).toEqual({ filter: tag('a') })
  })

  test('knows who asks, and where', () => {
    expect(filterOf('appId(me)')).toEqual({ type: 'appId', appId: 'test' })
    expect(planOf('FROM appId(me)', 'com.example.other').filter).toEqual({ type: 'appId', appId: 'com.example.other' })
    expect(filterOf('isLocal')).toEqual({ type: 'node', node: contextOf().node })
  })

  test('has tags in NFC, also those put together from numbers', () => {
    expect(filterOf('`e{U+301}`')).toEqual(tag('\u00e9'))
  })
})

describe('times', () => {
  const at = Date.parse('2020-05-01T10:00:00Z') * 1000

  test.each<[string, EventFilter]>([
    ['TIME >= 2020-05-01T10:00Z', { type: 'timeRange', from: at }],
    ['TIME > 2020-05-01T10:00Z', { type: 'timeRange', from: at + 1 }],
    ['TIME < 2020-05-01T10:00Z', { type: 'timeRange', to: at }],
    ['TIME <= 2020-05-01T10:00Z', { type: 'timeRange', to: at + 1 }],
    ['from(2020-05-01T12:00+02:00)', { type: 'timeRange', from: at }],
    ['to(2020-05-01T08:00-02:00)', { type: 'timeRange', to: at }],
    ['TIME > 2020-05-01T10:00:00.000001999Z', { type: 'timeRange', from: at + 2 }],
    ['TIME >= 2m ago', { type: 'timeRange', from: now - 120_000_000 }],
    ['TIME >= 1M ago', { type: 'timeRange', from: now - 2_551_442_876_908 }],
    ['TIME < 2Y  ago', { type: 'timeRange', to: now - 63_113_850_501_466 }],
    // beyond what a timestamp can be
    ['TIME < 9999-12-31Z', all],
    ['TIME > 9999-12-31Z', none],
    ['TIME > 18446744073709551615Y ago', all],
    ['TIME < 18446744073709551615Y ago', none],
    ['TIME >= 1969-12-31T23:59:59Z', { type: 'timeRange', from: -1_000_000 }],
  ])('%s', (text, filter) => expect(filterOf(text)).toEqual(filter))
})

describe('keys', () => {
  test('each comparison draws its line where it says', () => {
    const rows = [4, 5, 6].flatMap((lamport) => [here, there].map((stream) => tagged([], { lamport, stream })))
    const found = (text: string) => answer(`FROM ${text}`, rows).map(({ lamport, stream }) => `${lamport}${stream[0]}`)
    expect(found('KEY < 5')).toEqual(['4A', '4B'])
    expect(found('KEY <= 5')).toEqual(['4A', '4B'])
    expect(found('KEY > 5')).toEqual(['5A', '5B', '6A', '6B'])
    expect(found(`KEY < 5/${there}`)).toEqual(['4A', '4B', '5A'])
    expect(found(`KEY <= 5/${here}`)).toEqual(['4A', '4B', '5A'])
    expect(found(`KEY <= 5/${there}`)).toEqual(['4A', '4B', '5A', '5B'])
    expect(found(`KEY > 5/${here}`)).toEqual(['5B', '6A', '6B'])
    expect(found(`KEY >= 5/${here}`)).toEqual(['5A', '5B', '6A', '6B'])
    expect(found(`from(5/${there}) & to(6/${there})`)).toEqual(['5B', '6A'])
  })

  test('the least stream itself is told apart from what follows it', () => {
    const rows = [tagged([], { lamport: 5, stream: leastStream })]
    expect(answer('FROM KEY <= 5', rows)).toHaveLength(1)
    expect(answer('FROM KEY > 5', rows)).toHaveLength(0)
  })

  test.each<[string, EventFilter]>([
    ['from(7)', { type: 'keyRange', from: { lamport: 7, stream: leastStream } }],
    ['to(7)', { type: 'keyRange', to: { lamport: 7, stream: leastStream } }],
    ['from(0)', all],
    ['to(0)', none],
    ['to(12345678901234567)', all],
    [`KEY >= 9007199254740992/${'z'.repeat(42)}.-3`, none],
    [
      `from(9007199254740991/${leastStream})`,
      { type: 'keyRange', from: { lamport: 2 ** 53 - 1, stream: leastStream } },
    ],
  ])('%s', (text, filter) => expect(filterOf(text)).toEqual(filter))
})

describe('a filter says nothing twice', () => {
  const from = (lamport: number, stream: StreamId = leastStream) => ({ lamport, stream })

  test.each<[string, EventFilter]>([
    ["'a' & allEvents", tag('a')],
    ["'a' | allEvents", all],
    ["'a' & ('b' & ('a' & 'c'))", { type: 'and', of: [tag('a'), tag('b'), tag('c')] }],
    ["'a' | ('b' | 'a') | 'b'", { type: 'or', of: [tag('a'), tag('b')] }],
    ["('a' | 'a') & isLocal & isLocal", { type: 'and', of: [tag('a'), filterOf('isLocal')] }],
    ["appId(x) & 'a' & appId(x)", { type: 'and', of: [filterOf('appId(x)'), tag('a')] }],
    ["appId(me) & 'a' & appId(x)", none],
    ["(appId(y) & appId(x)) | 'a'", tag('a')],
    ['to(0) | to(0)', none],
    ['from(0) & from(0)', all],
    ["from(3) & 'a' & from(5)", { type: 'and', of: [tag('a'), { type: 'keyRange', from: from(5) }] }],
    ['from(3) & to(9) & to(5)', { type: 'keyRange', from: from(3), to: from(5) }],
    ['from(5) & to(5)', none],
    ["'a' | from(5) & to(4)", tag('a')],
    [
      'TIME > 1970-01-01Z & TIME < 1970-01-02Z & TIME < 1971-01-01Z',
      { type: 'timeRange', from: 1, to: 86_400_000_000 },
    ],
  ])('%s', (text, filter) => expect(filterOf(text)).toEqual(filter))
})
