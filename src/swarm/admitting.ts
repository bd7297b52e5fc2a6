/**
 * The member's side of joining (RULES 16): judges what a newcomer brings, offers it its admission, and tells the swarm once the newcomer has
 * that on disk. Until then nothing is kept of it: a newcomer that vanishes leaves no trace, and its token is as good as before. Expiry and
 * uses are enforced here, by this device's clock and by what this device knows, and nowhere else.
 */
import type { Clock } from '../core/clock.ts'
import { equalBytes } from '../core/bytes.ts'
import { errorCode, errorMessage, ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import type { Signer } from '../crypto/keys.ts'
import type { Log } from '../log/contract.ts'
import type { JoinFrame, Link, LinkFrame, LinkListener } from '../replication/contract.ts'
import { writeAdmission } from './admission.ts'
import { signCertificate } from './certificate.ts'
import type { Ticket } from './contract.ts'
import type { MemberRegister } from './members.ts'
import type { SwarmRecord } from './record.ts'
import type { StandingsKeeper } from './standings.ts'
import { appendSwarmEvents } from './swarm-event.ts'
import type { SwarmKey } from './swarm-key.ts'
import { displayNameCharsMax, nameFromAfar } from './text.ts'
import { isClaimSigned, isTicketSigned, parseTicket } from './ticket.ts'

/** Newcomers at once; others try elsewhere, or again. */
const newcomersMax = 16
/** From the proof to `joined`: a newcomer has one small transaction to do. Milliseconds. */
const joinTimeMax = 60_000
/** And to its first word: it may be talking to another member, which it gives ten seconds. Milliseconds. */
const firstWordMax = 25_000
/** Frames of one link that wait for their answer: an honest one says two words in all, and waits for the answer to the first. */
const waitingMax = 4
/** A refusal for now: the newcomer goes on to another member, or comes again. */
export const laterCode = 'ERR_JOIN_LATER'

export interface AdmittingDependencies {
  readonly members: MemberRegister
  readonly record: Pick<SwarmRecord, 'isAdmitted' | 'isTold'>
  readonly standings: Pick<StandingsKeeper, 'of' | 'isAdmin' | 'isWithdrawn'>
  readonly signer: Signer
  readonly swarmKey: SwarmKey
  readonly log: Pick<Log, 'append' | 'status'>
  readonly clock: Clock
  /** As this device knows them; a newcomer goes by them until its own events say so. */
  readonly swarmName: () => string
  readonly stations: () => readonly string[]
  readonly report: (code: string, message: string) => void
}

export interface Admitting {
  /** A newcomer has proved who it is; the answer takes its frames. */
  attach(link: Link): LinkListener
  /**
   * A `JoinFrame` on the link of a member: one that was cut off after it had committed, and has shown its admission since. Throws a
   * `ShoalError` for what no honest one says: the link is to be closed with it.
   */
  onFrame(link: Link, frame: JoinFrame): void
  close(): void
}

type JoinRequest = Extract<JoinFrame, { readonly type: 'joinRequest' }>

/** Offered on a link, not committed yet as far as we know. */
interface Offered {
  readonly node: NodeId
  readonly tokenId: Uint8Array
  readonly admission: Uint8Array
}

const refuse = (code: string, sentence: string): never => {
  throw new ShoalError(code, sentence)
}

const ask = 'Ask an admin for a new one.'

export const createAdmitting = (dependencies: AdmittingDependencies): Admitting => {
  const { members, record, standings, signer, swarmKey, log, clock, report } = dependencies
  /** Each with what ends it. */
  const newcomers = new Map<Link, (code: string, message: string) => void>()
  /** Words of members under way. */
  const answering = new WeakMap<Link, number>()
  const offers = new Map<Link, Offered>()
  /** Tellings under way or done that the record may not have read yet: node → lamport of the event. */
  const told = new Map<NodeId, Promise<number>>()

  /** Throws what the newcomer is to be told. */
  const judgeTicket = async (node: NodeId, frame: JoinRequest): Promise<Ticket> => {
    let ticket: Ticket
    try {
      ticket = parseTicket(frame.ticket)
    } catch {
      return refuse('ERR_INVITATION', `The invitation is malformed, or was made by a newer Shoal. ${ask}`)
    }
    if (ticket.swarm !== members.swarm) refuse('ERR_INVITATION', 'The invitation is to another swarm.')
    if (!(await isClaimSigned(ticket, { swarm: members.swarm, node, boxKey: frame.boxKey }, frame.claim)))
      refuse('ERR_INVITATION', `The invitation is a forgery: its secret is missing. ${ask}`)
    const admin = members.get(ticket.admin)
    if (admin === undefined)
      return refuse(laterCode, 'The device that was reached has not heard of the admin who made the invitation yet.')
    if (!(await isTicketSigned(ticket, frame.ticket)))
      refuse('ERR_INVITATION', `The invitation was not made by an admin of the swarm. ${ask}`)
    // it may have become one
    if (admin.admission.certificate.role !== 'admin')
      refuse(laterCode, 'The device that was reached knows who made the invitation as a member, not as an admin.')
    // what a lost device signs by itself, where nobody hears it, lets nobody in
    const { type } = standings.of(ticket.admin)
    if (type === 'revoked' || (type !== 'active' && !record.isTold(ticket.tokenId)))
      refuse('ERR_INVITATION', `The invitation was made by a device that does not belong to the swarm any more. ${ask}`)
    if (standings.isWithdrawn(ticket.tokenId))
      refuse('ERR_INVITATION_WITHDRAWN', `An admin has withdrawn the invitation. ${ask}`)
    return ticket
  }

  /** Answers which one it is among those that come in by it, from 1. */
  const checkStillOpen = ({ expires, uses, tokenId }: Ticket, node: NodeId): number => {
    if (expires <= clock.now()) refuse('ERR_INVITATION_EXPIRED', `The invitation has expired. ${ask}`)
    const used = members.usesOf(tokenId)
    if (used >= uses)
      refuse(
        'ERR_INVITATION_USED',
        `The invitation was for ${uses === 1 ? 'one device, which' : `${uses} devices, which`} joined already. ${ask}`,
      )
    const others = new Set(
      [...offers.values()]
        .filter((offer) => offer.node !== node && equalBytes(offer.tokenId, tokenId))
        .map((offer) => offer.node),
    )
    if (used + others.size >= uses)
      refuse(laterCode, 'Another device is joining by this invitation at this moment, and may use it up.')
    return used + others.size + 1
  }

  const offer = async (link: Link, frame: JoinRequest): Promise<void> => {
    if (standings.of(link.node).type !== 'active')
      refuse('ERR_JOIN_LEFT', `This device has left the swarm. It may come back as a new one. ${ask}`)
    const known = members.get(link.node)
    let path: readonly Uint8Array[]
    let number: number
    if (known === undefined) {
      const ticket = await judgeTicket(link.node, frame)
      number = checkStillOpen(ticket, link.node)
      // reserved before anything is waited for: two newcomers must not both get the last use
      const { tokenId } = ticket
      offers.set(link, { node: link.node, tokenId, admission: new Uint8Array() })
      const certificate = await signCertificate(
        {
          swarm: members.swarm,
          node: link.node,
          boxKey: frame.boxKey,
          role: ticket.role,
          token: tokenId,
          admittedBy: signer.id,
          admittedAtLamport: log.status().lamport,
        },
        signer,
      )
      const admission = writeAdmission(certificate, { ticketBytes: frame.ticket, claim: frame.claim })
      if (!newcomers.has(link)) return
      offers.set(link, { node: link.node, tokenId, admission })
      path = [...joinPaths(members.path(ticket.admin), members.path(signer.id)), admission]
    } else {
      // our answer was lost: the same again, and the token is not used a second time
      const { certificate, bytes } = known.admission
      offers.set(link, { node: link.node, tokenId: certificate.token, admission: bytes })
      number = members.cameBy(certificate.token).indexOf(link.node) + 1
      path = members.path(link.node)
    }
    link.send({
      type: 'joinOffer',
      admissions: path,
      swarmKey: swarmKey.key,
      keyEpoch: swarmKey.epoch,
      swarmName: dependencies.swarmName(),
      stations: dependencies.stations(),
      number,
    })
  }

  /** Answers the lamport of the event that tells the swarm of `node`, or one beyond it. */
  const tell = async (node: NodeId): Promise<number> => {
    const entry = members.get(node)
    if (entry === undefined) return refuse(laterCode, 'The admission could not be written down here.')
    if (record.isAdmitted(node)) {
      told.delete(node)
      return log.status().lamport
    }
    const telling =
      told.get(node) ??
      appendSwarmEvents(log, [{ type: 'admitted', node, admission: entry.admission.bytes }]).then(
        (places) => places[0]?.lamport ?? log.status().lamport,
      )
    told.set(node, telling)
    try {
      return await telling
    } catch (error) {
      told.delete(node)
      throw error
    }
  }

  const committed = async (link: Link): Promise<void> => {
    const offered = offers.get(link)
    // waits for what is being learnt: a member's hello may just have shown the admission
    await members.learn(offered === undefined ? [] : [offered.admission])
    const lamport = await tell(link.node)
    offers.delete(link)
    link.send({ type: 'joined', lamport })
  }

  const handle = async (link: Link, frame: LinkFrame): Promise<void> => {
    switch (frame.type) {
      case 'joinRequest':
        return offer(link, frame)
      case 'joinCommitted':
        if (offers.get(link) === undefined && !link.isMember)
          return refuse('ERR_FRAME', 'The newcomer committed what it was not offered.')
        return committed(link)
      default:
        return refuse('ERR_FRAME', `A newcomer sent a "${frame.type}" frame.`)
    }
  }

  const answer = async (link: Link, frame: LinkFrame): Promise<void> => {
    try {
      await handle(link, frame)
    } catch (error) {
      offers.delete(link)
      // what broke here is not the newcomer's fault, and not its business
      const isOurs = errorCode(error) !== 'ERR_FRAME' && !/^ERR_(?:INVITATION|JOIN)/.test(errorCode(error))
      const code = isOurs ? laterCode : errorCode(error)
      const message = isOurs ? 'The device that was reached could not write the admission down.' : errorMessage(error)
      report(errorCode(error), `By a ${link.kind} link ${link.node} was not let in: ${errorMessage(error)}`)
      link.send({ type: 'joinRefused', code, message })
      if (!link.isMember) link.close({ code, message })
    }
  }

  const leave = (link: Link): void => {
    newcomers.delete(link)
    offers.delete(link)
  }

  /** Of those who keep the places the one that came first and has nothing to show for it; false: all have an offer. */
  const makeRoom = (): boolean => {
    const [link, give] = [...newcomers].find(([one]) => !offers.has(one)) ?? []
    if (link === undefined || give === undefined) return false
    give(laterCode, 'Another device came, and this one had not shown a valid invitation yet.')
    return true
  }

  return {
    attach: (link) => {
      let last: Promise<void> = Promise.resolve()
      let waiting = 0
      let hasSpoken = false
      const give = (code: string, message: string): void => {
        leave(link)
        report(code, `The ${link.kind} link to ${link.node}, which wants to join, was cut: ${message}`)
        link.close({ code, message })
      }
      const giveUp = (): void => give('ERR_JOIN_TIMEOUT', 'The newcomer took too long to join.')
      const cancels = [clock.after(joinTimeMax, giveUp), clock.after(firstWordMax, () => hasSpoken || giveUp())]
      if (newcomers.size < newcomersMax || makeRoom()) newcomers.set(link, give)
      else {
        // its listener must be there before its end is
        clock.after(0, () => {
          link.send({ type: 'joinRefused', code: laterCode, message: 'Too many devices are joining here.' })
          give(laterCode, 'Too many devices are joining here.')
        })
      }
      return {
        onFrame: (frame) => {
          if (!newcomers.has(link)) return undefined
          hasSpoken = true
          waiting += 1
          if (waiting > waitingMax) return give('ERR_FRAME', 'The newcomer does not wait for answers.')
          if (frame.type === 'joinRequest') {
            const name = nameFromAfar(frame.displayName, displayNameCharsMax)
            report('JOINING', `${name === '' ? 'A device' : `"${name}"`} (${link.node}) asks to join.`)
          }
          last = last.then(() => answer(link, frame)).then(() => void (waiting -= 1))
          return undefined
        },
        onDrain: () => undefined,
        onHeartbeat: () => undefined,
        onClose: () => {
          for (const cancel of cancels) cancel()
          leave(link)
        },
      }
    },
    onFrame: (link, frame) => {
      if (frame.type !== 'joinCommitted')
        throw new ShoalError('ERR_FRAME_NOT_ALLOWED', `A member sent a "${frame.type}" frame, as newcomers do.`)
      const words = (answering.get(link) ?? 0) + 1
      if (words > waitingMax) throw new ShoalError('ERR_FRAME', 'It says again and again that it has joined.')
      answering.set(link, words)
      void answer(link, frame).then(() => answering.set(link, (answering.get(link) ?? 1) - 1))
    },
    close: () => {
      for (const link of [...newcomers.keys()]) link.close({ code: 'ERR_LEAVING', message: 'The device leaves.' })
      newcomers.clear()
      offers.clear()
    },
  }
}

/** Both, each admission once and after those it rests on. */
const joinPaths = (first: readonly Uint8Array[], second: readonly Uint8Array[]): readonly Uint8Array[] => [
  ...first,
  ...second.filter((bytes) => !first.some((other) => equalBytes(bytes, other))),
]
