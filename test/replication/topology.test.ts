/** Topology alone: graphs of nodes that decide all at once from what they were told last, in rounds of two seconds. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeId } from '../../src/core/event.ts'
import { fullMeshMax, linksActive, linksMax } from '../../src/core/limits.ts'
import { nodeIdFromBytes } from '../../src/core/node-id.ts'
import type { Random } from '../../src/core/random.ts'
import { sha256Small } from '../../src/crypto/hash.ts'
import type { LinkView, TopologyState, View } from '../../src/replication/topology.ts'
import {
  afterFailure,
  afterSuccess,
  decide,
  noTopology,
  reachable,
  ringLinksMax,
  takes,
} from '../../src/replication/topology.ts'

const ascending = (a: number, b: number): number => a - b

/** Mulberry32: quick, and good enough for choices. */
const seeded = (seed: number): Random => {
  let state = seed | 0
  return (length) => {
    const bytes = new Uint8Array(length)
    for (let i = 0; i < length; i++) {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      bytes[i] = (mixed ^ (mixed >>> 14)) >>> 24
    }
    return bytes
  }
}
const nodeOf = (seed: number, i: number): NodeId =>
  nodeIdFromBytes(sha256Small(new TextEncoder().encode(`node ${seed} ${i}`)))

interface Member {
  readonly id: NodeId
  /** Other end → since when. */
  readonly links: Map<NodeId, number>
  state: TopologyState
}

class World {
  readonly members = new Map<NodeId, Member>()
  readonly random: Random
  now = 0
  drops = 0
  dials = 0
  /** Rooms, each a set of nodes. */
  rooms: Set<NodeId>[] = []

  constructor(seed: number) {
    this.random = seeded(seed)
  }
  add(id: NodeId): void {
    this.members.set(id, { id, links: new Map(), state: noTopology })
  }
  link(a: NodeId, b: NodeId): void {
    this.members.get(a)?.links.set(b, this.now)
    this.members.get(b)?.links.set(a, this.now)
  }
  unlink(a: NodeId, b: NodeId): void {
    this.members.get(a)?.links.delete(b)
    this.members.get(b)?.links.delete(a)
  }
  fail(id: NodeId): void {
    for (const other of this.members.get(id)?.links.keys() ?? []) this.unlink(id, other)
    this.members.delete(id)
    for (const room of this.rooms) room.delete(id)
  }
  view({ id, links }: Member, told: ReadonlyMap<NodeId, readonly NodeId[]>, dialling: readonly NodeId[] = []): View {
    return {
      self: id,
      now: this.now,
      links: [...links].map(([node, since]): LinkView => ({ node, since, isExtra: false, neighbours: told.get(node) })),
      inRooms: this.rooms.filter((room) => room.has(id)).flatMap((room) => [...room].filter((one) => one !== id)),
      dialling,
      answering: [],
      isMember: () => true,
    }
  }
  /** All decide from the same hearsay; then drops happen together, and dials one after the other. */
  round(): void {
    this.now += 2000
    const told = new Map([...this.members.values()].map(({ id, links }) => [id, [...links.keys()]] as const))
    const decisions = [...this.members.values()].map((member) => {
      const decision = decide(member.state, this.view(member, told), this.random)
      member.state = decision.state
      return { member, ...decision }
    })
    for (const { member, drop } of decisions)
      if (drop !== undefined) {
        this.drops += 1
        this.unlink(member.id, drop)
      }
    const dialling = new Map(decisions.map(({ member, dial }) => [member.id, new Set(dial)] as const))
    for (const { member, dial } of decisions)
      for (const node of dial) {
        const other = this.members.get(node)
        this.dials += 1
        dialling.get(member.id)?.delete(node)
        const taken = other !== undefined && takes(this.view(other, told, [...(dialling.get(node) ?? [])]), member.id)
        if (taken) {
          this.link(member.id, node)
          member.state = afterSuccess(member.state, node)
        } else {
          const isFull = other !== undefined
          member.state = afterFailure(member.state, node, { now: this.now, isFull }, this.random)
        }
      }
  }
  rounds(count: number): void {
    for (let i = 0; i < count; i++) this.round()
  }
  piece(from: NodeId): Set<NodeId> {
    const found = new Set([from])
    for (const id of found) for (const other of this.members.get(id)?.links.keys() ?? []) found.add(other)
    return found
  }
  pieces(): Set<NodeId>[] {
    const pieces: Set<NodeId>[] = []
    for (const id of this.members.keys()) if (!pieces.some((piece) => piece.has(id))) pieces.push(this.piece(id))
    return pieces
  }
  degrees(): number[] {
    return [...this.members.values()].map(({ links }) => links.size)
  }
  diameter(): number {
    let most = 0
    for (const start of this.members.keys()) {
      const steps = new Map([[start, 0]])
      for (const [id, step] of steps)
        for (const other of this.members.get(id)?.links.keys() ?? []) if (!steps.has(other)) steps.set(other, step + 1)
      most = Math.max(most, ...steps.values())
    }
    return most
  }
}

const worldAtStation = (seed: number, size: number): World => {
  const world = new World(seed)
  const room = new Set<NodeId>()
  world.rooms.push(room)
  for (let i = 0; i < size; i++) {
    world.add(nodeOf(seed, i))
    room.add(nodeOf(seed, i))
  }
  world.rounds(12)
  return world
}

/** Nodes that came one after the other, each knowing one that was there, chosen at random. */
const worldGrownByHand = (seed: number, size: number): World => {
  const world = new World(seed)
  for (let i = 0; i < size; i++) {
    const ids = [...world.members.keys()]
    world.add(nodeOf(seed, i))
    const host = ids[Math.floor((world.random(1)[0]! / 256) * ids.length)]
    if (host !== undefined) world.link(host, nodeOf(seed, i))
    world.round()
  }
  world.rounds(20)
  return world
}

const isShaped = (world: World): boolean =>
  world.pieces().every((piece) =>
    [...piece].every((id) => {
      const degree = world.members.get(id)?.links.size ?? 0
      const most = piece.size <= fullMeshMax ? piece.size - 1 : ringLinksMax
      return degree >= Math.min(linksActive, piece.size - 1) && degree <= most
    }),
  )

/** Within a minute or two; a link may be made by hand beyond any bound, and one given up by both neighbours of a node at once. */
const expectShape = (world: World): void => {
  for (let i = 0; i < 60 && !isShaped(world); i++) world.round()
  expect(isShaped(world)).toBe(true)
}

const someOf = (world: World, share: number): NodeId[] =>
  [...world.members.keys()].filter(() => world.random(1)[0]! / 256 < share).slice(0, world.members.size - 2)

const seeds = fc.integer({ min: 0, max: 2 ** 31 })
const sizes = fc.oneof(
  fc.integer({ min: 3, max: 12 }),
  fc.integer({ min: 13, max: 80 }),
  fc.integer({ min: 81, max: 200 }),
)

test('at a station: one piece, within the bounds, and again after any share of the nodes has failed', () => {
  fc.assert(
    fc.property(seeds, sizes, fc.double({ min: 0, max: 0.7, noNaN: true }), (seed, size, share) => {
      const world = worldAtStation(seed, size)
      for (const failing of [0, share]) {
        for (const id of someOf(world, failing)) world.fail(id)
        world.rounds(8)
        expect(world.pieces().length).toBe(1)
        expectShape(world)
        expect(world.pieces().length).toBe(1)
        expect(Math.max(...world.degrees())).toBeLessThanOrEqual(ringLinksMax)
      }
    }),
    { numRuns: 8 },
  )
}, 60_000)

test('without any station: grown by hand it is one piece, and what is left in one piece after failures stays so and heals', () => {
  fc.assert(
    fc.property(seeds, sizes, fc.double({ min: 0, max: 0.4, noNaN: true }), (seed, size, share) => {
      const world = worldGrownByHand(seed, size)
      expect(world.pieces().length).toBe(1)
      expectShape(world)
      for (const id of someOf(world, share)) world.fail(id)
      const left = world.pieces().map((piece) => piece.size)
      for (let i = 0; i < 40; i++) {
        world.round()
        expect(
          world
            .pieces()
            .map((piece) => piece.size)
            .toSorted(ascending),
        ).toEqual(left.toSorted(ascending))
      }
      expectShape(world)
    }),
    { numRuns: 8 },
  )
}, 60_000)

test('200 nodes without a station lose a tenth of themselves ten times and stay in one piece', () => {
  for (const seed of [1, 2, 3]) {
    const world = worldGrownByHand(seed, 200)
    for (let i = 0; i < 10; i++) {
      for (const id of someOf(world, 0.1)) world.fail(id)
      world.rounds(10)
      expect(world.pieces().length).toBe(1)
    }
    expect(world.members.size).toBeLessThan(100)
    expectShape(world)
  }
}, 60_000)

test('300 nodes at a station: short ways, few links, and nothing goes on changing', () => {
  const world = worldAtStation(7, 300)
  world.rounds(70)
  const degrees = world.degrees()
  expect(world.diameter()).toBeLessThanOrEqual(6)
  expect(degrees.reduce((a, b) => a + b, 0) / degrees.length).toBeLessThanOrEqual(linksMax - 0.5)
  const { dials, drops } = world
  world.rounds(20)
  expect([world.dials - dials, world.drops - drops]).toEqual([0, 0])
}, 60_000)

test('two meshes that grew apart become one when they come to the same station, also by a single node each', () => {
  const world = worldGrownByHand(11, 40)
  const before = new Set(world.members.keys())
  const other = worldGrownByHand(12, 40)
  for (const { id, links } of other.members.values()) world.members.set(id, { id, links, state: noTopology })
  expect(world.pieces().length).toBe(2)
  const bridge = [...before][3]!
  const far = [...other.members.keys()][5]!
  world.rooms.push(new Set([bridge, far]))
  world.rounds(5)
  expect(world.pieces().length).toBe(1)
  // and stay so for as long as that is the only link between them, when the station has gone
  world.rooms = []
  for (let i = 0; i < 60; i++) {
    world.round()
    expect(world.pieces().length).toBe(1)
  }
})

test('up to eight everybody is linked with everybody; the ninth makes it thinner, gently', () => {
  const world = worldAtStation(3, fullMeshMax)
  expect(world.degrees()).toEqual(Array(fullMeshMax).fill(fullMeshMax - 1))
  const ninth = nodeOf(3, 8)
  world.add(ninth)
  world.rooms[0]!.add(ninth)
  world.rounds(2)
  expect(world.members.get(ninth)!.links.size).toBeGreaterThanOrEqual(2)
  for (let i = 0; i < 60; i++) {
    world.round()
    expect(world.pieces().length).toBe(1)
  }
  expectShape(world)
  expect(world.drops).toBeGreaterThan(0)
  world.fail(ninth)
  world.rounds(20)
  expect(world.degrees()).toEqual(Array(fullMeshMax).fill(fullMeshMax - 1))
})

const viewOf = (changes: Partial<View>): View => ({
  self: nodeOf(0, 0),
  now: 100_000,
  links: [],
  inRooms: [],
  dialling: [],
  answering: [],
  isMember: () => true,
  ...changes,
})
const linkTo = (i: number, more: Partial<LinkView> = {}): LinkView => ({
  node: nodeOf(0, i),
  isExtra: false,
  since: 0,
  neighbours: [],
  ...more,
})
const many = (from: number, count: number): NodeId[] => Array.from({ length: count }, (_, i) => nodeOf(0, from + i))

test('a link with a station neither counts nor is dropped, and leads to others', () => {
  const station = linkTo(1, { isExtra: true, neighbours: many(10, 30) })
  const view = viewOf({ links: [station, ...many(2, linksActive - 1).map((_, i) => linkTo(2 + i))] })
  expect(reachable(view).size).toBe(30 + linksActive)
  expect(decide(noTopology, view, seeded(1)).dial.length).toBe(1)
  expect(takes(viewOf({ links: [station, ...many(2, 7).map((_, i) => linkTo(2 + i))] }), nodeOf(0, 50))).toBe(true)
  expect(takes(viewOf({ links: many(2, 8).map((_, i) => linkTo(2 + i)) }), nodeOf(0, 50))).toBe(false)
  expect(takes(viewOf({ answering: many(2, 8) }), nodeOf(0, 50))).toBe(false)
})

test('failed ones rest, longer each time, whoever else is there comes first; members come before strangers', () => {
  const random = seeded(2)
  const view = viewOf({ inRooms: many(1, 2) })
  let state = noTopology
  for (let failures = 0; failures < 12; failures++) {
    state = afterFailure(state, nodeOf(0, 1), { now: view.now, isFull: false }, random)
    const wait = state.resting.get(nodeOf(0, 1))!.until - view.now
    expect(wait).toBeGreaterThanOrEqual(Math.min(120_000, 2000 * 2 ** failures) / 2)
    expect(wait).toBeLessThanOrEqual(120_000)
    expect(decide(state, view, random).dial).toEqual([nodeOf(0, 2)])
    expect(decide(state, { ...view, now: view.now + wait }, random).dial.length).toBe(2)
  }
  expect(decide(afterSuccess(state, nodeOf(0, 1)), view, random).dial.length).toBe(2)
  const crowd = viewOf({
    links: [linkTo(1, { neighbours: many(10, 40) })],
    isMember: (node) => many(10, 3).includes(node),
  })
  expect(decide(noTopology, crowd, random).dial.toSorted().slice(0, 4)).toEqual(
    expect.arrayContaining(many(10, 3)) as NodeId[],
  )
})
