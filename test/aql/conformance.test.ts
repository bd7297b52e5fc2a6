/**
 * The vectors transcribed from Actyx, as far as `FROM … ORDER … LIMIT` reaches. Which run and which wait is stated below and
 * compared with the file, so that a vector can neither be forgotten nor quietly dropped.
 */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nodeIdFromBytes, streamOf } from '../../src/core/node-id.ts'
import type { TagExpr } from '../../src/aql/ast.ts'
import { AqlError } from '../../src/aql/error.ts'
import { checkFeatures, featureRules, featuresOf } from '../../src/aql/feature.ts'
import type { Endpoint } from '../../src/aql/feature.ts'
import { parseQuery } from '../../src/aql/parser.ts'
import { planQuery } from '../../src/aql/plan.ts'
import { printQuery, printTagExpr } from '../../src/aql/print.ts'
import { leastStream } from '../../src/aql/tag-parser.ts'
import { microsOf, scanTimestamp } from '../../src/aql/timestamp.ts'
import { answer, contextOf, here, planOf, subsetsOf, tagged, there, where } from './event-list.ts'
import type { Row } from './event-list.ts'

interface Vector {
  readonly id: string
  readonly kind: string
  readonly [field: string]: unknown
}

const path = new URL('../../../shared/conformance/aql-vectors.json', import.meta.url)
const absent = !existsSync(path)
const vectors: readonly Vector[] = absent
  ? []
  : (JSON.parse(readFileSync(path, 'utf8')) as { vectors: readonly Vector[] }).vectors

const numbered = (kind: string, ...numbers: number[]): string[] =>
  numbers.map((number) => `${kind}-${String(number).padStart(3, '0')}`)
const span = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** Kinds of which every vector runs here. */
const whole = [
  'appid',
  'canonical-tagexpr',
  'dnf',
  'endpoint-query',
  'feature-table',
  'lamportrange',
  'local',
  'match',
  'match-nothing',
  'nodeid',
  'query-nfc',
  'query-tagexpr',
  'sdk-where',
  'streamid',
  'tag-literal',
  'tagexpr',
  'timerange',
  'timestamp',
]

/** The query is recognised as AQL of a later version: each of these must answer `ERR_UNSUPPORTED_FEATURE`, so that it turns red here when its part is built. */
const unsupported = [
  ...numbered('parse', 1, 6, 13, ...span(23, 33), 35, 36, 37, 44, 45, 46, 51, 52, 53, 56, 60, 61),
  ...numbered('features', ...span(1, 6), 8, 9, ...span(11, 19)),
  ...numbered('feature-check', ...span(1, 5)),
  ...numbered('preferred-order', ...span(1, 7)),
  ...numbered('done-after-first', ...span(1, 6)),
  ...numbered('pipeline', ...span(1, 8)),
  ...numbered('query', ...span(1, 13), 24, ...span(26, 31)),
  ...numbered('query-meta', ...span(1, 11)),
  ...numbered('query-meta-access', 1, 2),
  ...numbered('subscribe', ...span(1, 6)),
]

/** Kinds that no query text of this version can carry, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  eval: 'expressions come with FILTER and SELECT',
  precedence: 'expressions come with FILTER and SELECT',
  'parse-expr': 'expressions come with FILTER and SELECT',
  canonical: 'expressions come with FILTER and SELECT',
  aggregate: 'AGGREGATE',
  'offset-json': 'offset maps are read by the api',
  'query-bounds': 'bounds are checked by the api',
  http: 'answers of the api',
  ws: 'answers of the api',
}
/** `FROM allEvents` is ours, the streams and the bound that it is about are not. */
const ofTheApi = numbered('subscribe', 7)

const appId = 'test'
const rowsOf = (vector: Vector): Row[] =>
  (vector['events'] as { tags: string[]; payload: unknown; appId?: string }[]).map((event, index) =>
    tagged(event.tags, { lamport: 100 + index, payload: event.payload, appId: event.appId ?? appId, stream: here }),
  )

const isoOf = (micros: number): string =>
  new Date(Math.floor(micros / 1000)).toISOString().replace('Z', `${String(micros % 1000).padStart(3, '0')}Z`)

/** The words that a vector leaves to be filled in: time, lamport and stream of its events. */
const filled = (text: string, rows: readonly Row[], first: number): string =>
  text
    .replace(/\$t(\d)/g, (_, n: string) => isoOf(rows[Number(n) - first]?.timestamp ?? Number.NaN))
    .replace(/\$l(\d)/g, (_, n: string) => String(rows[Number(n) - first]?.lamport))
    .replace('$s', here)

/** Actyx's tree has two branches to a node. */
const binary = (expr: TagExpr, now: number): unknown => {
  switch (expr.type) {
    case 'tag':
      return ['tag', expr.tag]
    case 'key':
    case 'time': {
      const name = `${expr.comparison.startsWith('<') ? 'to' : 'from'}${expr.type === 'key' ? 'Key' : 'Time'}`
      const how = expr.comparison.endsWith('=') ? 'inclusive' : 'exclusive'
      if (expr.type === 'time') return [name, Number(microsOf(expr.at, now)), how]
      return [name, Number(expr.lamport), expr.stream === leastStream ? 'min' : expr.stream, how]
    }
    case 'and':
    case 'or':
      return expr.of.map((part) => binary(part, now)).reduce((left, right) => [expr.type, left, right])
    default:
      return [expr.type]
  }
}

const rangeOf = (type: 'keyRange' | 'timeRange', text: string): unknown => {
  const { filter } = planOf(`FROM ${text}`)
  if (filter.type === 'none') return 'empty'
  if (filter.type === 'timeRange' && type === 'timeRange') return [filter.from ?? null, filter.to ?? null]
  if (filter.type === 'keyRange' && type === 'keyRange') {
    for (const key of [filter.from, filter.to]) expect(key?.stream ?? leastStream).toBe(leastStream)
    return [filter.from?.lamport ?? null, filter.to?.lamport ?? null]
  }
  return [null, null]
}

const payloads = (query: string, rows: readonly Row[], vector: Vector): unknown =>
  answer(query, rows, (vector['order'] ?? 'asc') as 'asc', (vector['appId'] ?? 'test') as string).map(
    ({ payload }) => payload,
  )

const isNamed = (tags: readonly string[], groups: readonly (readonly string[])[]): boolean =>
  groups.some((group) => group.every((tag) => tags.includes(tag)))

const run: Readonly<Record<string, (vector: Vector) => void>> = {
  parse: (vector) => {
    const text = String(vector['query'])
    if (vector['expect'] === 'error') {
      let error: unknown
      try {
        parseQuery(text)
      } catch (thrown) {
        error = thrown
      }
      if (!(error instanceof AqlError)) throw new Error(`not an AqlError: ${String(error)}`)
      expect(error.code).toBe('ERR_BAD_REQUEST')
      // all of these queries are one line, and `pos` counts from 0
      if (vector['pos'] !== undefined) expect([error.line, error.column]).toEqual([1, Number(vector['pos']) + 1])
      if (vector.id === 'parse-043') expect(error.message).toContain(vector['message'])
      return
    }
    const query = parseQuery(text)
    expect(parseQuery(printQuery(query))).toEqual(query)
    if ('order' in vector) expect(query.source.order ?? null).toBe(vector['order'])
    if ('limit' in vector) expect(query.stages).toEqual([{ type: 'limit', count: BigInt(Number(vector['limit'])) }])
    if ('pragmas' in vector)
      expect(query.pragmas.map(({ name, text: body }) => [name, body])).toEqual(vector['pragmas'])
    if ('interpolationLiteral' in vector) {
      const parts = [{ type: 'text', text: vector['interpolationLiteral'] }]
      expect(query.source.where).toEqual({ type: 'interpolation', parts })
    }
  },
  'tag-literal': (vector) => expect(where(String(vector['text']))).toEqual({ type: 'tag', tag: vector['tag'] }),
  tagexpr: (vector) => expect(binary(where(String(vector['expr'])), Number(vector['now'] ?? 0))).toEqual(vector['ast']),
  dnf: (vector) => {
    for (const tags of subsetsOf(['a', 'b', 'c', 'd'])) {
      const found = answer(`FROM ${String(vector['expr'])}`, [tagged(tags)]).length === 1
      expect([tags, found]).toEqual([tags, isNamed(tags, vector['dnf'] as string[][])])
    }
  },
  match: (vector) => {
    const found = (vector['eventTags'] as string[][]).map(
      (tags) => answer(`FROM ${String(vector['expr'])}`, [tagged(tags)]).length === 1,
    )
    expect(found).toEqual(vector['matches'])
  },
  local: (vector) => {
    const stream = vector['streamIsLocal'] === true ? here : there
    const groups =
      vector['selects'] === 'all' ? [[]] : vector['selects'] === 'none' ? [] : (vector['selects'] as string[][])
    for (const tags of subsetsOf(['a', 'b'])) {
      const found = answer(`FROM ${String(vector['expr'])}`, [tagged(tags, { stream })]).length === 1
      expect([tags, found]).toEqual([tags, isNamed(tags, groups)])
    }
  },
  'match-nothing': (vector) => expect(planOf(`FROM ${String(vector['expr'])}`).filter).toEqual({ type: 'none' }),
  timerange: (vector) => expect(rangeOf('timeRange', String(vector['expr']))).toEqual(vector['rangeFromInclToExcl']),
  lamportrange: (vector) => expect(rangeOf('keyRange', String(vector['expr']))).toEqual(vector['rangeFromInclToExcl']),
  timestamp: (vector) => {
    const text = String(vector['text'])
    const micros = BigInt(Number(vector['micros']))
    expect(scanTimestamp(text, 0)).toEqual({ type: 'timestamp', micros, end: text.length })
  },
  'canonical-tagexpr': (vector) => expect(printTagExpr(where(String(vector['expr'])))).toBe(vector['canonical']),
  features: (vector) =>
    expect([...featuresOf(parseQuery(String(vector['query'])))].toSorted()).toEqual(vector['features']),
  'feature-check': (vector) => {
    expect(vector['expect']).toBe('ok')
    const query = parseQuery(String(vector['query']))
    expect(() => checkFeatures(query, vector['endpoint'] as Endpoint)).not.toThrow()
  },
  'feature-table': (vector) => {
    const { level, forbiddenOn } = vector
    expect(featureRules[vector['feature'] as keyof typeof featureRules]).toEqual({ level, forbiddenOn })
  },
  query: (vector) => {
    const rows = rowsOf(vector)
    const results = (vector['results'] as unknown[]).filter((item) => item !== 'offsets')
    const found = payloads(filled(String(vector['query']), rows, 1), rows, vector) as unknown[]
    expect(found.map((event) => ({ event }))).toEqual(results)
  },
  'endpoint-query': (vector) => {
    const query = parseQuery(String(vector['query']))
    checkFeatures(query, vector['endpoint'] as Endpoint)
    run['query']?.(vector)
  },
  'query-tagexpr': (vector) => {
    const rows = rowsOf(vector)
    expect(payloads(`FROM ${filled(String(vector['expr']), rows, 0)}`, rows, vector)).toEqual(vector['payloads'])
  },
  'query-nfc': (vector) =>
    expect(payloads(String(vector['query']), rowsOf(vector), vector)).toEqual(vector['payloads']),
  'sdk-where': (vector) => {
    const wire = parseQuery(String(vector['wire']))
    expect(wire.features).toEqual(['eventKeyRange'])
    const context = contextOf()
    // as sdk 0.5 and as sdk 0.4 send it
    expect(planQuery(wire, context)).toEqual(planQuery(parseQuery(`FROM ${String(vector['where'])}`), context))
  },
  appid: (vector) => {
    const parse = () => where(`appId(${String(vector['appId'])})`)
    if (vector['valid'] === true) expect(parse()).toEqual({ type: 'appId', appId: vector['appId'] })
    else expect(parse).toThrow(AqlError)
  },
  nodeid: (vector) => expect(nodeIdFromBytes(new Uint8Array(vector['bytes'] as number[]))).toBe(vector['text']),
  streamid: (vector) => {
    const node = nodeIdFromBytes(new Uint8Array(vector['bytes'] as number[]))
    expect(streamOf(node, Number(vector['streamNr']))).toBe(vector['text'])
    expect(where(`from(1/${String(vector['text'])})`)).toMatchObject({ stream: vector['text'] })
  },
}

describe.skipIf(absent)('Actyx vectors (skipped where ../shared/conformance is absent)', () => {
  const deferred = new Set([
    ...unsupported,
    ...ofTheApi,
    ...vectors.filter(({ kind }) => kind in elsewhere).map(({ id }) => id),
  ])
  const mine = vectors.filter(({ id }) => !deferred.has(id))

  test('every vector is either run or named as deferred', () => {
    expect(new Set(vectors.map(({ id }) => id)).size).toBe(442)
    const known = new Set(vectors.map(({ id }) => id))
    expect([...deferred].filter((id) => !known.has(id))).toEqual([])
    expect([...new Set(mine.map(({ kind }) => kind))].filter((kind) => run[kind] === undefined)).toEqual([])
    expect([mine.length, deferred.size]).toEqual([177, 265])
  })

  test('the kinds that run wholly are these', () => {
    const kinds = [...new Set(vectors.map(({ kind }) => kind))]
    const complete = kinds.filter((kind) => !vectors.some((vector) => vector.kind === kind && deferred.has(vector.id)))
    expect(complete.toSorted()).toEqual(whole)
  })

  test.each(mine.map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    expect.hasAssertions()
    run[vector.kind]?.(vector)
  })

  test.each(unsupported)('%s is recognised as a part of AQL to come', (id) => {
    const query = vectors.find((vector) => vector.id === id)?.['query']
    expect(() => parseQuery(String(query))).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED_FEATURE' }))
  })
})
