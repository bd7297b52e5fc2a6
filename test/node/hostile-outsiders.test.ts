/** Those who do not belong to the swarm: what each of them gets of a whole node, and what its diary says of it. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { bytesFromNodeId, bytesOfCryptBase64, cryptBase64 } from '../../src/core/node-id.ts'
import { proofTimeMax } from '../../src/core/limits.ts'
import { swarmRoomKey } from '../../src/replication/finder.ts'
import { byeByte, helloByte, proofByte } from '../../src/replication/frame.ts'
import { roomNameOf } from '../../src/transport/signalling.ts'
import type { Channel } from '../../src/transport/contract.ts'
import type { Person } from '../replication/link-fixture.ts'
import { isOver, meddle, rawEnd, takeUp } from '../replication/link-fixture.ts'
import { connectTo } from '../station/relay.ts'
import { foundSwarm, newSigner } from '../swarm/fixture.ts'
import type { Device, Plant } from './plant.ts'
import { bytesOf, codesOf, createPlant, diskBytes, heapUsed, random } from './plant.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let plant: Plant
/** What the oven said to the gate when they were linked. */
let overheard: readonly Uint8Array<ArrayBuffer>[]
beforeAll(async () => {
  plant = await createPlant({ insiders: 1 })
  overheard = [...(plant.gate.heard[0]?.received ?? [])]
})
afterAll(() => plant.close())
// whatever was tried, those who belong together go on
afterEach(() => plant.expectAlive())

/** Nothing but these is said to who has not proved to be a member. */
const innocent = new Set([helloByte, proofByte, byeByte])
const expectNothing = (frames: readonly Uint8Array<ArrayBuffer>[]): void =>
  expect(bytesOf(frames).filter((byte) => !innocent.has(byte))).toEqual([])

/** `person` comes to the gate: what it got, with which code it was cut, what the gate wrote in its diary. */
const comes = async (person: Person, device: Device = plant.gate) => {
  const disk = diskBytes(device.disk)
  let got: readonly Uint8Array<ArrayBuffer>[] = []
  let code: string | undefined
  const diary = await plant.diaryOf(device, async () => {
    const channel = await plant.knock(device)
    const end = takeUp(person, channel, plant.clock)
    const heard = device.heard.at(-1)
    await plant.until(() => isOver(end))
    got = heard?.sent ?? []
    code = end.code
  })
  expectNothing(got)
  expect(device.network.links.has(person.signer.id)).toBe(false)
  // an entry or two
  expect(diskBytes(device.disk) - disk).toBeLessThan(2000)
  return { code, diary }
}

describe('with the URL of the station', () => {
  it('one finds rooms nobody is in, and is cut for anything else; the station says so', async () => {
    const outsider = await connectTo(plant.relay.url)
    const diary = await plant.diaryOf(plant.gate, async () => {
      for (let guess = 0; guess < 20; guess++) {
        const room = cryptBase64(random(32))
        outsider.say({ type: 'enter', room })
        expect(await outsider.next('entered')).toMatchObject({ room, present: [] })
        outsider.say({ type: 'note', room, to: cryptBase64(random(12)), body: 'AAAA' })
      }
      outsider.say({ type: 'rooms' })
      outsider.say({ type: 'enter', room: '*' })
      expect((await outsider.next('refused')).code).toBe('ERR_SIGNAL_MALFORMED')
      await outsider.closed
    })
    for (const type of ['present', 'note', 'entered'] as const) expect(outsider.left(type)).toBe(0)
    expect(plant.relay.reports).toEqual([expect.stringMatching(/^ERR_SIGNAL_MALFORMED: A connection from /)])
    // nothing of it has come near a node
    expect(diary).toEqual([])
  })
})

describe('inside the room of the swarm, by its name', () => {
  it('one gets sealed notes, and is heard by nobody; the diary names the station, a flood is cut', async () => {
    const room = roomNameOf(swarmRoomKey(plant.swarmKey, 0))
    const outsider = await connectTo(plant.relay.url)
    const diary = await plant.diaryOf(plant.gate, async (told) => {
      outsider.say({ type: 'enter', room })
      const { present } = await outsider.next('entered')
      expect(present).toHaveLength(2)
      const notes = [outsider.next('note'), outsider.next('note')]
      await plant.pass(1000)
      const bodies = (await Promise.all(notes)).map(({ body }) => body)
      for (const body of bodies) {
        const bytes = Buffer.from(bytesOfCryptBase64(body) ?? [])
        // a greeting, of which the length is all that can be seen
        for (const { id } of [plant.gate, plant.oven])
          expect([bytes.length > 32, bytes.includes(Buffer.from(bytesFromNodeId(id)))]).toEqual([true, false])
      }
      for (const to of present)
        for (const body of [...bodies, 'A'.repeat(100)]) outsider.say({ type: 'note', room, to, body })
      await told('ERR_NOTE')
    })
    expect(diary).toEqual([
      { time: expect.any(Number), code: 'ERR_NOTE', message: expect.any(String), severity: 'warning' },
    ])
    expect(diary[0]?.message).toContain(plant.relay.url)
    for (let sent = 0; sent < 400; sent++) outsider.say({ type: 'note', room, to: 'A'.repeat(16), body: 'AAAA' })
    expect((await outsider.next('refused')).code).toBe('ERR_SIGNAL_RATE')
    expect(plant.relay.reports.at(-1)).toMatch(/^ERR_SIGNAL_RATE/)
  })
})

describe('who stands between', () => {
  it('and swaps the signals that people carry for his own gets hellos and proofs; both refuse with ERR_PROOF', async () => {
    const seen: Uint8Array<ArrayBuffer>[] = []
    let there: readonly string[] = []
    const here = await plant.diaryOf(plant.gate, async (toldHere) => {
      there = codesOf(
        await plant.diaryOf(plant.oven, async (toldThere) => {
          const [left, right] = [await plant.knock(plant.gate), await plant.knock(plant.oven)]
          let isClosed = false
          const watched = (channel: Channel): Channel => ({
            ...channel,
            close: () => {
              isClosed = true
              channel.close()
            },
          })
          meddle(watched(left), watched(right), (frame) => {
            seen.push(frame)
            return [frame]
          })
          await plant.until(() => isClosed)
          await Promise.all([toldHere('ERR_PROOF'), toldThere('ERR_PROOF')])
        }),
      )
    })
    expect(codesOf(here)).toEqual(['ERR_PROOF'])
    expect(there).toEqual(['ERR_PROOF'])
    expect(here[0]?.message).toMatch(/^A webrtc link was refused/)
    expectNothing(seen)
  })
})

describe('who sends garbage', () => {
  it.each<[string, readonly number[], string]>([
    ['bytes', [0xde, 0xad, 0xbe, 0xef], 'ERR_FRAME_BEFORE_PROOF'],
    ['nothing', [], 'ERR_FRAME_BEFORE_PROOF'],
    ['half a hello', [helloByte, 0x89, 0x81], 'ERR_FRAME'],
    ['a hello of another age', [helloByte, 0x81, 0x81, 0x18, 99], 'ERR_PROTOCOL_VERSION'],
    ['a wish for runs', [19, 0x84, 1, 0x58, 33], 'ERR_FRAME_BEFORE_PROOF'],
    ['heads', [16, 0x82, 0xf5, 0x80], 'ERR_FRAME_BEFORE_PROOF'],
  ])('%s, is cut at once', async (_, garbage, code) => {
    let got: readonly Uint8Array<ArrayBuffer>[] = []
    const diary = await plant.diaryOf(plant.gate, async () => {
      const end = rawEnd(await plant.knock(plant.gate))
      end.send(...garbage)
      await plant.until(() => end.closes.length > 0)
      got = end.frames
    })
    expectNothing(got)
    expect(diary).toMatchObject([{ code, message: expect.stringMatching(/^A webrtc link was refused: /) }])
  })

  it('by the megabyte, costs no memory and fills no diary', async () => {
    const disk = diskBytes(plant.gate.disk)
    plant.forget()
    const heap = await heapUsed()
    const diary = await plant.diaryOf(plant.gate, async () => {
      for (let round = 0; round < 12; round++) {
        const channel = await plant.knock(plant.gate)
        const end = rawEnd(channel)
        for (let sent = 0; sent < 40; sent++) channel.send(random(60_000))
        await plant.until(() => end.closes.length > 0)
        expectNothing(end.frames)
      }
    })
    expect(diary.length).toBeLessThanOrEqual(2)
    // of nearly 30 MB
    await plant.pass(3000)
    plant.forget()
    expect((await heapUsed()) - heap).toBeLessThan(8e6)
    expect(diskBytes(plant.gate.disk) - disk).toBeLessThan(2000)
  })
})

describe('who says nothing', () => {
  it('is given up after ten seconds', async () => {
    const diary = await plant.diaryOf(plant.gate, async () => {
      const end = rawEnd(await plant.knock(plant.gate))
      await plant.pass(proofTimeMax + 500)
      await plant.until(() => end.closes.length > 0)
      expectNothing(end.frames)
    })
    expect(codesOf(diary)).toEqual(['ERR_PROOF_TIMEOUT'])
  })

  it('in a crowd: never more than 32 of them', async () => {
    const before = plant.air.pairs().length
    const ends: ReturnType<typeof rawEnd>[] = []
    const diary = await plant.diaryOf(plant.gate, async () => {
      for (let count = 0; count < 40; count++) ends.push(rawEnd(await plant.knock(plant.gate)))
      await plant.until(() => ends.filter(({ closes }) => closes.length > 0).length >= 8)
    })
    expect(plant.air.pairs().length - before).toBe(32)
    expect(codesOf(diary)).toEqual(['ERR_TOO_MANY_LINKS'])
    // one who belongs here is not kept out by them
    const [insider] = plant.insiders
    if (insider === undefined) throw new Error('nobody')
    const end = takeUp(insider, await plant.knock(plant.gate), plant.clock)
    await plant.until(() => end.links.length === 1)
    end.link.close({ code: 'ERR_LEAVING', message: '' })
    await plant.pass(proofTimeMax + 500)
    expect(plant.air.pairs().length).toBe(before)
  })
})

describe('who shows what is not his', () => {
  it('a hello and a proof that he overheard', async () => {
    const [hello, proof] = overheard
    if (hello === undefined || proof === undefined) throw new Error('nothing was overheard')
    expect(bytesOf([hello, proof])).toEqual([helloByte, proofByte])
    let got: readonly Uint8Array<ArrayBuffer>[] = []
    const diary = await plant.diaryOf(plant.gate, async () => {
      const channel = await plant.knock(plant.gate)
      const end = rawEnd(channel)
      channel.send(hello)
      channel.send(proof)
      await plant.until(() => end.closes.length > 0)
      got = end.frames
    })
    expectNothing(got)
    expect(codesOf(diary)).toEqual(['ERR_PROOF'])
    // nothing is said of the node that he gave himself out for: it has proved nothing
    expect(diary[0]?.message).not.toContain(plant.oven.id)
  })

  it('the name of a member, without its key', async () => {
    const [insider] = plant.insiders
    const thief = await newSigner()
    if (insider === undefined) throw new Error('nobody')
    const { code, diary } = await comes({ ...insider, signer: { id: insider.signer.id, sign: thief.sign } })
    expect([code, codesOf(diary)]).toEqual(['ERR_PROOF', ['ERR_PROOF']])
  })

  it('the admission of a member, under his own name', async () => {
    const [insider] = plant.insiders
    const signer = await newSigner()
    if (insider === undefined) throw new Error('nobody')
    const { code, diary } = await comes({ ...insider, signer })
    expect(code).toBe('ERR_NOT_A_MEMBER')
    expect(diary).toMatchObject([
      { code: 'ERR_NOT_A_MEMBER', message: expect.stringMatching(new RegExp(`^A webrtc .* ${signer.id}`)) },
    ])
  })

  it('the admission of another swarm', async () => {
    const { founder, swarm, founding } = await foundSwarm()
    const { code, diary } = await comes({ signer: founder, swarm, path: [founding], purpose: 'member' })
    expect([code, codesOf(diary)]).toEqual(['ERR_OTHER_SWARM', ['ERR_OTHER_SWARM']])
    // and who gives himself out for one of ours, with what another root signed
    const liar = await comes({ signer: founder, swarm: plant.swarm, path: [founding], purpose: 'member' })
    expect([liar.code, codesOf(liar.diary)]).toEqual(['ERR_NOT_A_MEMBER', ['ERR_NOT_A_MEMBER']])
  })

  it('the very identity of the node itself', async () => {
    const { gate } = plant
    const own = { signer: { id: gate.id, sign: (await newSigner()).sign }, swarm: plant.swarm, path: [] }
    const { code, diary } = await comes({ ...own, purpose: 'member' })
    expect([code, codesOf(diary)]).toEqual(['ERR_OWN_IDENTITY', ['ERR_OWN_IDENTITY']])
  })
})
