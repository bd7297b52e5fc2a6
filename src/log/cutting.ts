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
import { lamportAt, shownTo } from './family.ts'
import { arrivedPrefix, movedPrefix } from './evidence.ts'
import type { Gate } from './ingestion.ts'
import type { Cuts } from './kept-cuts.ts'
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

  /** From the end of the place on, so that what stays is whole whenever it is interrupted. */
  const moveBeyond = async (state: StreamState, shown: number): Promise<void> => {
    const beyond = state.entries.filter(({ from }) => from >= shown)
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
    const places = new Set([stream, ...index.places(stream).map((place) => place.stream)])
    const kept = (await Promise.all([...places].map((place) => keptKeys(`${place}/`))))
      .flat()
      .filter(({ fields }) => fields.from < cut)
      .toSorted((a, b) => a.fields.from - b.fields.from || a.fields.count - b.fields.count)
    if (context.isOwn(stream)) {
      const moved = kept.filter(({ evidenceKey }) => evidenceKey.startsWith(movedPrefix))
      const [first] = moved
      const state = index.stream(stream)
      if (first !== undefined) await restoreOwn(state ?? index.demand(stream, first.fields.ephemeral), moved)
      return
    }
    for (const part of parts(kept, ({ fields }) => fields.bytes, ingestRunsMax))
      await gate.offer(part.map(({ evidenceKey }) => evidenceKey))
  }

  const loadEvidenced = async (): Promise<Set<StreamId>> =>
    (evidenced ??= new Set((await keptKeys('')).map(({ fields }) => fields.stream)))

  /** As its author signed it. */
  const signedOf = (place: StreamId): StreamId => index.place(place)?.branch?.stream ?? place

  /** What is read of `stream`: under its name, and of each other line of it. */
  const linesOf = (stream: StreamId): StreamState[] => {
    const names = index.families.get(stream)?.names ?? [stream]
    return [...names].flatMap((name) => index.stream(name) ?? [])
  }

  /** Where what is kept under `place` ends that counts. */
  const shownOf = (stream: StreamId, place: StreamState): number => {
    const family = index.families.get(stream)
    return family === undefined ? place.cut : shownTo(index, family, place)
  }

  const enforce = (state: StreamState, cut: number): void => {
    // a branch of somebody who was cut off is not read at all
    state.cut = cut === Infinity || state.line?.fork === undefined ? cut : state.shift
    state.present = Math.max(state.shift, Math.min(state.present, state.cut))
  }

  const keep = async (cuts: Cuts): Promise<void> => {
    const isSame = kept.size === cuts.size && [...cuts].every(([stream, cut]) => kept.get(stream) === cut)
    if (!isSame) await commitWrites(context, [cutsWrite(cuts)])
    kept = cuts
  }
  let kept: Cuts = context.cuts

  return {
    recut: async () => {
      const streams = new Set(
        [...index.streams.keys(), ...(await loadEvidenced()), ...gate.cutOff(), ...context.cuts.keys()]
          .filter((name) => index.stream(name)?.line?.fork === undefined)
          .map(signedOf),
      )
      const before = context.cuts
      const after = new Map<StreamId, number>()
      const lowered: StreamId[] = []
      const raised: StreamId[] = []
      for (const stream of streams) {
        const state = index.stream(stream)
        const cut = context.cutOf?.(stream) ?? Infinity
        if (cut !== Infinity) after.set(stream, cut)
        const was = state?.cut ?? before.get(stream) ?? 0
        const isLeft =
          cut !== Infinity && index.places(stream).some((place) => place.entries.some(({ from }) => from >= cut))
        if (state !== undefined && (cut < was || isLeft)) lowered.push(stream)
        if (cut > was) raised.push(stream)
      }
      const gone: Withdrawn[] = []
      for (const stream of lowered) {
        const cut = after.get(stream) ?? Infinity
        for (const state of linesOf(stream)) {
          const from = state.line?.fork === undefined ? cut : state.shift
          if (state.present <= from) continue
          const lamport = await lamportAt(context.blocks, state, from)
          gone.push({ stream: state.stream, from: from - state.shift, lamport })
        }
      }
      for (const stream of lowered) for (const state of linesOf(stream)) enforce(state, after.get(stream) ?? Infinity)
      context.cuts = after
      if (gone.length > 0) context.withdrawn(gone)
      // whatever happens from here on, a cut holds from its first moment and is lifted in its last
      const still = raised.flatMap((stream) => {
        const cut = before.get(stream)
        return cut === undefined ? [] : [[stream, cut] as const]
      })
      await keep(new Map([...[...after].filter(([stream]) => !raised.includes(stream)), ...still]))
      for (const stream of lowered) {
        for (const place of index.places(stream)) await moveBeyond(place, shownOf(stream, place))
        await context.recompose(stream)
      }
      for (const stream of raised) {
        for (const state of linesOf(stream)) enforce(state, after.get(stream) ?? Infinity)
        await bringBack(stream, after.get(stream) ?? Infinity)
        await context.recompose(stream)
      }
      await keep(after)
      const changed = [...lowered, ...raised].flatMap(linesOf)
      const grown = new Map<StreamId, number>()
      for (const state of changed) {
        await settleCutChain(context, state)
        if (visibleOf(state) <= state.present) continue
        state.present = visibleOf(state)
        grown.set(state.stream, state.present - state.shift)
      }
      if (changed.length > 0)
        context.stored(
          changed.map(({ stream }) => stream),
          [],
          true,
        )
      if (grown.size > 0) context.advanced(grown)
    },
  }
}
