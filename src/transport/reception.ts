/** What every channel does alike: it keeps what arrives before somebody listens, tells of its end once, and never after our own close. */
import { ShoalError } from '../core/errors.ts'
import { drainedBytes, earlyBytesMax, frameBytesMax } from '../core/limits.ts'
import type { ChannelListener, CloseReason } from './contract.ts'

export const closedByOther: CloseReason = {
  code: 'ERR_CHANNEL_CLOSED',
  message: 'The other end closed the connection.',
}
export const oversized = (bytes: number): CloseReason => ({
  code: 'ERR_FRAME_SIZE',
  message: `The other end sent a frame of ${bytes} bytes; ${frameBytesMax} are allowed.`,
})
export const failed = (message: string): CloseReason => ({ code: 'ERR_CHANNEL_FAILED', message })

/** Throws `ERR_FRAME_SIZE`: a mistake of the caller. */
export const checkFrame = (frame: Uint8Array): void => {
  if (frame.length > frameBytesMax)
    throw new ShoalError('ERR_FRAME_SIZE', `A frame has ${frame.length} bytes; send at most ${frameBytesMax} at once.`)
}

export interface Reception {
  /** It ended, whoever ended it. */
  readonly isOver: boolean
  listen(listener: ChannelListener): void
  frame(frame: Uint8Array<ArrayBuffer>): void
  /** `buffered` is now this. */
  level(buffered: number): void
  /** The channel is over; its listener is told, unless it was over already. */
  end(reason: CloseReason): void
  /** What came early is not kept any longer; the channel goes on. */
  forget(): void
  /** By our own close: nobody is told any more. */
  mute(): void
}

/** `onFlood`: more came than is kept for a listener who is not there; the channel has to end then, or to forget what it kept. */
export const createReception = (onFlood: () => void): Reception => {
  let early: Uint8Array<ArrayBuffer>[] = []
  let earlyBytes = 0
  let listener: ChannelListener | undefined
  /** What came early has been delivered. */
  let isLive = false
  let isOver = false
  let reason: CloseReason | undefined
  let wasAbove = false

  const deliverEarly = (): void => {
    for (let at = 0; at < early.length; at++) {
      const frame = early[at]
      // a listener may close the channel
      if (frame !== undefined && (!isOver || reason !== undefined)) listener?.onFrame(frame)
    }
    early = []
    isLive = true
    if (reason !== undefined) listener?.onClose(reason)
  }
  return {
    get isOver() {
      return isOver
    },
    listen: (next) => {
      if (listener !== undefined) throw new ShoalError('ERR_INTERNAL', 'A channel is listened to once.')
      listener = next
      // after the caller's turn, who may still be putting together what the listener needs
      queueMicrotask(deliverEarly)
    },
    frame: (frame) => {
      if (isOver) return
      if (isLive) {
        listener?.onFrame(frame)
        return
      }
      earlyBytes += frame.length
      if (listener === undefined && earlyBytes > earlyBytesMax) onFlood()
      else early.push(frame)
    },
    level: (buffered) => {
      if (buffered > drainedBytes) wasAbove = true
      else if (wasAbove) {
        wasAbove = false
        if (!isOver) listener?.onDrain()
      }
    },
    end: (why) => {
      if (isOver) return
      isOver = true
      reason = why
      if (isLive) listener?.onClose(why)
    },
    forget: () => {
      early = []
      earlyBytes = 0
    },
    mute: () => {
      isOver = true
      reason = undefined
      early = []
    },
  }
}
