/**
 * Connections by WebRTC: the one file that knows simple-peer, and the supervisor around it. Of simple-peer's stream only the receiving half
 * is used; it is in object mode, else frames would melt into each other. We write to the data channel itself, behind a queue of our own, and
 * never touch its `bufferedAmountLowThreshold`: simple-peer owns it. Whether the connection lives is what `connectionState` says, never
 * the data channel's state.
 */
import SimplePeer from 'simple-peer'
import { equalBytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { errorMessage } from '../core/errors.ts'
import { closeTimeMax, dialTimeMax, frameBytesMax } from '../core/limits.ts'
import type { Channel, CloseReason, DialOptions, Dialling, Fingerprints } from './contract.ts'
import type { Reception } from './reception.ts'
import { checkFrame, closedByOther, createReception, failed, oversized } from './reception.ts'
import { readDescription } from './session-description.ts'
import { packSignal, unpackSignal } from './signal.ts'

export interface WebRtcOptions {
  readonly clock: Clock
  /** None where absent: on one network none is needed. */
  readonly iceServers?: readonly RTCIceServer[]
}

export type WebRtcDial = (options: DialOptions) => Dialling

/** What of simple-peer has no public name. */
interface Innards {
  readonly _pc: RTCPeerConnection | null
  readonly _channel: RTCDataChannel | null
}

/** A short break on a Wi-Fi heals itself; after this it counts as an end. Milliseconds. */
const disconnectedMax = 5000
/** What the browser is given at once; the rest waits here. A channel breaks beyond 16 MiB. */
const channelBytesMax = 1024 * 1024
/** Milliseconds between two looks at what still waits; the browser tells by itself only when hardly anything does. */
const lookEvery = 5

/** The other end's page closed the connection, or was closed. */
const isFarewell = (error: Error): boolean => /user-initiated abort/i.test(error.message)

interface Sending {
  readonly buffered: number
  send(frame: Uint8Array<ArrayBuffer>): void
  /** Resolves when the browser has been given all. */
  flushed(): Promise<void>
  watch(): void
}

const createSending = (
  peer: SimplePeer.Instance,
  clock: Clock,
  reception: Reception,
  onError: (error: unknown) => void,
) => {
  let waiting: Uint8Array<ArrayBuffer>[] = []
  let waitingBytes = 0
  let isLooking = false
  let onFlushed: (() => void) | undefined
  const channel = (): RTCDataChannel | null => (peer as unknown as Innards)._channel
  const given = (): number => channel()?.bufferedAmount ?? 0

  const give = (frame: Uint8Array<ArrayBuffer>): void => {
    try {
      peer.send(frame)
    } catch (error) {
      waiting = []
      waitingBytes = 0
      onError(error)
    }
  }
  const pump = (): void => {
    let at = 0
    while (at < waiting.length && given() < channelBytesMax) {
      const frame = waiting[at++]
      if (frame === undefined) break
      waitingBytes -= frame.length
      give(frame)
    }
    if (at > 0) waiting = waiting.slice(at)
    if (waiting.length === 0) onFlushed?.()
  }
  const look = (): void => {
    pump()
    const now = sending.buffered
    reception.level(now)
    if (now > 0) lookLater()
  }
  const lookLater = (): void => {
    if (isLooking) return
    isLooking = true
    clock.after(lookEvery, () => {
      isLooking = false
      look()
    })
  }
  const sending: Sending = {
    get buffered() {
      return waitingBytes + given()
    },
    send: (frame) => {
      if (waiting.length === 0 && given() < channelBytesMax) give(frame)
      else {
        waiting.push(frame.slice())
        waitingBytes += frame.length
      }
      reception.level(sending.buffered)
      lookLater()
    },
    flushed: () =>
      new Promise((resolve) => {
        onFlushed = resolve
        pump()
      }),
    // beside simple-peer's own handler; also comes where timers are slowed down, in a hidden tab
    watch: () => channel()?.addEventListener('bufferedamountlow', look),
  }
  return sending
}

interface Connection {
  signal(type: 'offer' | 'answer', sdp: string): void
  abandon(): void
}

interface ConnectionOptions extends WebRtcOptions {
  readonly initiator: boolean
  readonly onDescription: (sdp: string) => void
  readonly fingerprints: () => Fingerprints | undefined
  readonly onOpen: (channel: Channel) => void
  readonly onFail: (reason: CloseReason) => void
}

const createConnection = (options: ConnectionOptions): Connection => {
  const { clock, initiator, iceServers = [] } = options
  const peer = new SimplePeer({ initiator, trickle: false, objectMode: true, config: { iceServers: [...iceServers] } })
  let isOpen = false
  let stopWaiting: (() => void) | undefined

  const over = (reason: CloseReason): void => {
    stopWaiting?.()
    if (!isOpen && !reception.isOver) options.onFail(reason)
    reception.end(reason)
    peer.destroy()
  }
  const reception = createReception(() => over(failed('More arrived than is kept for somebody who does not listen.')))
  const sending = createSending(peer, clock, reception, (error) => over(failed(errorMessage(error))))

  const open = (): void => {
    const fingerprints = options.fingerprints()
    if (reception.isOver || fingerprints === undefined) return
    isOpen = true
    sending.watch()
    options.onOpen({
      kind: 'webrtc',
      fingerprints,
      isInitiator: initiator,
      get buffered() {
        return reception.isOver ? 0 : sending.buffered
      },
      send: (frame) => {
        checkFrame(frame)
        if (!reception.isOver) sending.send(frame)
      },
      listen: (listener) => reception.listen(listener),
      close: () => {
        if (reception.isOver) return
        reception.mute()
        stopWaiting?.()
        clock.after(closeTimeMax, () => peer.destroy())
        // closing the data channel, unlike the connection, lets what is in it go out; simple-peer ends when that is done
        void sending.flushed().then(() => (peer as unknown as Innards)._channel?.close())
      },
    })
  }

  peer.on('signal', (signal) => {
    // renegotiations are for audio and video
    if ('sdp' in signal && typeof signal.sdp === 'string') options.onDescription(signal.sdp)
  })
  peer.on('connect', open)
  peer.on('data', (data: unknown) => {
    if (!(data instanceof Uint8Array)) return over(failed('The other end sent text where frames are bytes.'))
    if (data.length > frameBytesMax) return over(oversized(data.length))
    reception.frame(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength))
  })
  peer.on('error', (error) => over(isFarewell(error) ? closedByOther : failed(error.message)))
  peer.on('close', () => over(closedByOther))

  const connection = (peer as unknown as Innards)._pc
  connection?.addEventListener('connectionstatechange', () => {
    stopWaiting?.()
    stopWaiting = undefined
    const state = connection.connectionState
    if (state === 'failed' || state === 'closed') over(failed(`The connection is ${state}.`))
    if (state === 'disconnected')
      stopWaiting = clock.after(disconnectedMax, () => over(failed('The other end has not been heard for a while.')))
  })
  return {
    signal: (type, sdp) => {
      // after its end it throws
      if (!reception.isOver && !peer.destroyed) peer.signal({ type, sdp })
    },
    abandon: () => {
      reception.mute()
      stopWaiting?.()
      peer.destroy()
    },
  }
}

export const createWebRtcDial =
  (webRtc: WebRtcOptions): WebRtcDial =>
  ({ initiator, onSignal, onOpen, onFail, within = dialTimeMax }) => {
    let connection: Connection | undefined
    let isOver = false
    let offer: Uint8Array | undefined
    let ours: Uint8Array | undefined
    let theirs: Uint8Array | undefined

    const end = (): boolean => {
      if (isOver) return false
      isOver = true
      stopTimer()
      return true
    }
    const fail = (reason: CloseReason): void => {
      if (!end()) return
      connection?.abandon()
      onFail(reason)
    }
    const stopTimer = webRtc.clock.after(within, () => fail(failed('No connection came about in time.')))

    const tell = async (sdp: string): Promise<void> => {
      const type = initiator ? 'offer' : 'answer'
      ours = readDescription(type, sdp).fingerprint
      const signal = await packSignal({ type, sdp }, offer)
      if (initiator) offer = signal
      if (!isOver) onSignal(signal.slice())
    }
    const connect = (): Connection =>
      createConnection({
        ...webRtc,
        initiator,
        onDescription: (sdp) => void tell(sdp).catch((error: unknown) => fail(failed(errorMessage(error)))),
        fingerprints: () => (ours === undefined || theirs === undefined ? undefined : { ours, theirs }),
        onOpen: (channel) => {
          if (end()) onOpen(channel)
        },
        onFail: fail,
      })
    const take = async (bytes: Uint8Array): Promise<void> => {
      if (initiator && offer === undefined) return
      const { type, sdp, fingerprint } = await unpackSignal(bytes, initiator ? offer : undefined)
      // the first that makes sense counts; one that comes back to its author does not
      if (isOver || theirs !== undefined || (ours !== undefined && equalBytes(ours, fingerprint))) return
      theirs = fingerprint
      if (!initiator) offer = bytes
      connection ??= connect()
      connection.signal(type, sdp)
    }

    if (initiator) connection = connect()
    return {
      signal: (bytes) => {
        if (isOver || theirs !== undefined) return
        // garbage is nobody's business: whoever sent it may still send the right one
        take(bytes.slice()).catch(() => undefined)
      },
      close: () => {
        if (end()) connection?.abandon()
      },
    }
  }
