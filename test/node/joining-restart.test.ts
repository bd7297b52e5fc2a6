/** A device dies while it joins: wherever that is, it is a member in the end, once. */
import { describe, expect, it } from 'vitest'
import { createMemoryDisk, createMemoryRack, openMemoryShelf } from '../../src/store/memory.ts'
import { until } from '../swarm/member-node.ts'
import { world, live, openCurrent } from './joining-world.ts'

describe('a restart', () => {
  it.each(['searching', 'linking', 'proving', 'committing', 'replicating'] as const)(
    'while it is %s: it goes on and is a member in the end, once',
    async (step) => {
      const here = await world()
      const rack = createMemoryRack()
      const life = await live(here, rack)
      await life.joining.start(here.invitation)
      here.welcome()
      await until(here.clock, () => life.steps.some((one) => one?.step === step))
      life.die()
      let turns = 0
      await until(here.clock, () => turns++ > 20)
      const next = await live(here, rack)
      const isDone = async (): Promise<boolean> => (await openMemoryShelf(rack).current()) !== 'shoal'
      let done = await isDone()
      await until(
        here.clock,
        () => {
          void isDone().then((so) => (done = so))
          return done
        },
        3,
      )
      expect(next.steps.every((one) => one?.failed === false)).toBe(true)
      const { membership, signer } = await openCurrent(rack, here.clock)
      expect(membership.swarm).toBe(here.swarm)
      await here.member.record.settled()
      await until(here.clock, () => here.member.members.isMember(signer.id))
      expect(here.member.members.usesOf(here.made.ticket.tokenId)).toBe(1)
    },
  )

  const deaths = (['die-before', 'die-after'] as const).flatMap((fate) =>
    Array.from({ length: 8 }, (_, at) => [fate, at] as const),
  )

  it.each(deaths)('%s write %i of the join, to the shelf or to the new log', async (fate, at) => {
    const here = await world()
    here.welcome()
    let writes = 0
    let isMortal = true
    const decide = () => (writes++ === at && isMortal ? fate : 'commit')
    const makeDisk = () => Object.assign(createMemoryDisk(), { fate: decide })
    const rack = createMemoryRack(undefined, makeDisk)
    const life = await live(here, rack)
    rack.fate = decide
    void life.joining.start(here.invitation).catch(() => undefined)
    let turns = 0
    await until(
      here.clock,
      () => {
        turns = writes > at ? turns + 1 : turns
        return life.moved > 0 || turns > 20
      },
      2,
    )
    expect([writes > at, life.moved]).toEqual([true, 0])
    life.die()
    isMortal = false

    const next = await live(here, rack)
    const isOnOld = async (): Promise<boolean> => (await next.shelf.current()) === 'shoal'
    // where not even the wish was written down, it is to be said again
    if ((await isOnOld()) && next.moved === 0 && next.last === undefined) await next.joining.start(here.invitation)
    if (await isOnOld()) await until(here.clock, () => next.moved > 0, 3)
    next.die()
    const last = await live(here, rack)
    const { membership, name, signer } = await openCurrent(rack, here.clock)
    expect(membership.swarm).toBe(here.swarm)
    expect(await last.shelf.names()).toEqual([name])
    expect(rack.notes.get('joining')).toBeUndefined()
    expect(here.member.members.isMember(signer.id)).toBe(true)
    expect(here.member.members.usesOf(here.made.ticket.tokenId)).toBe(1)
  })
})
