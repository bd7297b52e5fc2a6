/** Simulated time: everything that waits stands in one queue, in the order of time and of asking. Nothing real is waited for. */
import type { Clock } from '../../src/core/clock.ts'

export interface SimulatedTime {
  /** Milliseconds since the world began. */
  now(): number
  /** The answer cancels. */
  after(ms: number, action: () => void): () => void
  /** Lets `ms` pass; `each` is called after every instant at which something happened. */
  pass(ms: number, each?: () => void): Promise<void>
  /** A node's clock, with a wall clock of its own. */
  clock(): SimulatedClock
}

export interface SimulatedClock extends Clock {
  /** The wall clock jumps by that many milliseconds. */
  jump(ms: number): void
  /** Somebody sets it right. */
  setRight(): void
}

interface Entry {
  readonly at: number
  readonly order: number
  action: (() => void) | undefined
}

/** When the world begins, microseconds since the epoch. */
export const worldStart = 1_700_000_000_000_000

/** To the millisecond: times are whole ticks, which add up exactly, so that what remains to a moment passes. */
const ticks = 1024

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** A binary heap. */
const createQueue = () => {
  const heap: Entry[] = []
  const at = (index: number): Entry => heap[index] as Entry
  const swap = (a: number, b: number): void => {
    const held = at(a)
    heap[a] = at(b)
    heap[b] = held
  }
  return {
    first: (): Entry | undefined => heap[0],
    add: (entry: Entry): void => {
      heap.push(entry)
      for (let index = heap.length - 1; index > 0;) {
        const parent = (index - 1) >> 1
        if (!isBefore(at(index), at(parent))) return
        swap(index, parent)
        index = parent
      }
    },
    take: (): void => {
      const last = heap.pop()
      if (last === undefined || heap.length === 0) return
      heap[0] = last
      for (let index = 0; ;) {
        let least = index
        for (const child of [2 * index + 1, 2 * index + 2])
          if (child < heap.length && isBefore(at(child), at(least))) least = child
        if (least === index) return
        swap(index, least)
        index = least
      }
    },
  }
}

/** Everything that needs no time happens: promises, and what they lead to. */
export const drain = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const createTime = (): SimulatedTime => {
  const queue = createQueue()
  let now = 0
  let order = 0
  const after = (ms: number, action: () => void): (() => void) => {
    const at = ms > 0 ? now + Math.max(1, Math.ceil(ms * ticks)) / ticks : now
    const entry: Entry = { at, order: order++, action }
    queue.add(entry)
    return () => {
      entry.action = undefined
    }
  }
  return {
    now: () => now,
    after,
    pass: async (ms, each) => {
      const until = now + ms
      await drain()
      for (;;) {
        const next = queue.first()
        if (next === undefined || next.at > until) break
        if (next.action === undefined) {
          queue.take()
          continue
        }
        now = next.at
        for (let entry = queue.first(); entry !== undefined && entry.at <= now; entry = queue.first()) {
          queue.take()
          entry.action?.()
        }
        await drain()
        each?.()
      }
      now = until
    },
    clock: () => {
      let jumped = 0
      return {
        now: () => worldStart + Math.floor((now + jumped) * 1000),
        monotonic: () => now,
        after,
        jump: (ms) => {
          jumped += ms
        },
        setRight: () => {
          jumped = 0
        },
      }
    },
  }
}
