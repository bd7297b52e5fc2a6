/**
 * The network of a simulated world. Faults it injects: delay and jitter, limited bandwidth, loss (a data channel sends again, so what is
 * lost comes late, and all behind it), partitions (short: everything comes late; long: the channel breaks), nodes that vanish without a
 * word, signals that are lost, doubled and overtaken. A channel keeps its order, as the transport contract says.
 */
import type {
  Channel,
  ChannelListener,
  CloseReason,
  DialOptions,
  Dialling,
  Fingerprints,
  Radio,
} from '../../src/transport/contract.ts'
import type { Random } from './random.ts'
import type { SimulatedTime } from './time.ts'

export interface Weather {
  /** Milliseconds one way. */
  readonly latency: readonly [least: number, most: number]
  /** Bytes a millisecond, of one direction of one channel. */
  readonly bandwidth: number
  /** Share of frames that are lost and sent again after `resendAfter`. */
  readonly loss: number
}

export const calm: Weather = { latency: [1, 8], bandwidth: 4000, loss: 0 }
export const stormy: Weather = { latency: [2, 150], bandwidth: 400, loss: 0.05 }

/** Milliseconds. */
const resendAfter = 200
/** A connection that hears nothing for so long is given up by both ends. */
const failAfter = 16_000
const dialTimeout = 20_000
const drainedBytes = 64 * 1024

/** Where one process of one node stands in the network. */
export interface Place {
  readonly name: string
  readonly radio: Radio
  /** The process is gone: nothing of it is heard again. */
  vanish(): void
}

export interface SimulatedNetwork {
  weather: Weather
  /** `group` says with whom a node can talk; 0 for all is the whole network. */
  readonly groupOf: Map<string, number>
  /** Takes the place of `name`; its former process is gone. */
  enter(name: string): Place
  /** Whether a word from one reaches the other now. */
  reaches(a: string, b: string): boolean
  /** Frames and bytes that were sent. */
  readonly traffic: { frames: number; bytes: number }
}

interface Side {
  readonly place: string
  listener: ChannelListener | undefined
  /** Arrived before anybody listened. */
  early: Uint8Array<ArrayBuffer>[]
  /** On their way to this side. */
  inbound: { readonly at: number; readonly frame: Uint8Array<ArrayBuffer> }[]
  /** When the last byte given to `send` leaves, and what has not left. */
  departsAt: number
  buffered: number
  isClosed: boolean
  isDead: boolean
}

export const createNetwork = (time: SimulatedTime, random: Random): SimulatedNetwork => {
  const groupOf = new Map<string, number>()
  const offers = new Map<string, { readonly dial: DialOptions; readonly from: string; isAnswered: boolean }>()
  const channelsOf = new Map<string, Set<Side>>()
  const traffic = { frames: 0, bytes: 0 }
  let nextOffer = 0

  const reaches = (a: string, b: string): boolean => (groupOf.get(a) ?? 0) === (groupOf.get(b) ?? 0)

  const network: SimulatedNetwork = {
    weather: calm,
    groupOf,
    traffic,
    reaches,
    enter: (name) => enter(name),
  }

  const latency = (): number => {
    const [least, most] = network.weather.latency
    return least + random.fraction() * (most - least)
  }

  const openChannel = (ours: string, theirs: string): readonly [Channel, Channel] => {
    const sideOf = (place: string): Side => ({
      place,
      listener: undefined,
      early: [],
      inbound: [],
      departsAt: 0,
      buffered: 0,
      isClosed: false,
      isDead: false,
    })
    const a = sideOf(ours)
    const b = sideOf(theirs)
    channelsOf.get(ours)?.add(a)
    channelsOf.get(theirs)?.add(b)
    const [first, second] = [a, b].map(() => Uint8Array.from({ length: 32 }, () => random.between(0, 255)))

    const end = (side: Side, reason: CloseReason): void => {
      channelsOf.get(side.place)?.delete(side)
      if (side.isClosed || side.isDead) return
      side.isClosed = true
      side.listener?.onClose(reason)
    }
    /** The other end of a channel that stays silent gives it up. */
    const fail = (): void => {
      const reason = { code: 'ERR_CHANNEL_FAILED', message: 'The connection broke.' }
      end(a, reason)
      end(b, reason)
    }
    const deliver = (side: Side, other: Side): void => {
      const next = side.inbound[0]
      if (next === undefined || side.isClosed || side.isDead) return
      if (!reaches(side.place, other.place)) {
        const began = time.now()
        const retry = (): void => {
          if (side.isClosed || side.isDead) return
          if (reaches(side.place, other.place)) deliver(side, other)
          else if (time.now() - began >= failAfter) fail()
          else time.after(resendAfter, retry)
        }
        time.after(resendAfter, retry)
        return
      }
      side.inbound.shift()
      if (side.listener === undefined) side.early.push(next.frame)
      else side.listener.onFrame(next.frame)
      const following = side.inbound[0]
      if (following !== undefined) time.after(following.at - time.now(), () => deliver(side, other))
    }
    const channelOf = (side: Side, other: Side, fingerprints: Fingerprints): Channel => ({
      kind: 'memory',
      fingerprints,
      get buffered() {
        return side.buffered
      },
      send: (frame) => {
        if (side.isClosed || side.isDead) return
        const { bandwidth, loss } = network.weather
        const bytes = new Uint8Array(frame)
        traffic.frames += 1
        traffic.bytes += bytes.length
        side.buffered += bytes.length
        side.departsAt = Math.max(side.departsAt, time.now()) + bytes.length / bandwidth
        time.after(side.departsAt - time.now(), () => {
          const before = side.buffered
          side.buffered -= bytes.length
          if (before > drainedBytes && side.buffered <= drainedBytes && !side.isClosed && !side.isDead)
            side.listener?.onDrain()
        })
        // the other end is gone without a word: what is sent there is lost, and its silence ends the channel
        if (other.isDead) return
        const late = random.chance(loss) ? resendAfter : 0
        const at = Math.max(side.departsAt + latency() + late, other.inbound.at(-1)?.at ?? 0)
        other.inbound.push({ at, frame: bytes })
        if (other.inbound.length === 1) time.after(at - time.now(), () => deliver(other, side))
      },
      listen: (listener) => {
        side.listener = listener
        const early = side.early
        side.early = []
        for (const frame of early) if (!side.isClosed) listener.onFrame(frame)
      },
      close: () => {
        if (side.isClosed || side.isDead) return
        side.isClosed = true
        channelsOf.get(side.place)?.delete(side)
        const told = (): void => {
          if (!reaches(side.place, other.place)) {
            time.after(failAfter, fail)
            return
          }
          end(other, { code: 'ERR_CHANNEL_CLOSED', message: 'The other end closed the connection.' })
        }
        // behind what is on its way
        const last = other.inbound.at(-1)?.at ?? 0
        time.after(Math.max(0, last - time.now()) + latency(), told)
      },
    })
    const nothing = new Uint8Array(32)
    return [
      channelOf(a, b, { ours: first ?? nothing, theirs: second ?? nothing }),
      channelOf(b, a, { ours: second ?? nothing, theirs: first ?? nothing }),
    ]
  }

  const enter = (name: string): Place => {
    vanishFrom(name)
    const sides = new Set<Side>()
    channelsOf.set(name, sides)
    let isGone = false
    const dial = (options: DialOptions): Dialling => {
      let isOver = false
      const once = (action: () => void): void => {
        if (isOver || isGone) return
        isOver = true
        action()
      }
      const stop = time.after(dialTimeout, () =>
        once(() => options.onFail({ code: 'ERR_CHANNEL_FAILED', message: 'Nobody answered.' })),
      )
      const guarded: DialOptions = {
        ...options,
        onOpen: (channel) => {
          stop()
          once(() => options.onOpen(channel))
        },
      }
      if (options.initiator) {
        const token = `offer ${nextOffer++}`
        offers.set(token, { dial: guarded, from: name, isAnswered: false })
        time.after(latency() + 20, () => {
          if (!isOver && !isGone) options.onSignal(new TextEncoder().encode(token))
        })
      }
      return {
        signal: (signal) => {
          if (isOver || isGone) return
          const text = new TextDecoder().decode(signal)
          if (!options.initiator) {
            const offer = offers.get(text)
            if (offer === undefined || offer.isAnswered) return
            offer.isAnswered = true
            const token = `answer ${nextOffer++} ${text}`
            offers.set(token, { dial: guarded, from: name, isAnswered: false })
            time.after(latency() + 20, () => {
              if (!isOver && !isGone) options.onSignal(new TextEncoder().encode(token))
            })
            return
          }
          const answer = offers.get(text)
          if (answer === undefined || answer.isAnswered) return
          const asked = offers.get(text.slice(text.indexOf('offer ')))
          if (asked?.from !== name || asked.dial !== guarded) return
          answer.isAnswered = true
          // the connection is made, if there is a way between them now
          time.after(2 * latency(), () => {
            if (isOver || isGone || !reaches(name, answer.from)) return
            const [mine, theirs] = openChannel(name, answer.from)
            answer.dial.onOpen(theirs)
            guarded.onOpen(mine)
          })
        },
        close: () => {
          stop()
          isOver = true
        },
      }
    }
    return {
      name,
      radio: {
        isReady: true,
        onReady: () => () => undefined,
        onWake: () => () => undefined,
        onAdopt: () => () => undefined,
        dial,
      },
      vanish: () => {
        isGone = true
        if (channelsOf.get(name) === sides) vanishFrom(name)
      },
    }
  }

  const vanishFrom = (name: string): void => {
    for (const side of channelsOf.get(name) ?? []) side.isDead = true
    channelsOf.delete(name)
  }
  return network
}
