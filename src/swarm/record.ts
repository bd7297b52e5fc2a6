/**
 * What the swarm has written about itself, read from streams 1 and 2 of its members and kept up to date: its name, its stations, its open
 * invitations, what devices are called, and, for the standings, who was retired or revoked, or left. Whoever said something counts by role at the time of asking, so that events may arrive
 * before the admission that gives them weight. Each change costs one look at the heads, at most every 50 ms, and a read of what is new.
 */
import type { Clock } from '../core/clock.ts'
import { crc32 } from '../core/crc32.ts'
import { errorMessage } from '../core/errors.ts'
import type { EventKey, LogEvent, NodeId, OffsetMap, StreamId } from '../core/event.ts'
import { compareKeys } from '../core/event.ts'
import { cryptBase64, parseStreamId, streamOf } from '../core/node-id.ts'
import type { Log } from '../log/contract.ts'
import { parseAdmission } from './admission.ts'
import type { Ticket } from './contract.ts'
import type { MemberRegister } from './members.ts'
import type { LimitedStream } from './swarm-event.ts'
import { isRevocationSigned } from './revocation.ts'
import type { Cuts, StandingSaid } from './standing.ts'
import { tokenOf } from './standing.ts'
import type { StandingsKeeper } from './standings.ts'
import { descriptionStream, isSwarmStream, membershipStream, readSwarmEvent, swarmTag } from './swarm-event.ts'
import { parseTicket } from './ticket.ts'

/** Milliseconds from a change of the log to a look at it. */
const lookAfter = 50
/** The same after one that did not come to its end: the disk is full, or breaks. Milliseconds. */
const lookAgain = 5000
/** Invitations remembered; an admin has made more than this only by accident. Beyond it those of who is no admin (yet) go first. */
const invitationsMax = 2000
/** Admissions remembered as told; of one that was forgotten the swarm is told once more. */
const admittedMax = 20_000
/** Rooms in which members wait for newcomers at once, the newest: each costs every station a place. */
const openRoomsMax = 32

export interface RecordDependencies {
  readonly log: Pick<Log, 'present' | 'read' | 'onPresent' | 'onWithdrawn'>
  readonly members: MemberRegister
  readonly standings: StandingsKeeper
  readonly clock: Clock
  readonly report: (code: string, message: string) => void
}

export interface OpenInvitation {
  readonly ticket: Ticket
  readonly roomKey: Uint8Array
}

export interface SwarmRecord {
  /** Empty while no admin has named it. */
  swarmName(): string
  /** Undefined before the device's first word. */
  displayName(node: NodeId): string | undefined
  /** Streams that `node` does not keep whole, as it said. */
  limitedStreams(node: NodeId): readonly LimitedStream[]
  /** URLs of signalling stations, as the newest word of an admin has them. */
  stations(): readonly string[]
  /** Made by admins, expired or not; the newest last. */
  invitations(): readonly Ticket[]
  /** Whether the admin of an invitation has told the swarm of it. */
  isTold(tokenId: Uint8Array): boolean
  /** Made by admins that were not revoked, not withdrawn, not expired by this device's clock, not used up; the newest first. */
  openInvitations(): readonly OpenInvitation[]
  /** Whether some member has told the swarm of the admission by which this node is known. */
  isAdmitted(node: NodeId): boolean
  /** One past the last offset of a stream of the swarm's that has been read: who was admitted there is known. */
  readTo(stream: StreamId): number
  /** Everything present now has been read. */
  settled(): Promise<void>
  /** Called when an answer may have changed. */
  onChange(listener: () => void): () => void
  close(): void
}

interface RootWord {
  readonly event: LogEvent
  readonly author: NodeId
  readonly node: NodeId
  readonly cuts: Cuts
  readonly rootSignature: Uint8Array
}

interface Said<T> {
  readonly key: EventKey
  readonly value: T
}

/** Of each author the newest word, however late it arrives. */
const createWords = <T>() => {
  const words = new Map<NodeId, Said<T>>()
  return {
    say: (author: NodeId, key: EventKey, value: T): void => {
      const before = words.get(author)
      if (before === undefined || compareKeys(key, before.key) > 0) words.set(author, { key, value })
    },
    of: (author: NodeId): T | undefined => words.get(author)?.value,
    forget: (author: NodeId): void => void words.delete(author),
    newest: (counts: (author: NodeId) => boolean): T | undefined => {
      let last: Said<T> | undefined
      for (const [author, said] of words)
        if (counts(author) && (last === undefined || compareKeys(said.key, last.key) > 0)) last = said
      return last?.value
    },
  }
}

export const createRecord = (dependencies: RecordDependencies): SwarmRecord => {
  const { log, members, standings, clock, report } = dependencies
  const swarmNames = createWords<string>()
  const stations = createWords<readonly string[]>()
  const displayNames = createWords<string>()
  const limited = createWords<readonly LimitedStream[]>()
  /** Node and checksum of what was told of it: a forged admission must not pass for the word that an honest one needs. */
  const admitted = new Set<string>()
  const invitations = new Map<string, OpenInvitation>()
  const listeners = new Set<() => void>()
  const cursor: Record<StreamId, number> = {}
  let closed = false
  /** Grows when something that was read is present no more. */
  let generation = 0
  let cancelLook: (() => void) | undefined
  let looking: Promise<void> | undefined

  const isAdmin = (node: NodeId): boolean => members.get(node)?.admission.certificate.role === 'admin'

  const invite = (author: NodeId, ticketBytes: Uint8Array, roomKey: Uint8Array, offset: number): void => {
    try {
      const ticket = parseTicket(ticketBytes)
      // its signature is that of the run it came in
      if (ticket.admin !== author || ticket.swarm !== members.swarm) return
      standings.hearToken(author, ticket.tokenId, offset)
      const id = cryptBase64(ticket.tokenId)
      invitations.delete(id)
      invitations.set(id, { ticket, roomKey })
      if (invitations.size <= invitationsMax) return
      const idle = [...invitations].find(
        ([
          ,
          {
            ticket: { admin },
          },
        ]) => !isAdmin(admin),
      )
      invitations.delete(idle?.[0] ?? [...invitations.keys()][0] ?? id)
    } catch {
      // of a newer Shoal, or nonsense: nobody can come in by it here
    }
  }

  const hear = (event: LogEvent, author: NodeId, said: StandingSaid): void => {
    const { stream, lamport, offset, timestamp } = event
    standings.hear({ author, offset, key: { stream, lamport }, at: timestamp, said })
  }
  /** Revocations that say they are the root's; not looked at yet. */
  const rootWords: RootWord[] = []
  const hearRoot = async (): Promise<void> => {
    for (const { event, author, node, cuts, rootSignature } of rootWords.splice(0)) {
      const isByRoot = await isRevocationSigned(members.swarm, node, cuts, rootSignature)
      hear(event, author, { type: 'revoked', node, cuts, isByRoot })
    }
  }

  /** Answers an admission to be learnt, if the event is one. */
  const take = (event: LogEvent): Uint8Array | undefined => {
    const found = readSwarmEvent(event)
    if (found === undefined) return undefined
    const { author, said } = found
    switch (said.type) {
      case 'founded':
        swarmNames.say(author, event, said.name)
        return undefined
      case 'stations':
        stations.say(author, event, said.urls)
        return undefined
      case 'described':
        displayNames.say(author, event, said.displayName)
        limited.say(author, event, said.streams ?? [])
        return undefined
      case 'left':
        hear(event, author, said)
        return undefined
      case 'invited':
        invite(author, said.ticket, said.roomKey, event.offset)
        return undefined
      case 'admitted':
        try {
          const { certificate, ticket } = parseAdmission(said.admission)
          if (certificate.node !== said.node) return undefined
          if (ticket?.admin === author) standings.hearToken(author, ticket.tokenId, event.offset)
          admitted.add(`${said.node}/${crc32(said.admission)}`)
          for (const oldest of admitted) {
            if (admitted.size <= admittedMax) break
            admitted.delete(oldest)
          }
          return said.admission
        } catch {
          return undefined
        }
      case 'retired':
      case 'replaced':
        hear(event, author, said)
        return undefined
      case 'closed':
        hear(event, author, { ...said, cuts: new Map(said.cuts) })
        return undefined
      case 'revoked': {
        const { node, rootSignature } = said
        const cuts = new Map(said.cuts)
        if (rootSignature === undefined) hear(event, author, { type: 'revoked', node, cuts, isByRoot: false })
        else rootWords.push({ event, author, node, cuts, rootSignature })
        return undefined
      }
      case 'withdrawn':
        hear(event, author, { type: 'withdrawn', token: tokenOf(said.tokenId) })
        return undefined
    }
  }

  /** What is new in streams of the swarm; undefined for nothing. */
  const news = (): OffsetMap | undefined => {
    const present = log.present()
    const grown: Record<StreamId, number> = {}
    let any = false
    for (const stream in present) {
      if (!isSwarmStream(stream)) continue
      const offset = present[stream as StreamId] ?? -1
      if (offset <= (cursor[stream as StreamId] ?? -1)) continue
      grown[stream as StreamId] = offset
      any = true
    }
    return any ? grown : undefined
  }

  /** Answers whether it is done; else it is read once more later. */
  const readNews = async (upperBound: OffsetMap): Promise<boolean> => {
    const admissions: Uint8Array[] = []
    const filter = { type: 'tag', tag: swarmTag } as const
    const lowerBound: OffsetMap = { ...cursor }
    const begun = generation
    for await (const batch of log.read({ filter, order: 'asc', lowerBound, upperBound })) {
      if (batch.type !== 'events') continue
      for (const event of batch.events) {
        const admission = take(event)
        if (admission !== undefined) admissions.push(admission)
      }
    }
    await hearRoot()
    if (admissions.length > 0) await members.learn(admissions)
    standings.refresh()
    if (admissions.some((bytes) => members.isUnkept(parseAdmission(bytes).certificate.node))) return false
    // what was withdrawn meanwhile is read again
    if (generation === begun) Object.assign(cursor, upperBound)
    return true
  }

  const changed = (): void => {
    for (const listener of listeners) listener()
  }

  const lookSoon = (ms: number): void => {
    cancelLook ??= clock.after(ms, () => {
      cancelLook = undefined
      void lookOnce()
    })
  }

  const look = async (): Promise<void> => {
    for (let grown = news(); grown !== undefined && !closed; grown = news()) {
      const isDone = await readNews(grown)
      if (closed) return
      changed()
      if (!isDone) return lookSoon(lookAgain)
    }
  }

  /** One look at a time; what comes meanwhile is seen by its last round. */
  const lookOnce = (): Promise<void> => {
    looking ??= look()
      .catch((error: unknown) => {
        if (closed) return
        report('SWARM_RECORD', `What the swarm wrote about itself could not be read: ${errorMessage(error)}`)
        lookSoon(lookAgain)
      })
      .finally(() => (looking = undefined))
    return looking
  }

  const stopListening = log.onPresent((grown) => {
    // most of what a busy swarm writes is not about itself
    if (![...grown.keys()].some(isSwarmStream)) return
    lookSoon(lookAfter)
  })
  const stopWithdrawing = log.onWithdrawn((gone) => {
    for (const { stream, from } of gone) {
      const place = parseStreamId(stream)
      if (place === undefined || !isSwarmStream(stream)) continue
      const { node } = place
      // what counts of it, or counts again, is read anew
      generation += 1
      for (const words of [swarmNames, stations, displayNames, limited]) words.forget(node)
      for (const [id, { ticket }] of invitations) if (ticket.admin === node) invitations.delete(id)
      if (place.number === membershipStream) standings.forget(node, from)
      for (const number of [membershipStream, descriptionStream]) delete cursor[streamOf(node, number)]
    }
    lookSoon(lookAfter)
  })
  const stopLearning = members.onLearn(changed)
  const stopJudging = standings.onChange(changed)
  void lookOnce()

  const isOpen = ({ ticket }: OpenInvitation): boolean =>
    ticket.expires > clock.now() &&
    isAdmin(ticket.admin) &&
    standings.of(ticket.admin).type !== 'revoked' &&
    !standings.isWithdrawn(ticket.tokenId) &&
    members.usesOf(ticket.tokenId) < ticket.uses

  return {
    swarmName: () => swarmNames.newest(isAdmin) ?? '',
    displayName: (node) => displayNames.of(node),
    limitedStreams: (node) => limited.of(node) ?? [],
    stations: () => stations.newest(isAdmin) ?? [],
    openInvitations: () => [...invitations.values()].filter(isOpen).slice(-openRoomsMax).toReversed(),
    isTold: (tokenId) => invitations.has(cryptBase64(tokenId)),
    invitations: () => [...invitations.values()].map(({ ticket }) => ticket).filter(({ admin }) => isAdmin(admin)),
    isAdmitted: (node) => {
      const entry = members.get(node)
      return entry !== undefined && admitted.has(`${node}/${crc32(entry.admission.bytes)}`)
    },
    readTo: (stream) => (cursor[stream] ?? -1) + 1,
    settled: async () => {
      // a look under way may have passed by what is present now
      await looking
      await lookOnce()
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {
      closed = true
      cancelLook?.()
      stopListening()
      stopLearning()
      stopJudging()
      stopWithdrawing()
    },
  }
}
