/**
 * A join on this device, from the invitation to the log of the new swarm (RULES 16). A new log with an identity of its own is made beside the
 * current one, which goes on unhindered; members are met in the room of the invitation, or over channels made by hand; the membership is
 * committed in the new log's store; when the swarm knows, that log becomes the current one and the node is opened anew. Goes on after a
 * restart wherever it was cut off.
 */
import { equalBytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { errorCode, errorMessage } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import type { Link } from '../replication/contract.ts'
import { swarmRoomKey } from '../replication/finder.ts'
import type { HandLinks } from '../replication/hand-link.ts'
import { createHandLinks } from '../replication/hand-link.ts'
import type { LinkAttempt } from '../replication/link.ts'
import { createLink } from '../replication/link.ts'
import type { Meeting } from '../replication/meeting.ts'
import { createMeeting } from '../replication/meeting.ts'
import type { Write } from '../store/contract.ts'
import type { Shelf } from '../store/shelf.ts'
import { followPath } from '../swarm/admission.ts'
import type { Invitation, Profile } from '../swarm/contract.ts'
import type { NewMembership } from '../swarm/membership.ts'
import { lamportWrite, membershipWrites, readNewMembership } from '../swarm/membership.ts'
import type { Newcomer } from '../swarm/newcomer.ts'
import { createNewcomer } from '../swarm/newcomer.ts'
import { joinRoomOf } from '../swarm/ticket.ts'
import type { Channel, CloseReason, Radio, Rooms } from '../transport/contract.ts'
import type { PassableChannel } from '../transport/passing.ts'
import { createPassableChannel } from '../transport/passing.ts'
import type { Joining, JoinStep } from './contract.ts'
import { openIdentity } from './identity.ts'
import type { JoiningNote } from './joining-note.ts'
import { dropNote, keepNote, readNote, tidyFormer, withStore } from './joining-note.ts'
import { reasonToWait } from './reason-to-wait.ts'

/** Nobody has answered for so long: people are told why, and what they can do. Milliseconds. */
const patience = 15_000
/** How often that is looked at. Milliseconds. */
const lookEvery = 1000
/** What could not be written is tried again after this. Milliseconds. */
const settleAgain = 5000

export interface JoiningOptions {
  readonly shelf: Shelf
  /** Their stations are to include `stations()` while a join is under way. */
  readonly rooms: Rooms
  readonly radio: Radio
  readonly clock: Clock
  readonly random: Random
  readonly build: string
  readonly report: (code: string, message: string) => void
  /** What the new log takes over from this one: the settings of the device. */
  readonly carriedOver: (profile?: Profile) => readonly Write[]
  /** What the members are told this device is called. */
  readonly displayName: () => string
  /** Undefined: no join is under way, and none has failed. */
  readonly onStep: (joining: Joining | undefined) => void
  /** The log of the new swarm is current: the node is to be closed, and opened anew. */
  readonly onJoined: () => void
}

export interface NodeJoining {
  /** Resolves when it is under way and will go on after a restart. A join under way by another invitation ends. */
  start(invitation: Invitation): Promise<void>
  /** Called once when the node has opened: goes on with what was cut off, and tidies up after what is done. */
  resume(): Promise<void>
  /** Also forgets one that has failed. */
  cancel(): Promise<void>
  /** Signalling stations of the invitation, and of the swarm as soon as they are told; empty while no join is under way. */
  stations(): readonly string[]
  /** A channel made by hand, or adopted: its other end should be a member of the new swarm. */
  channel(channel: Channel, isOutgoing: boolean): void
  /** Links with members by codes that people carry. */
  readonly hand: HandLinks
  /** The node closes; the join stays as it is on the shelf. */
  close(): void
}

/** A join that is under way. */
interface Attempt {
  readonly note: JoiningNote
  readonly channel: (channel: Channel, isOutgoing: boolean) => void
  readonly stations: () => readonly string[]
  /** Ends it; its log stays. */
  readonly end: () => void
}

const isSame = (one: Invitation, other: Invitation): boolean => equalBytes(one.ticketBytes, other.ticketBytes)

const leaving: CloseReason = { code: 'ERR_LEAVING', message: 'The device is done with joining.' }

export const createJoining = (options: JoiningOptions): NodeJoining => {
  const { shelf, rooms, radio, clock, random, build, report } = options
  let attempt: Attempt | undefined
  let isClosed = false
  let last: Promise<unknown> = Promise.resolve()

  /** One change of the shelf at a time, in the order of asking. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const answer = last.then(action)
    last = answer.catch(() => undefined)
    return answer
  }

  const discard = async ({ note, end }: Attempt): Promise<void> => {
    attempt = undefined
    end()
    await dropNote(shelf)
    await shelf.remove(note.name)
  }

  const move = async (note: JoiningNote): Promise<void> => {
    await keepNote(shelf, { ...note, state: 'moving' })
    await shelf.makeCurrent(note.name)
  }

  const begin = async (note: JoiningNote): Promise<void> => {
    const { invitation, name, since } = note
    const { signer, boxKey } = await openIdentity(() => shelf.openVault(name))
    let membership: NewMembership | undefined = await withStore(shelf, name, (store) =>
      readNewMembership(store, signer.id),
    )
    const { swarm } = invitation.ticket
    const attempts = new Set<LinkAttempt>()
    /** Those that are proven, each with what carries it. */
    const links = new Map<Link, PassableChannel>()
    const meetings: Meeting[] = []
    const begun = clock.monotonic()
    let step: JoinStep = membership === undefined ? 'searching' : 'committing'
    let problem: Joining['problem']
    let isOver = false
    let cancelLook = (): void => undefined

    const tell = (next: JoinStep, why?: Joining['problem'], failed = false): void => {
      if (isOver && !failed && next !== 'replicating') return
      if (next === step && why?.message === problem?.message && !failed) return
      step = next
      problem = why
      announce(failed)
    }
    const announce = (failed = false): void => {
      const swarmName = membership?.hints.swarmName || invitation.swarmName
      options.onStep({ step, swarmName, since, ...(problem !== undefined && { problem }), failed })
    }

    const end = (): void => {
      if (isOver) return
      isOver = true
      cancelLook()
      newcomer.close()
      for (const meeting of meetings) meeting.close()
      for (const open of attempts) open.close(leaving)
    }

    const meetMembers = (made: NewMembership): void => {
      const { key, epoch } = made.swarmKey
      // the room of the invitation may be closed by now; as a member it may come in where members meet
      meet(swarmRoomKey(key, epoch), { node: signer.id })
    }
    const meet = (roomKey: Uint8Array, self: { readonly node: typeof signer.id } | 'newcomer'): void => {
      meetings.push(
        createMeeting({
          rooms,
          roomKey,
          self,
          radio,
          wants: () => links.size === 0,
          clock,
          random,
          report,
          onChannel: (opened, { isOutgoing }) => channel(opened, isOutgoing),
        }),
      )
    }

    const newcomer: Newcomer = createNewcomer({
      invitation,
      node: signer.id,
      boxKey,
      displayName: options.displayName(),
      clock,
      isCommitted: membership !== undefined,
      commit: async (made) => {
        await withStore(shelf, name, (store) =>
          store.write([...membershipWrites(made), ...options.carriedOver(made.profile)], 'strict'),
        )
        membership = made
        if (isOver) return
        // its stations are told as well
        announce()
        meetMembers(made)
      },
      onStep: (next) => tell(next),
      onJoined: (lamport, link) => settle(lamport, link),
      onFailed: (code, message) => void inTurn(() => failed(code, message)).catch(broken),
      report,
    })
    const broken = (error: unknown): void => {
      report(errorCode(error), `Joining could not go on: ${errorMessage(error)}`)
      tell(step, { code: errorCode(error), message: errorMessage(error) }, true)
    }

    const joined = async (lamport: number, link: Link): Promise<void> => {
      if (isOver || attempt?.note.name !== name) return
      const own = membership?.path.at(-1)
      if (own === undefined) return
      // what this node writes comes after the event that tells of it
      await withStore(shelf, name, (store) => store.write([lamportWrite(lamport)], 'strict'))
      await move(note)
      // the next process finds it so
      if (isClosed) return
      // without a station it may be the only one that the new node gets
      const kept = radio.keep === undefined ? undefined : links.get(link)?.pass()
      end()
      attempt = undefined
      tell('replicating')
      if (kept !== undefined) radio.keep?.(kept)
      options.onJoined()
    }
    /** The swarm counts this device as a member by now: a disk that is full must not make it begin anew, as another one. */
    const settle = (lamport: number, link: Link): void => {
      inTurn(() => joined(lamport, link)).catch((error: unknown) => {
        report(errorCode(error), `Joining could not go on: ${errorMessage(error)}`)
        tell(step, { code: errorCode(error), message: errorMessage(error) })
        clock.after(settleAgain, () => {
          if (!isOver) settle(lamport, link)
        })
      })
    }
    const failed = async (code: string, message: string): Promise<void> => {
      if (isOver || attempt?.note.name !== name) return
      const reached = step
      await discard(attempt)
      tell(reached, { code, message }, true)
    }

    const channel = (opened: Channel, isOutgoing: boolean): void => {
      if (isOver) return opened.close()
      const isShowing = newcomer.isCommitted
      if (!isShowing) tell('linking')
      const passable = createPassableChannel(opened)
      const made = createLink({
        channel: passable.channel,
        isOutgoing,
        purpose: isShowing ? 'member' : 'newcomer',
        self: { signer, swarm, path: () => (isShowing ? (membership?.path ?? []) : []) },
        members: { judge: (path, node) => followPath(path, swarm, node) },
        clock,
        random,
        build,
        report,
        onProven: (link) => {
          links.set(link, passable)
          const listener = newcomer.attach(link)
          return {
            ...listener,
            onClose: (reason) => {
              links.delete(link)
              if (reason.code !== 'ERR_RESTARTED') attempts.delete(made)
              listener.onClose(reason)
              if (links.size === 0 && !newcomer.isCommitted) tell('searching')
            },
          }
        },
        onFailed: () => {
          attempts.delete(made)
          if (links.size === 0 && attempts.size === 0 && !newcomer.isCommitted) tell('searching')
        },
      })
      attempts.add(made)
    }

    const look = (): void => {
      if (isOver) return
      cancelLook = clock.after(lookEvery, look)
      const found = new Set(meetings.flatMap((meeting) => [...meeting.members()])).size
      if (links.size > 0 || attempts.size > 0) return
      const next: JoinStep = newcomer.isCommitted ? 'committing' : found > 0 ? 'linking' : 'searching'
      if (clock.monotonic() - begun < patience) return tell(next, problem)
      tell(
        next,
        reasonToWait({
          swarmName: invitation.swarmName,
          isRadioReady: radio.isReady,
          stations: rooms.stations(),
          found,
          failure: meetings.map((meeting) => meeting.problem()?.message).find((message) => message !== undefined),
        }),
      )
    }

    const stations = (): readonly string[] => [
      ...new Set([...invitation.stations, ...(membership?.hints.stations ?? [])]),
    ]
    attempt = { note, channel, stations, end }
    announce()
    meet(joinRoomOf(invitation.token), 'newcomer')
    if (membership !== undefined) meetMembers(membership)
    cancelLook = clock.after(lookEvery, look)
  }

  /** The new log: made, and written down, so that a start that is cut off leaves no log behind that nobody knows of. */
  const prepare = async (note: JoiningNote): Promise<JoiningNote> => {
    await keepNote(shelf, note)
    const prepared: JoiningNote = { ...note, state: 'joining', name: await shelf.add() }
    await keepNote(shelf, prepared)
    return prepared
  }

  /** A log that was added for a join which never got to know its name. */
  const dropUnnamed = async ({ former }: JoiningNote): Promise<void> => {
    const newest = (await shelf.names()).at(-1)
    if (newest === undefined || newest === former || newest === (await shelf.current())) return
    const store = await shelf.openStore(newest)
    const isUnused = (await store.get('meta', 'membership')) === undefined
    await store.close()
    if (isUnused) await shelf.remove(newest)
  }

  const resume = async (): Promise<void> => {
    const note = await readNote(shelf)
    if (note === undefined) return dropNote(shelf)
    const current = await shelf.current()
    if (note.state === 'preparing') {
      await dropUnnamed(note)
      return begin(await prepare(note))
    }
    const isThere = (await shelf.names()).includes(note.name)
    if (note.state === 'moving' && isThere && current !== note.name) {
      await move(note)
      if (!isClosed) options.onJoined()
      return
    }
    if (note.state === 'moving' || !isThere || current === note.name) {
      await tidyFormer(shelf, note.former)
      return dropNote(shelf)
    }
    return begin(note)
  }

  const hand = createHandLinks({
    radio,
    clock,
    onChannel: (opened, { isOutgoing }) => {
      if (attempt === undefined) opened.close()
      else attempt.channel(opened, isOutgoing)
    },
  })

  return {
    start: (invitation) =>
      inTurn(async () => {
        if (attempt !== undefined && isSame(attempt.note.invitation, invitation)) return
        if (attempt !== undefined) await discard(attempt)
        // it could not go on when the node opened; by now this device may be counted as a member
        const left = await readNote(shelf)
        if (left !== undefined && isSame(left.invitation, invitation)) return resume()
        if (left !== undefined && left.name !== (await shelf.current())) await shelf.remove(left.name)
        const former = await shelf.current()
        await begin(await prepare({ state: 'preparing', name: '', former, invitation, since: clock.now() }))
      }),
    resume: () =>
      inTurn(async () => {
        try {
          await resume()
        } catch (error) {
          // the node opens all the same
          report(errorCode(error), `A join that was under way could not go on: ${errorMessage(error)}`)
        }
      }),
    cancel: () =>
      inTurn(async () => {
        if (attempt !== undefined) await discard(attempt)
        options.onStep(undefined)
      }),
    stations: () => attempt?.stations() ?? [],
    channel: (opened, isOutgoing) => {
      if (attempt === undefined) opened.close()
      else attempt.channel(opened, isOutgoing)
    },
    hand,
    close: () => {
      isClosed = true
      hand.close()
      attempt?.end()
      attempt = undefined
    },
  }
}
