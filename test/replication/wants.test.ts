/** The planner of wants: which link is asked for what, and that any swarm of it comes to an end. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeId, StreamId } from '../../src/core/event.ts'
import { wantBackOffFirst, wantBytesMax, wantBytesMin } from '../../src/core/limits.ts'
import { cryptBase64, streamOf } from '../../src/core/node-id.ts'
import type { StreamHead } from '../../src/replication/contract.ts'
import type { Held, Source } from '../../src/replication/need.ts'
import type { Wants } from '../../src/replication/wants.ts'
import { createWants } from '../../src/replication/wants.ts'

const nodeOf = (number: number): NodeId => cryptBase64(new Uint8Array(32).fill(number)) as NodeId
const streamAt = (author: number, number = 0): StreamId => streamOf(nodeOf(author), number)
const self = nodeOf(250)

interface Bench {
  readonly wants: Wants<string>
  readonly sources: Map<string, Source & { readonly heads: Map<StreamId, StreamHead> }>
  readonly held: Map<StreamId, Held>
  readonly strangers: Set<NodeId>
}

const head = (stream: StreamId, count: number, more: Partial<StreamHead> = {}): StreamHead => ({
  stream,
  from: 0,
  count,
  sealedTo: 0,
  chain: new Uint8Array(32).fill(count),
  ...more,
})

const bench = (links: Record<string, readonly StreamHead[]>, more: Partial<Source> = {}): Bench => {
  const sources: Bench['sources'] = new Map()
  const held = new Map<StreamId, Held>()
  const strangers = new Set<NodeId>()
  const wants = createWants<string>({
    held: (stream) => held.get(stream) ?? { count: 0, hole: 0, isEmpty: true },
    isMember: (node) => !strangers.has(node),
    originOf: () => undefined,
    self,
    sources,
    // among equals the first
    pick: (bound) => bound - 1,
  })
  for (const [name, told] of Object.entries(links)) {
    const heads = new Map(told.map((one) => [one.stream, one]))
    sources.set(name, {
      heads,
      head: (stream) => heads.get(stream),
      room: 1e7,
      wantsLeft: 32,
      wantedBytes: 0,
      roundTrip: 5,
      ...more,
    })
    for (const { stream } of told) wants.touch(stream)
  }
  return { wants, sources, held, strangers }
}

const has = ({ held }: Bench, stream: StreamId, count: number, hole = 0): void =>
  void held.set(stream, { count, hole, isEmpty: false })

const one = streamAt(1)

describe('what is wanted', () => {
  it('what is lacking, from where it is lacking, from one link only', () => {
    const room = bench({ a: [head(one, 10)], b: [head(one, 12)] })
    has(room, one, 4)
    expect(room.wants.plan(0, 1e7).assignments).toEqual([
      { link: 'a', stream: one, from: 4, bytes: wantBytesMin, missing: 6 },
    ])
    room.wants.touch(one)
    expect(room.wants.plan(0, 1e7).assignments).toEqual([])
  })

  it('nothing of what is held, nothing of streams that nobody has more of', () => {
    const room = bench({ a: [head(one, 10)] })
    has(room, one, 10)
    expect(room.wants.plan(0, 1e7)).toEqual({ assignments: [], strangers: [], beyond: [] })
    expect(room.wants.waiting).toBe(0)
  })

  it('membership first, then in turn', () => {
    const streams = [streamAt(1), streamAt(2), streamAt(3, 1), streamAt(4)]
    const room = bench({ a: streams.map((stream) => head(stream, 5)) })
    expect(room.wants.plan(0, 1e7).assignments.map(({ stream }) => stream)).toEqual([
      streamAt(3, 1),
      streamAt(1),
      streamAt(2),
      streamAt(4),
    ])
  })

  it('a long stream does not starve the others: after each want it goes to the end', () => {
    const [long, short] = [streamAt(1), streamAt(2)]
    const room = bench({ a: [head(long, 1e6), head(short, 1e6)] }, { wantsLeft: 1 })
    const order: StreamId[] = []
    const counts = new Map<StreamId, number>()
    for (let round = 0; round < 6; round++) {
      const [given] = room.wants.plan(0, 1e7).assignments
      if (given === undefined) break
      order.push(given.stream)
      const end = (counts.get(given.stream) ?? 0) + 10
      counts.set(given.stream, end)
      expect(room.wants.gather(given.stream, end - 10, end, 1000)).toBe(true)
      has(room, given.stream, end)
      room.wants.over('a', given.stream, 1, 0)
      room.wants.stored(given.stream, 0)
    }
    expect(order).toEqual([long, short, long, short, long, short])
  })

  it('from the link that waits for less, that is nearer, that has seals', () => {
    const room = bench({ a: [head(one, 10)], b: [head(one, 10)], c: [head(one, 10, { sealedTo: 10 })] })
    expect(room.wants.plan(0, 1e7).assignments[0]?.link).toBe('c')
    const near = bench({ a: [head(one, 10)], b: [head(one, 10)] })
    const far = near.sources.get('a')
    if (far !== undefined) near.sources.set('a', { ...far, roundTrip: 40 })
    expect(near.wants.plan(0, 1e7).assignments[0]?.link).toBe('b')
  })

  it('shares out what one link cannot carry alone', () => {
    const streams = [1, 2, 3, 4].map((author) => streamAt(author))
    const all = streams.map((stream) => head(stream, 1e6))
    const room = bench({ a: all, b: all }, { room: wantBytesMax, wantsLeft: 2 })
    const links = room.wants.plan(0, 1e9).assignments.map(({ link }) => link)
    expect(links.sort()).toEqual(['a', 'b'])
    expect(room.wants.waiting).toBe(2)
  })

  it('no more than there is room for', () => {
    const streams = [1, 2, 3].map((author) => head(streamAt(author), 1e6))
    const room = bench({ a: streams })
    expect(room.wants.plan(0, wantBytesMax).assignments).toHaveLength(1)
    expect(room.wants.plan(0, 0).assignments).toHaveLength(0)
  })

  it('the next want begins where the last one ended, stored or not', () => {
    const room = bench({ a: [head(one, 100)] })
    room.wants.plan(0, 1e7)
    expect(room.wants.gather(one, 0, 40, 1)).toBe(true)
    expect(room.wants.gather(one, 40, 60, 1)).toBe(true)
    room.wants.over('a', one, 2, 0)
    expect(room.wants.plan(0, 1e7).assignments).toMatchObject([{ from: 60, missing: 40 }])
  })

  it('a stream that is new here begins where its holder has it; one that is here goes on without a hole', () => {
    const room = bench({ a: [head(one, 100, { from: 60 })] })
    expect(room.wants.plan(0, 1e7).assignments).toMatchObject([{ from: 60, missing: 40 }])
    const held = bench({ a: [head(one, 100, { from: 60 })] })
    has(held, one, 10)
    expect(held.wants.plan(0, 1e7).assignments).toEqual([])
  })

  it('only the run that fills a hole', () => {
    const room = bench({ a: [head(one, 100)] })
    has(room, one, 10, 5)
    expect(room.wants.plan(0, 1e7).assignments).toMatchObject([{ from: 10, bytes: 1 }])
  })

  it('nothing of strangers until they are known, nothing of our own beyond our head', () => {
    const mine = streamOf(self, 0)
    const room = bench({ a: [head(one, 10), head(mine, 3)] })
    room.strangers.add(nodeOf(1))
    expect(room.wants.plan(0, 1e7)).toEqual({
      assignments: [],
      strangers: [{ link: 'a', node: nodeOf(1) }],
      beyond: [{ link: 'a', stream: mine }],
    })
    expect(room.wants.plan(1e9, 1e7)).toEqual({ assignments: [], strangers: [], beyond: [] })
    room.strangers.clear()
    room.wants.admit([nodeOf(1)])
    expect(room.wants.plan(0, 1e7).assignments).toHaveLength(1)
    // but a hole in it is mended
    has(room, mine, 1, 2)
    room.wants.touch(mine)
    expect(room.wants.plan(0, 1e7).assignments).toMatchObject([{ stream: mine, from: 1, bytes: 1 }])
  })
})

describe('what came of it', () => {
  it('nothing: asked elsewhere at once, of that link less and less often', () => {
    const room = bench({ a: [head(one, 10)], b: [head(one, 10)] })
    room.wants.plan(0, 1e7)
    room.wants.over('a', one, 0, 0)
    expect(room.wants.plan(0, 1e7).assignments).toMatchObject([{ link: 'b' }])
    room.wants.over('b', one, 0, 0)
    expect(room.wants.isDoubtful('a', one)).toBe(true)
    let asked = 0
    for (let now = 0; now < 60_000; now += 100) {
      const [given] = room.wants.plan(now, 1e7).assignments
      if (given === undefined) continue
      asked += 1
      room.wants.over(given.link, one, 0, now)
    }
    expect(asked).toBeLessThan(10)
    expect(asked).toBeGreaterThan(4)
  })

  it('something that was not taken is no progress, what follows it is not taken either', () => {
    const room = bench({ a: [head(one, 10)] })
    room.wants.plan(0, 1e7)
    room.wants.gather(one, 0, 5, 1)
    room.wants.gather(one, 5, 8, 1)
    room.wants.rejected(one, 'a', 0, 'for now')
    room.wants.stored(one, 0)
    expect(room.wants.gather(one, 8, 10, 1)).toBe(false)
    room.wants.over('a', one, 3, 0)
    expect(room.wants.plan(0, 1e7).assignments).toEqual([])
    room.wants.stored(one, 0)
    expect(room.wants.plan(wantBackOffFirst - 1, 1e7).assignments).toEqual([])
    expect(room.wants.plan(wantBackOffFirst, 1e7).assignments).toMatchObject([{ from: 0 }])
  })

  it('many that were not taken of one delivery are one failure', () => {
    const room = bench({ a: [head(one, 40)] })
    room.wants.plan(0, 1e7)
    for (let from = 0; from < 40; from++) room.wants.gather(one, from, from + 1, 1)
    room.wants.over('a', one, 40, 0)
    for (let from = 0; from < 40; from++) {
      room.wants.rejected(one, 'a', 0, 'for now')
      room.wants.stored(one, 0)
    }
    expect(room.wants.plan(wantBackOffFirst, 1e7).assignments).toMatchObject([{ from: 0 }])
  })

  it('a disk that is full says nothing of the link: it is asked again, and what it has still counts as missing', () => {
    const room = bench({ a: [head(one, 10)] })
    for (let times = 0; times < 20; times++) {
      expect(room.wants.plan(0, 1e7).assignments).toMatchObject([{ from: 0 }])
      room.wants.gather(one, 0, 10, 1)
      room.wants.over('a', one, 1, 0)
      room.wants.rejected(one, 'a', 0, 'here')
      room.wants.stored(one, 0)
      expect(room.wants.isDoubtful('a', one)).toBe(false)
    }
  })

  it('the branch of a fork is not wanted again from anybody while it is the same', () => {
    const room = bench({ a: [head(one, 10)], b: [head(one, 10)], c: [head(one, 9)] })
    room.wants.plan(0, 1e7)
    room.wants.gather(one, 0, 10, 1)
    room.wants.over('a', one, 1, 0)
    room.wants.rejected(one, 'a', 0, 'fork')
    room.wants.stored(one, 0)
    // another chain may be another branch
    expect(room.wants.plan(1e6, 1e7).assignments).toMatchObject([{ link: 'c' }])
    room.wants.over('c', one, 0, 1e6)
    room.sources.delete('c')
    room.wants.forget('c')
    expect(room.wants.plan(1e9, 1e7).assignments).toEqual([])
    expect(['a', 'b'].map((link) => room.wants.isDoubtful(link, one))).toEqual([true, true])
    room.sources.get('b')?.heads.set(one, head(one, 11))
    room.wants.touch(one)
    expect(room.wants.plan(1e9, 1e7).assignments).toMatchObject([{ link: 'b' }])
  })

  it('a link that is gone frees what it was asked for', () => {
    const room = bench({ a: [head(one, 10)], b: [head(one, 10)] })
    room.wants.plan(0, 1e7)
    room.sources.delete('a')
    room.wants.forget('a')
    expect(room.wants.active).toBe(0)
    expect(room.wants.plan(0, 1e7).assignments).toMatchObject([{ link: 'b' }])
  })

  it('twice the same is gathered once', () => {
    const room = bench({ a: [head(one, 10)] })
    expect(room.wants.gather(one, 0, 5, 1)).toBe(true)
    expect(room.wants.gather(one, 0, 5, 1)).toBe(false)
    expect(room.wants.gather(one, 7, 9, 1)).toBe(false)
    expect(room.wants.gather(one, 3, 8, 1)).toBe(true)
  })
})

describe('any swarm comes together', () => {
  interface Node {
    readonly counts: number[]
    readonly links: Map<number, Source>
    readonly wants: Wants<number>
    received: number
  }

  it('whatever the topology and whatever is lost: all that can be had arrives, nothing is wanted twice at once', () => {
    const nodesMax = 6
    const streamsMax = 4
    const streams = Array.from({ length: streamsMax }, (_, author) => streamAt(author))
    const edges = fc.array(fc.tuple(fc.nat(nodesMax - 1), fc.nat(nodesMax - 1)), { minLength: 1, maxLength: 12 })
    const counts = fc.array(fc.array(fc.nat(30), { minLength: streamsMax, maxLength: streamsMax }), {
      minLength: nodesMax,
      maxLength: nodesMax,
    })
    fc.assert(
      fc.property(edges, counts, fc.infiniteStream(fc.nat(99)), (pairs, starts, chance) => {
        const draw = (): number => chance.next().value as number
        const nodes: Node[] = starts.map((held) => {
          const links = new Map<number, Source>()
          const counted = [...held]
          const wants = createWants<number>({
            held: (stream) => {
              const count = counted[streams.indexOf(stream)] ?? 0
              return { count, hole: 0, isEmpty: count === 0 }
            },
            isMember: () => true,
            originOf: () => undefined,
            self,
            sources: links,
            pick: (bound) => draw() % bound,
          })
          return { counts: counted, links, wants, received: 0 }
        })
        const told = (to: number, from: number): void => {
          const { counts: theirs } = nodes[from] as Node
          const copy = [...theirs]
          nodes[to]?.links.set(from, {
            head: (stream) => head(stream, copy[streams.indexOf(stream)] ?? 0),
            room: 1e6,
            wantsLeft: 2,
            wantedBytes: 0,
            roundTrip: 1,
          })
          for (const stream of streams) nodes[to]?.wants.touch(stream)
        }
        for (const [first, second] of pairs) {
          if (first === second) continue
          told(first, second)
          told(second, first)
        }
        let calm = 0
        let now = 0
        for (let round = 0; calm < 3; round++) {
          if (round > 400) throw new Error('no end')
          now += 1000
          let moved = false
          nodes.forEach((node, index) => {
            const { assignments } = node.wants.plan(now, 1e6)
            if (new Set(assignments.map(({ stream }) => stream)).size < assignments.length)
              throw new Error('wanted twice')
            for (const { link, stream, from } of assignments) {
              const which = streams.indexOf(stream)
              const there = nodes[link]?.counts[which] ?? 0
              // sometimes nothing comes, sometimes a part
              const runs = round < 100 && draw() < 30 ? 0 : Math.min(1 + (draw() % 3), there - from)
              const gathered = Array.from({ length: runs }, (_, run) =>
                node.wants.gather(stream, from + run, from + run + 1, 10),
              )
              if (there <= from || gathered.includes(false)) throw new Error('wanted for nothing')
              node.wants.over(link, stream, runs, now)
              node.counts[which] = from + runs
              for (let run = 0; run < runs; run++) node.wants.stored(stream, now)
              moved = true
              for (const other of (nodes[index] as Node).links.keys()) told(other, index)
            }
          })
          calm = moved ? 0 : calm + 1
          if (!moved) now += 700_000
        }
        // every node has what anybody reachable from it had
        const reach = (index: number, seen = new Set<number>()): Set<number> => {
          if (seen.has(index)) return seen
          seen.add(index)
          for (const next of nodes[index]?.links.keys() ?? []) reach(next, seen)
          return seen
        }
        nodes.forEach((node, index) => {
          const best = streams.map((_, which) =>
            Math.max(...[...reach(index)].map((other) => starts[other]?.[which] ?? 0)),
          )
          expect(node.counts).toEqual(best)
        })
      }),
      { numRuns: 100 },
    )
  })
})
