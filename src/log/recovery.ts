/** Opening is recovery: the index is what the keys of the store say, whatever happened before. */
import { decodeCount } from './count.ts'
import type { StreamId } from '../core/event.ts'
import type { Store } from '../store/contract.ts'
import type { Cuts } from './kept-cuts.ts'
import { loadBranches } from './branch.ts'
import { demandFamily, placeOf, recompose } from './family.ts'
import { loadCuts } from './kept-cuts.ts'
import type { RunKey } from './run-key.ts'
import { readRunKey } from './run-key.ts'
import type { Index, RunEntry, StreamState } from './stream-state.ts'
import { createEntry, createIndex, endOf, visibleOf } from './stream-state.ts'
import type { Summary } from './summary.ts'
import { decodeSummaries } from './summary.ts'

export interface Recovered {
  readonly index: Index
  /** Highest lamport of any run held or held once. */
  readonly lamport: number
  /** Those of the last time. */
  readonly cuts: Cuts
  /** Sentences on what was found damaged. */
  readonly findings: readonly string[]
}

const readSummaries = async (store: Store, findings: string[]): Promise<ReadonlyMap<string, Summary>> => {
  const summaries = new Map<string, Summary>()
  const records = await store.range('summaries', {})
  const decoded = await Promise.all(records.map(([, value]) => decodeSummaries(value).catch(() => undefined)))
  records.forEach(([key], index) => {
    const page = decoded[index]
    const stream = key.slice(0, key.lastIndexOf('/'))
    if (page === undefined)
      findings.push(`A record of summaries of ${stream} is damaged; its runs are summarised again when read.`)
    else for (const summary of page) summaries.set(`${stream}/${summary.from}/${summary.count}`, summary)
  })
  return summaries
}

/** Runs that overlap cannot come from our transactions; should the store hold some all the same, the longer one stays. */
const place = (state: StreamState, entry: RunEntry, findings: string[]): void => {
  // an ephemeral stream may begin anywhere, and what branches off another line; a permanent one at 0 only (RULES 8)
  const mayBeginAnywhere = state.ephemeral || state.branch !== undefined
  const last = state.entries.at(-1) ?? { from: 0, count: mayBeginAnywhere ? entry.from : 0, lastLamport: 0 }
  if (endOf(last) === entry.from) {
    state.entries.push(entry)
    return
  }
  if (endOf(last) < entry.from) {
    findings.push(`Events ${endOf(last)} to ${entry.from - 1} of ${state.stream} are missing from the store.`)
    state.entries.push(missing(last, entry))
    state.damage.isFound = true
    state.entries.push(entry)
    return
  }
  findings.push(`Two records of ${state.stream} overlap at ${entry.from}; the longer one is used.`)
  if (endOf(entry) > endOf(last) && entry.from === last.from) state.entries[state.entries.length - 1] = entry
}

/** A hole stands as a quarantined run without a record, so that entries stay contiguous and repair can fill it. */
const missing = (before: Pick<RunEntry, 'from' | 'count' | 'lastLamport'>, after: RunEntry): RunEntry => {
  const from = endOf(before)
  const fields: RunKey = {
    ...after,
    stream: '' as RunKey['stream'],
    ephemeral: false,
    from,
    count: after.from - from,
    lastLamport: before.lastLamport,
    bytes: 0,
    chain: '',
    crc: '',
  }
  return { ...createEntry('', fields, 0), quarantined: true, unreadable: 'the record is missing' }
}

export const recover = async (store: Store, cutOf: (stream: StreamId) => number | undefined): Promise<Recovered> => {
  const findings: string[] = []
  const [keys, summaries, kept, cuts, branches] = await Promise.all([
    store.keys('runs', {}),
    readSummaries(store, findings),
    store.get('meta', 'lamport'),
    loadCuts(store, findings),
    loadBranches(store, findings),
  ])
  // who was cut off is known again only when the swarm's own streams have been read
  const index = createIndex((stream) => cuts.get(stream) ?? cutOf(stream) ?? Infinity)
  for (const branch of branches) placeOf(demandFamily(index, branch.stream, false), branch)
  let lamport = 0
  try {
    if (kept !== undefined) lamport = decodeCount(kept)
  } catch {
    findings.push('The kept lamport counter is damaged; it goes on from the highest one of any run that is here.')
  }
  for (const key of keys) {
    const fields = readRunKey(key)
    if (fields === undefined) {
      findings.push('A record of the store has a key that is none of a run; it is left alone.')
      continue
    }
    const summary = fields.sealed ? summaries.get(`${fields.stream}/${fields.from}/${fields.count}`) : undefined
    const state = index.place(fields.stream) ?? index.demand(fields.stream, fields.ephemeral)
    state.ephemeral = fields.ephemeral
    place(state, createEntry(key, fields, summary?.receivedAt ?? 0, summary), findings)
    lamport = Math.max(lamport, fields.lastLamport)
  }
  for (const family of index.families.values()) await recompose(index, family, () => Promise.resolve(0))
  for (const state of index.streams.values()) state.present = Math.max(state.shift, visibleOf(state))
  return { index, lamport, cuts, findings }
}
