/** The lines of one stream that forked, put together from the places where their runs are kept (RULES 18). */
import type { StreamId } from '../core/event.ts'
import { streamOf } from '../core/node-id.ts'
import type { NodeId } from '../core/event.ts'
import type { Blocks } from './blocks.ts'
import type { Branch, Line, Stretch } from './branch.ts'
import { linesOf } from './branch.ts'
import type { Withdrawn } from './contract.ts'
import type { Index, RunEntry, StreamState } from './stream-state.ts'
import { createStreamState, endOf, indexOfOffset, visibleOf } from './stream-state.ts'

/** A stream of which more than one line is known. */
export interface Family {
  readonly stream: StreamId
  /** By place; that of the stream's own id is the first. */
  readonly places: Map<StreamId, StreamState>
  readonly branches: Branch[]
  /** Names under which its lines are read. */
  names: ReadonlySet<StreamId>
}

/** A part of a run that another line goes on from: the record is the same, and so is what is learnt of it. */
const clip = (entry: RunEntry, from: number, { to, chain, lamport }: Stretch): RunEntry => {
  const end = Math.min(endOf(entry), to)
  if (entry.from >= from && endOf(entry) === end) return entry
  const isShortened = end < endOf(entry)
  const own = {
    from: Math.max(entry.from, from),
    count: end - Math.max(entry.from, from),
    chain: isShortened ? chain : entry.chain,
    lastLamport: isShortened ? lamport : entry.lastLamport,
    whole: entry,
  }
  return new Proxy(entry, {
    get: (held, name) => (name in own ? own[name as keyof typeof own] : held[name as keyof RunEntry]),
  })
}

const entriesOf = (family: Family, { stretches }: Line): RunEntry[] => {
  const entries: RunEntry[] = []
  for (const stretch of stretches) {
    const held = family.places.get(stretch.place)?.entries ?? []
    // what comes before is not here (any more): nothing follows it
    const last = entries.at(-1)
    if (stretch.from > 0 && stretch !== stretches[0] && last !== undefined && endOf(last) < stretch.from) break
    for (let at = indexOfOffset(held, stretch.from); at < held.length; at++) {
      const entry = held[at] as RunEntry
      if (entry.from >= stretch.to) break
      entries.push(clip(entry, stretch.from, stretch))
    }
  }
  return entries
}

/** First offset from which two lines are kept in different places; Infinity where they are the same. */
const divergence = (one: readonly Stretch[], other: readonly Stretch[]): number => {
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const [a, b] = [one[at], other[at]]
    if (a === undefined || b === undefined || a.place !== b.place) return (a ?? b)?.from ?? 0
    if (a.to !== b.to) return Math.min(a.to, b.to)
  }
  return Infinity
}

/** Of several streams that fork alike (one author copied another), each reads its branch under a number of its own. */
const nameOf = (index: Index, family: Family, digest: string): StreamId => {
  const before = [...index.families.values()].filter(
    ({ stream, branches }) =>
      stream < family.stream && branches.some((branch) => branch.digest === digest || branch.parentDigest === digest),
  )
  return streamOf(digest as NodeId, before.length)
}

const whole: readonly Stretch[] = []

/** Where a line ends for readers: a branch of an author who was cut off anywhere is not read at all (RULES 19). */
export const cutOfLine = (index: Index, family: Family, line: Line): number => {
  const cut = index.cutFor(family.stream)
  return line.fork === undefined || cut === Infinity ? cut : line.fork.at
}

export interface Recomposed {
  readonly withdrawn: readonly Withdrawn[]
  /** Names of which there may be more to be shown, or less. */
  readonly names: ReadonlySet<StreamId>
}

/** Brings what is read under the names of `family` in line with its places. `lamportAt`: of an event that is present no more. */
export const recompose = async (
  index: Index,
  family: Family,
  lamportAt: (state: StreamState, offset: number) => Promise<number>,
): Promise<Recomposed> => {
  const root = family.places.get(family.stream)
  const withdrawn: Withdrawn[] = []
  const names = new Set<StreamId>()
  for (const line of linesOf(family.stream, family.branches)) {
    const { fork } = line
    const name = fork === undefined ? family.stream : nameOf(index, family, fork.digest)
    names.add(name)
    const state = index.demand(name, root?.ephemeral ?? false)
    const shift = fork?.at ?? 0
    const isSame = state.line?.family === family && state.shift === shift
    const before = isSame ? (state.line?.stretches ?? whole) : []
    // the name was borne by a branch of another stream, which has another one now
    const isTaken = state.line !== undefined && !isSame
    const changedAt = isTaken
      ? state.shift
      : state.line === undefined && fork === undefined
        ? firstForkOf(family.stream, line)
        : divergence(before, line.stretches)
    if (state.present > Math.max(changedAt, state.shift)) {
      const from = Math.max(changedAt, state.shift)
      withdrawn.push({ stream: name, from: from - state.shift, lamport: await lamportAt(state, from) })
      state.present = from
    }
    if (isTaken) state.present = shift
    state.shift = shift
    state.ephemeral = root?.ephemeral ?? state.ephemeral
    state.line = { family, ...line }
    state.damage = root?.damage ?? state.damage
    state.entries = entriesOf(family, line)
    state.cut = cutOfLine(index, family, line)
    state.present = Math.max(shift, Math.min(state.present, visibleOf(state)))
  }
  for (const name of family.names) {
    if (names.has(name)) continue
    const state = index.stream(name)
    if (state === undefined || state.line?.family !== family) continue
    if (state.present > state.shift)
      withdrawn.push({ stream: name, from: 0, lamport: await lamportAt(state, state.shift) })
    state.entries = []
    state.present = state.shift
    state.line = undefined
  }
  const all = new Set([...names, ...family.names])
  family.names = names
  return { withdrawn, names: all }
}

/** A line that was the whole stream so far stays what it was up to where another place goes on. */
const firstForkOf = (stream: StreamId, { stretches: [first] }: Line): number => (first?.place === stream ? first.to : 0)

/** The family of `stream`, made when it forks for the first time; its state goes on as what is read under the name. */
export const demandFamily = (index: Index, stream: StreamId, ephemeral: boolean): Family => {
  const known = index.families.get(stream)
  if (known !== undefined) return known
  const state = index.demand(stream, ephemeral)
  const root: StreamState = { ...state, entries: [...state.entries], line: undefined }
  const family: Family = { stream, places: new Map([[stream, root]]), branches: [], names: new Set([stream]) }
  index.families.set(stream, family)
  return family
}

/** A place of its own for `branch`; what is kept there begins with the run that holds its first commit. */
export const placeOf = (family: Family, branch: Branch): StreamState => {
  const root = family.places.get(family.stream)
  const made = createStreamState(branch.place, root?.ephemeral ?? false, Infinity)
  const state: StreamState = { ...made, branch, damage: root?.damage ?? made.damage }
  family.places.set(branch.place, state)
  family.branches.push(branch)
  return state
}

/** One past the last offset of a place that any line shows: from there on nothing of it counts. */
export const shownTo = (index: Index, family: Family, place: StreamState): number => {
  const shown = new Set<string>()
  for (const name of family.names) {
    const state = index.stream(name)
    for (const entry of state?.entries ?? []) if (entry.from < (state?.cut ?? 0)) shown.add(entry.key)
  }
  const last = place.entries.findLast(({ key }) => shown.has(key))
  return last === undefined ? 0 : endOf(last)
}

/** Of one event; where it cannot be read, one that is not later. */
export const lamportAt = async (blocks: Pick<Blocks, 'read'>, state: StreamState, offset: number): Promise<number> => {
  const at = indexOfOffset(state.entries, offset)
  const entry = state.entries[at]
  const block = entry === undefined ? undefined : await blocks.read(state, entry)
  return block?.lamports[offset - block.from] ?? (state.entries[at - 1]?.lastLamport ?? -1) + 1
}
