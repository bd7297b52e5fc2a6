/** Waiting for the log to change, without missing what happens while nobody waits, and without keeping more than where streams were shortened. */
import type { StreamId } from '../core/event.ts'
import type { Log, Withdrawn } from '../log/contract.ts'

export interface Presence {
  /** Resolves when `present` changed since the last call, or at once when it did meanwhile. False: no more, the reader left. */
  advanced(): Promise<boolean>
  /** What is present no more, since the last call: the first events of each stream that went. */
  withdrawn(): readonly Withdrawn[]
  close(): void
}

export const watchPresence = (log: Log, signal: AbortSignal): Presence => {
  let hasAdvanced = false
  let wake: (() => void) | undefined
  const gone = new Map<StreamId, Withdrawn>()
  const stir = (): void => {
    wake?.()
    wake = undefined
  }
  const change = (): void => {
    hasAdvanced = true
    stir()
  }
  const stopListening = [
    log.onPresent(change),
    log.onWithdrawn((streams) => {
      for (const one of streams) if (one.from < (gone.get(one.stream)?.from ?? Infinity)) gone.set(one.stream, one)
      change()
    }),
  ]
  signal.addEventListener('abort', stir)
  return {
    advanced: async () => {
      if (!hasAdvanced && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
      hasAdvanced = false
      return !signal.aborted
    },
    withdrawn: () => {
      const all = [...gone.values()]
      gone.clear()
      return all
    },
    close: () => {
      for (const stop of stopListening) stop()
      signal.removeEventListener('abort', stir)
    },
  }
}
