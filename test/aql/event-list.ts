/** The meaning of a query, in the plainest way there is: look at every event, sort, cut. */
import { matches } from '../../src/core/event-filter.ts'
import type { Filterable } from '../../src/core/event-filter.ts'
import { compareKeys } from '../../src/core/event.ts'
import type { AppId, NodeId, StreamId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import { normaliseTags } from '../../src/core/tags.ts'
import type { QueryOrder, TagExpr } from '../../src/aql/ast.ts'
import { parseQuery } from '../../src/aql/parser.ts'
import { planQuery } from '../../src/aql/plan.ts'
import type { Plan, PlanContext } from '../../src/aql/plan.ts'

export interface Row extends Filterable {
  readonly payload: unknown
}

const nodeHere = `${'A'.repeat(42)}.` as NodeId
const nodeThere = `${'B'.repeat(42)}.` as NodeId
export const here: StreamId = streamOf(nodeHere, 0)
export const there: StreamId = streamOf(nodeThere, 0)

/** 1 November 2026. */
export const now = 1_793_491_200_000_000

export const contextOf = (appId = 'test'): PlanContext => ({ node: nodeHere, appId: appId as AppId, now })

interface RowFields {
  readonly lamport?: number
  readonly stream?: StreamId
  readonly appId?: string
  readonly payload?: unknown
  readonly timestamp?: number
}

/** Not given: lamport 1 of `here`, by app `test`; a second and a microsecond pass from one lamport to the next. */
export const tagged = (tags: readonly string[], fields: RowFields = {}): Row => {
  const { lamport = 1, stream = here, appId = 'test', payload = null, timestamp = now + lamport * 1_000_001 } = fields
  return { lamport, stream, timestamp, tags: normaliseTags(tags), appId: appId as AppId, payload }
}

export const where = (text: string): TagExpr => parseQuery(`FROM ${text}`).source.where

export const planOf = (query: string, appId?: string): Plan => planQuery(parseQuery(query), contextOf(appId))

export const answer = (query: string, rows: readonly Row[], asked: QueryOrder = 'asc', appId?: string): Row[] => {
  const { filter, order = asked, limit = Infinity } = planOf(query, appId)
  const found = rows.filter((row) => matches(filter, row)).toSorted(compareKeys)
  if (order === 'desc') found.reverse()
  if (order === 'stream-asc') found.sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0))
  return found.slice(0, limit)
}

export const subsetsOf = (tags: readonly string[]): string[][] =>
  tags.reduce<string[][]>((subsets, tag) => [...subsets, ...subsets.map((subset) => [...subset, tag])], [[]])
