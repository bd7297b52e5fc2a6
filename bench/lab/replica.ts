/** What the bench does in the page of a node that replicates; part of `window.lab`. */
import type { Json, StreamId } from '../../src/core/event.ts'
import { machineTag } from '../events.ts'
import { difference } from '../list.ts'
import type { FactoryEvent } from '../events.ts'

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Milliseconds since the epoch, finer than `Date.now`: comparable between processes of one machine. */
const wallClock = (): number => performance.timeOrigin + performance.now()

/** One event's way: when its publisher sent it and when this page was given it, by `wallClock`. */
export interface Heard {
  readonly number: number
  readonly sentAt: number
  readonly heardAt: number
}

const heard: Heard[] = []

/** Payload of the events that `beat` publishes. */
type Beat = Pick<Heard, 'number' | 'sentAt'>

const beatOf = (payload: Json): Beat => {
  if (typeof payload !== 'object' || payload === null || !('sentAt' in payload)) throw new Error('a foreign event')
  return { number: Number(payload['number']), sentAt: Number(payload.sentAt) }
}

export const replica = {
  found: async (name: string): Promise<void> => {
    await window.shoal.swarm.found(name)
    await window.shoal.swarm.recoveryKept()
  },

  invite: (uses: number): Promise<string> => window.shoal.swarm.invite({ uses }),

  join: async (link: string): Promise<void> => {
    await window.shoal.swarm.join(link)
  },

  /** The stream that this node publishes into. */
  ownStream: async (): Promise<StreamId> => `${(await window.shoal.info()).nodeId}-0` as StreamId,

  /** When, by `performance.now()`, that many events of `stream` were present and one of the newest had been asked for and answered. */
  whenWhole: async (stream: StreamId, events: number): Promise<number> => {
    for (;;) {
      const { present } = await window.shoal.offsets()
      if ((present[stream] ?? -1) + 1 >= events) break
      await pause(10)
    }
    const newest = await window.shoal.query(`FROM '${machineTag(0)}' ORDER DESC LIMIT 1`)
    if (!newest.some((item) => item.type === 'event' && item.stream === stream)) throw new Error('not queryable')
    return performance.now()
  },

  /** Says what is wrong with the first events of `stream`; empty when they are those of the seed, in their order, none missing or doubled. */
  verify: async (stream: string, events: number, seed: number): Promise<string> => {
    const found: FactoryEvent[] = []
    for await (const item of window.shoal.query('FROM allEvents')) {
      if (item.type === 'diagnostic') return item.message
      if (item.type === 'event' && item.stream === stream)
        found.push({ tags: item.tags, payload: item.payload as FactoryEvent['payload'] })
    }
    return difference(found, events, seed)
  },

  linkTo: async (node: string) => {
    const { devices } = await window.shoal.swarm.status()
    return devices.find((device) => device.node === node)?.link
  },

  links: async (): Promise<number> => {
    const { devices } = await window.shoal.swarm.status()
    return devices.filter(({ link }) => link !== undefined).length
  },

  logBytes: async (): Promise<number> => (await window.shoal.info()).logBytes,

  /** Resolves when what is known was given and live events follow. */
  hear: (tag: string): Promise<void> =>
    new Promise((resolve, reject) => {
      window.shoal.subscribe(`FROM '${tag}'`, { onError: reject }, (item) => {
        if (item.type === 'event') heard.push({ ...beatOf(item.payload), heardAt: wallClock() })
        else if (item.type === 'offsets') resolve()
      })
    }),

  heard: (): readonly Heard[] => heard.splice(0),

  /** Publishes an event every so often, each when its turn has come and the one before is acknowledged; how long each took. */
  beat: async (tag: string, count: number, every: number): Promise<number[]> => {
    const from = performance.now()
    const took: number[] = []
    for (let number = 0; number < count; number++) {
      await pause(from + number * every - performance.now())
      const sentAt = wallClock()
      await window.shoal.publish([{ tags: [tag], payload: { number, sentAt } satisfies Beat }])
      took.push(wallClock() - sentAt)
    }
    return took
  },
}
