/** RULES 21: vectors travel signed, and what follows from them errs on the side of caution. */
import { expect, test } from 'vitest'
import type { NodeId, StreamId } from '../../src/core/event.ts'
import { vectorEvery } from '../../src/core/limits.ts'
import type { Link, LinkFrame, MemberFrame, VectorFrame } from '../../src/replication/contract.ts'
import type { Vector } from '../../src/replication/vector.ts'
import { frameOf, readVector, signVector } from '../../src/replication/vector.ts'
import { createVectors } from '../../src/replication/vectors.ts'
import type { MemberEntry } from '../../src/swarm/contract.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock, settle } from '../api/manual-clock.ts'
import type { Device } from '../log/fixture.ts'
import { drafts, newSigner, openDevice, publish, recordsOf, start } from '../log/fixture.ts'

interface Node extends Device {
  readonly vectors: ReturnType<typeof createVectors>
  readonly kept: Vector[]
  readonly left: Set<NodeId>
  readonly sent: LinkFrame[]
}

const openNodes = async (clock: ManualClock, count: number): Promise<Node[]> => {
  const devices = await Promise.all(Array.from({ length: count }, () => openDevice({ clock })))
  const list = devices.map(({ signer }) => ({ admission: { certificate: { node: signer.id } } })) as MemberEntry[]
  return devices.map((device) => {
    const kept: Vector[] = []
    const left = new Set<NodeId>()
    const vectors = createVectors({
      log: device.log,
      signer: device.signer,
      members: { isMember: (node) => devices.some(({ signer }) => signer.id === node), list: () => list },
      hasLeft: (node) => left.has(node),
      clock,
      random: (length) => new Uint8Array(length),
      report: (code, sentence) => void device.reports.push({ code, sentence }),
      kept: [],
      keep: (more) => void kept.push(...more),
      heardDirectly: () => undefined,
    })
    return { ...device, vectors, kept, left, sent: [] }
  })
}

/** Delivers in order, a turn later, as a link does; `spoil` may change what passes. */
const connect = (a: Node, b: Node, spoil: (frame: MemberFrame) => MemberFrame = (frame) => frame): void => {
  const end = (from: Node, to: Node, there: () => Link): Link =>
    ({
      node: to.signer.id,
      send: (frame: LinkFrame) => {
        from.sent.push(frame)
        void Promise.resolve().then(() => to.vectors.onFrame(there(), spoil(frame as MemberFrame)))
      },
    }) as Link
  const ab: Link = end(a, b, () => ba)
  const ba: Link = end(b, a, () => ab)
  a.vectors.attach(ab)
  b.vectors.attach(ba)
}

const pass = async (clock: ManualClock, ms: number): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 1000) {
    clock.pass(1000)
    await settle(8)
    // signatures are made on other threads
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
}

const give = async (from: Device, to: Device): Promise<void> => {
  await to.log.ingest(await recordsOf(from.log, from.stream))
}

test('RULES 21: vectors reach nodes without a direct link, and are newer each minute', async () => {
  const clock = createManualClock(start)
  const nodes = await openNodes(clock, 4)
  for (const [index, node] of nodes.entries()) await publish(node.log, drafts(index + 1))
  for (const [index, node] of nodes.slice(1).entries()) connect(nodes[index] as Node, node)
  await pass(clock, 60_000)
  const [first, , , last] = nodes as [Node, Node, Node, Node]
  expect(first.vectors.known(last.signer.id)?.vector.map).toEqual(new Map([[last.stream, 4]]))
  expect(last.vectors.known(first.signer.id)?.vector.map).toEqual(new Map([[first.stream, 1]]))
  const before = first.vectors.known(last.signer.id)?.vector.seq ?? 0
  await publish(last.log, drafts(5))
  await pass(clock, 2 * vectorEvery)
  expect(first.vectors.known(last.signer.id)?.vector.map.get(last.stream)).toBe(9)
  expect(first.vectors.known(last.signer.id)?.vector.seq).toBeGreaterThan(before)
  // at most one a minute
  expect(last.kept.filter(({ node }) => node === last.signer.id).length).toBeLessThanOrEqual(4)
})

test('what was kept is known after a restart, and own vectors go on above it even when the clock went back a year', async () => {
  const signer = await newSigner()
  const clock = createManualClock(start)
  const device = await openDevice({ clock, signer })
  const old = await signVector({ seq: 9e12, lamport: 3, time: start, map: new Map() }, signer)
  const kept: Vector[] = []
  const vectors = createVectors({
    log: device.log,
    signer,
    members: { isMember: () => true, list: () => [] },
    hasLeft: () => false,
    clock,
    random: (length) => new Uint8Array(length),
    report: () => {},
    kept: [old],
    keep: (more) => void kept.push(...more),
    heardDirectly: () => undefined,
  })
  vectors.attach({ node: 'x', send: () => {} } as unknown as Link)
  await pass(clock, 10_000)
  expect(kept.map(({ seq }) => seq)).toEqual([9e12 + 1])
})

test('RULES 21: the horizon is the lowest lamport, and a vector counts once its own streams are held as far as it says', async () => {
  const clock = createManualClock(start)
  const [a, b] = (await openNodes(clock, 2)) as [Node, Node]
  expect(a.vectors.horizon()).toEqual({ lamport: 0, waitingFor: [b.signer.id] })
  await publish(b.log, drafts(3))
  await publish(a.log, drafts(8))
  connect(a, b)
  await pass(clock, 30_000)
  expect(a.vectors.known(b.signer.id)?.vector.lamport).toBe(b.log.status().lamport)
  expect(a.vectors.horizon()).toEqual({ lamport: 0, waitingFor: [b.signer.id] })
  await give(b, a)
  expect(a.vectors.horizon()).toEqual({ lamport: 3, waitingFor: [] })
  // b said more, which a does not hold yet: the horizon stays where it was
  await publish(b.log, drafts(2))
  await pass(clock, 2 * vectorEvery)
  expect(a.vectors.horizon()).toEqual({ lamport: 3, waitingFor: [b.signer.id] })
  a.left.add(b.signer.id)
  expect(a.vectors.horizon()).toEqual({ lamport: a.log.status().lamport, waitingFor: [] })
})

test('RULES 12, 21: what is stored and not present yet may still come to light, so the horizon waits for it', async () => {
  const clock = createManualClock(start)
  const [a, b] = (await openNodes(clock, 2)) as [Node, Node]
  await publish(b.log, drafts(3))
  await publish(a.log, drafts(8))
  connect(a, b)
  await pass(clock, 30_000)
  await a.log.ingest(await recordsOf(b.log, b.stream), { hold: true })
  expect(a.log.head(b.stream)?.count).toBe(3)
  expect(a.vectors.horizon()).toEqual({ lamport: 0, waitingFor: [b.signer.id] })
  a.log.release()
  expect(a.vectors.horizon()).toEqual({ lamport: 3, waitingFor: [] })
})

test('a node that has forgotten its own vector is given it by others, and goes on above it', async () => {
  const clock = createManualClock(start)
  const [a, b] = (await openNodes(clock, 2)) as [Node, Node]
  const old = await signVector({ seq: 9e12, lamport: 3, time: start, map: new Map() }, b.signer)
  connect(a, b)
  const said: MemberFrame = { type: 'vectors', vectors: [frameOf(old, undefined)] }
  const link = { node: b.signer.id, send: () => {}, close: () => {}, buffered: 0 } as unknown as Link
  a.vectors.attach(link)
  a.vectors.onFrame(link, said)
  await pass(clock, 3 * vectorEvery)
  expect(a.vectors.known(b.signer.id)?.vector.seq).toBeGreaterThan(9e12)
})

test('a vector that was changed on its way, signed by another, or a difference to an unknown one is not believed', async () => {
  const signer = await newSigner()
  const stream = `${signer.id}-0` as StreamId
  const first = await signVector({ seq: 1, lamport: 1, time: 1, map: new Map([[stream, 1]]) }, signer)
  const second = await signVector({ seq: 2, lamport: 2, time: 2, map: new Map([[stream, 7]]) }, signer)
  const whole = frameOf(second, undefined)
  const difference = frameOf(second, first)
  expect((await readVector(whole, undefined))?.map).toEqual(second.map)
  expect((await readVector(difference, first))?.map).toEqual(second.map)
  expect(await readVector(difference, undefined)).toBeUndefined()
  expect(await readVector(difference, { ...first, seq: 5 })).toBeUndefined()
  const lies: VectorFrame[] = [
    { ...whole, lamport: 3 },
    { ...whole, seq: 3 },
    { ...whole, time: 3 },
    { ...whole, map: [[stream, 8]] },
    { ...whole, node: (await newSigner()).id },
    { ...whole, mapHash: first.mapHash, map: [[stream, 1]] },
  ]
  for (const lie of lies) expect(await readVector(lie, undefined)).toBeUndefined()
})

test('a node that passes changed vectors on is reported, and nothing of them is kept', async () => {
  const clock = createManualClock(start)
  const [a, b] = (await openNodes(clock, 2)) as [Node, Node]
  await publish(b.log, drafts(3))
  connect(a, b, (frame) =>
    frame.type === 'vectors'
      ? { ...frame, vectors: frame.vectors.map((vector) => ({ ...vector, lamport: vector.lamport + 1 })) }
      : frame,
  )
  await pass(clock, 30_000)
  expect(a.vectors.known(b.signer.id)).toBeUndefined()
  expect(a.reports.map(({ code }) => code)).toContain('ERR_VECTOR')
})
