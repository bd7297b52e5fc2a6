/** What the parts of the log share. */
import type { Clock } from '../core/clock.ts'
import type { EventFilter } from '../core/event-filter.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import type { Signer } from '../crypto/keys.ts'
import type { Store, Write } from '../store/contract.ts'
import type { Blocks } from './blocks.ts'
import type { RunRecord, RunSketch, Withdrawn } from './contract.ts'
import type { Index } from './stream-state.ts'

/** Where an event of this node goes: the first route whose filter it passes, else stream 0. */
export interface Route {
  readonly filter: EventFilter
  readonly streamNumber: number
}

/** What a node keeps of an ephemeral stream; whole seals are dropped from the front (RULES 8). */
export interface Retention {
  readonly eventsMax?: number
  readonly bytesMax?: number
  /** Milliseconds. */
  readonly ageMax?: number
}

export interface Routing {
  readonly routes: readonly Route[]
  /** By stream number; a stream named here is ephemeral from its first event on. */
  readonly retention: ReadonlyMap<number, Retention>
  /** What to keep of an ephemeral stream of another node; without an answer it is kept whole. */
  readonly foreignRetention?: (stream: StreamId) => Retention | undefined
}

export interface LogDependencies {
  readonly store: Store
  readonly signer: Signer
  readonly swarm: string
  readonly topic: string
  readonly clock: Clock
  /** Whether a certificate of this author is known; its runs wait until then. */
  readonly isMember: (node: NodeId) => boolean
  /** One past the last event of a stream that counts (RULES 19); `undefined`: all do. Asked by `recut`, and for streams that are new here. */
  readonly cutOf?: (stream: StreamId) => number | undefined
  /** For the node's diary. */
  readonly report: (code: string, message: string) => void
}

export interface LogContext extends LogDependencies {
  readonly index: Index
  readonly blocks: Blocks
  routing: Routing
  /** Highest lamport of any accepted event. */
  lamport: number
  /** Timestamp of the newest own event. */
  lastTimestamp: number
  /** The cuts that hold. */
  cuts: ReadonlyMap<StreamId, number>
  /** One past the last event of `stream` that counts; Infinity where all do. */
  cutFor(stream: StreamId): number
  isOwn(stream: StreamId): boolean
  /** A write whose outcome could not be learned yet; `commit.ts` asks again before it writes anything else. */
  unsettled: Write | undefined
  /** Runs `action` when no other writer of the log is at work. */
  exclusive<T>(action: () => Promise<T>): Promise<T>
  /** Whether somebody waits for `exclusive`. */
  readonly contended: () => boolean
  /** Tells readers up to where `present` of these streams has grown. */
  advanced(grown: ReadonlyMap<StreamId, number>): void
  /** Tells those who pass runs on that heads of these streams have changed on disk; `run` is an own one just appended to its stream. */
  stored(streams: Iterable<StreamId>, runs?: readonly RunRecord[], isRecut?: true): void
  /** Tells readers that events are present no more. */
  withdrawn(gone: readonly Withdrawn[]): void
  /** Brings what is read of a stream that forked in line with what is kept of it; answers the names under which something changed. */
  recompose(stream: StreamId): Promise<Iterable<StreamId>>
  /** Tells that a stream has one line more. */
  forked(stream: StreamId): void
  /** Tells that somebody else writes under this node's name. */
  ownForked(run: RunSketch): void
}

/** One writer at a time, in the order of asking. */
export const createExclusion = () => {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return {
    contended: () => waiting > 0,
    exclusive: async <T>(action: () => Promise<T>): Promise<T> => {
      waiting++
      const before = last
      let done: () => void = () => undefined
      last = new Promise<void>((resolve) => (done = resolve))
      await before
      waiting--
      try {
        return await action()
      } finally {
        done()
      }
    },
  }
}
