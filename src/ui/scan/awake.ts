/**
 * Keeps the screen on while two people hold devices in front of each other, also on a device that is in no swarm yet and has no lock by its
 * setting. The browser takes the lock away from a hidden page; it is asked again when the page comes back.
 */
export interface Awake {
  release(): void
}

interface Lock {
  release(): Promise<void>
}
interface Locks {
  request(type: 'screen'): Promise<Lock>
}

export const keepAwake = (): Awake => {
  const locks = (navigator as { wakeLock?: Locks }).wakeLock
  let lock: Lock | undefined
  let isOver = false
  const drop = (held: Lock | undefined): void => void held?.release().catch(() => undefined)
  const ask = async (): Promise<void> => {
    if (locks === undefined || isOver || document.visibilityState !== 'visible') return
    try {
      const held = await locks.request('screen')
      drop(lock)
      lock = held
      if (isOver) drop(held)
    } catch {
      // refused, for instance because the battery is low: the time that the device is set to counts then
    }
  }
  const onVisible = (): void => void ask()
  document.addEventListener('visibilitychange', onVisible)
  void ask()
  return {
    release: () => {
      if (isOver) return
      isOver = true
      document.removeEventListener('visibilitychange', onVisible)
      drop(lock)
    },
  }
}
