/**
 * The newcomer's side of joining, as a machine over proven links: asks one member, checks its offer, has it committed, says so, and is joined
 * when some member has told the swarm. Cut off before the commit it asks another member; cut off after it, it is a member all the same and
 * says so to whichever it meets next (its link then shows the admission). Without `joined` it must not write events yet: those who know the
 * swarm's order could not count on it otherwise (RULES 21).
 */
import type { Clock } from '../core/clock.ts'
import { equalBytes } from '../core/bytes.ts'
import { errorCode, errorMessage, ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import type { JoinFrame, Link, LinkFrame, LinkListener } from '../replication/contract.ts'
import { followPath } from './admission.ts'
import { laterCode } from './admitting.ts'
import type { Invitation, MemberEntry } from './contract.ts'
import type { NewMembership } from './membership.ts'
import { nameByProfile } from './profile.ts'
import { nameFromAfar, stationUrls, swarmNameCharsMax } from './text.ts'
import { signClaim } from './ticket.ts'

/** A member answers within a second, and appends an event within another; one that falls asleep is left behind. Milliseconds. */
const answerTimeMax = 10_000
/** Links of other members that are kept for when the first one fails. */
const linksWaitingMax = 4

export interface NewcomerOptions {
  readonly invitation: Invitation
  /** Of this device in the new swarm. */
  readonly node: NodeId
  readonly boxKey: Uint8Array
  readonly displayName: string
  readonly clock: Clock
  /** An earlier process got as far as the commit. */
  readonly isCommitted: boolean
  /** Resolves when it is on the medium. */
  readonly commit: (membership: NewMembership) => Promise<void>
  readonly onStep: (step: 'proving' | 'committing') => void
  /** The swarm knows, as was heard on `link`, which stays open; events of this node have to come after `lamport`. Called once, nothing follows. */
  readonly onJoined: (lamport: number, link: Link) => void
  /** It is of no use to go on. Called once, nothing follows. */
  readonly onFailed: (code: string, message: string) => void
  readonly report: (code: string, message: string) => void
}

export interface Newcomer {
  /** A member's link is proven. */
  attach(link: Link): LinkListener
  /** Whether the membership is on disk: links then show it. */
  readonly isCommitted: boolean
  close(): void
}

type Offer = Extract<JoinFrame, { type: 'joinOffer' }>

const refuseOffer = (what: string): never => {
  throw new ShoalError('ERR_JOIN_OFFER', `What a member offered is not good: ${what}.`)
}

/** The membership that `offer` makes. Throws `ERR_JOIN_OFFER`. */
export const judgeOffer = async (
  offer: Offer,
  { ticket }: Pick<Invitation, 'ticket'>,
  node: NodeId,
  boxKey: Uint8Array,
): Promise<NewMembership> => {
  const entry: MemberEntry | undefined = await followPath(offer.admissions, ticket.swarm, node)
  if (entry === undefined) return refuseOffer('its admissions do not lead from the root of the swarm to this device')
  const { certificate } = entry.admission
  if (!equalBytes(certificate.boxKey, boxKey)) refuseOffer('the certificate is for another key of this device')
  if (certificate.role !== ticket.role) refuseOffer('the role is not that of the invitation')
  if (!equalBytes(certificate.token, ticket.tokenId)) refuseOffer('it rests on another invitation')
  const { name: _, ...rest } = ticket.profile ?? {}
  const name = ticket.profile === undefined ? undefined : nameByProfile(ticket.profile, offer.number ?? 1)
  return {
    ...(ticket.profile !== undefined && { profile: { ...rest, ...(name !== undefined && { name }) } }),
    path: offer.admissions,
    swarmKey: { key: offer.swarmKey, epoch: offer.keyEpoch },
    hints: { swarmName: nameFromAfar(offer.swarmName, swarmNameCharsMax), stations: stationUrls(offer.stations) },
  }
}

/** `isShown`: made since the commit, so that the other end has seen our admission. */
interface Waiting {
  readonly link: Link
  readonly isShown: boolean
}

export const createNewcomer = (options: NewcomerOptions): Newcomer => {
  const { invitation, node, boxKey, clock, report } = options
  /** `asking`: has no offer yet; `writing`: a commit is under way; `committed`: the swarm has to be told; `over`: joined, failed or closed. */
  let phase: 'asking' | 'writing' | 'committed' | 'over' = options.isCommitted ? 'committed' : 'asking'
  let isCommitted = options.isCommitted
  let active: Link | undefined
  let waiting: Waiting[] = []
  let cancelAnswer = (): void => undefined
  /** That this device comes by the invitation, signed by its token. */
  let claim: Promise<Uint8Array> | undefined

  /** Whether it was ours to speak on. */
  const forget = (link: Link): boolean => {
    waiting = waiting.filter((other) => other.link !== link)
    if (active !== link) return false
    cancelAnswer()
    active = undefined
    return true
  }
  const letGo = (link: Link, code: string, message: string): void => {
    forget(link)
    link.close({ code, message })
    next()
  }

  const speak = (link: Link): void => {
    active = link
    cancelAnswer()
    cancelAnswer = clock.after(answerTimeMax, () => {
      report('ERR_JOIN_TIMEOUT', `${link.node} did not answer a wish to join; another member is asked.`)
      letGo(link, 'ERR_JOIN_TIMEOUT', 'The member took too long to answer.')
    })
    if (phase === 'committed') link.send({ type: 'joinCommitted' })
    else {
      claim ??= signClaim(invitation.token, { swarm: invitation.ticket.swarm, node, boxKey })
      claim.then(
        (signed) => {
          const { ticketBytes: ticket } = invitation
          if (active !== link || phase !== 'asking') return
          link.send({ type: 'joinRequest', claim: signed, ticket, boxKey, displayName: options.displayName })
        },
        (error: unknown) => fail(errorCode(error), errorMessage(error)),
      )
    }
  }

  const next = (): void => {
    if (active !== undefined || (phase !== 'asking' && phase !== 'committed')) return
    const first = waiting.shift()
    if (first === undefined) return
    if (phase === 'asking' || first.isShown) speak(first.link)
    else letGo(first.link, 'ERR_LEAVING', 'The device comes again as a member.')
  }

  const finish = (spared?: Link): void => {
    phase = 'over'
    cancelAnswer()
    const links = [...(active === undefined || active === spared ? [] : [active]), ...waiting.map(({ link }) => link)]
    active = undefined
    waiting = []
    for (const link of links) link.close({ code: 'ERR_LEAVING', message: 'The device is done with joining.' })
  }
  const fail = (code: string, message: string): void => {
    if (phase === 'over') return
    finish()
    options.onFailed(code, message)
  }

  const take = async (link: Link, offer: Offer): Promise<void> => {
    let membership: NewMembership
    try {
      membership = await judgeOffer(offer, invitation, node, boxKey)
    } catch (error) {
      report(errorCode(error), `${link.node}: ${errorMessage(error)}`)
      letGo(link, errorCode(error), errorMessage(error))
      return
    }
    // another one was asked meanwhile, or it is over
    if (phase !== 'asking' || active !== link) return
    phase = 'writing'
    cancelAnswer()
    options.onStep('committing')
    try {
      await options.commit(membership)
      isCommitted = true
      proceed()
    } catch (error) {
      fail(errorCode(error), errorMessage(error))
    }
  }
  /** After a commit, unless it was closed meanwhile. */
  const proceed = (): void => {
    if (phase === 'over') return
    phase = 'committed'
    // its end knows what it offered; any other one has to be shown the admission first
    if (active === undefined) next()
    else speak(active)
  }

  const onFrame = (link: Link, frame: LinkFrame): void => {
    if (active !== link) return
    if (frame.type === 'joinOffer' && phase === 'asking') void take(link, frame)
    else if (frame.type === 'joined' && phase === 'committed') {
      finish(link)
      options.onJoined(frame.lamport, link)
    } else if (frame.type === 'joinRefused') {
      const isFinal = frame.code !== laterCode && phase === 'asking'
      report(frame.code, `${link.node} did not let this device in: ${frame.message}`)
      if (isFinal) fail(frame.code, frame.message)
      else letGo(link, 'ERR_LEAVING', 'The device tries elsewhere.')
    }
  }

  return {
    attach: (link) => {
      const isUseful = link.isMember && phase !== 'over' && waiting.length < linksWaitingMax
      if (isUseful) {
        waiting.push({ link, isShown: isCommitted })
        if (phase === 'asking') options.onStep('proving')
      }
      // the listener must be there before an answer is
      clock.after(0, () => {
        if (isUseful) next()
        else link.close({ code: 'ERR_LEAVING', message: 'There is no use for this link.' })
      })
      return {
        onFrame: (frame) => onFrame(link, frame),
        onDrain: () => undefined,
        onHeartbeat: () => undefined,
        onClose: () => {
          if (forget(link)) next()
        },
      }
    },
    get isCommitted() {
      return isCommitted
    },
    close: () => finish(),
  }
}
