/** Reading in order: cursors over streams, merged by event key; never more in memory than a run a stream. */
import type { EventKey, LogEvent, OffsetMap } from '../core/event.ts'
import { compareKeys } from '../core/event.ts'
import type { LogContext } from './context.ts'
import type { ReadBatch, ReadOptions } from './contract.ts'
import type { Cursor } from './cursor.ts'
import { createCursor } from './cursor.ts'
import type { StreamState } from './stream-state.ts'
import { baseOf } from './stream-state.ts'

/** Events handed over at once; a reader that stops early has paid for at most so many. */
const batchEventsMax = 256

export const presentOf = (context: LogContext): OffsetMap => {
  const offsets: Record<string, number> = {}
  for (const { stream, present, shift } of context.index.ordered())
    if (present > shift) offsets[stream] = present - shift - 1
  return offsets
}

interface Span {
  readonly state: StreamState
  readonly from: number
  readonly to: number
  /** Events that a cursor asked for and that are no longer here. */
  readonly expired: { readonly from: number; readonly count: number }
}

/** In the offsets of the entries; what is asked for counts from where a branch of a fork begins. */
const spansOf = (context: LogContext, { lowerBound, upperBound }: ReadOptions): Span[] =>
  context.index.ordered().flatMap((state) => {
    const { shift } = state
    const bound =
      upperBound === undefined ? state.present : Math.min(state.present, (upperBound[state.stream] ?? -1) + 1 + shift)
    const wanted = (lowerBound?.[state.stream] ?? -1) + 1 + shift
    const from = Math.max(wanted, baseOf(state))
    const named = lowerBound?.[state.stream] !== undefined
    return bound <= wanted
      ? []
      : [
          {
            state,
            from,
            to: bound,
            expired: { from: wanted - shift, count: named ? Math.min(from, bound) - wanted : 0 },
          },
        ]
  })

/** The cursor whose next key comes first, and the key of the runner-up. */
const leader = (
  cursors: readonly Cursor[],
  sign: number,
): { first: Cursor; second: EventKey | undefined } | undefined => {
  let first: Cursor | undefined
  let firstKey: EventKey | undefined
  let second: EventKey | undefined
  for (const cursor of cursors) {
    const key = cursor.key()
    if (key === undefined) continue
    if (firstKey === undefined || compareKeys(key, firstKey) * sign < 0) {
      second = firstKey
      first = cursor
      firstKey = key
    } else if (second === undefined || compareKeys(key, second) * sign < 0) second = key
  }
  return first === undefined ? undefined : { first, second }
}

async function* merge(cursors: readonly Cursor[], options: ReadOptions): AsyncGenerator<ReadBatch> {
  const sign = options.order === 'desc' ? -1 : 1
  const batchEvents = Math.min(batchEventsMax, options.limit ?? batchEventsMax)
  let events: LogEvent[] = []
  for (;;) {
    const next = leader(cursors, sign)
    if (next === undefined) break
    const { first, second } = next
    if (options.signal?.aborted === true) return
    if (!first.isReady()) {
      const gap = await first.advance()
      if (gap === undefined) continue
      if (events.length > 0) yield { type: 'events', events }
      events = []
      yield { type: 'gap', stream: first.state.stream, ...gap }
      continue
    }
    do {
      events.push(first.take())
      if (events.length === batchEvents) {
        yield { type: 'events', events }
        events = []
      }
    } while (first.isReady() && (second === undefined || compareKeys(first.key() ?? second, second) * sign < 0))
  }
  if (events.length > 0) yield { type: 'events', events }
}

async function* limited(batches: AsyncIterable<ReadBatch>, options: ReadOptions): AsyncGenerator<ReadBatch> {
  let left = options.limit ?? Number.POSITIVE_INFINITY
  if (left <= 0) return
  for await (const batch of batches) {
    if (options.signal?.aborted === true) return
    if (batch.type === 'events' && batch.events.length >= left) {
      yield { type: 'events', events: batch.events.slice(0, left) }
      return
    }
    if (batch.type === 'events') left -= batch.events.length
    yield batch
  }
}

async function* unlimited(context: LogContext, options: ReadOptions): AsyncGenerator<ReadBatch> {
  const descending = options.order === 'desc'
  const spans = spansOf(context, options)
  for (const { state, expired } of spans) {
    if (expired.count > 0)
      yield { type: 'gap', stream: state.stream, ...expired, reason: 'retention has let go of them' }
  }
  const cursors = spans.map(({ state, from, to }) =>
    createCursor(state, context.blocks, options.filter, { from, to }, descending, options.stats),
  )
  if (options.order !== 'stream-asc') yield* merge(cursors, options)
  else for (const cursor of cursors) yield* merge([cursor], options)
}

/** Matching events in order. The bounds are taken when reading begins: what is published meanwhile is left out. */
export const read = (context: LogContext, options: ReadOptions): AsyncIterable<ReadBatch> =>
  limited(unlimited(context, options), options)
