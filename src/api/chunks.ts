/**
 * Lines gathered into chunks worth sending, at the reader's pace: nothing is asked of the source before a chunk is asked of us, and
 * then no more than one chunk needs.
 */
import type { Clock } from '../core/clock.ts'
import type { Lines } from './items.ts'

/** Large enough that the trip costs less than the content, small enough that a page draws between two. UTF-16 code units. */
export const chunkChars = 64 * 1024
/** Lines at hand wait this long for more to come, in milliseconds. */
const gatherWait = 4

export type Chunk =
  /** JSON texts joined by newlines, none at the end. */
  | { readonly type: 'lines'; readonly lines: string }
  /** Nothing came for `idle` milliseconds. */
  | { readonly type: 'idle' }
  | { readonly type: 'end' }

export interface Chunks {
  /** One at a time. Rejects once, with what the source threw. */
  next(): Promise<Chunk>
  /** Lets go of the source; abort its signal first. */
  close(): void
}

export const createChunks = (source: Lines, clock: Clock, idle?: number): Chunks => {
  let isAsked = false
  let arrived: (() => IteratorResult<readonly string[], void>) | undefined
  let wake: (() => void) | undefined
  let batch: readonly string[] = []
  let at = 0
  let hasEnded = false

  const arrive = (result: () => IteratorResult<readonly string[], void>): void => {
    arrived = result
    wake?.()
  }
  /** What the source says next; `undefined` when it says nothing for `wait` milliseconds, and then it stays asked. */
  const hear = async (wait: number | undefined): Promise<IteratorResult<readonly string[], void> | undefined> => {
    if (!isAsked) {
      isAsked = true
      source.next().then(
        (result) => arrive(() => result),
        (error: unknown) =>
          arrive(() => {
            throw error
          }),
      )
    }
    if (arrived === undefined) {
      let stop: (() => void) | undefined
      await new Promise<void>((resolve) => {
        wake = resolve
        if (wait !== undefined) stop = clock.after(wait, resolve)
      })
      stop?.()
      wake = undefined
    }
    const result = arrived
    if (result === undefined) return undefined
    isAsked = false
    arrived = undefined
    return result()
  }

  const next = async (): Promise<Chunk> => {
    const parts: string[] = []
    let room = chunkChars
    const flush = (): Chunk => ({ type: 'lines', lines: parts.join('\n') })
    for (;;) {
      for (; at < batch.length; at++) {
        const line = batch[at] ?? ''
        if (line.length > room && parts.length > 0) return flush()
        parts.push(line)
        room -= line.length + 1
      }
      if (hasEnded) return parts.length > 0 ? flush() : { type: 'end' }
      const result = await hear(parts.length > 0 ? gatherWait : idle)
      if (result === undefined) return parts.length > 0 ? flush() : { type: 'idle' }
      if (result.done === true) hasEnded = true
      else if (result.value.length === 0 && parts.length > 0) return flush()
      batch = result.done === true ? [] : result.value
      at = 0
    }
  }
  return {
    next,
    close: () => {
      hasEnded = true
      batch = []
      source.return().catch(() => {})
    },
  }
}
