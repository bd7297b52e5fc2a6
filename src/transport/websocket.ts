/**
 * A channel over anything with the interface of a WebSocket: a browser's, or that of `ws`. It may still be connecting; what is sent
 * meanwhile waits. Binary frames only. Nothing tells when a WebSocket has drained, so it is looked at.
 */
import type { Clock } from '../core/clock.ts'
import { frameBytesMax } from '../core/limits.ts'
import type { Channel, CloseReason } from './contract.ts'
import { checkFrame, closedByOther, createReception, failed, oversized } from './reception.ts'

export interface WebSocketEvents {
  readonly open: unknown
  readonly message: { readonly data: unknown }
  readonly close: { readonly code: number; readonly reason: string }
  readonly error: unknown
}

/** What is needed of a WebSocket. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  send(data: Uint8Array<ArrayBuffer> | string): void
  close(code?: number, reason?: string): void
  addEventListener<K extends keyof WebSocketEvents>(type: K, listener: (event: WebSocketEvents[K]) => void): void
}

const connecting = 0
const open = 1
/** Milliseconds between two looks at what still waits. */
const lookEvery = 5

/** Status codes of RFC 6455 by which the other end says goodbye. */
const farewells = new Set([1000, 1001, 1005])

export const closeReason = (code: number, reason: string): CloseReason =>
  farewells.has(code)
    ? closedByOther
    : failed(`The connection broke (${code}${reason === '' ? '' : `: ${reason.slice(0, 100)}`}).`)

export const createWebSocketChannel = (socket: WebSocketLike, clock: Clock): Channel => {
  socket.binaryType = 'arraybuffer'
  let waiting: Uint8Array<ArrayBuffer>[] = []
  let waitingBytes = 0
  let isLooking = false

  const end = (code: number, reason: CloseReason): void => {
    reception.end(reason)
    waiting = []
    socket.close(code)
  }
  const reception = createReception(() =>
    end(1008, failed('More arrived than is kept for somebody who does not listen.')),
  )
  const buffered = (): number => (reception.isOver ? 0 : waitingBytes + socket.bufferedAmount)

  const look = (): void => {
    isLooking = false
    if (reception.isOver) return
    const now = buffered()
    reception.level(now)
    if (now > 0) lookLater()
  }
  const lookLater = (): void => {
    if (isLooking) return
    isLooking = true
    clock.after(lookEvery, look)
  }
  socket.addEventListener('open', () => {
    for (const frame of waiting) socket.send(frame)
    waiting = []
    waitingBytes = 0
    look()
  })
  socket.addEventListener('message', ({ data }) => {
    if (reception.isOver) return
    if (!(data instanceof ArrayBuffer)) return end(1003, failed('The other end sent text where frames are bytes.'))
    if (data.byteLength > frameBytesMax) return end(1009, oversized(data.byteLength))
    reception.frame(new Uint8Array(data))
  })
  // of an error a browser tells no more than that the end comes, and that follows
  socket.addEventListener('error', () => undefined)
  socket.addEventListener('close', ({ code, reason }) => reception.end(closeReason(code, reason)))

  return {
    kind: 'websocket',
    fingerprints: undefined,
    get buffered() {
      return buffered()
    },
    send: (frame) => {
      checkFrame(frame)
      if (reception.isOver || socket.readyState > open) return
      if (socket.readyState === connecting) {
        waiting.push(frame.slice())
        waitingBytes += frame.length
      } else socket.send(frame.slice())
      reception.level(buffered())
      lookLater()
    },
    listen: (listener) => reception.listen(listener),
    close: () => {
      if (reception.isOver) return
      reception.mute()
      const goodbye = (): void => {
        for (const frame of waiting) socket.send(frame)
        socket.close(1000)
      }
      if (socket.readyState === connecting && waiting.length > 0) socket.addEventListener('open', goodbye)
      else goodbye()
    },
  }
}
