/**
 * Keeps the screen on while it is wanted and the page is visible: a tablet whose screen goes dark replicates nothing. The browser takes the
 * lock away whenever the page is hidden, and may refuse it (a low battery); it is asked again when the page comes back, and on the next touch.
 */
import type { WakeState } from './contract.ts'

/** The part of `WakeLockSentinel` that we need. */
export interface HeldLock {
  release(): Promise<void>
  addEventListener(type: 'release', listener: () => void): void
}

export interface WakeLockDeps {
  /** `navigator.wakeLock.request`; undefined where there is none. */
  readonly request: (() => Promise<HeldLock>) | undefined
  readonly isVisible: () => boolean
  readonly onChange: (state: WakeState) => void
}

export interface WakeLock {
  readonly state: WakeState
  /** Whether it should be held whenever the page is visible. */
  want(isWanted: boolean): void
  /** Something happened after which asking may succeed: the page came back, or somebody touched it. */
  retry(): void
}

export const createWakeLock = ({ request, isVisible, onChange }: WakeLockDeps): WakeLock => {
  let state: WakeState = { wanted: false, held: false, supported: request !== undefined }
  let held: HeldLock | undefined
  let isAsking = false

  const set = (change: Partial<WakeState>): void => {
    state = { ...state, ...change }
    onChange(state)
  }
  const drop = (): void => {
    const lock = held
    held = undefined
    set({ held: false })
    lock?.release().catch(() => undefined)
  }
  const ask = async (): Promise<void> => {
    if (request === undefined || isAsking || held !== undefined || !state.wanted || !isVisible()) return
    isAsking = true
    try {
      const lock = await request()
      held = lock
      lock.addEventListener('release', () => {
        if (held !== lock) return
        held = undefined
        set({ held: false })
      })
      // it may have been unwanted meanwhile
      if (state.wanted) set({ held: true })
      else drop()
    } catch {
      set({ held: false })
    } finally {
      isAsking = false
    }
  }
  return {
    get state() {
      return state
    },
    want: (isWanted) => {
      if (isWanted !== state.wanted) set({ wanted: isWanted })
      if (isWanted) void ask()
      else if (held !== undefined) drop()
    },
    retry: () => void ask(),
  }
}

interface WakeLocks {
  request(type: 'screen'): Promise<HeldLock>
}

/** This page's. */
export const watchWakeLock = (onChange: (state: WakeState) => void): WakeLock => {
  const locks = (navigator as { wakeLock?: WakeLocks }).wakeLock
  const lock = createWakeLock({
    request: locks === undefined ? undefined : () => locks.request('screen'),
    isVisible: () => document.visibilityState === 'visible',
    onChange,
  })
  document.addEventListener('visibilitychange', () => lock.retry())
  addEventListener('pageshow', () => lock.retry())
  addEventListener('pointerdown', () => lock.retry(), { capture: true, passive: true })
  return lock
}
