/**
 * The transport contract: ways to carry frames from this node to one other. A transport proves nothing and understands nothing; it
 * moves whole frames in order, or closes. Adapters: `memory.ts`, `port.ts`, `websocket.ts`, `webrtc.ts` (simple-peer), and the worker's
 * way to the tab that has the radio; the suite in `test/contract/transport.ts` is run by each.
 */

export type ChannelKind = 'webrtc' | 'websocket' | 'port' | 'memory'

/** SHA-256 fingerprints of the two DTLS certificates, 32 bytes each, as the two session descriptions name them. */
export interface Fingerprints {
  readonly ours: Uint8Array
  readonly theirs: Uint8Array
}

/** `code` is stable; `ERR_CHANNEL_CLOSED`: the other end closed; `ERR_CHANNEL_FAILED`: it broke; `ERR_FRAME_SIZE`: it sent too much at once. */
export interface CloseReason {
  readonly code: string
  readonly message: string
}

export interface ChannelListener {
  onFrame(frame: Uint8Array<ArrayBuffer>): void
  /** `buffered` fell to `drainedBytes` (limits) or below, after it was above. */
  onDrain(): void
  /** Once; not after our own `close`. Nothing comes after it. */
  onClose(reason: CloseReason): void
}

/** One open connection. */
export interface Channel {
  readonly kind: ChannelKind
  /** Absent where there is no DTLS to bind a proof to; then the link seals every frame (RULES 20). */
  readonly fingerprints: Fingerprints | undefined
  /** Whether this end dialled, for whoever gets the channel from `onAdopt`; absent where that is not known. */
  readonly isInitiator?: boolean
  /** Bytes given to `send` that have not left this device yet. */
  readonly buffered: number
  /** In order; silently dropped once closed. Throws `ERR_FRAME_SIZE` beyond `frameBytesMax`, and never for a connection that has just died. */
  send(frame: Uint8Array<ArrayBuffer>): void
  /** Called once, by whoever takes the channel over. What arrived before is delivered first. */
  listen(listener: ChannelListener): void
  /** What was sent before goes out first where that is possible within a second. */
  close(): void
}

export interface DialOptions {
  /** Exactly one of both ends is. */
  readonly initiator: boolean
  /**
   * What must reach the other end, by whatever way: opaque, at most `signalBytesMax`. Called once: the offer, or the answer, with all
   * candidates in it (nothing trickles), so that it also fits a QR code or the clipboard.
   */
  readonly onSignal: (signal: Uint8Array<ArrayBuffer>) => void
  /** Once, unless `onFail` is. */
  readonly onOpen: (channel: Channel) => void
  /** `ERR_CHANNEL_FAILED`, or `ERR_NO_RADIO`: nobody is there to dial. */
  readonly onFail: (reason: CloseReason) => void
  /** Milliseconds until it must be open, else it fails; `dialTimeMax` where absent. More where people carry the signals. */
  readonly within?: number
}

/** A connection that is being made. */
export interface Dialling {
  /** What arrived from the other end. Duplicates, late ones and garbage are harmless. */
  signal(signal: Uint8Array): void
  /** Gives it up; after `onOpen` it does nothing. */
  close(): void
}

/** Who can make WebRTC connections for a node: a visible tab for the worker, a library on a station, the simulator. */
export interface Radio {
  /** False in a worker while no tab is there to hold links. */
  readonly isReady: boolean
  /** Called on every change of `isReady`, and with it when links may have died unnoticed (`onWake`). The answer removes the listener. */
  onReady(listener: (isReady: boolean) => void): () => void
  /** The device woke up, came back to the screen, or changed its network: every link is to be tried at once. */
  onWake(listener: () => void): () => void
  dial(options: DialOptions): Dialling
  /** Channels that outlived the worker which made them: to be proved anew. Called for those already there as well. */
  onAdopt(listener: (channel: Channel) => void): () => void
  /** Hands a channel to the next who listens by `onAdopt`: another node of this device is about to take over. Absent: it cannot. */
  readonly keep?: (channel: Channel) => void
}

/** A connection to one signalling station: text frames both ways. `signalling.ts` speaks over it, and redials. */
export interface RelaySocket {
  send(text: string): void
  close(): void
}
export interface RelaySocketListener {
  onOpen(): void
  onText(text: string): void
  /** Once, whether it ever opened or not; not after our own `close`. */
  onClose(reason: CloseReason): void
}
/** Opens a WebSocket to a signalling station's URL (`wss://…/signal`). */
export type OpenRelaySocket = (url: string, listener: RelaySocketListener) => RelaySocket

/** What is known of one signalling station. */
export interface StationState {
  readonly url: string
  readonly state: 'connected' | 'connecting' | 'unreachable'
  readonly problem?: string
}

export interface RoomListener {
  /** Somebody is in the room: told when we or they enter. `id` is theirs at one station, and means nothing elsewhere. */
  onPresent(id: string): void
  onGone(id: string): void
  /** Opened: it was sealed by somebody who has the room's key. Forged notes are dropped before. */
  onNote(from: string, note: Uint8Array<ArrayBuffer>): void
}

export interface Room {
  /** Sealed, to one of those present; lost where they have just left. At most `signalBytesMax`. */
  tell(to: string, note: Uint8Array): void
  leave(): void
}

/**
 * Sealed rooms at every configured signalling station at once (`signalling.ts`): whoever has the 32-byte room key finds the others who have
 * it; the station sees only opaque room names and sealed notes. Reconnects by itself, with back-off and jitter.
 */
export interface Rooms {
  enter(roomKey: Uint8Array, listener: RoomListener): Room
  stations(): readonly StationState[]
  setStations(urls: readonly string[]): void
  /** Called when a station's state changes. */
  onStations(listener: () => void): () => void
  /** Tries those that are unreachable at once: the device woke up. */
  wake(): void
  close(): void
}
