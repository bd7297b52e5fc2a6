/**
 * One stream read in one direction: looks runs up by offset at every step, so that a seal may replace them meanwhile, skips those
 * whose summary says no, and decodes the others when their turn comes.
 */
import type { EventFilter } from '../core/event-filter.ts'
import type { EventKey, LogEvent } from '../core/event.ts'
import type { Blocks } from './blocks.ts'
import type { Block } from './body.ts'
import type { ReadStats } from './contract.ts'
import { eventOf, matchingIndexes } from './matching.ts'
import type { RunEntry, StreamState } from './stream-state.ts'
import { endOf, indexOfOffset } from './stream-state.ts'
import { mayMatch } from './summary.ts'

export interface Gap {
  readonly from: number
  readonly count: number
  readonly reason: string
}

export interface Cursor {
  readonly state: StreamState
  /**
   * The key of the next event, or, before its run is decoded, a key that cannot be later (ascending; earlier, descending).
   * `undefined` at the end.
   */
  key(): EventKey | undefined
  /** Whether `key` is that of an event that `take` would answer. */
  isReady(): boolean
  /** Decodes up to the next event; what could not be read is answered. */
  advance(): Promise<Gap | undefined>
  take(): LogEvent
}

/** Seals fetched and decoded at once: first few, since most readers stop early, then twice as many each time. */
const prefetchSealedFirst = 2
const prefetchSealedMax = 16
/** The small runs of a tail are fetched together. */
const prefetchTail = 1024

export const createCursor = (
  state: StreamState,
  blocks: Blocks,
  filter: EventFilter,
  bounds: { readonly from: number; readonly to: number },
  descending: boolean,
  stats: ReadStats | undefined,
): Cursor => {
  let { from, to } = bounds
  let block: Block | undefined
  let indexes: readonly number[] = []
  let at = 0

  const entryAt = (): RunEntry | undefined => {
    if (from >= to) return undefined
    const entry = state.entries[indexOfOffset(state.entries, descending ? to - 1 : from)]
    // beyond what is held, or let go by retention meanwhile
    return entry === undefined || entry.from >= to || endOf(entry) <= from ? undefined : entry
  }

  const pass = (entry: RunEntry): void => {
    if (descending) to = entry.from
    else from = endOf(entry)
  }

  /** The next entry that may hold a match; passes over those that cannot. */
  const candidate = (): RunEntry | undefined => {
    for (;;) {
      const entry = entryAt()
      if (entry === undefined) return undefined
      if (entry.summary === undefined || mayMatch(filter, state.stream, entry.summary)) return entry
      if (stats !== undefined) stats.runsSkipped += 1
      pass(entry)
    }
  }

  const firstLamport = (entry: RunEntry): number => {
    if (entry.summary !== undefined) return entry.summary.firstLamport
    if (entry.block !== undefined) return entry.block.lamports[0] ?? 0
    const before = state.entries[state.entries.indexOf(entry) - 1]
    return before === undefined ? 0 : before.lastLamport + 1
  }

  let prefetched: ReadonlySet<RunEntry> = new Set()
  let seals = prefetchSealedFirst
  const prefetch = async (entry: RunEntry): Promise<void> => {
    if (prefetched.has(entry)) return
    const wanted: RunEntry[] = []
    let skipped = 0
    // where most runs cannot match, those that can hold few matches each, and a reader needs many of them
    const room = (): number => (entry.sealed ? (skipped > prefetchSealedMax ? prefetchSealedMax : seals) : prefetchTail)
    for (let index = state.entries.indexOf(entry); wanted.length < room(); index += descending ? -1 : 1) {
      const other = state.entries[index]
      if (other === undefined || other.sealed !== entry.sealed || other.from >= to || endOf(other) <= from) break
      if (other.summary === undefined || mayMatch(filter, state.stream, other.summary)) wanted.push(other)
      else skipped += 1
    }
    if (entry.sealed) seals = Math.min(2 * seals, prefetchSealedMax)
    prefetched = new Set(wanted)
    if (wanted.length > 1) await blocks.prefetch(state, wanted)
  }

  let upcoming = candidate()

  return {
    state,
    isReady: () => at < indexes.length,
    key: () => {
      if (block !== undefined && at < indexes.length) {
        const index = indexes[descending ? indexes.length - 1 - at : at] ?? 0
        return { lamport: block.lamports[index] ?? 0, stream: state.stream }
      }
      if (upcoming === undefined) return undefined
      return { lamport: descending ? upcoming.lastLamport : firstLamport(upcoming), stream: state.stream }
    },
    advance: async () => {
      const entry = upcoming
      if (entry === undefined) return undefined
      await prefetch(entry)
      const read = await blocks.read(state, entry)
      if (read === undefined && entry.unreadable === undefined) {
        // replaced by a seal while it was fetched: look the offset up again
        upcoming = candidate()
        return undefined
      }
      if (stats !== undefined) stats.runsTouched += 1
      const first = Math.max(from, entry.from)
      const last = Math.min(to, endOf(entry))
      pass(entry)
      upcoming = candidate()
      block = read
      at = 0
      indexes = read === undefined ? [] : matchingIndexes(filter, state.stream, read, first, last)
      return read === undefined
        ? { from: first - state.shift, count: last - first, reason: entry.unreadable ?? '' }
        : undefined
    },
    take: () => {
      const index = indexes[descending ? indexes.length - 1 - at : at] ?? 0
      at += 1
      return eventOf(block as Block, state.stream, index, state.shift)
    },
  }
}
