/**
 * The one gate for foreign bytes: many runs, one transaction, one advance of `present`. Records are examined many at once and ahead of
 * their turn, then judged in order. A large ingest is several transactions, so that a publisher in between waits for one of them only.
 */
import { examinedAtOnce, ingestBytesMax, ingestRawBytesMax, ingestRunsMax, presentHoldMax } from '../core/limits.ts'
import { errorCode, errorMessage } from '../core/errors.ts'
import type { Write } from '../store/contract.ts'
import { commitWrites, entryOfRun, milliseconds, lamportWrite } from './commit.ts'
import type { StreamId } from '../core/event.ts'
import type { LogContext } from './context.ts'
import type { Ingested } from './contract.ts'
import { settleCutChain } from './cutting.ts'
import { contradicting, createEvidence, isRecord } from './evidence.ts'
import type { Examined, Verdict } from './examination.ts'
import { examine, parse } from './examination.ts'
import { judge } from './judgement.ts'
import { branchWrite } from './branch.ts'
import type { Draft } from './draft.ts'
import { createDraft, enterPlaces } from './draft.ts'
import type { Run } from './run.ts'
import { isEphemeral, isReadable, isSealed, sketchOf } from './run.ts'
import { readRecord, storeRun } from './record.ts'
import type { Receipts } from './receipts.ts'
import type { RunEntry, StreamState } from './stream-state.ts'
import { endOf, nextOf, visibleOf } from './stream-state.ts'
import { summarise } from './summary.ts'
import { saveSummaries } from './sealing.ts'

/** What stays of a damaged entry on either side of the run that mends its middle. */
const rest = (entry: RunEntry, from: number, to: number, lastLamport: number): RunEntry[] =>
  to <= from
    ? []
    : [
        {
          ...entry,
          key: '',
          from,
          count: to - from,
          lastLamport,
          chain: '',
          crc: '',
          block: undefined,
          summary: undefined,
        },
      ]

/** Puts `entry` in the place of what it replaces; entries stay contiguous. `state` is a draft's, with a list of its own. */
const enterEntry = (state: StreamState, entry: RunEntry, firstLamport: number, replaces: readonly RunEntry[]): void => {
  if (replaces.length === 0 && nextOf(state) === entry.from) {
    state.entries.push(entry)
    return
  }
  // it jumped: what lies between exists nowhere
  if (nextOf(state) < entry.from) {
    state.entries = [entry]
    return
  }
  const gone = new Set(replaces)
  const left = replaces[0]
  const right = replaces.at(-1)
  state.entries = [
    ...state.entries.filter((held) => !gone.has(held) && held.from < entry.from),
    ...(left === undefined ? [] : rest(left, left.from, entry.from, firstLamport - 1)),
    entry,
    ...(right === undefined ? [] : rest(right, endOf(entry), endOf(right), right.lastLamport)),
    ...state.entries.filter((held) => !gone.has(held) && held.from >= endOf(entry)),
  ]
}

type Parsed = ReturnType<typeof parse>

/** A run as it is kept among the runs. */
const parseKept = (record: Uint8Array): Parsed => {
  try {
    return parse(readRecord(record).run)
  } catch (error) {
    return { type: 'refused', code: errorCode(error), message: errorMessage(error) }
  }
}

/** Cuts what was handed over into transactions. */
const cut = (records: readonly Uint8Array[]): Parsed[][] => {
  const parts: Parsed[][] = []
  let bytes = 0
  let raw = 0
  for (const record of records) {
    const parsed = parse(record)
    const inflated = 'header' in parsed ? parsed.header.rawSize : 0
    bytes += record.length
    raw += inflated
    const last = parts.at(-1)
    if (last === undefined || last.length === ingestRunsMax || bytes > ingestBytesMax || raw > ingestRawBytesMax) {
      parts.push([parsed])
      bytes = record.length
      raw = inflated
    } else last.push(parsed)
  }
  return parts
}

export type Gate = ReturnType<typeof createGate>

export const createGate = (context: LogContext, receipts: Pick<Receipts, 'lost'>) => {
  let held = false
  let cancelHold: (() => void) | undefined
  const evidence = createEvidence(context.store)
  /** Streams of which something came while they were cut. */
  const cutOff = new Set<StreamId>()
  /** Streams that may hold more than is present. */
  const hidden = new Set<StreamId>()
  /** Streams that have got a line more. */
  const forked = new Set<StreamId>()
  /** Places that may have summaries which are in memory only. */
  const changed = new Set<StreamId>()
  /** Examined ahead or not, runs are judged in the order in which they were handed over. */
  let turn: Promise<void> = Promise.resolve()

  const release = (): void => {
    cancelHold?.()
    cancelHold = undefined
    held = false
    const grown = new Map<StreamId, number>()
    for (const stream of hidden) {
      const state = context.index.stream(stream)
      if (state === undefined || state.present >= visibleOf(state)) continue
      state.present = visibleOf(state)
      grown.set(stream, state.present - state.shift)
    }
    hidden.clear()
    if (grown.size > 0) context.advanced(grown)
  }

  /** Enters one accepted run into the draft: what follows in the same batch is judged against it. */
  const take = (draft: Draft, verdict: Extract<Verdict, { type: 'take' }>): Write[] => {
    const { run, block, replaces, place, branch } = verdict
    const { header } = run
    if (branch !== undefined) draft.begin(branch, isEphemeral(header))
    const state = draft.demand(place, isEphemeral(header))
    const receivedAt = replaces.find((entry) => entry.receivedAt > 0)?.receivedAt ?? milliseconds(context)
    const { key, write } = storeRun(run, [], place)
    const summary = isSealed(header) && block !== undefined ? summarise(block, receivedAt) : undefined
    const entry = entryOfRun(run, key, receivedAt, summary)
    if (!isReadable(header)) entry.unreadable = `its codec ${header.codec} needs a newer Shoal`
    if (block !== undefined) draft.blocks.push([entry, block])
    draft.runs.set(key, run)
    enterEntry(state, entry, header.firstLamport, replaces)
    draft.context.lamport = Math.max(draft.context.lamport, header.lastLamport)
    const deletes = replaces.flatMap((gone): Write[] =>
      gone.key === '' ? [] : [{ type: 'delete', table: 'runs', key: gone.key }],
    )
    // what comes from others brings no receipts with it
    const isLost = state.node === context.signer.id && replaces.some((gone) => gone.quarantined && !gone.sealed)
    const begins = branch === undefined ? [] : [branchWrite(branch)]
    return [...deletes, write, ...begins, ...(isLost ? [receipts.lost(Math.floor(header.maxTime / 1000))] : [])]
  }

  /** What was committed enters memory. */
  const enter = async (draft: Draft): Promise<void> => {
    context.lamport = Math.max(context.lamport, draft.context.lamport)
    const families = enterPlaces(context, draft)
    // whoever reads first finds it decoded
    for (const [entry, block] of draft.blocks) context.blocks.keep(entry, block)
    const streams = new Set<StreamId>()
    for (const place of draft.touched.keys()) {
      changed.add(place)
      if (context.index.places(place).length === 1) streams.add(place)
    }
    for (const stream of families) for (const name of await context.recompose(stream)) streams.add(name)
    for (const stream of streams) {
      const state = context.index.stream(stream)
      if (state !== undefined && state.cut < nextOf(state)) await settleCutChain(context, state)
      hidden.add(stream)
    }
    context.stored(streams)
    for (const { stream } of draft.branches) {
      forked.add(stream)
      context.forked(stream)
    }
  }

  /** Once for all transactions of an ingest: a record of summaries is written as a whole. */
  const saveChanged = async (): Promise<void> => {
    const streams = [...changed]
    changed.clear()
    for (const stream of streams) {
      const state = context.index.place(stream)
      // the runs are stored; a summary that is not will be made again
      if (state !== undefined)
        await saveSummaries(context, state, 1).catch((error: unknown) =>
          context.report('SUMMARIES', errorMessage(error)),
        )
    }
  }

  const answerOf = (verdict: Verdict, key: string): Ingested => {
    if (verdict.type === 'refused') return verdict
    const { stream, from, count } = verdict.run.header
    switch (verdict.type) {
      case 'take':
        return { type: verdict.replaces.length > 0 ? 'replaced' : 'stored', stream, from, count }
      case 'known':
        return { type: 'known', stream }
      case 'gap':
        return { type: 'gap', stream, head: verdict.head }
      case 'deferred':
        return { type: 'deferred', stream, code: verdict.code }
      case 'evidence':
        return { type: 'evidence', stream, code: verdict.code, key }
    }
  }

  const report = (verdict: Verdict): void => {
    if (verdict.type === 'refused') return context.report(verdict.code, verdict.message)
    const { stream } = verdict.run.header
    if (verdict.type === 'evidence' && verdict.code === 'ERR_REVOKED')
      context.report(
        verdict.code,
        `A run of ${stream} lies beyond the point where it was cut off; it is kept as evidence.`,
      )
    else if (verdict.type === 'evidence')
      context.report(verdict.code, `A run of ${stream} contradicts what is held; it is kept as evidence.`)
    else if (verdict.type === 'deferred' && verdict.code === 'ERR_LAMPORT_LEAP')
      context.report(verdict.code, `${stream} counts far ahead of every other node; its runs wait.`)
  }

  /** Judges and writes one batch. `keptAs`: what of it comes out of the evidence, by its key there; it goes back there unless it is taken now. */
  const batch = async (
    examined: readonly Examined[],
    mayJump: (stream: StreamId) => boolean,
    keptAs: readonly string[] = [],
  ): Promise<Ingested[]> => {
    const answers: Ingested[] = []
    const writes: Write[] = []
    const draft = createDraft(context)
    const foreignToUs: Run[] = []
    try {
      for (const [at, one] of examined.entries()) {
        const verdict = await judge(draft.context, one, mayJump)
        const kept = keptAs[at]
        let key = ''
        if (verdict.type === 'evidence') {
          const found = await evidence.keep(verdict.run, verdict.code)
          key = found.key
          if (verdict.code === 'ERR_REVOKED') cutOff.add(verdict.run.header.stream)
          if (kept === undefined) writes.push(...found.writes)
          if (verdict.code === 'ERR_OWN_STREAM' && kept === undefined) foreignToUs.push(verdict.run)
        } else if (verdict.type === 'take') writes.push(...take(draft, verdict))
        if (kept === undefined) report(verdict)
        else if (verdict.type === 'take' || verdict.type === 'known') writes.push(evidence.delete(kept))
        answers.push(answerOf(verdict, key))
      }
      if (writes.length > 0) {
        writes.push(lamportWrite(draft.context))
        await commitWrites(context, writes)
      }
    } catch (error) {
      evidence.forget()
      throw error
    }
    if (draft.touched.size > 0) await enter(draft)
    for (const run of foreignToUs) context.ownForked(sketchOf(run))
    return answers
  }

  const examineAll = (part: readonly Parsed[]): Promise<Examined[]> => {
    const examined: Examined[] = []
    let next = 0
    const work = async (): Promise<void> => {
      for (let index = next++; index < part.length; index = next++) {
        const one = part[index] as Parsed
        examined[index] = 'header' in one ? await examine(context, one) : one
      }
    }
    const all = Promise.all(Array.from({ length: Math.min(examinedAtOnce, part.length) }, work)).then(() => examined)
    // whoever awaits it sees the failure; until then it must not count as unhandled
    all.catch(() => undefined)
    return all
  }

  /** Offers runs again that were put aside, by their keys. */
  const offer = async (keys: readonly string[]): Promise<void> => {
    const records = await context.store.getMany('evidence', keys)
    const there = keys.filter((_, at) => records[at] !== undefined)
    const parsed = there.flatMap((key): Parsed[] => {
      const record = records[keys.indexOf(key)]
      return record === undefined ? [] : [isRecord(key) ? parseKept(record) : parse(record)]
    })
    await batch(await examineAll(parsed), () => false, there)
    await saveChanged()
  }

  /** What contradicted all that was held of a stream may follow from a line that is known by now. */
  const offerContradicting = async (stream: StreamId): Promise<void> => {
    const keys = await contradicting(context.store, stream)
    for (let at = 0; at < keys.length; at += ingestRunsMax) await offer(keys.slice(at, at + ingestRunsMax))
  }

  return {
    release,
    /** Streams of which something was put aside since the log was opened, because of a cut. */
    cutOff: (): ReadonlySet<StreamId> => cutOff,
    offer,
    ingest: async (
      records: readonly Uint8Array[],
      hold: boolean,
      mayJump: (stream: StreamId) => boolean,
    ): Promise<readonly Ingested[]> => {
      const parts = cut(records)
      const before = turn
      let done: () => void = () => undefined
      turn = new Promise((resolve) => (done = resolve))
      const answers: Ingested[] = []
      let ahead = examineAll(parts[0] ?? [])
      try {
        await before
        for (let index = 0; index < parts.length; index++) {
          const examined = await ahead
          ahead = examineAll(parts[index + 1] ?? [])
          answers.push(...(await context.exclusive(() => batch(examined, mayJump))))
        }
        while (forked.size > 0) {
          const [stream] = forked
          if (stream === undefined) break
          forked.delete(stream)
          await context.exclusive(() => offerContradicting(stream))
        }
        if (changed.size > 0) await context.exclusive(saveChanged)
      } finally {
        done()
        if (!hold) release()
        else if (!held) {
          held = true
          cancelHold = context.clock.after(presentHoldMax, release)
        }
      }
      return answers
    },
  }
}
