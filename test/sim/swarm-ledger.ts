/**
 * What must hold in a swarm, whatever happened: what was acknowledged is never lost, no offset is used twice, what a node holds of a stream is
 * a prefix of what its author wrote, an event is the same everywhere, so that its place in the order is. Looked at step by step.
 */
import type { LogEvent, OffsetMap, Published, StreamId } from '../../src/core/event.ts'
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
  /** Looks at what `node` shows beyond what it showed before. `isFresh`: it was started anew, so all is looked at. */
  audit(name: string, node: Node, now: number): Promise<void>
  forget(name: string): void
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
          const at = acknowledgedAt.get(`${event.stream}/${event.offset}`)
          // what a restarted node finds on its disk did not arrive now
          if (at !== undefined && cursors.has(name) && !event.stream.startsWith(node.id)) delays.push(now - at)
        }
      }
      cursors.set(name, present)
      for (const [stream, end] of acknowledgedEnd)
        if (stream.startsWith(node.id) && (present[stream] ?? -1) < end - 1)
          throw new Error(
            `${name} lost what it acknowledged: ${stream} ends at ${present[stream]}, ${end - 1} was acknowledged`,
          )
    },
    forget: (name) => void cursors.delete(name),
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
