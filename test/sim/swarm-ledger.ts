/**
 * What must hold in a swarm, whatever happened: what was acknowledged is never lost, no offset is used twice, what a node holds of a stream is
 * a prefix of what its author wrote, an event is the same everywhere, so that its place in the order is. An event that a node calls safe on
 * another device is on that device's disk, and nothing comes to light below a stability horizon that was told. Looked at step by step.
 */
import type { LogEvent, NodeId, OffsetMap, Published, StreamId } from '../../src/core/event.ts'
import type { Node } from '../../src/node/contract.ts'

interface Known {
  readonly lamport: number
  readonly timestamp: number
  readonly tags: string
  readonly payload: string
}

export interface SwarmLedger {
  /** Before it is published. */
  asked(id: string): void
  acknowledged(id: string, published: readonly Published[], at: number): void
  /** Looks at what `node` shows beyond what it showed before. */
  audit(name: string, node: Node, now: number): Promise<void>
  /** It was started anew: all that it shows is looked at again. */
  restarted(name: string): void
  /** Notes what `node` says is safe elsewhere, and its horizon; fails where a running node among `others` does not hold what was said of it. */
  promises(name: string, node: Node, others: ReadonlyMap<NodeId, Node>): void
  /** Every acknowledged event is present at `node`. */
  hasAll(node: Node): boolean
  readonly acknowledgedCount: number
  /** Milliseconds from acknowledged to present elsewhere, of every event and node. */
  readonly delays: number[]
}

export const createSwarmLedger = (): SwarmLedger => {
  const events = new Map<string, Known>()
  const askedIds = new Set<string>()
  const writtenAs = new Map<string, string>()
  const acknowledgedEnd = new Map<StreamId, number>()
  const acknowledgedAt = new Map<string, number>()
  const cursors = new Map<string, OffsetMap>()
  /** As `cursors`, but across restarts. */
  const shown = new Map<NodeId, Map<StreamId, number>>()
  /** Each horizon that was told, and what was shown at that moment. */
  const horizons = new Map<NodeId, { readonly lamport: number; readonly present: OffsetMap }[]>()
  /** What was said to be on a node's disk: one past the last offset, and who said so. */
  const promised = new Map<NodeId, Map<StreamId, { readonly count: number; readonly by: string }>>()
  const delays: number[] = []
  let acknowledgedCount = 0

  const see = (name: string, { stream, offset, lamport, timestamp, tags, payload }: LogEvent): void => {
    const place = `${stream}/${offset}`
    const known = events.get(place)
    const seen = { lamport, timestamp, tags: tags.join(' '), payload }
    if (known === undefined) events.set(place, seen)
    else if (
      known.lamport !== lamport ||
      known.timestamp !== timestamp ||
      known.payload !== payload ||
      known.tags !== seen.tags
    )
      throw new Error(`${name} shows another event at ${place}: ${payload} in the place of ${known.payload}`)
    const { id } = JSON.parse(payload) as { readonly id?: string }
    if (id === undefined) return
    if (!askedIds.has(id)) throw new Error(`${name} shows ${id}, which nobody published`)
    const before = writtenAs.get(id)
    if (before !== undefined && before !== place) throw new Error(`${id} is there twice: ${before} and ${place}`)
    writtenAs.set(id, place)
  }

  const checkPromised = (name: string, node: Node, stream: StreamId): void => {
    const said = promised.get(node.id)?.get(stream)
    const count = node.log.head(stream)?.count ?? 0
    if (said !== undefined && count < said.count)
      throw new Error(`${said.by} said that ${stream} is safe on ${name} to ${said.count}; it holds ${count}`)
  }

  const checkHorizon = (name: string, node: Node, event: LogEvent): void => {
    const seen = shown.get(node.id) ?? new Map<StreamId, number>()
    shown.set(node.id, seen)
    if (event.offset <= (seen.get(event.stream) ?? -1)) return
    seen.set(event.stream, event.offset)
    for (const told of horizons.get(node.id) ?? [])
      if (event.lamport < told.lamport && event.offset > (told.present[event.stream] ?? -1))
        throw new Error(
          `${event.stream}/${event.offset} with lamport ${event.lamport} came to ${name} below its horizon ${told.lamport}`,
        )
  }

  return {
    asked: (id) => void askedIds.add(id),
    acknowledged: (id, published, at) => {
      for (const { stream, offset } of published) {
        const place = `${stream}/${offset}`
        const before = writtenAs.get(id)
        if (before !== undefined && before !== place)
          throw new Error(`${id} was acknowledged as ${place}, it is ${before}`)
        writtenAs.set(id, place)
        if (acknowledgedAt.has(place)) throw new Error(`the offset ${place} was given twice`)
        acknowledgedAt.set(place, at)
        acknowledgedEnd.set(stream, Math.max(acknowledgedEnd.get(stream) ?? 0, offset + 1))
        acknowledgedCount += 1
      }
    },
    audit: async (name, node, now) => {
      const before = cursors.get(name) ?? {}
      const present = node.log.present()
      // as of the same moment: more is acknowledged while this is read from a slow disk
      const ends = [...acknowledgedEnd].filter(([stream]) => stream.startsWith(node.id))
      const told = horizons.get(node.id)
      const toldCount = told?.length ?? 0
      for (const [stream, last] of Object.entries(before) as [StreamId, number][])
        if ((present[stream] ?? -1) < last)
          throw new Error(`${name} showed ${stream} to ${last}, and now to ${present[stream]}`)
      let key: { lamport: number; stream: string } | undefined
      const next = new Map<StreamId, number>(Object.entries(before) as [StreamId, number][])
      for await (const batch of node.log.read({
        filter: { type: 'all' },
        order: 'asc',
        lowerBound: before,
        upperBound: present,
      })) {
        if (batch.type === 'gap') throw new Error(`${name} has a gap at ${batch.stream}/${batch.from}: ${batch.reason}`)
        for (const event of batch.events) {
          if (
            key !== undefined &&
            (event.lamport < key.lamport || (event.lamport === key.lamport && event.stream <= key.stream))
          )
            throw new Error(`${name} shows events out of order at ${event.stream}/${event.offset}`)
          key = { lamport: event.lamport, stream: event.stream }
          const expected = (next.get(event.stream) ?? -1) + 1
          if (event.offset !== expected)
            throw new Error(`${name} skips from ${expected} to ${event.offset} of ${event.stream}`)
          next.set(event.stream, event.offset)
          see(name, event)
          checkHorizon(name, node, event)
          const at = acknowledgedAt.get(`${event.stream}/${event.offset}`)
          // what a restarted node finds on its disk did not arrive now
          if (at !== undefined && cursors.has(name) && !event.stream.startsWith(node.id)) delays.push(now - at)
        }
      }
      cursors.set(name, present)
      // of those told before all of this was shown, only the highest can still be broken
      told?.splice(0, toldCount - 1)
      for (const stream of promised.get(node.id)?.keys() ?? []) checkPromised(name, node, stream)
      for (const [stream, end] of ends)
        if ((present[stream] ?? -1) < end - 1)
          throw new Error(
            `${name} lost what it acknowledged: ${stream} ends at ${present[stream]}, ${end - 1} was acknowledged`,
          )
    },
    restarted: (name) => void cursors.delete(name),
    promises: (name, node, others) => {
      for (const [stream, { count }] of node.log.heads()) {
        for (const end of new Set([count, Math.ceil(count / 2)])) {
          if (end === 0) continue
          for (const holder of node.swarm.safety(stream, end - 1).nodes) {
            if (holder === node.id) continue
            const said = promised.get(holder) ?? new Map<StreamId, { count: number; by: string }>()
            promised.set(holder, said)
            if ((said.get(stream)?.count ?? 0) < end) said.set(stream, { count: end, by: name })
            const other = others.get(holder)
            if (other !== undefined) checkPromised(holder, other, stream)
          }
        }
      }
      const told = horizons.get(node.id) ?? []
      horizons.set(node.id, told)
      const { lamport } = node.swarm.horizon()
      if (lamport > (told.at(-1)?.lamport ?? 0)) told.push({ lamport, present: node.log.present() })
    },
    hasAll: (node) => {
      const present = node.log.present()
      return [...acknowledgedEnd].every(([stream, end]) => (present[stream] ?? -1) >= end - 1)
    },
    get acknowledgedCount() {
      return acknowledgedCount
    },
    delays,
  }
}
