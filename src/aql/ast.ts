/**
 * A query as written: what the parser makes, the printer prints and the planner reads. Nothing here depends on who asks or when,
 * so `me` and `7s ago` stay words. Naturals are bigint because AQL's are 64 bits wide.
 */
import type { StreamId } from '../core/event.ts'

export interface Query {
  readonly pragmas: readonly Pragma[]
  /** The words of `FEATURES(…)`, known or not. */
  readonly features: readonly string[]
  readonly source: Source
  readonly stages: readonly Stage[]
}

/** `text` has `\n` for every line break. */
export interface Pragma {
  readonly name: string
  readonly text: string
}

/** Where rows come from. The next one is an array. */
export type Source = { readonly type: 'events'; readonly where: TagExpr; readonly order?: QueryOrder }

export type QueryOrder = 'asc' | 'desc' | 'stream-asc'

/** What happens to rows, in the order written. The next ones are filter, select, aggregate and let. */
export type Stage = { readonly type: 'limit'; readonly count: bigint }

export type Comparison = '<' | '<=' | '>' | '>='

export type TagExpr =
  /** NFC, non-empty. */
  | { readonly type: 'tag'; readonly tag: string }
  /** A tag in backticks. */
  | { readonly type: 'interpolation'; readonly parts: readonly InterpolationPart[] }
  | { readonly type: 'allEvents' }
  | { readonly type: 'isLocal' }
  /** `me` stands for the app that asks. */
  | { readonly type: 'appId'; readonly appId: string }
  /** `from(key)` is `>=`, `to(key)` is `<`; a bare lamport has the least of all streams. */
  | { readonly type: 'key'; readonly comparison: Comparison; readonly lamport: bigint; readonly stream: StreamId }
  | { readonly type: 'time'; readonly comparison: Comparison; readonly at: Instant }
  /** Two or more parts: a chain is one node, however long, so that its length costs no stack. */
  | { readonly type: 'and' | 'or'; readonly of: readonly TagExpr[] }

/** The next one is an expression in braces. */
export type InterpolationPart = { readonly type: 'text'; readonly text: string }

export type Instant =
  /** Microseconds since the epoch. */
  | { readonly type: 'date'; readonly micros: bigint }
  | { readonly type: 'ago'; readonly count: bigint; readonly unit: DurationUnit }

export type DurationUnit = 's' | 'm' | 'h' | 'D' | 'W' | 'M' | 'Y'
