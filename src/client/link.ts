/**
 * The connection to the node in the worker, across the worker's deaths. It promises each exchange that it is asked again on the next
 * line, in the order of asking, until it has ended; so an exchange must be one that may be asked twice (a receipt, a cursor, a pinned
 * bound).
 *
 * A line is never given up by the clock alone, for a busy worker is slow and not dead: after a silence it is probed, when the probe
 * stays unanswered a second line is dialled beside it, and only when the second one speaks and the first still does not is it dead.
 */
import type { ConnectMessage, PortAnswer, PortCall } from '../api/port-contract.ts'
import type { Clock } from '../core/clock.ts'
import { ShoalError } from '../core/errors.ts'
import type { ConnectionState } from './contract.ts'
import type { Line, Port } from './line.ts'
import { createLine } from './line.ts'

/** Opens a port to whichever worker is active now, starting it where it sleeps. A `ShoalError` says that none can be reached. */
export type Dial = (connect: ConnectMessage) => Promise<Port>

export interface Exchange {
  readonly call: PortCall
  /** Made for each asking anew: what was delivered already must not be asked for again. */
  body(): string
  /** `more` asks for the next chunk of the window. */
  onNext(lines: string, more: () => void): void
  /** Once; without an error it is complete. */
  onEnd(error?: ShoalError): void
  /** Waits out a refusal that may pass (a full or locked store) instead of ending with it. */
  readonly patient: boolean
}

export interface Link {
  readonly state: ConnectionState
  /** Why the node refuses us, while `state` is `refused`. */
  readonly problem: ShoalError | undefined
  onState(listener: (state: ConnectionState) => void): () => void
  /** The answer cancels. */
  ask(exchange: Exchange): () => void
  /** Something happened that may have killed the line: find out at once. */
  suspect(): void
  /** Another worker took over: move there. */
  redial(): void
  close(): void
}

/** Milliseconds. */
export interface LinkTimes {
  /** Between two looks at a line that is in use. */
  readonly look: number
  /** Silence before a probe while a call waits for its answer. */
  readonly callSilence: number
  /** The same while only what is silent by nature is open. */
  readonly idleSilence: number
  /** An unanswered probe, before a second line is dialled. */
  readonly probeWait: number
  /** How long the second line must have spoken while the first one stayed silent. */
  readonly lead: number
  /** A new line that stays silent is dialled again after this, then after twice this, up to `dialWaitMax`. */
  readonly dialWait: number
  readonly dialWaitMax: number
  /** After a line that failed: first this, then doubled, up to `backOffMax`. */
  readonly backOff: number
  readonly backOffMax: number
}

export const linkTimes: LinkTimes = {
  look: 250,
  callSilence: 500,
  idleSilence: 5000,
  probeWait: 500,
  lead: 300,
  dialWait: 1000,
  dialWaitMax: 16_000,
  backOff: 100,
  backOffMax: 5000,
}

/** Answers of a worker that is on its way out, or lost its store: the same question to the next one is right. */
const passing = new Set([
  'ERR_STORE_FENCED',
  'ERR_STORE_CLOSED',
  'ERR_STORE_UNKNOWN_OUTCOME',
  'ERR_NODE_CLOSED',
  'ERR_SHUTTING_DOWN',
])
/** Only another version of this page can help. */
const final = new Set(['ERR_CLIENT_OUTDATED', 'ERR_STORE_FORMAT'])
/** So often is an exchange asked again because of a passing error before it ends with it: with the back-off, about half a minute. */
const passingMax = 12

/** What has nothing to say for as long as nothing happens. */
const silentByNature = new Set<PortCall>(['subscribe', 'swarm_watch', 'swarm_join'])

interface Open {
  readonly exchange: Exchange
  passed: number
}

export const createLink = (dial: Dial, connect: ConnectMessage, clock: Clock, times: LinkTimes = linkTimes): Link => {
  const open = new Map<number, Open>()
  const listeners = new Set<(state: ConnectionState) => void>()
  let state: ConnectionState = 'connecting'
  let problem: ShoalError | undefined
  let line: Line | undefined
  let candidate: Line | undefined
  /** Grows with each dialling, so that a slow one that was overtaken is recognised. */
  let dialling = 0
  let isDialling = false
  /** Failures since a line last answered a question. */
  let failures = 0
  let dialFrom = 0
  let mustMove = false
  /** Somebody has a reason to think that the line is dead: do not wait for the probe before dialling beside it. */
  let isDoubted = false
  let nextId = 1
  let stopLooking: (() => void) | undefined
  let lookAt = 0

  const enter = (next: ConnectionState, why?: ShoalError): void => {
    problem = why
    if (state === next) return
    state = next
    for (const listener of listeners) listener(next)
  }
  const backOff = (): number => (failures === 0 ? 0 : Math.min(times.backOffMax, times.backOff * 2 ** (failures - 1)))

  const put = (id: number, { exchange }: Open): void => {
    let body
    try {
      body = exchange.body()
    } catch (error) {
      open.delete(id)
      exchange.onEnd(
        error instanceof ShoalError ? error : new ShoalError('ERR_INTERNAL', String(error), { cause: error }),
      )
      return
    }
    line?.send({ type: 'request', id, call: exchange.call, body })
  }

  const dropCandidate = (): void => {
    candidate?.close()
    candidate = undefined
  }
  const dropLine = (): void => {
    // a worker that lives on need not go on answering
    for (const id of open.keys()) line?.send({ type: 'cancel', id })
    line?.close()
    line = undefined
  }
  /** Starts over after a failure, when the back-off has passed. */
  const fail = (): void => {
    failures++
    dropLine()
    dropCandidate()
    dialFrom = clock.monotonic() + backOff()
    enter('connecting')
    look()
  }
  const refuse = (error: ShoalError): void => {
    failures++
    dropLine()
    dropCandidate()
    dialFrom = clock.monotonic() + backOff()
    const isFinal = final.has(error.code)
    enter('refused', error)
    for (const [id, { exchange }] of [...open]) {
      if (exchange.patient && !isFinal) continue
      open.delete(id)
      exchange.onEnd(error)
    }
    look()
  }

  const adopt = (): void => {
    dropLine()
    line = candidate
    candidate = undefined
    mustMove = false
    enter('connected')
    for (const [id, asked] of [...open]) if (open.has(id)) put(id, asked)
  }

  const hear = (from: Line, answer: PortAnswer): void => {
    if (from === candidate) {
      if (answer.type === 'refused') {
        const error = new ShoalError(answer.code, answer.message)
        if (passing.has(error.code)) fail()
        else refuse(error)
      } else if (answer.type === 'ready' && (line === undefined || mustMove)) adopt()
      return
    }
    if (from !== line || answer.type === 'ready' || answer.type === 'alive') return
    if (answer.type === 'refused') {
      fail()
      return
    }
    const asked = open.get(answer.id)
    if (asked === undefined) return
    if (answer.type === 'error' && passing.has(answer.code) && asked.passed++ < passingMax) {
      failures = Math.max(failures, asked.passed - 1)
      fail()
      return
    }
    failures = 0
    const { id } = answer
    if (answer.type === 'next') {
      asked.exchange.onNext(answer.lines, () => {
        if (line === from && open.has(id)) from.send({ type: 'more', id })
      })
      return
    }
    open.delete(id)
    if (answer.type === 'complete' && answer.lines !== undefined) asked.exchange.onNext(answer.lines, () => undefined)
    asked.exchange.onEnd(answer.type === 'error' ? new ShoalError(answer.code, answer.message) : undefined)
  }

  const dialNow = (): void => {
    const turn = ++dialling
    isDialling = true
    const settled = (): boolean => {
      if (turn !== dialling) return false
      isDialling = false
      return state !== 'closed'
    }
    dial(connect).then(
      (port) => {
        if (!settled()) return port.close()
        dropCandidate()
        const fresh: Line = createLine(port, clock, (answer) => hear(fresh, answer))
        candidate = fresh
        fresh.probe()
        look()
      },
      (error: unknown) => {
        if (!settled()) return
        if (line !== undefined) dialFrom = clock.monotonic() + times.dialWait
        else if (error instanceof ShoalError) refuse(error)
        else fail()
      },
    )
  }

  const watchCandidate = (fresh: Line): void => {
    if (line !== undefined && line.probing() === undefined && !mustMove) {
      dropCandidate()
      return
    }
    if (line !== undefined && !mustMove && (fresh.spokenFor() ?? 0) > times.lead) {
      dropLine()
      enter('connecting')
      if (fresh.ready) adopt()
      return
    }
    const silent = fresh.silence()
    if (fresh.probing() === undefined) {
      if (silent > times.callSilence) fresh.probe()
    } else if (silent > Math.min(times.dialWaitMax, times.dialWait * 2 ** Math.min(failures, 8))) {
      failures++
      dropCandidate()
      dialFrom = 0
    }
  }

  const silenceMax = (): number => {
    for (const { exchange } of open.values()) if (!silentByNature.has(exchange.call)) return times.callSilence
    return times.idleSilence
  }

  const lookAfter = (ms: number): void => {
    const at = clock.monotonic() + ms
    if (stopLooking !== undefined && lookAt <= at) return
    stopLooking?.()
    lookAt = at
    stopLooking = clock.after(ms, look)
  }

  /** Judges the lines, and comes back while there is something to judge. */
  const look = (): void => {
    stopLooking?.()
    stopLooking = undefined
    if (state === 'closed') return
    if (candidate !== undefined) watchCandidate(candidate)
    let untilProbe = 0
    if (line !== undefined && open.size > 0 && line.probing() === undefined) {
      untilProbe = silenceMax() - line.silence()
      if (untilProbe <= 0) line.probe()
    }
    const probing = line?.probing()
    if (probing === undefined) isDoubted = false
    const isSilent = probing !== undefined && (isDoubted || probing > times.probeWait)
    const isSuspect = mustMove || line === undefined || isSilent
    const isIdleRefusal = state === 'refused' && open.size === 0
    if (isSuspect && !isIdleRefusal && candidate === undefined && !isDialling && clock.monotonic() >= dialFrom)
      dialNow()
    const isCalm =
      candidate === undefined && !mustMove && (isIdleRefusal || (line !== undefined && probing === undefined))
    if (isCalm && open.size === 0) return
    const untilDial = dialFrom - clock.monotonic()
    if (isCalm) lookAfter(Math.max(times.look, untilProbe))
    else lookAfter(line === undefined && untilDial > 0 ? Math.min(times.look, untilDial) : times.look)
  }

  look()
  return {
    get state() {
      return state
    },
    get problem() {
      return problem
    },
    onState: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ask: (exchange) => {
      if (state === 'closed') {
        queueMicrotask(() => exchange.onEnd(new ShoalError('ERR_CLOSED', 'This connection was closed; connect again.')))
        return () => undefined
      }
      if (problem !== undefined && final.has(problem.code)) {
        const why = problem
        queueMicrotask(() => exchange.onEnd(why))
        return () => undefined
      }
      const id = nextId++
      const asked = { exchange, passed: 0 }
      open.set(id, asked)
      if (line !== undefined) put(id, asked)
      if (line === undefined && stopLooking === undefined) look()
      else lookAfter(times.look)
      return () => {
        if (open.delete(id)) line?.send({ type: 'cancel', id })
      }
    },
    suspect: () => {
      if (line === undefined) dialFrom = 0
      else {
        line.probe()
        isDoubted = true
      }
      look()
    },
    redial: () => {
      mustMove = true
      dialFrom = 0
      // what is under way may lead to the old worker
      dropCandidate()
      dialling++
      isDialling = false
      look()
    },
    close: () => {
      if (state === 'closed') return
      const ended = [...open.values()]
      dropLine()
      open.clear()
      dropCandidate()
      stopLooking?.()
      enter('closed')
      for (const { exchange } of ended) exchange.onEnd(new ShoalError('ERR_CLOSED', 'This connection was closed.'))
    },
  }
}
