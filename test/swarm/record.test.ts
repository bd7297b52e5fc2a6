/** What the swarm writes about itself: who may say what, in any order, and nothing that an app could forge. */
import { describe, expect, it } from 'vitest'
import type { AppId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import { nameSwarm } from '../../src/swarm/founding.ts'
import { createRecord } from '../../src/swarm/record.ts'
import { createStandings } from '../../src/swarm/standings.ts'
import { appendSwarmEvents, swarmAppId } from '../../src/swarm/swarm-event.ts'
import { joinRoomOf, signTicket } from '../../src/swarm/ticket.ts'
import { settle } from '../api/manual-clock.ts'
import { admit, foundSwarm, hour, makeTicket, newMember, newSigner } from './fixture.ts'
import type { OpenMember as OpenNode } from './member-node.ts'
import { hear, openMember, random } from './member-node.ts'

const founded = await foundSwarm()
const { founder, swarm, founding } = founded

const openNode = (signer: Signer, admissions: readonly Uint8Array[] = [founding]) =>
  openMember(swarm, signer, admissions)

describe('words of the swarm', () => {
  it('go to streams of their own, tagged, under the app id of Shoal', async () => {
    const node = await openNode(founder)
    const [named] = await node.say({ type: 'founded', name: 'Plant 2' })
    const [described] = await node.say({ type: 'described', displayName: 'Press' })
    expect([named?.stream, described?.stream]).toEqual([streamOf(founder.id, 1), streamOf(founder.id, 2)])
    for await (const batch of node.log.read({ filter: { type: 'all' }, order: 'asc' })) {
      if (batch.type !== 'events') continue
      expect(batch.events.map(({ tags, appId }) => ({ tags, appId }))).toEqual([
        { tags: ['shoal:swarm', 'shoal:swarm:founded'], appId: swarmAppId },
        { tags: ['shoal:swarm', 'shoal:swarm:described'], appId: swarmAppId },
      ])
    }
    expect(node.record.swarmName()).toBe('Plant 2')
    expect(node.record.displayName(founder.id)).toBe('Press')
  })

  it('a swarm gets a name that is one', async () => {
    const node = await openNode(founder)
    await nameSwarm(node.log, '  Werk  ')
    await node.record.settled()
    expect(node.record.swarmName()).toBe('Werk')
    await expect(nameSwarm(node.log, ' ')).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' })
    await expect(nameSwarm(node.log, 'x'.repeat(81))).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' })
  })

  it('an app that uses the same tags and app id says nothing: its events are in stream 0', async () => {
    const node = await openNode(founder)
    const payload = { type: 'founded', name: 'Forged' }
    await node.log.append([{ tags: ['shoal:swarm', 'shoal:swarm:founded'], payload }], { appId: swarmAppId })
    await node.log.append([{ tags: ['shoal:swarm'], payload }], { appId: 'com.example.app' as AppId, streamNumber: 1 })
    await node.record.settled()
    expect(node.record.swarmName()).toBe('')
  })

  it('of the wrong stream, malformed or enormous are passed over', async () => {
    const node = await openNode(founder)
    const payloads = [
      null,
      7,
      {},
      { type: 'founded' },
      { type: 'founded', name: 7 },
      { type: 'founded', name: '\u0000 \n' },
      { type: 'founded', name: 'x'.repeat(20_000) },
      { type: 'stations', urls: 'wss://x.example/signal' },
      { type: 'invited', ticket: '%%%', roomKey: 'AAAA' },
      { type: 'admitted', node: founder.id, admission: 'AAAA' },
      { type: 'described', displayName: 'in the wrong stream' },
      { type: 'unheard-of' },
    ]
    const drafts = payloads.map((payload) => ({ tags: ['shoal:swarm'], payload }))
    await node.log.append(drafts, { appId: swarmAppId, streamNumber: 1 })
    await node.record.settled()
    expect(node.record.swarmName()).toBe('')
    expect(node.record.stations()).toEqual([])
    expect(node.record.displayName(founder.id)).toBeUndefined()
    expect(node.record.openInvitations()).toEqual([])
    expect(node.reports).toEqual([])
  })

  it('names keep to one line', async () => {
    const node = await openNode(founder)
    await node.say({ type: 'described', displayName: 'Press\n\u0007 7' })
    expect(node.record.displayName(founder.id)).toBe('Press   7')
  })

  it('are read again after a restart, and heard by others', async () => {
    const node = await openNode(founder)
    await node.say({ type: 'founded', name: 'Plant' })
    await node.say({ type: 'stations', urls: ['wss://a.example/signal', 'http://no'] })
    await node.say({ type: 'described', displayName: 'Press' })
    const a = await newMember(swarm, founder)
    const other = await openNode(a.signer, [founding, a.admission])
    await hear(other, node)
    expect(other.record.swarmName()).toBe('Plant')
    expect(other.record.stations()).toEqual(['wss://a.example/signal'])
    expect(other.record.displayName(founder.id)).toBe('Press')
    const again = createRecord({
      log: other.log,
      members: other.members,
      standings: createStandings(other.members),
      clock: other.clock,
      report: () => {},
    })
    await again.settled()
    expect(again.swarmName()).toBe('Plant')
  })

  it('a change is told, after a look at most every 50 ms', async () => {
    const node = await openNode(founder)
    await node.record.settled()
    let changes = 0
    const stop = node.record.onChange(() => changes++)
    await appendSwarmEvents(node.log, [{ type: 'founded', name: 'A' }])
    await appendSwarmEvents(node.log, [{ type: 'founded', name: 'B' }])
    await node.log.append([{ tags: ['x'], payload: 1 }], { appId: 'com.example' as AppId })
    await settle()
    expect(changes).toBe(0)
    expect(node.clock.waiting).toBe(1)
    node.clock.pass(50)
    await node.record.settled()
    expect([changes, node.record.swarmName()]).toEqual([1, 'B'])
    stop()
    node.record.close()
    await appendSwarmEvents(node.log, [{ type: 'founded', name: 'C' }])
    expect(node.clock.waiting).toBe(0)
  })
})

describe('who may say what', () => {
  it('names and stations are for admins; a member that becomes one has been heard', async () => {
    const a = await newMember(swarm, founder)
    const speaker = await openNode(a.signer, [founding, a.admission])
    await speaker.say({ type: 'founded', name: 'Mine now' }, { type: 'stations', urls: ['wss://evil.example/signal'] })
    const node = await openNode(founder, [founding, a.admission])
    await hear(node, speaker)
    expect([node.record.swarmName(), node.record.stations()]).toEqual(['', []])
    await node.members.learn([await admit(founder, a.signer.id, await makeTicket(swarm, founder, { role: 'admin' }))])
    expect(node.record.swarmName()).toBe('Mine now')
  })

  it('the newest word of any admin counts, whichever arrives last', async () => {
    const b = await newMember(swarm, founder, founder, 'admin')
    const all = [founding, b.admission]
    const [first, second, listener] = [
      await openNode(founder, all),
      await openNode(b.signer, all),
      await openNode((await newMember(swarm, founder)).signer, all),
    ]
    await first.say({ type: 'founded', name: 'One' })
    await hear(second, first)
    await second.say({ type: 'founded', name: 'Two' })
    await hear(listener, second)
    await hear(listener, first)
    expect(listener.record.swarmName()).toBe('Two')
  })

  it('who left says so itself', async () => {
    const a = await newMember(swarm, founder)
    const speaker = await openNode(a.signer, [founding, a.admission])
    await speaker.say({ type: 'left' })
    const node = await openNode(founder, [founding, a.admission])
    await hear(node, speaker)
    expect(node.standings.of(a.signer.id)).toEqual({ type: 'left', at: speaker.clock.now() })
    expect(node.standings.of(founder.id)).toEqual({ type: 'active' })
  })

  it('an admission in an event is learnt, so that a chain of newcomers is known from events alone', async () => {
    const node = await openNode(founder)
    const a = await newMember(swarm, founder)
    const listener = await openNode((await newMember(swarm, founder)).signer)
    await node.say({ type: 'admitted', node: a.signer.id, admission: a.admission })
    await hear(listener, node)
    expect(listener.members.isMember(a.signer.id)).toBe(true)
    expect(listener.record.isAdmitted(a.signer.id)).toBe(true)
  })

  it('an event that names another node than its admission, or a forged admission, says nothing', async () => {
    const node = await openNode(founder)
    const a = await newMember(swarm, founder)
    const stranger = await newSigner()
    const forged = await admit(stranger, stranger.id, await makeTicket(swarm, founder), { admittedBy: founder.id })
    await node.say({ type: 'admitted', node: stranger.id, admission: a.admission })
    await node.say({ type: 'admitted', node: stranger.id, admission: forged })
    expect(node.members.isMember(stranger.id)).toBe(false)
    expect(node.members.isMember(a.signer.id)).toBe(false)
    expect(node.record.isAdmitted(a.signer.id)).toBe(false)
    // admitted in truth later on: the lie does not stand for the word that is still to be said
    await node.members.learn([await admit(founder, stranger.id, await makeTicket(swarm, founder))])
    expect(node.record.isAdmitted(stranger.id)).toBe(false)
  })
})

describe('open invitations', () => {
  const invited = async (node: OpenNode, by: Signer, change = {}) => {
    const made = await makeTicket(swarm, by, { expires: node.clock.now() + hour, ...change })
    const roomKey = joinRoomOf(made.token)
    await node.say({ type: 'invited', ticket: made.ticketBytes, roomKey })
    return { ...made, roomKey }
  }

  it('are those of admins, newest first, until they expire', async () => {
    const node = await openNode(founder)
    const first = await invited(node, founder)
    const second = await invited(node, founder, { expires: node.clock.now() + 2 * hour })
    expect(node.record.openInvitations().map(({ roomKey }) => roomKey)).toEqual([second.roomKey, first.roomKey])
    node.clock.pass(hour / 1000)
    expect(node.record.openInvitations().map(({ ticket }) => ticket)).toEqual([second.ticket])
  })

  it('are closed when used up', async () => {
    const node = await openNode(founder)
    const made = await invited(node, founder, { uses: 2 })
    await node.members.learn([await admit(founder, (await newSigner()).id, made)])
    expect(node.record.openInvitations()).toHaveLength(1)
    await node.members.learn([await admit(founder, (await newSigner()).id, made)])
    expect(node.record.openInvitations()).toEqual([])
  })

  it('of a member that is no admin, thousands of them, do not push those of admins out', async () => {
    const a = await newMember(swarm, founder)
    const flooder = await openNode(a.signer, [founding, a.admission])
    const node = await openNode(founder, [founding, a.admission])
    const made = await invited(node, founder)
    const { ticket, roomKey } = made
    for (let part = 0; part < 3; part++) {
      const tickets = await Promise.all(
        Array.from({ length: 700 }, () => signTicket({ ...ticket, admin: a.signer.id, tokenId: random(32) }, a.signer)),
      )
      const [first, ...rest] = tickets.map((bytes) => ({ type: 'invited', ticket: bytes, roomKey }) as const)
      if (first !== undefined) await flooder.say(first, ...rest)
    }
    await hear(node, flooder)
    expect(node.record.openInvitations().map((open) => open.ticket)).toEqual([made.ticket])
  })

  it('of a member that is no admin, in the name of another, or of another swarm are none', async () => {
    const a = await newMember(swarm, founder)
    const speaker = await openNode(a.signer, [founding, a.admission])
    await invited(speaker, a.signer)
    await invited(speaker, founder)
    const node = await openNode(founder, [founding, a.admission])
    await invited(node, founder, { swarm: (await foundSwarm()).swarm })
    await hear(node, speaker)
    expect(node.record.openInvitations()).toEqual([])
  })

  it('open at most 32 rooms', async () => {
    const node = await openNode(founder)
    for (let count = 0; count < 34; count++) await invited(node, founder)
    expect(node.record.openInvitations()).toHaveLength(32)
  })

  it('the event does not carry the token', async () => {
    const node = await openNode(founder)
    const { token } = await invited(node, founder)
    for await (const batch of node.log.read({ filter: { type: 'all' }, order: 'asc' })) {
      if (batch.type !== 'events') continue
      const text = batch.events.map(({ payload }) => payload).join()
      expect(text).not.toContain(Buffer.from(token).toString('base64').slice(0, 20))
      expect(Buffer.from(text, 'latin1').includes(Buffer.from(token))).toBe(false)
    }
  })
})
