/**
 * The shapes that cross the public API, the same over HTTP, WebSocket and port. Those of Actyx, field by field.
 * Times are microseconds since the epoch; offsets, lamports and times are integers ≤ 2^53−1.
 */
import type { EventKey, Json, OffsetMap, Published, StreamId } from '../core/event.ts'

export type Order = 'asc' | 'desc' | 'stream-asc'

export interface PublishRequest {
  readonly data: readonly { readonly tags: readonly string[]; readonly payload: Json }[]
}
export interface PublishResponse {
  readonly data: readonly Published[]
}
export interface QueryRequest {
  readonly query: string
  readonly order: Order
  /** Exclusive. */
  readonly lowerBound?: OffsetMap
  /** Inclusive; absent means the present; a stream not named in it is left out. */
  readonly upperBound?: OffsetMap
  /** Ours: asks the log of a swarm this device was in before, instead of the current one. */
  readonly swarmId?: string
}
export interface SubscribeRequest {
  readonly query: string
  readonly lowerBound?: OffsetMap
  /** Only over a port: how many events of a LIMIT were delivered before the worker restarted. */
  readonly delivered?: number
}
export interface SubscribeMonotonicRequest {
  readonly session: string
  readonly query: string
  readonly lowerBound: OffsetMap
}
export interface OffsetsResponse {
  readonly present: OffsetMap
  /** How many events of a stream are known to exist elsewhere and not here yet; fully replicated streams are left out. */
  readonly toReplicate: OffsetMap
}

export interface EventItem {
  readonly type: 'event'
  readonly lamport: number
  readonly stream: StreamId
  readonly offset: number
  readonly timestamp: number
  readonly tags: readonly string[]
  readonly appId: string
  readonly payload: Json
  /** Only on `subscribe_monotonic`: whether this is the last event known by now. */
  readonly caughtUp?: boolean
}
export interface OffsetsItem {
  readonly type: 'offsets'
  readonly offsets: OffsetMap
}
/** `error` ends the stream. */
export interface DiagnosticItem {
  readonly type: 'diagnostic'
  readonly severity: 'warning' | 'error'
  readonly message: string
}
/** Ends the stream: an event earlier than one delivered has arrived; begin again at or before `newStart`. */
export interface TimeTravelItem {
  readonly type: 'timeTravel'
  readonly newStart: EventKey & { readonly offset: number }
}
export type Item = EventItem | OffsetsItem | DiagnosticItem | TimeTravelItem

/** The body of every error answer. */
export interface ApiError {
  readonly code: string
  readonly message: string
}

type ConnectivityState = 'LowLatency' | 'HighLatency' | 'PartiallyWorking' | 'NotWorking'
export interface NodeInfo {
  readonly connectedNodes: number
  readonly uptime: { readonly secs: number; readonly nanos: number }
  /** Semantic version, Actyx-compatible. */
  readonly version: string
  readonly swarmState: { readonly peersStatus: Readonly<Record<string, ConnectivityState>> }
}
