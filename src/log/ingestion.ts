/** The one gate for foreign bytes: many runs, one transaction, one advance of `present`. */
import { presentHoldMax, evidenceMax } from '../core/limits.ts'
import { crc32 } from '../core/crc32.ts'
import { errorMessage } from '../core/errors.ts'
import type { Write } from '../store/contract.ts'
import { commitWrites, entryOfRun, milliseconds, lamportWrite } from './commit.ts'
import type { LogContext } from './context.ts'
import type { Ingested } from './contract.ts'
import type { Verdict } from './examination.ts'
import { examine } from './examination.ts'
import type { Run } from './run.ts'
import { isEphemeral, isReadable, isSealed } from './run.ts'
import { storeRun } from './record.ts'
import type { Receipts } from './receipts.ts'
import type { RunEntry, StreamState } from './stream-state.ts'
import { endOf, nextOf } from './stream-state.ts'
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

/** Puts `entry` in the place of what it replaces; entries stay contiguous. */
const place = (state: StreamState, entry: RunEntry, firstLamport: number, replaces: readonly RunEntry[]): void => {
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

export const createGate = (context: LogContext, receipts: Pick<Receipts, 'lost'>) => {
  let held = false
  let cancelHold: (() => void) | undefined
  let evidence: Set<string> | undefined

  const release = (): void => {
    cancelHold?.()
    cancelHold = undefined
    held = false
    let grown = false
    for (const state of context.index.streams.values()) {
      const stored = nextOf(state)
      if (state.present >= stored) continue
      state.present = stored
      grown = true
    }
    if (grown) context.advanced()
  }

  const evidenceWrite = async (run: Run, code: string): Promise<{ key: string; writes: Write[] }> => {
    evidence ??= new Set(await context.store.keys('evidence', {}))
    const key = `${code}/${run.header.stream}/${run.header.from}-${endOf(run.header) - 1}/${crc32(run.bytes)}`
    // the same again takes no more room
    if (evidence.has(key) || evidence.size >= evidenceMax) return { key, writes: [] }
    evidence.add(key)
    return { key, writes: [{ type: 'put', table: 'evidence', key, value: run.bytes }] }
  }

  /** Enters one accepted run into memory, as if it were stored: what follows in the same batch is judged against it. */
  const take = (verdict: Extract<Verdict, { type: 'take' }>): { writes: Write[]; state: StreamState } => {
    const { run, block, replaces } = verdict
    const { header } = run
    const state = context.index.demand(header.stream, isEphemeral(header))
    const receivedAt = replaces.find((entry) => entry.receivedAt > 0)?.receivedAt ?? milliseconds(context)
    const { key, write } = storeRun(run)
    const summary = isSealed(header) && block !== undefined ? summarise(block, receivedAt) : undefined
    const entry = entryOfRun(run, key, receivedAt, summary)
    if (!isReadable(header)) entry.unreadable = `its codec ${header.codec} needs a newer Shoal`
    if (block !== undefined) context.blocks.keep(entry, block)
    place(state, entry, header.firstLamport, replaces)
    const deletes = replaces.flatMap((gone): Write[] =>
      gone.key === '' ? [] : [{ type: 'delete', table: 'runs', key: gone.key }],
    )
    const writes = [...deletes, write]
    // what comes from others brings no receipts with it
    if (state.node === context.signer.id && replaces.some((gone) => gone.quarantined && !gone.sealed))
      writes.push(receipts.lost(Math.floor(header.maxTime / 1000)))
    return { writes, state }
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

  /** Judges and writes one batch. Memory runs ahead of the store within it, so a failed write puts the old picture back. */
  const batch = async (records: readonly Uint8Array[]): Promise<Ingested[]> => {
    const answers: Ingested[] = []
    const writes: Write[] = []
    const touched = new Map<StreamState, { entries: RunEntry[]; present: number }>()
    const lamport = context.lamport
    const undo = (): void => {
      for (const [state, { entries, present }] of touched) Object.assign(state, { entries, present })
      context.lamport = lamport
      evidence = undefined
    }
    try {
      for (const record of records) {
        const verdict = await examine(context, record)
        let key = ''
        if (verdict.type === 'evidence') {
          const kept = await evidenceWrite(verdict.run, verdict.code)
          key = kept.key
          writes.push(...kept.writes)
          context.report(
            verdict.code,
            `A run of ${verdict.run.header.stream} contradicts what is held; it is kept as evidence.`,
          )
        } else if (verdict.type === 'take') {
          const before = context.index.stream(verdict.run.header.stream)
          if (before !== undefined && !touched.has(before))
            touched.set(before, { entries: before.entries, present: before.present })
          const taken = take(verdict)
          if (!touched.has(taken.state)) touched.set(taken.state, { entries: [], present: 0 })
          writes.push(...taken.writes)
          context.lamport = Math.max(context.lamport, verdict.run.header.lastLamport)
        } else if (verdict.type === 'refused') context.report(verdict.code, verdict.message)
        else if (verdict.type === 'deferred' && verdict.code === 'ERR_LAMPORT_LEAP') {
          const sentence = `${verdict.run.header.stream} counts far ahead of every other node; its runs wait.`
          context.report(verdict.code, sentence)
        }
        answers.push(answerOf(verdict, key))
      }
      if (writes.length === 0) return answers
      writes.push(lamportWrite(context))
      await commitWrites(context, writes)
    } catch (error) {
      undo()
      throw error
    }
    for (const state of touched.keys()) {
      // the runs are stored; a summary that is not will be made again
      await saveSummaries(context, state, 1).catch((error: unknown) => context.report('SUMMARIES', errorMessage(error)))
    }
    return answers
  }

  return {
    release,
    ingest: async (records: readonly Uint8Array[], hold: boolean): Promise<readonly Ingested[]> => {
      const answers = await context.exclusive(() => batch(records))
      if (!hold) release()
      else if (!held) {
        held = true
        cancelHold = context.clock.after(presentHoldMax, release)
      }
      return answers
    },
  }
}
