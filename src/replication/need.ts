/** What the planner of wants keeps of one stream that is lacking. */
import { equalBytes } from '../core/bytes.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { wantBackOffFirst, wantBackOffMax } from '../core/limits.ts'
import type { StreamHead } from './contract.ts'

/** A link as the planner sees it. */
export interface Source {
  head(stream: StreamId): StreamHead | undefined
  /** Bytes that may still be wanted from it, and wants. */
  readonly room: number
  readonly wantsLeft: number
  /** Bytes wanted from it that have not come. */
  readonly wantedBytes: number
  /** Milliseconds. */
  readonly roundTrip: number
}

/** What this node holds of a stream; `hole`: how many events are missing before more of it. */
export interface Held {
  readonly count: number
  readonly hole: number
  readonly isEmpty: boolean
}

interface Failure {
  times: number
  until: number
  /** Of the head that was wanted: as long as it is told unchanged, there is nothing new to be had. */
  chain: Uint8Array | undefined
}

export interface Need<Key> {
  readonly stream: StreamId
  readonly author: NodeId
  readonly isFirst: boolean
  active: Key | undefined
  /** Runs that arrived and are not stored yet, and one past the last of them. */
  gathered: number
  reached: number
  /** An event of this stream takes about so many bytes, as far as was seen. */
  eventBytes: number
  /** What was held when a want to this link began; it has to become more. */
  trial: { readonly link: Key; readonly count: number } | undefined
  /** Since when linked nodes have only what comes after a hole; monotonic milliseconds. */
  cutOffSince: number | undefined
  /** They were asked for that. */
  isJumping: boolean
  /** Something was not taken: what follows it cannot be, either. */
  isBroken: boolean
  readonly failures: Map<Key, Failure>
}

export const membershipStream = 1
/** A small run of one event takes about so much; asking for too much of small events does no harm. */
const eventBytesGuess = 1024

/** Bytes of an event, given what some took. */
export const eventBytesOf = (bytes: number, events: number): number =>
  Math.max(eventBytesGuess, Math.ceil(bytes / Math.max(1, events)))

export const createNeed = <Key>(stream: StreamId, author: NodeId, isFirst: boolean): Need<Key> => ({
  stream,
  author,
  isFirst,
  active: undefined,
  gathered: 0,
  reached: 0,
  eventBytes: eventBytesGuess,
  trial: undefined,
  cutOffSince: undefined,
  isJumping: false,
  isBroken: false,
  failures: new Map(),
})

/** `link` could not serve it; `chain` where it is on another branch of a fork. */
export const failed = <Key>(need: Need<Key>, link: Key, now: number, chain: Uint8Array | undefined): void => {
  const times = (need.failures.get(link)?.times ?? 0) + 1
  const until = now + Math.min(wantBackOffMax, wantBackOffFirst * 2 ** (times - 1))
  need.failures.set(link, { times, until, chain })
}

/** Until when (monotonic milliseconds) `link` is not asked for it. */
export const blockedUntil = <Key>(need: Need<Key>, link: Key, head: StreamHead): number => {
  // the same branch is no better from another link
  for (const { chain } of need.failures.values())
    if (chain !== undefined && equalBytes(chain, head.chain)) return Infinity
  return need.failures.get(link)?.until ?? 0
}
