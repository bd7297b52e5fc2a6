/**
 * Group commit: everything that was published while a transaction was under way goes into the next one. Events are signed before the
 * transaction, acknowledged after it; one transaction is under way at a time. When much is waiting, the next group is packed
 * meanwhile, on the assumption that this one succeeds; should it fail, what was packed is thrown away and packed anew.
 */
import { ShoalError, errorMessage } from '../core/errors.ts'
import type { EventDraft, Published, StreamId } from '../core/event.ts'
import { streamOf } from '../core/node-id.ts'
import {
  groupEventsMax,
  packAheadEvents,
  runEventsMax,
  runPayloadCharsSeal,
  summariesUnsavedMax,
  timestampAheadMax,
} from '../core/limits.ts'
import type { Write } from '../store/contract.ts'
import type { LogContext } from './context.ts'
import { commitWrites, entryOfRun, milliseconds } from './commit.ts'
import type { AppendOptions } from './contract.ts'
import type { Prepared } from './preparation.ts'
import { prepare, refusalOfCut } from './preparation.ts'
import type { Receipts } from './receipts.ts'
import type { Row } from './row.ts'
import type { Run } from './run.ts'
import { isEphemeral, isSealed, recordOf, signRun } from './run.ts'
import type { StoredReceipt } from './record.ts'
import { putReceipt, storeRun } from './record.ts'
import { chainBytes } from './run-key.ts'
import { isTailFull, saveSummaries, sealTail, tailRuns } from './sealing.ts'
import { chainOfHead, endOf, nextOf, noChain } from './stream-state.ts'
import { summarise } from './summary.ts'
import { blockOfRows } from './tail.ts'

interface Request {
  readonly events: readonly Prepared[]
  readonly options: AppendOptions
  readonly resolve: (answer: readonly Published[]) => void
  readonly reject: (error: unknown) => void
}

interface PackedRun {
  readonly run: Run
  readonly key: string
  readonly rows: readonly Row[]
  readonly receipts: readonly StoredReceipt[]
}

interface Packed {
  readonly requests: readonly { readonly request: Request; readonly answer: readonly Published[] }[]
  /** Told when the group is committed, not before: packed ahead, they rest on a commit that may still fail. */
  readonly refusals: readonly { readonly request: Request; readonly error: ShoalError }[]
  readonly runs: readonly PackedRun[]
  readonly writes: readonly Write[]
  readonly ends: Ends
}

interface StreamEnd {
  readonly next: number
  readonly chain: Uint8Array
  /** The last run is a small one: a seal may only come after it has been sealed itself. */
  readonly tailed: boolean
  readonly ephemeral: boolean
}

interface Ahead {
  readonly group: readonly Request[]
  readonly packing: Promise<Packed>
}

/** Where the next event goes, should everything before it succeed. */
interface Ends {
  readonly lamport: number
  readonly timestamp: number
  readonly streams: ReadonlyMap<StreamId, StreamEnd>
  readonly progress: ReadonlyMap<string, number>
}

/** Cuts the rows of one stream into runs; a `full` one is worth sealing at once. */
const cut = (
  rows: readonly Row[],
  chars: readonly number[],
): { readonly part: readonly Row[]; readonly full: boolean }[] => {
  const runs: { part: Row[]; full: boolean }[] = []
  let size = 0
  rows.forEach((row, index) => {
    let last = runs.at(-1)
    if (last === undefined || last.full) {
      last = { part: [], full: false }
      runs.push(last)
      size = 0
    }
    last.part.push(row)
    size += chars[index] ?? 0
    last.full = last.part.length === runEventsMax || size >= runPayloadCharsSeal
  })
  return runs
}

export const createAppender = (context: LogContext, receipts: Receipts) => {
  let queue: Request[] = []
  let draining = false
  const inFlight = new Map<string, Promise<readonly Published[]>>()

  const currentEnds = (): Ends => ({
    lamport: context.lamport,
    timestamp: context.lastTimestamp,
    streams: new Map(),
    progress: new Map(),
  })

  const nextTimestamp = (last: number): number => {
    const now = context.clock.now()
    if (now > last) return now
    if (last - now <= timestampAheadMax) return last + 1
    context.report(
      'CLOCK_SET_BACK',
      `The clock of this device went back by ${Math.round((last - now) / 1e6)} s; new events carry the time it shows now.`,
    )
    return now
  }

  const takeGroup = (): Request[] => {
    let events = 0
    let count = 0
    for (const request of queue) {
      if (count > 0 && events + request.events.length > groupEventsMax) break
      events += request.events.length
      count++
    }
    return queue.splice(0, count)
  }

  const refusal = async (request: Request, progress: Map<string, number>): Promise<ShoalError | undefined> => {
    const shutOut = refusalOfCut(context, request.events)
    if (shutOut !== undefined) return shutOut
    const wanted = request.options.progress
    if (wanted === undefined) return undefined
    const now = progress.get(wanted.key) ?? (await receipts.progress(wanted.key))
    if (now !== wanted.from) {
      const sentence = `The progress of ${wanted.key} is ${now}, not ${wanted.from}; nothing was written.`
      return new ShoalError('ERR_PROGRESS', sentence)
    }
    progress.set(wanted.key, wanted.to)
    return undefined
  }

  const pack = async (group: readonly Request[], ends: Ends): Promise<Packed> => {
    let { lamport, timestamp } = ends
    const progress = new Map(ends.progress)
    const streams = new Map(ends.streams)
    const offsets = new Map<number, number>()
    const rowsOf = new Map<number, { rows: Row[]; chars: number[] }>()
    const requests: { request: Request; answer: Published[] }[] = []
    const refusals: { request: Request; error: ShoalError }[] = []
    const writes: Write[] = []
    let given: StoredReceipt[] = []
    for (const request of group) {
      const error = await refusal(request, progress)
      if (error !== undefined) {
        refusals.push({ request, error })
        continue
      }
      timestamp = nextTimestamp(timestamp)
      const answer = request.events.map((event): Published => {
        const stream = streamOf(context.signer.id, event.streamNumber)
        const state = context.index.stream(stream)
        const offset =
          offsets.get(event.streamNumber) ?? streams.get(stream)?.next ?? (state === undefined ? 0 : nextOf(state))
        offsets.set(event.streamNumber, offset + 1)
        lamport += 1
        const gathered = rowsOf.get(event.streamNumber) ?? { rows: [], chars: [] }
        rowsOf.set(event.streamNumber, gathered)
        gathered.rows.push({
          lamport,
          timestamp,
          tags: event.tags,
          appId: event.appId,
          shape: event.shape,
          leaves: event.leaves,
        })
        gathered.chars.push(event.chars)
        return { lamport, stream, offset, timestamp }
      })
      requests.push({ request, answer })
      const { receipt, progress: step } = request.options
      if (receipt !== undefined) {
        const stored = receipts.made(receipt, answer)
        if (receipts.isAhead(stored, timestamp)) writes.push(putReceipt(stored))
        else given.push(stored)
      }
      if (step !== undefined) writes.push(receipts.progressWrite(step.key, step.to))
    }
    const runs: PackedRun[] = []
    for (const [streamNumber, { rows, chars }] of rowsOf) {
      const stream = streamOf(context.signer.id, streamNumber)
      const state = context.index.stream(stream)
      let end: StreamEnd = streams.get(stream) ?? {
        next: state === undefined ? 0 : nextOf(state),
        chain: chainBytes(state === undefined ? noChain : chainOfHead(state)),
        tailed: state !== undefined && tailRuns(state) > 0,
        // fixed with the first event, whatever the settings say later (RULES 8)
        ephemeral: state === undefined ? context.routing.retention.has(streamNumber) : state.ephemeral,
      }
      for (const { part, full } of cut(rows, chars)) {
        const run = await signRun(
          {
            swarm: context.swarm,
            topic: context.topic,
            stream,
            from: end.next,
            rows: part,
            commits: [part.length],
            chainBefore: end.chain,
            sealed: full && !end.tailed,
            ephemeral: end.ephemeral,
          },
          context.signer,
        )
        // receipts go beside the first small run; a seal does not carry them
        const beside = isSealed(run.header) ? [] : given
        if (!isSealed(run.header)) given = []
        const { key, write } = storeRun(run, beside)
        runs.push({ run, key, rows: part, receipts: beside })
        writes.push(write)
        end = {
          ...end,
          next: end.next + part.length,
          chain: run.header.chainAfter,
          tailed: !isSealed(run.header),
        }
      }
      streams.set(stream, end)
    }
    writes.push(...given.map(putReceipt))
    return { requests, refusals, runs, writes, ends: { lamport, timestamp, streams, progress } }
  }

  /** What was committed enters memory, then is answered, then told. */
  const enter = (packed: Packed): void => {
    const receivedAt = milliseconds(context)
    for (const { run, key, rows, receipts: beside } of packed.runs) {
      const state = context.index.demand(run.header.stream, isEphemeral(run.header))
      const block = blockOfRows(rows, run.header.from, [rows.length])
      const entry = entryOfRun(run, key, receivedAt, isSealed(run.header) ? summarise(block, receivedAt) : undefined)
      if (!entry.sealed) entry.block = block
      entry.receipts = beside
      state.entries.push(entry)
      state.present = endOf(entry)
    }
    context.lamport = Math.max(context.lamport, packed.ends.lamport)
    context.lastTimestamp = packed.ends.timestamp
    for (const [key, value] of packed.ends.progress) receipts.progressed(key, value)
    for (const { request, answer } of packed.requests) {
      if (request.options.receipt !== undefined) receipts.written(request.options.receipt)
      request.resolve(answer)
    }
    for (const { request, error } of packed.refusals) request.reject(error)
    context.advanced(new Map(packed.runs.map(({ run }) => [run.header.stream, endOf(run.header)])))
    const appended = packed.runs.map(({ run }) => recordOf(run))
    if (appended.length === 0) return
    context.stored(
      appended.map(({ stream }) => stream),
      appended,
    )
  }

  const waitingEvents = (): number => queue.reduce((sum, { events }) => sum + events.length, 0)

  const tidyTails = async (packed: Packed): Promise<void> => {
    for (const stream of new Set(packed.runs.map(({ run }) => run.header.stream))) {
      const state = context.index.stream(stream)
      if (state === undefined) continue
      if (isTailFull(state)) await sealTail(context, state, false)
      // looks at every run of the stream, so not after each small one
      else if (state.entries.at(-1)?.sealed === true) await saveSummaries(context, state, summariesUnsavedMax)
    }
  }

  /** A large publication must not end up behind a tail of small runs: it would be packed a second time. */
  const sealBefore = async (group: readonly Request[]): Promise<void> => {
    const counts = new Map<number, number>()
    for (const { events } of group)
      for (const { streamNumber } of events) counts.set(streamNumber, (counts.get(streamNumber) ?? 0) + 1)
    for (const [streamNumber, count] of counts) {
      const state = context.index.stream(streamOf(context.signer.id, streamNumber))
      if (count >= runEventsMax && state !== undefined) await sealTail(context, state, true)
    }
  }

  /** Answers what was packed meanwhile, if anything. Every request of `group` is answered, one way or the other. */
  const commitGroup = async (group: readonly Request[], packing?: Promise<Packed>): Promise<Ahead | undefined> => {
    let next: Ahead | undefined
    try {
      if (packing === undefined) await sealBefore(group)
      const packed = await (packing ?? pack(group, currentEnds()))
      if (packed.writes.length === 0) {
        enter(packed)
        return undefined
      }
      const committing = commitWrites(context, packed.writes)
      if (waitingEvents() >= packAheadEvents && !context.contended()) {
        const following = takeGroup()
        next = { group: following, packing: pack(following, packed.ends) }
        // whoever awaits it sees the failure; until then it must not count as unhandled
        next.packing.catch(() => undefined)
      }
      await committing
      enter(packed)
      // the events are written and answered: what fails from here on fails for nobody
      await tidyTails(packed).catch((error: unknown) => context.report('SEALING', errorMessage(error)))
      return next
    } catch (error) {
      for (const { reject } of group) reject(error)
      if (next !== undefined) queue.unshift(...next.group)
      return undefined
    }
  }

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      await context.exclusive(async () => {
        let ahead = await commitGroup(takeGroup())
        while (ahead !== undefined) ahead = await commitGroup(ahead.group, ahead.packing)
      })
    }
  }

  const enqueue = (events: readonly Prepared[], options: AppendOptions): Promise<readonly Published[]> =>
    new Promise((resolve, reject) => {
      queue.push({ events, options, resolve, reject })
      if (!draining) void start()
    })

  const start = async (): Promise<void> => {
    draining = true
    // a turn later: whatever else is published in this one joins the group
    await Promise.resolve()
    do await drain()
    while (queue.length > 0)
    draining = false
  }

  return async (drafts: readonly EventDraft[], options: AppendOptions): Promise<readonly Published[]> => {
    const { receipt, progress } = options
    // refused here, since a group is refused as a whole
    if (progress !== undefined) receipts.progressWrite(progress.key, progress.to)
    const isEmpty = drafts.length === 0 && progress === undefined
    if (receipt === undefined) return isEmpty ? [] : enqueue(prepare(context, drafts, options), options)
    const asked = inFlight.get(receipt)
    if (asked !== undefined) return asked
    const events = prepare(context, drafts, options)
    const answer = (async () => (await receipts.find(receipt)) ?? (isEmpty ? [] : enqueue(events, options)))()
    inFlight.set(receipt, answer)
    try {
      return await answer
    } finally {
      inFlight.delete(receipt)
    }
  }
}
