/**
 * A channel over a MessagePort. Frames cross as transferred buffers, all of one turn together; the other end acknowledges their bytes, so
 * that `buffered` says what has not been taken there yet.
 */
import { frameBytesMax } from '../core/limits.ts'
import type { Channel } from './contract.ts'
import { checkFrame, closedByOther, createReception, failed, oversized } from './reception.ts'

/** What is needed of a MessagePort, in whichever library it is declared. */
export interface FramePort {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(value: unknown, transfer: Transferable[]): void
  close(): void
  addEventListener(type: 'close', listener: () => void): void
}

type Crossing =
  | { readonly type: 'frames'; readonly frames: readonly ArrayBuffer[] }
  | { readonly type: 'taken'; readonly bytes: number }
  | { readonly type: 'end' }

const isCrossing = (data: unknown): data is Crossing =>
  typeof data === 'object' && data !== null && typeof (data as { readonly type?: unknown }).type === 'string'

export const createPortChannel = (port: FramePort): Channel => {
  let waiting: ArrayBuffer[] = []
  let buffered = 0

  const shut = (): void => {
    waiting = []
    buffered = 0
    port.onmessage = null
    port.close()
  }
  const say = (crossing: Crossing, transfer: Transferable[] = []): void => port.postMessage(crossing, transfer)
  const flush = (): void => {
    if (waiting.length === 0) return
    const frames = waiting
    waiting = []
    say({ type: 'frames', frames }, frames)
  }
  const reception = createReception(() => {
    reception.end(failed('More arrived than is kept for somebody who does not listen.'))
    say({ type: 'end' })
    shut()
  })
  const take = (frames: readonly ArrayBuffer[]): void => {
    let bytes = 0
    for (const frame of frames) {
      if (reception.isOver) return
      if (frame.byteLength > frameBytesMax) {
        reception.end(oversized(frame.byteLength))
        say({ type: 'end' })
        return shut()
      }
      bytes += frame.byteLength
      reception.frame(new Uint8Array(frame))
    }
    if (!reception.isOver) say({ type: 'taken', bytes })
  }
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (reception.isOver || !isCrossing(data)) return
    switch (data.type) {
      case 'frames':
        return take(data.frames)
      case 'taken':
        buffered -= data.bytes
        return reception.level(buffered)
      case 'end':
        reception.end(closedByOther)
        return shut()
    }
  }
  // not every browser tells
  port.addEventListener('close', () => {
    if (!reception.isOver) reception.end(closedByOther)
  })
  return {
    kind: 'port',
    fingerprints: undefined,
    get buffered() {
      return buffered
    },
    send: (frame) => {
      checkFrame(frame)
      if (reception.isOver) return
      buffered += frame.length
      reception.level(buffered)
      waiting.push(frame.slice().buffer)
      if (waiting.length === 1) queueMicrotask(flush)
    },
    listen: (listener) => reception.listen(listener),
    close: () => {
      if (reception.isOver) return
      reception.mute()
      flush()
      say({ type: 'end' })
      shut()
    },
  }
}
