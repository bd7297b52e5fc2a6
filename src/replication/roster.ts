/** Who is in a room, by node. Everybody greets everybody else once, so that ids of stations become ids of nodes. */
import { equalBytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import type { NodeId } from '../core/event.ts'
import type { Random } from '../core/random.ts'
import { createTokenBucket } from '../core/token-bucket.ts'
import type { Room, Rooms } from '../transport/contract.ts'
import type { SignalNote } from './signal-note.ts'
import { noteIdBytes, readNote, writeNote } from './signal-note.ts'

/** Greetings at once and per second: in a room of hundreds one need not know all of them at once. */
const greetings = { perSecond: 10, atOnce: 64 }
/** A node that is at several stations is told the same by at most so many of them; the first to arrive counts. */
const waysMax = 3

export interface Presence {
  readonly id: string
  readonly node: NodeId | undefined
}

export interface Roster {
  /** Nodes other than this one, each once. */
  nodes(): readonly NodeId[]
  /** Presences that said they are newcomers. */
  newcomers(): readonly string[]
  tell(id: string, note: SignalNote): void
  /** By every station where it is. */
  tellNode(node: NodeId, note: SignalNote): void
  leave(): void
}

export interface RosterOptions {
  readonly rooms: Rooms
  readonly roomKey: Uint8Array
  /** Absent: a newcomer. */
  readonly self: NodeId | undefined
  readonly clock: Clock
  readonly random: Random
  /** Whether to greet those who are there; else only who greets us is greeted. */
  readonly greetsFirst: boolean
  /** Offers, answers and refusals. */
  readonly onNote: (from: Presence, note: SignalNote) => void
  /** Somebody has come (`node` newly known there) or gone. */
  readonly onChange: (came: Presence | undefined) => void
}

interface Seen {
  node: NodeId | undefined
  /** It has said who it is. */
  isKnown: boolean
  isGreeted: boolean
  isSelf: boolean
}

export const createRoster = (options: RosterOptions): Roster => {
  const { self, clock, greetsFirst, onNote, onChange } = options
  const instance = options.random(noteIdBytes)
  const greeting = writeNote({ type: 'greet', node: self, id: instance })
  const seen = new Map<string, Seen>()
  const allowance = createTokenBucket(clock, greetings)
  let cancelGreeting = (): void => undefined
  let left = false

  const greet = (id: string, one: Seen): void => {
    one.isGreeted = true
    room.tell(id, greeting)
  }
  const greetSome = (): void => {
    cancelGreeting()
    for (const [id, one] of seen) {
      if (one.isGreeted) continue
      if (!allowance.take()) {
        cancelGreeting = clock.after(Math.max(100, allowance.wait()), greetSome)
        return
      }
      greet(id, one)
    }
  }

  /** Whoever says anything says who it is. */
  const learn = (id: string, note: SignalNote): Seen | undefined => {
    const one = seen.get(id)
    if (one === undefined || one.isSelf) return undefined
    if (note.type === 'greet' && equalBytes(note.id, instance)) {
      one.isSelf = true
      return undefined
    }
    const isNew = !one.isKnown || one.node !== note.node
    one.isKnown = true
    one.node = note.node
    if (isNew) onChange({ id, node: note.node })
    return one
  }

  const room: Room = options.rooms.enter(options.roomKey, {
    onPresent: (id) => {
      seen.set(id, { node: undefined, isKnown: false, isGreeted: false, isSelf: false })
      // not within `enter`: the room is not ours to speak in yet
      if (greetsFirst) {
        cancelGreeting()
        cancelGreeting = clock.after(0, greetSome)
      }
    },
    onGone: (id) => {
      const one = seen.get(id)
      seen.delete(id)
      if (one?.isKnown === true && !left) onChange(undefined)
    },
    onNote: (id, bytes) => {
      const note = readNote(bytes)
      if (note === undefined || left) return
      const one = learn(id, note)
      if (one === undefined) return
      if (note.type === 'greet') {
        if (!one.isGreeted) greet(id, one)
      } else onNote({ id, node: note.node }, note)
    },
  })

  const others = (): [string, Seen][] => [...seen].filter(([, { isKnown, isSelf }]) => isKnown && !isSelf)
  return {
    nodes: () => {
      const nodes = new Set<NodeId>()
      for (const [, { node }] of others()) if (node !== undefined && node !== self) nodes.add(node)
      return [...nodes]
    },
    newcomers: () => others().flatMap(([id, { node }]) => (node === undefined ? [id] : [])),
    tell: (id, note) => room.tell(id, writeNote(note)),
    tellNode: (node, note) => {
      const ways = others().filter(([, one]) => one.node === node)
      // the newest first: an older one may be what a dead connection has left behind
      for (const [id] of ways.toReversed().slice(0, waysMax)) room.tell(id, writeNote(note))
    },
    leave: () => {
      left = true
      cancelGreeting()
      room.leave()
      seen.clear()
    },
  }
}
