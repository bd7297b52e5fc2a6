/**
 * Nodes that find each other: finders over memory radios and memory stations on one clock. A link here is a channel whose ends believe what the
 * other says of itself; frames go as bytes through the codec.
 */
import type { NodeId } from '../../src/core/event.ts'
import { bytesFromNodeId, nodeIdFromBytes } from '../../src/core/node-id.ts'
import type { Random } from '../../src/core/random.ts'
import { sha256Small } from '../../src/crypto/hash.ts'
import type { Finder, Link, LinkFrame, MemberFrame } from '../../src/replication/contract.ts'
import type { Opened } from '../../src/replication/dialler.ts'
import { createFinder } from '../../src/replication/finder.ts'
import { decodeFrame, encodeFrame } from '../../src/replication/frame.ts'
import type { HandLinks } from '../../src/replication/hand-link.ts'
import { createHandLinks } from '../../src/replication/hand-link.ts'
import type { Channel, Rooms } from '../../src/transport/contract.ts'
import type { MemoryAir, MemoryRadio } from '../../src/transport/memory-radio.ts'
import { createMemoryAir } from '../../src/transport/memory-radio.ts'
import { createRooms } from '../../src/transport/signalling.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock } from '../api/manual-clock.ts'
import type { MemoryStations } from './memory-station.ts'
import { createMemoryStations } from './memory-station.ts'

/** Operations of WebCrypto under way: they happen on threads that know nothing of the test's clock, so it waits for them. */
let underWay = 0
for (const name of ['encrypt', 'decrypt', 'importKey'] as const) {
  const real = crypto.subtle[name].bind(crypto.subtle) as (...given: unknown[]) => Promise<unknown>
  Object.defineProperty(crypto.subtle, name, {
    value: (...given: unknown[]) => {
      underWay += 1
      return real(...given).finally(() => (underWay -= 1))
    },
  })
}
const atRest = async (): Promise<void> => {
  do {
    // two turns: what follows an operation may begin the next
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
  } while (underWay > 0)
}

export interface MeshNode {
  readonly id: NodeId
  readonly radio: MemoryRadio
  readonly rooms: Rooms
  readonly finder: Finder
  readonly hand: HandLinks
  readonly links: Map<NodeId, Link>
  /** Channels of newcomers. */
  readonly newcomers: Channel[]
  readonly reports: string[]
  /** As if it had channels of an earlier life. */
  isAdopting: boolean
  /** Channels that were handed over, in all. */
  channels: number
  /** Everything of it ends at once. */
  kill(): void
}

export interface Mesh {
  readonly clock: ManualClock
  readonly stations: MemoryStations
  readonly air: MemoryAir
  readonly random: Random
  readonly nodes: Map<NodeId, MeshNode>
  /** `id`: of one that was killed and comes back. */
  add(stations?: readonly string[], id?: NodeId): MeshNode
  /** Lets time pass until it is so. */
  until(what: string, isSo: () => boolean, most?: number): Promise<void>
  pass(ms: number): Promise<void>
  /** Sizes of the pieces of the graph. */
  pieces(): number[]
}

export const createMesh = (seed: number): Mesh => {
  let drawn = 0
  const random: Random = (length) => {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at += 32)
      bytes.set(sha256Small(new TextEncoder().encode(`${seed}.${drawn++}`)).subarray(0, length - at), at)
    return bytes
  }
  const clock = createManualClock()
  const stations = createMemoryStations(clock)
  const air = createMemoryAir({ clock })
  const swarmKey = random(32)
  const nodes = new Map<NodeId, MeshNode>()

  const add = (urls: readonly string[] = [], id: NodeId = nodeIdFromBytes(random(32))): MeshNode => {
    const radio = air.radio(id)
    const reports: string[] = []
    const report = (code: string, message: string): void => void reports.push(`${code} ${message}`)
    const rooms = createRooms({ openSocket: stations.openSocket, clock, random, report })
    rooms.setStations(urls)
    const links = new Map<NodeId, Link>()
    const channels = new Set<Channel>()
    let isDead = false

    const attach = (channel: Channel, isOutgoing: boolean, other: NodeId): Link => {
      let isOver = false
      const end = (): void => {
        if (isOver) return
        isOver = true
        channels.delete(channel)
        if (links.get(other) === link) links.delete(other)
        if (!isDead) node.finder.detach(link)
      }
      const link: Link & { end: () => void } = {
        node: other,
        kind: channel.kind,
        isMember: true,
        isOutgoing,
        roundTrip: undefined,
        clockOffset: undefined,
        heardAt: 0,
        get buffered() {
          return channel.buffered
        },
        bytesSent: 0,
        bytesReceived: 0,
        send: (frame: LinkFrame) => channel.send(encodeFrame(frame)),
        probe: () => undefined,
        close: () => {
          channel.close()
          end()
        },
        end,
      }
      links.get(other)?.close({ code: 'ERR_LINK_SURPLUS', message: 'Another one.' })
      links.set(other, link)
      node.finder.attach(link)
      return link
    }

    const onChannel = (channel: Channel, { isOutgoing, node: claimed }: Opened): void => {
      node.channels += 1
      let link: Link | undefined
      channels.add(channel)
      channel.listen({
        onFrame: (bytes) => {
          if (link === undefined) {
            // a newcomer says nothing of itself
            if (bytes.length !== 32) return void node.newcomers.push(channel)
            const other = nodeIdFromBytes(bytes)
            if (claimed !== undefined && other !== claimed) throw new Error('not who it claimed to be')
            link = attach(channel, isOutgoing, other)
          } else node.finder.onFrame(link, decodeFrame(bytes) as MemberFrame)
        },
        onDrain: () => undefined,
        onClose: () => {
          channels.delete(channel)
          ;(link as { end?: () => void } | undefined)?.end?.()
        },
      })
      channel.send(new Uint8Array(bytesFromNodeId(id)))
    }

    const node: MeshNode = {
      id,
      radio,
      rooms,
      links,
      newcomers: [],
      reports,
      isAdopting: false,
      channels: 0,
      finder: createFinder({
        self: id,
        swarmKey,
        keyEpoch: 1,
        rooms,
        radio,
        isMember: (other) => nodes.has(other),
        clock,
        random,
        report,
        isAdopting: () => node.isAdopting,
        onChannel,
      }),
      hand: createHandLinks({ radio, clock, onChannel }),
      kill: () => {
        isDead = true
        nodes.delete(id)
        node.finder.close()
        node.hand.close()
        rooms.close()
        for (const channel of channels) channel.close()
        links.clear()
      },
    }
    nodes.set(id, node)
    return node
  }

  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 25) {
      clock.pass(25)
      await atRest()
    }
  }

  return {
    clock,
    stations,
    air,
    random,
    nodes,
    add,
    pass,
    until: async (what, isSo, most = 120_000) => {
      for (let passed = 0; passed < most; passed += 100) {
        if (isSo()) return
        await pass(100)
      }
      const links = [...nodes.values()].map((node) => node.links.size).join(' ')
      throw new Error(`after ${most / 1000} s still not: ${what}; links ${links}`)
    },
    pieces: () => {
      const sizes: number[] = []
      const seen = new Set<NodeId>()
      for (const id of nodes.keys()) {
        if (seen.has(id)) continue
        const piece = new Set([id])
        for (const one of piece)
          for (const other of nodes.get(one)?.links.keys() ?? []) if (nodes.has(other)) piece.add(other)
        for (const one of piece) seen.add(one)
        sizes.push(piece.size)
      }
      return sizes
    },
  }
}
