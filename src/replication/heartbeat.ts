/**
 * What heartbeats tell of a link: round trip and how far the other clock is from ours. Wall clocks are compared by way of our monotonic
 * one, so a jump of our own clock shows at once and spoils no sample.
 */
import type { Clock } from '../core/clock.ts'

const samplesMax = 8
const tripsMax = 5
/** Pings whose answer is still awaited. */
const awaitedMax = 64
/** Microseconds by which a clock moves only when somebody sets it. */
const jump = 1_000_000

export interface Heartbeat {
  /** Id of a ping that goes out now. */
  beat(): number
  /** The answer to one of ours: false when it was none. `time`: their wall clock, in microseconds. */
  answered(id: number, time: number): boolean
  readonly roundTrip: number | undefined
  readonly clockOffset: number | undefined
}

interface Sample {
  /** Milliseconds. */
  readonly trip: number
  /** Their wall clock at zero of our monotonic one, in microseconds. */
  readonly base: number
}

const median = (values: readonly number[]): number | undefined => {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[sorted.length >> 1]
  const lower = sorted[(sorted.length - 1) >> 1]
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2
}

export const createHeartbeat = (clock: Clock): Heartbeat => {
  const awaited = new Map<number, number>()
  let samples: Sample[] = []
  let last = 0

  /** The quicker half of the samples: what was not held up on the way lies closest to the truth. */
  const base = (): number | undefined => {
    const quick = samples.toSorted((a, b) => a.trip - b.trip).slice(0, Math.ceil(samples.length / 2))
    return median(quick.map((sample) => sample.base))
  }
  return {
    beat: () => {
      last += 1
      awaited.set(last, clock.monotonic())
      if (awaited.size > awaitedMax) awaited.delete(last - awaitedMax)
      return last
    },
    answered: (id, time) => {
      const sentAt = awaited.get(id)
      if (sentAt === undefined) return false
      awaited.delete(id)
      const now = clock.monotonic()
      const trip = now - sentAt
      const sample = { trip, base: time - ((sentAt + now) / 2) * 1000 }
      const before = base()
      if (before !== undefined && Math.abs(before - sample.base) > jump + trip * 1000) samples = []
      samples = [...samples, sample].slice(-samplesMax)
      return true
    },
    get roundTrip() {
      return median(samples.slice(-tripsMax).map((sample) => sample.trip))
    },
    get clockOffset() {
      const theirs = base()
      return theirs === undefined ? undefined : Math.round(theirs + clock.monotonic() * 1000 - clock.now())
    },
  }
}
