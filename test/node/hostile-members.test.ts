/** A member that means harm: it is linked, and gets what members get; what it forges or floods ends its link, by name, and harms nobody. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { encode } from 'cborg'
import { concatBytes } from '../../src/core/bytes.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { NodeId } from '../../src/core/event.ts'
import { headsMax, linkBytesHigh, notReadingMax, streamsPerNodeMax } from '../../src/core/limits.ts'
import { bytesFromNodeId, nodeIdFromBytes, streamOf } from '../../src/core/node-id.ts'
import type { MemberFrame, StreamHead } from '../../src/replication/contract.ts'
import { signVector } from '../../src/replication/vector.ts'
import { parseAdmission, writeAdmission } from '../../src/swarm/admission.ts'
import { signCertificate } from '../../src/swarm/certificate.ts'
import { signClaim } from '../../src/swarm/ticket.ts'
import type { Channel } from '../../src/transport/contract.ts'
import { makeRun, rowsFrom } from '../log/fixture.ts'
import type { End, Person } from '../replication/link-fixture.ts'
import { isOver, stuffed, takeUp } from '../replication/link-fixture.ts'
import { newSigner, newToken } from '../swarm/fixture.ts'
import type { Plant } from './plant.ts'
import { bytesOf, codesOf, createPlant, diskBytes, heapUsed, random } from './plant.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let plant: Plant
let liar: Person
/** A member that is away: others may say what they like of it. */
let absent: Person
beforeAll(async () => {
  plant = await createPlant({ insiders: 2 })
  const [first, second] = plant.insiders
  if (first === undefined || second === undefined) throw new Error('nobody')
  ;[liar, absent] = [first, second]
  await plant.expectAlive()
})
afterAll(() => plant.close())
afterEach(() => plant.expectAlive())

type Act = (end: End, channel: Channel) => unknown

/** The liar, linked with the gate. */
const link = async (change?: (channel: Channel) => Channel, clock: Clock = plant.clock) => {
  const { gate } = plant
  const channel = await plant.knock(gate, change)
  const end = takeUp(liar, channel, plant.clock, { clock })
  await plant.until(() => end.links.length > 0 && gate.network.links.has(liar.signer.id))
  return { channel, end }
}

/** What ends its link, after it did that; the diary must say so by name. */
const cutFor = async (act: Act): Promise<string | undefined> => {
  const { gate } = plant
  let code: string | undefined
  const disk = diskBytes(gate.disk)
  const heads = gate.node.log.heads().size
  const diary = await plant.diaryOf(gate, async () => {
    const { end, channel } = await link()
    await act(end, channel)
    await plant.until(() => isOver(end) && !gate.network.links.has(liar.signer.id))
    code = end.code
  })
  const told = diary.filter((entry) => entry.code === code).map(({ message }) => message)
  expect(told).toContainEqual(expect.stringMatching(new RegExp(`^The webrtc link to ${liar.signer.id} was cut: `)))
  expect(diary.length).toBeLessThanOrEqual(4)
  expect(gate.node.log.heads().size).toBe(heads)
  expect(diskBytes(gate.disk) - disk).toBeLessThan(4000)
  return code
}

const send = (end: End, ...frames: readonly MemberFrame[]): void => {
  for (const frame of frames) end.link.send(frame)
}

const rowsOf = ({ swarm }: Person, lamport = 1) => ({ rows: rowsFrom([{}], lamport), swarm, topic: 'default-topic' })
const runOf = (person: Person, lamport = 1) => makeRun(person.signer, rowsOf(person, lamport))

const anybody = (): NodeId => nodeIdFromBytes(random(32))
/** Each time others, as many as are kept of each author. */
const strangers = (count: number): StreamHead[] => {
  const chain = random(32)
  let author = anybody()
  return Array.from({ length: count }, (_, index) => {
    const number = index % streamsPerNodeMax
    if (number === 0) author = anybody()
    return { stream: streamOf(author, number), from: 0, count: 1, sealedTo: 0, chain }
  })
}

describe('what it forges', () => {
  it('a run of another member, with one bit changed', async () => {
    const { bytes } = await runOf(absent)
    const forged = bytes.slice()
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
    expect(await cutFor((end) => send(end, { type: 'run', id: 0, bytes: forged }))).toBe('ERR_BODY')
  })

  it('a run in the name of another member', async () => {
    const own = await makeRun(liar.signer, {
      rows: rowsFrom([{}], 1),
      swarm: liar.swarm,
      topic: 'default-topic',
      stream: streamOf(absent.signer.id, 0),
    })
    expect(await cutFor((end) => send(end, { type: 'run', id: 0, bytes: own.bytes }))).toBe('ERR_FORGED')
  })

  it('something that is no run at all', async () => {
    expect(await cutFor((end) => send(end, { type: 'run', id: 0, bytes: random(5000) }))).toBe('ERR_MALFORMED')
  })

  it('a vector of another member', async () => {
    const map = new Map([[streamOf(absent.signer.id, 0), 7]])
    const vector = await signVector({ seq: 9, lamport: 1e9, time: plant.clock.now(), map }, liar.signer)
    const forged = { ...vector, node: absent.signer.id, base: undefined, map: [...map] }
    expect(await cutFor((end) => send(end, { type: 'vectors', vectors: [forged] }))).toBe('ERR_VECTOR')
    expect(plant.gate.network.vectors.known(absent.signer.id)).toBeUndefined()
  })

  it('an admission for an accomplice, by a ticket that it has only seen', async () => {
    const seen = parseAdmission(liar.path[1] ?? new Uint8Array())
    const accomplice = await newSigner()
    const claimed = { ...seen.certificate, node: accomplice.id, admittedBy: liar.signer.id }
    const grounds = { ticketBytes: seen.ticketBytes ?? new Uint8Array(), claim: await signClaim(newToken(), claimed) }
    const admission = writeAdmission(await signCertificate(claimed, liar.signer), grounds)
    expect(await cutFor((end) => send(end, { type: 'admissions', admissions: [admission] }))).toBe('ERR_ADMISSION')
    expect(plant.gate.node.swarm.status().devices.map(({ node }) => node)).not.toContain(accomplice.id)
    // and the accomplice himself, who shows it
    const person: Person = { ...liar, signer: accomplice, path: [...liar.path, admission] }
    const end = takeUp(person, await plant.knock(plant.gate), plant.clock)
    await plant.until(() => isOver(end))
    expect(end.code).toBe('ERR_NOT_A_MEMBER')
  })

  it('frames as no honest node makes them: garbage, and numbers beyond all bounds', async () => {
    const stream = concatBytes(bytesFromNodeId(absent.signer.id), Uint8Array.of(0))
    const want = (from: number | bigint, bytes: number | bigint) =>
      concatBytes(Uint8Array.of(19), encode([1, stream, from, bytes]))
    for (const frame of [random(300).fill(0xff, 0, 1), want(2n ** 60n, 1), want(1, 2n ** 63n), want(-1, 1)])
      expect(await cutFor((_, channel) => channel.send(frame))).toBe('ERR_FRAME')
  })

  it('a frame that is larger than a channel carries', async () => {
    const { gate } = plant
    const diary = await plant.diaryOf(gate, async () => {
      const { end } = await link()
      plant.air.pairs().at(-1)?.pair.inject(new Uint8Array(70_000).fill(7))
      await plant.until(() => isOver(end) && !gate.network.links.has(liar.signer.id))
    })
    expect(diary).toMatchObject([
      { code: 'ERR_FRAME_SIZE', message: expect.stringContaining(`The webrtc link to ${liar.signer.id} was cut`) },
    ])
  })

  it('words of newcomers', async () => {
    expect(await cutFor((end) => end.link.send({ type: 'joined', lamport: 2 ** 50 }))).toBe('ERR_FRAME_NOT_ALLOWED')
  })

  it('lamports far ahead: kept out, its own events only', async () => {
    const { bytes } = await runOf(liar, 2 ** 52)
    const before = plant.gate.node.log.status().lamport
    const diary = await plant.diaryOf(plant.gate, async () => {
      const { end } = await link()
      send(end, { type: 'run', id: 0, bytes })
      await plant.pass(2000)
      expect(isOver(end)).toBe(false)
      end.link.close({ code: 'ERR_LEAVING', message: '' })
    })
    expect(plant.gate.node.log.status().lamport).toBe(before)
    expect(plant.gate.node.log.head(streamOf(liar.signer.id, 0))).toBeUndefined()
    expect(diary).toMatchObject([{ message: expect.stringContaining(liar.signer.id) }])
  })
})

describe('what it floods with', () => {
  it('streams of its own: others keep 256, so that heads of all stay few', async () => {
    const { gate } = plant
    const before = gate.node.log.heads().size
    const { end } = await link()
    for (const number of [255, 256, 300, 2 ** 40]) {
      const stream = streamOf(liar.signer.id, number)
      const { bytes } = await makeRun(liar.signer, { ...rowsOf(liar), stream })
      send(end, { type: 'run', id: 0, bytes })
    }
    await plant.pass(1000)
    expect(gate.node.log.heads().size).toBe(before + 1)
    end.link.close({ code: 'ERR_LEAVING', message: '' })
  })

  it('wants', async () => {
    const stream = streamOf(plant.gate.id, 0)
    const wants = Array.from({ length: 200 }, (_, id): MemberFrame => ({
      type: 'want',
      id,
      stream,
      from: 0,
      bytes: 2 ** 53 - 1,
    }))
    expect(await cutFor((end) => send(end, ...wants))).toBe('ERR_TOO_MANY_WANTS')
  })

  it('signals to be handed on', async () => {
    const code = await cutFor(async (end) => {
      for (let sent = 0; sent < 2500 && !isOver(end); sent++) {
        send(end, {
          type: 'relay',
          id: random(16),
          from: liar.signer.id,
          to: plant.oven.id,
          via: [],
          sealed: random(500),
        })
        if (sent % 500 === 0) await plant.pass(5)
      }
    })
    expect(code).toBe('ERR_RELAY_FLOOD')
    // of all that hardly anything went on
    const handed = bytesOf(plant.oven.heard[0]?.received).filter((byte) => byte === 27).length
    expect(handed).toBeLessThan(200)
  })

  it('heads of more streams than there are', async () => {
    plant.forget()
    const heap = await heapUsed()
    const code = await cutFor((end) => {
      for (let told = 0; told <= headsMax; told += 33_000)
        send(end, { type: 'heads', full: false, heads: strangers(33_000) })
    })
    expect(code).toBe('ERR_TOO_MANY_HEADS')
    await plant.pass(15_000, 1000)
    plant.forget()
    expect((await heapUsed()) - heap).toBeLessThan(8e6)
  })

  it('other heads again and again, of streams that nobody knows: nothing of them stays', async () => {
    const { end } = await link()
    const tell = async (): Promise<number> => {
      for (let round = 0; round < 4; round++) {
        send(end, { type: 'heads', full: true, heads: strangers(4000) })
        await plant.pass(1000)
      }
      plant.forget()
      return heapUsed()
    }
    const before = await tell()
    // what is told no more would be 10 MB by now
    expect((await tell()) - before).toBeLessThan(3e6)
    end.link.close({ code: 'ERR_LEAVING', message: '' })
  })

  it('comparisons of vectors', async () => {
    const asked = Array.from({ length: 500 }, (): MemberFrame => ({
      type: 'vectorHeads',
      seqs: [[plant.oven.id, 2 ** 50]],
    }))
    expect(await cutFor((end) => send(end, ...asked))).toBe('ERR_VECTOR_FLOOD')
  })

  it('admissions', async () => {
    const admissions = Array.from({ length: 20 }, () => random(400))
    const frames = Array.from({ length: 200 }, (): MemberFrame => ({ type: 'admissions', admissions }))
    expect(await cutFor((end) => send(end, ...frames))).toBe('ERR_TOO_MANY_ADMISSIONS')
  })

  it('neighbours that do not exist: a few are called now and then', async () => {
    const { end } = await link()
    const before = end.frames.length
    for (let round = 0; round < 10; round++) {
      send(end, { type: 'neighbours', nodes: Array.from({ length: 4000 }, anybody), open: true })
      await plant.pass(3000)
    }
    const calls = end.frames.slice(before).filter(({ type }) => type === 'relay').length
    expect(calls).toBeGreaterThan(0)
    expect(calls).toBeLessThan(40)
    end.link.close({ code: 'ERR_LEAVING', message: '' })
  })
})

describe('that never reads', () => {
  it('is cut after half a minute; until then little waits for it, and others are served', async () => {
    const { gate } = plant
    const payload = 'x'.repeat(50_000)
    for (let part = 0; part < 4; part++)
      await gate.node.log.append(
        Array.from({ length: 20 }, (_, n) => ({ tags: [], payload: `${part} ${n} ${cheapNoise(n)} ${payload}` })),
        { appId: 'com.example' as never },
      )
    let most = 0
    const heap = await heapUsed()
    const diary = await plant.diaryOf(gate, async () => {
      let jam: ReturnType<typeof stuffed> | undefined
      // one whose time stands still does not mind that it hears nothing
      const patient: Clock = { now: plant.clock.now, monotonic: () => 0, after: () => () => undefined }
      const { end, channel } = await link((one) => (jam = stuffed(one)).channel, patient)
      jam?.stuff()
      const stream = streamOf(gate.id, 0)
      for (let id = 1; id <= 60; id++) send(end, { type: 'want', id, stream, from: 0, bytes: 2 ** 40 })
      for (let passed = 0; passed < notReadingMax + 15_000 && !isOver(end); passed += 1000) {
        // it still talks
        channel.send(Uint8Array.of(5, 0x82, 0, 0))
        send(end, { type: 'askAdmissions', nodes: [gate.id, plant.oven.id, absent.signer.id] }, { type: 'askHeads' })
        await plant.pass(1000, 500)
        most = Math.max(most, gate.network.links.get(liar.signer.id)?.link.buffered ?? 0)
      }
      await plant.until(() => !gate.network.links.has(liar.signer.id))
    })
    expect(diary).toMatchObject([
      { code: 'ERR_NOT_READING', message: expect.stringMatching(new RegExp(`^The webrtc link to ${liar.signer.id}`)) },
    ])
    expect(most).toBeGreaterThan(linkBytesHigh / 4)
    expect(most).toBeLessThan(3 * linkBytesHigh)
    expect((await heapUsed()) - heap).toBeLessThan(10e6)
  })
})

/** Text that does not deflate well. */
const cheapNoise = (seed: number): string => {
  let state = seed + 1
  return Array.from({ length: 20_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return String.fromCharCode(33 + ((state >>> 16) % 90))
  }).join('')
}

describe('the diary afterwards', () => {
  it('still has everything, by code', async () => {
    const codes = new Set(codesOf((await plant.gate.node.details()).diary))
    for (const code of ['ERR_FORGED', 'ERR_VECTOR', 'ERR_ADMISSION', 'ERR_FRAME', 'ERR_RELAY_FLOOD', 'ERR_NOT_READING'])
      expect([...codes]).toContain(code)
  })

  it('tells admins who sent what no honest device sends; others are told nothing', () => {
    const insiders = plant.insiders.map(({ signer }) => signer.id)
    const hostile = plant.gate.node.swarm.status().alerts.filter((alert) => alert.type === 'hostile')
    expect(new Set(hostile.map(({ code }) => code))).toEqual(
      new Set([
        'ERR_ADMISSION',
        'ERR_BODY',
        'ERR_FORGED',
        'ERR_LAMPORT_LEAP',
        'ERR_MALFORMED',
        'ERR_VECTOR',
        'ERR_VECTOR_FLOOD',
      ]),
    )
    for (const { node, count } of hostile) {
      expect(insiders).toContain(node)
      expect(count).toBeGreaterThan(0)
    }
    expect(plant.oven.node.swarm.status().alerts).toEqual([])
  })
})
