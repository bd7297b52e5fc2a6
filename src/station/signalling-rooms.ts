/** Who is in which room of the station: opaque names, random ids, nothing kept and nothing logged. */
import { randomBytes } from 'node:crypto'
import { cryptBase64 } from '../core/node-id.ts'
import type { RefusalCode, StationWord } from '../transport/signalling-contract.ts'
import { membersPerRoomMax, presenceIdBytes, roomsPerConnectionMax } from '../transport/signalling-contract.ts'

export interface RoomLimits {
  readonly rooms: number
  readonly roomsPerConnection: number
  readonly membersPerRoom: number
}

/** Rooms in all: a swarm has one and one for each open invitation, a station serves a plant. */
export const roomLimits: RoomLimits = {
  rooms: 20_000,
  roomsPerConnection: roomsPerConnectionMax,
  membersPerRoom: membersPerRoomMax,
}

/** One connection, as the rooms see it. */
export interface Occupant {
  say(word: StationWord): void
}

export interface SignallingRooms {
  readonly count: number
  /** Says `entered` to who comes and `present` to the others, or answers why not. Entering twice is entering anew. */
  enter(occupant: Occupant, room: string): { readonly code: RefusalCode; readonly message: string } | undefined
  leave(occupant: Occupant, room: string): void
  note(occupant: Occupant, room: string, to: string, body: string): void
  /** The connection has ended. */
  leaveAll(occupant: Occupant): void
}

export const createSignallingRooms = (
  limits: RoomLimits = roomLimits,
  random: (length: number) => Uint8Array = randomBytes,
): SignallingRooms => {
  const rooms = new Map<string, Map<string, Occupant>>()
  const stays = new Map<Occupant, Map<string, string>>()

  const leave = (occupant: Occupant, room: string): void => {
    const own = stays.get(occupant)
    const id = own?.get(room)
    const members = rooms.get(room)
    if (own === undefined || id === undefined || members === undefined) return
    own.delete(room)
    if (own.size === 0) stays.delete(occupant)
    members.delete(id)
    if (members.size === 0) rooms.delete(room)
    // a copy: saying something to one that reads too slowly cuts it, which changes the room
    for (const other of [...members.values()]) other.say({ type: 'gone', room, id })
  }

  return {
    get count() {
      return rooms.size
    },
    enter: (occupant, room) => {
      leave(occupant, room)
      const members = rooms.get(room)
      if ((stays.get(occupant)?.size ?? 0) >= limits.roomsPerConnection)
        return {
          code: 'ERR_SIGNAL_ROOMS',
          message: `One connection may be in ${limits.roomsPerConnection} rooms. Leave one first.`,
        }
      if (members === undefined && rooms.size >= limits.rooms)
        return {
          code: 'ERR_SIGNAL_ROOM_FULL',
          message: 'This station holds as many rooms as it can. Try again later or use another station.',
        }
      if (members !== undefined && members.size >= limits.membersPerRoom)
        return {
          code: 'ERR_SIGNAL_ROOM_FULL',
          message: `There are ${members.size} in this room, and no room for more. Try again later or use another station.`,
        }
      const id = cryptBase64(random(presenceIdBytes))
      const others = members === undefined ? [] : [...members]
      if (members === undefined) rooms.set(room, new Map([[id, occupant]]))
      else members.set(id, occupant)
      const own = stays.get(occupant)
      if (own === undefined) stays.set(occupant, new Map([[room, id]]))
      else own.set(room, id)
      occupant.say({ type: 'entered', room, you: id, present: others.map(([other]) => other) })
      for (const [, other] of others) other.say({ type: 'present', room, id })
      return undefined
    },
    leave,
    note: (occupant, room, to, body) => {
      const from = stays.get(occupant)?.get(room)
      if (from === undefined) return
      rooms.get(room)?.get(to)?.say({ type: 'note', room, from, body })
    },
    leaveAll: (occupant) => {
      for (const room of [...(stays.get(occupant)?.keys() ?? [])]) leave(occupant, room)
    },
  }
}
