/**
 * The real node, store and port in a worker that can be made to die, stall, refuse or be fenced at any moment. The disk outlives it;
 * a life that is over commits nothing any more and is never heard again, as when a browser stops a worker.
 */
import { createNodeHost } from '../../sw/node-host.ts'
import { createPages } from '../../sw/pages.ts'
import type { ConnectMessage, PortAnswer, PortRequest } from '../../src/api/port-contract.ts'
import type { Dial } from '../../src/client/link.ts'
import { ShoalError } from '../../src/core/errors.ts'
import type { AppId, Json } from '../../src/core/event.ts'
import type { Node } from '../../src/node/contract.ts'
import { createNode } from '../../src/node/node.ts'
import { systemClock } from '../../src/node/system-clock.ts'
import type { CommitFate, MemoryDisk } from '../../src/store/memory.ts'
import { createMemoryDisk, createMemoryRack, openMemoryShelf, openMemoryStore } from '../../src/store/memory.ts'

export interface Faults {
  /** Asked before each commit of a publication. A fate that begins with `die` ends this life. */
  fate: () => CommitFate | Promise<CommitFate>
  /** Opening the store fails with this code. */
  refusal: string | undefined
  /** The worker takes every page for older than itself. */
  isNewer: boolean
}

export interface Counts {
  dials: number
  deaths: number
  probes: number
  /** Chunks sent. */
  chunks: number
}

export interface MortalWorker {
  readonly dial: Dial
  readonly faults: Faults
  readonly counts: Readonly<Counts>
  /** How many subscriptions, queries and watches the living worker answers now. */
  streams(): number
  /** Stops without a sign; the next dial starts another. */
  kill(): void
  /** Hears nothing until `thaw`, as when it computes. */
  freeze(): void
  thaw(): void
  /** Another instance opens the same store. */
  fence(): Promise<void>
  /** The living node moves to a new, empty log, as when it joins or leaves; resolves when that is served. */
  move(): Promise<void>
  /** By somebody else than the page. */
  publish(...payloads: readonly Json[]): Promise<void>
  stored(): Promise<unknown[]>
}

const streaming = new Set<string>(['query', 'subscribe', 'swarm_watch'])

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

export interface MortalWorkerOptions {
  /** What a node is served as; by default as it is. */
  readonly dress?: (node: Node) => Node
}

export const createMortalWorker = ({ dress = (node) => node }: MortalWorkerOptions = {}): MortalWorker => {
  const disk = createMemoryDisk()
  const rack = createMemoryRack(disk)
  const faults: Faults = { fate: () => 'commit', refusal: undefined, isNewer: false }
  const counts: Counts = { dials: 0, deaths: 0, probes: 0, chunks: 0 }
  let life = 0
  let frozen: (() => void)[] | undefined
  let current: ReturnType<typeof start> | undefined

  const kill = (): void => {
    life++
    counts.deaths++
    current = undefined
  }
  const unlessFrozen = (action: () => void): void => {
    if (frozen === undefined) action()
    else frozen.push(action)
  }

  const start = () => {
    const born = life
    const isAlive = (): boolean => life === born
    const streams = new Set<string>()
    const mortal = (log: MemoryDisk): MemoryDisk => ({
      ...log,
      fate: async (writes: Parameters<typeof disk.fate>[0]): Promise<CommitFate> => {
        const isPublication = writes.some((write) => write.table === 'runs')
        const fate = isAlive() && isPublication ? await faults.fate() : 'commit'
        if (!isAlive()) return 'die-before'
        if (fate.startsWith('die')) kill()
        return fate
      },
    })
    const diskOf = (name: string): MemoryDisk => {
      const log = rack.disks.get(name) ?? createMemoryDisk()
      rack.disks.set(name, log)
      return mortal(log)
    }
    const shelf = openMemoryShelf(rack)
    let replaced: () => void = () => undefined
    const host = createNodeHost({
      shelf: {
        ...shelf,
        openStore: (name) =>
          faults.refusal === undefined
            ? openMemoryStore(diskOf(name))()
            : Promise.reject(new ShoalError(faults.refusal, 'as told')),
      },
      openNode: async (followed, onReplaced) => {
        replaced = onReplaced
        return dress(await createNode({ shelf: followed, clock: systemClock, random, build: 'test', onReplaced }))
      },
      onLost: () => pages.dismiss(),
      mayOpen: () => true,
    })
    const pages = createPages(() => host.again(), 'test')

    const serve = (port: MessagePort, connect: ConnectMessage): void => {
      const name = counts.dials
      const served = {
        onmessage: null as ((event: MessageEvent<readonly PortRequest[]>) => void) | null,
        postMessage: (answers: readonly PortAnswer[]) => {
          if (!isAlive()) return
          for (const answer of answers) {
            if (answer.type === 'next') counts.chunks++
            if (answer.type === 'complete' || answer.type === 'error') streams.delete(`${name} ${answer.id}`)
          }
          port.postMessage(answers)
        },
        close: () => {
          if (isAlive()) port.close()
        },
        addEventListener: () => undefined,
      }
      port.onmessage = (event: MessageEvent<readonly PortRequest[]>) =>
        unlessFrozen(() => {
          if (!isAlive()) return
          for (const request of event.data) {
            const stream = `${name} ${request.id}`
            if (request.type === 'probe') counts.probes++
            if (request.type === 'cancel') streams.delete(stream)
            if (request.type === 'request' && streaming.has(request.call)) streams.add(stream)
          }
          served.onmessage?.(event)
        })
      pages.serve(served, faults.isNewer ? { ...connect, version: connect.version - 1 } : connect)
    }
    const move = async (): Promise<void> => {
      await host.node()
      await shelf.makeCurrent(await shelf.add())
      replaced()
      await host.node()
    }
    return { host, serve, streams, move }
  }
  const running = () => (current ??= start())

  return {
    faults,
    counts,
    kill,
    dial: (connect) => {
      counts.dials++
      const { port1, port2 } = new MessageChannel()
      unlessFrozen(() => running().serve(port2, connect))
      return Promise.resolve(port1)
    },
    streams: () => current?.streams.size ?? 0,
    freeze: () => {
      frozen ??= []
    },
    thaw: () => {
      const waiting = frozen ?? []
      frozen = undefined
      for (const action of waiting) action()
    },
    fence: async () => {
      await openMemoryStore(disk)()
    },
    move: () => running().move(),
    publish: async (...payloads) => {
      const { log } = await running().host.node()
      const drafts = payloads.map((payload) => ({ tags: ['t'], payload }))
      await log.append(drafts, { appId: 'com.example.other' as AppId })
    },
    stored: async () => {
      const { log } = await running().host.node()
      const payloads: unknown[] = []
      for await (const batch of log.read({ filter: { type: 'all' }, order: 'asc' }))
        if (batch.type === 'events') payloads.push(...batch.events.map((event) => JSON.parse(event.payload) as unknown))
      return payloads
    },
  }
}
