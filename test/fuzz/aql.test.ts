/** Properties of AQL over arbitrary text and arbitrary queries. A failure prints the seed and the path that replay it. */
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isWrittenBy, matches } from '../../src/core/event-filter.ts'
import type { AppId, StreamId } from '../../src/core/event.ts'
import { compareKeys } from '../../src/core/event.ts'
import { errorCode } from '../../src/core/errors.ts'
import { queryCharsMax } from '../../src/core/limits.ts'
import type { Comparison, Query, TagExpr } from '../../src/aql/ast.ts'
import { AqlError } from '../../src/aql/error.ts'
import { checkFeatures } from '../../src/aql/feature.ts'
import { parseQuery } from '../../src/aql/parser.ts'
import { planQuery, planTagExpr } from '../../src/aql/plan.ts'
import { printQuery } from '../../src/aql/print.ts'
import { formatTimestamp, microsOf, scanTimestamp } from '../../src/aql/timestamp.ts'
import { contextOf, here, now, tagged, there } from '../aql/event-list.ts'
import type { Row } from '../aql/event-list.ts'

const context = contextOf()

const stream = fc.constantFrom<StreamId>(
  here,
  there,
  `${'.'.repeat(43)}-0` as StreamId,
  `${here.slice(0, -1)}10` as StreamId,
)
const comparison = fc.constantFrom<Comparison>('<', '<=', '>', '>=')
const tagText = fc.oneof(
  fc.constantFrom('a', 'b', "it's", '"', '`{', '--', 'é', 'e\u0301', 'END'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
)
const natural = fc.oneof(fc.bigInt(0n, 6n), fc.bigInt(0n, 2n ** 64n - 1n))
const dateMin = BigInt(Date.parse('0000-01-01T00:00:00Z')) * 1000n
const dateMax = BigInt(Date.parse('9999-12-31T23:59:59.999Z')) * 1000n + 999n
const micros = fc.oneof(
  fc.bigInt(BigInt(now) - 5n, BigInt(now) + 5n),
  fc.bigInt(dateMin / 86_400_000_000n, dateMax / 86_400_000_000n).map((day) => day * 86_400_000_000n),
  fc.bigInt(dateMin, dateMax),
)

const atom: fc.Arbitrary<TagExpr> = fc.oneof(
  tagText.map((tag): TagExpr => ({ type: 'tag', tag: tag.normalize('NFC') })),
  tagText.map((text): TagExpr => ({ type: 'interpolation', parts: [{ type: 'text', text }] })),
  fc.constantFrom<TagExpr>({ type: 'allEvents' }, { type: 'isLocal' }),
  fc.constantFrom('me', 'test', 'com.example.a-b', '--1.0').map((appId): TagExpr => ({ type: 'appId', appId })),
  fc.record({ type: fc.constant('key' as const), comparison, lamport: natural, stream }),
  fc.record({
    type: fc.constant('time' as const),
    comparison,
    at: fc.oneof(
      fc.record({ type: fc.constant('date' as const), micros }),
      fc.record({
        type: fc.constant('ago' as const),
        count: natural,
        unit: fc.constantFrom('s', 'm', 'h', 'D', 'W', 'M', 'Y'),
      }),
    ),
  }),
)

const tagExpr = fc.letrec<{ expr: TagExpr }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.record({
      type: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('expr'), { minLength: 2, maxLength: 4 }),
    }),
  ),
})).expr

const featureName = fc.constantFrom('timeRange', 'limit', 'interpolation', 'zøg', '7up')
const line = fc.oneof(
  fc.constantFrom('', 'limit zøg', '  indented', 'ENDPRAGMA', '{"payload":1}'),
  fc.string({ maxLength: 6 }),
)
const pragmaText = fc
  .array(line, { maxLength: 3 })
  .map((lines) => lines.join('\n').replaceAll('\r', ''))
  .filter((text) => !`\n${text}\n`.slice(text === '' ? 1 : 0).includes('\nENDPRAGMA\n'))

const query: fc.Arbitrary<Query> = fc.record({
  pragmas: fc.array(fc.record({ name: fc.constantFrom('x', 'features', 'Ab9'), text: pragmaText }), { maxLength: 2 }),
  features: fc.array(featureName, { maxLength: 3 }),
  source: fc.record(
    {
      type: fc.constant('events' as const),
      where: tagExpr,
      order: fc.constantFrom('asc' as const, 'desc' as const, 'stream-asc' as const),
    },
    { requiredKeys: ['type', 'where'] },
  ),
  stages: fc.array(fc.record({ type: fc.constant('limit' as const), count: natural.map((count) => count || 1n) }), {
    maxLength: 2,
  }),
})

const row: fc.Arbitrary<Row> = fc
  .record({
    tags: fc.uniqueArray(fc.constantFrom('a', 'b', "it's", 'é', 'END'), { maxLength: 3 }),
    lamport: fc.integer({ min: 0, max: 6 }),
    stream,
    appId: fc.constantFrom('test', 'com.example.a-b', 'other'),
    timestamp: fc.oneof(fc.integer({ min: now - 6, max: now + 6 }), fc.integer({ min: 0, max: now })),
  })
  .map(({ tags, ...fields }) => tagged(tags, fields))

/** What a tag expression says, read off the tree without planner or filter. */
const says = (expr: TagExpr, event: Row): boolean => {
  const holds = (how: Comparison, difference: number): boolean =>
    how === '<' ? difference < 0 : how === '<=' ? difference <= 0 : how === '>' ? difference > 0 : difference >= 0
  switch (expr.type) {
    case 'tag':
      return event.tags.includes(expr.tag)
    case 'interpolation':
      return event.tags.includes(
        expr.parts
          .map(({ text }) => text)
          .join('')
          .normalize('NFC'),
      )
    case 'allEvents':
      return true
    case 'isLocal':
      return isWrittenBy(event.stream, context.node)
    case 'appId':
      return event.appId === ((expr.appId === 'me' ? context.appId : expr.appId) as AppId)
    case 'key': {
      const byLamport = BigInt(event.lamport) - expr.lamport
      return holds(
        expr.comparison,
        byLamport === 0n ? compareKeys(event, { ...event, stream: expr.stream }) : Number(byLamport),
      )
    }
    case 'time':
      return holds(expr.comparison, Number(BigInt(event.timestamp) - microsOf(expr.at, now)))
    case 'and':
      return expr.of.every((part) => says(part, event))
    case 'or':
      return expr.of.some((part) => says(part, event))
  }
}

/** Text parses or is refused with an `AqlError`; whatever parses can be planned, and printed so that it parses again. */
const isCalm = (text: string): boolean => {
  let parsed: Query
  try {
    parsed = parseQuery(text)
  } catch (error) {
    if (!(error instanceof AqlError)) throw error
    const { code, message, expected } = error
    const place = `Line ${error.line}, column ${error.column}: `
    return (
      message.startsWith(place) &&
      (code === 'ERR_UNSUPPORTED_FEATURE' ? expected.length === 0 : code === 'ERR_BAD_REQUEST')
    )
  }
  planQuery(parsed, context)
  const printed = printQuery(parsed)
  // its blanks may make it longer than a query may be
  if (printed.length > queryCharsMax) return true
  return isDeepStrictEqual(parseQuery(printed), parsed)
}

/** Holds of any text that the arbitrary makes. */
const staysCalm = (text: fc.Arbitrary<string>, numRuns: number): void => {
  fc.assert(fc.property(text, isCalm), { numRuns })
}

const words = [
  ...[
    'FROM',
    'ORDER',
    'ASC',
    'DESC',
    'STREAM',
    'LIMIT',
    'END',
    'FEATURES',
    'PRAGMA',
    'ENDPRAGMA',
    'FILTER',
    'LET',
    'CASE',
  ],
  ...[
    'allEvents',
    'isLocal',
    'appId',
    'from',
    'to',
    'KEY',
    'TIME',
    'me',
    'ago',
    '7s ago',
    '10',
    '0',
    `5/${here}`,
    '1/',
  ],
  ...[
    "'a'",
    '"b"',
    "''",
    "'",
    '"',
    '`c{U+41}`',
    '`{x}`',
    '`',
    '{U+',
    '2020-01-01Z',
    '2020-13-01Z',
    '2020-01-01',
    'T10:00+01:00',
  ],
  ...[
    '&',
    '|',
    '(',
    ')',
    '<',
    '<=',
    '>',
    '≥',
    ':=',
    '--',
    '\n',
    '\r',
    '[',
    '/',
    '-',
    ' ',
    '\u0085',
    '\0',
    '\ud800',
    '😀',
    'ø',
  ],
]

describe('the parser throws nothing but AqlError', () => {
  test('at any text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 })
    expect(() => staysCalm(text, 1000)).not.toThrow()
  })

  test('at any bytes, as a careless decoder reads them', () => {
    const decoder = new TextDecoder()
    const text = fc.uint8Array({ maxLength: 200 }).map((bytes) => `FROM ${decoder.decode(bytes)}`)
    expect(() => staysCalm(text, 1000)).not.toThrow()
  })

  test('at words of AQL in any order', () => {
    const text = fc
      .tuple(
        fc.constantFrom('', 'FROM '),
        fc.array(fc.constantFrom(...words), { maxLength: 30 }),
        fc.constantFrom('', ' '),
      )
      .map(([first, pieces, between]) => first + pieces.join(between))
    expect(() => staysCalm(text, 4000)).not.toThrow()
  })

  test('at queries with a piece cut out, doubled or replaced', () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(6),
      put: fc.oneof(fc.constantFrom('', ...words), fc.string({ unit: 'binary', maxLength: 3 })),
    })
    const text = fc.tuple(query, fc.array(damage, { minLength: 1, maxLength: 3 })).map(([intact, damages]) =>
      damages.reduce((before, { at, length, put }) => {
        const place = Math.floor(at * before.length)
        return before.slice(0, place) + put + before.slice(place + length)
      }, printQuery(intact)),
    )
    expect(() => staysCalm(text, 3000)).not.toThrow()
  })

  test('however deep or long', () => {
    const shape = fc.constantFrom(
      { open: '(', close: ')' },
      { open: "'a'&(", close: ')' },
      { open: "'a'|'b'&(", close: ')' },
      { open: '((', close: '' },
      { open: '`', close: '`' },
      { open: '"', close: '' },
      { open: "'a'&", close: '' },
      { open: '--\n', close: '' },
      { open: 'LIMIT 1 ', close: '' },
    )
    const property = fc.property(shape, fc.integer({ min: 1, max: 13_000 }), ({ open, close }, times) =>
      isCalm(`FROM ${open.repeat(times)}'x'${close.repeat(times)}`),
    )
    expect(() => fc.assert(property, { numRuns: 100 })).not.toThrow()
  })
})

test('what is printed parses to the same, and prints the same again', () => {
  fc.assert(
    fc.property(query, (original) => {
      const text = printQuery(original)
      const parsed = parseQuery(text)
      expect(parsed).toEqual(original)
      expect(printQuery(parsed)).toBe(text)
    }),
    { numRuns: 3000 },
  )
})

test('a plan passes exactly the events that the expression says', () => {
  fc.assert(
    fc.property(tagExpr, fc.array(row, { minLength: 1, maxLength: 20 }), (expr, rows) => {
      const filter = planTagExpr(expr, context)
      for (const event of rows) expect([event, matches(filter, event)]).toEqual([event, says(expr, event)])
    }),
    { numRuns: 3000 },
  )
})

test('every instant of ten thousand years is written so that it reads the same', () => {
  fc.assert(
    fc.property(micros, (instant) => {
      const text = formatTimestamp(instant)
      expect(scanTimestamp(`x${text}y`, 1)).toEqual({ type: 'timestamp', micros: instant, end: text.length + 1 })
    }),
    { numRuns: 2000 },
  )
})

test('interpolation must be named, in FEATURES or in a pragma', () => {
  const uses = (expr: TagExpr): boolean => ('of' in expr ? expr.of.some(uses) : expr.type === 'interpolation')
  fc.assert(
    fc.property(query, fc.constantFrom('query' as const, 'subscribe' as const), (original, endpoint) => {
      const pragmas = original.pragmas.filter(({ name }) => name === 'features').map(({ text }) => text)
      const isNamed = [...original.features, ...pragmas.join(' ').split(/\s/)].includes('interpolation')
      let outcome = 'passes'
      try {
        checkFeatures(original, endpoint)
      } catch (error) {
        outcome = errorCode(error)
      }
      expect(outcome).toBe(uses(original.source.where) && !isNamed ? 'ERR_BAD_REQUEST' : 'passes')
    }),
    { numRuns: 1000 },
  )
})
