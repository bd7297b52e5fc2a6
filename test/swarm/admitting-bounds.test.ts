/** Who keeps a member busy that lets newcomers in, and who may not come in at all. */
import { describe, expect, it } from 'vitest'
import type { Link, LinkFrame } from '../../src/replication/contract.ts'
import { createManualClock } from '../api/manual-clock.ts'
import { start } from '../log/fixture.ts'
import { foundSwarm, hour, makeTicket, newMember, newSigner } from './fixture.ts'
import { come } from './guest.ts'
import { hear, listenerOf, openMember, until, visit } from './member-node.ts'

const { founder, swarm, founding } = await foundSwarm()

const openFounder = (options = {}) => openMember(swarm, founder, [founding], options)

describe('cut off, with a code', () => {
  it('one that dawdles, one that floods, and the seventeenth at a time', async () => {
    const member = await openFounder({ clock: createManualClock(start) })
    const made = await makeTicket(swarm, founder, { uses: 100, expires: start + 100 * hour })
    const slow = await come(member)
    await slow.ask(made)
    const silent = await come(member)
    await until(member.clock, () => silent.closed() !== undefined, 50)
    expect([silent.closed(), slow.closed()]).toEqual(['ERR_JOIN_TIMEOUT', undefined])
    await until(member.clock, () => slow.closed() !== undefined, 50)
    expect(slow.closed()).toBe('ERR_JOIN_TIMEOUT')
    const flood = await come(member)
    const wish = await flood.request(made)
    for (let count = 0; count < 10; count++) flood.send(wish)
    await until(member.clock, () => flood.closed() !== undefined)
    expect(flood.closed()).toBe('ERR_FRAME')
    const guests = await Promise.all(Array.from({ length: 16 }, () => come(member)))
    // one that has shown nothing makes room
    const last = await come(member)
    expect((await last.ask(made)).type).toBe('joinOffer')
    await until(member.clock, () => guests.some((guest) => guest.closed() === 'ERR_JOIN_LATER'))
    const staying = guests.filter((guest) => guest.closed() === undefined)
    expect(staying).toHaveLength(15)
    for (const guest of staying) expect((await guest.ask(made)).type).toBe('joinOffer')
    // those that have an offer do not
    const late = await come(member)
    await until(member.clock, () => late.closed() !== undefined)
    expect(late.frames).toMatchObject([{ type: 'joinRefused', code: 'ERR_JOIN_LATER' }])
  })

  it('one that has left, though it still is in the register: no key, no admission, not even with an invitation', async () => {
    const b = await newMember(swarm, founder)
    const [member, gone] = [
      await openMember(swarm, founder, [founding, b.admission]),
      await openMember(swarm, b.signer, [founding, b.admission]),
    ]
    await gone.say({ type: 'left' })
    await hear(member, gone)
    const guest = await come(member, b.signer)
    expect(await guest.ask(await makeTicket(swarm, founder))).toMatchObject({ code: 'ERR_JOIN_LEFT' })
    await until(member.clock, () => guest.closed() !== undefined)
    expect(guest.frames).toHaveLength(1)
  })

  it('a member that asks to join, or says again and again that it has', async () => {
    const b = await newMember(swarm, founder)
    const member = await openMember(swarm, founder, [founding, b.admission])
    const made = await makeTicket(swarm, founder, { uses: 2 })
    const sent: LinkFrame[] = []
    const link = {
      node: b.signer.id,
      isMember: true,
      send: (frame: LinkFrame) => void sent.push(frame),
    } as unknown as Link
    const wish = await (await come(member, b.signer)).request(made)
    expect(() => member.admitting.onFrame(link, wish)).toThrow(
      expect.objectContaining({ code: 'ERR_FRAME_NOT_ALLOWED' }),
    )
    for (let count = 0; count < 4; count++) member.admitting.onFrame(link, { type: 'joinCommitted' })
    expect(() => member.admitting.onFrame(link, { type: 'joinCommitted' })).toThrow(
      expect.objectContaining({ code: 'ERR_FRAME' }),
    )
    await until(member.clock, () => sent.length === 4)
    // and no use of the invitation is held for it
    const guests = [await come(member), await come(member)]
    for (const guest of guests) expect((await guest.ask(made)).type).toBe('joinOffer')
  })

  it('an outsider that shows the path of another gets no word', async () => {
    const member = await openFounder()
    const heard: LinkFrame[] = []
    let end: string | undefined
    const onLink = () => ({
      ...listenerOf((frame) => void heard.push(frame)),
      onClose: ({ code }: { code: string }) => void (end = code),
    })
    const { failures } = visit({ signer: await newSigner(), swarm, path: [founding], onLink }, member)
    await until(member.clock, () => failures.length > 0 || end !== undefined)
    expect(failures[0] ?? end).toBe('ERR_NOT_A_MEMBER')
    expect(heard).toEqual([])
  })
})
