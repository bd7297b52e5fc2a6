/** One device of a simulated swarm: a disk that outlives its processes, and the process that runs on it now. */
import type { Clock } from '../../src/core/clock.ts'
import type { Node } from '../../src/node/contract.ts'
import { createNode } from '../../src/node/node.ts'
import type { CommitFate, MemoryDisk, MemoryRack } from '../../src/store/memory.ts'
import { createMemoryDisk, createMemoryRack, openMemoryShelf } from '../../src/store/memory.ts'
import type { OpenRelaySocket, RelaySocket } from '../../src/transport/contract.ts'
import type { SimulatedNetwork } from './network.ts'
import type { Random } from './random.ts'
import type { SimulatedClock, SimulatedTime } from './time.ts'

export interface DeviceFaults {
  /** Milliseconds of each operation of its disk. */
  diskDelay: number
  /** What becomes of the next commit. */
  fate: () => CommitFate
}

export interface Device {
  readonly name: string
  readonly clock: SimulatedClock
  readonly faults: DeviceFaults
  /** The running node; undefined while it is down. Another one after each start, and after joining. */
  node(): Node | undefined
  /** Called with each node that has opened. */
  onNode: (node: Node) => void
  start(): void
  /** The process is gone in the middle of whatever it was doing. */
  kill(): void
  readonly problem: unknown
}

export interface DeviceOptions {
  readonly name: string
  readonly time: SimulatedTime
  readonly network: SimulatedNetwork
  readonly openRelaySocket: (place: string) => OpenRelaySocket
  readonly random: Random
  readonly stations: readonly string[]
}

const never = new Promise<never>(() => undefined)

export const createDevice = (options: DeviceOptions): Device => {
  const { name, time, network, random } = options
  const clock = time.clock()
  const faults: DeviceFaults = { diskDelay: 0, fate: () => 'commit' }
  /** The medium: what every process of this device finds. */
  const medium = new Map<string, MemoryDisk>()
  const register: MemoryRack = createMemoryRack()
  let node: Node | undefined
  let end: (() => void) | undefined
  let problem: unknown

  /** A rack through which a process that is gone does nothing more. */
  const rackOf = (isDead: () => boolean): MemoryRack => {
    const delay = (): Promise<void> | undefined => {
      if (isDead()) return never
      if (faults.diskDelay === 0) return undefined
      return new Promise((resolve) => time.after(faults.diskDelay, () => (isDead() ? undefined : resolve())))
    }
    const fate = (): CommitFate | Promise<CommitFate> => {
      if (isDead()) return never
      const fated = faults.fate()
      // whoever dies in a commit does not see what became of it
      if (fated.startsWith('die')) device.kill()
      return fated
    }
    const view = (disk: MemoryDisk): MemoryDisk => ({ tables: disk.tables, keys: disk.keys, delay, fate })
    const diskOf = (log: string): MemoryDisk => {
      const disk = medium.get(log) ?? createMemoryDisk()
      medium.set(log, disk)
      return disk
    }
    return {
      ...register,
      get register() {
        return register.register
      },
      set register(changed) {
        register.register = changed
      },
      disks: new Map(),
      makeDisk: (log) => view(diskOf(log)),
      delay,
      fate,
    }
  }

  const open = async (): Promise<void> => {
    let isDead = false
    const place = network.enter(name)
    const living: Clock = {
      now: clock.now,
      monotonic: clock.monotonic,
      after: (ms, action) => clock.after(ms, () => (isDead ? undefined : action())),
    }
    const socketOf = options.openRelaySocket(name)
    const sockets = new Set<RelaySocket>()
    const stop = (): void => {
      isDead = true
      for (const socket of sockets) socket.close()
      place.vanish()
      node = undefined
    }
    end = stop
    try {
      const opened = await createNode({
        shelf: openMemoryShelf(rackOf(() => isDead)),
        clock: living,
        random: (length) => Uint8Array.from({ length }, () => random.between(0, 255)),
        build: 'simulated',
        radio: place.radio,
        openRelaySocket: (url, listener) => {
          const socket = socketOf(url, listener)
          sockets.add(socket)
          return {
            send: socket.send,
            close: () => {
              sockets.delete(socket)
              socket.close()
            },
          }
        },
        defaultStations: options.stations,
        pageUrl: 'https://shoal.example/',
        onReplaced: () => {
          if (isDead) return
          void opened.close().catch(() => undefined)
          stop()
          device.start()
        },
      })
      if (isDead) return
      node = opened
      device.onNode(opened)
    } catch (error) {
      if (!isDead) problem = error
    }
  }

  const device: Device = {
    name,
    clock,
    faults,
    node: () => node,
    onNode: () => undefined,
    start: () => {
      end?.()
      void open()
    },
    kill: () => {
      end?.()
      end = undefined
    },
    get problem() {
      return problem
    },
  }
  return device
}
