import { describe, expect, test } from 'vitest'
import type { OffsetMap } from '../../src/core/event.ts'
import { isWithin, readOffset, readOffsetMap, union } from '../../src/api/offset-map.ts'
import { vectors } from './vectors.ts'

const stream = (letter: string): string => `${letter.repeat(42)}.-0`
const [a, b] = [stream('A'), stream('B')] as const

describe('offsets', () => {
  const known = vectors('offset-json').filter(({ type }) => type === 'OffsetOrMin' || type === 'OffsetMap')
  const right = known.filter((vector) => vector['expect'] !== 'error')
  const wrong = known.filter((vector) => vector['expect'] === 'error')
  const read = (type: unknown, text: string): unknown =>
    type === 'OffsetMap' ? readOffsetMap(JSON.parse(text), 'lowerBound', text) : readOffset(JSON.parse(text))

  test.skipIf(right.length === 0).each(right)('$id: $json', ({ json, type, value }) => {
    const words: Record<string, unknown> = { min: undefined, max: Number.MAX_SAFE_INTEGER }
    expect(read(type, String(json))).toEqual(typeof value === 'string' ? words[value] : value)
  })

  test.skipIf(wrong.length === 0).each(wrong)('$id: $json is refused', ({ json, type, errorContains }) => {
    expect(() => read(type, String(json))).toThrow(String(errorContains))
  })

  test.each([[null], [true], [[1]], [{}], [Infinity]])('%s is no offset', (value) => {
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
