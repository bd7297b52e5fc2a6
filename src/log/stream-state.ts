/** What the log knows of each stream in memory: a cache of the store's keys, rebuilt by every opening. */
import type { NodeId, StreamId } from '../core/event.ts'
import { isWrittenBy } from '../core/event-filter.ts'
import { cryptBase64, parseStreamId } from '../core/node-id.ts'
import type { Block } from './body.ts'
import type { Branch, Line } from './branch.ts'
import type { Family } from './family.ts'
import type { StoredReceipt } from './record.ts'
import type { RunKey } from './run-key.ts'
import { emptyChain } from './row.ts'
import type { Summary } from './summary.ts'

export interface RunEntry extends Omit<RunKey, 'stream' | 'ephemeral'> {
  /** Key of the record in the store. */
  readonly key: string
  /** Only sealed runs have one; absent on a seal whose summary was lost: it may hold anything. */
  summary: Summary | undefined
  summarySaved: boolean
  /** Decoded content of an unsealed run; sealed ones are in the cache of blocks. */
  block: Block | undefined
  /** Of an unsealed run of our own; not known before its record was read. */
  receipts: readonly StoredReceipt[] | undefined
  /** Why it cannot be read: damaged, or of a codec or key that is not known here. */
  unreadable: string | undefined
  /** Damaged: does not count as held until a good copy arrives. */
  quarantined: boolean
  /** Milliseconds since the epoch; 0 when not known. */
  readonly receivedAt: number
  /** The run of which this is a part, where another line goes on from within it. */
  readonly whole?: RunEntry
}

export interface StreamState {
  readonly stream: StreamId
  readonly node: NodeId
  /** Fixed for as long as anything of it is held. */
  ephemeral: boolean
  /** Contiguous, ascending, never overlapping. */
  entries: RunEntry[]
  /** Whether an entry was ever quarantined: most streams need not be searched for one. */
  damage: { isFound: boolean }
  /** One past the last offset that readers see. */
  present: number
  /** A line of a stream that forked is read from offset 0 on; its entries and all bounds here are in the offsets that its author signed, so much more. */
  shift: number
  /** Of what is read under a name, where the stream forked; its entries are put together from those of its places. */
  line: (Line & { readonly family: Family }) | undefined
  /** Of a place: where its line leaves another one. */
  readonly branch: Branch | undefined
  /** Events from here on do not count (RULES 19); Infinity: all do. */
  cut: number
  /** Chain at the last commit before a cut that lies within an entry. */
  cutChain: string | undefined
}

export const noChain = cryptBase64(emptyChain)

/** Offset of the first event held. */
export const baseOf = (state: StreamState): number => state.entries[0]?.from ?? 0
/** One past the last offset held; never used again. */
export const nextOf = (state: StreamState): number => {
  const last = state.entries.at(-1)
  return last === undefined ? 0 : last.from + last.count
}
export const chainOfHead = (state: StreamState): string => state.entries.at(-1)?.chain ?? noChain
export const endOf = (entry: { readonly from: number; readonly count: number }): number => entry.from + entry.count

/** One past the last offset held that counts. */
export const visibleOf = (state: StreamState): number => Math.min(nextOf(state), state.cut)

/** One past the contiguous verified prefix (RULES 5). */
export const countOf = (state: StreamState): number =>
  Math.min(
    (state.damage.isFound ? state.entries.find((entry) => entry.quarantined)?.from : undefined) ?? nextOf(state),
    state.cut,
  )

/** Index of the entry that holds `offset`, or of the first one after it. */
export const indexOfOffset = (entries: readonly RunEntry[], offset: number): number => {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    const entry = entries[middle]
    if (entry !== undefined && endOf(entry) <= offset) low = middle + 1
    else high = middle
  }
  return low
}

interface Tail {
  /** Index of its first entry. */
  start: number
  events: number
  bytes: number
  /** How many entries of the list are counted. */
  seen: number
}

/** A publish asks for its tail more than once: it is counted as entries are added, anew only for a new list. */
const tails = new WeakMap<readonly RunEntry[], Tail>()

/** The unsealed runs at the end. */
export const tailOf = ({ entries }: StreamState): Readonly<Tail> => {
  const tail = tails.get(entries) ?? { start: 0, events: 0, bytes: 0, seen: 0 }
  for (; tail.seen < entries.length; tail.seen++) {
    const entry = entries[tail.seen] as RunEntry
    if (entry.sealed) Object.assign(tail, { start: tail.seen + 1, events: 0, bytes: 0 })
    else {
      tail.events += entry.count
      tail.bytes += entry.bytes
    }
  }
  tails.set(entries, tail)
  return tail
}

export const createEntry = (key: string, fields: RunKey, receivedAt: number, summary?: Summary): RunEntry => ({
  key,
  from: fields.from,
  count: fields.count,
  lastLamport: fields.lastLamport,
  maxTime: fields.maxTime,
  bytes: fields.bytes,
  chain: fields.chain,
  crc: fields.crc,
  sealed: fields.sealed,
  summary,
  summarySaved: summary !== undefined,
  block: undefined,
  receipts: undefined,
  unreadable: undefined,
  quarantined: false,
  receivedAt,
})

export const createStreamState = (stream: StreamId, ephemeral: boolean, cut: number): StreamState => ({
  stream,
  node: parseStreamId(stream)?.node as NodeId,
  ephemeral,
  entries: [],
  damage: { isFound: false },
  present: 0,
  shift: 0,
  line: undefined,
  branch: undefined,
  cut,
  cutChain: undefined,
})

export interface Index {
  /** Where a stream that is new here is cut; Infinity: nowhere. */
  cutFor: (stream: StreamId) => number
  /** By what they are read as. */
  readonly streams: ReadonlyMap<StreamId, StreamState>
  /** Those that forked, by the stream that was signed. */
  readonly families: Map<StreamId, Family>
  /** Where runs that were signed as of `stream` are kept, the line known first before the others; empty for one that is new. */
  places(stream: StreamId): readonly StreamState[]
  /** All of them, of all streams. */
  allPlaces(): Iterable<StreamState>
  /** The one that bears this name. */
  place(name: StreamId): StreamState | undefined
  isPlace(name: StreamId): boolean
  /** How many lines streams of this author have besides their own. */
  branchesOf(node: NodeId): number
  stream(stream: StreamId): StreamState | undefined
  /** The state of `stream`, made when there is none. */
  demand(stream: StreamId, ephemeral: boolean): StreamState
  /** Streams in the order of their ids. */
  ordered(): readonly StreamState[]
}

export const createIndex = (cutFor: (stream: StreamId) => number): Index => {
  const streams = new Map<StreamId, StreamState>()
  const families = new Map<StreamId, Family>()
  let order: readonly StreamState[] | undefined
  const index: Index = {
    cutFor,
    streams,
    families,
    places: (stream) => {
      const family = families.get(stream)
      if (family !== undefined) return [...family.places.values()]
      const state = streams.get(stream)
      return state === undefined ? [] : [state]
    },
    allPlaces: function* () {
      for (const state of streams.values()) if (state.line === undefined && !families.has(state.stream)) yield state
      for (const family of families.values()) yield* family.places.values()
    },
    place: (name) => {
      for (const family of families.values()) {
        const place = family.places.get(name)
        if (place !== undefined) return place
      }
      return streams.get(name)
    },
    isPlace: (name) => [...families.values()].some(({ places }) => places.has(name)),
    branchesOf: (node) => {
      let count = 0
      for (const { stream, branches } of families.values()) if (isWrittenBy(stream, node)) count += branches.length
      return count
    },
    stream: (stream) => streams.get(stream),
    demand: (stream, ephemeral) => {
      const known = streams.get(stream)
      if (known !== undefined) return known
      const made = createStreamState(stream, ephemeral, index.cutFor(stream))
      streams.set(stream, made)
      order = undefined
      return made
    },
    ordered: () => (order ??= [...streams.values()].toSorted((a, b) => (a.stream < b.stream ? -1 : 1))),
  }
  return index
}
