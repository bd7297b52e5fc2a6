/** The nouns of the log: events, their order, and the cursor over them. */

/** Ed25519 public key in crypt-base64, 43 characters; byte order equals string order. */
export type NodeId = string & { readonly brand: 'NodeId' }
/** `<nodeId>-<number>`: one append-only, gapless list of events, written by exactly one node. */
export type StreamId = string & { readonly brand: 'StreamId' }
/** `[a-z0-9-]+(\.[a-z0-9-]+)*`: the label an app declares; on every event it publishes. */
export type AppId = string & { readonly brand: 'AppId' }

/** Any value that `JSON.parse` can return. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** What an app hands in. Tags are non-empty and become NFC, sorted, without duplicates. */
export interface EventDraft {
  readonly tags: readonly string[]
  readonly payload: Json
}

/** An event as the log reads it back. `payload` is JSON text, so that nobody parses what nobody looks at. */
export interface LogEvent {
  readonly lamport: number
  readonly stream: StreamId
  readonly offset: number
  /** Microseconds since the epoch, by the clock of the device that wrote it. */
  readonly timestamp: number
  readonly tags: readonly string[]
  readonly appId: AppId
  readonly payload: string
}

/** Where a published event landed: the same four numbers that the public API answers with. */
export interface Published {
  readonly lamport: number
  readonly stream: StreamId
  readonly offset: number
  readonly timestamp: number
}

/** (lamport, stream): the total order that every node agrees on. */
export interface EventKey {
  readonly lamport: number
  readonly stream: StreamId
}

/** Negative, zero or positive as `a` is before, at or after `b`. */
export const compareKeys = (a: EventKey, b: EventKey): number =>
  a.lamport - b.lamport || (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0)

/** Stream → last offset (inclusive). An absent stream means "nothing of it". */
export type OffsetMap = Readonly<Record<StreamId, number>>
