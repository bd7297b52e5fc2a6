/** One link, from the proof to its end: lanes, pieces, sealing, heartbeats, and what cuts it. */
import type { Clock } from '../core/clock.ts'
import { errorCode, errorMessage, ShoalError } from '../core/errors.ts'
import { printable } from '../core/printable.ts'
import {
  channelControlBytes,
  heartbeatEvery,
  linkBytesHigh,
  linkBytesLow,
  linkBytesMax,
  notReadingMax,
  silenceMax,
  wakeAnswerMax,
} from '../core/limits.ts'
import type { Channel, CloseReason } from '../transport/contract.ts'
import type { Lane, Link, LinkFrame, LinkListener } from './contract.ts'
import { createAssembly, unbundle } from './fragments.ts'
import type { HeartFrame, WireFrame } from './frame.ts'
import {
  bundleByte,
  decodeFrame,
  encodeFrame,
  isHeartFrame,
  isJoinFrame,
  pieceByte,
  proofByte,
  runFrameBytesMax,
} from './frame.ts'
import type { Greeted } from './greeting.ts'
import { createHeartbeat } from './heartbeat.ts'
import { createLanes } from './lanes.ts'
import { createOrdered, sealBytes } from './sealing.ts'

export interface ProvenOptions {
  readonly channel: Pick<Channel, 'kind' | 'buffered' | 'send' | 'close'>
  readonly greeted: Pick<Greeted, 'hello' | 'seals'>
  readonly isOutgoing: boolean
  /** Neither end is a newcomer. */
  readonly isReplicating: boolean
  readonly clock: Clock
  /** A cut that the technician should know of. */
  readonly report: (code: string, message: string) => void
  /** The link is over, and its channel with it. */
  readonly onEnd: () => void
}

export interface ProvenLink {
  readonly link: Link
  /** From here on the owner is told; once. */
  listen(listener: LinkListener): void
  receive(frame: Uint8Array<ArrayBuffer>): void
  drained(): void
  /** The channel has closed. */
  closed(reason: CloseReason): void
  /** Ends it for its owner without a word to the other end; the channel stays as it is. */
  end(reason: CloseReason): void
}

/** What a newcomer may have to say is small. */
const joinFrameBytesMax = 1024 * 1024
/** Pings answered while the channel is full; more of them are a flood. */
const pongsMax = 16
/** Ends that need no line in the diary: somebody left, or there was no use for one more link. */
export const quietCodes: ReadonlySet<string> = new Set([
  'ERR_CHANNEL_CLOSED',
  'ERR_CHANNEL_FAILED',
  'ERR_LINK_SURPLUS',
  'ERR_LEAVING',
  'ERR_RESTARTED',
])

/** `run` and `sent` keep their order among each other, so they share a lane. */
const laneOf = (frame: LinkFrame): Lane => (frame.type === 'run' || frame.type === 'sent' ? 'bulk' : 'control')

export const createProvenLink = (options: ProvenOptions): ProvenLink => {
  const { channel, clock, isReplicating } = options
  const { hello, seals } = options.greeted
  const heartbeat = createHeartbeat(clock)
  const assembly = createAssembly(isReplicating ? runFrameBytesMax : joinFrameBytesMax)
  let listener: LinkListener | undefined
  let isOver = false
  let isLeaving = false
  let isPumping = false
  let closedBy: CloseReason | undefined
  let endReason: CloseReason | undefined
  let wasHigh = false
  let bytesSent = 0
  let bytesReceived = 0
  let heard = clock.monotonic()
  let heardAt = clock.now()
  /** Bytes that had left by then. */
  let left = 0
  let leftAt = heard
  let pongs = 0
  let nextTick = heard
  let stopTick = (): void => undefined
  let probe: { readonly id: number; readonly stop: () => void } | undefined

  const failed = (error: unknown): void => cut(errorCode(error), errorMessage(error))
  const sealing = createOrdered(
    (sealed) => {
      channel.send(sealed)
      if (isLeaving && sealing.bytes === 0) channel.close()
      else pump()
    },
    (error) => {
      if (isLeaving) channel.close()
      else failed(error)
    },
  )
  const opening = createOrdered((opened) => {
    read(opened)
    if (closedBy !== undefined) closed(closedBy)
  }, failed)
  const ahead = (): number => channel.buffered + sealing.bytes
  const lanes = createLanes({
    ahead,
    transmit: (frame) => {
      const sealed = seals === undefined ? frame.length : frame.length + sealBytes
      bytesSent += sealed
      if (seals === undefined) channel.send(frame)
      else sealing.put(seals.seal(frame), sealed)
    },
  })
  const buffered = (): number => (isOver ? 0 : lanes.bytes + ahead())

  const pump = (): void => {
    isPumping = false
    if (isOver) return
    lanes.pump()
    if (!wasHigh || buffered() >= linkBytesLow) return
    wasHigh = false
    guard(() => listener?.onDrain())
  }
  /** At the end of this turn: what is sent in a row may leave together. */
  const pumpSoon = (): void => {
    if (isPumping) return
    isPumping = true
    queueMicrotask(pump)
  }
  /** What the owner throws is the fault of the other end's frames (`Replicator.onFrame`). */
  const guard = (action: () => void): void => {
    try {
      action()
    } catch (error) {
      failed(error)
    }
  }

  const end = (reason: CloseReason): void => {
    if (isOver) return
    isOver = true
    endReason = reason
    stopTick()
    probe?.stop()
    lanes.clear()
    opening.stop()
    listener?.onClose(reason)
  }
  const closed = (reason: CloseReason): void => {
    closedBy = reason
    // what came before may say why
    if (isOver || opening.bytes > 0) return
    end(reason)
    options.onEnd()
  }
  /** The last word goes out behind what is being sealed; then the channel closes. */
  const farewell = ({ code, message }: CloseReason): void => {
    const bye = encodeFrame({ type: 'bye', code, message })
    if (seals === undefined) {
      channel.send(bye)
      channel.close()
      return
    }
    isLeaving = true
    sealing.put(seals.seal(bye), bye.length + sealBytes)
  }
  const cut = (code: string, message: string): void => {
    if (isOver) return
    options.report(code, `The ${channel.kind} link to ${hello.node} was cut: ${message}`)
    farewell({ code, message })
    end({ code, message })
    options.onEnd()
  }

  const put = (frame: HeartFrame): void => {
    lanes.putFirst(encodeFrame(frame))
    pump()
  }
  const onHeart = (frame: HeartFrame): void => {
    switch (frame.type) {
      case 'ping':
        if (ahead() < channelControlBytes) pongs = 0
        pongs += 1
        if (pongs <= pongsMax) put({ type: 'pong', id: frame.id, time: Math.round(clock.now()) })
        return
      case 'pong':
        if (!heartbeat.answered(frame.id, frame.time)) return
        if (probe !== undefined && frame.id >= probe.id) {
          probe.stop()
          probe = undefined
        }
        guard(() => listener?.onHeartbeat())
        return
      case 'bye': {
        const message = `The other device closed the link: ${printable(frame.message)}`
        if (!quietCodes.has(frame.code)) options.report(frame.code, `${message} (${hello.node}, ${channel.kind})`)
        channel.close()
        end({ code: frame.code, message })
        options.onEnd()
      }
    }
  }
  const dispatch = (frame: WireFrame): void => {
    if (isHeartFrame(frame)) return onHeart(frame)
    if (!isReplicating && !isJoinFrame(frame)) {
      throw new ShoalError('ERR_FRAME_NOT_ALLOWED', `A "${frame.type}" frame came on a link that is for joining only.`)
    }
    listener?.onFrame(frame)
  }
  const readOne = (whole: Uint8Array<ArrayBuffer>): void => {
    const complete = whole[0] === pieceByte ? assembly.add(whole) : whole
    const frame = complete === undefined ? undefined : decodeFrame(complete)
    if (frame !== undefined) dispatch(frame)
  }
  const read = (whole: Uint8Array<ArrayBuffer>): void => {
    if (isOver) return
    guard(() => {
      // a proof that was repeated for a worker which started again
      if (whole[0] === proofByte) return
      if (whole[0] !== bundleByte) return readOne(whole)
      for (const frame of unbundle(whole)) if (!isOver) readOne(frame)
    })
  }

  const checkReading = (now: number): void => {
    const gone = bytesSent - ahead()
    if (gone > left || buffered() <= linkBytesHigh) leftAt = now
    left = gone
    if (now - leftAt >= notReadingMax) {
      cut(
        'ERR_NOT_READING',
        `It has taken nothing for ${notReadingMax / 1000} seconds, while ${buffered()} bytes wait for it.`,
      )
    }
  }
  const tick = (): void => {
    const now = clock.monotonic()
    const silence = now - heard
    // the timer came late because this device slept: the other end must be asked before it is judged
    if (now - nextTick > heartbeatEvery) ask()
    else if (silence >= silenceMax && probe === undefined) {
      return cut('ERR_SILENT', `Nothing has been heard of it for ${Math.round(silence / 1000)} seconds.`)
    } else put({ type: 'ping', id: heartbeat.beat() })
    checkReading(now)
    if (isOver) return
    const rest = heard + silenceMax - now
    const wait = rest > 0 ? Math.min(heartbeatEvery, rest) : heartbeatEvery
    nextTick = now + wait
    stopTick = clock.after(wait, tick)
  }
  const ask = (): void => {
    if (isOver || probe !== undefined) return
    const id = heartbeat.beat()
    const askedAt = clock.monotonic()
    const stop = clock.after(wakeAnswerMax, () => {
      probe = undefined
      // a slow link under load answers late, but then it is busy; what lay in wait since before comes at once
      if (heard < askedAt + wakeAnswerMax / 2) {
        cut('ERR_SILENT', `It did not answer within ${wakeAnswerMax / 1000} seconds after this device woke up.`)
      }
    })
    probe = { id, stop }
    put({ type: 'ping', id })
  }

  const link: Link = {
    node: hello.node,
    kind: channel.kind,
    isMember: hello.purpose === 'member',
    isOutgoing: options.isOutgoing,
    get roundTrip() {
      return heartbeat.roundTrip
    },
    get clockOffset() {
      return heartbeat.clockOffset
    },
    get heardAt() {
      return heardAt
    },
    get buffered() {
      return buffered()
    },
    get bytesSent() {
      return bytesSent
    },
    get bytesReceived() {
      return bytesReceived
    },
    send: (frame, lane = laneOf(frame)) => {
      if (isOver) return
      if (!isReplicating && !isJoinFrame(frame)) {
        throw new ShoalError('ERR_FRAME_NOT_ALLOWED', `A "${frame.type}" frame has no place on a link for joining.`)
      }
      lanes.put(encodeFrame(frame), lane)
      if (buffered() >= linkBytesLow) wasHigh = true
      if (buffered() > linkBytesMax) cut('ERR_NOT_READING', `It reads too slowly: ${buffered()} bytes wait for it.`)
      else pumpSoon()
    },
    probe: ask,
    close: (reason) => {
      if (isOver) return
      lanes.pump()
      farewell(reason)
      end(reason)
      options.onEnd()
    },
  }
  return {
    link,
    listen: (next) => {
      listener = next
      if (endReason === undefined) tick()
      else next.onClose(endReason)
    },
    receive: (frame) => {
      if (isOver) return
      bytesReceived += frame.length
      heard = clock.monotonic()
      heardAt = clock.now()
      if (seals === undefined) read(frame)
      else opening.put(seals.open(frame), frame.length)
    },
    drained: pump,
    closed,
    end: (reason) => {
      // what was sealed for the link that is over must not follow what is said next
      sealing.stop()
      end(reason)
    },
  }
}
