/** Letting go of the front of ephemeral streams: whole seals only, by this node's own settings (RULES 8, 11). */
import type { Write } from '../store/contract.ts'
import { commitWrites, lamportWrite, milliseconds, windowOf } from './commit.ts'
import type { LogContext, Retention } from './context.ts'
import { offsetDigits } from './run-key.ts'
import type { RunEntry, StreamState } from './stream-state.ts'

/** Whether the first run may go, given what would stay without it. */
const mayGo = (entry: RunEntry, rest: { events: number; bytes: number }, limits: Retention, now: number): boolean => {
  // the earlier of the two (RULES 11): a clock that ran ahead must not keep events for years
  const time = Math.floor(entry.maxTime / 1000)
  const age = now - Math.min(time, entry.receivedAt || time)
  return (
    (limits.eventsMax !== undefined && rest.events >= limits.eventsMax) ||
    (limits.bytesMax !== undefined && rest.bytes + entry.bytes > limits.bytesMax) ||
    (limits.ageMax !== undefined && age > limits.ageMax)
  )
}

/** Answers how many events were dropped. Runs within `exclusive`. */
export const retain = async (context: LogContext, state: StreamState, limits: Retention): Promise<number> => {
  let events = state.entries.reduce((sum, { count }) => sum + count, 0)
  let bytes = state.entries.reduce((sum, entry) => sum + entry.bytes, 0)
  const gone: RunEntry[] = []
  for (const entry of state.entries) {
    events -= entry.count
    bytes -= entry.bytes
    // the last run stays: the stream's chain and offsets go on from it
    if (!entry.sealed || gone.length === state.entries.length - 1) break
    if (!mayGo(entry, { events, bytes }, limits, milliseconds(context))) break
    gone.push(entry)
  }
  const last = gone.at(-1)
  if (last === undefined) return 0
  const base = last.from + last.count
  const writes: Write[] = [
    ...gone.flatMap((entry): Write[] => (entry.key === '' ? [] : [{ type: 'delete', table: 'runs', key: entry.key }])),
    {
      type: 'deleteRange',
      table: 'summaries',
      from: `${state.stream}/`,
      to: `${state.stream}/${offsetDigits(windowOf(base))}`,
    },
    lamportWrite(context),
  ]
  await commitWrites(context, writes)
  state.entries = state.entries.slice(gone.length)
  context.stored([state.stream])
  return gone.reduce((sum, { count }) => sum + count, 0)
}
