import { describe, expect, test } from 'vitest'
import type { OffsetMap } from '../../src/core/event.ts'
import { isWithin, readOffset, readOffsetMap, union } from '../../src/api/offset-map.ts'
import { vectors } from './vectors.ts'

const stream = (letter: string): string => `${letter.repeat(42)}.-0`
const [a, b] = [stream('A'), stream('B')] as const

describe('offsets', () => {
  const known = vectors('offset-json').filter(({ type }) => type === 'OffsetOrMin' || type === 'OffsetMap')
  test.skipIf(known.length === 0).each(known)(
    '$id: $json',
    ({ json, type, value, expect: expected, errorContains }) => {
      const text = String(json)
      const read = (): unknown =>
        type === 'OffsetMap' ? readOffsetMap(JSON.parse(text), 'lowerBound', text) : readOffset(JSON.parse(text))
      if (expected === 'error') return expect(read).toThrow(String(errorContains))
      const words: Record<string, unknown> = { min: undefined, max: Number.MAX_SAFE_INTEGER }
      expect(read()).toEqual(typeof value === 'string' ? words[value] : value)
    },
  )

  test.each([[null], [true], [[1]], [{}], [1e400]])('%j is no offset', (value) => {
    expect(() => readOffset(value)).toThrow('is not an integer')
  })

  test('a wrong stream id is named with its place', () => {
    const text = `{"query":"FROM 'x'","order":"desc",\n"upperBound":{"not-existing.0":100}}`
    expect(() => readOffsetMap({ 'not-existing.0': 100 }, 'upperBound', text)).toThrow(
      'parsing StreamId at line 2 column 30',
    )
  })

  test.each(['__proto__', 'constructor', `${a}-0`, `${a.slice(0, 43)}-01`, `${a.slice(0, 43)}-`, ''])(
    '%j is no stream id',
    (key) => {
      const text = `{${JSON.stringify(key)}:1}`
      expect(() => readOffsetMap(JSON.parse(text), 'lowerBound', text)).toThrow('parsing StreamId')
    },
  )

  test.each([[null], ['x'], [[]], [7]])('%j is no map', (value) => {
    expect(() => readOffsetMap(value, 'lowerBound', '')).toThrow('invalid type for field `lowerBound`')
  })
})

describe('maps of offsets', () => {
  const map = (of: Record<string, number>): OffsetMap => of
  test.each([
    [{}, {}, true],
    [{}, { [a]: 0 }, true],
    [{ [a]: 0 }, {}, false],
    [{ [a]: 3 }, { [a]: 3 }, true],
    [{ [a]: 4 }, { [a]: 3, [b]: 9 }, false],
    [{ [a]: 3, [b]: 0 }, { [a]: 3 }, false],
  ])('%j within %j is %j', (inner, outer, expected) => expect(isWithin(map(inner), map(outer))).toBe(expected))

  test('the union holds the later offset of each stream', () => {
    expect(union(map({ [a]: 3 }), map({ [a]: 1, [b]: 0 }))).toEqual({ [a]: 3, [b]: 0 })
  })
})
