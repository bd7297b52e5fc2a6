/** What is told of a stream, and handed on of it: its head, its holes, its runs as they are. */
import type { StreamId } from '../core/event.ts'
import { runsReadMax } from '../core/limits.ts'
import type { LogContext } from './context.ts'
import type { Fork, Head, RunRecord } from './contract.ts'
import { chainBytes } from './run-key.ts'
import type { Index, RunEntry, StreamState } from './stream-state.ts'
import { baseOf, countOf, endOf, indexOfOffset, noChain, tailOf } from './stream-state.ts'

/** Anything of it that counts. */
export const isHeld = ({ entries, cut }: StreamState): boolean => entries.length > 0 && (entries[0]?.from ?? 0) < cut

interface KnownHead {
  readonly cut: number
  readonly cutChain: string | undefined
  readonly entries: number
  readonly last: RunEntry | undefined
  readonly head: Head
}

/** Heads are asked for far more often than they change: by every link, at every comparison. */
const knownHeads = new WeakMap<readonly RunEntry[], KnownHead>()

export const headOf = (state: StreamState): Head => {
  const { entries, damage, shift } = state
  const known = damage.isFound ? undefined : knownHeads.get(entries)
  const { cut, cutChain } = state
  if (
    known !== undefined &&
    known.entries === entries.length &&
    known.last === entries.at(-1) &&
    known.cut === cut &&
    known.cutChain === cutChain
  )
    return known.head
  const count = countOf(state)
  const last = entries[indexOfOffset(entries, count) - 1]
  const sealed = entries[tailOf(state).start - 1]
  const head = {
    from: baseOf(state) - shift,
    count: count - shift,
    sealedTo: Math.min(count, sealed === undefined ? baseOf(state) : endOf(sealed)) - shift,
    chain: chainBytes((count === cut ? cutChain : undefined) ?? (last === undefined ? noChain : last.chain)),
  }
  knownHeads.set(entries, { cut, cutChain, entries: entries.length, last: entries.at(-1), head })
  return head
}

/** How many events are missing before the next that is held. */
export const firstHole = (entries: readonly RunEntry[]): number => {
  const first = entries.findIndex(({ quarantined }) => quarantined)
  const next = first < 0 ? undefined : entries.slice(first).find(({ quarantined }) => !quarantined)
  return next === undefined ? 0 : next.from - (entries[first]?.from ?? 0)
}

/** Entries from the one that holds `offset` on, about `bytes` of them. */
export const runsFrom = async (
  context: LogContext,
  stream: StreamId,
  offset: number,
  bytes: number,
): Promise<readonly RunRecord[]> => {
  const state = context.index.stream(stream)
  if (state === undefined || offset + state.shift < baseOf(state)) return []
  const { shift } = state
  const entries: RunEntry[] = []
  let size = 0
  for (let at = indexOfOffset(state.entries, offset + shift); entries.length === 0 || size < bytes; at++) {
    const entry = state.entries[at]
    if (entry === undefined || entry.quarantined || entry.from >= state.cut || entries.length === runsReadMax) break
    entries.push(entry)
    size += entry.bytes
  }
  const runs = await context.blocks.runs(state, entries)
  return runs.map(({ bytes: record }, at) => {
    const { from, count } = entries[at] as RunEntry
    return { stream, from: from - shift, count, bytes: record }
  })
}

/** The record that holds `offset`. */
export const runAt = async (
  context: LogContext,
  stream: StreamId,
  offset: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> => {
  const state = context.index.stream(stream)
  if (state === undefined) return undefined
  const at = offset + state.shift
  const entry = state.entries[indexOfOffset(state.entries, at)]
  if (entry === undefined || entry.from > at || entry.from >= state.cut) return undefined
  return (await context.blocks.run(state, entry))?.bytes
}

export const forkOf = ({ stream: alias, line }: StreamState): Fork | undefined => {
  if (line?.fork === undefined) return undefined
  const { family, fork } = line
  const { at: from, chain, digest, other } = fork
  return {
    stream: family.stream,
    alias,
    from,
    chain: chainBytes(chain),
    kept: chainBytes(other),
    other: chainBytes(digest),
  }
}

export const forksOf = (index: Index): readonly Fork[] => index.ordered().flatMap((state) => forkOf(state) ?? [])
