/** Filters joined without the parts that say nothing. What comes out passes exactly the events that the parts would. */
import type { EventKey } from '../core/event.ts'
import { compareKeys } from '../core/event.ts'
import type { EventFilter } from '../core/event-filter.ts'

type Range = Extract<EventFilter, { type: 'keyRange' | 'timeRange' }>
type KeyRange = Extract<EventFilter, { type: 'keyRange' }>
type TimeRange = Extract<EventFilter, { type: 'timeRange' }>

export const all: EventFilter = { type: 'all' }
export const none: EventFilter = { type: 'none' }

/** Passes what every part passes. Ranges become their intersection, at the end. */
export const allOf = (parts: readonly EventFilter[]): EventFilter => {
  const rest: EventFilter[] = []
  let keys: KeyRange | undefined
  let times: TimeRange | undefined
  let appId: string | undefined
  for (const part of distinct(flat('and', parts))) {
    if (part.type === 'none') return none
    // one event has one app id
    if (part.type === 'appId' && appId !== undefined) return none
    if (part.type === 'appId') ({ appId } = part)
    if (part.type === 'keyRange') keys = keys === undefined ? part : commonKeys(keys, part)
    else if (part.type === 'timeRange') times = times === undefined ? part : commonTimes(times, part)
    else if (part.type !== 'all') rest.push(part)
  }
  const ranges = [keys, times].filter((range) => range !== undefined)
  if (ranges.some(isEmpty)) return none
  return joined('and', [...rest, ...ranges], all)
}

/** Passes what some part passes. */
export const anyOf = (parts: readonly EventFilter[]): EventFilter => {
  const useful = distinct(flat('or', parts)).filter((part) => part.type !== 'none')
  return useful.some((part) => part.type === 'all') ? all : joined('or', useful, none)
}

const joined = (type: 'and' | 'or', of: readonly EventFilter[], nothing: EventFilter): EventFilter =>
  of.length > 1 ? { type, of } : (of[0] ?? nothing)

/** One level is enough: parts are simplified before they are joined. */
const flat = (type: 'and' | 'or', parts: readonly EventFilter[]): EventFilter[] =>
  parts.flatMap((part): readonly EventFilter[] => (part.type === type && 'of' in part ? part.of : [part]))

/** Only of leaves that a word identifies: to compare whole trees would cost more than it saves. */
const distinct = (parts: readonly EventFilter[]): EventFilter[] => {
  const seen = new Set<string>()
  return parts.filter((part) => {
    const id = identity(part)
    if (id === undefined) return true
    const isNew = !seen.has(id)
    seen.add(id)
    return isNew
  })
}

const identity = (part: EventFilter): string | undefined => {
  switch (part.type) {
    case 'tag':
      return `tag ${part.tag}`
    case 'appId':
      return `appId ${part.appId}`
    case 'node':
      return `node ${part.node}`
    default:
      return undefined
  }
}

const isEmpty = (part: EventFilter): boolean => {
  if (part.type !== 'keyRange' && part.type !== 'timeRange') return false
  const range: Range = part
  if (range.type === 'timeRange') return range.from !== undefined && range.to !== undefined && range.from >= range.to
  return range.from !== undefined && range.to !== undefined && compareKeys(range.from, range.to) >= 0
}

const later = <T>(a: T | undefined, b: T | undefined, compare: (a: T, b: T) => number): T | undefined =>
  a === undefined ? b : b === undefined || compare(a, b) >= 0 ? a : b

const earlier = <T>(a: T | undefined, b: T | undefined, compare: (a: T, b: T) => number): T | undefined =>
  later(a, b, (x, y) => compare(y, x))

const bounds = <T>(from: T | undefined, to: T | undefined): { from?: T; to?: T } => ({
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
})

const commonKeys = (a: KeyRange, b: KeyRange): KeyRange => ({
  type: 'keyRange',
  ...bounds<EventKey>(later(a.from, b.from, compareKeys), earlier(a.to, b.to, compareKeys)),
})

const compareTimes = (a: number, b: number): number => a - b

const commonTimes = (a: TimeRange, b: TimeRange): TimeRange => ({
  type: 'timeRange',
  ...bounds<number>(later(a.from, b.from, compareTimes), earlier(a.to, b.to, compareTimes)),
})
