/** `connect()`: the one way for an app of our origin to the node of this browser. */
import { systemClock } from '../node/system-clock.ts'
import type { ConnectOptions, Shoal } from './contract.ts'
import { createWorkerAccess } from './dial.ts'
import { connectTo } from './shoal.ts'

/** Usable at once: calls wait until the worker answers, however often it restarts. */
export const connectSoon = (options: ConnectOptions = {}): Shoal => {
  const { dial, keepAlive } = createWorkerAccess()
  const { shoal, link } = connectTo(dial, { ...options, clock: systemClock })
  const stop = keepAlive({ onDoubt: () => link.suspect(), onReplaced: () => link.redial() })
  link.onState((state) => {
    if (state === 'closed') stop()
  })
  return shoal
}

/**
 * Resolves when the node has answered. Rejects with the `ShoalError` that says why it does not: `ERR_NO_WORKER` (insecure address),
 * `ERR_STORE_UNAVAILABLE` (private mode), `ERR_STORE_FORMAT` and `ERR_CLIENT_OUTDATED` (reload the page), `ERR_STORE_FULL`.
 */
export const connect = (options: ConnectOptions = {}): Promise<Shoal> => {
  const shoal = connectSoon(options)
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (shoal.state === 'connecting') return
      stop()
      if (shoal.problem === undefined) return resolve(shoal)
      reject(shoal.problem)
      shoal.close()
    }
    const stop = shoal.onState(look)
    look()
  })
}
