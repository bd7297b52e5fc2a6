/** Who holds what, from what linked nodes say in their heads and the others in their vectors: "safe on N devices" (RULES 21). Pure. */
import type { NodeId, StreamId } from '../core/event.ts'
import type { Head } from '../log/contract.ts'

/** Stream → one past the last offset. */
export type Counts = ReadonlyMap<StreamId, number>

/** What one other node is known to hold durably. */
export interface Holding {
  readonly node: NodeId
  /** Undefined: it has not said anything yet. */
  readonly counts: Counts | undefined
  /** Heard of within 7 days. */
  readonly isRecent: boolean
}

/** What its heads on a direct link say, and what it said otherwise: the higher one of each stream. */
export const mergeCounts = (
  heads: ReadonlyMap<StreamId, Pick<Head, 'count'>> | undefined,
  said: Counts | undefined,
): Counts | undefined => {
  if (heads === undefined) return said
  const merged = new Map(said)
  for (const [stream, { count }] of heads) merged.set(stream, Math.max(count, merged.get(stream) ?? 0))
  return merged
}

/** The higher one of each stream. */
export const higherCounts = (one: Counts | undefined, other: Counts | undefined): Counts | undefined => {
  if (one === undefined || other === undefined) return one ?? other
  const merged = new Map(one)
  for (const [stream, count] of other) merged.set(stream, Math.max(count, merged.get(stream) ?? 0))
  return merged
}

/** Nodes among `others` that are known to hold (stream, offset) and were heard of lately. */
export const holdersOf = (stream: StreamId, offset: number, others: readonly Holding[]): NodeId[] =>
  others.filter(({ counts, isRecent }) => isRecent && (counts?.get(stream) ?? 0) > offset).map(({ node }) => node)

/** Events of `own` that none of `others` is known to hold. */
export const countOnlyHere = (
  own: ReadonlyMap<StreamId, Pick<Head, 'from' | 'count'>>,
  others: readonly Holding[],
): number => {
  const recent = others.filter(({ isRecent }) => isRecent)
  let only = 0
  for (const [stream, { from, count }] of own) {
    let elsewhere = from
    for (const { counts } of recent) elsewhere = Math.max(elsewhere, counts?.get(stream) ?? 0)
    only += Math.max(0, count - elsewhere)
  }
  return only
}

/** Events that a node lacks of what another one holds. */
export const countLacking = (
  holder: ReadonlyMap<StreamId, Pick<Head, 'from' | 'count'>> | Counts,
  lacking: Counts,
): number => {
  let missing = 0
  for (const [stream, held] of holder) {
    const { from, count } = typeof held === 'number' ? { from: 0, count: held } : held
    missing += Math.max(0, count - Math.max(from, lacking.get(stream) ?? 0))
  }
  return missing
}
