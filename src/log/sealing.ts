/** The author seals: whole small runs of its tail become one deflated run, in one transaction, without a change of content or chain. */
import {
  runEventsMax,
  runPayloadCharsSeal,
  sealEventsSmall,
  summariesUnsavedMax,
  tailBytesSeal,
} from '../core/limits.ts'
import type { Row } from './row.ts'
import type { LogContext } from './context.ts'
import { commitWrites, entryOfRun, milliseconds, summaryWrites } from './commit.ts'
import { signRun } from './run.ts'
import { receiptsOfSeal } from './receipts.ts'
import { storeRun } from './record.ts'
import { chainBytes } from './run-key.ts'
import { eventChars } from './size.ts'
import type { RunEntry, StreamState } from './stream-state.ts'
import { endOf, noChain, tailOf } from './stream-state.ts'
import { summarise } from './summary.ts'
import { blockOfRows } from './tail.ts'

/** A seal of several runs holds at most so much text; a single run is bounded when it is written. */
const sealCharsMax = 2 * runPayloadCharsSeal

/** The tail has gathered enough for a seal. */
export const isTailFull = (state: StreamState): boolean => {
  const { events, bytes } = tailOf(state)
  return events >= runEventsMax || bytes >= tailBytesSeal
}

export const tailRuns = (state: StreamState): number => state.entries.length - tailOf(state).start

/** Chain before entry `index`: that of its neighbour, or what its own header says where the front of a stream was dropped. */
const chainBefore = async (context: LogContext, state: StreamState, index: number): Promise<Uint8Array | undefined> => {
  const before = state.entries[index - 1]
  if (before !== undefined) return before.chain === '' ? undefined : chainBytes(before.chain)
  const first = state.entries[index]
  if (first === undefined) return undefined
  if (first.from === 0) return chainBytes(noChain)
  return (await context.blocks.run(state, first))?.header.chainBefore
}

/** Entries from `start` on that fit one run; stops before one that cannot be read. */
const gather = async (
  context: LogContext,
  state: StreamState,
  start: number,
): Promise<{ entries: RunEntry[]; rows: Row[]; commits: number[] }> => {
  const entries: RunEntry[] = []
  const rows: Row[] = []
  const commits: number[] = []
  let bytes = 0
  let chars = 0
  await context.blocks.prefetch(state, state.entries.slice(start, start + runEventsMax))
  for (const entry of state.entries.slice(start)) {
    if (rows.length + entry.count > runEventsMax || (entries.length > 0 && bytes + entry.bytes > tailBytesSeal)) break
    const block = await context.blocks.read(state, entry)
    if (block === undefined) break
    const more = Array.from({ length: block.count }, (_, index) => block.row(index))
    chars += more.reduce((sum, row) => sum + eventChars(row), 0)
    // records that share dictionaries, and seals, are small however much text is in them
    if (entries.length > 0 && chars > sealCharsMax) break
    entries.push(entry)
    commits.push(...block.commits)
    rows.push(...more)
    bytes += entry.bytes
  }
  return { entries, rows, commits }
}

/** Seals what fits into one run, from entry `start` on. Answers how many entries became one; 0 when nothing could be sealed. */
const sealFrom = async (context: LogContext, state: StreamState, start: number): Promise<number> => {
  const { entries, rows, commits } = await gather(context, state, start)
  const before = await chainBefore(context, state, start)
  const last = entries.at(-1)
  if (last === undefined || before === undefined) return 0
  if (entries.length === 1 && last.sealed) return 1
  const run = await signRun(
    {
      swarm: context.swarm,
      topic: context.topic,
      stream: state.stream,
      from: entries[0]?.from ?? 0,
      rows,
      commits,
      chainBefore: before,
      chainAfter: chainBytes(last.chain),
      sealed: true,
      ephemeral: state.ephemeral,
    },
    context.signer,
  )
  const { key, write } = storeRun(run)
  const receipts = entries.flatMap((entry) => entry.receipts ?? [])
  await commitWrites(context, [
    // one request instead of a thousand: between the first and the last of them there is nothing else
    { type: 'deleteRange', table: 'runs', from: entries[0]?.key ?? '', to: `${last.key}~` },
    write,
    // a seal is read often, its receipts hardly ever: from now on they have a record of their own
    ...receiptsOfSeal(state.stream, endOf(last), receipts),
  ])
  const receivedAt = entries.find((entry) => entry.receivedAt > 0)?.receivedAt ?? milliseconds(context)
  const block = blockOfRows(rows, run.header.from, commits)
  const seal = entryOfRun(run, key, receivedAt, summarise(block, receivedAt))
  state.entries = [...state.entries.slice(0, start), seal, ...state.entries.slice(start + entries.length)]
  context.stored([state.stream])
  return entries.length
}

/** Seals the tail while it is full, or whatever there is of it when `all`. Runs within `exclusive`. */
export const sealTail = async (context: LogContext, state: StreamState, all: boolean): Promise<void> => {
  let { start } = tailOf(state)
  if (start === state.entries.length) return
  // a small seal before the tail is taken in, when the union still is one run
  const before = state.entries[start - 1]
  const tail = state.entries.slice(start).reduce((sum, entry) => sum + entry.count, 0)
  if (before?.sealed === true && before.count < sealEventsSmall && before.count + tail <= runEventsMax) start -= 1
  while (start < state.entries.length && (all || isTailFull(state))) {
    if (state.entries[start]?.unreadable !== undefined) start += 1
    else if ((await sealFrom(context, state, start)) === 0) return
    else start += 1
  }
  await saveSummaries(context, state, summariesUnsavedMax)
}

/** Saves the summaries of a stream when at least `least` are in memory only. */
export const saveSummaries = async (context: LogContext, state: StreamState, least: number): Promise<void> => {
  const unsaved = state.entries.reduce(
    (sum, { summary, summarySaved }) => sum + (summary !== undefined && !summarySaved ? 1 : 0),
    0,
  )
  if (unsaved === 0 || unsaved < least) return
  const { writes, entries } = await summaryWrites(state)
  await context.store.write(writes, 'relaxed')
  for (const entry of entries) entry.summarySaved = true
}
