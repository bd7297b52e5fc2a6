/**
 * What arrived on all links, on its way through the gate: the first at once, what comes meanwhile together. Becomes present as one
 * batch: when nothing more is under way, or after a while (RULES 12).
 */
import type { Clock } from '../core/clock.ts'
import type { StreamId } from '../core/event.ts'
import { errorCode, errorMessage } from '../core/errors.ts'
import { intakeBytes, intakeRunsMax, liveHoldMax } from '../core/limits.ts'
import type { Ingested, Log, RunSketch } from '../log/contract.ts'

export interface Arrived<Key> {
  readonly link: Key
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly sketch: RunSketch
  /** Wanted as a part of what is lacking; else a seal of what is held. */
  readonly isCounted: boolean
  /** Asked for to see whether it is what was told; says nothing of what is lacking. */
  readonly isProof: boolean
}

export interface IntakeOptions<Key> {
  readonly log: Pick<Log, 'ingest' | 'release'>
  readonly clock: Clock
  readonly report: (code: string, message: string) => void
  readonly mayJump: (stream: StreamId) => boolean
  /** `undefined`: the gate could not work at all. */
  readonly onAnswer: (arrived: Arrived<Key>, answer: Ingested | undefined) => void
  /** A batch is through. */
  readonly onBatch: () => void
}

export interface Intake<Key> {
  add(arrived: Arrived<Key>): void
  /** Drops what came from a link that is not to be believed. */
  drop(link: Key): readonly Arrived<Key>[]
  /** Makes present what was stored, now or soon: `isIdle`: nothing more is under way; `isCatchingUp`: much is. */
  settle(isIdle: boolean, isCatchingUp: boolean): void
  /** The store takes nothing for now: nothing more is to be wanted. */
  readonly isStuck: boolean
  /** Not through the gate yet. */
  readonly bytes: number
  close(): void
}

/** While one batch is being written, the next is examined. */
const batchesMax = 2

/** Errors after which this log takes nothing any more. */
const finalCodes = new Set(['ERR_STORE_FENCED', 'ERR_STORE_CLOSED'])
/** Milliseconds. */
const retryFirst = 5000
const retryMax = 60_000

/** Runs that no honest node passes on; a newer version of a run is not among them. */
export const isDishonest = (answer: Ingested): boolean => answer.type === 'refused' && answer.code !== 'ERR_RUN_VERSION'

export const createIntake = <Key>(options: IntakeOptions<Key>): Intake<Key> => {
  const { log, clock, report, mayJump, onAnswer, onBatch } = options
  let queue: Arrived<Key>[] = []
  let bytes = 0
  let batches = 0
  let isHeld = false
  /** Of the store, in a row. */
  let failures = 0
  let isClosed = false
  let cancelRelease: (() => void) | undefined
  let cancelRetry: (() => void) | undefined

  const takeBatch = (): Arrived<Key>[] => {
    let size = 0
    let count = 0
    for (const { bytes: run } of queue) {
      if (count === intakeRunsMax || (count > 0 && size + run.length > intakeBytes)) break
      size += run.length
      count += 1
    }
    return queue.splice(0, count)
  }

  const pass = async (batch: readonly Arrived<Key>[]): Promise<void> => {
    let answers: readonly Ingested[] = []
    try {
      answers = await log.ingest(
        batch.map((arrived) => arrived.bytes),
        { hold: true, mayJump },
      )
      isHeld = true
      failures = 0
    } catch (error) {
      // what the store has no room for now may be had again later
      report(errorCode(error), `What other nodes sent could not be stored: ${errorMessage(error)}`)
      if (finalCodes.has(errorCode(error))) isClosed = true
      else cancelRetry ??= clock.after(Math.min(retryMax, retryFirst * 2 ** failures++), resume)
    }
    batches -= 1
    for (const [index, arrived] of batch.entries()) {
      bytes -= arrived.bytes.length
      onAnswer(arrived, answers[index])
    }
    onBatch()
    pump()
  }

  const resume = (): void => {
    cancelRetry = undefined
    pump()
    onBatch()
  }

  const pump = (): void => {
    while (!isClosed && cancelRetry === undefined && batches < batchesMax && queue.length > 0) {
      batches += 1
      void pass(takeBatch())
    }
  }

  const release = (): void => {
    cancelRelease?.()
    cancelRelease = undefined
    if (!isHeld) return
    isHeld = false
    log.release()
  }

  return {
    add: (arrived) => {
      if (isClosed) return
      queue.push(arrived)
      bytes += arrived.bytes.length
      // a turn later: what else arrives in this one goes through together
      if (queue.length === 1) void Promise.resolve().then(pump)
    },
    drop: (link) => {
      const gone = queue.filter((arrived) => arrived.link === link)
      queue = queue.filter((arrived) => arrived.link !== link)
      for (const arrived of gone) bytes -= arrived.bytes.length
      return gone
    },
    settle: (isIdle, isCatchingUp) => {
      if (!isHeld) return
      if (isIdle && queue.length === 0 && batches === 0) release()
      else if (isCatchingUp) {
        // the log itself lets go after a while
        cancelRelease?.()
        cancelRelease = undefined
      } else cancelRelease ??= clock.after(liveHoldMax, release)
    },
    get isStuck() {
      return cancelRetry !== undefined
    },
    get bytes() {
      return bytes
    },
    close: () => {
      isClosed = true
      cancelRetry?.()
      release()
    },
  }
}
