/**
 * Subscriptions read the log again from a cursor whenever `present` advances. Nothing is queued for a slow reader: while it does not
 * ask, the cursor stays, and what arrived meanwhile is read in one go, in order.
 */
import type { EventFilter } from '../core/event-filter.ts'
import type { EventKey, LogEvent, OffsetMap } from '../core/event.ts'
import { compareKeys } from '../core/event.ts'
import type { Log, ReadBatch, Withdrawn } from '../log/contract.ts'
import type { Order } from './contract.ts'
import type { Lines } from './items.ts'
import { eventLine, gapLine, monotonicEventLine, offsetsLine, timeTravelLine } from './items.ts'
import { before, isEmptyMap, union } from './offset-map.ts'
import { watchPresence } from './presence.ts'

/** A query, understood: who asks and when is decided. */
export interface Question {
  readonly filter: EventFilter
  readonly order?: Order
  readonly limit?: number
}

const nothingForNow: readonly string[] = []

/**
 * Known events ascending, `offsets`, then what arrives, advance by advance. A limit counts all of them. What stands in the place of events that were
 * withdrawn is told like everything else, and they themselves are once more, should they come back.
 */
export async function* subscribe(log: Log, question: Question, lowerBound: OffsetMap, signal: AbortSignal): Lines {
  const { filter, limit } = question
  let left = limit ?? Infinity
  let cursor = lowerBound
  async function* readUpTo(present: OffsetMap): Lines {
    const bounds = { lowerBound: cursor, upperBound: present, ...(left !== Infinity && { limit: left }) }
    for await (const batch of log.read({ filter, order: 'asc', signal, ...bounds })) {
      if (batch.type === 'events') left -= batch.events.length
      yield batch.type === 'gap' ? [gapLine(batch)] : batch.events.map(eventLine)
      if (signal.aborted) return
    }
    // A bound beyond the present leaves out what is still to come.
    cursor = union(cursor, present)
  }

  const presence = watchPresence(log, signal)
  try {
    const present = log.present()
    yield* readUpTo(present)
    if (signal.aborted) return
    yield [offsetsLine(present)]
    while (left > 0) {
      yield nothingForNow
      if (!(await presence.advanced())) return
      for (const { stream, from } of presence.withdrawn()) cursor = before(cursor, stream, from)
      yield* readUpTo(log.present())
    }
  } finally {
    presence.close()
  }
}

interface Told {
  readonly lines: readonly string[]
  readonly travels: boolean
}

/** Like `subscribe`, but ends with `timeTravel` at the first event that sorts before one already told, or that was told and is withdrawn. */
export async function* subscribeMonotonic(
  log: Log,
  filter: EventFilter,
  lowerBound: OffsetMap,
  signal: AbortSignal,
): Lines {
  let latest: EventKey | undefined
  let cursor = lowerBound

  /** `events` ascend, so the first of them that is too early is the earliest. `isLast`: nothing follows them for now. */
  const tell = (events: readonly LogEvent[], isLast: boolean): Told => {
    const lines: string[] = []
    for (const [index, event] of events.entries()) {
      if (latest !== undefined && compareKeys(event, latest) <= 0) {
        lines.push(timeTravelLine(event))
        return { lines, travels: true }
      }
      latest = event
      lines.push(monotonicEventLine(event, isLast && index === events.length - 1))
    }
    return { lines, travels: false }
  }

  /** Answers whether it travelled in time. */
  async function* readUpTo(present: OffsetMap, isLive: boolean): AsyncGenerator<readonly string[], boolean, void> {
    let held: Extract<ReadBatch, { type: 'events' }> | undefined
    const bounds = { lowerBound: cursor, upperBound: present }
    for await (const batch of log.read({ filter, order: 'asc', signal, ...bounds })) {
      if (signal.aborted) return false
      if (batch.type === 'gap') {
        yield [gapLine(batch)]
        continue
      }
      if (batch.events.length === 0) continue
      // One batch is held back when live, since only its successor tells whether it is the last.
      const ready: typeof batch | undefined = isLive ? held : batch
      held = batch
      if (ready === undefined) continue
      const { lines, travels } = tell(ready.events, false)
      yield lines
      if (travels) return true
    }
    if (signal.aborted) return false
    cursor = union(cursor, present)
    if (!isLive || held === undefined) return false
    const { lines, travels } = tell(held.events, true)
    yield lines
    return travels
  }

  /** The earliest of what was told, or stood before it, and is present no more. */
  const withdrawnOf = (gone: readonly Withdrawn[]): Withdrawn | undefined =>
    gone
      .filter(({ stream, from }) => (cursor[stream] ?? -1) >= from)
      .filter((one) => latest !== undefined && compareKeys(one, latest) <= 0)
      .toSorted(compareKeys)[0]

  const presence = watchPresence(log, signal)
  try {
    if (!isEmptyMap(lowerBound)) latest = await log.newest(filter, lowerBound)
    const present = log.present()
    if (yield* readUpTo(present, false)) return
    if (signal.aborted) return
    yield [offsetsLine(present)]
    for (;;) {
      yield nothingForNow
      if (!(await presence.advanced())) return
      const gone = presence.withdrawn()
      const first = withdrawnOf(gone)
      if (first !== undefined) {
        yield [timeTravelLine({ ...first, offset: first.from })]
        return
      }
      for (const { stream, from } of gone) cursor = before(cursor, stream, from)
      if (yield* readUpTo(log.present(), true)) return
    }
  } finally {
    presence.close()
  }
}
