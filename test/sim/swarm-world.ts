/** A swarm of real nodes on one seeded clock, network and set of disks. What may not happen in it is in `swarm-ledger.ts`. */
import { errorCode } from '../../src/core/errors.ts'
import type { AppId, NodeId, Published } from '../../src/core/event.ts'
import type { Node } from '../../src/node/contract.ts'
import type { Device } from './device.ts'
import { createDevice } from './device.ts'
import type { SimulatedNetwork } from './network.ts'
import { createNetwork } from './network.ts'
import { enterPlatform } from './platform.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { createRelay } from './relay.ts'
import type { Relay } from './relay.ts'
import type { SwarmLedger } from './swarm-ledger.ts'
import { createSwarmLedger } from './swarm-ledger.ts'
import type { SimulatedTime } from './time.ts'
import { createTime, drain } from './time.ts'
import type { Trace } from './trace.ts'
import { createTrace } from './trace.ts'

const appId = 'com.example.sim' as AppId
const station = 'wss://station.example/signal'

export interface SwarmWorld {
  readonly time: SimulatedTime
  readonly network: SimulatedNetwork
  readonly random: Random
  readonly relay: Relay
  readonly devices: readonly Device[]
  readonly ledger: SwarmLedger
  readonly trace: Trace
  /** Of `devices`, those that belong to the swarm. */
  readonly members: ReadonlySet<Device>
  publish(device: Device, count?: number): void
  /** Lets time pass; fails with what went wrong in it. */
  pass(ms: number): Promise<void>
  /** A device that is started anew goes on with what it began. Answers whether it is a member already. */
  join(device: Device): boolean
  /** Every device runs, everything is heard by all, and nothing is missing anywhere. Fails after `withinMs`. */
  converge(withinMs: number): Promise<void>
  /** Ends every process and leaves the simulated platform. */
  end(): void
}

export interface WorldOptions {
  /** Devices; the first founds. */
  readonly count: number
  /** Of them, how many do not join before the world is handed over. */
  readonly late?: number
}

const refusals = [
  'ERR_STORE_FULL',
  'ERR_STORE_UNAVAILABLE',
  'ERR_STORE_FENCED',
  'ERR_STORE_CLOSED',
  'ERR_NODE_CLOSED',
  // it may be there or not, but not be something else
  'ERR_STORE_UNKNOWN_OUTCOME',
]

/** The first device founds, the others join by its invitation, over the simulated signalling station. */
export const createSwarmWorld = async (seed: number, { count, late = 0 }: WorldOptions): Promise<SwarmWorld> => {
  const random = createRandom(seed)
  const leave = enterPlatform(random.split())
  const time = createTime()
  const trace = createTrace()
  const network = createNetwork(time, random.split(), trace)
  const relay = createRelay(time, random.split(), network)
  const ledger = createSwarmLedger()
  const members = new Set<Device>()
  const problems: unknown[] = []
  const invitation: { link?: string; swarmId?: string } = {}
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
        .catch((error: unknown) => {
          // whoever is killed while it is looked at cannot answer
          if (device.node() === node) problems.push(error)
        }),
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
      trace.note(`${time.now()} ${device.name} opens ${node.id}`)
      if (node.swarm.status().swarmId === invitation.swarmId) members.add(device)
      if (invitation.swarmId === undefined || members.has(device)) {
        ledger.restarted(device.name)
        audit(device, node)
        node.log.onPresent(() => {
          trace.note(`${time.now()} ${device.name} has ${Object.values(node.log.present()).join()}`)
          audit(device, node)
        })
      }
    }
    return device
  })

  const check = (): void => {
    for (const device of devices) if (device.problem !== undefined) problems.push(device.problem)
    if (problems.length > 0) throw problems[0]
  }
  const running = (): ReadonlyMap<NodeId, Node> =>
    new Map([...members].flatMap((device) => device.node() ?? []).map((node) => [node.id, node]))
  const pass = async (ms: number): Promise<void> => {
    await time.pass(ms, check)
    await drain()
    check()
    const nodes = running()
    for (const device of members) {
      const node = device.node()
      if (node !== undefined) ledger.promises(device.name, node, nodes)
    }
  }

  const publish = (device: Device, events = 1): void => {
    const node = device.node()
    if (node === undefined || device.isAsleep || !members.has(device)) return
    const ids = Array.from({ length: events }, () => `${nextId++}`)
    ids.forEach(ledger.asked)
    const told = (published: readonly Published[]): void => {
      published.forEach((one, index) => {
        trace.note(`${time.now()} ${device.name} wrote ${one.stream}/${one.offset} ${one.lamport} ${one.timestamp}`)
        ledger.acknowledged(ids[index] ?? '', [one], time.now())
      })
    }
    node.log
      .append(
        ids.map((id) => ({ tags: ['sim'], payload: { id, by: device.name } })),
        { appId },
      )
      .then(told, (error: unknown) => {
        trace.note(`${time.now()} ${device.name} refused ${errorCode(error)}`)
        if (!refusals.includes(errorCode(error))) problems.push(error)
      })
      .catch((error: unknown) => void problems.push(error))
  }

  const isConverged = (): boolean => {
    const nodes = [...members].map((device) => device.node())
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

  const standing = (): string =>
    devices
      .map((device) => {
        const node = device.node()
        if (node === undefined) return `${device.name}: down`
        const status = node.swarm.status()
        const links = status.devices.filter(({ link }) => link !== undefined).length
        const held = Object.values(node.log.present()).reduce((sum, last) => sum + last + 1, 0)
        const joining = status.joining === undefined ? '' : `, joining: ${JSON.stringify(status.joining)}`
        return `${device.name}: ${held} events, ${links} links, ${status.toReceive} to receive, ${status.onlyHere} only here${joining}`
      })
      .join('\n')

  const join = (device: Device): boolean => {
    const newcomer = device.node()
    if (newcomer === undefined || members.has(device)) return members.has(device)
    const { joining } = newcomer.swarm.status()
    if ((joining === undefined || joining.failed) && invitation.link !== undefined)
      newcomer.swarm.join(invitation.link).catch((error: unknown) => {
        // its clock has jumped beyond it
        if (![...refusals, 'ERR_INVITATION_EXPIRED'].includes(errorCode(error))) problems.push(error)
      })
    return false
  }

  /** Founds and joins, in calm weather. */
  const assemble = async (): Promise<void> => {
    const [founder, ...others] = devices
    if (founder === undefined) return
    founder.start()
    await pass(1000)
    const node = founder.node()
    if (node === undefined) throw new Error('the founder does not start')
    members.add(founder)
    const ready = (async () => {
      await node.swarm.found('Simulated plant')
      invitation.link = await node.swarm.invite({ uses: Math.max(1, others.length), expiresIn: 365 * 24 * 3600 * 1000 })
      invitation.swarmId = node.swarm.status().swarmId
    })()
    ready.catch((error: unknown) => void problems.push(error))
    await pass(5000)
    for (const device of others) device.start()
    await pass(1000)
    const early = others.slice(0, others.length - late)
    for (const device of early) {
      join(device)
      await pass(200)
    }
    for (let second = 0; second < 300 && early.some((device) => !members.has(device)); second++) await pass(1000)
    if (early.some((device) => !members.has(device)))
      throw new Error(`some have not joined after 5 minutes of calm:\n${standing()}`)
  }

  const world: SwarmWorld = {
    time,
    network,
    random,
    relay,
    devices,
    ledger,
    trace,
    members,
    publish,
    pass,
    join,
    converge: async (withinMs) => {
      // what was just asked for is under way
      await pass(1000)
      for (let passed = 0; passed < withinMs; passed += 1000) {
        const isWhole = devices.map(join).every((isMember) => isMember)
        if (isWhole && isConverged()) return
        await pass(1000)
      }
      throw new Error(`not equal after ${withinMs} ms of calm:\n${standing()}`)
    },
    end: () => {
      for (const device of devices) device.kill()
      leave()
    },
  }
  try {
    await assemble()
    return world
  } catch (error) {
    world.end()
    throw error
  }
}
