/** Payloads that have broken other people's logs. */
import * as fc from 'fast-check'
import type { EventDraft, Json } from '../../src/core/event.ts'

const lone = fc.constantFrom('\ud800', '\udfff', 'a\udc00b', '\udbff\udbff', '😀\ud83d')

const numbers = fc.oneof(
  fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, 1e21, 1e-7, 2 ** 53, -(2 ** 53), 0.1 + 0.2, 999_999_999_999_999, 1e15),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
)

const instants = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') })
    .map((date) => date.toISOString()),
  fc
    .tuple(
      fc.constantFrom('2024-02-29', '2023-02-29', '2024-02-30', '0000-01-01', '9999-12-31', '2024-13-01', '1969-12-31'),
      fc.constantFrom('T', ' ', 't'),
      fc.constantFrom('00:00:00', '23:59:59', '24:00:00', '23:59:60', '12:34:56'),
      fc.constantFrom('', '.000', '.123', '.123456', '.999999', '.1', '.000000', '.12345678'),
      fc.constantFrom('', 'Z', 'z', '+00:00', '-00:00', '+14:00', '+99:99', '+0100'),
    )
    .map((parts) => parts.join('')),
)

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  lone,
  instants,
  fc.constantFrom('', '\n', 'a\nb\r\u2028\u2029', '"', '\\', '\u0000', '\ufeff', '=', '@', ':', 't', 'd', '-0', '007'),
)

const keys = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  lone,
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toJSON',
    'hasOwnProperty',
    '',
    '0',
    '1',
    '10',
    '-1',
    '\n',
    'length',
    'then',
  ),
)

const leaf = fc.oneof(fc.constant(null), fc.boolean(), numbers, texts)

/** As `JSON.parse` makes them: every key an own one, `__proto__` too. */
const objectOf = (entries: readonly (readonly [string, Json])[]): Json => {
  const object: Record<string, Json> = {}
  for (const [key, value] of entries)
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  return object
}

const tree = fc.letrec<{ value: Json; object: Json; list: Json }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('object'), tie('list')),
  object: fc.array(fc.tuple(keys, tie('value')), { maxLength: 5 }).map(objectOf),
  list: fc.array(tie('value'), { maxLength: 4 }),
})).value

/** `depth` containers within each other. */
export const nested = (depth: number, kind: 'list' | 'object' = 'list', inside: Json = 1): Json => {
  let value = inside
  for (let level = 0; level < depth; level++) value = kind === 'list' ? [value] : { a: value }
  return value
}

const wide = fc
  .tuple(fc.integer({ min: 60, max: 300 }), fc.constantFrom('k', '', '\n'))
  .map(([width, prefix]): Json =>
    Object.fromEntries(Array.from({ length: width }, (_, index) => [`${prefix}${index}`, index])),
  )

const deep = fc
  .tuple(fc.constantFrom(7, 8, 9, 100, 511), fc.constantFrom('list' as const, 'object' as const), leaf)
  .map(([depth, kind, inside]) => nested(depth, kind, inside as Json))

export const payload: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: tree },
  { weight: 3, arbitrary: fc.jsonValue() as fc.Arbitrary<Json> },
  { weight: 2, arbitrary: leaf },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: wide },
)

const machines = fc.constantFrom('press-1', 'press-2', 'mixer', '')

/** Events as machines send them: few shapes, counters, instants, and what the tags say already. */
const series = fc
  .tuple(
    fc.array(
      fc.record({
        machine: machines,
        reading: numbers,
        at: instants,
        text: texts,
        odd: fc.integer({ min: 0, max: 9 }),
      }),
      {
        minLength: 1,
        maxLength: 40,
      },
    ),
    fc.integer({ min: -5, max: 2 ** 31 }),
    fc.date({ noInvalidDate: true, min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z') }),
    fc.constantFrom(1, 60_000, 86_400_000, -1000),
  )
  .map(([readings, first, from, step]) =>
    readings.map(({ machine, reading, at, text, odd }, index): EventDraft => ({
      tags: machine === '' ? [] : ['reading', `machine:${machine}`],
      payload:
        odd === 0
          ? { machine, odd: text }
          : {
              machine,
              counter: odd === 1 ? String(first + index) : first + index,
              when: odd === 2 ? at : new Date(Math.max(0, from.getTime() + index * step)).toISOString(),
              values: { reading, text, constant: 'always', empty: {}, list: [] },
            },
    })),
  )

const tag = fc
  .oneof(
    fc.constantFrom('a', 'b', 'machine:press', 'a b', '\n', "it's", '\u0000', 'Ångström'),
    fc.string({ minLength: 1, maxLength: 8 }),
  )
  .filter((text) => text.isWellFormed() && text !== '')

const anything = fc.array(fc.record({ tags: fc.array(tag, { maxLength: 4 }), payload }), {
  minLength: 1,
  maxLength: 25,
})

/** One publication. */
export const publication: fc.Arbitrary<readonly EventDraft[]> = fc.oneof(anything, series)
