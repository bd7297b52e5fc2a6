/** Signalling stations in memory, on the clock of a test: the relay's own rooms behind sockets that are function calls. */
import type { Clock } from '../../src/core/clock.ts'
import { createSignallingRooms } from '../../src/station/signalling-rooms.ts'
import type { Occupant } from '../../src/station/signalling-rooms.ts'
import type { OpenRelaySocket, RelaySocketListener } from '../../src/transport/contract.ts'
import type { NodeWord } from '../../src/transport/signalling-contract.ts'
import { isNoteBody, isPresenceId, isRoomName, parseWord } from '../../src/transport/signalling-contract.ts'

export interface MemoryStations {
  readonly openSocket: OpenRelaySocket
  /** Closes what is open there and refuses what comes. */
  stop(url: string): void
  start(url: string): void
  /** Words that nodes have said, of all stations. */
  readonly words: readonly NodeWord[]
}

export const createMemoryStations = (clock: Clock): MemoryStations => {
  const stations = new Map<string, ReturnType<typeof createSignallingRooms>>()
  const open = new Map<Occupant, { readonly url: string; readonly listener: RelaySocketListener }>()
  const words: NodeWord[] = []
  const down = new Set<string>()

  const obey = (occupant: Occupant, url: string, text: string): void => {
    const word = parseWord(text) as NodeWord | undefined
    const rooms = stations.get(url) ?? createSignallingRooms()
    stations.set(url, rooms)
    if (word === undefined || !open.has(occupant)) return
    words.push(word)
    if (word.type === 'hello') occupant.say({ type: 'hello', v: 1 })
    else if (word.type === 'ask') occupant.say({ type: 'beat' })
    else if (word.type === 'enter' && isRoomName(word.room)) rooms.enter(occupant, word.room)
    else if (word.type === 'leave') rooms.leave(occupant, word.room)
    else if (word.type === 'note' && isPresenceId(word.to) && isNoteBody(word.body))
      rooms.note(occupant, word.room, word.to, word.body)
  }

  const beat = (): void => {
    for (const occupant of open.keys()) occupant.say({ type: 'beat' })
    clock.after(20_000, beat)
  }
  clock.after(20_000, beat)

  return {
    words,
    openSocket: (url, listener) => {
      const occupant: Occupant = {
        say: (word) =>
          clock.after(1, () => {
            if (open.has(occupant)) listener.onText(JSON.stringify(word))
          }),
      }
      const end = (): void => {
        open.delete(occupant)
        stations.get(url)?.leaveAll(occupant)
      }
      clock.after(1, () => {
        if (down.has(url)) return listener.onClose({ code: 'ERR_CHANNEL_FAILED', message: 'No station there.' })
        open.set(occupant, { url, listener })
        listener.onOpen()
      })
      return { send: (text) => clock.after(1, () => obey(occupant, url, text)), close: end }
    },
    stop: (url) => {
      down.add(url)
      for (const [occupant, { url: at, listener }] of [...open]) {
        if (at !== url) continue
        open.delete(occupant)
        stations.get(url)?.leaveAll(occupant)
        listener.onClose({ code: 'ERR_CHANNEL_FAILED', message: 'The station has gone.' })
      }
    },
    start: (url) => down.delete(url),
  }
}
