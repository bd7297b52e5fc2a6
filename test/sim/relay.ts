/** The signalling station of a simulated world: its real rooms, reached over the simulated network. */
import type { Occupant } from '../../src/station/signalling-rooms.ts'
import { createSignallingRooms } from '../../src/station/signalling-rooms.ts'
import type { OpenRelaySocket } from '../../src/transport/contract.ts'
import { beatEvery, isNoteBody, isPresenceId, isRoomName, parseWord } from '../../src/transport/signalling-contract.ts'
import type { SimulatedNetwork } from './network.ts'
import type { Random } from './random.ts'
import type { SimulatedTime } from './time.ts'

export interface Relay {
  openSocket(place: string): OpenRelaySocket
  /** What becomes of notes on their way, as a share of them. A node may not rely on any of them. */
  readonly faults: { lost: number; doubled: number; overtaken: number }
  /** False: the station is gone, and with it every connection to it. */
  setUp(isUp: boolean): void
}

/** Where the station stands in the network: with those of group 0. */
const stationName = 'station'

export const createRelay = (time: SimulatedTime, random: Random, network: SimulatedNetwork): Relay => {
  const rooms = createSignallingRooms(undefined, (length) => Uint8Array.from({ length }, () => random.between(0, 255)))
  const open = new Set<() => void>()
  const faults = { lost: 0, doubled: 0, overtaken: 0 }
  let isUp = true
  const delay = (): number => random.between(1, 10)

  const openSocket =
    (place: string): OpenRelaySocket =>
    (_url, listener) => {
      let isOver = false
      /** In order, as over TCP. */
      let lastUp = 0
      let lastDown = 0
      const reached = (): boolean => isUp && network.reaches(place, stationName)
      const leave = (): void => {
        isOver = true
        rooms.leaveAll(occupant)
        open.delete(cut)
      }
      const cut = (): void => {
        if (isOver) return
        leave()
        listener.onClose({ code: 'ERR_CHANNEL_CLOSED', message: 'The station closed the connection.' })
      }
      const say = (text: string): void => {
        lastDown = Math.max(lastDown, time.now() + delay())
        time.after(lastDown - time.now(), () => {
          if (isOver) return
          if (reached()) listener.onText(text)
          else cut()
        })
      }
      const beat = (): void => {
        if (isOver) return
        say(JSON.stringify({ type: 'beat' }))
        time.after(beatEvery, beat)
      }
      const occupant: Occupant = { say: (word) => say(JSON.stringify(word)) }
      /** A note goes on at once, later, more than once, or not at all. */
      const carry = (room: string, to: string, body: string): void => {
        if (random.chance(faults.lost)) return
        const copies = random.chance(faults.doubled) ? 2 : 1
        for (let copy = 0; copy < copies; copy++) {
          if (random.chance(faults.overtaken))
            time.after(random.between(20, 3000), () => {
              if (!isOver && isUp) rooms.note(occupant, room, to, body)
            })
          else rooms.note(occupant, room, to, body)
        }
      }
      const obey = (text: string): void => {
        const word = parseWord(text)
        const room = word?.['room']
        if (word?.['type'] === 'hello') return say(JSON.stringify({ type: 'hello', v: word['v'] }))
        if (word?.['type'] === 'ask') return say(JSON.stringify({ type: 'beat' }))
        if (!isRoomName(room)) return
        if (word?.['type'] === 'enter') {
          const refused = rooms.enter(occupant, room)
          if (refused !== undefined) say(JSON.stringify({ type: 'refused', room, ...refused }))
        } else if (word?.['type'] === 'leave') rooms.leave(occupant, room)
        else if (word?.['type'] === 'note' && isPresenceId(word['to']) && isNoteBody(word['body']))
          carry(room, word['to'], word['body'])
      }
      time.after(delay(), () => {
        if (isOver) return
        if (!reached()) return cut()
        open.add(cut)
        listener.onOpen()
        beat()
      })
      return {
        send: (text) => {
          lastUp = Math.max(lastUp, time.now() + delay())
          time.after(lastUp - time.now(), () => {
            if (isOver) return
            if (reached()) obey(text)
            else cut()
          })
        },
        close: leave,
      }
    }
  return {
    openSocket,
    faults,
    setUp: (up) => {
      isUp = up
      if (!up) for (const cut of [...open]) cut()
    },
  }
}
