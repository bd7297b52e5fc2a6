/** The public TypeScript API of a Shoal node, as `connect()` answers it and as the page puts it on `window.shoal`. */
import type { DiagnosticItem, EventItem, Item, OffsetsItem, OffsetsResponse, Order } from '../api/contract.ts'
import type { ShoalError } from '../core/errors.ts'
import type { Json, NodeId, OffsetMap, Published } from '../core/event.ts'
import type {
  AddressKinds,
  AttemptStatus,
  Connectivity,
  LinkFailure,
  LinkStep,
  Reach,
} from '../node/connectivity-contract.ts'
import type {
  Alert,
  InvitationStatus,
  PosterOptions,
  Profile,
  Remains,
  RevokeOptions,
  StandingStatus,
  DeviceStatus,
  DiaryEntry,
  DiaryExport,
  DiaryFilter,
  EventRouting,
  FormerLog,
  Horizon,
  InvitationDetails,
  InviteOptions,
  Joining,
  LinkStatus,
  NodeDetails,
  Safety,
  StationStatus,
  Severity,
  SwarmStatus,
} from '../node/contract.ts'

/** The node's bounds on one event, for programs that want to know before they publish. */
export { handCodeAgeMax, payloadCharsMax, payloadDepthMax, tagCharsMax, tagsPerEventMax } from '../core/limits.ts'

export type {
  AddressKinds,
  AttemptStatus,
  Connectivity,
  DiaryEntry,
  DiaryExport,
  DiaryFilter,
  LinkFailure,
  LinkStep,
  Reach,
  Severity,
  Alert,
  InvitationStatus,
  PosterOptions,
  Profile,
  Remains,
  RevokeOptions,
  StandingStatus,
  NodeId,
  DeviceStatus,
  DiagnosticItem,
  EventRouting,
  EventItem,
  FormerLog,
  Horizon,
  InvitationDetails,
  InviteOptions,
  Joining,
  LinkStatus,
  Safety,
  StationStatus,
  SwarmStatus,
  Item,
  Json,
  NodeDetails,
  OffsetMap,
  OffsetsItem,
  OffsetsResponse,
  Order,
  Published,
}

export interface ConnectOptions {
  /** The label on every event this page publishes; `com.example.*` needs no signature. Default `com.example.page`. */
  readonly appId?: string
}

export interface NewEvent {
  /** Non-empty strings; stored NFC-normalised, sorted, without duplicates. */
  readonly tags: readonly string[]
  /** Any JSON value, at most 1 MiB as text. */
  readonly payload: unknown
}

export interface PublishOptions {
  /** Publishing again with the same receipt writes nothing and answers what was written. Default: one made per call. */
  readonly receipt?: string
  /** Only publish when the number kept under `key` is `from`; it becomes `to` in the same transaction. Else `ERR_PROGRESS`. */
  readonly progress?: { readonly key: string; readonly from: number; readonly to: number }
}

export interface QueryOptions {
  readonly order?: Order
  /** Exclusive. */
  readonly lowerBound?: OffsetMap
  /** Inclusive. */
  readonly upperBound?: OffsetMap
  readonly signal?: AbortSignal
  /** Asks the log of a swarm this device was in before (`shoal.swarm.former()`), instead of the current one. */
  readonly swarmId?: string
}

export interface SubscribeOptions {
  readonly lowerBound?: OffsetMap
  /** Called when the subscription ends by an error that asking again cannot mend. */
  readonly onError?: (error: Error) => void
}

/** Awaited: all items as an array. Iterated with `for await`: item by item, at the reader's pace; leaving the loop cancels. */
export interface QueryResult
  extends
    AsyncIterable<EventItem | OffsetsItem | DiagnosticItem>,
    PromiseLike<(EventItem | OffsetsItem | DiagnosticItem)[]> {}

export type ConnectionState = 'connecting' | 'connected' | 'refused' | 'closed'

/** Founding, joining and watching a swarm. Rejects with a `ShoalError` whose sentence says what to do. */
export interface Swarm {
  status(): Promise<SwarmStatus>
  /** Now and on every change, at most twice a second, across restarts of the worker. Returns a cancel function. */
  watch(listener: (status: SwarmStatus) => void): () => void
  /**
   * Names the swarm that this device founded, and answers its recovery code: 58 characters in groups, the only way back should every admin be
   * lost: `recover` takes the swarm up by it. The same code again until `recoveryKept()`, which removes it from this device. `ERR_SWARM_FOUNDED` after that.
   */
  found(name: string): Promise<{ readonly swarmId: string; readonly recoveryCode: string }>
  recoveryKept(): Promise<void>
  /**
   * A link that lets devices in, with everything in its fragment: for one device, or as a poster for many, with what they begin with
   * (`profile`), or for the one that takes the place of another (`replaces`). Only admins: `ERR_NOT_ADMIN`. Counted in `status().invitations`.
   */
  invite(options?: PosterOptions): Promise<string>
  /** Nobody comes in any more by this invitation, by its id in `status().invitations`; who came in stays. `ERR_NOT_ADMIN`, `ERR_UNKNOWN_INVITATION`. */
  withdraw(invitation: string): Promise<void>
  /** Makes a member an admin. `ERR_NOT_ADMIN`, `ERR_UNKNOWN_DEVICE`. */
  promote(node: NodeId): Promise<void>
  /** A device that is lost or broken gets no links any more; what it wrote counts, whoever brings it, until it is closed. `ERR_NOT_ADMIN`, `ERR_UNKNOWN_DEVICE`. */
  retire(node: NodeId): Promise<void>
  /**
   * What a retired device wrote and what is not here by now will not count; frees the stability horizon. Look at `remains` first.
   * `ERR_NOT_ADMIN`, `ERR_UNKNOWN_DEVICE`, `ERR_NOT_RETIRED`.
   */
  close(node: NodeId): Promise<void>
  /**
   * A hostile or stolen device: no links, and its events beyond what is held here, or beyond `since` by its own clock, count no more, anywhere.
   * `ERR_RANK` where it is no lower than this device: with the swarm's `recoveryCode` every member may, and becomes an admin by it, as with
   * `recover`. `ERR_NOT_ADMIN`, `ERR_UNKNOWN_DEVICE`, `ERR_RECOVERY_CODE`.
   */
  revoke(node: NodeId, options?: RevokeOptions): Promise<void>
  /** `replacement`, a member, goes on in the place of `old`, which is retired. `ERR_NOT_ADMIN`, `ERR_UNKNOWN_DEVICE`. */
  replace(old: NodeId, replacement: NodeId): Promise<void>
  /** What became of the events of a device that is gone: how many there are, how many are here, how many devices have all of them. */
  remains(node: NodeId): Promise<Remains>
  /**
   * Makes this device an admin by the swarm's recovery code, whatever became of the admins. Any member may. `ERR_RECOVERY_CODE`: mistyped, and
   * the sentence says in which group of letters where that can be known, or of another swarm.
   */
  recover(recoveryCode: string): Promise<void>
  /** Reads a link or its pasted text without using it, for a screen that asks before joining. `ERR_INVITATION`: it is none. */
  readInvitation(link: string): Promise<InvitationDetails>
  /**
   * Joins by a link, or by its pasted text. Resolves when this device is a member; goes on by itself while nobody can be reached, also after
   * a restart, see `status().joining`; rejects with `ERR_INVITATION` (no invitation), `ERR_INVITATION_EXPIRED`, `ERR_INVITATION_USED`, `ERR_INVITATION_WITHDRAWN`,
   * `ERR_ALREADY_MEMBER`, `ERR_JOIN_CANCELLED`. A log this device has is kept, see `former()`.
   */
  join(link: string): Promise<SwarmStatus>
  cancelJoin(): Promise<void>
  members(): Promise<readonly DeviceStatus[]>
  /** This device goes on alone, with a new identity and an empty log; the log it leaves is kept, see `former()`. */
  leave(): Promise<void>
  /**
   * Links two devices where no station can be reached, by texts that people carry between them: without an argument a code to be pasted on the
   * other device; with that code there, the answer to be pasted back here; with the answer, `''` once it is taken. A newcomer calls `join` first.
   * `ERR_CODE` for a text that is no code, `ERR_CODE_EXPIRED` for one that is no longer waited for, `ERR_NO_RADIO` without a visible tab.
   */
  code(pasted?: string): Promise<string>
  /** URLs of signalling stations (`wss://host/signal`); sets them when given. */
  stations(urls?: readonly string[]): Promise<readonly string[]>
  /** On how many devices an event is, as far as this one knows. */
  safety(event: { readonly stream: string; readonly offset: number }): Promise<Safety>
  /** The lamport below which the order of events can no longer change. */
  horizon(): Promise<Horizon>
  /** Logs of swarms this device was in before; `query` and the export read them by `swarmId`. */
  former(): Promise<readonly FormerLog[]>
}

export interface Shoal {
  readonly swarm: Swarm
  readonly state: ConnectionState
  /** Why the node refuses this page, while `state` is `refused`; its `code` says what, its sentence what to do. */
  readonly problem: ShoalError | undefined
  /** The answer removes the listener. */
  onState(listener: (state: ConnectionState) => void): () => void
  /**
   * All of `events` or none. Resolves once they are on the medium, with where each landed, in the order given and all with one timestamp
   * (µs since the epoch). Waits while the worker restarts, however often, and never writes twice. Rejects with a `ShoalError`:
   * `ERR_NOT_JSON` (the sentence names the place), `ERR_BAD_REQUEST` (an empty tag), `ERR_PAYLOAD_TOO_LARGE` (16,384 events, 10 MiB, or
   * 1 MiB for one of them), `ERR_STORE_FULL` (nothing was stored; free some room), `ERR_PROGRESS`, `ERR_OUTCOME_UNKNOWN` (a receipt older than 7 days).
   */
  publish(events: readonly NewEvent[], options?: PublishOptions): Promise<readonly Published[]>
  /**
   * What is known at the moment of asking, by default in ascending order: events, a diagnostic where some could not be read, at last one
   * `offsets`. A diagnostic of severity `error` ends the items early. Rejects with `ERR_BAD_REQUEST` for a text that is no query, naming the place.
   */
  query(aql: string, options?: QueryOptions): QueryResult
  /** Known events ascending, one `offsets`, then live ones as they arrive, across restarts of the worker. Returns a cancel function. */
  subscribe(aql: string, options: SubscribeOptions, onItem: (item: Item) => void): () => void
  /** Last offset of each stream, inclusive: usable as a bound. */
  offsets(): Promise<OffsetsResponse>
  /** Who this node is, what it holds (events, bytes), and what it noted in its diary. */
  info(): Promise<NodeDetails>
  /** Gives the node another display name; `ERR_SETTINGS` for an empty or a very long one. */
  rename(displayName: string): Promise<void>
  /**
   * Into which streams this node writes what, and how much it keeps of them; with `settings` they are set first, for events published
   * from then on. As in Actyx's node settings: `{ streams: { telemetry: { maxAge: '7d', maxSize: '50MB', maxEvents: 100000 } },
   * routes: [{ from: "'telemetry'", into: 'telemetry' }] }`. What is let go is let go in whole runs, every minute. `ERR_SETTINGS` says where and what.
   */
  eventRouting(settings?: EventRouting): Promise<EventRouting>
  /** The number kept under a publish's `progress.key`; 0 when there is none. */
  progress(key: string): Promise<number>
  /** What this node noted of what happened to it, oldest first: the newest 200 entries, of each code the newest 40, kept across restarts. */
  diary(filter?: DiaryFilter): Promise<readonly DiaryEntry[]>
  /** The same to be handed to somebody else: without keys, tokens, invitations, payloads and names. */
  exportDiary(filter?: DiaryFilter): Promise<DiaryExport>
  /**
   * What the node sees of stations and of each other device: whether it is there, how far the last attempt to link with it came, and why it
   * failed. With `tryNow` whatever is missing is tried at once; ask again to see what became of it.
   */
  connectivity(options?: { readonly tryNow?: boolean }): Promise<Connectivity>
  /** Ends everything open with `ERR_CLOSED`; subscriptions end silently. */
  close(): void
}
