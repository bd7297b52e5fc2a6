/**
 * All links of a node, from the channel to the last frame: whoever finds, proves, replicates or keeps vectors is told here of links and
 * their frames. At most one link to each member; a newcomer's goes to whoever admits.
 */
import { equalBytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { errorCode, errorMessage, ShoalError } from '../core/errors.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import type { Random } from '../core/random.ts'
import type { Signer } from '../crypto/keys.ts'
import type { Log } from '../log/contract.ts'
import type {
  EndedBy,
  Finder,
  Link,
  LinkFrame,
  LinkListener,
  MemberFrame,
  Replicator,
} from '../replication/contract.ts'
import { createFinder } from '../replication/finder.ts'
import { isJoinFrame } from '../replication/frame.ts'
import type { Counts } from '../replication/holding.ts'
import { mergeCounts } from '../replication/holding.ts'
import type { HandLinks } from '../replication/hand-link.ts'
import { createHandLinks } from '../replication/hand-link.ts'
import type { LinkAttempt, LinkClaims } from '../replication/link.ts'
import { createLink } from '../replication/link.ts'
import { createReplicator } from '../replication/replicator.ts'
import type { Vector } from '../replication/vector.ts'
import type { Vectors } from '../replication/vectors.ts'
import { createVectors } from '../replication/vectors.ts'
import type { Admitting } from '../swarm/admitting.ts'
import type { Members } from '../swarm/contract.ts'
import type { Channel, CloseReason, Radio, Rooms } from '../transport/contract.ts'
import type { AttemptBook } from './connectivity.ts'
import { createAttemptBook } from './connectivity.ts'

/** Channels whose other end has not proved who it is; an honest one has within a second, so with one more the oldest is given up. */
const unprovenMax = 32
/** How long nobody is dialled because of a channel that outlived the worker; an honest other end has proved itself by then. Milliseconds. */
const adoptionMax = 3000
/** A member that left keeps its links for so long, to learn that its last word has arrived. Milliseconds. */
const partingTime = 5000

export interface NetworkDependencies {
  readonly signer: Signer
  readonly members: Members
  readonly log: Log
  readonly swarmKey: Uint8Array
  readonly keyEpoch: number
  readonly radio: Radio
  readonly rooms: Rooms
  readonly clock: Clock
  readonly random: Random
  readonly build: string
  readonly report: (code: string, sentence: string) => void
  readonly admitting: Pick<Admitting, 'attach' | 'onFrame'>
  /** Why `node` gets no links, as it is told; those it has end, see `part`. */
  readonly refusal: (node: NodeId) => CloseReason | undefined
  /** Whether a member is gone for good, so that nobody waits for it. */
  readonly isGone: (node: NodeId) => boolean
  /** A member refuses us for good. */
  readonly onTold: (node: NodeId | undefined, reason: CloseReason) => void
  /** One past the last offset of a stream that is present and, where it is about the swarm itself, has been taken to heart. */
  readonly readTo: (stream: StreamId) => number
  /** Vectors of an earlier process. */
  readonly keptVectors: readonly Vector[]
  readonly keepVectors: (vectors: readonly Vector[]) => void
  /** Something that a status shows has changed. */
  readonly onChange: () => void
  /** Versions of the protocol to speak; those of this build where absent. */
  readonly versions?: readonly number[]
}

export interface HeldLink {
  readonly link: Link
  /** Microseconds since the epoch. */
  readonly since: number
}

export interface Network {
  readonly links: ReadonlyMap<NodeId, HeldLink>
  readonly replicator: Replicator
  readonly vectors: Vectors
  readonly finder: Finder
  /** Links made by hand. */
  readonly hand: HandLinks
  /** What a linked node says it holds, or said when its link ended. */
  countsOf(node: NodeId): Counts | undefined
  /** Why a link with a node was last refused for its version. */
  problemOf(node: NodeId): string | undefined
  /** What became of the attempts to link with others. */
  readonly attempts: Pick<AttemptBook, 'of' | 'stranger'>
  /** Whatever is missing is tried now. */
  tryNow(): void
  /** Somebody may have left. */
  part(): void
  close(): void
}

interface Held extends HeldLink {
  /** Monotonic milliseconds. */
  readonly at: number
  readonly isOutgoing: boolean
}

/** How a channel came about; `begunAt`: when it was dialled, absent where that is long ago. */
interface Origin {
  readonly isOutgoing: boolean
  readonly begunAt?: number
  readonly node?: NodeId
  readonly isAdopted?: boolean
}

const isForFinder = (frame: MemberFrame): boolean => frame.type === 'neighbours' || frame.type === 'relay'
const isVector = (frame: MemberFrame): boolean => frame.type === 'vectorHeads' || frame.type === 'vectors'

/** A link that ends while we hold it was ended by its other end, unless nothing came from there any more. */
const endedBy = ({ code }: CloseReason): EndedBy =>
  ['ERR_SILENT', 'ERR_CHANNEL_FAILED', 'ERR_NOT_READING'].includes(code) ? 'network' : 'them'

const leftCode = 'ERR_MEMBER_LEFT'
const forGood: ReadonlySet<string> = new Set(['ERR_RETIRED', 'ERR_REVOKED'])

export const createNetwork = (dependencies: NetworkDependencies): Network => {
  const { signer, members, log, radio, rooms, clock, random, build, report, onChange } = dependencies
  const links = new Map<NodeId, Held>()
  const attempts = new Set<LinkAttempt>()
  /** Those that nobody has proved himself on; true: somebody was called. */
  const unproven = new Map<LinkAttempt, boolean>()
  /** Since when; monotonic milliseconds. */
  const adopting = new Map<LinkAttempt, number>()
  const parting = new WeakSet<Link>()
  const problems = new Map<NodeId, string>()
  const lastCounts = new Map<NodeId, Counts>()
  const book = createAttemptBook(clock)
  const endedHere = new WeakSet<Link>()
  let isClosed = false

  const replicator = createReplicator({ log, members, clock, random, report })
  const vectors = createVectors({
    log: { heads: log.heads, status: log.status, cutOf: log.cutOf, presentCount: dependencies.readTo },
    signer,
    members,
    hasLeft: dependencies.isGone,
    clock,
    random,
    report,
    kept: dependencies.keptVectors,
    keep: dependencies.keepVectors,
    heardDirectly: (node) => links.get(node)?.link.heardAt,
  })

  const forget = (link: Link): void => {
    if (links.get(link.node)?.link !== link) return
    links.delete(link.node)
    // what it held it still holds, though its next vector may be a minute away
    const heads = replicator.headsOf(link)
    if (heads !== undefined) lastCounts.set(link.node, mergeCounts(heads, undefined) ?? new Map())
    replicator.detach(link)
    vectors.detach(link)
    finder.detach(link)
    onChange()
  }

  const end = (link: Link, { code, message }: CloseReason): void => {
    report(code, `The ${link.kind} link to ${link.node} was cut: ${message}`)
    endedHere.add(link)
    book.failed(link.node, { code, message }, 'us')
    link.close({ code, message })
    forget(link)
  }

  const part = (): void => {
    for (const { link } of links.values()) {
      const reason = dependencies.refusal(link.node)
      if (reason === undefined || parting.has(link)) continue
      if (reason.code !== leftCode) {
        end(link, reason)
        continue
      }
      parting.add(link)
      clock.after(partingTime, () => {
        if (links.get(link.node)?.link === link) end(link, reason)
      })
    }
  }

  /**
   * Of two links to one node both ends must keep the same. Who has a link dials nobody: one that was begun while we had another tells that the other
   * is dead over there. When both dialled at once, it is that of the lower node id.
   */
  const isBetter = (link: Link, { begunAt = 0 }: Origin, held: Held): boolean => {
    if (begunAt > held.at || link.isOutgoing === held.isOutgoing) return true
    return link.isOutgoing === signer.id < link.node
  }

  const onMember = (link: Link, origin: Origin): LinkListener => {
    const held = links.get(link.node)
    const surplus: CloseReason = { code: 'ERR_LINK_SURPLUS', message: 'There is another link to this device.' }
    if (held !== undefined && !isBetter(link, origin, held)) {
      clock.after(0, () => link.close(surplus))
      return {
        onFrame: () => undefined,
        onDrain: () => undefined,
        onHeartbeat: () => undefined,
        onClose: () => undefined,
      }
    }
    if (held !== undefined) {
      forget(held.link)
      held.link.close(surplus)
    }
    problems.delete(link.node)
    book.linked(link.node)
    links.set(link.node, { link, since: clock.now(), at: clock.monotonic(), isOutgoing: link.isOutgoing })
    // before its first frames are handed over
    try {
      finder.attach(link)
      replicator.attach(link)
      vectors.attach(link)
    } catch (error) {
      // nobody listens to it yet, so nobody would be told of its end
      forget(link)
      throw error
    }
    onChange()
    const take = (frame: LinkFrame): void => {
      if (isJoinFrame(frame)) return dependencies.admitting.onFrame(link, frame)
      const said: MemberFrame = frame
      if (isForFinder(said)) finder.onFrame(link, said)
      else if (isVector(said)) vectors.onFrame(link, said)
      else replicator.onFrame(link, said)
    }
    return {
      onFrame: (frame) => {
        try {
          take(frame)
        } catch (error) {
          end(link, { code: errorCode(error), message: errorMessage(error) })
        }
      },
      onDrain: () => replicator.onDrain(link),
      onHeartbeat: onChange,
      onClose: (reason) => {
        if (links.get(link.node)?.link === link && !endedHere.has(link)) book.failed(link.node, reason, endedBy(reason))
        if (links.get(link.node)?.link === link && !endedHere.has(link) && forGood.has(reason.code))
          dependencies.onTold(link.node, reason)
        forget(link)
      },
    }
  }

  const onProven = (link: Link, { path }: LinkClaims, origin: Origin): LinkListener => {
    if (!link.isMember) return dependencies.admitting.attach(link)
    // what it showed may be news to us; its runs wait for it
    const known = members.get(link.node)?.admission.bytes
    if (known === undefined || !equalBytes(known, path.at(-1) ?? known))
      members.learn(path).catch((error: unknown) => report('MEMBERS', errorMessage(error)))
    return onMember(link, origin)
  }

  /** Who left or was cut off has no links any more, whatever it can show. To come back it joins, as another device. */
  const judge: Members['judge'] = async (path, node) => {
    const entry = await members.judge(path, node)
    if (entry === undefined || dependencies.refusal(node) === undefined) return entry
    // whom somebody made more since may have been cut off by who ranks lower
    await members.learn(path)
    const reason = dependencies.refusal(node)
    if (reason === undefined) return entry
    throw new ShoalError(reason.code, reason.message)
  }

  const giveUpOldest = (): void => {
    const all = [...unproven]
    const [oldest] = all.find(([, isCalled]) => !isCalled) ?? all[0] ?? []
    if (oldest === undefined) return
    forgetAttempt(oldest)
    const message = `Of more than ${unprovenMax} devices that have not proved who they are the oldest was given up.`
    report('ERR_TOO_MANY_LINKS', message)
    oldest.close({ code: 'ERR_TOO_MANY_LINKS', message })
  }
  const forgetAttempt = (attempt: LinkAttempt): void => {
    attempts.delete(attempt)
    unproven.delete(attempt)
    adopting.delete(attempt)
  }

  const onChannel = (channel: Channel, origin: Origin): void => {
    if (isClosed) return channel.close()
    const { isOutgoing, node, isAdopted = false } = origin
    /** Who is, or should be, at the other end. */
    let other = node
    const attempt = createLink({
      channel,
      isOutgoing,
      isAdopted,
      ...(node !== undefined && { expected: node }),
      purpose: 'member',
      self: { signer, swarm: members.swarm, path: () => members.path(signer.id) },
      members: { judge },
      clock,
      random,
      build,
      ...(dependencies.versions !== undefined && { versions: dependencies.versions }),
      report,
      onProven: (link, claims) => {
        unproven.delete(attempt)
        adopting.delete(attempt)
        other = link.node
        const listener = onProven(link, claims, origin)
        return {
          ...listener,
          onClose: (reason) => {
            const isOver = reason.code !== 'ERR_RESTARTED'
            if (isOver) forgetAttempt(attempt)
            listener.onClose(reason)
            // the other end begins anew on the same channel
            if (!isOver && !links.has(link.node)) finder.proving(link.node)
          },
        }
      },
      onFailed: (reason, by) => {
        const { code, message } = reason
        forgetAttempt(attempt)
        book.failed(other, reason, by)
        if (by === 'them' && forGood.has(code)) dependencies.onTold(other, reason)
        if (other !== undefined) finder.unproven(other, reason)
        if (code !== 'ERR_PROTOCOL_VERSION' || node === undefined || !members.isMember(node)) return
        problems.set(node, message)
        onChange()
      },
    })
    attempts.add(attempt)
    book.opened(node, isOutgoing)
    unproven.set(attempt, node !== undefined)
    if (isAdopted) adopting.set(attempt, clock.monotonic())
    if (unproven.size > unprovenMax) giveUpOldest()
  }

  const finder = createFinder({
    self: signer.id,
    swarmKey: dependencies.swarmKey,
    keyEpoch: dependencies.keyEpoch,
    rooms,
    radio,
    isMember: (node) => members.isMember(node) && dependencies.refusal(node) === undefined,
    clock,
    random,
    report,
    onStep: book.dialled,
    isAdopting: () => [...adopting.values()].some((at) => clock.monotonic() - at < adoptionMax),
    onChannel,
  })
  const hand = createHandLinks({ radio, clock, onChannel })
  const tryNow = (): void => {
    for (const { link } of links.values()) link.probe()
    finder.wake()
    rooms.wake()
  }
  const stops = [
    // whose it was decides which of two links stays, here as at the other end
    radio.onAdopt((channel) => onChannel(channel, { isOutgoing: channel.isInitiator === true, isAdopted: true })),
    radio.onWake(tryNow),
    radio.onReady((isReady) => {
      if (isReady) rooms.wake()
      onChange()
    }),
    rooms.onStations(onChange),
    replicator.onChange(onChange),
  ]

  return {
    links,
    replicator,
    vectors,
    finder,
    hand,
    countsOf: (node) => {
      const link = links.get(node)?.link
      const heads = link === undefined ? undefined : replicator.headsOf(link)
      return mergeCounts(heads, lastCounts.get(node))
    },
    problemOf: (node) => problems.get(node),
    attempts: book,
    tryNow,
    part,
    close: () => {
      isClosed = true
      for (const stop of stops) stop()
      hand.close()
      finder.close()
      vectors.close()
      replicator.close()
      for (const attempt of attempts) attempt.close({ code: 'ERR_LEAVING', message: 'The device leaves.' })
    },
  }
}
