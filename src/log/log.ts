/** The log: the only writer of a node's runs. Wires recovery, appending, the gate, sealing, retention and reading over one context. */
import { errorMessage } from '../core/errors.ts'
import type { EventKey, OffsetMap, StreamId } from '../core/event.ts'
import type { EventFilter } from '../core/event-filter.ts'
import { isWrittenBy } from '../core/event-filter.ts'
import { tailIdleSeal, tailRunsSeal } from '../core/limits.ts'
import { parseStreamId } from '../core/node-id.ts'
import { createAppender } from './appending.ts'
import { createBlocks, quarantineWrites } from './blocks.ts'
import { milliseconds } from './commit.ts'
import type { LogContext, LogDependencies, Retention, Routing } from './context.ts'
import { createExclusion } from './context.ts'
import type { Fork, Log, LogStatus, ReadOptions, RunSketch, Stored, Withdrawn } from './contract.ts'
import { heldChain } from './examination.ts'
import { createCutter, settleCutChain } from './cutting.ts'
import { lamportAt, recompose } from './family.ts'
import { firstHole, forkOf, forksOf, headOf, isHeld, runAt, runsFrom } from './heads.ts'
import { createGate } from './ingestion.ts'
import { presentOf, read } from './reading.ts'
import type { TailReceipts } from './receipts.ts'
import { openReceipts } from './receipts.ts'
import { recover } from './recovery.ts'
import { retain } from './retention.ts'
import { sketchRun } from './run.ts'
import { chainBytes } from './run-key.ts'
import { saveSummaries, sealTail, tailRuns } from './sealing.ts'
import type { RunEntry, StreamState } from './stream-state.ts'
import { countOf, endOf, nextOf } from './stream-state.ts'

export interface OpenLogOptions extends LogDependencies {
  readonly routing?: Routing
}

export const noRouting: Routing = { routes: [], retention: new Map() }

/** The log and what only the node itself may do with it. */
export interface OwnLog extends Log {
  route(routing: Routing): void
}

const statusOf = (context: LogContext): LogStatus => {
  const states = [...context.index.streams.values()]
  const entries = states.flatMap((state) => state.entries)
  return {
    events: states.reduce(
      (sum, { entries: held, cut }) =>
        sum + held.reduce((all, { from, count }) => all + Math.max(0, Math.min(count, cut - from)), 0),
      0,
    ),
    runs: entries.length,
    sealedRuns: entries.filter(({ sealed }) => sealed).length,
    bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    lamport: context.lamport,
    quarantined: states.flatMap(({ stream, entries: held }) =>
      held
        .filter(({ quarantined }) => quarantined)
        .map(({ from, count, unreadable }) => ({ stream, from, count, reason: unreadable ?? '' })),
    ),
  }
}

/** Opens the log over a store that was just opened: what is there is what was committed, whatever happened before. */
export const openLog = async (options: OpenLogOptions): Promise<OwnLog> => {
  const { store, signer, report } = options
  const { index, lamport, cuts, findings } = await recover(store, (stream) => options.cutOf?.(stream))
  for (const finding of findings) report('RECOVERY', finding)

  const listeners = new Set<(grown: ReadonlyMap<StreamId, number>) => void>()
  const storedListeners = new Set<(stored: Stored) => void>()
  const withdrawnListeners = new Set<(gone: readonly Withdrawn[]) => void>()
  const forkListeners = new Set<(fork: Fork) => void>()
  const toldForks = new Set(forksOf(index).map(({ alias }) => alias))
  const ownForkListeners = new Set<(run: RunSketch) => void>()
  let lastWrite = options.clock.monotonic()
  const exclusion = createExclusion()
  const own = [...index.streams.values()].filter(({ stream }) => isWrittenBy(stream, signer.id))
  const blocks = createBlocks(store, (stream, entry, reason, record) => {
    const sentence = `Events ${entry.from} to ${endOf(entry) - 1} of ${stream} cannot be read: ${reason}. They are set aside; everything else goes on.`
    report('QUARANTINED', sentence)
    const writes = quarantineWrites(stream, entry, record)
    // evidence is worth having, not worth failing a query for
    if (writes.length > 0)
      store.write(writes, 'relaxed').catch((error: unknown) => report('EVIDENCE', errorMessage(error)))
  })
  const context: LogContext = {
    ...options,
    ...exclusion,
    index,
    blocks,
    routing: options.routing ?? noRouting,
    lamport,
    lastTimestamp: own.reduce((latest, state) => Math.max(latest, state.entries.at(-1)?.maxTime ?? 0), 0),
    unsettled: undefined,
    cuts,
    cutFor: (stream) => index.stream(stream)?.cut ?? index.cutFor(stream),
    isOwn: (stream) => isWrittenBy(stream, signer.id),
    advanced: (grown) => {
      lastWrite = options.clock.monotonic()
      for (const listener of listeners) listener(grown)
    },
    stored: (streams, appended = [], isRecut) => {
      if (storedListeners.size === 0) return
      const stored = { streams: new Set(streams), appended, ...(isRecut && { isRecut }) }
      for (const listener of storedListeners) listener(stored)
    },
    withdrawn: (gone) => {
      for (const listener of withdrawnListeners) listener(gone)
    },
    recompose: async (stream) => {
      const family = index.families.get(stream)
      if (family === undefined) return []
      const { withdrawn, names } = await recompose(index, family, (state, offset) => lamportAt(blocks, state, offset))
      if (withdrawn.length > 0) context.withdrawn(withdrawn)
      return names
    },
    forked: (stream) => {
      for (const fork of forksOf(index)) {
        if (fork.stream !== stream || toldForks.has(fork.alias)) continue
        toldForks.add(fork.alias)
        const sentence = `${stream} has two histories from event ${fork.from} on: both are kept, the other one is read as ${fork.alias}.`
        report('FORK', sentence)
        for (const listener of forkListeners) listener(fork)
      }
    },
    ownForked: (run) => {
      for (const listener of ownForkListeners) listener(run)
    },
  }
  // also those that a seal had to leave behind, since they are damaged
  const ownSmallRuns = (): { state: StreamState; entries: readonly RunEntry[] }[] =>
    [...index.streams.values()]
      .filter(({ stream }) => isWrittenBy(stream, signer.id))
      .map((state) => ({ state, entries: state.entries.filter(({ sealed }) => !sealed) }))
  const tailReceipts: TailReceipts = {
    latest: ownSmallRuns()
      .flatMap(({ entries }) => entries)
      .reduce((latest, { maxTime }) => Math.max(latest, Math.floor(maxTime / 1000)), 0),
    find: async (key) => {
      for (const { state, entries } of ownSmallRuns()) {
        await blocks.prefetch(state, entries)
        for (const entry of entries) {
          if (entry.receipts === undefined) await blocks.read(state, entry)
          const found = entry.receipts?.find((receipt) => receipt.key === key)
          if (found !== undefined) return found.answer
        }
      }
      return undefined
    },
    isWhole: () => ownSmallRuns().every(({ entries }) => entries.every(({ quarantined }) => !quarantined)),
  }
  const receipts = await openReceipts(store, tailReceipts, milliseconds(context))
  const append = createAppender(context, receipts)
  const gate = createGate(context, receipts)
  const cutter = createCutter(context, gate)
  index.cutFor = (stream) => context.cuts.get(stream) ?? options.cutOf?.(stream) ?? Infinity
  for (const state of index.streams.values()) if (state.cut < nextOf(state)) await settleCutChain(context, state)

  const sealIdleTails = async (): Promise<void> => {
    if (options.clock.monotonic() - lastWrite < tailIdleSeal) return
    for (const state of index.streams.values()) {
      if (isWrittenBy(state.stream, signer.id) && tailRuns(state) >= tailRunsSeal) await sealTail(context, state, true)
    }
  }

  const summariseSeals = async (): Promise<void> => {
    for (const state of index.allPlaces()) {
      for (const entry of state.entries)
        if (entry.sealed && entry.summary === undefined) await blocks.read(state, entry)
      await saveSummaries(context, state, 1)
    }
  }

  /** Numbers are given by each node for itself: those of others mean nothing here. */
  const limitsOf = ({ stream: place, branch, node }: StreamState): Retention | undefined => {
    const stream = branch?.stream ?? place
    return node === signer.id
      ? context.routing.retention.get(parseStreamId(stream)?.number ?? -1)
      : context.routing.foreignRetention?.(stream)
  }

  const retainAll = async (): Promise<void> => {
    for (const state of [...index.allPlaces()]) {
      const limits = state.ephemeral ? limitsOf(state) : undefined
      const dropped = limits === undefined ? 0 : await retain(context, state, limits)
      if (dropped > 0) await context.recompose(state.branch?.stream ?? state.stream)
      if (dropped > 0)
        report('RETENTION', `${dropped} events of ${state.stream} were let go, as the settings of this device say.`)
    }
  }

  return {
    node: signer.id,
    append,
    progress: receipts.progress,
    ingest: (runs, { hold = false, mayJump = () => false } = {}) => gate.ingest(runs, hold, mayJump),
    release: gate.release,
    cutOf: (stream) => {
      const state = index.stream(stream)
      const cut = state === undefined ? index.cutFor(stream) : state.cut - state.shift
      return cut === Infinity ? undefined : cut
    },
    forks: () => forksOf(index),
    originOf: (alias) => {
      const state = index.stream(alias)
      return state === undefined ? undefined : forkOf(state)
    },
    onFork: (listener) => {
      forkListeners.add(listener)
      return () => forkListeners.delete(listener)
    },
    recut: () => exclusion.exclusive(cutter.recut),
    onWithdrawn: (listener) => {
      withdrawnListeners.add(listener)
      return () => withdrawnListeners.delete(listener)
    },
    heads: () => new Map(index.ordered().flatMap((state) => (isHeld(state) ? [[state.stream, headOf(state)]] : []))),
    head: (stream) => {
      const state = index.stream(stream)
      return state !== undefined && isHeld(state) ? headOf(state) : undefined
    },
    count: (stream) => {
      const state = index.stream(stream)
      return state === undefined ? 0 : Math.max(0, countOf(state) - state.shift)
    },
    chain: async (stream, offset) => {
      const state = index.stream(stream)
      const chain = state === undefined ? undefined : await heldChain(context, state, offset + state.shift)
      return chain === undefined || chain === '' ? undefined : chainBytes(chain)
    },
    hole: (stream) => {
      const state = index.stream(stream)
      return state?.damage.isFound === true && countOf(state) < state.cut ? firstHole(state.entries) : 0
    },
    onStored: (listener) => {
      storedListeners.add(listener)
      return () => storedListeners.delete(listener)
    },
    run: (stream, offset) => runAt(context, stream, offset),
    runs: (stream, offset, bytes) => runsFrom(context, stream, offset, bytes),
    sketch: sketchRun,
    onOwnFork: (listener) => {
      ownForkListeners.add(listener)
      return () => ownForkListeners.delete(listener)
    },
    present: () => presentOf(context),
    presentCount: (stream) => {
      const state = index.stream(stream)
      return state === undefined ? 0 : state.present - state.shift
    },
    read: (what: ReadOptions) => read(context, what),
    onPresent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    newest: async (filter: EventFilter, bound: OffsetMap): Promise<EventKey | undefined> => {
      for await (const batch of read(context, { filter, order: 'desc', upperBound: bound, limit: 1 })) {
        const event = batch.type === 'events' ? batch.events[0] : undefined
        if (event !== undefined) return { lamport: event.lamport, stream: event.stream }
      }
      return undefined
    },
    maintain: () =>
      exclusion.exclusive(async () => {
        await sealIdleTails()
        await summariseSeals()
        await retainAll()
        const evicted = await receipts.evict(milliseconds(context))
        if (evicted.length > 0) await store.write(evicted, 'relaxed')
      }),
    status: () => statusOf(context),
    route: (routing) => {
      context.routing = routing
    },
    close: async () => {
      await exclusion.exclusive(() => store.close())
    },
  }
}
