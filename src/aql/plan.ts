/** What a query asks of the log, now that it is known who asks, where and when. */
import type { AppId, EventKey, NodeId, StreamId } from '../core/event.ts'
import type { EventFilter } from '../core/event-filter.ts'
import type { Comparison, Query, QueryOrder, TagExpr } from './ast.ts'
import { all, allOf, anyOf, none } from './simplify.ts'
import { leastStream } from './tag-parser.ts'
import { microsOf } from './timestamp.ts'

export interface PlanContext {
  /** Whose streams `isLocal` means. */
  readonly node: NodeId
  /** Who `appId(me)` is. */
  readonly appId: AppId
  /** What `ago` counts from; whole microseconds since the epoch. */
  readonly now: number
}

export interface Plan {
  readonly filter: EventFilter
  /** Where the query says none, the request's holds. */
  readonly order?: QueryOrder
  /** At least 1. */
  readonly limit?: number
}

const greatest = BigInt(Number.MAX_SAFE_INTEGER)

export const planQuery = (query: Query, context: PlanContext): Plan => {
  const { where, order } = query.source
  const limit = query.stages.reduce<bigint | undefined>(
    (least, { count }) => (least === undefined || count < least ? count : least),
    undefined,
  )
  return {
    filter: planTagExpr(where, context),
    ...(order !== undefined && { order }),
    // no log holds more events than numbers can count
    ...(limit !== undefined && limit <= greatest && { limit: Number(limit) }),
  }
}

export const planTagExpr = (expr: TagExpr, context: PlanContext): EventFilter => {
  switch (expr.type) {
    case 'tag':
      return expr
    case 'interpolation':
      return {
        type: 'tag',
        tag: expr.parts
          .map(({ text }) => text)
          .join('')
          .normalize('NFC'),
      }
    case 'allEvents':
      return all
    case 'isLocal':
      return { type: 'node', node: context.node }
    case 'appId':
      return { type: 'appId', appId: expr.appId === 'me' ? context.appId : (expr.appId as AppId) }
    case 'key':
      return keyRange(expr.comparison, expr.lamport, expr.stream)
    case 'time':
      return timeRange(expr.comparison, microsOf(expr.at, context.now))
    case 'and':
      return allOf(expr.of.map((part) => planTagExpr(part, context)))
    case 'or':
      return anyOf(expr.of.map((part) => planTagExpr(part, context)))
  }
}

const isUpper = (comparison: Comparison): boolean => comparison === '<' || comparison === '<='

/** `>` and `<=` fall on the far side of the value, `>=` and `<` on its near side. */
const isBehind = (comparison: Comparison): boolean => comparison === '>' || comparison === '<='

const keyRange = (comparison: Comparison, lamport: bigint, stream: StreamId): EventFilter => {
  // every lamport is below (RULES 13)
  if (lamport > greatest) return isUpper(comparison) ? all : none
  // the least of all texts behind `stream`, so no stream lies between the two
  const place = isBehind(comparison) ? (`${stream}\0` as StreamId) : stream
  const key: EventKey = { lamport: Number(lamport), stream: place }
  if (isUpper(comparison)) return isLeast(key) ? none : { type: 'keyRange', to: key }
  return isLeast(key) ? all : { type: 'keyRange', from: key }
}

const isLeast = (key: EventKey): boolean => key.lamport === 0 && key.stream === leastStream

const timeRange = (comparison: Comparison, micros: bigint): EventFilter => {
  const bound = isBehind(comparison) ? micros + 1n : micros
  if (bound > greatest) return isUpper(comparison) ? all : none
  if (bound < -greatest) return isUpper(comparison) ? none : all
  return isUpper(comparison) ? { type: 'timeRange', to: Number(bound) } : { type: 'timeRange', from: Number(bound) }
}
