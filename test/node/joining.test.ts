/** A device joins: real shelf, rooms, links and a real member; cut at every step of the way. */
import { describe, expect, it } from 'vitest'
import type { AppId } from '../../src/core/event.ts'
import type { Link } from '../../src/replication/contract.ts'
import { createHandLinks } from '../../src/replication/hand-link.ts'
import { createLink } from '../../src/replication/link.ts'
import { createMemoryRack } from '../../src/store/memory.ts'
import { followPath } from '../../src/swarm/admission.ts'
import { appendSwarmEvents } from '../../src/swarm/swarm-event.ts'
import type { Channel } from '../../src/transport/contract.ts'
import { start } from '../log/fixture.ts'
import { makeTicket } from '../swarm/fixture.ts'
import { random, stations, until } from '../swarm/member-node.ts'
import { world, live, openCurrent, soon } from './joining-world.ts'

describe('joining', () => {
  it('from the invitation to the log of the new swarm, with an identity of its own', async () => {
    const here = await world()
    const rack = createMemoryRack()
    const before = await openCurrent(rack, here.clock)
    here.welcome()
    const life = await live(here, rack)
    await life.joining.start(here.invitation)
    expect(life.joining.stations()).toEqual(stations)
    await until(here.clock, () => life.moved > 0)
    const steps = life.steps.map((step) => step?.step)
    expect([...new Set(steps)]).toEqual(['searching', 'linking', 'proving', 'committing', 'replicating'])
    expect(life.last).toMatchObject({ swarmName: 'Plant', failed: false })
    const after = await openCurrent(rack, here.clock)
    expect(after.name).not.toBe(before.name)
    expect(after.signer.id).not.toBe(before.signer.id)
    expect(after.membership).toMatchObject({ swarm: here.swarm, role: 'member', keyEpoch: 2 })
    expect(here.member.members.isMember(after.signer.id)).toBe(true)
    // RULES 21: what it writes comes after the event that tells of it
    const [first] = await after.log.append([{ tags: ['x'], payload: 1 }], { appId: 'com.example' as AppId })
    expect(first?.lamport).toBe(2)
  })

  it('the channel it joined over is kept for the node that lives on the new log, and the other end speaks on', async () => {
    const here = await world()
    const rack = createMemoryRack()
    here.welcome()
    const life = await live(here, rack)
    await life.joining.start(here.invitation)
    await until(here.clock, () => life.moved > 0)
    const kept: Channel[] = []
    life.radio.onAdopt((channel) => kept.push(channel))
    expect(kept).toHaveLength(1)
    const open = here.air.pairs().filter(({ names }) => names.includes('newcomer'))
    expect(open).toHaveLength(1)

    const { signer, membership } = await openCurrent(rack, here.clock)
    let proven: Link | undefined
    createLink({
      channel: kept[0] as Channel,
      isOutgoing: kept[0]?.isInitiator === true,
      isAdopted: true,
      purpose: 'member',
      self: { signer, swarm: here.swarm, path: () => membership.path },
      members: { judge: (path, node) => followPath(path, here.swarm, node) },
      clock: here.clock,
      random,
      build: 'test',
      report: () => undefined,
      onProven: (link) => {
        proven = link
        return { onFrame: () => {}, onDrain: () => {}, onHeartbeat: () => {}, onClose: () => {} }
      },
      onFailed: ({ message }) => expect.fail(message),
    })
    await until(here.clock, () => proven !== undefined)
    expect(proven).toMatchObject({ node: here.founder.id, isMember: true, isOutgoing: true })
  })

  it('a log that held nothing is gone afterwards, with its keys; one that did is kept', async () => {
    for (const wrote of [false, true]) {
      const here = await world()
      const rack = createMemoryRack()
      const old = await openCurrent(rack, here.clock)
      await appendSwarmEvents(old.log, [{ type: 'described', displayName: 'What it is called' }])
      if (wrote) await old.log.append([{ tags: ['x'], payload: 1 }], { appId: 'com.example' as AppId })
      here.welcome()
      const life = await live(here, rack)
      await life.joining.start(here.invitation)
      await until(here.clock, () => life.moved > 0)
      life.die()
      expect(await life.shelf.names()).toEqual(['shoal', 'shoal-2'])
      const next = await live(here, rack)
      expect(await next.shelf.names()).toEqual(wrote ? ['shoal', 'shoal-2'] : ['shoal-2'])
      expect(rack.notes.get('joining')).toBeUndefined()
      expect([next.moved, next.steps]).toEqual([0, []])
      expect((await openCurrent(rack, here.clock)).membership.swarm).toBe(here.swarm)
    }
  })

  it('nobody answers: after 15 s a sentence says what to do; it goes on when somebody comes', async () => {
    const here = await world()
    const life = await live(here, createMemoryRack())
    await life.joining.start(here.invitation)
    await until(here.clock, () => here.clock.monotonic() > 14_000, 20)
    expect(life.last).toMatchObject({ step: 'searching', failed: false })
    expect(life.last?.problem).toBeUndefined()
    await until(here.clock, () => here.clock.monotonic() > 17_000, 20)
    expect(life.last?.problem).toMatchObject({ code: 'ERR_NOBODY' })
    here.welcome()
    await until(here.clock, () => life.moved > 0, 5)
    expect(life.last?.problem).toBeUndefined()
  })

  it('no tab on the screen: said so, and begun when there is one', async () => {
    const here = await world()
    here.welcome()
    const life = await live(here, createMemoryRack())
    life.radio.setReady(false)
    await life.joining.start(here.invitation)
    await until(here.clock, () => here.clock.monotonic() > 17_000, 20)
    expect(life.last?.problem?.code).toBe('ERR_NO_RADIO')
    life.radio.setReady(true)
    await until(here.clock, () => life.moved > 0, 5)
  })

  it('by hand, where the invitation names no station', async () => {
    const here = await world()
    const life = await live(here, createMemoryRack())
    await life.joining.start({ ...here.invitation, stations: [] })
    await until(here.clock, () => here.clock.monotonic() > 17_000, 20)
    expect(life.last?.problem?.code).toBe('ERR_NO_WAY')
    const other = createHandLinks({
      radio: here.air.radio('member'),
      clock: here.clock,
      onChannel: (channel) => void here.member.takeChannel(channel),
    })
    const offer = soon(life.joining.hand.code())
    await until(here.clock, offer.isThere)
    const answer = soon(other.code(offer.value()))
    await until(here.clock, answer.isThere)
    expect(await life.joining.hand.code(answer.value())).toBe('')
    await until(here.clock, () => life.moved > 0)
  })

  it('refused for good: failed, with the code; nothing of it stays on the shelf', async () => {
    const here = await world()
    const rack = createMemoryRack()
    here.welcome()
    const life = await live(here, rack)
    const forged = await makeTicket(here.swarm, here.founder, { expires: start })
    await life.joining.start({ ...here.invitation, ticket: forged.ticket, ticketBytes: forged.ticketBytes })
    await until(here.clock, () => life.last?.failed === true)
    expect(life.last?.problem?.code).toBe('ERR_INVITATION')
    expect(await life.shelf.names()).toEqual(['shoal'])
    expect(rack.notes.get('joining')).toBeUndefined()
    expect(life.moved).toBe(0)
    await life.joining.cancel()
    expect(life.last).toBeUndefined()
  })

  it('cancelled: the new log goes; the same invitation can be used again', async () => {
    const here = await world()
    const life = await live(here, createMemoryRack())
    await life.joining.start(here.invitation)
    await life.joining.cancel()
    expect(life.last).toBeUndefined()
    expect(await life.shelf.names()).toEqual(['shoal'])
    here.welcome()
    await life.joining.start(here.invitation)
    await until(here.clock, () => life.moved > 0)
  })

  it('begun twice by one invitation it is one join; by another, the other', async () => {
    const here = await world()
    const life = await live(here, createMemoryRack())
    await Promise.all([life.joining.start(here.invitation), life.joining.start(here.invitation)])
    expect(await life.shelf.names()).toHaveLength(2)
    const made = await makeTicket(here.swarm, here.founder)
    await life.joining.start({ ...made, swarmName: 'Other', stations })
    expect(life.last?.swarmName).toBe('Other')
    expect(await life.shelf.names()).toHaveLength(2)
  })

  it('somebody who opens all logs of the device in the middle of it does not get in its way', async () => {
    const here = await world()
    here.welcome()
    const rack = createMemoryRack()
    const life = await live(here, rack)
    await life.joining.start(here.invitation)
    const seen = new Set<string>()
    await until(here.clock, () => {
      const step = life.last?.step
      if (step !== undefined && !seen.has(step)) {
        seen.add(step)
        for (const name of rack.disks.keys()) if (name !== 'shoal') void life.shelf.openStore(name)
      }
      return life.moved > 0
    })
    expect(seen.size).toBeGreaterThan(2)
    expect((await openCurrent(rack, here.clock)).membership.swarm).toBe(here.swarm)
  })

  it('a note that cannot be read keeps no node from opening', async () => {
    const here = await world()
    const rack = createMemoryRack()
    rack.notes.set('joining', Uint8Array.of(1, 2, 3))
    const life = await live(here, rack)
    expect([life.steps, life.reports]).toEqual([[], []])
  })
})
