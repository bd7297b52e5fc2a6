/** What the rest of the node may ask of the log. The log is the only writer of the store's `runs`, `summaries`, `receipts` and `evidence`. */
import type { AppId, EventDraft, EventKey, LogEvent, NodeId, OffsetMap, Published, StreamId } from '../core/event.ts'
import type { EventFilter } from '../core/event-filter.ts'

export interface AppendOptions {
  readonly appId: AppId
  /**
   * `<ms since the epoch>-<anything>`, at most 100 ASCII characters, made by the caller once per publication. Asking again with the same
   * receipt answers what was written and writes nothing. Kept 7 days or 100,000, then `ERR_OUTCOME_UNKNOWN`.
   */
  readonly receipt?: string
  /**
   * Compare-and-set, in the append's own transaction: the append happens only when the number kept under `key` equals `from`
   * (0 when there is none), which then becomes `to`. Otherwise `ERR_PROGRESS` and nothing is written.
   */
  readonly progress?: { readonly key: string; readonly from: number; readonly to: number }
  /**
   * For what the node itself writes (membership 1, what it says of itself 2): goes there whatever the event routing says. The api never passes
   * it on, so that no app can write in the node's name.
   */
  readonly streamNumber?: number
}

/** `stream-asc`: stream by stream, each ascending. */
export type ReadOrder = 'asc' | 'desc' | 'stream-asc'

export interface ReadOptions {
  readonly filter: EventFilter
  readonly order: ReadOrder
  /** Exclusive. */
  readonly lowerBound?: OffsetMap
  /** Inclusive; absent means the present; a stream that it does not name is left out. */
  readonly upperBound?: OffsetMap
  readonly limit?: number
  readonly signal?: AbortSignal
  /** Counts of work done, filled while reading. */
  readonly stats?: ReadStats
}

export interface ReadStats {
  runsTouched: number
  runsSkipped: number
}

/** What a read yields: matching events in order, in batches, with a gap named where a run could not be read. */
export type ReadBatch =
  | { readonly type: 'events'; readonly events: readonly LogEvent[] }
  | {
      readonly type: 'gap'
      readonly stream: StreamId
      readonly from: number
      readonly count: number
      readonly reason: string
    }

/** What became of one run handed to the gate; `code` says why it was not taken. */
export type Ingested =
  | { readonly type: 'stored'; readonly stream: StreamId; readonly from: number; readonly count: number }
  | { readonly type: 'replaced'; readonly stream: StreamId; readonly from: number; readonly count: number }
  | { readonly type: 'known'; readonly stream: StreamId }
  /** A later run of a stream whose predecessor is missing: ask again from `head`. */
  | { readonly type: 'gap'; readonly stream: StreamId; readonly head: number }
  /** Lamport too far ahead, or author unknown yet: kept out, may be offered again. */
  | { readonly type: 'deferred'; readonly stream: StreamId; readonly code: string }
  /** Contradicts what is held: kept as evidence. */
  | { readonly type: 'evidence'; readonly stream: StreamId; readonly code: string; readonly key: string }
  | { readonly type: 'refused'; readonly code: string; readonly message: string }

/** Head of one stream as told to others (RULES 5). `count` is the next offset of the contiguous verified prefix. */
export interface Head {
  readonly from: number
  readonly count: number
  readonly sealedTo: number
  readonly chain: Uint8Array
}

/** A run as stored, for forwarding. */
export interface RunRecord {
  readonly stream: StreamId
  readonly from: number
  readonly count: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What was committed just now. */
export interface Stored {
  /** Streams whose head has changed. */
  readonly streams: ReadonlySet<StreamId>
  /** Own runs, just written: whoever lacks just these may be given them without asking. */
  readonly appended: readonly RunRecord[]
  /** Where these streams end has changed: what was of no use may be wanted now. */
  readonly isRecut?: true
}

/** What a record says it is; not verified. */
export interface RunSketch {
  readonly stream: StreamId
  readonly from: number
  readonly count: number
  readonly isSealed: boolean
  readonly chainAfter: Uint8Array
}

/** Events of a stream that were present and are no more: its author was cut off, or another branch of a fork keeps the stream's name. */
export interface Withdrawn {
  readonly stream: StreamId
  /** The first of them, and its lamport. */
  readonly from: number
  readonly lamport: number
}

/** One author wrote two histories under one name (RULES 18): both are kept and read, `alias` has the other one. */
export interface Fork {
  readonly stream: StreamId
  readonly alias: StreamId
  /** One past the last event of `stream` that both have in common; offset 0 of `alias`. */
  readonly from: number
  /** Chain there, and after the first commit of each: what both signed runs at that offset lead to. */
  readonly chain: Uint8Array
  readonly kept: Uint8Array
  readonly other: Uint8Array
}

export interface Quarantined {
  readonly stream: StreamId
  readonly from: number
  readonly count: number
  readonly reason: string
}

export interface LogStatus {
  readonly events: number
  readonly runs: number
  readonly sealedRuns: number
  readonly bytes: number
  readonly lamport: number
  readonly quarantined: readonly Quarantined[]
}

export interface Log {
  readonly node: NodeId
  /**
   * Resolves when committed with `strict` durability; the answers are in the order of `drafts`, and carry one timestamp. `ERR_REVOKED`: this
   * device was cut off (RULES 19).
   */
  append(drafts: readonly EventDraft[], options: AppendOptions): Promise<readonly Published[]>
  /** The number kept under an append's `progress.key`; 0 when there is none. */
  progress(key: string): Promise<number>
  /**
   * The gate for foreign bytes. `hold` keeps what was stored out of `present` until `release`, or 5 s. `mayJump`: what follows here of this
   * ephemeral stream is held by nobody now; it goes on where the run begins, and what is held of it goes.
   */
  ingest(
    runs: readonly Uint8Array[],
    options?: { readonly hold?: boolean; readonly mayJump?: (stream: StreamId) => boolean },
  ): Promise<readonly Ingested[]>
  release(): void
  /**
   * One past the last event of `stream` that counts (RULES 19), as `recut` last found it; `undefined`: all do. What lies beyond is in no head, count,
   * offset, query or subscription; whole runs of it are kept as evidence.
   */
  cutOf(stream: StreamId): number | undefined
  /**
   * To be called when answers of the `cutOf` that `openLog` was given may have changed, and not before they can be relied on: what lies beyond a cut
   * moves to evidence, what counts again comes back. Until then the cuts of the last time hold, also after a restart.
   */
  recut(): Promise<void>
  /** Forks that are known here; the same on every node that holds the same runs. Their two signed runs are those that hold `from`, and offset 0. */
  forks(): readonly Fork[]
  /** Where the stream of that name begins within the one that its author signed; `undefined` for one that is no branch of a fork. */
  originOf(alias: StreamId): Fork | undefined
  /** Called when one more is known; the answer removes the listener. */
  onFork(listener: (fork: Fork) => void): () => void
  /** Called when events are present no more; the answer removes the listener. */
  onWithdrawn(listener: (gone: readonly Withdrawn[]) => void): () => void
  /** Of what is committed. */
  heads(): ReadonlyMap<StreamId, Head>
  head(stream: StreamId): Head | undefined
  /** Of that head; 0 without one. Asked for every head that another node tells, so it allocates nothing. */
  count(stream: StreamId): number
  /** Chain of what is held below `offset`; undefined where no commit ends there, or where that cannot be read. */
  chain(stream: StreamId, offset: number): Promise<Uint8Array | undefined>
  /** How many events from `head(stream).count` on are missing before the next that is held; 0 where nothing is held beyond the head. */
  hole(stream: StreamId): number
  /** Called after each commit of own or foreign runs, in its order; the answer removes the listener. */
  onStored(listener: (stored: Stored) => void): () => void
  /** The record of the run that holds (stream, offset), verbatim as signed, for forwarding. */
  run(stream: StreamId, offset: number): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** The same for as many as follow one another from that run on and make up about `bytes`, at least one; empty where it is not held. */
  runs(stream: StreamId, offset: number, bytes: number): Promise<readonly RunRecord[]>
  /** `undefined` for what is no run. */
  sketch(run: Uint8Array): RunSketch | undefined
  /**
   * Called each time that a validly signed run of this node's own stream comes to the gate which this node has not written: beyond its head, or with
   * another content (RULES 17). The answer removes the listener.
   */
  onOwnFork(listener: (run: RunSketch) => void): () => void
  /** Last offset of each stream, as readers see it. */
  present(): OffsetMap
  /** One past the last of them; 0 for none. */
  presentCount(stream: StreamId): number
  read(options: ReadOptions): AsyncIterable<ReadBatch>
  /** Called after each advance of `present` with the streams that grew and one past their last offset; the answer removes the listener. */
  onPresent(listener: (grown: ReadonlyMap<StreamId, number>) => void): () => void
  /** Key of the newest present event that passes `filter` at or below `bound`. */
  newest(filter: EventFilter, bound: OffsetMap): Promise<EventKey | undefined>
  /** Seals what can be sealed and drops what retention lets go; called when idle. */
  maintain(): Promise<void>
  status(): LogStatus
  close(): Promise<void>
}
