/** Notes through the mesh: what passes, what is dropped, what an outsider on the way can do. */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { NodeId } from '../../src/core/event.ts'
import { nodeIdFromBytes } from '../../src/core/node-id.ts'
import type { Random } from '../../src/core/random.ts'
import type { Link, LinkFrame, MemberFrame } from '../../src/replication/contract.ts'
import type { MeshRelay, Way } from '../../src/replication/mesh-relay.ts'
import { createMeshRelay } from '../../src/replication/mesh-relay.ts'
import type { SignalNote } from '../../src/replication/signal-note.ts'
import { notedSignalBytesMax, readNote, writeNote } from '../../src/replication/signal-note.ts'
import { createManualClock } from '../api/manual-clock.ts'

type RelayFrame = Extract<MemberFrame, { type: 'relay' }>
const random: Random = (length) => new Uint8Array(randomBytes(length))
const swarmKey = random(32)
const clock = createManualClock()

interface Stop {
  readonly id: NodeId
  readonly relay: MeshRelay
  readonly heard: { readonly from: NodeId; readonly note: SignalNote; readonly back: Way }[]
}
const stop = (key = swarmKey, keyEpoch = 1): Stop => {
  const id = nodeIdFromBytes(random(32))
  const heard: Stop['heard'] = []
  const relay = createMeshRelay({
    self: id,
    swarmKey: key,
    keyEpoch,
    clock,
    random,
    onNote: (from, note, back) => heard.push({ from, note, back }),
    report: (code, message) => {
      throw new Error(`${code} ${message}`)
    },
  })
  return { id, relay, heard }
}

const fakeLink = (node: NodeId, send: (frame: LinkFrame) => void, buffered = 0): Link => ({
  node,
  kind: 'memory',
  isMember: true,
  isOutgoing: true,
  roundTrip: undefined,
  clockOffset: undefined,
  heardAt: 0,
  buffered,
  bytesSent: 0,
  bytesReceived: 0,
  send,
  probe: () => undefined,
  close: () => undefined,
})

/** Links the two, and keeps what passes between them. */
const join = (a: Stop, b: Stop): RelayFrame[] => {
  const passed: RelayFrame[] = []
  const carry = (to: Stop, link: () => Link) => (frame: LinkFrame) => {
    passed.push(frame as RelayFrame)
    to.relay.onFrame(link(), frame as RelayFrame)
  }
  const atA: Link = fakeLink(
    b.id,
    carry(b, () => atB),
  )
  const atB: Link = fakeLink(
    a.id,
    carry(a, () => atA),
  )
  a.relay.attach(atA)
  b.relay.attach(atB)
  return passed
}
const offerOf = (node: NodeId): SignalNote => ({ type: 'offer', node, id: random(16), signal: random(90) })

test('a note goes along its way, and the answer comes back by it', async () => {
  const [a, b, c, d] = [stop(), stop(), stop(), stop()]
  const passed = [join(a, b), join(b, c), join(c, d)]
  const note = offerOf(a.id)
  expect(a.relay.send(d.id, { first: b.id, via: [c.id] }, note)).toBe(true)
  await expect.poll(() => d.heard.length).toBe(1)
  expect(d.heard[0]).toEqual({ from: a.id, note, back: { first: c.id, via: [b.id] } })
  expect([b.heard, c.heard]).toEqual([[], []])
  const answer: SignalNote = { type: 'answer', node: d.id, id: note.id, signal: random(90) }
  d.relay.send(a.id, d.heard[0]!.back, answer)
  await expect.poll(() => a.heard.map((one) => one.note)).toEqual([answer])
  expect(passed.map((frames) => frames.length)).toEqual([2, 2, 2])
  // nobody on the way sees what it is about
  const text = Buffer.from(passed[1]![0]!.sealed).toString('latin1')
  expect(text).not.toContain(Buffer.from((note as { signal: Uint8Array }).signal.subarray(0, 8)).toString('latin1'))
})

test('what comes twice, by another way or again later, is heard once; what runs in a circle ends', async () => {
  const [a, b, c, d] = [stop(), stop(), stop(), stop()]
  const first = join(a, b)
  join(b, d)
  join(a, c)
  join(c, d)
  a.relay.send(d.id, { first: b.id, via: [] }, offerOf(a.id))
  await expect.poll(() => d.heard.length).toBe(1)
  const frame = first[0]!
  const atC = fakeLink(a.id, () => undefined)
  for (let i = 0; i < 3; i++) c.relay.onFrame(atC, frame)
  const circle = { ...frame, id: random(16), to: nodeIdFromBytes(random(32)), via: [d.id, b.id, a.id, c.id] }
  const before = first.length
  c.relay.onFrame(atC, circle)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(d.heard.length).toBe(1)
  expect(first.length).toBeLessThanOrEqual(before + 1)
})

test('an outsider, and a member on the way, can neither read nor change nor forge', async () => {
  const [a, b, d] = [stop(), stop(), stop()]
  const passed = join(a, b)
  join(b, d)
  a.relay.send(d.id, { first: b.id, via: [] }, offerOf(a.id))
  await expect.poll(() => d.heard.length).toBe(1)
  const frame = passed[0]!
  const link = fakeLink(b.id, () => undefined)
  const changed = new Uint8Array(frame.sealed)
  changed[20]! ^= 1
  for (const forged of [
    { ...frame, id: random(16) },
    { ...frame, id: random(16), from: b.id },
    { ...frame, id: random(16), sealed: changed },
    { ...frame, id: random(16), sealed: new Uint8Array(5) },
    { ...frame, id: random(3) },
    { ...frame, id: random(16), via: Array<NodeId>(9).fill(b.id) },
  ])
    d.relay.onFrame(link, forged)
  // sealed for another receiver, under another key, or under the key of another epoch
  const other = stop()
  other.relay.onFrame(
    fakeLink(b.id, () => undefined),
    { ...frame, to: other.id },
  )
  for (const outsider of [stop(random(32)), stop(swarmKey, 2)]) {
    outsider.relay.attach(fakeLink(d.id, (sent) => d.relay.onFrame(link, sent as RelayFrame)))
    outsider.relay.send(d.id, { first: d.id, via: [] }, offerOf(outsider.id))
  }
  // says it is somebody else inside of the seal
  const liar = stop()
  liar.relay.attach(fakeLink(d.id, (sent) => d.relay.onFrame(link, sent as RelayFrame)))
  liar.relay.send(d.id, { first: d.id, via: [] }, offerOf(a.id))
  liar.relay.send(d.id, { first: d.id, via: [] }, offerOf(liar.id))
  await expect.poll(() => d.heard.map(({ from }) => from)).toEqual([a.id, liar.id])
  expect(other.heard).toEqual([])
})

test('nothing is sent where there is no way, nor through a link that is congested', async () => {
  const [a, b] = [stop(), stop()]
  expect(a.relay.send(b.id, { first: b.id, via: [] }, offerOf(a.id))).toBe(false)
  let sent = 0
  a.relay.attach(fakeLink(b.id, () => (sent += 1), 2 ** 21))
  a.relay.send(b.id, { first: b.id, via: [] }, offerOf(a.id))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(sent).toBe(0)
})

test('who floods is handed on no more, and at last cut', () => {
  const [b, d] = [stop(), stop()]
  let handedOn = 0
  b.relay.attach(fakeLink(d.id, () => (handedOn += 1)))
  const link = fakeLink(nodeIdFromBytes(random(32)), () => undefined)
  const frame = (): RelayFrame => ({
    type: 'relay',
    id: random(16),
    from: link.node,
    to: d.id,
    via: [],
    sealed: random(100),
  })
  for (let i = 0; i < 1000; i++) b.relay.onFrame(link, frame())
  expect(handedOn).toBe(100)
  clock.pass(1000)
  b.relay.onFrame(link, frame())
  expect(handedOn).toBe(101)
  expect(() => {
    for (let i = 0; i < 3000; i++) b.relay.onFrame(link, frame())
  }).toThrow(expect.objectContaining({ code: 'ERR_RELAY_FLOOD' }))
})

test('notes: every kind comes back as it went, garbage is none', () => {
  const node = nodeIdFromBytes(random(32))
  const notes: SignalNote[] = [
    { type: 'greet', node, id: random(16) },
    { type: 'greet', node: undefined, id: random(16) },
    { type: 'offer', node, id: random(16), signal: random(notedSignalBytesMax) },
    { type: 'answer', node: undefined, id: random(16), signal: random(1) },
    { type: 'refuse', node, id: random(16), code: 'ERR_FULL' },
  ]
  for (const note of notes) {
    const written = writeNote(note)
    expect(readNote(written)).toEqual(note)
    for (let cut = 0; cut < Math.min(written.length, 50); cut++)
      expect(readNote(written.subarray(0, cut))?.type).not.toBe('greet')
  }
  const greeting = writeNote(notes[0]!)
  for (const [at, value] of [
    [0, 2],
    [1, 0],
    [1, 9],
    [2, 31],
    [2, 255],
  ] as const)
    expect(readNote(greeting.with(at, value))).toBeUndefined()
  for (let i = 0; i < 500; i++) readNote(random(i % 120))
  expect(() => writeNote({ type: 'offer', node, id: random(16), signal: random(notedSignalBytesMax + 1) })).toThrow(
    /too large/,
  )
})
