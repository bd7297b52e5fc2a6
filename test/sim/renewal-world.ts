/**
 * A small swarm of real nodes whose disks are copied and put back: restored images and cloned profiles. Publications have receipts and are asked
 * again, as clients do. What was acknowledged must be at every node in the end, whichever name it is read under, and all nodes show the same.
 */
import { errorCode } from '../../src/core/errors.ts'
import type { AppId, LogEvent, NodeId } from '../../src/core/event.ts'
import type { Node } from '../../src/node/contract.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { copyMemoryDisk } from '../../src/store/memory.ts'
import type { Device } from './device.ts'
import { createDevice } from './device.ts'
import type { SimulatedNetwork } from './network.ts'
import { createNetwork } from './network.ts'
import { enterPlatform } from './platform.ts'
import { introduce, provision } from './provision.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'
import { createRelay } from './relay.ts'
import type { SimulatedTime } from './time.ts'
import { createTime, drain, worldStart } from './time.ts'

const appId = 'com.example.sim' as AppId
const station = 'wss://station.example/signal'

/** What a client asks again; anything else fails the world. */
const passing = new Set([
  'ERR_NODE_CLOSED',
  'ERR_IDENTITY_RENEWING',
  'ERR_STORE_CLOSED',
  'ERR_STORE_FENCED',
  'ERR_STORE_UNKNOWN_OUTCOME',
  'ERR_STORE_UNAVAILABLE',
  'ERR_STORE_FULL',
])

interface Publication {
  readonly id: string
  readonly device: Device
  readonly receipt: string
  /** The node that was asked last; undefined: it is to be asked. */
  askedOf: Node | undefined
  isAcknowledged: boolean
}

export interface RenewalWorld {
  readonly time: SimulatedTime
  readonly random: Random
  readonly network: SimulatedNetwork
  readonly devices: readonly Device[]
  /** Of `devices`, in their order, as provisioned. */
  readonly first: readonly NodeId[]
  /** How often a node refused because it was getting another identity. */
  readonly refusals: () => number
  /** Every identity that wrote each event, newest last, for `device`. */
  identity(device: Device): NodeId
  publish(device: Device, events?: number): void
  /** Cut off from everybody, or not any more. */
  isolate(device: Device, isCut: boolean): void
  snapshot(device: Device): MemoryDisk
  restore(device: Device, image: MemoryDisk): void
  /** Another device with the same disk. */
  clone(image: MemoryDisk): Device
  pass(ms: number): Promise<void>
  /** Lets time pass until it is done. */
  during<T>(action: () => Promise<T>): Promise<T>
  until(isSo: () => boolean, withinMs: number): Promise<void>
  /** Fails unless everything acknowledged is at every running device, and all show the same. */
  converge(withinMs?: number): Promise<void>
  /** Payload ids and where they are, as `device` shows them. */
  shown(device: Device): Promise<ReadonlyMap<string, string>>
  end(): void
}

const put = (disk: MemoryDisk, image: MemoryDisk): void => {
  const copy = copyMemoryDisk(image)
  for (const [table, entries] of disk.tables) {
    entries.clear()
    for (const [key, value] of copy.tables.get(table) ?? []) entries.set(key, value)
  }
  disk.keys.clear()
  for (const [name, pair] of copy.keys) disk.keys.set(name, pair)
  disk.unflushed.length = 0
}

const all = async (node: Node): Promise<readonly LogEvent[]> => {
  const events: LogEvent[] = []
  for await (const batch of node.log.read({ filter: { type: 'all' }, order: 'asc' }))
    if (batch.type === 'events') events.push(...batch.events)
    else throw new Error(`a gap at ${batch.stream}/${batch.from}: ${batch.reason}`)
  return events
}

export const createRenewalWorld = async (seed: number, count: number): Promise<RenewalWorld> => {
  const random = createRandom(seed)
  const leave = enterPlatform(random.split())
  const time = createTime()
  const network = createNetwork(time, random.split(), undefined)
  const relay = createRelay(time, random.split(), network)
  const publications: Publication[] = []
  const problems: unknown[] = []
  let refusals = 0
  let nextId = 0

  const make = (name: string): Device => {
    const device = createDevice({
      name,
      time,
      network,
      random: random.split(),
      openRelaySocket: relay.openSocket,
      stations: [station],
    })
    return device
  }
  const devices = Array.from({ length: count }, (_, index) => make(`device ${index}`))
  const disks = devices.map(({ disk }) => disk)
  const provisioned = await provision(disks, random.split())
  await introduce(disks, provisioned, time.clock())

  const ask = (one: Publication): void => {
    const node = one.device.node()
    if (node === undefined || one.isAcknowledged || one.askedOf === node) return
    one.askedOf = node
    node.log.append([{ tags: ['sim'], payload: { id: one.id } }], { appId, receipt: one.receipt }).then(
      () => {
        if (one.device.node() === node) one.isAcknowledged = true
      },
      (error: unknown) => {
        if (!passing.has(errorCode(error))) problems.push(error)
        if (errorCode(error) === 'ERR_IDENTITY_RENEWING') refusals += 1
        if (one.askedOf === node) time.after(300, () => (one.askedOf = undefined))
      },
    )
  }
  const askAll = (): void => {
    for (const one of publications) ask(one)
    for (const device of devices) if (device.problem !== undefined) problems.push(device.problem)
    if (problems.length > 0) throw problems[0]
  }
  const pass = async (ms: number): Promise<void> => {
    await time.pass(ms, askAll)
    await drain()
    askAll()
  }
  const until = async (isSo: () => boolean, withinMs: number): Promise<void> => {
    for (let passed = 0; passed < withinMs; passed += 100) {
      if (isSo()) return
      await pass(100)
    }
    throw new Error(`It did not come to that within ${withinMs} ms.`)
  }
  const shown = async (device: Device): Promise<ReadonlyMap<string, string>> => {
    const node = device.node()
    if (node === undefined) throw new Error(`${device.name} is down`)
    const events = await all(node)
    return new Map(
      events.map(({ stream, offset, lamport, timestamp, payload }) => [
        `${stream}/${offset}`,
        `${lamport} ${timestamp} ${payload}`,
      ]),
    )
  }
  const idsOf = (view: ReadonlyMap<string, string>): ReadonlySet<string> =>
    new Set([...view.values()].flatMap((line) => /"id":"([^"]+)"/.exec(line)?.[1] ?? []))

  /** Empty when all is well. */
  const differences = async (): Promise<string> => {
    const waiting = publications.filter((one) => !one.isAcknowledged)
    if (waiting.length > 0) return `${waiting.length} publications wait`
    const views = await Promise.all(devices.map(shown))
    const missing = publications.flatMap(({ id, device }) =>
      views.flatMap((view, index) => (idsOf(view).has(id) ? [] : [`${id} of ${device.name} at device ${index}`])),
    )
    if (missing.length > 0) return `missing: ${missing.slice(0, 8).join('; ')}`
    const texts = views.map((view) => JSON.stringify([...view].toSorted(([a], [b]) => (a < b ? -1 : 1))))
    return texts.every((text) => text === texts[0]) ? '' : `views of ${views.map(({ size }) => size).join()} differ`
  }

  const world: RenewalWorld = {
    time,
    random,
    network,
    devices,
    first: provisioned.signers.map(({ id }) => id),
    refusals: () => refusals,
    identity: (device) => {
      const node = device.node()
      if (node === undefined) throw new Error(`${device.name} is down`)
      return node.id
    },
    publish: (device, events = 1) => {
      for (let made = 0; made < events; made++) {
        const id = `e${nextId++}`
        const receipt = `${Math.floor((worldStart + time.now() * 1000) / 1000)}-${id}`
        const one: Publication = { id, device, receipt, askedOf: undefined, isAcknowledged: false }
        publications.push(one)
        ask(one)
      }
    },
    isolate: (device, isCut) => void network.groupOf.set(device.name, isCut ? 1 + devices.indexOf(device) : 0),
    snapshot: ({ disk }) => copyMemoryDisk(disk),
    restore: (device, image) => {
      device.kill()
      put(device.disk, image)
      device.start()
    },
    clone: (image) => {
      const device = make(`device ${devices.length}`)
      devices.push(device)
      put(device.disk, image)
      device.start()
      return device
    },
    pass,
    during: async (action) => {
      let isDone = false
      const doing = action().finally(() => (isDone = true))
      doing.catch(() => undefined)
      await until(() => isDone, 60_000)
      return doing
    },
    until,
    converge: async (withinMs = 120_000) => {
      let why = 'no time'
      for (let passed = 0; passed < withinMs; passed += 1000) {
        await pass(1000)
        if (devices.some((device) => device.node() === undefined)) continue
        why = await differences()
        if (why === '') return
      }
      throw new Error(`not equal after ${withinMs} ms: ${why}`)
    },
    shown,
    end: () => {
      for (const device of devices) device.kill()
      leave()
    },
  }
  for (const device of devices) device.start()
  try {
    await pass(3000)
    return world
  } catch (error) {
    world.end()
    throw error
  }
}
