/**
 * The wire between our client and the node over a MessagePort: requests with an id, answers that carry it, and a window of chunks
 * so that a slow reader holds the node back. Each crossing carries a list: what was said in one turn. Bulk travels as JSON text (one item a line): a string crosses faster than a tree.
 */

/** Grows when either side could no longer understand the other; the worker refuses an older page with `ERR_CLIENT_OUTDATED`. */
export const portVersion = 2

/** How many chunks may be under way before the reader must say `more`. */
export const windowChunks = 4

/** Page → worker by `ServiceWorker.postMessage`, with `port` transferred. */
export interface ConnectMessage {
  readonly type: 'shoal-connect'
  readonly version: number
  readonly appId: string
}
/** Page → worker by `ServiceWorker.postMessage` every 10 s: keeps the worker alive. */
export interface PingMessage {
  readonly type: 'shoal-ping'
}

/** Page → the worker that waits: take over now. */
export interface TakeOverMessage {
  readonly type: 'shoal-take-over'
}
/** Page → the active worker: end what never ends by itself, for its successor starts only when it has nothing open. */
export interface RetireMessage {
  readonly type: 'shoal-retire'
}

/** Page → the active worker: whether this device may make links; without `isOn` a question, answered on the port that comes with it. */
export interface LinksMessage {
  readonly type: 'shoal-links'
  readonly isOn?: boolean
}

export type PortCall =
  | 'info'
  | 'rename'
  | 'event_routing'
  | 'offsets'
  | 'publish'
  | 'progress'
  | 'diary'
  | 'diary_export'
  | 'connectivity'
  | 'query'
  | 'subscribe'
  | 'subscribe_monotonic'
  | 'swarm_status'
  /** A stream of statuses. */
  | 'swarm_watch'
  | 'swarm_found'
  | 'swarm_recovery_kept'
  | 'swarm_invite'
  | 'swarm_read_invitation'
  | 'swarm_join'
  | 'swarm_cancel_join'
  | 'swarm_leave'
  | 'swarm_code'
  | 'swarm_stations'
  | 'swarm_safety'
  | 'swarm_horizon'
  | 'swarm_former'
  | 'swarm_withdraw'
  | 'swarm_promote'
  | 'swarm_retire'
  | 'swarm_close'
  | 'swarm_revoke'
  | 'swarm_replace'
  | 'swarm_remains'
  | 'swarm_recover'

export type PortRequest =
  | { readonly type: 'request'; readonly id: number; readonly call: PortCall; readonly body: string }
  | { readonly type: 'more'; readonly id: number }
  | { readonly type: 'cancel'; readonly id: number }
  /** Answered at once with `alive`. */
  | { readonly type: 'probe'; readonly id: number }

export type PortAnswer =
  /** Sent first on every port. */
  | { readonly type: 'ready'; readonly nodeId: string; readonly version: string }
  | { readonly type: 'refused'; readonly code: string; readonly message: string }
  | { readonly type: 'alive'; readonly id: number }
  /** `lines`: JSON texts joined by newlines. */
  | { readonly type: 'next'; readonly id: number; readonly lines: string }
  /** What is answered once comes with its end: one crossing less. */
  | { readonly type: 'complete'; readonly id: number; readonly lines?: string }
  | { readonly type: 'error'; readonly id: number; readonly code: string; readonly message: string }
