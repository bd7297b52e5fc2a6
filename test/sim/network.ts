/**
 * The network of a simulated world. Faults it injects: delay and jitter, limited bandwidth, loss (a data channel sends again, so what is
 * lost comes late, and all behind it), partitions (short: everything comes late; long: the channel breaks), nodes that vanish without a
 * word, nodes that sleep, workers that are killed while their tab holds the connections. A channel keeps its order, as the transport
 * contract says; what is lost, doubled and overtaken are signals (`relay.ts`).
 */
import { crc32 } from 'node:zlib'
import type {
  Channel,
  ChannelListener,
  CloseReason,
  DialOptions,
  Dialling,
  Radio,
} from '../../src/transport/contract.ts'
import type { Random } from './random.ts'
import type { SimulatedTime } from './time.ts'
import type { Trace } from './trace.ts'

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
  readonly radio: Radio
  /** Runs it now, or when the sleep is over; never, once the process is gone. */
  run(action: () => void): void
  /** The device sleeps: nothing of it runs. */
  sleep(): void
  /** `isTold`: its page notices that it was away. */
  wake(isTold: boolean): void
  /**
   * The process is gone: nothing of it is heard again. `isRadioLeft`: its tab lives on and holds the connections for the next process; what
   * arrives meanwhile is dropped there.
   */
  vanish(isRadioLeft?: boolean): void
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

interface Process {
  readonly name: string
  readonly sides: Set<Side>
  isGone: boolean
  isAsleep: boolean
  /** What is to run when the sleep is over. */
  readonly later: (() => void)[]
}

/** One end of a connection. */
interface Side {
  readonly place: string
  readonly fingerprint: Uint8Array
  process: Process | undefined
  listener: ChannelListener | undefined
  /** Arrived before anybody listened. */
  early: Uint8Array<ArrayBuffer>[]
  /** On their way to this side. */
  inbound: { readonly at: number; readonly frame: Uint8Array<ArrayBuffer> }[]
  /** When the last byte given to `send` leaves, and what has not left. */
  departsAt: number
  buffered: number
  /** Nothing more arrives here. */
  isClosed: boolean
  /** Closed by its own process, which hears nothing more of it, not even what had arrived. */
  isLeft: boolean
  /** The tab is gone, without a word. */
  isDead: boolean
}

interface Call {
  readonly dial: DialOptions
  readonly process: Process
  readonly tokens: string[]
  isAnswered: boolean
}

export const createNetwork = (
  time: SimulatedTime,
  random: Random,
  trace: Trace | undefined,
  /** Sees every frame that arrives. */
  watch?: (frame: Uint8Array<ArrayBuffer>) => void,
): SimulatedNetwork => {
  const groupOf = new Map<string, number>()
  const calls = new Map<string, Call>()
  const processes = new Map<string, Process>()
  /** Connections that outlived their process. */
  const orphans = new Map<string, Set<Side>>()
  const otherOf = new WeakMap<Side, Side>()
  const traffic = { frames: 0, bytes: 0 }
  let weather = calm
  let lastCall = 0

  const reaches = (a: string, b: string): boolean => (groupOf.get(a) ?? 0) === (groupOf.get(b) ?? 0)
  const latency = (): number => {
    const [least, most] = weather.latency
    return least + random.fraction() * (most - least)
  }
  const isOver = (side: Side): boolean => side.isClosed || side.isDead
  const wakeUp = (process: Process): void => {
    process.isAsleep = false
    for (const action of process.later.splice(0)) runIn(process, action)
  }
  const runIn = (process: Process, action: () => void): void => {
    if (process.isGone) return
    if (process.isAsleep) process.later.push(action)
    else action()
  }

  const end = (side: Side, reason: CloseReason): void => {
    if (isOver(side)) return
    side.isClosed = true
    orphans.get(side.place)?.delete(side)
    const { process, listener } = side
    if (process === undefined) return
    process.sides.delete(side)
    runIn(process, () => {
      if (!side.isLeft) listener?.onClose(reason)
    })
  }
  /** Both ends give it up. */
  const fail = (side: Side, other: Side): void => {
    const reason = { code: 'ERR_CHANNEL_FAILED', message: 'The connection broke.' }
    end(side, reason)
    end(other, reason)
  }

  const hand = (side: Side, frame: Uint8Array<ArrayBuffer>): void => {
    const { process, listener } = side
    // a tab without a worker drops what comes
    if (process === undefined) return
    if (listener === undefined) side.early.push(frame)
    else
      runIn(process, () => {
        if (!side.isLeft) listener.onFrame(frame)
      })
  }
  const deliver = (side: Side, other: Side): void => {
    const next = side.inbound[0]
    if (next === undefined || isOver(side)) return
    if (!reaches(side.place, other.place)) {
      const began = time.now()
      const retry = (): void => {
        if (isOver(side)) return
        if (reaches(side.place, other.place)) deliver(side, other)
        else if (time.now() - began >= failAfter) fail(side, other)
        else time.after(resendAfter, retry)
      }
      time.after(resendAfter, retry)
      return
    }
    side.inbound.shift()
    watch?.(next.frame)
    hand(side, next.frame)
    const following = side.inbound[0]
    if (following !== undefined) time.after(following.at - time.now(), () => deliver(side, other))
  }

  const channelOf = (side: Side, process: Process): Channel => {
    const other = otherOf.get(side) as Side
    /** The one who holds this end now asks. */
    const isOurs = (): boolean => side.process === process && !isOver(side) && !process.isGone
    return {
      kind: 'memory',
      fingerprints: { ours: side.fingerprint, theirs: other.fingerprint },
      get buffered() {
        return side.buffered
      },
      send: (frame) => {
        if (!isOurs()) return
        const { bandwidth, loss } = weather
        const bytes = new Uint8Array(frame)
        traffic.frames += 1
        traffic.bytes += bytes.length
        trace?.note(`${time.now()} ${side.place} > ${other.place} ${bytes.length} ${crc32(bytes)}`)
        side.buffered += bytes.length
        side.departsAt = Math.max(side.departsAt, time.now()) + bytes.length / bandwidth
        time.after(side.departsAt - time.now(), () => {
          const before = side.buffered
          side.buffered -= bytes.length
          const { listener, process: owner } = side
          if (before > drainedBytes && side.buffered <= drainedBytes && !isOver(side) && owner !== undefined)
            runIn(owner, () => listener?.onDrain())
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
        for (const frame of side.early.splice(0)) if (!side.isLeft) listener.onFrame(frame)
      },
      close: () => {
        if (!isOurs()) return
        side.isClosed = true
        side.isLeft = true
        process.sides.delete(side)
        const told = (): void => {
          if (!reaches(side.place, other.place)) {
            time.after(failAfter, () => fail(side, other))
            return
          }
          end(other, { code: 'ERR_CHANNEL_CLOSED', message: 'The other end closed the connection.' })
        }
        // behind what is on its way
        const last = other.inbound.at(-1)?.at ?? 0
        time.after(Math.max(0, last - time.now()) + latency(), told)
      },
    }
  }

  const connect = (one: Call, two: Call): void => {
    const sideOf = (process: Process): Side => ({
      place: process.name,
      fingerprint: Uint8Array.from({ length: 32 }, () => random.between(0, 255)),
      process,
      listener: undefined,
      early: [],
      inbound: [],
      departsAt: 0,
      buffered: 0,
      isClosed: false,
      isLeft: false,
      isDead: false,
    })
    const [a, b] = [sideOf(one.process), sideOf(two.process)]
    otherOf.set(a, b)
    otherOf.set(b, a)
    for (const [call, side] of [
      [one, a],
      [two, b],
    ] as const) {
      call.process.sides.add(side)
      runIn(call.process, () => call.dial.onOpen(channelOf(side, call.process)))
    }
  }

  const dialFrom = (process: Process, options: DialOptions): Dialling => {
    let isDone = false
    const done = (): void => {
      isDone = true
      for (const token of call.tokens) calls.delete(token)
    }
    const once = (action: () => void): void =>
      runIn(process, () => {
        if (isDone) return
        done()
        action()
      })
    const stop = time.after(options.within ?? dialTimeout, () =>
      once(() => options.onFail({ code: 'ERR_CHANNEL_FAILED', message: 'Nobody answered.' })),
    )
    const guarded: DialOptions = {
      ...options,
      onOpen: (channel) => {
        stop()
        if (isDone) channel.close()
        once(() => options.onOpen(channel))
      },
    }
    const call: Call = { dial: guarded, process, tokens: [], isAnswered: false }
    const tell = (token: string): void => {
      calls.set(token, call)
      call.tokens.push(token)
      time.after(latency() + 20, () =>
        runIn(process, () => {
          if (!isDone) options.onSignal(new TextEncoder().encode(token))
        }),
      )
    }
    if (options.initiator) tell(`offer ${lastCall++}`)
    return {
      signal: (signal) => {
        const text = new TextDecoder().decode(signal)
        const theirs = calls.get(text)
        if (isDone || process.isGone || theirs === undefined || theirs.isAnswered) return
        if (!options.initiator) {
          if (!text.startsWith('offer ') || call.isAnswered) return
          theirs.isAnswered = true
          return tell(`answer ${lastCall++} ${text}`)
        }
        if (!text.startsWith('answer ') || calls.get(text.slice(text.indexOf('offer ')))?.dial !== guarded) return
        theirs.isAnswered = true
        // the connection is made, if there is a way between them now
        time.after(2 * latency(), () => {
          if (isDone || process.isGone || theirs.process.isGone || !reaches(process.name, theirs.process.name)) return
          connect(call, theirs)
        })
      },
      close: () => {
        stop()
        done()
      },
    }
  }

  /** Whoever held connections there is gone, and the tab with it. */
  const clear = (name: string): void => {
    for (const side of orphans.get(name) ?? []) side.isDead = true
    orphans.delete(name)
  }

  const enter = (name: string): Place => {
    const former = processes.get(name)
    if (former !== undefined && !former.isGone) vanish(former, false)
    const process: Process = { name, sides: new Set(), isGone: false, isAsleep: false, later: [] }
    processes.set(name, process)
    const wakers = new Set<() => void>()
    return {
      radio: {
        isReady: true,
        onReady: () => () => undefined,
        onWake: (listener) => {
          wakers.add(listener)
          return () => wakers.delete(listener)
        },
        onAdopt: (listener) => {
          for (const side of orphans.get(name) ?? []) {
            side.process = process
            process.sides.add(side)
            runIn(process, () => listener(channelOf(side, process)))
          }
          orphans.delete(name)
          return () => undefined
        },
        dial: (options) => dialFrom(process, options),
      },
      run: (action) => runIn(process, action),
      sleep: () => {
        process.isAsleep = true
      },
      wake: (isTold) => {
        if (!process.isAsleep) return
        wakeUp(process)
        if (isTold) for (const waker of wakers) runIn(process, waker)
      },
      vanish: (isRadioLeft = false) => vanish(process, isRadioLeft),
    }
  }

  const vanish = (process: Process, isRadioLeft: boolean): void => {
    if (process.isGone) return
    process.isGone = true
    process.later.length = 0
    if (!isRadioLeft) clear(process.name)
    for (const side of process.sides) {
      side.process = undefined
      side.listener = undefined
      side.early = []
      if (!isRadioLeft) side.isDead = true
      else orphans.set(process.name, (orphans.get(process.name) ?? new Set()).add(side))
    }
    process.sides.clear()
  }

  return {
    get weather() {
      return weather
    },
    set weather(changed) {
      weather = changed
    },
    groupOf,
    traffic,
    reaches,
    enter,
  }
}
