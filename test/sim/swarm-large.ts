/**
 * A large swarm in calm weather, all members of it already (`provision.ts`): links form, then every node publishes now and then. How long
 * an event takes to be present everywhere else, and how many copies of a run travel for each that is stored.
 */
import { unbundle } from '../../src/replication/fragments.ts'
import { bundleByte, runByte } from '../../src/replication/frame.ts'
import type { AppId, StreamId } from '../../src/core/event.ts'
import type { Node } from '../../src/node/contract.ts'
import { createCrowd } from './crowd.ts'

export interface LargeOptions {
  readonly seed: number
  readonly nodes: number
  /** Links form for so long before anything is published. Simulated milliseconds, as all that follow. */
  readonly forming: number
  /** Then every node publishes one event in each `every`, for so long. */
  readonly every: number
  readonly publishing: number
  /** After the last event, until all of them should be everywhere. */
  readonly arriving: number
  /** Real milliseconds; publishing ends early when they are over. */
  readonly budget?: number
  /** Told of what is being done, for whoever waits for it. */
  readonly tell?: (sentence: string) => void
}

export interface LargeOutcome {
  readonly links: { readonly least: number; readonly median: number; readonly most: number }
  readonly events: number
  /** Event and node it should reach: how many, and how many it did. */
  readonly deliveries: { readonly expected: number; readonly done: number }
  /** Milliseconds from acknowledged to present at another node. */
  readonly delays: { readonly median: number; readonly p99: number; readonly most: number }
  /** Copies of runs received for each run stored, while publishing. */
  readonly redundancy: number
  /** Sent while publishing, over all links, for each event that reached a node. */
  readonly bytesPerDelivery: number
  /** Simulated seconds of publishing, and the real ones they took. */
  readonly published: { readonly simulated: number; readonly real: number }
}

const appId = 'com.example.sim' as AppId
/** Milliseconds. */
const second = 1000

const isRun = (frame: Uint8Array): boolean => frame[0] === runByte

/** How many delays there were of each length, in milliseconds. */
const createDelays = () => {
  const counts: number[] = []
  let total = 0
  return {
    add: (ms: number): void => {
      const at = Math.round(ms)
      counts[at] = (counts[at] ?? 0) + 1
      total += 1
    },
    get total() {
      return total
    },
    quantile: (share: number): number => {
      let seen = 0
      for (const [ms, count] of counts.entries()) {
        seen += count ?? 0
        if (seen >= share * total) return ms
      }
      return Number.NaN
    },
  }
}

export const runLargeSwarm = async (options: LargeOptions): Promise<LargeOutcome> => {
  const { nodes: count, tell = () => undefined } = options
  const traffic = { runs: 0, bytes: 0 }
  const crowd = createCrowd({
    seed: options.seed,
    nodes: count,
    tell,
    onFrame: (frame) => {
      traffic.bytes += frame.length
      if (frame[0] === bundleByte) for (const one of unbundle(frame)) traffic.runs += isRun(one) ? 1 : 0
      else if (isRun(frame)) traffic.runs += 1
    },
  })
  const { time, random } = crowd
  const acknowledged = new Map<StreamId, number[]>()
  const delays = createDelays()
  const stored = { runs: 0 }
  let isMeasuring = false
  let problem: unknown
  let events = 0

  const watch = (node: Node): void => {
    const seen = new Map<StreamId, number>()
    node.log.onStored(({ streams, appended }) => {
      if (isMeasuring) stored.runs += streams.size - appended.length
    })
    node.log.onPresent((grown) => {
      if (!isMeasuring) return
      for (const [stream, end] of grown) {
        const times = acknowledged.get(stream)
        if (times === undefined || stream.startsWith(node.id)) continue
        for (let offset = seen.get(stream) ?? 0; offset < end; offset++) delays.add(time.now() - (times[offset] ?? 0))
        seen.set(stream, end)
      }
    })
  }
  const running = (): readonly Node[] => {
    if (problem !== undefined) throw problem
    return crowd.running()
  }
  const publish = (node: Node): void => {
    node.log
      .append([{ tags: ['sim', 'machine:press'], payload: { at: time.now(), temperature: random.between(20, 90) } }], {
        appId,
      })
      .then(
        ([one]) => {
          if (one === undefined) return
          const times = acknowledged.get(one.stream) ?? []
          acknowledged.set(one.stream, times)
          times[one.offset] = time.now()
          events += 1
        },
        (error: unknown) => (problem ??= error),
      )
  }

  try {
    await crowd.form(options.forming, watch)
    const nodes = running()
    const links = nodes.map(({ swarm }) => swarm.status().devices.filter(({ link }) => link !== undefined).length)
    links.sort((a, b) => a - b)

    isMeasuring = true
    Object.assign(traffic, { runs: 0, bytes: 0 })
    const began = performance.now()
    const beganAt = time.now()
    let isPublishing = true
    for (const node of nodes) {
      const beat = (): void => {
        if (!isPublishing) return
        publish(node)
        time.after(options.every, beat)
      }
      time.after(random.fraction() * options.every, beat)
    }
    const isTimeLeft = (): boolean => performance.now() - began < (options.budget ?? Number.POSITIVE_INFINITY)
    while (time.now() - beganAt < options.publishing && isTimeLeft()) {
      await time.pass(second)
      tell(`${(time.now() - beganAt) / 1000} s of publishing`)
    }
    const simulated = (time.now() - beganAt) / 1000
    isPublishing = false
    await time.pass(options.arriving)
    running()
    const real = (performance.now() - began) / 1000
    return {
      links: { least: links[0] ?? 0, median: links[links.length >> 1] ?? 0, most: links.at(-1) ?? 0 },
      events,
      deliveries: { expected: events * (count - 1), done: delays.total },
      delays: { median: delays.quantile(0.5), p99: delays.quantile(0.99), most: delays.quantile(1) },
      redundancy: traffic.runs / stored.runs,
      bytesPerDelivery: traffic.bytes / delays.total,
      published: { simulated, real },
    }
  } finally {
    crowd.end()
  }
}
