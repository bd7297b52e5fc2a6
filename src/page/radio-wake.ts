/** When connections may have died unnoticed: the device slept, the page came back to the screen, the network is another. */
import type { Clock } from '../core/clock.ts'

/** Milliseconds. */
const lookEvery = 1000
const jumpMin = 5000

/** What is needed of `navigator.connection`, which not every browser has. */
interface Connectivity {
  readonly connection?: Pick<EventTarget, 'addEventListener'>
}

/** The answer stops. */
export const watchWaking = (clock: Clock, onWake: () => void): (() => void) => {
  const stop = new AbortController()
  const { signal } = stop
  const isVisible = (): boolean => document.visibilityState === 'visible'
  const whenVisible = (): void => {
    if (isVisible()) onWake()
  }
  let seenAt = clock.now()
  let wasVisible = isVisible()
  let stopTimer: (() => void) | undefined
  const look = (): void => {
    const now = clock.now()
    // timers of hidden pages are late by themselves
    if (wasVisible && isVisible() && now - seenAt > (lookEvery + jumpMin) * 1000) onWake()
    seenAt = now
    wasVisible = isVisible()
    stopTimer = clock.after(lookEvery, look)
  }
  look()
  document.addEventListener('visibilitychange', whenVisible, { signal })
  document.addEventListener('resume', onWake, { signal })
  globalThis.addEventListener('pageshow', onWake, { signal })
  globalThis.addEventListener('online', onWake, { signal })
  ;(navigator as Connectivity).connection?.addEventListener('change', onWake, { signal })
  signal.addEventListener('abort', () => stopTimer?.())
  return () => stop.abort()
}
