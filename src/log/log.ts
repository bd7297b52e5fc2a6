/** The log: the only writer of a node's runs. Wires recovery, appending, the gate, sealing, retention and reading over one context. */
import { errorMessage } from '../core/errors.ts'
import type { EventKey, OffsetMap, StreamId } from '../core/event.ts'
import type { EventFilter } from '../core/event-filter.ts'
import { isWrittenBy } from '../core/event-filter.ts'
import { runsReadMax, tailIdleSeal, tailRunsSeal } from '../core/limits.ts'
import { parseStreamId } from '../core/node-id.ts'
import { createAppender } from './appending.ts'
import { createBlocks, quarantineWrites } from './blocks.ts'
import { milliseconds } from './commit.ts'
import type { LogContext, LogDependencies, Retention, Routing } from './context.ts'
import { createExclusion } from './context.ts'
import type { Head, Log, LogStatus, ReadOptions, RunRecord, RunSketch, Stored, Withdrawn } from './contract.ts'
import { heldChain } from './examination.ts'
import { createCutter, settleCutChain } from './cutting.ts'
import { createGate } from './ingestion.ts'
import { presentOf, read } from './reading.ts'
import type { TailReceipts } from './receipts.ts'
import { openReceipts } from './receipts.ts'
import { recover } from './recovery.ts'
import { retain } from './retention.ts'
import { recordOf, sketchRun } from './run.ts'
import { chainBytes } from './run-key.ts'
import { saveSummaries, sealTail, tailRuns } from './sealing.ts'
import type { RunEntry, StreamState } from './stream-state.ts'
import { baseOf, countOf, endOf, indexOfOffset, nextOf, noChain, tailOf } from './stream-state.ts'

export interface OpenLogOptions extends LogDependencies {
  readonly routing?: Routing
}

export const noRouting: Routing = { routes: [], retention: new Map() }

/** The log and what only the node itself may do with it. */
export interface OwnLog extends Log {
  route(routing: Routing): void
}

/** Anything of it that counts. */
const isHeld = ({ entries, cut }: StreamState): boolean => entries.length > 0 && (entries[0]?.from ?? 0) < cut

interface KnownHead {
  readonly cut: number
  readonly cutChain: string | undefined
  readonly entries: number
  readonly last: RunEntry | undefined
  readonly head: Head
}

/** Heads are asked for far more often than they change: by every link, at every comparison. */
const knownHeads = new WeakMap<readonly RunEntry[], KnownHead>()

const headOf = (state: StreamState): Head => {
  const { entries, damage } = state
  const known = damage.isFound ? undefined : knownHeads.get(entries)
  const { cut, cutChain } = state
  if (
    known !== undefined &&
    known.entries === entries.length &&
    known.last === entries.at(-1) &&
    known.cut === cut &&
    known.cutChain === cutChain
  )
    return known.head
  const count = countOf(state)
  const last = entries[indexOfOffset(entries, count) - 1]
  const sealed = entries[tailOf(state).start - 1]
  const head = {
    from: baseOf(state),
    count,
    sealedTo: Math.min(count, sealed === undefined ? baseOf(state) : endOf(sealed)),
    chain: chainBytes((count === cut ? cutChain : undefined) ?? (last === undefined ? noChain : last.chain)),
  }
  knownHeads.set(entries, { cut, cutChain, entries: entries.length, last: entries.at(-1), head })
  return head
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

/** How many events are missing before the next that is held. */
const firstHole = (entries: readonly RunEntry[]): number => {
  const first = entries.findIndex(({ quarantined }) => quarantined)
  const next = first < 0 ? undefined : entries.slice(first).find(({ quarantined }) => !quarantined)
  return next === undefined ? 0 : next.from - (entries[first]?.from ?? 0)
}

/** Entries from the one that holds `offset` on, about `bytes` of them. */
const runsFrom = async (
  context: LogContext,
  stream: StreamId,
  offset: number,
  bytes: number,
): Promise<readonly RunRecord[]> => {
  const state = context.index.stream(stream)
  if (state === undefined || offset < baseOf(state)) return []
  const entries: RunEntry[] = []
  let size = 0
  for (let at = indexOfOffset(state.entries, offset); entries.length === 0 || size < bytes; at++) {
    const entry = state.entries[at]
    if (entry === undefined || entry.quarantined || entry.from >= state.cut || entries.length === runsReadMax) break
    entries.push(entry)
    size += entry.bytes
  }
  return (await context.blocks.runs(state, entries)).map(recordOf)
}

/** Opens the log over a store that was just opened: what is there is what was committed, whatever happened before. */
export const openLog = async (options: OpenLogOptions): Promise<OwnLog> => {
  const { store, signer, report } = options
  const { index, lamport, cuts, findings } = await recover(store, (stream) => options.cutOf?.(stream))
  for (const finding of findings) report('RECOVERY', finding)

  const listeners = new Set<(grown: ReadonlyMap<StreamId, number>) => void>()
  const storedListeners = new Set<(stored: Stored) => void>()
  const withdrawnListeners = new Set<(gone: readonly Withdrawn[]) => void>()
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
    for (const state of index.streams.values()) {
      for (const entry of state.entries)
        if (entry.sealed && entry.summary === undefined) await blocks.read(state, entry)
      await saveSummaries(context, state, 1)
    }
  }

  /** Numbers are given by each node for itself: those of others mean nothing here. */
  const limitsOf = ({ stream, node }: StreamState): Retention | undefined =>
    node === signer.id
      ? context.routing.retention.get(parseStreamId(stream)?.number ?? -1)
      : context.routing.foreignRetention?.(stream)

  const retainAll = async (): Promise<void> => {
    for (const state of index.streams.values()) {
      const limits = state.ephemeral ? limitsOf(state) : undefined
      const dropped = limits === undefined ? 0 : await retain(context, state, limits)
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
      const cut = context.cutFor(stream)
      return cut === Infinity ? undefined : cut
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
      return state === undefined ? 0 : countOf(state)
    },
    chain: async (stream, offset) => {
      const state = index.stream(stream)
      const chain = state === undefined ? undefined : await heldChain(context, state, offset)
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
    run: async (stream: StreamId, offset: number) => {
      const state = index.stream(stream)
      const entry = state?.entries[indexOfOffset(state.entries, offset)]
      if (state === undefined || entry === undefined || entry.from > offset || entry.from >= state.cut) return undefined
      return (await blocks.run(state, entry))?.bytes
    },
    runs: (stream, offset, bytes) => runsFrom(context, stream, offset, bytes),
    sketch: sketchRun,
    onOwnFork: (listener) => {
      ownForkListeners.add(listener)
      return () => ownForkListeners.delete(listener)
    },
    present: () => presentOf(context),
    presentCount: (stream) => index.stream(stream)?.present ?? 0,
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
