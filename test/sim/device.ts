/** One device of a simulated swarm: a disk that outlives its processes, and the process that runs on it now. */
import type { Clock } from '../../src/core/clock.ts'
import { errorCode } from '../../src/core/errors.ts'
import type { Node } from '../../src/node/contract.ts'
import { createNode } from '../../src/node/node.ts'
import type { CommitFate, MemoryDisk, MemoryRack } from '../../src/store/memory.ts'
import { createMemoryDisk, createMemoryRack, cutPower, openMemoryShelf } from '../../src/store/memory.ts'
import type { OpenRelaySocket, RelaySocket } from '../../src/transport/contract.ts'
import type { Place, SimulatedNetwork } from './network.ts'
import type { Random } from './random.ts'
import type { SimulatedClock, SimulatedTime } from './time.ts'

export interface DeviceFaults {
  /** Milliseconds of each operation of its disk. */
  diskDelay: number
  /** What becomes of the next commit. */
  fate: () => CommitFate
}

/** `worker`: its tab lives on and holds the connections; `tab`: all of it; `power`: with what was written relaxed and not flushed. */
export type Death = 'worker' | 'tab' | 'power'

export interface Device {
  readonly name: string
  readonly clock: SimulatedClock
  readonly faults: DeviceFaults
  /** Of the log it began with; what `provision` writes goes there before the first start. */
  readonly disk: MemoryDisk
  /** The running node; undefined while it is down. Another one after each start, and after joining. */
  node(): Node | undefined
  /** Called with each node that has opened. */
  onNode: (node: Node) => void
  start(): void
  /** The process is gone in the middle of whatever it was doing. */
  kill(death?: Death): void
  /** Nothing of it runs until `wake`; its clock goes on. */
  sleep(): void
  wake(isTold: boolean): void
  readonly isAsleep: boolean
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
/** A node that could not open is tried again: somebody reloads the page. Milliseconds. */
const reopenAfter = 2000
const reopens = ['ERR_STORE_FULL', 'ERR_STORE_UNAVAILABLE', 'ERR_STORE_UNKNOWN_OUTCOME', 'ERR_STORE_FENCED']

export const createDevice = (options: DeviceOptions): Device => {
  const { name, time, network, random } = options
  const clock = time.clock()
  const faults: DeviceFaults = { diskDelay: 0, fate: () => 'commit' }
  /** The medium: what every process of this device finds. */
  const first = createMemoryDisk()
  const register: MemoryRack = createMemoryRack(first)
  const medium = new Map<string, MemoryDisk>(register.disks)
  let node: Node | undefined
  let place: Place | undefined
  let end: ((isRadioLeft: boolean) => void) | undefined
  let isAsleep = false
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
    const view = (disk: MemoryDisk): MemoryDisk => ({ ...disk, delay, fate })
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
    const here = network.enter(name)
    place = here
    if (isAsleep) here.sleep()
    const living: Clock = {
      now: clock.now,
      monotonic: clock.monotonic,
      after: (ms, action) => {
        let isCancelled = false
        const cancel = clock.after(ms, () =>
          here.run(() => {
            if (!isCancelled) action()
          }),
        )
        return () => {
          isCancelled = true
          cancel()
        }
      },
    }
    const socketOf = options.openRelaySocket(name)
    const sockets = new Set<RelaySocket>()
    const stop = (isRadioLeft = false): void => {
      isDead = true
      for (const socket of sockets) socket.close()
      here.vanish(isRadioLeft)
      node = undefined
    }
    end = stop
    try {
      const opened = await createNode({
        shelf: openMemoryShelf(rackOf(() => isDead)),
        clock: living,
        random: (length) => Uint8Array.from({ length }, () => random.between(0, 255)),
        build: 'simulated',
        radio: here.radio,
        openRelaySocket: (url, listener) => {
          const socket = socketOf(url, {
            onOpen: () => here.run(listener.onOpen),
            onText: (text) => here.run(() => listener.onText(text)),
            onClose: (reason) => here.run(() => listener.onClose(reason)),
          })
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
      if (isDead) return
      stop()
      if (!reopens.includes(errorCode(error))) problem = error
      else
        time.after(reopenAfter, () => {
          if (end === stop) device.start()
        })
    }
  }

  const device: Device = {
    name,
    clock,
    faults,
    disk: first,
    node: () => node,
    onNode: () => undefined,
    start: () => {
      end?.(false)
      void open()
    },
    kill: (death = 'tab') => {
      end?.(death === 'worker')
      end = undefined
      if (death !== 'power') return
      for (const disk of medium.values()) cutPower(disk, random.between(0, disk.unflushed.length))
    },
    sleep: () => {
      isAsleep = true
      place?.sleep()
    },
    wake: (isTold) => {
      isAsleep = false
      place?.wake(isTold)
    },
    get isAsleep() {
      return isAsleep
    },
    get problem() {
      return problem
    },
  }
  return device
}
