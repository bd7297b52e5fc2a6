/** What joins are tested in: a real member, a real shelf, rooms over a station in this process. */

import type { Joining } from '../../src/node/contract.ts'
import type { NodeJoining } from '../../src/node/joining.ts'
import { createJoining } from '../../src/node/joining.ts'
import { openIdentity } from '../../src/node/identity.ts'
import { openLog } from '../../src/log/log.ts'
import { createMeeting } from '../../src/replication/meeting.ts'
import { createSignallingRooms } from '../../src/station/signalling-rooms.ts'
import type { MemoryRack } from '../../src/store/memory.ts'
import { openMemoryShelf } from '../../src/store/memory.ts'
import type { Invitation } from '../../src/swarm/contract.ts'
import { loadMembership } from '../../src/swarm/membership.ts'
import { joinRoomOf } from '../../src/swarm/ticket.ts'
import type { OpenRelaySocket, Rooms } from '../../src/transport/contract.ts'
import { createMemoryAir } from '../../src/transport/memory-radio.ts'
import { parseWord } from '../../src/transport/signalling-contract.ts'
import { createRooms } from '../../src/transport/signalling.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock } from '../api/manual-clock.ts'
import { start } from '../log/fixture.ts'
import { foundSwarm, makeTicket } from '../swarm/fixture.ts'
import type { OpenMember } from '../swarm/member-node.ts'
import { openMember, random, stations } from '../swarm/member-node.ts'

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

export const world = async () => {
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
export type World = Awaited<ReturnType<typeof world>>

/** One life of the device's node, as far as joining goes. */
export const live = async ({ clock, air, newRooms }: World, rack: MemoryRack, name = 'newcomer') => {
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
export const openCurrent = async (rack: MemoryRack, clock: ManualClock) => {
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
export const soon = (promise: Promise<string>) => {
  let value = ''
  promise.then(
    (made) => (value = made),
    (error: unknown) => (value = String(error)),
  )
  return { isThere: () => value !== '', value: () => value }
}
