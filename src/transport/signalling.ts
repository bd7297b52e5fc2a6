/**
 * Sealed rooms at every configured station at once. A room's name and the key that seals its notes are both derived from the 32-byte room
 * key, so a station knows a name and sees sealed bytes. A note is bound to the room, its sender and its receiver, and opened once.
 */
import { concatBytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { ShoalError, errorMessage } from '../core/errors.ts'
import { signalBytesMax } from '../core/limits.ts'
import { bytesOfCryptBase64, cryptBase64 } from '../core/node-id.ts'
import { printable } from '../core/printable.ts'
import type { Random } from '../core/random.ts'
import type { SecretBox } from '../crypto/secret-box.ts'
import { createSecretBox, deriveSecret, nonceBytes } from '../crypto/secret-box.ts'
import type { OpenRelaySocket, Room, RoomListener, Rooms, StationState } from './contract.ts'
import { isNoteBody, isPresenceId, membersPerRoomMax } from './signalling-contract.ts'
import type { Line } from './signalling-line.ts'
import { createLine } from './signalling-line.ts'

/** Notes waiting to be opened or sealed, of one room; a station that pours out forged ones loses them. */
const waitingMax = 256
/** Nonces of opened notes that are remembered, so that none is opened twice. */
const openedMax = 2048
/** A station without room for us is asked again after this. Milliseconds. */
const enterAgainAfter = 30_000
/** Stations of one node. */
const stationsMax = 16

/** Our stay in a room at one station. */
interface Stay {
  readonly you: string
  readonly others: Set<string>
}

interface Entry {
  readonly name: string
  readonly nameBytes: Uint8Array
  readonly box: SecretBox
  readonly listener: RoomListener
  readonly stays: Map<Post, Stay>
  /** Stations that will be asked again. */
  readonly refused: Set<Post>
  readonly opened: Set<string>
  /** Notes are opened, and sealed, one after the other: their order is kept. */
  inbox: Promise<void>
  outbox: Promise<void>
  waiting: number
  left: boolean
}

/** One station with its line, at `url`. `ordinal` goes before the ids it gives, which mean nothing elsewhere. */
interface Post {
  readonly ordinal: number
  readonly url: string
  readonly line: Line
}

export interface RoomsOptions {
  readonly openSocket: OpenRelaySocket
  readonly clock: Clock
  readonly random: Random
  /** For the node's diary. */
  readonly report: (code: string, message: string) => void
}

const encoder = new TextEncoder()

/** What a note is bound to; both ids were given by the same station for this stay. */
const noteAbout = (entry: Entry, from: string, to: string): Uint8Array =>
  concatBytes(entry.nameBytes, encoder.encode(`${from}>${to}`))

/** The name that a station sees of a room. */
export const roomNameOf = (roomKey: Uint8Array): string => cryptBase64(deriveSecret('shoal.room.name.1', roomKey))

const isStationUrl = (url: string): boolean => {
  try {
    return /^wss?:$/.test(new URL(url).protocol)
  } catch {
    return false
  }
}

export const createRooms = ({ openSocket, clock, random, report }: RoomsOptions): Rooms => {
  const entries = new Map<string, Entry>()
  const posts = new Map<string, Post>()
  /** URLs that are none, and what is told of them. */
  let unusable: readonly StationState[] = []
  const listeners = new Set<() => void>()
  let ordinals = 0
  const told = (): void => {
    for (const listener of [...listeners]) listener()
  }

  const endStay = (entry: Entry, post: Post): void => {
    const stay = entry.stays.get(post)
    entry.stays.delete(post)
    for (const id of stay?.others ?? []) entry.listener.onGone(`${post.ordinal}:${id}`)
  }

  const present = (entry: Entry, post: Post, stay: Stay, id: unknown): void => {
    if (!isPresenceId(id) || id === stay.you || stay.others.has(id) || stay.others.size >= membersPerRoomMax) return
    stay.others.add(id)
    entry.listener.onPresent(`${post.ordinal}:${id}`)
  }

  const openNote = async (entry: Entry, post: Post, stay: Stay, from: string, body: string): Promise<void> => {
    const sealed = bytesOfCryptBase64(body)
    if (sealed === undefined) return
    const note = await entry.box.open(sealed, noteAbout(entry, from, stay.you))
    if (note === undefined)
      return report(
        'ERR_NOTE',
        `${post.url}: a note was not sealed by anybody of its room. Somebody there does not belong to the room, or the station changes what it carries.`,
      )
    if (note.length > signalBytesMax) return
    const nonce = cryptBase64(sealed.subarray(0, nonceBytes))
    if (entry.left || entry.stays.get(post) !== stay || entry.opened.has(nonce)) return
    entry.opened.add(nonce)
    for (const oldest of entry.opened) {
      if (entry.opened.size <= openedMax) break
      entry.opened.delete(oldest)
    }
    // whoever can seal a note is there, even when the station has not said so
    present(entry, post, stay, from)
    entry.listener.onNote(`${post.ordinal}:${from}`, note)
  }

  const onWord = (post: Post, word: Readonly<Record<string, unknown>>): void => {
    const entry = typeof word['room'] === 'string' ? entries.get(word['room']) : undefined
    if (entry === undefined) return
    if (word['type'] === 'entered') {
      if (!isPresenceId(word['you']) || !Array.isArray(word['present'])) return
      endStay(entry, post)
      const entered: Stay = { you: word['you'], others: new Set() }
      entry.stays.set(post, entered)
      for (const id of word['present'].slice(0, membersPerRoomMax)) present(entry, post, entered, id)
      return
    }
    if (word['type'] === 'refused') {
      const message = typeof word['message'] === 'string' ? printable(word['message'].slice(0, 300)) : ''
      post.line.complain(`The station refuses: ${message}`)
      if (entry.refused.has(post)) return
      entry.refused.add(post)
      clock.after(enterAgainAfter, () => {
        entry.refused.delete(post)
        if (!entry.left && !entry.stays.has(post)) post.line.say({ type: 'enter', room: entry.name })
      })
      return
    }
    const stay = entry.stays.get(post)
    if (stay === undefined) return
    const { type, id, from, body } = word
    if (type === 'present') present(entry, post, stay, id)
    else if (type === 'gone' && isPresenceId(id) && stay.others.delete(id))
      entry.listener.onGone(`${post.ordinal}:${id}`)
    else if (type === 'note' && isPresenceId(from) && isNoteBody(body) && entry.waiting < waitingMax) {
      entry.waiting += 1
      entry.inbox = entry.inbox
        .then(() => openNote(entry, post, stay, from, body))
        .catch((error: unknown) => report('ERR_INTERNAL', `A note could not be taken: ${errorMessage(error)}`))
        .finally(() => (entry.waiting -= 1))
    }
  }

  const addPost = (url: string): void => {
    let lastProblem: string | undefined
    const post: Post = {
      ordinal: ++ordinals,
      url,
      line: createLine({
        url,
        openSocket,
        clock,
        random,
        listener: {
          onConnected: () => {
            for (const { name } of entries.values()) post.line.say({ type: 'enter', room: name })
          },
          onWord: (word) => onWord(post, word),
          onDisconnected: () => {
            for (const entry of entries.values()) endStay(entry, post)
          },
          onState: () => {
            const { problem } = post.line.state()
            if (problem !== undefined && problem !== lastProblem) report('ERR_STATION', `${url}: ${problem}`)
            lastProblem = problem
            told()
          },
        },
      }),
    }
    posts.set(url, post)
  }

  const removePost = (url: string, post: Post): void => {
    posts.delete(url)
    post.line.close()
    for (const entry of entries.values()) endStay(entry, post)
  }

  return {
    enter: (roomKey, listener): Room => {
      if (roomKey.length !== 32) throw new ShoalError('ERR_BAD_REQUEST', 'A room key is 32 bytes.')
      const name = roomNameOf(roomKey)
      if (entries.has(name))
        throw new ShoalError('ERR_ROOM_ENTERED', 'This node is in that room already. Leave it first.')
      const entry: Entry = {
        name,
        nameBytes: encoder.encode(name),
        box: createSecretBox(deriveSecret('shoal.room.seal.1', roomKey), random),
        listener,
        stays: new Map(),
        refused: new Set(),
        opened: new Set(),
        inbox: Promise.resolve(),
        outbox: Promise.resolve(),
        waiting: 0,
        left: false,
      }
      entries.set(name, entry)
      for (const post of posts.values())
        if (post.line.state().state === 'connected') post.line.say({ type: 'enter', room: name })
      return {
        tell: (to, note) => {
          if (note.length > signalBytesMax) throw new ShoalError('ERR_SIGNAL_SIZE', 'A note is larger than 16 KiB.')
          const [ordinal, id = ''] = to.split(':')
          const post = [...posts.values()].find((one) => String(one.ordinal) === ordinal)
          const stay = post === undefined ? undefined : entry.stays.get(post)
          if (post === undefined || stay === undefined || !stay.others.has(id)) return
          entry.outbox = entry.outbox
            .then(async () => {
              const body = cryptBase64(await entry.box.seal(note, noteAbout(entry, stay.you, id)))
              if (entry.stays.get(post) === stay) post.line.say({ type: 'note', room: name, to: id, body })
            })
            .catch((error: unknown) => report('ERR_INTERNAL', `A note could not be sealed: ${errorMessage(error)}`))
        },
        leave: () => {
          if (entry.left) return
          entry.left = true
          entries.delete(name)
          for (const { line } of posts.values()) line.say({ type: 'leave', room: name })
          entry.stays.clear()
        },
      }
    },
    stations: () => [...[...posts.values()].map(({ line }) => line.state()), ...unusable],
    setStations: (urls) => {
      const wanted = new Set(urls)
      const usable = [...wanted].filter(isStationUrl).slice(0, stationsMax)
      unusable = [...wanted]
        .filter((url) => !usable.includes(url))
        .map((url) => ({
          url,
          state: 'unreachable',
          problem: isStationUrl(url)
            ? `More than ${stationsMax} stations are not used. Remove some.`
            : 'This is no address of a station: it should look like wss://station.example/signal.',
        }))
      for (const [url, post] of [...posts]) if (!usable.includes(url)) removePost(url, post)
      for (const url of usable) if (!posts.has(url)) addPost(url)
      told()
    },
    onStations: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    wake: () => {
      for (const { line } of posts.values()) line.wake()
    },
    close: () => {
      for (const [url, post] of [...posts]) removePost(url, post)
      for (const entry of entries.values()) entry.left = true
      entries.clear()
      listeners.clear()
    },
  }
}
