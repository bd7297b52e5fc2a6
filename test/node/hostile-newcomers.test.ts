/** Those who come with an invitation that is none, or none any more; and those who left and come again. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AppId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import type { JoinFrame } from '../../src/replication/contract.ts'
import type { WireFrame } from '../../src/replication/frame.ts'
import { byeByte, encodeFrame, helloByte, proofByte } from '../../src/replication/frame.ts'
import { readInvitation } from '../../src/swarm/invitation.ts'
import { appendSwarmEvents } from '../../src/swarm/swarm-event.ts'
import { signClaim } from '../../src/swarm/ticket.ts'
import { openDevice, recordsOf } from '../log/fixture.ts'
import type { End, Person } from '../replication/link-fixture.ts'
import { isOver, takeUp } from '../replication/link-fixture.ts'
import { newBoxKey, newSigner, newToken } from '../swarm/fixture.ts'
import type { Plant } from './plant.ts'
import { bytesOf, codesOf, createPlant, diskBytes } from './plant.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let plant: Plant
beforeAll(async () => {
  plant = await createPlant({ insiders: 1 })
})
afterAll(() => plant.close())
afterEach(() => plant.expectAlive())

const byteOf = (frame: WireFrame): number => encodeFrame(frame)[0] ?? 0
const refusedByte = byteOf({ type: 'joinRefused', code: 'ERR_X', message: '' })
/** Who has proved a name and nothing else gets these, and what the test says. */
const innocent = [
  helloByte,
  proofByte,
  byeByte,
  byteOf({ type: 'ping', id: 1 }),
  byteOf({ type: 'pong', id: 1, time: 1 }),
]
const gotBeyond = (frames: readonly Uint8Array<ArrayBuffer>[] | undefined): number[] =>
  bytesOf(frames).filter((byte) => !innocent.includes(byte))

const newcomer = async (): Promise<Person> => ({
  signer: await newSigner(),
  swarm: plant.swarm,
  path: [],
  purpose: 'newcomer',
})

interface Wish {
  readonly token: Uint8Array
  readonly ticketBytes: Uint8Array
}

const requestOf = async ({ signer, swarm }: Person, { token, ticketBytes }: Wish): Promise<JoinFrame> => {
  const boxKey = await newBoxKey()
  const claim = await signClaim(token, { swarm, node: signer.id, boxKey })
  return { type: 'joinRequest', claim, ticket: ticketBytes, boxKey, displayName: 'Tablet' }
}

/** A newcomer at the gate, its identity proved. */
const arrive = async (person: Person): Promise<End> => {
  const end = takeUp(person, await plant.knock(plant.gate), plant.clock)
  await plant.until(() => end.links.length > 0)
  return end
}

/** What it gets for its wish: nothing but a refusal, whose code is answered. */
const refused = async (wish: Wish, person?: Person): Promise<{ readonly code: string; readonly codes: string[] }> => {
  const self = person ?? (await newcomer())
  const disk = diskBytes(plant.gate.disk)
  let code = ''
  const diary = await plant.diaryOf(plant.gate, async () => {
    const end = await arrive(self)
    const heard = plant.gate.heard.at(-1)
    end.link.send(await requestOf(self, wish))
    await plant.until(() => isOver(end))
    const [answer] = end.frames
    code = answer?.type === 'joinRefused' ? answer.code : 'it was answered'
    expect(end.code).toBe(code)
    expect(gotBeyond(heard?.sent)).toEqual([refusedByte])
  })
  for (const { code: told, message } of diary)
    if (told !== 'JOINING') expect(message).toMatch(new RegExp(`^By a webrtc link ${self.signer.id} was not let in`))
  expect(diskBytes(plant.gate.disk) - disk).toBeLessThan(3000)
  return { code, codes: codesOf(diary) }
}

const invite = async (options: Parameters<typeof plant.gate.node.swarm.invite>[0] = {}) =>
  readInvitation(await plant.gate.node.swarm.invite(options), plant.clock.now())

describe('a newcomer', () => {
  it('with a guessed token, or with the ticket alone, that every member can read', async () => {
    const { ticketBytes, token } = await invite()
    expect(await refused({ ticketBytes, token: newToken() })).toEqual({
      code: 'ERR_INVITATION',
      codes: ['JOINING', 'ERR_INVITATION'],
    })
    const other = token.map((byte, index) => (index === 15 ? byte ^ 1 : byte))
    expect((await refused({ ticketBytes, token: other })).code).toBe('ERR_INVITATION')
  })

  it('with a token that is used up; its room is closed', async () => {
    const made = await invite()
    const rooms = plant.relay.signalling.rooms
    const honest = await newcomer()
    const end = await arrive(honest)
    end.link.send(await requestOf(honest, made))
    await plant.until(() => end.frames.length === 1)
    end.link.send({ type: 'joinCommitted' })
    await plant.until(() => end.frames.length === 2)
    expect(end.frames.map(({ type }) => type)).toEqual(['joinOffer', 'joined'])
    end.link.close({ code: 'ERR_LEAVING', message: '' })
    await plant.until(() => plant.relay.signalling.rooms === rooms - 1)
    expect(await refused(made)).toEqual({ code: 'ERR_INVITATION_USED', codes: ['JOINING', 'ERR_INVITATION_USED'] })
  })

  it('with one that has expired', async () => {
    const made = await invite({ expiresIn: 10_000 })
    await plant.pass(11_000, 1000)
    expect((await refused(made)).code).toBe('ERR_INVITATION_EXPIRED')
  })

  it('that asks for what members ask for', async () => {
    const self = await newcomer()
    const diary = await plant.diaryOf(plant.gate, async () => {
      const channel = await plant.knock(plant.gate)
      const end = takeUp(self, channel, plant.clock)
      const heard = plant.gate.heard.at(-1)
      await plant.until(() => end.links.length > 0)
      // past our own software, which would not
      channel.send(encodeFrame({ type: 'askHeads' }))
      await plant.until(() => isOver(end))
      expect(gotBeyond(heard?.sent)).toEqual([])
    })
    expect(diary).toMatchObject([
      {
        code: 'ERR_FRAME_NOT_ALLOWED',
        message: expect.stringMatching(new RegExp(`^The webrtc link to ${self.signer.id}`)),
      },
    ])
  })

  it('that keeps its place and never speaks', async () => {
    const self = await newcomer()
    const diary = await plant.diaryOf(plant.gate, async (told) => {
      const end = await arrive(self)
      await plant.pass(26_000, 1000)
      await told('ERR_JOIN_TIMEOUT')
      await plant.until(() => isOver(end))
      expect(end.code).toBe('ERR_JOIN_TIMEOUT')
    })
    expect(diary[0]?.message).toContain(`The webrtc link to ${self.signer.id}, which wants to join, was cut`)
  })
})

describe('a member that left', () => {
  it('loses its link, gets no other, and no key as a newcomer', async () => {
    const [person] = plant.insiders
    if (person === undefined) throw new Error('nobody')
    const { signer, swarm } = person
    const { log } = await openDevice({
      signer,
      swarm,
      topic: 'default-topic',
      clock: plant.clock,
      isMember: () => true,
    })
    const runs = async (number: number): Promise<void> => {
      for (const bytes of await recordsOf(log, streamOf(signer.id, number)))
        end.link.send({ type: 'run', id: 0, bytes: new Uint8Array(bytes) })
    }
    const end = takeUp(person, await plant.knock(plant.gate), plant.clock)
    await plant.until(() => end.links.length > 0)
    await log.append([{ tags: ['x'], payload: 'still a member' }], { appId: 'com.example' as AppId })
    await runs(0)
    await plant.until(() => plant.gate.node.log.head(streamOf(signer.id, 0)) !== undefined)
    const diary = await plant.diaryOf(plant.gate, async () => {
      await appendSwarmEvents(log, [{ type: 'left' }])
      await runs(1)
      await plant.until(() => isOver(end), 100)
    })
    expect(end.code).toBe('ERR_MEMBER_LEFT')
    expect(diary).toMatchObject([
      {
        code: 'ERR_MEMBER_LEFT',
        message: expect.stringMatching(new RegExp(`^The webrtc link to ${signer.id} was cut`)),
      },
    ])

    const again = await plant.diaryOf(plant.gate, async () => {
      const other = takeUp(person, await plant.knock(plant.gate), plant.clock)
      const heard = plant.gate.heard.at(-1)
      await plant.until(() => isOver(other))
      expect(other.code).toBe('ERR_MEMBER_LEFT')
      expect(bytesOf(heard?.sent ?? [])).toEqual([helloByte, proofByte, byeByte])
    })
    expect(codesOf(again)).toEqual(['ERR_MEMBER_LEFT'])
    // not even with an invitation: coming back it is another device
    const wish = await invite()
    expect((await refused(wish, { ...person, path: [], purpose: 'newcomer' })).code).toBe('ERR_JOIN_LEFT')
  })
})
