/**
 * Two channels that are each other's other end, in one process, with the faults of a network: delay, a narrow band, a cut that neither end is
 * told of, and loss, which on a channel that keeps order is its end. Everything happens on the given clock.
 */
import type { Clock } from '../core/clock.ts'
import { closeTimeMax, frameBytesMax } from '../core/limits.ts'
import type { Channel, ChannelKind, CloseReason, Fingerprints } from './contract.ts'
import type { Reception } from './reception.ts'
import { checkFrame, closedByOther, createReception, failed, oversized } from './reception.ts'

export interface Wire {
  /** One way, in milliseconds; 0 where absent. */
  readonly delay?: number
  /** Of each direction; unbounded where absent. */
  readonly bytesPerSecond?: number
  /** Asked for each frame; true: it is lost, and the connection with it. */
  readonly loss?: () => boolean
}

export interface MemoryPairOptions {
  readonly clock: Clock
  readonly wire?: Wire
  readonly kind?: ChannelKind
  readonly fingerprints?: readonly [Fingerprints, Fingerprints]
}

export interface MemoryPair {
  readonly ends: readonly [Channel, Channel]
  readonly isOpen: boolean
  /** For what is sent from now on. */
  change(wire: Wire): void
  /** Nothing leaves and nothing arrives until `mend`; then all that was held does. */
  cut(): void
  mend(): void
  /** Both ends are told that it failed. */
  break(): void
  /** Past the checks of the sender, from the first end: for those who test what a receiver refuses. */
  inject(frame: Uint8Array<ArrayBuffer>): void
}

interface Parcel {
  readonly frame: Uint8Array<ArrayBuffer> | undefined
  readonly leavesAt: number
  readonly arrivesAt: number
}

interface Direction {
  readonly buffered: number
  send(frame: Uint8Array<ArrayBuffer>): void
  /** Behind what was sent, or in its place where that takes too long. */
  sendEnd(): void
  pump(): void
  stop(): void
}

interface DirectionOptions {
  readonly clock: Clock
  /** Milliseconds; stands still while the wire is cut. */
  readonly time: () => number
  readonly isCut: () => boolean
  readonly wire: () => Wire
  readonly from: Reception
  readonly onFrame: (frame: Uint8Array<ArrayBuffer>) => void
  readonly onEnd: () => void
}

const createDirection = ({ clock, time, isCut, wire, from, onFrame, onEnd }: DirectionOptions): Direction => {
  const parcels: Parcel[] = []
  /** How many of them have left. */
  let left = 0
  let freeAt = 0
  let arrivedAt = 0
  let buffered = 0
  let stopTimer: (() => void) | undefined

  const arrange = (): void => {
    stopTimer?.()
    stopTimer = undefined
    const next = Math.min(parcels[left]?.leavesAt ?? Infinity, parcels[0]?.arrivesAt ?? Infinity)
    if (next < Infinity && !isCut()) stopTimer = clock.after(Math.max(0, next - time()), pump)
  }
  const pump = (): void => {
    stopTimer = undefined
    if (isCut()) return
    for (let parcel = parcels[left]; parcel !== undefined && parcel.leavesAt <= time(); parcel = parcels[left]) {
      left++
      buffered -= parcel.frame?.length ?? 0
    }
    from.level(buffered)
    for (let parcel = parcels[0]; parcel !== undefined && left > 0; parcel = parcels[0]) {
      if (parcel.arrivesAt > time() || isCut()) break
      parcels.shift()
      left--
      if (parcel.frame === undefined) onEnd()
      else onFrame(parcel.frame)
    }
    arrange()
  }
  const put = (frame: Uint8Array<ArrayBuffer> | undefined, leavesAt: number): void => {
    // a wire that became quicker does not let frames overtake
    arrivedAt = Math.max(arrivedAt, leavesAt + (wire().delay ?? 0))
    parcels.push({ frame, leavesAt, arrivesAt: arrivedAt })
    if (parcels.length === left + 1) arrange()
  }
  return {
    get buffered() {
      return buffered
    },
    send: (frame) => {
      buffered += frame.length
      from.level(buffered)
      freeAt = Math.max(freeAt, time()) + (frame.length * 1000) / (wire().bytesPerSecond ?? Infinity)
      put(frame, freeAt)
    },
    sendEnd: () => {
      const latest = time() + closeTimeMax
      while (parcels.length > left && (parcels.at(-1)?.leavesAt ?? 0) > latest) parcels.pop()
      arrivedAt = Math.max(parcels.at(-1)?.arrivesAt ?? 0, 0)
      put(undefined, Math.max(parcels.at(-1)?.leavesAt ?? 0, time()))
    },
    pump,
    stop: () => {
      stopTimer?.()
      stopTimer = undefined
      parcels.length = 0
      left = 0
      buffered = 0
    },
  }
}

export const createMemoryPair = ({
  clock,
  wire = {},
  kind = 'memory',
  fingerprints,
}: MemoryPairOptions): MemoryPair => {
  let current = wire
  let cutAt: number | undefined
  let held = 0
  const time = (): number => (cutAt ?? clock.monotonic()) - held
  const isCut = (): boolean => cutAt !== undefined

  const receptions = [0, 1].map(() =>
    createReception(() => finish(failed('More arrived than is kept for somebody who does not listen.'))),
  ) as [Reception, Reception]
  const finish = (reason: CloseReason): void => {
    for (const direction of directions) direction.stop()
    for (const reception of receptions) reception.end(reason)
  }
  const direct = (from: Reception, to: Reception): Direction =>
    createDirection({
      clock,
      time,
      isCut,
      wire: () => current,
      from,
      onFrame: (frame) => {
        if (frame.length <= frameBytesMax) return to.frame(frame)
        to.end(oversized(frame.length))
        finish(closedByOther)
      },
      onEnd: () => {
        to.end(closedByOther)
        for (const direction of directions) direction.stop()
      },
    })
  const directions = [direct(receptions[0], receptions[1]), direct(receptions[1], receptions[0])] as const

  const open = (index: 0 | 1): Channel => {
    const reception = receptions[index]
    const direction = directions[index]
    return {
      kind,
      fingerprints: fingerprints?.[index],
      isInitiator: index === 0,
      get buffered() {
        return reception.isOver ? 0 : direction.buffered
      },
      send: (frame) => {
        checkFrame(frame)
        if (reception.isOver) return
        direction.send(frame.slice())
        if (current.loss?.() === true) clock.after(current.delay ?? 0, () => finish(failed('A frame was lost.')))
      },
      listen: (listener) => reception.listen(listener),
      close: () => {
        if (reception.isOver) return
        reception.mute()
        direction.sendEnd()
      },
    }
  }
  return {
    ends: [open(0), open(1)],
    get isOpen() {
      return !receptions[0].isOver && !receptions[1].isOver
    },
    change: (next) => {
      current = next
    },
    cut: () => {
      cutAt ??= clock.monotonic()
    },
    mend: () => {
      if (cutAt === undefined) return
      held += clock.monotonic() - cutAt
      cutAt = undefined
      for (const direction of directions) direction.pump()
    },
    break: () => finish(failed('The connection broke.')),
    inject: (frame) => directions[0].send(frame),
  }
}
