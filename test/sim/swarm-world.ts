/**
 * A swarm of real nodes on one seeded clock, network and set of disks. Before anything is injected, this is what the swarm must survive:
 * partitions of any shape and length, channels that lose, delay and break, nodes killed at any moment with their last commit on the medium
 * or not, wall clocks that jump a year, slow and full disks, the signalling station gone. What may not happen is in `swarm-ledger.ts`.
 */
import type { AppId, Published } from '../../src/core/event.ts'
import { errorCode } from '../../src/core/errors.ts'
import type { Node } from '../../src/node/contract.ts'
import type { CommitFate } from '../../src/store/memory.ts'
import type { Device } from './device.ts'
import { createDevice } from './device.ts'
import type { SimulatedNetwork } from './network.ts'
import { calm, createNetwork, stormy } from './network.ts'
import { enterPlatform } from './platform.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { createRelay } from './relay.ts'
import type { SwarmLedger } from './swarm-ledger.ts'
import { createSwarmLedger } from './swarm-ledger.ts'
import type { SimulatedTime } from './time.ts'
import { createTime, drain } from './time.ts'

const appId = 'com.example.sim' as AppId
const station = 'wss://station.example/signal'

export interface SwarmWorld {
  readonly time: SimulatedTime
  readonly network: SimulatedNetwork
  readonly random: Random
  readonly relay: ReturnType<typeof createRelay>
  readonly devices: readonly Device[]
  readonly ledger: SwarmLedger
  /** Copies of runs received and runs stored, over all nodes: their quotient is the redundancy. */
  publish(device: Device, count?: number): void
  /** Lets time pass; fails with what went wrong in it. */
  pass(ms: number): Promise<void>
  /** Every device runs, everything is heard by all, and nothing is missing anywhere. Fails after `withinMs`. */
  converge(withinMs: number): Promise<void>
  /** Ends every process and leaves the simulated platform. */
  end(): void
}

const refusals = ['ERR_STORE_FULL', 'ERR_STORE_UNAVAILABLE', 'ERR_STORE_FENCED', 'ERR_STORE_CLOSED', 'ERR_NODE_CLOSED']

/** `count` devices: the first founds, the others join by its invitation, over the simulated signalling station. */
export const createSwarmWorld = async (seed: number, count: number): Promise<SwarmWorld> => {
  const random = createRandom(seed)
  const leave = enterPlatform(random.split())
  const time = createTime()
  const network = createNetwork(time, random.split())
  const relay = createRelay(time, random.split(), network)
  const ledger = createSwarmLedger()
  const problems: unknown[] = []
  let nextId = 0

  const audits = new Map<string, Promise<void>>()
  const audit = (device: Device, node: Node): void => {
    const at = time.now()
    const before = audits.get(device.name) ?? Promise.resolve()
    audits.set(
      device.name,
      before
        .then(async () => {
          if (device.node() === node) await ledger.audit(device.name, node, at)
        })
        .catch((error: unknown) => void problems.push(error)),
    )
  }

  const devices = Array.from({ length: count }, (_, index) => {
    const device = createDevice({
      name: `device ${index}`,
      time,
      network,
      random: random.split(),
      openRelaySocket: relay.openSocket,
      stations: [station],
    })
    device.onNode = (node) => {
      ledger.forget(device.name)
      audit(device, node)
      node.log.onPresent(() => audit(device, node))
    }
    return device
  })

  const check = (): void => {
    for (const device of devices) if (device.problem !== undefined) problems.push(device.problem)
    if (problems.length > 0) throw problems[0]
  }
  const pass = async (ms: number): Promise<void> => {
    await time.pass(ms, check)
    await drain()
    check()
  }

  const publish = (device: Device, events = 1): void => {
    const node = device.node()
    if (node === undefined) return
    const ids = Array.from({ length: events }, () => `${nextId++}`)
    ids.forEach(ledger.asked)
    const told = (published: readonly Published[]): void => {
      published.forEach((one, index) => ledger.acknowledged(ids[index] ?? '', [one], time.now()))
    }
    node.log
      .append(
        ids.map((id) => ({ tags: ['sim'], payload: { id, by: device.name } })),
        { appId },
      )
      .then(told, (error: unknown) => {
        const code = errorCode(error)
        // of unknown outcome: it may be there or not, but not be something else
        if (!refusals.includes(code) && code !== 'ERR_STORE_UNKNOWN_OUTCOME') problems.push(error)
      })
      .catch((error: unknown) => void problems.push(error))
  }

  const isConverged = (): boolean => {
    const nodes = devices.map((device) => device.node())
    const first = nodes[0]?.log.present()
    if (first === undefined) return false
    const streams = Object.keys(first).length
    return nodes.every((node) => {
      if (node === undefined || !ledger.hasAll(node)) return false
      const present = node.log.present()
      return (
        Object.keys(present).length === streams &&
        Object.entries(first).every(([stream, last]) => present[stream as keyof typeof present] === last)
      )
    })
  }

  const world: SwarmWorld = {
    time,
    network,
    random,
    relay,
    devices,
    ledger,
    publish,
    pass,
    converge: async (withinMs) => {
      // what was just asked for is under way
      await pass(1000)
      for (let passed = 0; passed < withinMs; passed += 1000) {
        if (isConverged()) return
        await pass(1000)
      }
      if (isConverged()) return
      const lags = devices.map((device) => {
        const node = device.node()
        const links = node?.swarm.status().devices.filter(({ link }) => link !== undefined).length
        const held = Object.values(node?.log.present() ?? {}).reduce((sum, last) => sum + last + 1, 0)
        return `${device.name}: ${node === undefined ? 'down' : `${held} events, ${links} links`}`
      })
      throw new Error(`not equal after ${withinMs} ms of calm:\n${lags.join('\n')}`)
    },
    end: () => {
      for (const device of devices) device.kill()
      leave()
    },
  }

  try {
    await assemble(world)
    return world
  } catch (error) {
    world.end()
    throw error
  }
}

/** Founds and joins, in calm weather. */
const assemble = async ({ devices, pass }: SwarmWorld): Promise<void> => {
  const [founder, ...others] = devices
  if (founder === undefined) return
  founder.start()
  await pass(1000)
  const node = founder.node()
  if (node === undefined) throw new Error('the founder does not start')
  let link: string | undefined
  const ready = (async () => {
    await node.swarm.found('Simulated plant')
    link = await node.swarm.invite({ uses: Math.max(1, others.length) })
  })()
  await pass(5000)
  await ready
  const joined = new Set<Device>()
  for (const device of others) device.start()
  await pass(1000)
  const failures: unknown[] = []
  for (const device of others) {
    const newcomer = device.node()
    if (newcomer === undefined || link === undefined) throw new Error(`${device.name} does not start`)
    newcomer.swarm.join(link).catch((error: unknown) => void failures.push(error))
    await pass(200)
  }
  const swarmId = node.swarm.status().swarmId
  for (let second = 0; second < 300 && joined.size < others.length; second++) {
    await pass(1000)
    if (failures.length > 0) throw failures[0]
    for (const device of others) if (device.node()?.swarm.status().swarmId === swarmId) joined.add(device)
  }
  const missing = others.filter((device) => !joined.has(device))
  if (missing.length > 0) {
    const steps = missing.map((device) => `${device.name}: ${JSON.stringify(device.node()?.swarm.status().joining)}`)
    throw new Error(`${missing.length} devices have not joined after 5 minutes:\n${steps.slice(0, 5).join('\n')}`)
  }
}

const fates: Readonly<Record<CommitFate, number>> = {
  commit: 960,
  'die-before': 8,
  'die-after': 8,
  full: 12,
  'unknown-written': 6,
  'unknown-lost': 6,
}

export interface SwarmTally {
  events: number
  kills: number
  partitions: number
  jumps: number
  stationCuts: number
}

/** A storm of `steps` steps, then calm, then all must be equal. */
export const runStorm = async (seed: number, count: number, steps: number): Promise<SwarmTally> => {
  const world = await createSwarmWorld(seed, count)
  const { devices, network, random, relay } = world
  const faulty = random.split()
  const tally: SwarmTally = { events: 0, kills: 0, partitions: 0, jumps: 0, stationCuts: 0 }
  const down = new Map<Device, number>()
  try {
    for (const device of devices) device.faults.fate = () => faulty.weighted(fates)
    for (let step = 0; step < steps; step++) {
      const device = random.pick(devices)
      switch (
        random.weighted({
          publish: 60,
          burst: 6,
          kill: 6,
          partition: 3,
          heal: 4,
          jump: 2,
          weather: 3,
          disk: 3,
          station: 2,
        })
      ) {
        case 'publish':
          world.publish(device, random.between(1, 3))
          break
        case 'burst':
          world.publish(device, random.between(50, 1500))
          break
        case 'kill':
          device.kill()
          tally.kills += 1
          break
        case 'partition': {
          const groups = random.between(2, 4)
          for (const { name } of devices) network.groupOf.set(name, random.between(0, groups - 1))
          tally.partitions += 1
          break
        }
        case 'heal':
          network.groupOf.clear()
          break
        case 'jump':
          device.clock.jump(random.pick([-365, -1, 1, 365]) * 24 * 3600 * 1000)
          tally.jumps += 1
          break
        case 'weather':
          network.weather = random.pick([calm, stormy])
          break
        case 'disk':
          device.faults.diskDelay = random.pick([0, 0, 5, 80])
          break
        case 'station':
          relay.setUp(random.chance(0.5))
          tally.stationCuts += 1
          break
      }
      await world.pass(random.pick([10, 100, 1000, 1000, 5000, 20_000]))
      for (const gone of devices) {
        if (gone.node() !== undefined) {
          down.delete(gone)
          continue
        }
        const since = down.get(gone) ?? world.time.now()
        down.set(gone, since)
        if (world.time.now() - since >= random.between(0, 30_000)) {
          gone.start()
          down.delete(gone)
        }
      }
    }
    for (const device of devices) {
      device.faults.fate = () => 'commit'
      device.faults.diskDelay = 0
      if (device.node() === undefined) device.start()
    }
    network.groupOf.clear()
    network.weather = calm
    relay.setUp(true)
    await world.converge(180_000)
    tally.events = world.ledger.acknowledgedCount
    return tally
  } finally {
    world.end()
  }
}
