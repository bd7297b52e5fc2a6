/**
 * Cuts (RULES 19): what an author wrote beyond the point from which it does not count moves from `runs` to evidence, whole runs of it, and comes back
 * when the cut is lifted or moves on. It is kept as it was stored, so that a wrong word of an admin loses nothing.
 */
import type { Write } from '../store/contract.ts'
import type { StreamId } from '../core/event.ts'
import { cutBytesMax, ingestRunsMax } from '../core/limits.ts'
import { cryptBase64 } from '../core/node-id.ts'
import type { LogContext } from './context.ts'
import type { Withdrawn } from './contract.ts'
import { commitWrites, windowOf } from './commit.ts'
import { arrivedPrefix, movedPrefix } from './evidence.ts'
import type { Gate } from './ingestion.ts'
import { cutsWrite } from './kept-cuts.ts'
import { chainsOf } from './run.ts'
import type { RunKey } from './run-key.ts'
import { offsetDigits, readRunKey } from './run-key.ts'
import type { RunEntry, StreamState } from './stream-state.ts'
import { createEntry, endOf, indexOfOffset, nextOf, visibleOf } from './stream-state.ts'

/** Sorts after every key that begins with the text before it. */
const last = '~'

interface Kept {
  readonly evidenceKey: string
  readonly key: string
  readonly fields: RunKey
}

const keptOf = (evidenceKey: string): Kept | undefined => {
  const prefix = [movedPrefix, arrivedPrefix].find((one) => evidenceKey.startsWith(one))
  const key = prefix === undefined ? '' : evidenceKey.slice(prefix.length)
  const fields = readRunKey(key)
  return fields === undefined ? undefined : { evidenceKey, key, fields }
}

/** Parts of `list` that are of bounded size, each at least one element. */
function* parts<T>(list: readonly T[], bytesOf: (one: T) => number, most = Infinity): Generator<readonly T[]> {
  let part: T[] = []
  let bytes = 0
  for (const one of list) {
    if (part.length > 0 && (part.length === most || bytes + bytesOf(one) > cutBytesMax)) {
      yield part
      part = []
      bytes = 0
    }
    part.push(one)
    bytes += bytesOf(one)
  }
  if (part.length > 0) yield part
}

/** Works out the chain that a head of a cut stream tells: that of the last commit which counts whole, however the events are packed. */
export const settleCutChain = async (context: LogContext, state: StreamState): Promise<void> => {
  const { cut, entries } = state
  state.cutChain = undefined
  const index = indexOfOffset(entries, cut)
  const entry = entries[index]
  if (entry === undefined || entry.from >= cut) return
  const run = await context.blocks.run(state, entry)
  const block = run === undefined ? undefined : await context.blocks.read(state, entry)
  if (run === undefined || block === undefined) return
  let { chainBefore: chain } = run.header
  for (const commit of await chainsOf(block, chain)) if (commit.end <= cut) ({ chain } = commit)
  state.cutChain = cryptBase64(chain)
}

export interface Cutter {
  /** Runs within `exclusive`. */
  recut(): Promise<void>
}

export const createCutter = (context: LogContext, gate: Gate): Cutter => {
  const { store, index } = context
  /** Streams of which something may be in evidence because of a cut. */
  let evidenced: Set<StreamId> | undefined

  const keptKeys = async (under: string): Promise<Kept[]> => {
    const found = await Promise.all(
      [movedPrefix, arrivedPrefix].map((prefix) =>
        store.keys('evidence', { from: `${prefix}${under}`, to: `${prefix}${under}${last}` }),
      ),
    )
    return found.flat().flatMap((key) => keptOf(key) ?? [])
  }

  const lamportAt = async (state: StreamState, offset: number): Promise<number> => {
    const at = indexOfOffset(state.entries, offset)
    const entry = state.entries[at]
    const block = entry === undefined ? undefined : await context.blocks.read(state, entry)
    return block?.lamports[offset - block.from] ?? (state.entries[at - 1]?.lastLamport ?? -1) + 1
  }

  /** From the end of the stream on, so that what stays is whole whenever it is interrupted. */
  const moveBeyond = async (state: StreamState): Promise<void> => {
    const beyond = state.entries.filter(({ from }) => from >= state.cut)
    const first = beyond[0]
    if (first === undefined) return
    for (const part of parts(beyond.toReversed(), ({ bytes }) => bytes)) {
      const held = part.filter(({ key }) => key !== '')
      const records = await store.getMany(
        'runs',
        held.map(({ key }) => key),
      )
      const writes = held.flatMap(({ key }, at): Write[] => {
        const value = records[at]
        const gone: Write = { type: 'delete', table: 'runs', key }
        return value === undefined
          ? [gone]
          : [gone, { type: 'put', table: 'evidence', key: `${movedPrefix}${key}`, value }]
      })
      if (writes.length > 0) await commitWrites(context, writes)
      state.entries = state.entries.slice(0, state.entries.length - part.length)
    }
    evidenced?.add(state.stream)
    // a summary is found by its offsets: one of what has gone must not stand for what may come there
    const window = windowOf(first.from)
    const range = { from: `${state.stream}/${offsetDigits(window)}`, to: `${state.stream}/${last}` }
    await store.write([{ type: 'deleteRange', table: 'summaries', ...range }], 'relaxed')
    for (const entry of state.entries) if (windowOf(entry.from) >= window) entry.summarySaved = false
  }

  /** Our own runs come back as they went: through the gate comes what others wrote. */
  const restoreOwn = async (state: StreamState, kept: readonly Kept[]): Promise<void> => {
    for (const part of parts(kept, ({ fields }) => fields.bytes)) {
      const records = await store.getMany(
        'evidence',
        part.map(({ evidenceKey }) => evidenceKey),
      )
      const entries: RunEntry[] = []
      const writes: Write[] = []
      let next = nextOf(state)
      for (const [at, { evidenceKey, key, fields }] of part.entries()) {
        const value = records[at]
        if (value === undefined || fields.from !== next) continue
        writes.push({ type: 'put', table: 'runs', key, value })
        writes.push({ type: 'delete', table: 'evidence', key: evidenceKey })
        entries.push(createEntry(key, fields, 0))
        next = endOf(fields)
      }
      if (writes.length === 0) return
      await commitWrites(context, writes)
      state.entries = [...state.entries, ...entries]
    }
  }

  const bringBack = async (stream: StreamId, cut: number): Promise<void> => {
    const kept = (await keptKeys(`${stream}/`))
      .filter(({ fields }) => fields.from < cut)
      .toSorted((a, b) => a.fields.from - b.fields.from || a.fields.count - b.fields.count)
    const state = index.stream(stream)
    if (context.isOwn(stream)) {
      const moved = kept.filter(({ evidenceKey }) => evidenceKey.startsWith(movedPrefix))
      const [first] = moved
      if (first !== undefined) await restoreOwn(state ?? index.demand(stream, first.fields.ephemeral), moved)
      return
    }
    for (const part of parts(kept, ({ fields }) => fields.bytes, ingestRunsMax))
      await gate.offer(part.map(({ evidenceKey }) => evidenceKey))
  }

  const loadEvidenced = async (): Promise<Set<StreamId>> =>
    (evidenced ??= new Set((await keptKeys('')).map(({ fields }) => fields.stream)))

  return {
    recut: async () => {
      // what arrived meanwhile is known to the gate
      const streams = new Set([
        ...index.streams.keys(),
        ...(await loadEvidenced()),
        ...gate.cutOff(),
        ...context.cuts.keys(),
      ])
      const before = context.cuts
      const after = new Map<StreamId, number>()
      const lowered: StreamState[] = []
      const raised: StreamId[] = []
      for (const stream of streams) {
        const state = index.stream(stream)
        const cut = context.cutOf?.(stream)
        if (cut !== undefined) after.set(stream, cut)
        const was = state?.cut ?? before.get(stream) ?? 0
        if (state !== undefined && state.entries.some(({ from }) => from >= (cut ?? Infinity))) lowered.push(state)
        else if (state !== undefined && (cut ?? Infinity) < was) lowered.push(state)
        if ((cut ?? Infinity) > was) raised.push(stream)
      }
      const gone: Withdrawn[] = []
      for (const state of lowered) {
        const cut = after.get(state.stream) ?? Infinity
        if (state.present > cut) gone.push({ stream: state.stream, from: cut, lamport: await lamportAt(state, cut) })
      }
      for (const state of lowered) {
        state.cut = after.get(state.stream) ?? Infinity
        state.present = Math.min(state.present, state.cut)
      }
      if (gone.length > 0) context.withdrawn(gone)
      // whatever happens from here on, a cut holds from its first moment and is lifted in its last
      const isSame = before.size === after.size && [...after].every(([stream, cut]) => before.get(stream) === cut)
      if (!isSame && raised.length > 0) {
        const lower = [...after].filter(([stream]) => !raised.includes(stream))
        const still = raised.flatMap((stream) => {
          const cut = before.get(stream)
          return cut === undefined ? [] : [[stream, cut] as const]
        })
        await commitWrites(context, [cutsWrite(new Map([...lower, ...still]))])
      } else if (!isSame) await commitWrites(context, [cutsWrite(after)])
      for (const state of lowered) await moveBeyond(state)
      context.cuts = after
      for (const stream of raised) {
        const state = index.stream(stream)
        if (state !== undefined) state.cut = after.get(stream) ?? Infinity
        await bringBack(stream, after.get(stream) ?? Infinity)
      }
      if (!isSame && raised.length > 0) await commitWrites(context, [cutsWrite(after)])
      const changed = [...lowered.map(({ stream }) => stream), ...raised]
      const grown = new Map<StreamId, number>()
      for (const stream of changed) {
        const state = index.stream(stream)
        if (state === undefined) continue
        await settleCutChain(context, state)
        if (visibleOf(state) <= state.present) continue
        state.present = visibleOf(state)
        grown.set(stream, state.present)
      }
      if (changed.length > 0) context.stored(changed, [], true)
      if (grown.size > 0) context.advanced(grown)
    },
  }
}
