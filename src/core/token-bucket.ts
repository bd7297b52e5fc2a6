/** So many at once, so many a second after that. */
import type { Clock } from './clock.ts'

export interface TokenBucket {
  /** Whether there was one left. */
  take(): boolean
  /** Milliseconds until the next. */
  wait(): number
}

export const createTokenBucket = (
  clock: Pick<Clock, 'monotonic'>,
  { perSecond, atOnce }: { readonly perSecond: number; readonly atOnce: number },
): TokenBucket => {
  let tokens = atOnce
  let filledAt = clock.monotonic()
  const fill = (): void => {
    const now = clock.monotonic()
    tokens = Math.min(atOnce, tokens + ((now - filledAt) / 1000) * perSecond)
    filledAt = now
  }
  return {
    take: () => {
      fill()
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
    wait: () => {
      fill()
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000)
    },
  }
}
