import type { Clock } from '../../src/core/clock.ts'

/** Stands still until told. `after` fires in the order of time. */
export interface ManualClock extends Clock {
  pass(ms: number): void
  /** How many actions wait. */
  readonly waiting: number
}

export const createManualClock = (start = 1_700_000_000_000_000): ManualClock => {
  let elapsed = 0
  const pending = new Set<{ readonly at: number; readonly action: () => void }>()
  return {
    now: () => start + elapsed * 1000,
    monotonic: () => elapsed,
    after: (ms, action) => {
      const entry = { at: elapsed + ms, action }
      pending.add(entry)
      return () => pending.delete(entry)
    },
    pass: (ms) => {
      const until = elapsed + ms
      for (;;) {
        const next = [...pending].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        pending.delete(next)
        elapsed = next.at
        next.action()
      }
      elapsed = until
    },
    get waiting() {
      return pending.size
    },
  }
}

/** Lets everything happen that needs no clock. */
export const settle = async (turns = 5): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** The number, once it has not changed for a while of real time. */
export const steady = async (read: () => number): Promise<number> => {
  for (let before = -1, calm = 0; ;) {
    const now = read()
    calm = now === before ? calm + 1 : 0
    if (calm === 5) return now
    before = now
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
