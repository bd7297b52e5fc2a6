/**
 * What the log can be asked for: a monotone tree (no negation), so that a summary of a run can answer "certainly not".
 * AQL's tag expressions are planned into it.
 */
import type { AppId, EventKey, LogEvent, NodeId } from './event.ts'
import { compareKeys } from './event.ts'

export type EventFilter =
  | { readonly type: 'all' }
  | { readonly type: 'none' }
  | { readonly type: 'tag'; readonly tag: string }
  | { readonly type: 'appId'; readonly appId: AppId }
  /** Streams written by this node. */
  | { readonly type: 'node'; readonly node: NodeId }
  /** `from` inclusive, `to` exclusive. */
  | { readonly type: 'keyRange'; readonly from?: EventKey; readonly to?: EventKey }
  /** Microseconds; `from` inclusive, `to` exclusive. */
  | { readonly type: 'timeRange'; readonly from?: number; readonly to?: number }
  | { readonly type: 'and'; readonly of: readonly EventFilter[] }
  | { readonly type: 'or'; readonly of: readonly EventFilter[] }

/** The part of an event that a filter looks at. */
export type Filterable = Omit<LogEvent, 'payload' | 'offset'>

export const isWrittenBy = (stream: string, node: NodeId): boolean =>
  stream.length > node.length && stream.startsWith(node) && stream[node.length] === '-'

/** Whether one event passes. Recursion depth is that of the tree, which the parser bounds. */
export const matches = (filter: EventFilter, event: Filterable): boolean => {
  switch (filter.type) {
    case 'all':
      return true
    case 'none':
      return false
    case 'tag':
      return event.tags.includes(filter.tag)
    case 'appId':
      return event.appId === filter.appId
    case 'node':
      return isWrittenBy(event.stream, filter.node)
    case 'keyRange':
      return (
        (filter.from === undefined || compareKeys(event, filter.from) >= 0) &&
        (filter.to === undefined || compareKeys(event, filter.to) < 0)
      )
    case 'timeRange':
      return (
        (filter.from === undefined || event.timestamp >= filter.from) &&
        (filter.to === undefined || event.timestamp < filter.to)
      )
    case 'and':
      return filter.of.every((part) => matches(part, event))
    case 'or':
      return filter.of.some((part) => matches(part, event))
  }
}
