/** What a batch at the gate has changed so far: seen by its own runs only, until it is committed. */
import type { StreamId } from '../core/event.ts'
import type { Blocks } from './blocks.ts'
import type { Block } from './body.ts'
import type { Branch } from './branch.ts'
import type { LogContext } from './context.ts'
import { demandFamily, placeOf } from './family.ts'
import type { Run } from './run.ts'
import type { RunEntry, StreamState } from './stream-state.ts'
import { createStreamState } from './stream-state.ts'

export interface Draft {
  readonly context: LogContext
  /** By place. */
  readonly touched: ReadonlyMap<StreamId, StreamState>
  /** Lines that begin with this batch. */
  readonly branches: readonly Branch[]
  /** What is kept under `place`, to be changed. */
  demand(place: StreamId, ephemeral: boolean): StreamState
  begin(branch: Branch, ephemeral: boolean): void
  /** Decoded blocks of the runs that were taken. */
  readonly blocks: [RunEntry, Block][]
  /** By its key. */
  readonly runs: Map<string, Run>
}

export const createDraft = (context: LogContext): Draft => {
  const touched = new Map<StreamId, StreamState>()
  const branches: Branch[] = []
  const index = {
    ...context.index,
    places: (stream: StreamId): readonly StreamState[] => {
      const held = context.index.places(stream).map((place) => touched.get(place.stream) ?? place)
      const root = held.length === 0 ? touched.get(stream) : undefined
      const begun = branches
        .filter((branch) => branch.stream === stream)
        .flatMap(({ place }) => touched.get(place) ?? [])
      return [...held, ...(root === undefined ? [] : [root]), ...begun]
    },
    isPlace: (name: StreamId) => touched.has(name) || context.index.isPlace(name),
  }
  const taken: [RunEntry, Block][] = []
  const runs = new Map<string, Run>()
  // what is not written yet cannot be read from the store
  const blocks: Blocks = {
    ...context.blocks,
    read: (state, entry) => {
      const block = runs.has(entry.key) ? taken.find(([one]) => one === entry)?.[1] : undefined
      return block === undefined ? context.blocks.read(state, entry) : Promise.resolve(block)
    },
    run: (state, entry) => {
      const run = runs.get(entry.key)
      return run === undefined ? context.blocks.run(state, entry) : Promise.resolve(run)
    },
  }
  return {
    context: { ...context, index, blocks },
    touched,
    branches,
    demand: (place, ephemeral) => {
      const known = touched.get(place)
      if (known !== undefined) return known
      const held = context.index.place(place)
      const copy =
        held === undefined || (held.entries.length === 0 && held.branch === undefined)
          ? createStreamState(place, ephemeral, context.cutFor(place))
          : { ...held, entries: [...held.entries] }
      touched.set(place, copy)
      return copy
    },
    begin: (branch, ephemeral) => {
      branches.push(branch)
      touched.set(branch.place, { ...createStreamState(branch.place, ephemeral, Infinity), branch })
    },
    blocks: taken,
    runs,
  }
}

/** What was committed enters memory; answers the streams that have more than one line. */
export const enterPlaces = (context: LogContext, { touched, branches }: Draft): ReadonlySet<StreamId> => {
  const forked = new Set<StreamId>()
  for (const branch of branches) {
    const family = demandFamily(context.index, branch.stream, touched.get(branch.stream)?.ephemeral ?? false)
    placeOf(family, branch)
    // another stream may have begun a branch alike: whose has which name depends on both
    for (const other of context.index.families.values())
      if (other.branches.some(({ digest, parentDigest }) => digest === branch.digest || parentDigest === branch.digest))
        forked.add(other.stream)
  }
  for (const [place, { ephemeral, entries }] of touched) {
    const state = context.index.place(place) ?? context.index.demand(place, ephemeral)
    state.ephemeral = ephemeral
    state.entries = entries
    const stream = state.branch?.stream ?? place
    if (context.index.families.has(stream)) forked.add(stream)
  }
  return forked
}
