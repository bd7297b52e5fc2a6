/**
 * Makes channels with whoever else is in a room. A newcomer calls members, two at a time, until its owner closes the meeting; a member
 * answers newcomers, and calls the members it wants a link with. Two members who both want one get one.
 */
import type { Clock } from '../core/clock.ts'
import { fraction } from '../core/back-off.ts'
import type { NodeId } from '../core/event.ts'
import type { Random } from '../core/random.ts'
import type { Channel, Radio, Rooms } from '../transport/contract.ts'
import type { Opened, Party } from './dialler.ts'
import { createDialler } from './dialler.ts'
import type { Presence, Roster } from './roster.ts'
import { createRoster } from './roster.ts'

/** Members a newcomer talks to at once: one may fall asleep in the middle of it. */
const membersAtOnce = 2
/** Calls of a member that are under way. */
const membersCalledMax = 4
/** How long a channel that was opened, or a call that failed, keeps from calling the same node again, plus up to half of it. Milliseconds. */
const restAfter = 8000
const restAfterOpened = 20_000
/** Nobody waited for is forgotten; a room is looked through this often. Milliseconds. */
const lookEvery = 2000

export interface Meeting {
  /** Members that are in the room now. */
  members(): readonly NodeId[]
  /** Why the last call came to nothing; absent when none has failed, or one succeeded since. */
  problem(): { readonly code: string; readonly message: string } | undefined
  close(): void
}

export interface MeetingOptions {
  readonly rooms: Rooms
  /** 32 bytes. */
  readonly roomKey: Uint8Array
  readonly self: { readonly node: NodeId } | 'newcomer'
  readonly radio: Radio
  /** Whether to call that member; asked again and again. Absent: a newcomer calls any, a member only answers. */
  readonly wants?: (node: NodeId) => boolean
  readonly clock: Clock
  readonly random: Random
  readonly onChannel: (channel: Channel, opened: Opened) => void
  readonly report: (code: string, message: string) => void
}

const partyOf = ({ id, node }: Presence): Party => ({ key: node ?? id, node })

export const createMeeting = (options: MeetingOptions): Meeting => {
  const { radio, clock, random, wants, onChannel, report } = options
  const self = options.self === 'newcomer' ? undefined : options.self.node
  /** Node → when it may be called again. */
  const resting = new Map<NodeId, number>()
  /** Until when a channel that was opened counts among those a newcomer talks to. */
  let talking: number[] = []
  let problem: { readonly code: string; readonly message: string } | undefined
  let cancelLook = (): void => undefined
  let closed = false

  const rest = (node: NodeId | undefined, ms: number): void => {
    if (node !== undefined) resting.set(node, clock.monotonic() + ms * (1 + fraction(random) / 2))
  }

  const dialler = createDialler({
    self,
    radio,
    clock,
    random,
    // two newcomers have nothing to give each other
    refusal: ({ node }) => (self === undefined && node === undefined ? 'ERR_NEWCOMER' : undefined),
    onChannel: (channel, opened) => {
      problem = undefined
      rest(opened.node, restAfterOpened)
      if (opened.isOutgoing) talking.push(clock.monotonic() + restAfterOpened)
      onChannel(channel, opened)
      look()
    },
    onFail: ({ node }, reason) => {
      problem = reason
      rest(node, restAfter)
      report(reason.code, `A device that was found could not be linked: ${reason.message}`)
      look()
    },
  })

  const roster: Roster = createRoster({
    rooms: options.rooms,
    roomKey: options.roomKey,
    self,
    clock,
    random,
    greetsFirst: self === undefined || wants !== undefined,
    onNote: (from, note) =>
      dialler.onNote(partyOf(from), note, (answer) => {
        if (!closed) roster.tell(from.id, answer)
      }),
    onChange: (came) => {
      // it has just come: whatever failed before was another stay
      if (came?.node !== undefined && self === undefined) resting.delete(came.node)
      if (came !== undefined) look()
    },
  })

  const callable = (): NodeId[] => {
    const now = clock.monotonic()
    return roster
      .nodes()
      .filter((node) => !dialler.isDialling(node) && (resting.get(node) ?? 0) <= now && wants?.(node) !== false)
  }

  function look(): void {
    if (closed) return
    cancelLook()
    // not within the event that woke us: a room of many says all their names first
    cancelLook = clock.after(0, () => {
      talking = talking.filter((until) => until > clock.monotonic())
      if (radio.isReady && (self === undefined || wants !== undefined)) {
        const most = self === undefined ? membersAtOnce - talking.length : membersCalledMax
        for (let free = most - dialler.outgoing().length, nodes = callable(); free > 0 && nodes.length > 0; free--) {
          const [node] = nodes.splice(Math.floor(fraction(random) * nodes.length), 1)
          if (node !== undefined) dialler.dial({ key: node, node }, (note) => !closed && roster.tellNode(node, note))
        }
      }
      cancelLook = clock.after(lookEvery, look)
    })
  }
  const stopListening = radio.onReady(look)
  look()

  return {
    members: () => roster.nodes(),
    problem: () => problem,
    close: () => {
      closed = true
      cancelLook()
      stopListening()
      dialler.close()
      roster.leave()
    },
  }
}
