/** Many nodes that are members of one swarm already (`provision.ts`), on one seeded clock, network and set of disks, in calm weather. */
import type { Node } from '../../src/node/contract.ts'
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
import { createTime } from './time.ts'

export interface CrowdOptions {
  readonly seed: number
  readonly nodes: number
  /** Told of every frame that is sent. */
  readonly onFrame?: (frame: Uint8Array<ArrayBuffer>) => void
  /** Told of what is being done, for whoever waits for it. */
  readonly tell?: (sentence: string) => void
}

export interface Crowd {
  readonly time: SimulatedTime
  readonly random: Random
  readonly network: SimulatedNetwork
  /** The first is the founder's. */
  readonly devices: readonly Device[]
  /** All of them start, and links form for so many simulated milliseconds. */
  form(ms: number, onNode?: (node: Node) => void): Promise<void>
  /** In the order of `devices`. Throws where one does not run. */
  running(): readonly Node[]
  /** Ends every process and leaves the simulated platform. */
  end(): void
}

/** All start within this. Milliseconds. */
const starting = 5000
/** At more stations where there are more nodes, as in a plant of several halls: whoever is at one greets everybody there. */
const nodesPerStation = 100

const unknownStation = (): never => {
  throw new Error('there is no such station')
}

export const createCrowd = ({ seed, nodes, onFrame, tell = () => undefined }: CrowdOptions): Crowd => {
  const random = createRandom(seed)
  const leave = enterPlatform(random.split())
  const time = createTime()
  const network = createNetwork(time, random.split(), undefined, onFrame)
  const relays = Array.from({ length: Math.ceil(nodes / nodesPerStation) }, () =>
    createRelay(time, random.split(), network),
  )
  const stationOf = (index: number): string => `wss://station-${index % relays.length}.example/signal`
  const devices = Array.from({ length: nodes }, (_, index) =>
    createDevice({
      name: `node ${index}`,
      time,
      network,
      random: random.split(),
      openRelaySocket: (place) => {
        const sockets = new Map(relays.map((relay, station) => [stationOf(station), relay.openSocket(place)]))
        return (url, listener) => (sockets.get(url) ?? unknownStation)(url, listener)
      },
      // every tenth is at two of them, so that the swarm is one piece
      stations: [...new Set([stationOf(index), stationOf(index % 10 === 0 ? index + 1 : index)])],
    }),
  )
  return {
    time,
    random,
    network,
    devices,
    form: async (ms, onNode) => {
      const disks = devices.map(({ disk }) => disk)
      await introduce(disks, await provision(disks, random.split()), time.clock())
      tell(`${nodes} nodes are members`)
      for (const device of devices) {
        if (onNode !== undefined) device.onNode = onNode
        time.after(random.between(0, starting), device.start)
      }
      for (let passed = 0; passed < ms; passed += 5000) {
        await time.pass(5000)
        tell(`${passed / 1000 + 5} s of forming links`)
      }
    },
    running: () =>
      devices.map((device) => {
        const node = device.node()
        if (node === undefined || device.problem !== undefined)
          throw device.problem ?? new Error(`${device.name} does not run`)
        return node
      }),
    end: () => {
      for (const device of devices) device.kill()
      leave()
    },
  }
}
