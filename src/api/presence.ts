/** Waiting for the log to grow, without missing what happens while nobody waits, and without keeping anything but one bit. */
import type { Log } from '../log/contract.ts'

export interface Presence {
  /** Resolves when `present` advanced since the last call, or at once when it did meanwhile. False: no more, the reader left. */
  advanced(): Promise<boolean>
  close(): void
}

export const watchPresence = (log: Log, signal: AbortSignal): Presence => {
  let hasAdvanced = false
  let wake: (() => void) | undefined
  const stir = (): void => {
    wake?.()
    wake = undefined
  }
  const stopListening = log.onPresent(() => {
    hasAdvanced = true
    stir()
  })
  signal.addEventListener('abort', stir)
  return {
    advanced: async () => {
      if (!hasAdvanced && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
      hasAdvanced = false
      return !signal.aborted
    },
    close: () => {
      stopListening()
      signal.removeEventListener('abort', stir)
    },
  }
}
