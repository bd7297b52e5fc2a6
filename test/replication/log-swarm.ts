/**
 * Real logs and replicators over links in memory: frames are encoded and decoded as on a wire, wait in a queue, and are delivered one
 * by one when the test says so. All devices share one clock.
 */
import type { NodeId } from '../../src/core/event.ts'
import type { Lane, Link, LinkFrame, MemberFrame, Replicator } from '../../src/replication/contract.ts'
import { decodeFrame, encodeFrame } from '../../src/replication/frame.ts'
import { createReplicator } from '../../src/replication/replicator.ts'
import type { Members } from '../../src/swarm/contract.ts'
import type { CloseReason } from '../../src/transport/contract.ts'
import { linkBytesLow } from '../../src/core/limits.ts'
import { errorCode, errorMessage } from '../../src/core/errors.ts'
import type { Device, DeviceOptions } from '../log/fixture.ts'
import { openDevice, start, swarm } from '../log/fixture.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock, settle } from '../api/manual-clock.ts'

/** A register in which an admission is the name of a node. */
export interface OpenMembers extends Members {
  readonly known: Set<NodeId>
}

const encoder = new TextEncoder()

export const createOpenMembers = (first: Iterable<NodeId>): OpenMembers => {
  const known = new Set(first)
  const listeners = new Set<(nodes: readonly NodeId[]) => void>()
  return {
    known,
    swarm: swarm as NodeId,
    isMember: (node) => known.has(node),
    get: () => undefined,
    list: () => [],
    path: (node) => (known.has(node) ? [encoder.encode(node)] : []),
    learn: async (admissions) => {
      await Promise.resolve()
      const learned = admissions
        .map((bytes) => new TextDecoder().decode(bytes) as NodeId)
        .filter((node) => !known.has(node))
      for (const node of learned) known.add(node)
      if (learned.length > 0) for (const listener of listeners) listener(learned)
      return learned
    },
    judge: () => Promise.resolve(undefined),
    onLearn: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export interface SwarmDevice extends Device {
  readonly members: OpenMembers
  readonly replicator: Replicator
  /** Reading and storing under way. */
  readonly pending: ReadonlySet<Promise<unknown>>
  /** Its disk may never answer. */
  mayHang: boolean
  /** Runs that came in, by what they are: how often. */
  readonly received: Map<string, number>
}

export interface Wire {
  readonly ends: readonly [End, End]
  isCut: boolean
  /** Everything sent over it, both ways. */
  frames: number
  bytes: number
  /** Sees every frame before it is delivered; false: it is lost, and so is the link. */
  filter: (frame: MemberFrame, from: SwarmDevice) => boolean
  /** Frames delivered a turn, each way; 0: it stands still. */
  pace: number
  cut(): void
}

export interface End extends Link {
  readonly device: SwarmDevice
  readonly queue: { readonly bytes: Uint8Array<ArrayBuffer>; readonly lane: Lane }[]
  reason: CloseReason | undefined
}

export interface LogSwarm {
  readonly clock: ManualClock
  readonly devices: SwarmDevice[]
  readonly wires: Wire[]
  add(options?: DeviceOptions & { readonly knows?: Iterable<NodeId> }): Promise<SwarmDevice>
  /** The same disk and key after a kill. */
  revive(device: SwarmDevice): Promise<SwarmDevice>
  connect(one: SwarmDevice, other: SwarmDevice): Wire
  /** One round of deliveries, `ms` later. */
  turn(ms?: number): Promise<void>
  /** Goes on until `done`, at most so many milliseconds of the swarm's clock. */
  until(done: () => boolean, most?: number, step?: number): Promise<void>
}

export const sameHeads = (one: Device, other: Device): boolean => {
  const [mine, theirs] = [one.log.heads(), other.log.heads()]
  return mine.size === theirs.size && [...mine].every(([stream, head]) => theirs.get(stream)?.count === head.count)
}

export const createLogSwarm = (seed = 1): LogSwarm => {
  const clock = createManualClock(start)
  const devices: SwarmDevice[] = []
  const wires: Wire[] = []
  let state = seed
  const random = (length: number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return state >>> 16
    })

  const openMember = async (options: DeviceOptions, members: OpenMembers): Promise<SwarmDevice> => {
    const opened = await openDevice({ ...options, clock, isMember: (node) => members.isMember(node) })
    members.known.add(opened.signer.id)
    const { reports } = opened
    const pending = new Set<Promise<unknown>>()
    const watch = <T>(work: Promise<T>): Promise<T> => {
      const settled = work.then(
        () => undefined,
        () => undefined,
      )
      pending.add(settled)
      return work.finally(() => pending.delete(settled))
    }
    const log = {
      ...opened.log,
      ingest: (...args: Parameters<typeof opened.log.ingest>) => watch(opened.log.ingest(...args)),
      runs: (...args: Parameters<typeof opened.log.runs>) => watch(opened.log.runs(...args)),
    }
    const replicator = createReplicator({
      log,
      members,
      clock,
      random,
      report: (code, sentence) => void reports.push({ code, sentence }),
    })
    const device = { ...opened, log, members, replicator, received: new Map<string, number>(), pending, mayHang: false }
    devices.push(device)
    return device
  }

  const close = (wire: Wire): void => {
    if (wire.isCut) return
    wire.isCut = true
    for (const end of wire.ends) {
      end.queue.length = 0
      end.device.replicator.detach(end)
    }
  }

  const connect = (one: SwarmDevice, other: SwarmDevice): Wire => {
    const endOf = (device: SwarmDevice, to: SwarmDevice): End => {
      const queue: End['queue'] = []
      let received = 0
      let sent = 0
      return {
        device,
        queue,
        reason: undefined,
        node: to.signer.id,
        kind: 'memory',
        isMember: true,
        isOutgoing: device === one,
        roundTrip: undefined,
        clockOffset: undefined,
        heardAt: 0,
        get buffered() {
          return queue.reduce((sum, { bytes }) => sum + bytes.length, 0)
        },
        get bytesSent() {
          return sent
        },
        get bytesReceived() {
          return received
        },
        set bytesReceived(value: number) {
          received = value
        },
        send(frame: LinkFrame, lane: Lane = 'control') {
          if (wire.isCut) return
          const bytes = encodeFrame(frame)
          sent += bytes.length
          // control overtakes bulk
          const at = lane === 'control' ? queue.findIndex((waiting) => waiting.lane === 'bulk') : -1
          queue.splice(at < 0 ? queue.length : at, 0, { bytes, lane })
        },
        probe: () => undefined,
        close(reason: CloseReason) {
          this.reason = reason
          close(wire)
        },
      }
    }
    const wire: Wire = {
      ends: [endOf(one, other), endOf(other, one)],
      isCut: false,
      frames: 0,
      bytes: 0,
      filter: () => true,
      pace: Infinity,
      cut: () => close(wire),
    }
    wires.push(wire)
    for (const end of wire.ends) end.device.replicator.attach(end)
    return wire
  }

  let turns = 0
  const deliver = (wire: Wire, from: End, to: End): void => {
    const due = wire.pace >= 1 ? wire.pace : Math.floor(turns * wire.pace) - Math.floor((turns - 1) * wire.pace)
    for (let count = 0; count < due && !wire.isCut; count++) {
      const before = from.buffered
      const next = from.queue.shift()
      if (next === undefined) return
      wire.frames += 1
      wire.bytes += next.bytes.length
      ;(to as { bytesReceived: number }).bytesReceived += next.bytes.length
      const frame = decodeFrame(next.bytes) as MemberFrame
      if (!wire.filter(frame, from.device)) return wire.cut()
      if (frame.type === 'run') {
        const { stream, from: first, count: events, isSealed } = to.device.log.sketch(frame.bytes) ?? {}
        const key = `${stream}/${first}/${events}/${isSealed}`
        to.device.received.set(key, (to.device.received.get(key) ?? 0) + 1)
      }
      try {
        to.device.replicator.onFrame(to, frame)
      } catch (error) {
        to.close({ code: errorCode(error), message: errorMessage(error) })
      }
      if (before >= linkBytesLow && from.buffered < linkBytesLow && !wire.isCut) from.device.replicator.onDrain(from)
    }
  }

  const turn = async (ms = 1): Promise<void> => {
    turns += 1
    for (const wire of wires) {
      const [one, other] = wire.ends
      deliver(wire, one, other)
      deliver(wire, other, one)
    }
    // work takes none of the swarm's time: how fast this machine is must not decide what happens
    await settle(1)
    for (const device of devices) {
      if (device.mayHang) await settle(5)
      else while (device.pending.size > 0) await Promise.all(device.pending)
    }
    clock.pass(ms)
  }

  return {
    clock,
    devices,
    wires,
    add: async ({ knows, ...options } = {}) => {
      const device = await openMember(options, createOpenMembers(knows ?? devices.map(({ signer }) => signer.id)))
      if (knows === undefined) for (const other of devices) other.members.known.add(device.signer.id)
      return device
    },
    revive: async (device) => {
      for (const wire of wires) if (wire.ends.some((end) => end.device === device)) wire.cut()
      device.replicator.close()
      devices.splice(devices.indexOf(device), 1)
      return openMember({ disk: device.disk, signer: device.signer }, createOpenMembers(device.members.known))
    },
    connect,
    turn,
    until: async (done, most = 60_000, step = 1) => {
      for (let passed = 0; !done(); passed += step) {
        if (passed > most) throw new Error(`not done after ${most} ms`)
        await turn(step)
      }
    },
  }
}
