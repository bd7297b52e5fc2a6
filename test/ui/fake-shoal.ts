/**
 * A `Shoal` in memory: for the importer's tests, which need a node that refuses or loses an answer at a chosen publication, and for
 * looking at the console without a worker.
 */
import type {
  Connectivity,
  EventItem,
  Item,
  NewEvent,
  NodeDetails,
  PublishOptions,
  Published,
  QueryOptions,
  QueryResult,
  Shoal,
} from '../../src/client/contract.ts'
import { ShoalError } from '../../src/core/errors.ts'
import { exportDiary, filterDiary } from '../../src/node/diary-filter.ts'
import type { Json, NodeId, StreamId } from '../../src/core/event.ts'
import type { Scene } from './fake-scenes.ts'
import { selfId as nodeId } from './fake-scenes.ts'
import type { FakeSwarm } from './fake-swarm.ts'
import { createFakeSwarm } from './fake-swarm.ts'

const ownStream = `${nodeId}-0` as StreamId

export interface FakeOptions {
  /** Publications, counted from 0, that store nothing and fail. */
  readonly refuseAt?: readonly number[]
  /** Publications that store everything and fail all the same. */
  readonly loseAnswerAt?: readonly number[]
  readonly details?: Partial<NodeDetails>
  /** Instead of what follows from the scene. */
  readonly connectivity?: Partial<Connectivity>
  readonly now?: () => number
  readonly scene?: Scene
  /** Milliseconds between the steps of a join. */
  readonly stepTime?: number
}

export interface FakeShoal extends Shoal {
  readonly events: readonly EventItem[]
  readonly swarm: FakeSwarm
  /** An event of another device comes in; without `lamport` it is the latest of all. */
  arrive(node: NodeId, draft: NewEvent, given?: { readonly lamport?: number; readonly timestamp?: number }): void
}

/** Only tags, `&` before `|`: enough for a screen to show something. */
const matcher = (aql: string): ((event: EventItem) => boolean) => {
  const where = /FROM\s+(.*?)(?:\s+ORDER\b|\s+LIMIT\b|$)/is.exec(aql)?.[1]
  if (where === undefined) throw new ShoalError('ERR_BAD_REQUEST', 'Expected FROM at line 1, column 1.')
  const any = where.split('|').map((part) => part.split('&').map((atom) => atom.trim()))
  return (event) =>
    any.some((all) => all.every((atom) => atom === 'allEvents' || event.tags.includes(atom.replaceAll("'", ''))))
}

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

export const createFakeShoal = (options: FakeOptions = {}): FakeShoal => {
  const events: EventItem[] = []
  const counts = new Map<StreamId, number>()
  const receipts = new Map<string, readonly Published[]>()
  const kept = new Map<string, number>()
  const listeners = new Set<(event: EventItem) => void>()
  let publications = 0
  let turn: Promise<unknown> = Promise.resolve()
  let displayName = 'Press line tablet'
  const now = options.now ?? (() => Date.now() * 1000)

  const append = (
    stream: StreamId,
    draft: NewEvent,
    { timestamp, lamport = events.length + 1 }: { timestamp: number; lamport?: number },
  ): EventItem => {
    const offset = counts.get(stream) ?? 0
    counts.set(stream, offset + 1)
    const event: EventItem = {
      type: 'event',
      lamport,
      stream,
      offset,
      timestamp,
      tags: [...draft.tags].toSorted(),
      appId: 'com.example.console',
      payload: draft.payload as Json,
    }
    events.push(event)
    return event
  }
  const store = (drafts: readonly NewEvent[], { progress, receipt }: PublishOptions): readonly Published[] => {
    const count = publications++
    if (options.refuseAt?.includes(count)) throw new ShoalError('ERR_STORE_FULL', 'The storage of this device is full.')
    if (progress) {
      if ((kept.get(progress.key) ?? 0) !== progress.from)
        throw new ShoalError('ERR_PROGRESS', 'Another writer was here.')
      kept.set(progress.key, progress.to)
    }
    const known = receipt === undefined ? undefined : receipts.get(receipt)
    if (known) return known
    const timestamp = now()
    const added = drafts.map((draft) => append(ownStream, draft, { timestamp }))
    for (const event of added) for (const listener of listeners) listener(event)
    if (options.loseAnswerAt?.includes(count)) throw new ShoalError('ERR_INTERNAL', 'The answer was lost.')
    if (receipt !== undefined) receipts.set(receipt, added)
    return added
  }
  const present = (): Record<string, number> =>
    Object.fromEntries([...counts].map(([stream, count]) => [stream, count - 1]))

  async function* run(aql: string, { order, upperBound, signal }: QueryOptions): AsyncGenerator<never> {
    await new Promise((resolve) => setTimeout(resolve))
    const isMatch = matcher(aql)
    const desc = /ORDER\s+DESC/i.test(aql) || (order === 'desc' && !/ORDER\s+ASC/i.test(aql))
    let left = Number(/LIMIT\s+(\d+)/i.exec(aql)?.[1] ?? Infinity)
    const bound = upperBound ?? present()
    const chosen = events
      .filter((event) => event.offset <= (bound[event.stream] ?? -1))
      .toSorted((a, b) => a.lamport - b.lamport)
    for (const event of desc ? chosen.toReversed() : chosen) {
      if (signal?.aborted) throw signal.reason
      if (!isMatch(event)) continue
      if (left-- <= 0) break
      yield event as never
    }
    yield { type: 'offsets', offsets: present() } as never
  }

  const swarm = createFakeSwarm(options)
  const connectivity = (): Connectivity => {
    const { state, standing, radio, stations, devices } = swarm.current
    return {
      node: nodeId,
      state,
      standing: standing.type,
      radio,
      stations,
      now: now(),
      uptime: 3_600_000,
      versions: [1],
      devices: devices
        .filter(({ isSelf }) => !isSelf)
        .map(({ node, displayName: name, standing: own, link, lastSeen }) => ({
          node,
          ...(name !== undefined && { displayName: name }),
          standing: own.type,
          ...(link !== undefined && { link }),
          seenAt: link === undefined ? 'nowhere' : 'station',
          through: [],
          ...(lastSeen !== undefined && { lastSeen }),
          failures: 0,
        })),
      ...options.connectivity,
    }
  }

  return {
    events,
    swarm,
    arrive: (node, draft, { lamport, timestamp = now() } = {}) => {
      const stream = `${node}-0` as StreamId
      const event = append(stream, draft, lamport === undefined ? { timestamp } : { timestamp, lamport })
      for (const listener of listeners) listener(event)
    },
    state: 'connected',
    problem: undefined,
    onState: () => () => undefined,
    publish: (drafts, given = {}) => {
      const answer = turn.then(() => store(drafts, given))
      turn = answer.catch(() => undefined)
      return answer
    },
    query: (aql, given = {}): QueryResult => ({
      [Symbol.asyncIterator]: () => run(aql, given),
      // oxlint-disable-next-line unicorn/no-thenable
      then: (onItems, onError) => all(run(aql, given)).then(onItems, onError),
    }),
    subscribe: (aql, { lowerBound }, onItem: (item: Item) => void) => {
      const isMatch = matcher(aql)
      for (const event of events) if (isMatch(event) && event.offset > (lowerBound?.[event.stream] ?? -1)) onItem(event)
      onItem({ type: 'offsets', offsets: present() })
      const listener = (event: EventItem): void => {
        if (isMatch(event)) onItem(event)
      }
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    offsets: async () => ({ present: present(), toReplicate: {} }),
    info: async (): Promise<NodeDetails> => ({
      connectedNodes: 0,
      uptime: { secs: 5025, nanos: 0 },
      version: '2.18.1-shoal',
      swarmState: { peersStatus: {} },
      nodeId,
      displayName,
      swarmId: 'kd0Yq3JmB7eU5xR1wTzH2nLfVgC9aSoP8iE4uKyXbN.',
      events: events.length,
      runs: Math.ceil(events.length / 1024),
      sealedRuns: Math.floor(events.length / 1024),
      logBytes: Math.round(events.length * 2.8),
      storage: { used: 18_400_000 + events.length * 3, quota: 6_200_000_000 },
      quarantined: [],
      diary: [],
      ...options.details,
    }),
    rename: async (name) => {
      displayName = name
    },
    eventRouting: async (settings = {}) => settings,
    progress: async (key) => kept.get(key) ?? 0,
    diary: async (filter) => filterDiary(options.details?.diary ?? [], filter),
    exportDiary: async (filter) =>
      exportDiary(filterDiary(options.details?.diary ?? [], filter), {
        node: nodeId,
        version: 'fake',
        exportedAt: now(),
        isMember: () => true,
      }),
    connectivity: async () => connectivity(),
    close: () => undefined,
  }
}
