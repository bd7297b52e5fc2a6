/** Nodes find each other at stations and through the mesh, on one clock; radios and stations are in memory, everything between is real. */
import { expect, test } from 'vitest'
import type { Channel } from '../../src/transport/contract.ts'
import { createMeeting } from '../../src/replication/meeting.ts'
import { createRooms } from '../../src/transport/signalling.ts'
import type { Mesh, MeshNode } from './mesh.ts'
import { createMesh } from './mesh.ts'

const station = 'wss://one.example/signal'
const other = 'wss://two.example/signal'

/** Links with those that are alive. */
const degrees = (mesh: Mesh): number[] =>
  [...mesh.nodes.values()].map(({ links }) => [...links.keys()].filter((id) => mesh.nodes.has(id)).length)
const isFull = (mesh: Mesh): boolean => degrees(mesh).every((degree) => degree === mesh.nodes.size - 1)
const addMany = (mesh: Mesh, count: number, ...stations: string[]): MeshNode[] =>
  Array.from({ length: count }, () => mesh.add(stations))

test('five at a station are all linked within two seconds, by one channel a pair', async () => {
  const mesh = createMesh(1)
  const nodes = addMany(mesh, 5, station)
  await mesh.until('a full mesh', () => isFull(mesh), 2000)
  await mesh.pass(5000)
  expect(nodes.map(({ channels }) => channels)).toEqual([4, 4, 4, 4, 4])
  expect(mesh.air.pairs().length).toBe(10)
  const [first] = nodes
  expect(first!.finder.neighboursOf(nodes[1]!.id)?.length).toBe(4)
  expect(nodes.flatMap(({ reports }) => reports)).toEqual([])
})

test('who is at two stations is dialled once', async () => {
  const mesh = createMesh(2)
  const nodes = addMany(mesh, 3, station, other)
  await mesh.until('a full mesh', () => isFull(mesh))
  await mesh.pass(10_000)
  expect(nodes.map(({ channels }) => channels)).toEqual([2, 2, 2])
  // and those who share one of several find each other as well
  const late = mesh.add([other])
  await mesh.until('a full mesh', () => isFull(mesh))
  expect(late.channels).toBe(3)
})

test('both dial at the same moment: one link, whoever is the lower', async () => {
  for (const seed of [3, 4, 5]) {
    const mesh = createMesh(seed)
    const [a, b] = addMany(mesh, 2, station)
    // known for long, and now both may dial in the same instant
    a!.radio.setReady(false)
    b!.radio.setReady(false)
    await mesh.pass(3000)
    expect(mesh.air.pairs().length).toBe(0)
    a!.radio.setReady(true)
    b!.radio.setReady(true)
    await mesh.until('a link', () => isFull(mesh), 3000)
    await mesh.pass(15_000)
    expect([a!.channels, b!.channels, mesh.air.pairs().length]).toEqual([1, 1, 1])
  }
})

test('who is about to prove itself on a channel of before is not dialled; who then proves nothing, soon', async () => {
  const mesh = createMesh(30)
  const [a, b] = addMany(mesh, 2, station)
  a!.finder.proving(b!.id)
  b!.isAdopting = true
  await mesh.pass(5000)
  expect(mesh.air.pairs().length).toBe(0)
  a!.finder.unproven(b!.id, { code: 'ERR_CHANNEL_FAILED', message: 'It broke.' })
  await mesh.until('a link', () => isFull(mesh), 3500)

  const [c, d] = addMany(mesh, 2, other)
  c!.finder.proving(d!.id)
  d!.isAdopting = true
  await mesh.pass(2000)
  expect(c!.links.size).toBe(0)
  d!.isAdopting = false
  await mesh.until('a link', () => d!.links.has(c!.id), 1000)
})

test('with every station gone the mesh stays, and grows through itself: one hand-made link, and the newcomer is linked with all', async () => {
  const mesh = createMesh(6)
  addMany(mesh, 5, station)
  await mesh.until('a full mesh', () => isFull(mesh))
  mesh.stations.stop(station)
  await mesh.pass(5000)
  expect(isFull(mesh)).toBe(true)
  const [host] = mesh.nodes.values()
  const late = mesh.add()
  const code = late.hand.offer()
  await mesh.pass(100)
  const answer = host!.hand.code(await code)
  await mesh.pass(100)
  expect(await late.hand.code(await answer)).toBe('')
  await mesh.until('a full mesh of six', () => isFull(mesh), 10_000)
  expect(late.links.size).toBe(5)
  // a link that breaks is made again, through the others
  const [first, second] = [...mesh.nodes.values()]
  first!.links.get(second!.id)!.close({ code: 'ERR_TEST', message: 'Broken.' })
  await mesh.until('a full mesh again', () => isFull(mesh))
})

test('one that was away, and was dialled in vain meanwhile, is linked with all as soon as it is back', async () => {
  for (const seed of [31, 32, 33, 34]) {
    const mesh = createMesh(seed)
    const nodes = addMany(mesh, 5, station)
    await mesh.until('a full mesh', () => isFull(mesh))
    mesh.stations.stop(station)
    await mesh.pass(6000)
    const [gone] = nodes.splice(seed % 5, 1)
    // those who notice it last are asked to carry the offers of those who notice it first
    for (const { id } of nodes) mesh.air.cut(gone!.id, id)
    for (const { links } of nodes) {
      links.get(gone!.id)!.close({ code: 'ERR_SILENT', message: 'Nothing is heard of it.' })
      await mesh.pass(500)
    }
    gone!.kill()
    await mesh.pass(500)
    for (const { id } of nodes) mesh.air.mend(gone!.id, id)
    const back = mesh.add([], gone!.id)
    const [host] = mesh.nodes.values()
    const code = back.hand.offer()
    await mesh.pass(100)
    const answer = host!.hand.code(await code)
    await mesh.pass(100)
    await back.hand.code(await answer)
    await mesh.until('a full mesh', () => isFull(mesh), 3000)
    expect(back.links.size).toBe(4)
  }
})

test('thirty nodes, then no station: a third of them fails one after the other, the rest stays in one piece and within bounds', async () => {
  const mesh = createMesh(7)
  addMany(mesh, 30, station)
  await mesh.until('one piece', () => mesh.pieces().length === 1 && degrees(mesh).every((degree) => degree >= 5))
  mesh.stations.stop(station)
  for (let i = 0; i < 10; i++) {
    ;[...mesh.nodes.values()][(i * 7) % mesh.nodes.size]!.kill()
    await mesh.until('healed', () => degrees(mesh).every((degree) => degree >= 5))
    expect(mesh.pieces()).toEqual([29 - i])
  }
  expect(Math.max(...degrees(mesh))).toBeLessThanOrEqual(10)
}, 60_000)

test('two meshes become one through a single node that comes to both stations', async () => {
  const mesh = createMesh(8)
  const [bridge] = addMany(mesh, 4, station)
  addMany(mesh, 4, other)
  await mesh.until('two meshes', () => mesh.pieces().length === 2 && degrees(mesh).every((degree) => degree === 3))
  bridge!.rooms.setStations([station, other])
  await mesh.until('one mesh, and full', () => isFull(mesh))
  expect(mesh.pieces()).toEqual([8])
})

test('a member without a radio is found by nobody, says so, and is linked once it has one', async () => {
  const mesh = createMesh(9)
  const [a, b] = addMany(mesh, 2, station)
  b!.radio.setReady(false)
  await mesh.pass(12_000)
  expect(mesh.air.pairs().length).toBe(0)
  expect(b!.reports).toContainEqual(expect.stringMatching(/^ERR_NO_RADIO No other device is linked: no tab/))
  expect(a!.reports).toContainEqual(expect.stringMatching(/^ERR_NO_LINK 1 other device was found/))
  b!.radio.setReady(true)
  await mesh.until('linked', () => isFull(mesh), 3000)
})

test('who is alone is told why', async () => {
  const mesh = createMesh(10)
  mesh.stations.stop(other)
  const [without, unreachable, nobody] = [mesh.add(), mesh.add([other]), mesh.add([station])]
  await mesh.pass(15_000)
  const last = ({ reports }: MeshNode): string => reports.at(-1) ?? ''
  expect(last(without)).toMatch(/^ERR_NO_WAY .*no station is set up/)
  expect(last(unreachable)).toMatch(/^ERR_NO_WAY .*the station cannot be reached/)
  expect(last(nobody)).toMatch(/^ERR_NOBODY /)
  expect(nobody.reports.length).toBe(1)
})

test('a newcomer in the room of an invitation talks to two members, and goes on when they do nothing for it', async () => {
  const mesh = createMesh(11)
  const members = addMany(mesh, 5, station)
  const roomKey = mesh.random(32)
  const rooms = createRooms({
    openSocket: mesh.stations.openSocket,
    clock: mesh.clock,
    random: mesh.random,
    report: () => undefined,
  })
  rooms.setStations([station])
  const opened: { readonly channel: Channel; readonly node: string | undefined; readonly isOutgoing: boolean }[] = []
  const meeting = createMeeting({
    rooms,
    roomKey,
    self: 'newcomer',
    radio: mesh.air.radio('newcomer'),
    clock: mesh.clock,
    random: mesh.random,
    report: () => undefined,
    onChannel: (channel, { node, isOutgoing }) => {
      opened.push({ channel, node, isOutgoing })
      channel.listen({ onFrame: () => undefined, onDrain: () => undefined, onClose: () => undefined })
      channel.send(new Uint8Array(1))
    },
  })
  await mesh.pass(3000)
  expect(opened).toEqual([])
  for (const { finder } of members) finder.welcome([roomKey])
  await mesh.until('two channels', () => opened.length === 2, 4000)
  await mesh.pass(5000)
  expect(opened.length).toBe(2)
  expect(opened.every(({ isOutgoing, node }) => isOutgoing && members.some(({ id }) => id === node))).toBe(true)
  expect(members.flatMap(({ newcomers }) => newcomers).length).toBe(2)
  expect(meeting.members().length).toBe(5)
  await mesh.pass(30_000)
  expect(opened.length).toBeGreaterThan(2)
  expect(opened.length).toBeLessThanOrEqual(6)
  // an invitation that is used up: nobody waits there any more
  for (const { finder } of members) finder.welcome([])
  await mesh.pass(1000)
  expect(meeting.members()).toEqual([])
  meeting.close()
  rooms.close()
})

test('waking up forgets what failed before', async () => {
  const mesh = createMesh(12)
  const [a, b] = addMany(mesh, 2, station)
  mesh.air.cut(a!.id, b!.id)
  await mesh.pass(120_000)
  expect(a!.links.size).toBe(0)
  mesh.air.mend(a!.id, b!.id)
  a!.finder.wake()
  b!.finder.wake()
  await mesh.until('linked', () => isFull(mesh), 25_000)
})

test('a closed finder does nothing more', async () => {
  const mesh = createMesh(13)
  const [a, b] = addMany(mesh, 2, station)
  a!.kill()
  b!.finder.close()
  b!.rooms.close()
  await mesh.pass(5000)
  const waiting = mesh.clock.waiting
  mesh.add([station])
  await mesh.pass(5000)
  expect([mesh.air.pairs().length, b!.links.size]).toEqual([0, 0])
  // the pulse of the stations is all that is left of the two
  expect(waiting).toBe(1)
})
