/** Writing own runs: one transaction, and what to do when nobody knows whether it was done (RULES 6). */
import { encode } from 'cborg'
import { equalBytes } from '../core/bytes.ts'
import { ShoalError, errorCode } from '../core/errors.ts'
import type { Store, Write } from '../store/contract.ts'
import type { StreamState, RunEntry } from './stream-state.ts'
import type { Run } from './run.ts'
import { readRunKey, offsetDigits } from './run-key.ts'
import type { LogContext } from './context.ts'
import { createEntry } from './stream-state.ts'
import type { Summary } from './summary.ts'
import { encodeSummaries } from './summary.ts'
import { runEventsMax, summariesPerRecord } from '../core/limits.ts'

const attemptsMax = 3

/** The write that tells whether its transaction was done. */
const witnessOf = (writes: readonly Write[]): Write | undefined =>
  writes.find(({ type, table }) => type === 'put' && table === 'runs') ??
  writes.find(({ type }) => type !== 'deleteRange')

const isDone = async (store: Store, witness: Write): Promise<boolean> => {
  if (witness.type === 'deleteRange') return false
  const held = await store.get(witness.table, witness.key)
  return witness.type === 'delete' ? held === undefined : held !== undefined && equalBytes(held, witness.value)
}

/** While it is not known what the store holds, no offset may be given out: it might be there already, with other content. */
const settle = async (context: LogContext): Promise<void> => {
  if (context.unsettled === undefined) return
  if (await isDone(context.store, context.unsettled)) {
    throw new ShoalError(
      'ERR_STORE_UNKNOWN_OUTCOME',
      'A write that seemed lost was done after all. The node has to be opened again before it can go on; reload.',
    )
  }
  context.unsettled = undefined
}

/**
 * Writes with `strict` durability. After an outcome that nobody knows the store is asked: what is there was written, what is not there
 * is written again, the same bytes.
 */
export const commitWrites = async (context: LogContext, writes: readonly Write[]): Promise<void> => {
  await settle(context)
  const witness = witnessOf(writes)
  for (let attempt = 1; ; attempt++) {
    try {
      await context.store.write(writes, 'strict')
      return
    } catch (error) {
      if (errorCode(error) !== 'ERR_STORE_UNKNOWN_OUTCOME' || witness === undefined) throw error
      context.unsettled = witness
      if (await isDone(context.store, witness)) {
        context.unsettled = undefined
        return
      }
      context.unsettled = undefined
      if (attempt === attemptsMax) {
        throw new ShoalError(
          'ERR_STORE_UNAVAILABLE',
          `The store broke off ${attemptsMax} attempts to write; nothing was written. Try again, or reload.`,
          { cause: error },
        )
      }
    }
  }
}

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
    // one that has not been summarised yet is not saved by this either
    const mine = state.entries.filter((entry) => entry.summary !== undefined && windowOf(entry.from) === window)
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
