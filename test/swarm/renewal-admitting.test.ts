/** RULES 17: whom a member lets go on under another identity, and as what; who asks says whatever it likes. */
import { describe, expect, it } from 'vitest'
import type { NodeId } from '../../src/core/event.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import type { JoinFrame, Link } from '../../src/replication/contract.ts'
import { followPath } from '../../src/swarm/admission.ts'
import type { RenewRequest } from '../../src/swarm/renewal-admitting.ts'
import { createRenewalAdmitting } from '../../src/swarm/renewal-admitting.ts'
import type { Renewal } from '../../src/swarm/renewal.ts'
import { renewalsMax, signRenewal } from '../../src/swarm/renewal.ts'
import { readAll } from '../log/fixture.ts'
import { foundSwarm, newBoxKey, newMember, newSigner } from './fixture.ts'
import type { OpenMember } from './member-node.ts'
import { openMember, stations, swarmKey } from './member-node.ts'

const { founder, swarm, founding } = await foundSwarm()

const open = async (refusal: (node: NodeId) => string | undefined = () => undefined) => {
  const host = await newMember(swarm, founder)
  const old = await newMember(swarm, founder)
  const member = await openMember(swarm, host.signer, [founding, host.admission, old.admission])
  const admitting = createRenewalAdmitting({
    members: member.members,
    record: member.record,
    signer: host.signer,
    swarmKey,
    log: member.log,
    swarmName: () => 'Plant',
    stations: () => stations,
    refusal,
    report: () => undefined,
  })
  /** Asks as `node` on its proven link; answers what it is told. */
  const ask = (node: NodeId, frame: Omit<RenewRequest, 'type'>): Promise<JoinFrame> =>
    new Promise((resolve) => {
      const link = { node, kind: 'memory', isMember: true, send: resolve } as unknown as Link
      admitting.onFrame(link, { type: 'renewRequest', ...frame })
    })
  return { member, admitting, ask, old: old.signer, host: host.signer }
}

const renew = async (was: Signer, next?: Signer, change: Partial<Renewal> = {}) => {
  const node = next ?? (await newSigner())
  const renewal = { swarm, was: was.id, node: node.id, boxKey: await newBoxKey(), lamport: 3, ...change }
  return { next: node, renewal, bytes: await signRenewal(renewal, was, node) }
}

const offerOf = (frame: JoinFrame): Extract<JoinFrame, { type: 'joinOffer' }> => {
  if (frame.type !== 'joinOffer') throw new Error(`${frame.type}: ${JSON.stringify(frame)}`)
  return frame
}
const admittedEvents = async (member: OpenMember): Promise<number> =>
  (await readAll(member.log, { filter: { type: 'tag', tag: 'shoal:swarm:admitted' } })).events.length

describe('a member that is shown to be two', () => {
  it('is offered a membership as a member; the swarm is told once it has that on disk', async () => {
    const { member, ask, old, host } = await open()
    const { next, renewal, bytes } = await renew(old)
    const offer = offerOf(await ask(old.id, { renewal: bytes, admissions: [] }))
    expect(offer).toMatchObject({ swarmKey: swarmKey.key, keyEpoch: 2, swarmName: 'Plant', stations })
    const entry = await followPath(offer.admissions, swarm, next.id)
    expect(entry?.admission.certificate).toMatchObject({
      role: 'member',
      boxKey: renewal.boxKey,
      admittedBy: host.id,
    })
    expect(entry?.admission.renewal).toEqual(renewal)
    expect(member.members.isMember(next.id)).toBe(false)
    expect(await admittedEvents(member)).toBe(0)

    const joined = await ask(old.id, { renewal: bytes, admissions: offer.admissions })
    expect(member.members.isMember(next.id)).toBe(true)
    const { events } = await readAll(member.log)
    expect(joined).toEqual({ type: 'joined', lamport: events.at(-1)?.lamport })
    await member.record.settled()
    expect(member.record.isAdmitted(next.id)).toBe(true)
  })

  it('twice the same: the same admission, and the swarm is told once', async () => {
    const { member, ask, old } = await open()
    const { bytes } = await renew(old)
    const offer = offerOf(await ask(old.id, { renewal: bytes, admissions: [] }))
    await Promise.all([1, 2, 3].map(() => ask(old.id, { renewal: bytes, admissions: offer.admissions })))
    await member.record.settled()
    const again = offerOf(await ask(old.id, { renewal: bytes, admissions: [] }))
    expect(again.admissions.at(-1)).toEqual(offer.admissions.at(-1))
    expect((await ask(old.id, { renewal: bytes, admissions: again.admissions })).type).toBe('joined')
    expect(await admittedEvents(member)).toBe(1)
  })

  it('offered by one member, told of by another', async () => {
    const one = await open()
    const { bytes, next } = await renew(one.old)
    const offer = offerOf(await one.ask(one.old.id, { renewal: bytes, admissions: [] }))
    const other = await open()
    await other.member.members.learn(offer.admissions.slice(0, -1))
    expect((await other.ask(one.old.id, { renewal: bytes, admissions: offer.admissions })).type).toBe('joined')
    expect(other.member.members.isMember(next.id)).toBe(true)
    expect(await admittedEvents(other.member)).toBe(1)
  })
})

describe('is refused, and nothing is kept', () => {
  /** Its code, where nothing came of it. */
  const refusal = async (asking: Promise<JoinFrame>, { member }: { readonly member: OpenMember }): Promise<string> => {
    const before = member.members.list().length
    const answer = await asking
    const isKept = member.members.list().length > before || (await admittedEvents(member)) > 0
    return answer.type === 'joinRefused' && !isKept ? answer.code : `${answer.type}, kept: ${isKept}`
  }

  it('a renewal of somebody else, replayed', async () => {
    const world = await open()
    const { bytes } = await renew(world.old)
    expect(await refusal(world.ask(founder.id, { renewal: bytes, admissions: [] }), world)).toBe('ERR_RENEWAL')
    const offer = offerOf(await world.ask(world.old.id, { renewal: bytes, admissions: [] }))
    expect(await refusal(world.ask(founder.id, { renewal: bytes, admissions: offer.admissions }), world)).toBe(
      'ERR_RENEWAL',
    )
  })

  it('one that the old key, or the new one, has not signed', async () => {
    const world = await open()
    const thief = await newSigner()
    const { next, renewal } = await renew(world.old)
    const forged = [await signRenewal(renewal, thief, next), await signRenewal(renewal, world.old, thief)]
    for (const bytes of [...forged, new Uint8Array(300), new Uint8Array()])
      expect(await refusal(world.ask(world.old.id, { renewal: bytes, admissions: [] }), world)).toBe('ERR_RENEWAL')
  })

  it('one of another swarm, and one that goes on as a member that there is', async () => {
    const world = await open()
    const other = await foundSwarm()
    const elsewhere = await renew(world.old, undefined, { swarm: other.swarm })
    expect(await refusal(world.ask(world.old.id, { renewal: elsewhere.bytes, admissions: [] }), world)).toBe(
      'ERR_RENEWAL',
    )
    const known = await renew(world.old, founder)
    expect(await refusal(world.ask(world.old.id, { renewal: known.bytes, admissions: [] }), world)).toBe('ERR_RENEWAL')
  })

  it('one of a device that was retired or revoked, or has left', async () => {
    const world = await open(() => 'The device was revoked.')
    const { bytes } = await renew(world.old)
    expect(await refusal(world.ask(world.old.id, { renewal: bytes, admissions: [] }), world)).toBe('ERR_RENEWAL')
    // nor by what another member offered before it heard
    const other = await open()
    await other.member.members.learn(world.member.members.path(world.old.id))
    const offer = offerOf(await other.ask(world.old.id, { renewal: bytes, admissions: [] }))
    expect(await refusal(world.ask(world.old.id, { renewal: bytes, admissions: offer.admissions }), world)).toBe(
      'ERR_RENEWAL',
    )
  })

  it('an admission that was changed, or is none of its own', async () => {
    const world = await open()
    const { bytes } = await renew(world.old)
    const offer = offerOf(await world.ask(world.old.id, { renewal: bytes, admissions: [] }))
    const forged = offer.admissions.map((one, index) => {
      const copy = new Uint8Array(one)
      if (index === offer.admissions.length - 1) copy[80] = (copy[80] ?? 0) ^ 1
      return copy
    })
    for (const admissions of [forged, offer.admissions.slice(0, 1), [new Uint8Array(9)]])
      expect(await refusal(world.ask(world.old.id, { renewal: bytes, admissions }), world)).toBe('ERR_RENEWAL')
  })

  it('identities without end: as many as a plant has tablets, then no more, also by way of one another', async () => {
    const world = await open()
    let was = world.old
    const made: Signer[] = []
    for (let count = 0; count < renewalsMax; count++) {
      const { next, bytes } = await renew(was)
      const offer = offerOf(await world.ask(was.id, { renewal: bytes, admissions: [] }))
      if (count % 16 === 0) {
        // it goes on from the newest one
        await world.ask(was.id, { renewal: bytes, admissions: offer.admissions })
        was = next
      }
      made.push(next)
    }
    for (const node of [world.old, was]) {
      const { bytes } = await renew(node)
      expect(await world.ask(node.id, { renewal: bytes, admissions: [] })).toMatchObject({ code: 'ERR_RENEWAL' })
    }
    expect(world.member.members.list().length).toBeLessThan(renewalsMax)
    expect(made).toHaveLength(renewalsMax)
  })

  it('questions without waiting for answers end the link', async () => {
    const { admitting, old } = await open()
    const { bytes } = await renew(old)
    const link = { node: old.id, kind: 'memory', isMember: true, send: () => undefined } as unknown as Link
    const frame: RenewRequest = { type: 'renewRequest', renewal: bytes, admissions: [] }
    expect(() => {
      for (let count = 0; count < 10; count++) admitting.onFrame(link, frame)
    }).toThrow(/again and again/)
  })
})
