/**
 * A storm over a small swarm. Before anything is injected, this is what the swarm must survive: partitions of any shape and length,
 * channels that lose, delay and break, signals that are lost, doubled and overtaken, nodes killed at any moment with their last commit on
 * the medium or not, workers killed while their tab holds the links, power cuts that take what was not flushed, devices that sleep, wall clocks
 * that jump a year, slow and full disks, the signalling station gone, devices that join in the middle of it.
 */
import type { CommitFate } from '../../src/store/memory.ts'
import type { Device } from './device.ts'
import { calm, stormy } from './network.ts'
import type { Random } from './random.ts'
import type { SwarmWorld } from './swarm-world.ts'
import { createSwarmWorld } from './swarm-world.ts'

const fates: Readonly<Record<CommitFate, number>> = {
  commit: 960,
  'die-before': 8,
  'die-after': 8,
  full: 12,
  'unknown-written': 6,
  'unknown-lost': 6,
}
/** A disk without room, until somebody makes some. */
const fullFates: Readonly<Record<CommitFate, number>> = { ...fates, commit: 300, full: 700 }

const steps = {
  publish: 60,
  burst: 6,
  kill: 4,
  killWorker: 4,
  cutPower: 2,
  partition: 3,
  heal: 4,
  jump: 2,
  weather: 3,
  disk: 3,
  full: 1,
  station: 2,
  signals: 2,
  sleep: 2,
  join: 2,
} as const

export interface SwarmTally {
  devices: number
  events: number
  deaths: number
  partitions: number
  jumps: number
  sleeps: number
  stationCuts: number
  lateJoins: number
  /** Simulated seconds until all was equal, after the storm. */
  healing: number
  seconds: number
  digest: string
}

interface Storm {
  readonly world: SwarmWorld
  readonly random: Random
  readonly faulty: Random
  readonly tally: SwarmTally
}

const act = ({ world, random, faulty, tally }: Storm): void => {
  const { devices, network, relay } = world
  const device = random.pick(devices)
  const step = random.weighted(steps)
  world.trace.note(`${world.time.now()} step ${step} ${device.name}`)
  switch (step) {
    case 'publish':
      return world.publish(device, random.between(1, 3))
    case 'burst':
      return world.publish(device, random.between(50, 1500))
    case 'kill':
      tally.deaths += 1
      return device.kill('tab')
    case 'killWorker':
      tally.deaths += 1
      return device.kill('worker')
    case 'cutPower':
      tally.deaths += 1
      return device.kill('power')
    case 'partition': {
      const groups = random.between(2, 4)
      for (const { name } of devices) network.groupOf.set(name, random.between(0, groups - 1))
      tally.partitions += 1
      return
    }
    case 'heal':
      return network.groupOf.clear()
    case 'jump':
      device.clock.jump(random.pick([-365, -1, 1, 365]) * 24 * 3600 * 1000)
      tally.jumps += 1
      return
    case 'weather':
      network.weather = random.pick([calm, stormy])
      return
    case 'disk':
      device.faults.diskDelay = random.pick([0, 0, 5, 80])
      return
    case 'full': {
      const kinds = random.chance(0.5) ? fullFates : fates
      device.faults.fate = () => faulty.weighted(kinds)
      return
    }
    case 'station':
      relay.setUp(random.chance(0.5))
      tally.stationCuts += 1
      return
    case 'signals':
      Object.assign(
        relay.faults,
        random.pick([
          { lost: 0, doubled: 0, overtaken: 0 },
          { lost: 0.3, doubled: 0.3, overtaken: 0.3 },
        ]),
      )
      return
    case 'sleep':
      tally.sleeps += 1
      return device.sleep()
    case 'join':
      world.join(device)
  }
}

/** A storm of `count` steps over a swarm of `size` devices, then calm, then all must be equal and known to be so. */
export const runStorm = async (seed: number, size: number, count: number): Promise<SwarmTally> => {
  const late = seed % 3 === 0 ? 0 : 1
  const world = await createSwarmWorld(seed, { count: size, late })
  const { devices, network, random, relay, time, pass } = world
  const faulty = random.split()
  const tally: SwarmTally = {
    devices: size,
    events: 0,
    deaths: 0,
    partitions: 0,
    jumps: 0,
    sleeps: 0,
    stationCuts: 0,
    lateJoins: 0,
    healing: 0,
    seconds: 0,
    digest: '',
  }
  const storm: Storm = { world, random, faulty, tally }
  /** When a device comes back, or wakes up. */
  const back = new Map<Device, number>()
  const revive = (): void => {
    for (const device of devices) {
      if (device.node() !== undefined && !device.isAsleep) {
        back.delete(device)
        continue
      }
      const at = back.get(device) ?? time.now() + random.pick([0, 1000, 5000, 30_000, 60_000])
      back.set(device, at)
      if (at > time.now()) continue
      back.delete(device)
      if (device.isAsleep) device.wake(random.chance(0.5))
      if (device.node() === undefined) device.start()
    }
  }
  try {
    for (const device of devices) device.faults.fate = () => faulty.weighted(fates)
    for (let step = 0; step < count; step++) {
      act(storm)
      await pass(random.pick([10, 100, 1000, 1000, 5000, 20_000]))
      revive()
    }
    tally.lateJoins = late
    for (const device of devices) {
      device.faults.fate = () => 'commit'
      device.faults.diskDelay = 0
      // nobody comes in by an invitation that has expired long ago, or is of next year
      if (world.members.size < devices.length) device.clock.setRight()
      if (device.isAsleep) device.wake(true)
      if (device.node() === undefined) device.start()
    }
    network.groupOf.clear()
    network.weather = calm
    relay.setUp(true)
    Object.assign(relay.faults, { lost: 0, doubled: 0, overtaken: 0 })
    const calmAt = time.now()
    await world.converge(300_000)
    tally.healing = (time.now() - calmAt) / 1000
    await settle(world)
    tally.events = world.ledger.acknowledgedCount
    tally.seconds = time.now() / 1000
    tally.digest = world.trace.digest()
    return tally
  } finally {
    world.end()
  }
}

/** What nodes know of each other becomes true as well: nothing is only here, nothing is missing, the horizon passes what was written. */
const settle = async ({ devices, pass }: SwarmWorld): Promise<void> => {
  const nodes = devices.flatMap((device) => device.node() ?? [])
  const lamport = Math.max(...nodes.map((node) => node.log.status().lamport))
  const unsettled = (): string[] =>
    nodes.flatMap((node) => {
      const { onlyHere, toReceive } = node.swarm.status()
      const horizon = node.swarm.horizon()
      return onlyHere === 0 && toReceive === 0 && horizon.lamport >= lamport && horizon.waitingFor.length === 0
        ? []
        : `${node.id}: ${onlyHere} only here, ${toReceive} to receive, horizon ${horizon.lamport} of ${lamport}, waiting for ${horizon.waitingFor.join()}`
    })
  for (let passed = 0; passed < 300_000 && unsettled().length > 0; passed += 5000) await pass(5000)
  if (unsettled().length > 0) throw new Error(`all is equal, but not known to be so:\n${unsettled().join('\n')}`)
}
