/** The line to one signalling station: opens it, greets, answers its beats, notices when it has died, redials, keeps within its rates. */
import { backOff } from '../core/back-off.ts'
import type { Clock } from '../core/clock.ts'
import { printable } from '../core/printable.ts'
import type { Random } from '../core/random.ts'
import { createTokenBucket } from '../core/token-bucket.ts'
import type { OpenRelaySocket, RelaySocket, StationState } from './contract.ts'
import type { NodeWord } from './signalling-contract.ts'
import {
  notesAtOnce,
  notesPerSecond,
  parseWord,
  signallingVersion,
  stationSilenceMax,
  wordCharsMax,
} from './signalling-contract.ts'

/** The longest word of an honest station: a note, or all who are in a room. */
const textCharsMax = 2 * wordCharsMax
/** A station must have answered the greeting by then. Milliseconds. */
const openTimeMax = 10_000
/** And answer when it is asked whether it is still there. Milliseconds. */
const answerTimeMax = 4000
const redial = { first: 1000, max: 60_000 }
/** A station that has no room is asked less often, one that speaks another version hardly ever. Milliseconds. */
const redialFull = { first: 15_000, max: 120_000 }
const redialVersion = { first: 600_000, max: 600_000 }
/** A line that held this long starts counting failures anew. Milliseconds. */
const steadyAfter = 30_000
/** Below the station's own rates, since the clocks of both run apart. */
const pace = { perSecond: notesPerSecond * 0.8, atOnce: notesAtOnce * 0.8 }
/** What a station may say: far more than a room of hundreds makes. */
const theirPace = { perSecond: 1000, atOnce: 5000 }
/** Words waiting for the pace; beyond it the oldest is lost, like notes in general. */
const queueMax = 1000

export interface LineListener {
  onConnected(): void
  onWord(word: Readonly<Record<string, unknown>>): void
  onDisconnected(): void
  onState(): void
}

export interface Line {
  state(): StationState
  /** Lost while not connected. */
  say(word: NodeWord): void
  /** Dials at once unless connected or just doing so. */
  wake(): void
  /** Shown with the state until the next connection. */
  complain(problem: string): void
  close(): void
}

export interface LineOptions {
  readonly url: string
  readonly openSocket: OpenRelaySocket
  readonly clock: Clock
  readonly random: Random
  readonly listener: LineListener
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

export const createLine = ({ url, openSocket, clock, random, listener }: LineOptions): Line => {
  let socket: RelaySocket | undefined
  let isConnected = false
  let connectedAt = 0
  let failures = 0
  let attempt = 0
  let problem: string | undefined
  let hasFailed = false
  let closed = false
  let cancelTimer = (): void => undefined
  let cancelPump = (): void => undefined
  let heardAt = 0
  let allowance = createTokenBucket(clock, pace)
  let patience = createTokenBucket(clock, theirPace)
  const queue: NodeWord[] = []

  const timer = (ms: number, action: () => void): void => {
    cancelTimer()
    cancelTimer = clock.after(ms, action)
  }

  const pump = (): void => {
    cancelPump()
    while (queue.length > 0 && socket !== undefined) {
      if (!allowance.take()) {
        cancelPump = clock.after(allowance.wait(), pump)
        return
      }
      const word = queue.shift()
      if (word !== undefined) socket.send(JSON.stringify(word))
    }
  }

  const say = (word: NodeWord): void => {
    if (socket === undefined) return
    queue.push(word)
    if (queue.length > queueMax) queue.shift()
    pump()
  }

  const drop = (why: string, delays = redial): void => {
    const wasConnected = isConnected
    attempt += 1
    socket?.close()
    socket = undefined
    isConnected = false
    queue.length = 0
    cancelPump()
    if (wasConnected && clock.monotonic() - connectedAt >= steadyAfter) failures = 0
    hasFailed = true
    problem = why
    timer(backOff(failures++, delays, random), dial)
    if (wasConnected) listener.onDisconnected()
    listener.onState()
  }

  const watch = (): void => {
    const silent = clock.monotonic() - heardAt
    if (silent >= stationSilenceMax) drop('The station has fallen silent. It is tried again by itself.')
    else timer(stationSilenceMax - silent, watch)
  }

  const refused = ({ code, message }: Readonly<Record<string, unknown>>): void => {
    const text = typeof message === 'string' ? printable(message.slice(0, 300)) : ''
    const delays = code === 'ERR_SIGNAL_VERSION' ? redialVersion : code === 'ERR_SIGNAL_FULL' ? redialFull : redial
    drop(`The station refuses: ${sentence(text)}`, delays)
  }

  const onText = (text: string): void => {
    heardAt = clock.monotonic()
    if (!patience.take()) return drop('The station says more than any honest one would. It is tried again later.')
    const word = text.length > textCharsMax ? undefined : parseWord(text)
    if (word === undefined) return drop('What answers at this address is no station: it sends something else.')
    if (word['type'] === 'beat') return say({ type: 'beat' })
    if (word['type'] === 'refused' && word['room'] === undefined) return refused(word)
    if (isConnected) return listener.onWord(word)
    if (word['type'] !== 'hello') return
    if (word['v'] !== signallingVersion)
      return refused({ code: 'ERR_SIGNAL_VERSION', message: 'It speaks another version' })
    isConnected = true
    connectedAt = heardAt
    problem = undefined
    hasFailed = false
    watch()
    listener.onConnected()
    listener.onState()
  }

  function dial(): void {
    if (closed) return
    allowance = createTokenBucket(clock, pace)
    patience = createTokenBucket(clock, theirPace)
    timer(openTimeMax, () => drop('The station cannot be reached: it did not answer within 10 s.'))
    // what comes late from a socket that was given up is not ours any more
    const mine = ++attempt
    const isCurrent = (): boolean => attempt === mine
    const opened = openSocket(url, {
      onOpen: () => isCurrent() && say({ type: 'hello', v: signallingVersion }),
      onText: (text) => isCurrent() && onText(text),
      onClose: ({ message }) =>
        isCurrent() &&
        drop(
          isConnected
            ? `The station has closed the line: ${sentence(message)}`
            : `The station cannot be reached: ${sentence(message)}`,
        ),
    })
    if (isCurrent()) socket = opened
  }

  // not within the call that makes it: its owner does not have it yet
  timer(0, dial)
  return {
    state: () => ({
      url,
      state: isConnected ? 'connected' : hasFailed ? 'unreachable' : 'connecting',
      ...(problem === undefined ? {} : { problem }),
    }),
    say,
    wake: () => {
      if (closed) return
      if (socket === undefined) {
        failures = 0
        dial()
      } else if (isConnected) {
        // a socket that died asleep looks alive: the answer, or none, tells
        const before = heardAt
        say({ type: 'ask' })
        timer(answerTimeMax, () => {
          if (heardAt === before) drop('The station does not answer any more. It is tried again by itself.')
          else watch()
        })
      }
    },
    complain: (why) => {
      problem = why
      listener.onState()
    },
    close: () => {
      closed = true
      attempt += 1
      cancelTimer()
      cancelPump()
      socket?.close()
      socket = undefined
      isConnected = false
    },
  }
}
