/**
 * A plant under attack: whole nodes over memory shelves, which find each other by a real relay and link over memory radios; and the tools of
 * those who mean them ill. Time is the test's: it passes while something is waited for.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import type { AppId, NodeId } from '../../src/core/event.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import type { DiaryEntry, Node } from '../../src/node/contract.ts'
import type { Network } from '../../src/node/network.ts'
import { createNode } from '../../src/node/node.ts'
import type { OwnSwarm } from '../../src/node/node-swarm.ts'
import { unbundle } from '../../src/replication/fragments.ts'
import { bundleByte } from '../../src/replication/frame.ts'
import { createHandLinks } from '../../src/replication/hand-link.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { createMemoryDisk, createMemoryRack, openMemoryShelf } from '../../src/store/memory.ts'
import type { Channel, Radio } from '../../src/transport/contract.ts'
import type { MemoryAir } from '../../src/transport/memory-radio.ts'
import { createMemoryAir } from '../../src/transport/memory-radio.ts'
import { createRelaySocketOpener } from '../../src/transport/relay-socket.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock } from '../api/manual-clock.ts'
import type { Person } from '../replication/link-fixture.ts'
import { provision } from '../sim/provision.ts'
import { createRandom } from '../sim/random.ts'
import { worldStart } from '../sim/time.ts'
import type { TestRelay } from '../station/relay.ts'
import { startRelay } from '../station/relay.ts'

export const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))

/** An honest node. */
export interface Device {
  readonly name: string
  readonly node: Node
  readonly id: NodeId
  readonly disk: MemoryDisk
  readonly network: Network
  /** Frames that it sent and received, channel by channel. */
  readonly heard: Overheard[]
}

export interface Overheard {
  readonly sent: Uint8Array<ArrayBuffer>[]
  readonly received: Uint8Array<ArrayBuffer>[]
}

export interface Plant {
  readonly clock: ManualClock
  readonly air: MemoryAir
  readonly relay: TestRelay
  readonly swarm: NodeId
  readonly swarmKey: Uint8Array
  readonly gate: Device
  readonly oven: Device
  /** Identities of the swarm that no honest node has; what they do is for the test to say. */
  readonly insiders: readonly Person[]
  /** A channel to `device`, made by codes that people carried; how else it came about makes no difference to a node. */
  knock(device: Device, change?: (channel: Channel) => Channel): Promise<Channel>
  until(isSo: () => boolean, step?: number): Promise<void>
  /** Milliseconds, in steps that a node cannot tell from a clock that runs. */
  pass(ms: number, step?: number): Promise<void>
  /** What was written in the diary of `device` meanwhile; `told` waits until something is, under that code. */
  diaryOf(
    device: Device,
    during: (told: (code: string) => Promise<void>) => Promise<unknown>,
  ): Promise<readonly DiaryEntry[]>
  /** The two are linked, and what is written at one is at the other. */
  expectAlive(): Promise<void>
  /** All that was overheard; it would count as used memory. */
  forget(): void
  close(): Promise<void>
}

export interface PlantOptions {
  readonly insiders?: number
  /** Besides the honest one, at the first URL; absent: that one only. */
  readonly stations?: (honest: string) => readonly string[]
  /** False: links are sealed, as over a WebSocket. */
  readonly hasFingerprints?: boolean
}

const openSocket = createRelaySocketOpener((url) => new WebSocket(url))
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const collectGarbage = (() => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
})()

/** Bytes of JavaScript that are in use. */
export const heapUsed = async (): Promise<number> => {
  // what other threads still hold of buffers is let go by then
  for (let turn = 0; turn < 2; turn++) {
    await pause(20)
    collectGarbage()
  }
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
}

/** Bytes of keys and values that are on the disk. */
export const diskBytes = ({ tables }: MemoryDisk): number =>
  [...tables.values()].reduce(
    (sum, entries) => sum + [...entries].reduce((bytes, [key, value]) => bytes + key.length + value.length, 0),
    0,
  )

/** Keeps all that passes. */
const overhear = (channel: Channel, heard: Overheard): Channel => ({
  kind: channel.kind,
  fingerprints: channel.fingerprints,
  get buffered() {
    return channel.buffered
  },
  send: (frame) => {
    heard.sent.push(frame.slice())
    channel.send(frame)
  },
  listen: (listener) =>
    channel.listen({
      ...listener,
      onFrame: (frame) => {
        heard.received.push(frame.slice())
        listener.onFrame(frame)
      },
    }),
  close: () => channel.close(),
})

export const createPlant = async (options: PlantOptions = {}): Promise<Plant> => {
  const clock = createManualClock(worldStart)
  const air = createMemoryAir({ clock, hasFingerprints: options.hasFingerprints ?? true })
  // in real time: a minute of the test takes a tenth of a second
  const relay = await startRelay({ beatEvery: 10 })
  const disks = Array.from({ length: 2 + (options.insiders ?? 0) }, createMemoryDisk)
  const { swarm, swarmKey, signers, admissions } = await provision(disks, createRandom(random(1)[0] ?? 0))

  const pass = async (ms: number, step = 250): Promise<void> => {
    for (let passed = 0; passed < ms; passed += step) {
      clock.pass(Math.min(step, ms - passed))
      await pause(2)
    }
  }
  const until = async (isSo: () => boolean, step = 5): Promise<void> => {
    for (let turn = 0; !isSo(); turn++) {
      if (turn > 6000) throw new Error('It did not come to that.')
      clock.pass(step)
      await pause(1)
    }
  }
  const soon = async <T>(promise: Promise<T>): Promise<T> => {
    let isDone = false
    void promise.catch(() => undefined).finally(() => (isDone = true))
    await until(() => isDone)
    return promise
  }

  /** What the next channel of a device is wrapped in. */
  const changes = new Map<string, (channel: Channel) => Channel>()
  const open = async (name: string, disk: MemoryDisk): Promise<Device> => {
    const heard: Overheard[] = []
    const own = air.radio(name)
    const radio: Radio = {
      get isReady() {
        return own.isReady
      },
      onReady: own.onReady,
      onWake: own.onWake,
      onAdopt: own.onAdopt,
      dial: (dialled) =>
        own.dial({
          ...dialled,
          onOpen: (channel) => {
            const passing: Overheard = { sent: [], received: [] }
            heard.push(passing)
            const change = changes.get(name) ?? ((one: Channel) => one)
            changes.delete(name)
            dialled.onOpen(overhear(change(channel), passing))
          },
        }),
    }
    const node = await createNode({
      shelf: openMemoryShelf(createMemoryRack(disk)),
      clock,
      random,
      build: 'plant',
      radio,
      openRelaySocket: openSocket,
      defaultStations: options.stations?.(relay.url) ?? [relay.url],
      pageUrl: 'https://shoal.example/',
    })
    return {
      name,
      node,
      id: node.id,
      disk,
      get network() {
        const { network } = node.swarm as OwnSwarm
        if (network === undefined) throw new Error(`${name} has no network`)
        return network
      },
      heard,
    }
  }
  const [gate, oven] = await Promise.all([
    open('gate', disks[0] ?? createMemoryDisk()),
    open('oven', disks[1] ?? createMemoryDisk()),
  ])
  const insiders = signers.slice(2).map((signer: Signer, index): Person => {
    const path = [admissions[0], admissions[index + 2]].filter((admission) => admission !== undefined)
    return { signer, swarm, path, purpose: 'member' }
  })
  const isLinked = (): boolean => gate.network.links.has(oven.id) && oven.network.links.has(gate.id)
  await until(isLinked)

  let outsiders = 0
  return {
    clock,
    air,
    relay,
    swarm,
    swarmKey,
    gate,
    oven,
    insiders,
    knock: async (device, change) => {
      let opened: Channel | undefined
      const radio = air.radio(`outsider ${++outsiders}`)
      const hand = createHandLinks({ radio, clock, onChannel: (channel) => (opened = channel) })
      const offer = await soon(hand.code())
      if (change !== undefined) changes.set(device.name, change)
      const answer = await soon(device.node.swarm.code(offer))
      await hand.code(answer)
      await until(() => opened !== undefined)
      if (opened === undefined) throw new Error('no channel')
      return opened
    },
    until,
    pass,
    diaryOf: async (device, during) => {
      // the same sentence within a minute is one entry
      await pass(61_000, 4000)
      const before = new Set((await device.node.details()).diary)
      const entries = async () => (await device.node.details()).diary.filter((entry) => !before.has(entry))
      await during(async (code) => {
        for (let turn = 0; !codesOf(await entries()).includes(code); turn++) {
          if (turn > 500) throw new Error(`not told of ${code} but ${codesOf(await entries()).join()}`)
          await pass(20, 20)
        }
      })
      return entries()
    },
    expectAlive: async () => {
      await until(isLinked)
      for (const [from, to] of [
        [gate, oven],
        [oven, gate],
      ] as const) {
        const [place] = await from.node.log.append([{ tags: ['alive'], payload: from.name }], {
          appId: 'com.example' as AppId,
        })
        if (place === undefined) throw new Error('nothing was written')
        await until(() => (to.node.log.head(place.stream)?.count ?? 0) > place.offset)
      }
      expect(isLinked()).toBe(true)
    },
    forget: () => {
      for (const { sent, received } of [...gate.heard, ...oven.heard]) {
        sent.length = 0
        received.length = 0
      }
    },
    close: async () => {
      await Promise.all([gate.node.close(), oven.node.close()])
      await relay.stop()
    },
  }
}

/** Codes, as a technician would look for them. */
export const codesOf = (diary: readonly DiaryEntry[]): string[] => diary.map(({ code }) => code)

/** What somebody got of a node, by the first byte of each frame, those in bundles as well. */
export const bytesOf = (frames: readonly Uint8Array<ArrayBuffer>[] = []): number[] =>
  frames.flatMap((frame) => (frame[0] === bundleByte ? bytesOf([...unbundle(frame)]) : [frame[0] ?? -1]))
