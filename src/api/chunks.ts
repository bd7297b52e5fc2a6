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

type Chunk =
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

type Arrival =
  | { readonly type: 'batch'; readonly batch: readonly string[] }
  | { readonly type: 'end' }
  | { readonly type: 'failure'; readonly error: unknown }

export const createChunks = (source: Lines, clock: Clock, idle?: number): Chunks => {
  let isAsked = false
  let arrived: Arrival | undefined
  let wake: (() => void) | undefined
  let batch: readonly string[] = []
  let at = 0
  let hasEnded = false
  let failure: Extract<Arrival, { type: 'failure' }> | undefined

  const arrive = (arrival: Arrival): void => {
    arrived = arrival
    wake?.()
  }
  /** What the source says next; `undefined` when it says nothing for `wait` milliseconds, and then it stays asked. */
  const hear = async (wait: number | undefined): Promise<Arrival | undefined> => {
    if (!isAsked) {
      isAsked = true
      source.next().then(
        ({ value }) => arrive(value === undefined ? { type: 'end' } : { type: 'batch', batch: value }),
        (error: unknown) => arrive({ type: 'failure', error }),
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
    const arrival = arrived
    if (arrival === undefined) return undefined
    isAsked = false
    arrived = undefined
    return arrival
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
      if (failure !== undefined && parts.length === 0) {
        const { error } = failure
        failure = undefined
        throw error
      }
      if (hasEnded) return parts.length > 0 ? flush() : { type: 'end' }
      const arrival = await hear(parts.length > 0 ? gatherWait : idle)
      if (arrival === undefined) return parts.length > 0 ? flush() : { type: 'idle' }
      if (arrival.type !== 'batch') {
        hasEnded = true
        if (arrival.type === 'failure') failure = arrival
        continue
      }
      if (arrival.batch.length === 0 && parts.length > 0) return flush()
      batch = arrival.batch
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
