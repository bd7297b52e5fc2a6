/** RULES 16: what a member lets in, over real links; the newcomer says whatever it likes. */
import { describe, expect, it } from 'vitest'
import type { JoinFrame } from '../../src/replication/contract.ts'
import { createMemoryDisk } from '../../src/store/memory.ts'
import { followPath, parseAdmission } from '../../src/swarm/admission.ts'
import { signTicket } from '../../src/swarm/ticket.ts'
import { readAll, start } from '../log/fixture.ts'
import type { MadeTicket } from './fixture.ts'
import { admit, foundSwarm, hour, makeTicket, newBoxKey, newMember, newSigner, newToken } from './fixture.ts'
import type { JoinRequest } from './guest.ts'
import { boxKey, come } from './guest.ts'
import type { OpenMember } from './member-node.ts'
import { hear, openMember, stations, swarmKey, until } from './member-node.ts'

const { founder, swarm, founding } = await foundSwarm()

const openFounder = (options = {}) => openMember(swarm, founder, [founding], options)

const offerOf = (frame: JoinFrame): Extract<JoinFrame, { type: 'joinOffer' }> => {
  if (frame.type !== 'joinOffer') throw new Error(`${frame.type}: ${JSON.stringify(frame)}`)
  return frame
}

const admittedEvents = async (member: OpenMember): Promise<number> =>
  (await readAll(member.log, { filter: { type: 'tag', tag: 'shoal:swarm:admitted' } })).events.length

describe('a newcomer with an invitation', () => {
  it('is offered all that a member has; nothing is recorded until it has that on disk', async () => {
    const member = await openFounder()
    const made = await makeTicket(swarm, founder)
    const guest = await come(member)
    const offer = offerOf(await guest.ask(made))
    expect(offer).toMatchObject({ swarmKey: swarmKey.key, keyEpoch: 2, swarmName: 'Plant', stations })
    const entry = await followPath(offer.admissions, swarm, guest.node)
    expect(entry?.admission.certificate).toMatchObject({
      role: 'member',
      boxKey,
      token: made.ticket.tokenId,
      admittedBy: founder.id,
    })
    expect(member.members.isMember(guest.node)).toBe(false)
    expect(member.members.usesOf(made.ticket.tokenId)).toBe(0)
    expect(await admittedEvents(member)).toBe(0)

    const joined = await guest.commit()
    expect(member.members.isMember(guest.node)).toBe(true)
    expect(member.members.usesOf(made.ticket.tokenId)).toBe(1)
    const { events } = await readAll(member.log)
    expect(events).toHaveLength(1)
    expect(joined).toEqual({ type: 'joined', lamport: events[0]?.lamport })
    await member.record.settled()
    expect(member.record.isAdmitted(guest.node)).toBe(true)
  })

  it('comes after everything the member wrote, and after the event that tells of it', async () => {
    const member = await openFounder()
    await member.say({ type: 'founded', name: 'Plant' })
    const guest = await come(member)
    const offer = offerOf(await guest.ask(await makeTicket(swarm, founder)))
    expect(parseAdmission(offer.admissions.at(-1) ?? new Uint8Array()).certificate.admittedAtLamport).toBe(1)
    expect(await guest.commit()).toEqual({ type: 'joined', lamport: 2 })
  })

  it('is let in by a member that is no admin, on the path of both', async () => {
    const b = await newMember(swarm, founder)
    const second = await newMember(swarm, founder, founder, 'admin')
    const member = await openMember(swarm, b.signer, [founding, b.admission, second.admission])
    const made = await makeTicket(swarm, second.signer)
    const guest = await come(member)
    const offer = offerOf(await guest.ask(made))
    expect(offer.admissions).toHaveLength(4)
    expect((await followPath(offer.admissions, swarm, guest.node))?.depth).toBe(2)
    expect((await guest.commit()).type).toBe('joined')
  })

  it('as admin, where the ticket says so', async () => {
    const member = await openFounder()
    const guest = await come(member)
    await guest.ask(await makeTicket(swarm, founder, { role: 'admin' }))
    await guest.commit()
    expect(member.members.get(guest.node)?.admission.certificate.role).toBe('admin')
  })

  it('asks in the diary by a name that cannot break it', async () => {
    const member = await openFounder()
    const guest = await come(member)
    await guest.ask(await makeTicket(swarm, founder), { displayName: 'Tab\n\u0000let' })
    expect(member.reports.find(({ code }) => code === 'JOINING')?.sentence).toContain('"Tab  let"')
  })

  it('that vanishes leaves nothing; its token is as good as before', async () => {
    const member = await openFounder()
    const made = await makeTicket(swarm, founder)
    const gone = await come(member)
    await gone.ask(made)
    gone.pair.break()
    const other = await come(member)
    expect((await other.ask(made)).type).toBe('joinOffer')
    expect((await other.commit()).type).toBe('joined')
    expect(member.members.list()).toHaveLength(2)
  })
})

describe('an answer that was lost', () => {
  it('`joined`: the same admission again, the token used once, one event', async () => {
    const member = await openFounder()
    const made = await makeTicket(swarm, founder)
    const guest = await come(member)
    const first = offerOf(await guest.ask(made))
    await guest.commit()
    guest.pair.break()
    const again = await come(member, guest.signer)
    expect(offerOf(await again.ask(made)).admissions).toEqual(first.admissions)
    expect((await again.commit()).type).toBe('joined')
    expect(member.members.usesOf(made.ticket.tokenId)).toBe(1)
    expect(await admittedEvents(member)).toBe(1)
  })

  it('`joinCommitted`: it shows its admission to another member, which tells the swarm', async () => {
    const b = await newMember(swarm, founder)
    const one = await openFounder()
    const other = await openMember(swarm, b.signer, [founding, b.admission])
    // used up and expired by now: it is a member all the same
    const made = await makeTicket(swarm, founder)
    const guest = await come(one)
    const { admissions } = offerOf(await guest.ask(made))
    guest.pair.break()
    other.clock.pass(2 * (hour / 1000))
    const again = await come(other, guest.signer, [...admissions])
    expect((await again.commit()).type).toBe('joined')
    expect(other.members.isMember(guest.node)).toBe(true)
    expect(await admittedEvents(other)).toBe(1)
    expect(await again.commit()).toMatchObject({ type: 'joined' })
    expect(await admittedEvents(other)).toBe(1)
    await hear(one, await learnt(one, other, b.admission))
    expect(one.members.isMember(guest.node)).toBe(true)
  })

  const learnt = async (listener: OpenMember, speaker: OpenMember, admission: Uint8Array): Promise<OpenMember> => {
    await listener.members.learn([admission])
    return speaker
  }
})

describe('refused, with a code', () => {
  const refusedBy = async (
    member: OpenMember,
    made: MadeTicket,
    change: Partial<JoinRequest> = {},
  ): Promise<string> => {
    const guest = await come(member)
    const answer = await guest.ask(made, change)
    await until(member.clock, () => guest.closed() !== undefined)
    expect(member.members.isMember(guest.node)).toBe(false)
    expect(await admittedEvents(member)).toBe(0)
    return answer.type === 'joinRefused' ? answer.code : answer.type
  }

  it('an invitation that has expired by the clock of the member', async () => {
    const member = await openFounder()
    const made = await makeTicket(swarm, founder, { expires: start + 5_000_000 })
    member.clock.pass(5000)
    expect(await refusedBy(member, made)).toBe('ERR_INVITATION_EXPIRED')
  })

  it('one that is used up', async () => {
    const member = await openFounder()
    const made = await makeTicket(swarm, founder, { uses: 2 })
    for (let use = 0; use < 2; use++) await member.members.learn([await admit(founder, (await newSigner()).id, made)])
    expect(await refusedBy(member, made)).toBe('ERR_INVITATION_USED')
  })

  it('of another swarm', async () => {
    const other = await foundSwarm()
    expect(await refusedBy(await openFounder(), await makeTicket(other.swarm, other.founder))).toBe('ERR_INVITATION')
  })

  it('a ticket that somebody else signed', async () => {
    const made = await makeTicket(swarm, founder)
    const ticketBytes = await signTicket(made.ticket, await newSigner())
    expect(await refusedBy(await openFounder(), { ...made, ticketBytes })).toBe('ERR_INVITATION')
  })

  it('a ticket of a member that is no admin, as far as is known here: until it is known as one', async () => {
    const b = await newMember(swarm, founder)
    const member = await openMember(swarm, founder, [founding, b.admission])
    const ticket = await makeTicket(swarm, b.signer)
    expect(await refusedBy(member, ticket)).toBe('ERR_JOIN_LATER')
    const promotion = await admit(founder, b.signer.id, await makeTicket(swarm, founder, { role: 'admin' }))
    await member.members.learn([promotion])
    expect(offerOf(await (await come(member)).ask(ticket)).number).toBe(1)
  })

  it('an invitation that an admin has withdrawn', async () => {
    const member = await openFounder()
    const made = await makeTicket(swarm, founder, { uses: 3 })
    expect(offerOf(await (await come(member)).ask(made)).number).toBe(1)
    await member.say({ type: 'withdrawn', tokenId: made.ticket.tokenId })
    expect(await refusedBy(member, made)).toBe('ERR_INVITATION_WITHDRAWN')
  })

  it('what an admin gave that was revoked since, or retired and never told the swarm of it', async () => {
    const b = await newMember(swarm, founder, founder, 'admin')
    const member = await openMember(swarm, founder, [founding, b.admission])
    const lost = await openMember(swarm, b.signer, [founding, b.admission])
    const [told, secret] = [await makeTicket(swarm, b.signer), await makeTicket(swarm, b.signer)]
    await lost.say({ type: 'invited', ticket: told.ticketBytes, roomKey: new Uint8Array(32) })
    await hear(member, lost)
    await member.say({ type: 'retired', node: b.signer.id })
    expect(await refusedBy(member, secret)).toBe('ERR_INVITATION')
    const guest = await come(member)
    offerOf(await guest.ask(told))
    await member.say({ type: 'revoked', node: b.signer.id, cuts: [[1, 1]] })
    expect(await refusedBy(member, told)).toBe('ERR_INVITATION')
  })

  it('a ticket of an admin that this member has not heard of: for now', async () => {
    expect(await refusedBy(await openFounder(), await makeTicket(swarm, await newSigner()))).toBe('ERR_JOIN_LATER')
  })

  it('a stolen ticket without its token: guesses lead nowhere', async () => {
    const member = await openFounder()
    const made = await makeTicket(swarm, founder)
    for (const token of [newToken(), made.ticket.tokenId.slice(0, 16), new Uint8Array(1)])
      expect(await refusedBy(member, { ...made, token })).toBe('ERR_INVITATION')
    expect(await refusedBy(member, made, { claim: new Uint8Array(64) })).toBe('ERR_INVITATION')
  })

  it('a claim that another device made, or one for another key: overheard, it is of no use', async () => {
    const member = await openFounder()
    const made = await makeTicket(swarm, founder)
    const { claim } = await (await come(member)).request(made)
    expect(await refusedBy(member, made, { claim })).toBe('ERR_INVITATION')
    expect(await refusedBy(member, made, { boxKey: await newBoxKey() })).toBe('ERR_INVITATION')
  })

  it('a ticket of garbage', async () => {
    const made = await makeTicket(swarm, founder)
    const member = await openFounder()
    expect(await refusedBy(member, made, { ticket: Uint8Array.of(1, 2, 3) })).toBe('ERR_INVITATION')
    expect(await refusedBy(member, made, { ticket: made.ticketBytes.slice(0, -1) })).toBe('ERR_INVITATION')
  })

  it('the last use while another newcomer has it: for now, until that one is gone', async () => {
    const member = await openFounder()
    const made = await makeTicket(swarm, founder, { uses: 1 })
    const first = await come(member)
    await first.ask(made)
    expect(await refusedBy(member, made)).toBe('ERR_JOIN_LATER')
    first.leave()
    const third = await come(member)
    expect((await third.ask(made)).type).toBe('joinOffer')
  })

  it('two at the same instant: one gets the last use', async () => {
    const member = await openFounder()
    const made = await makeTicket(swarm, founder, { uses: 1 })
    const guests = await Promise.all([come(member), come(member)])
    const answers = await Promise.all(guests.map((guest) => guest.ask(made)))
    expect(answers.map(({ type }) => type).sort()).toEqual(['joinOffer', 'joinRefused'])
  })

  it('two members at once, beyond the uses: both valid, both counted', async () => {
    const b = await newMember(swarm, founder)
    const one = await openFounder()
    const other = await openMember(swarm, b.signer, [founding, b.admission])
    const made = await makeTicket(swarm, founder, { uses: 1 })
    for (const member of [one, other]) {
      const guest = await come(member)
      await guest.ask(made)
      expect((await guest.commit()).type).toBe('joined')
    }
    await one.members.learn([b.admission])
    await hear(one, other)
    expect(one.members.usesOf(made.ticket.tokenId)).toBe(2)
    expect(one.members.list()).toHaveLength(4)
  })

  it('a commit of what was not offered, and words of members', async () => {
    const member = await openFounder()
    const guest = await come(member)
    expect(await guest.commit()).toMatchObject({ type: 'joinRefused', code: 'ERR_FRAME' })
    await until(member.clock, () => guest.closed() !== undefined)
    const other = await come(member)
    expect(await other.say({ type: 'joined', lamport: 5 })).toMatchObject({ code: 'ERR_FRAME' })
    expect(member.members.list()).toHaveLength(1)
  })

  it('when the member cannot write it down: for now, and not the fault of the newcomer', async () => {
    const disk = createMemoryDisk()
    const member = await openFounder({ disk })
    const guest = await come(member)
    await guest.ask(await makeTicket(swarm, founder))
    disk.fate = () => 'full'
    expect(await guest.commit()).toMatchObject({ type: 'joinRefused', code: 'ERR_JOIN_LATER' })
    expect(member.members.isMember(guest.node)).toBe(false)
  })
})
