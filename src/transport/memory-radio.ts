/**
 * Radios in one process: their signals are carried by the caller, as with WebRTC, and lead to a pair of memory channels. A signal is
 * `0x6d`, 1 for an offer or 2 for an answer, the dialling's id and the id it answers (4 bytes each), and 32 bytes that stand for its
 * certificate. Ids are counted, so that a seeded run repeats itself.
 */
import type { Clock } from '../core/clock.ts'
import { dialTimeMax } from '../core/limits.ts'
import type { Channel, DialOptions, Dialling, Fingerprints, Radio } from './contract.ts'
import type { MemoryPair, Wire } from './memory.ts'
import { createMemoryPair } from './memory.ts'
import { failed } from './reception.ts'

export interface MemoryRadio extends Radio {
  readonly name: string
  setReady(isReady: boolean): void
  wake(): void
  /** Hands over a channel that outlived its first owner. */
  adopt(channel: Channel): void
}

export interface MemoryAirOptions {
  readonly clock: Clock
  /** Asked when two radios connect. */
  readonly wire?: (a: string, b: string) => Wire
  /** From the answer to open channels, in milliseconds; 20 where absent. */
  readonly connectTime?: number
  /** False: as over a WebSocket, there is nothing to bind a proof to. */
  readonly hasFingerprints?: boolean
}

export interface AirPair {
  /** The radio that dialled is the first. */
  readonly names: readonly [string, string]
  readonly pair: MemoryPair
}

export interface MemoryAir {
  radio(name: string): MemoryRadio
  /** Nothing passes between the two any more, and no dialling succeeds, until `mend`. */
  cut(a: string, b: string): void
  mend(a: string, b: string): void
  /** Those that are open. */
  pairs(): readonly AirPair[]
}

interface Call {
  readonly id: number
  readonly name: string
  readonly certificate: Uint8Array<ArrayBuffer>
  readonly options: DialOptions
  /** What the other end's signal named. */
  theirs: Uint8Array<ArrayBuffer> | undefined
  isOver: boolean
}

const magic = 0x6d
const signalBytes = 42

const writeSignal = (type: 1 | 2, { id, certificate }: Call, answers: number): Uint8Array<ArrayBuffer> => {
  const signal = new Uint8Array(signalBytes)
  signal.set([magic, type])
  const view = new DataView(signal.buffer)
  view.setUint32(2, id)
  view.setUint32(6, answers)
  signal.set(certificate, 10)
  return signal
}

const key = (a: string, b: string): string => [a, b].sort().join('\n')

export const createMemoryAir = (options: MemoryAirOptions): MemoryAir => {
  const { clock, wire = () => ({}), connectTime = 20, hasFingerprints = true } = options
  const calls = new Map<number, Call>()
  const open = new Set<AirPair>()
  const severed = new Set<string>()
  let lastId = 0

  const forget = (call: Call): void => {
    call.isOver = true
    calls.delete(call.id)
  }
  const join = (caller: Call, answerer: Call): void => {
    if (caller.isOver || answerer.isOver || answerer.options.initiator || severed.has(key(caller.name, answerer.name)))
      return
    const seen = { caller: caller.theirs, answerer: answerer.theirs }
    if (seen.caller === undefined || seen.answerer === undefined) return
    const fingerprints: readonly [Fingerprints, Fingerprints] = [
      { ours: caller.certificate, theirs: seen.caller },
      { ours: answerer.certificate, theirs: seen.answerer },
    ]
    forget(caller)
    forget(answerer)
    const pair = createMemoryPair({
      clock,
      wire: wire(caller.name, answerer.name),
      kind: hasFingerprints ? 'webrtc' : 'memory',
      ...(hasFingerprints ? { fingerprints } : {}),
    })
    for (const old of open) if (!old.pair.isOpen) open.delete(old)
    open.add({ names: [caller.name, answerer.name], pair })
    caller.options.onOpen(pair.ends[0])
    answerer.options.onOpen(pair.ends[1])
  }

  const dial = (name: string, isReady: boolean, dialled: DialOptions): Dialling => {
    const id = ++lastId
    const certificate = new Uint8Array(32).fill(id % 251)
    new DataView(certificate.buffer).setUint32(0, id)
    const call: Call = { id, name, certificate, options: dialled, theirs: undefined, isOver: false }
    calls.set(id, call)
    const fail = (code: string, message: string): void => {
      if (call.isOver) return
      forget(call)
      dialled.onFail({ code, message })
    }
    const tell = (signal: Uint8Array<ArrayBuffer>): void => {
      clock.after(0, () => {
        if (!call.isOver) dialled.onSignal(signal)
      })
    }
    if (isReady) {
      const { code, message } = failed('Nobody answered in time.')
      clock.after(dialled.within ?? dialTimeMax, () => fail(code, message))
      if (dialled.initiator) tell(writeSignal(1, call, 0))
    } else clock.after(0, () => fail('ERR_NO_RADIO', 'This radio is switched off.'))

    return {
      signal: (signal) => {
        const view = new DataView(signal.buffer, signal.byteOffset, signal.byteLength)
        if (signal.length !== signalBytes || signal[0] !== magic || call.isOver || call.theirs !== undefined) return
        if (signal[1] !== (dialled.initiator ? 2 : 1)) return
        const other = view.getUint32(2)
        if (dialled.initiator && view.getUint32(6) !== id) return
        call.theirs = signal.slice(10)
        if (!dialled.initiator) return tell(writeSignal(2, call, other))
        clock.after(connectTime, () => {
          const answerer = calls.get(other)
          if (answerer !== undefined) join(call, answerer)
        })
      },
      close: () => forget(call),
    }
  }

  return {
    radio: (name) => {
      const readyListeners = new Set<(isReady: boolean) => void>()
      const wakeListeners = new Set<() => void>()
      const adopters = new Set<(channel: Channel) => void>()
      const orphans: Channel[] = []
      let isReady = true
      const add = <T>(to: Set<T>, listener: T): (() => void) => {
        to.add(listener)
        return () => to.delete(listener)
      }
      return {
        name,
        get isReady() {
          return isReady
        },
        onReady: (listener) => add(readyListeners, listener),
        onWake: (listener) => add(wakeListeners, listener),
        onAdopt: (listener) => {
          for (const channel of orphans.splice(0)) listener(channel)
          return add(adopters, listener)
        },
        keep: (channel) => void orphans.push(channel),
        dial: (dialled) => dial(name, isReady, dialled),
        setReady: (next) => {
          if (isReady === next) return
          isReady = next
          for (const listener of readyListeners) listener(next)
        },
        wake: () => {
          for (const listener of wakeListeners) listener()
        },
        adopt: (channel) => {
          const [adopter] = adopters
          if (adopter === undefined) orphans.push(channel)
          else adopter(channel)
        },
      }
    },
    cut: (a, b) => {
      severed.add(key(a, b))
      for (const { names, pair } of open) if (key(...names) === key(a, b)) pair.cut()
    },
    mend: (a, b) => {
      severed.delete(key(a, b))
      for (const { names, pair } of open) if (key(...names) === key(a, b)) pair.mend()
    },
    pairs: () => [...open].filter(({ pair }) => pair.isOpen),
  }
}
