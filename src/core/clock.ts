/** Time as an argument: the simulator and the tests bring their own; the device's is `systemClock` in `src/node/`. */
export interface Clock {
  /** Wall time in whole microseconds since the epoch; may jump either way. */
  now(): number
  /** Milliseconds that only grow; for ages and time-outs. */
  monotonic(): number
  /** Runs `action` after `ms` milliseconds; the answer cancels it. */
  after(ms: number, action: () => void): () => void
}
