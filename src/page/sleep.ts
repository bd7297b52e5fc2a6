/**
 * Notices that this device was not there for a while: its tabs hidden, frozen or closed, the screen dark. Every tab that can receive leaves a
 * beat where all tabs see it; a long gap between two beats is a sleep, of which the person at the device is told.
 */
import type { Clock } from '../core/clock.ts'
import type { Slept } from './contract.ts'

/** Milliseconds between two beats. */
export const beatEvery = 5000
/** A gap longer than this is a sleep; browsers let hidden tabs run once a minute. Milliseconds. */
export const sleepMin = 75_000

export interface SleepDeps {
  readonly clock: Clock
  /** Whether this device could receive something at this moment; undefined while nobody knows. */
  readonly isAwake: () => boolean | undefined
  /** When any tab left its last beat, milliseconds since the epoch. */
  readonly lastBeat: () => number | undefined
  readonly leaveBeat: (at: number) => void
  readonly onSlept: (slept: Slept) => void
}

export interface SleepWatch {
  /** Something happened that may have ended a sleep. */
  look(): void
  stop(): void
}

export const createSleepWatch = (deps: SleepDeps): SleepWatch => {
  const { clock } = deps
  let cancel: (() => void) | undefined
  const look = (): void => {
    if (deps.isAwake() !== true) return
    const now = Math.floor(clock.now() / 1000)
    const last = deps.lastBeat()
    // a clock that was set back says nothing about sleep
    if (last !== undefined && now - last > sleepMin) deps.onSlept({ from: last, to: now })
    deps.leaveBeat(now)
  }
  const turn = (): void => {
    look()
    cancel = clock.after(beatEvery, turn)
  }
  turn()
  return { look, stop: () => cancel?.() }
}

const beatKey = 'shoal.beat'

/** Storage may be forbidden; then each page only knows its own beats. */
export const watchSleep = (deps: Omit<SleepDeps, 'lastBeat' | 'leaveBeat'>): SleepWatch => {
  let own: number | undefined
  const watch = createSleepWatch({
    ...deps,
    lastBeat: () => {
      try {
        const kept = Number(localStorage.getItem(beatKey) ?? Number.NaN)
        return Number.isFinite(kept) ? kept : own
      } catch {
        return own
      }
    },
    leaveBeat: (at) => {
      own = at
      try {
        localStorage.setItem(beatKey, String(at))
      } catch {
        // known to this page, then
      }
    },
  })
  document.addEventListener('visibilitychange', () => watch.look())
  addEventListener('pageshow', () => watch.look())
  return watch
}
