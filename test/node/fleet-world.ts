/**
 * A plant whose devices come, go and fall out: whole nodes over memory shelves that join by real invitations, find each other by a real relay
 * and link over memory radios, in partitions where a test wants them. Time is the test's.
 */
import { WebSocket } from 'ws'
import type { AppId, NodeId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import type { DeviceStatus, Node, SwarmStatus } from '../../src/node/contract.ts'
import type { Network } from '../../src/node/network.ts'
import { createNode } from '../../src/node/node.ts'
import type { OwnSwarm } from '../../src/node/node-swarm.ts'
import { createMemoryDisk, createMemoryRack, openMemoryShelf } from '../../src/store/memory.ts'
import { createMemoryAir } from '../../src/transport/memory-radio.ts'
import { createRelaySocketOpener } from '../../src/transport/relay-socket.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock } from '../api/manual-clock.ts'
import { worldStart } from '../sim/time.ts'
import { startRelay } from '../station/relay.ts'

const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))
const openSocket = createRelaySocketOpener((url) => new WebSocket(url))
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export interface Tablet {
  readonly name: string
  readonly node: Node
  readonly id: NodeId
  readonly network: Network | undefined
  readonly status: SwarmStatus
  /** As this one has it. */
  device(other: Tablet | NodeId): DeviceStatus | undefined
  /** Events of stream 0 of `other` that readers see here. */
  has(other: Tablet): number
  publish(count?: number): Promise<void>
  restart(): Promise<void>
  /** Gone for good. */
  destroy(): Promise<void>
}

export interface FleetWorld {
  readonly clock: ManualClock
  readonly tablets: readonly Tablet[]
  /** A device that was just switched on. */
  tablet(name: string): Promise<Tablet>
  /** A device, one just switched on where it is a name, that has joined by `link`. */
  join(joining: string | Tablet, link: string): Promise<Tablet>
  until(isSo: () => boolean, what?: string, step?: number): Promise<void>
  soon<T>(promise: Promise<T>): Promise<T>
  pass(ms: number, step?: number): Promise<void>
  /** Only those of one group reach each other; who is in none reaches all. */
  partition(...groups: (readonly Tablet[])[]): void
  heal(): void
  areLinked(one: Tablet, other: Tablet): boolean
  close(): Promise<void>
}

/** The first device founds, and kept its recovery code. */
export const createFleetWorld = async (): Promise<FleetWorld & { readonly founder: Tablet; readonly code: string }> => {
  const clock = createManualClock(worldStart)
  const air = createMemoryAir({ clock })
  const relay = await startRelay({ beatEvery: 10 })
  const tablets: Tablet[] = []
  const severed: [string, string][] = []

  const pass = async (ms: number, step = 250): Promise<void> => {
    for (let passed = 0; passed < ms; passed += step) {
      clock.pass(Math.min(step, ms - passed))
      await pause(2)
    }
  }
  const until = async (isSo: () => boolean, what = 'that', step = 10): Promise<void> => {
    for (let turn = 0; !isSo(); turn++) {
      if (turn > 6000) throw new Error(`It did not come to ${what}.`)
      clock.pass(step)
      await pause(1)
    }
  }
  const soon = async <T>(promise: Promise<T>): Promise<T> => {
    let isDone = false
    void promise.catch(() => undefined).finally(() => (isDone = true))
    await until(() => isDone, 'an answer')
    return promise
  }

  const tablet = async (name: string): Promise<Tablet> => {
    const rack = createMemoryRack(createMemoryDisk())
    let node: Node | undefined
    let opening: Promise<void> = Promise.resolve()
    const open = async (): Promise<void> => {
      await node?.close()
      node = await createNode({
        shelf: openMemoryShelf(rack),
        clock,
        random,
        build: 'fleet',
        radio: air.radio(name),
        openRelaySocket: openSocket,
        defaultStations: [relay.url],
        pageUrl: 'https://shoal.example/',
        onReplaced: () => void (opening = opening.then(open)),
      })
    }
    await open()
    const current = (): Node => {
      if (node === undefined) throw new Error(`${name} is not there`)
      return node
    }
    const made: Tablet = {
      name,
      get node() {
        return current()
      },
      get id() {
        return current().id
      },
      get network() {
        return (current().swarm as OwnSwarm).network
      },
      get status() {
        return current().swarm.status()
      },
      device: (other) => {
        const id = typeof other === 'string' ? other : other.id
        return current()
          .swarm.status()
          .devices.find((one) => one.node === id)
      },
      has: (other) => current().log.presentCount(streamOf(other.id, 0)),
      publish: async (count = 1) => {
        const drafts = Array.from({ length: count }, (_, index) => ({ tags: ['work'], payload: { name, index } }))
        await soon(current().log.append(drafts, { appId: 'com.example.fleet' as AppId }))
      },
      restart: async () => {
        await (opening = opening.then(open))
      },
      destroy: async () => {
        tablets.splice(tablets.indexOf(made), 1)
        await opening
        await node?.close()
      },
    }
    tablets.push(made)
    return made
  }

  const founder = await tablet('founder')
  const { recoveryCode } = await soon(founder.node.swarm.found('Plant'))
  await soon(founder.node.swarm.recoveryKept())
  await soon(founder.node.rename('Founder'))

  return {
    clock,
    tablets,
    founder,
    code: recoveryCode,
    tablet,
    join: async (joining, link) => {
      const made = typeof joining === 'string' ? await tablet(joining) : joining
      await soon(made.node.swarm.join(link))
      await until(
        () => made.status.state === 'member',
        `${made.name} being a member: ${JSON.stringify(made.status.joining)}`,
      )
      return made
    },
    until,
    soon,
    pass,
    partition: (...groups) => {
      for (const group of groups)
        for (const other of groups)
          if (group !== other)
            for (const { name: a } of group)
              for (const { name: b } of other) {
                air.cut(a, b)
                severed.push([a, b])
              }
    },
    heal: () => {
      for (const [a, b] of severed.splice(0)) air.mend(a, b)
    },
    areLinked: (one, other) => one.network?.links.has(other.id) === true && other.network?.links.has(one.id) === true,
    close: async () => {
      await Promise.all(tablets.map(({ node }) => node.close()))
      await relay.stop()
    },
  }
}
