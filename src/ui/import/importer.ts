/**
 * Records become events, batch by batch, each published with the number of records consumed so far, which the node keeps in the same
 * transaction as the events. Whatever ends an import (a closed tab, a full disk, a pull of the plug), asking the node for that number
 * tells exactly where to go on: nothing is lost, nothing doubled.
 */
import type { Published, Shoal } from '../../client/contract.ts'
import type { Mapped } from './mapping.ts'
import type { BadRecord, FileRecord, Problem, RecordBlock } from './record.ts'

/** Events to a publication: a full run. */
const batchEvents = 1024
/** Text of one publication, in UTF-16 code units; escaped it stays below the node's limit of 10 MiB. */
const batchChars = 1024 * 1024
/** Publications under way: enough that the worker never waits for us. */
const outstandingMax = 3
/** A report longer than this is read by nobody; the count goes on. */
const badKeptMax = 10_000

/** Added to the number kept with the last batch, so that one number says both how far and whether to the end. */
const finishedMark = 2 ** 52

export interface KeptProgress {
  readonly records: number
  readonly finished: boolean
}
export const readProgress = (kept: number): KeptProgress =>
  kept >= finishedMark ? { records: kept - finishedMark, finished: true } : { records: kept, finished: false }

export interface BadLine {
  readonly line: number
  readonly problem: Problem
  readonly text: string
}

export interface ImportState {
  /** Records looked at, those of an earlier attempt included. */
  readonly records: number
  /** Events that the node has acknowledged, those of an earlier attempt included. */
  readonly events: number
  /** Of these, acknowledged in this attempt. */
  readonly eventsNow: number
  readonly bad: number
  /** The first of them. */
  readonly badLines: readonly BadLine[]
  readonly bytesRead: number
  /** The last event that the node has acknowledged in this attempt. */
  readonly last?: Published
}

export type ImportEnd =
  | { readonly type: 'done' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'failed'; readonly error: unknown }

export interface ImportJob {
  readonly blocks: AsyncIterable<RecordBlock>
  readonly toEvent: (record: FileRecord) => Mapped
  /** Where the node keeps how far this import has come. */
  readonly key: string
  readonly shoal: Pick<Shoal, 'publish' | 'progress'>
  readonly signal: AbortSignal
  readonly onState: (state: ImportState) => void
}

interface Batch {
  readonly events: { readonly tags: readonly string[]; readonly payload: unknown }[]
  chars: number
  /** Records consumed when its last event was, then with the bad ones behind it. */
  to: number
}

const emptyBatch = (to: number): Batch => ({ events: [], chars: 0, to })

export const runImport = async (job: ImportJob): Promise<ImportEnd> => {
  const { shoal, key, signal } = job
  let records = 0
  let events = 0
  let eventsNow = 0
  let bad = 0
  let bytesRead = 0
  const badLines: BadLine[] = []
  let last: Published | undefined
  const report = (): void =>
    job.onState({ records, events, eventsNow, bad, badLines, bytesRead, ...(last === undefined ? {} : { last }) })

  const underWay = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  let from = 0
  const publish = (batch: Batch, isLast: boolean): void => {
    const to = isLast ? batch.to + finishedMark : batch.to
    const sent = shoal.publish(batch.events, { progress: { key, from, to } }).then(
      (published) => {
        last = published.at(-1) ?? last
        events += batch.events.length
        eventsNow += batch.events.length
        report()
      },
      (error: unknown) => {
        // The ones behind it fail too, since `from` no longer fits: the first reason is the reason.
        failure ??= { error }
      },
    )
    const tracked = sent.finally(() => underWay.delete(tracked))
    underWay.add(tracked)
    from = to
  }
  const settle = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.race(underWay)
  }

  const note = (record: FileRecord, problem: Problem): void => {
    bad++
    if (badLines.length >= badKeptMax) return
    badLines.push({ line: record.line, problem, text: record.type === 'bad' ? record.text : excerpt(record) })
  }

  try {
    const kept = readProgress(await shoal.progress(key))
    if (kept.finished) return { type: 'done' }
    from = kept.records
    const already = kept.records

    // One batch is held back until another event is seen, so that the last one is known to be it.
    let held: Batch | undefined
    let batch = emptyBatch(from)
    for await (const block of job.blocks) {
      for (const record of block.records) {
        const mapped = job.toEvent(record)
        records++
        if (mapped.type === 'bad') note(record, mapped.problem)
        if (records <= already) {
          if (mapped.type === 'event') events++
          continue
        }
        if (mapped.type === 'event') {
          if (batch.events.length === 0 && held) {
            while (underWay.size >= outstandingMax && !failure) await Promise.race(underWay)
            if (failure || signal.aborted) break
            publish(held, false)
            held = undefined
          }
          batch.events.push(mapped.event)
          batch.chars += record.size
        }
        batch.to = records
        if (held && batch.events.length === 0) held.to = records
        if (batch.events.length >= batchEvents || batch.chars >= batchChars) {
          held = batch
          batch = emptyBatch(records)
        }
      }
      bytesRead = block.bytesRead
      report()
      if (failure || signal.aborted) break
    }
    if (failure === undefined && !signal.aborted) {
      if (batch.events.length > 0) {
        if (held) publish(held, false)
        publish(batch, true)
      } else if (held) publish(held, true)
    }
  } catch (error) {
    failure ??= { error }
  }
  await settle()
  report()
  if (failure) return { type: 'failed', error: failure.error }
  return signal.aborted ? { type: 'cancelled' } : { type: 'done' }
}

const excerpt = (record: Exclude<FileRecord, BadRecord>): string =>
  (record.type === 'row' ? record.fields.join(' ⎮ ') : (JSON.stringify(record.value) ?? '')).slice(0, 200)
