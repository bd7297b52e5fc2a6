/** A device joins: real shelf, rooms, links and a real member; cut at every step of the way. */
import { describe, expect, it } from 'vitest'
import type { AppId } from '../../src/core/event.ts'
import type { Joining } from '../../src/node/contract.ts'
import type { NodeJoining } from '../../src/node/joining.ts'
import { createJoining } from '../../src/node/joining.ts'
import { openIdentity } from '../../src/node/identity.ts'
import { openLog } from '../../src/log/log.ts'
import type { Link } from '../../src/replication/contract.ts'
import { createHandLinks } from '../../src/replication/hand-link.ts'
import { createLink } from '../../src/replication/link.ts'
import { createMeeting } from '../../src/replication/meeting.ts'
import { createSignallingRooms } from '../../src/station/signalling-rooms.ts'
import type { MemoryRack } from '../../src/store/memory.ts'
import { createMemoryDisk, createMemoryRack, openMemoryShelf } from '../../src/store/memory.ts'
import { followPath } from '../../src/swarm/admission.ts'
import type { Invitation } from '../../src/swarm/contract.ts'
import { loadMembership } from '../../src/swarm/membership.ts'
import { appendSwarmEvents } from '../../src/swarm/swarm-event.ts'
import { joinRoomOf } from '../../src/swarm/ticket.ts'
import type { Channel, OpenRelaySocket, Rooms } from '../../src/transport/contract.ts'
import { createMemoryAir } from '../../src/transport/memory-radio.ts'
import { parseWord } from '../../src/transport/signalling-contract.ts'
import { createRooms } from '../../src/transport/signalling.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock } from '../api/manual-clock.ts'
import { start } from '../log/fixture.ts'
import { foundSwarm, makeTicket } from '../swarm/fixture.ts'
import type { OpenMember } from '../swarm/member-node.ts'
import { openMember, random, stations, until } from '../swarm/member-node.ts'

/** A station's real rooms, reached in this process. */
const createRelay = (clock: ManualClock): OpenRelaySocket => {
  const rooms = createSignallingRooms(undefined, random)
  return (_url, listener) => {
    const occupant = { say: (word: unknown) => void clock.after(1, () => listener.onText(JSON.stringify(word))) }
    const obey = (text: string): void => {
      const word = parseWord(text) ?? {}
      const room = String(word['room'])
      if (word['type'] === 'hello') occupant.say({ type: 'hello', v: word['v'] })
      if (word['type'] === 'beat') occupant.say({ type: 'beat' })
      if (word['type'] === 'enter') rooms.enter(occupant, room)
      if (word['type'] === 'leave') rooms.leave(occupant, room)
      if (word['type'] === 'note') rooms.note(occupant, room, String(word['to']), String(word['body']))
    }
    clock.after(1, () => listener.onOpen())
    return {
      send: (text) => void clock.after(1, () => obey(text)),
      close: () => rooms.leaveAll(occupant),
    }
  }
}

const world = async () => {
  const clock = createManualClock(start)
  const air = createMemoryAir({ clock })
  const openSocket = createRelay(clock)
  const { founder, swarm, founding } = await foundSwarm()
  const member: OpenMember = await openMember(swarm, founder, [founding], { clock })
  const made = await makeTicket(swarm, founder, { expires: start + 10 * 86_400_000_000 })
  const invitation: Invitation = { ...made, swarmName: 'Plant', stations }
  const newRooms = (): Rooms => createRooms({ openSocket, clock, random, report: () => undefined })
  /** The member waits in the room of the invitation, and where members meet. */
  const welcome = () => {
    const rooms = newRooms()
    rooms.setStations(stations)
    const meeting = createMeeting({
      rooms,
      roomKey: joinRoomOf(made.token),
      self: { node: founder.id },
      radio: air.radio('member'),
      clock,
      random,
      report: () => undefined,
      onChannel: (channel) => void member.takeChannel(channel),
    })
    return () => {
      meeting.close()
      rooms.close()
    }
  }
  return { clock, air, member, made, invitation, newRooms, welcome, swarm, founder }
}
type World = Awaited<ReturnType<typeof world>>

/** One life of the device's node, as far as joining goes. */
const live = async ({ clock, air, newRooms }: World, rack: MemoryRack, name = 'newcomer') => {
  const shelf = openMemoryShelf(rack)
  const rooms = newRooms()
  const radio = air.radio(name)
  const life = {
    shelf,
    radio,
    rooms,
    steps: [] as (Joining | undefined)[],
    reports: [] as string[],
    moved: 0,
    joining: undefined as unknown as NodeJoining,
    get last(): Joining | undefined {
      return life.steps.at(-1)
    },
    die: () => {
      life.joining.close()
      rooms.close()
    },
  }
  life.joining = createJoining({
    shelf,
    rooms,
    radio,
    clock,
    random,
    build: 'test',
    report: (code) => void life.reports.push(code),
    displayName: () => 'Tablet',
    carriedOver: () => [],
    onStep: (step) => {
      life.steps.push(step)
      rooms.setStations(life.joining.stations())
    },
    onJoined: () => void life.moved++,
  })
  await life.joining.resume()
  return life
}

/** The current log as the next node finds it. */
const openCurrent = async (rack: MemoryRack, clock: ManualClock) => {
  const shelf = openMemoryShelf(rack)
  const name = await shelf.current()
  const { signer, boxKey, vault } = await openIdentity(() => shelf.openVault(name))
  const store = await shelf.openStore(name)
  const report = (): void => undefined
  const membership = await loadMembership({ store, vault, node: signer.id, boxKey, random, report })
  const log = await openLog({
    store,
    signer,
    swarm: membership.swarm,
    topic: 'default-topic',
    clock,
    isMember: () => true,
    report,
  })
  return { name, signer, membership, log }
}

/** A value that time has to pass for. */
const soon = (promise: Promise<string>) => {
  let value = ''
  promise.then(
    (made) => (value = made),
    (error: unknown) => (value = String(error)),
  )
  return { isThere: () => value !== '', value: () => value }
}

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
