/** Writing own runs: one transaction, and what to do when nobody knows whether it was done (RULES 6). */
import { encode } from 'cborg'
import { errorCode } from '../core/errors.ts'
import type { Store, Write } from '../store/contract.ts'
import type { StreamState, RunEntry } from './stream-state.ts'
import type { Run } from './run.ts'
import { readRunKey, writeRunKey, offsetDigits } from './run-key.ts'
import type { LogContext } from './context.ts'
import { createEntry } from './stream-state.ts'
import type { Summary } from './summary.ts'
import { encodeSummaries } from './summary.ts'
import { runEventsMax, summariesPerRecord } from '../core/limits.ts'

const attemptsMax = 3

/**
 * Writes with `strict` durability. `witness` is the key of a record of this transaction that did not exist before: after an outcome
 * that nobody knows, its presence means success, and its absence means that the same bytes are written again.
 */
export const commitWrites = async (store: Store, writes: readonly Write[], witness: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await store.write(writes, 'strict')
      return
    } catch (error) {
      if (errorCode(error) !== 'ERR_STORE_UNKNOWN_OUTCOME' || attempt === attemptsMax) throw error
      if ((await store.get('runs', witness)) !== undefined) return
    }
  }
}

export const putRun = (run: Run, key = writeRunKey(run)): Write => ({
  type: 'put',
  table: 'runs',
  key,
  value: run.bytes,
})

export const entryOfRun = (run: Run, key: string, receivedAt: number, summary?: Summary): RunEntry => {
  const fields = readRunKey(key)
  if (fields === undefined) throw new Error(`the key of run ${run.header.stream}/${run.header.from} does not read back`)
  return { ...createEntry(key, fields, receivedAt, summary), summarySaved: false }
}

/** Offsets whose seals share one record of summaries: 64 full ones. */
const windowOffsets = summariesPerRecord * runEventsMax

export const windowOf = (offset: number): number => offset - (offset % windowOffsets)

/** Writes the record of summaries of each window that has one which is in memory only. */
export const summaryWrites = async (state: StreamState): Promise<{ writes: Write[]; entries: RunEntry[] }> => {
  const windows = new Set(
    state.entries
      .filter((entry) => entry.summary !== undefined && !entry.summarySaved)
      .map(({ from }) => windowOf(from)),
  )
  const writes: Write[] = []
  const entries: RunEntry[] = []
  for (const window of windows) {
    const mine = state.entries.filter((entry) => entry.sealed && windowOf(entry.from) === window)
    const summaries = mine.flatMap(({ summary }) => summary ?? [])
    const key = `${state.stream}/${offsetDigits(window)}`
    writes.push({ type: 'put', table: 'summaries', key, value: await encodeSummaries(summaries) })
    entries.push(...mine)
  }
  return { writes, entries }
}

/** The lamport counter outlives the runs it came from. */
export const lamportWrite = (context: LogContext): Write => ({
  type: 'put',
  table: 'meta',
  key: 'lamport',
  value: encode(context.lamport),
})

export const milliseconds = (context: LogContext): number => Math.floor(context.clock.now() / 1000)
