/**
 * The member's side of a renewal (RULES 17): a member whose key another copy of it has too asks, on its own link, to go on under another one.
 * Answered twice: with an admission, as a member and never more, and, once that is on the disk of who asked, with the word that the swarm was told
 * of it. Nothing is kept between the two, so any member may give the second answer, and asking again changes nothing.
 */
import { equalBytes } from '../core/bytes.ts'
import { errorCode, errorMessage, ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import type { Signer } from '../crypto/keys.ts'
import type { Log } from '../log/contract.ts'
import type { JoinFrame, Link } from '../replication/contract.ts'
import { writeRenewedAdmission } from './admission.ts'
import { laterCode } from './admitting.ts'
import { signCertificate } from './certificate.ts'
import type { MemberRegister } from './members.ts'
import type { SwarmRecord } from './record.ts'
import type { Renewal } from './renewal.ts'
import { formerIdentities, isSameRenewal, readRenewal, renewalsMax } from './renewal.ts'
import { appendSwarmEvents } from './swarm-event.ts'
import type { SwarmKey } from './swarm-key.ts'

/** Questions of one link that wait for their answer: an honest one waits for the answer to the first. */
const waitingMax = 4

export interface RenewalAdmittingDependencies {
  readonly members: MemberRegister
  readonly record: Pick<SwarmRecord, 'isAdmitted'>
  readonly signer: Signer
  readonly swarmKey: SwarmKey
  readonly log: Pick<Log, 'append' | 'status'>
  readonly swarmName: () => string
  readonly stations: () => readonly string[]
  /** Whether `node` has left, or was retired or revoked by an admin; a sentence that says so. */
  readonly refusal: (node: NodeId) => string | undefined
  readonly report: (code: string, message: string) => void
}

export interface RenewalAdmitting {
  /** Throws a `ShoalError` for what no honest node sends: the link is to be closed with it. */
  onFrame(link: Link, frame: RenewRequest): void
}

export type RenewRequest = Extract<JoinFrame, { readonly type: 'renewRequest' }>

const refuse = (code: string, sentence: string): never => {
  throw new ShoalError(code, sentence)
}

export const createRenewalAdmitting = (dependencies: RenewalAdmittingDependencies): RenewalAdmitting => {
  const { members, record, signer, swarmKey, log, report } = dependencies
  const waiting = new WeakMap<Link, number>()
  /** New identities signed here, by the first one that the device ever had. */
  const signed = new Map<NodeId, Set<NodeId>>()
  const telling = new Map<NodeId, Promise<number>>()

  const originOf = (node: NodeId): NodeId => formerIdentities(node, members.get).at(-1) ?? node

  const checkBudget = ({ was, node }: Renewal): void => {
    const origin = originOf(was)
    const known = members.list().map(({ admission }) => admission.certificate.node)
    const all = new Set([...(signed.get(origin) ?? []), ...known.filter((one) => originOf(one) === origin)])
    if (!all.has(node) && all.size > renewalsMax)
      refuse('ERR_RENEWAL', `There are ${renewalsMax} copies of this device already. Ask an admin for an invitation.`)
  }

  const judge = async (link: Link, frame: RenewRequest): Promise<Renewal> => {
    const renewal = await readRenewal(frame.renewal)
    if (renewal.swarm !== members.swarm) refuse('ERR_RENEWAL', 'The renewal is of another swarm.')
    if (renewal.was !== link.node) refuse('ERR_RENEWAL', 'The renewal is that of another device.')
    const why = dependencies.refusal(link.node)
    if (why !== undefined) refuse('ERR_RENEWAL', why)
    const known = members.get(renewal.node)?.admission
    if (known !== undefined && (known.renewal === undefined || !isSameRenewal(known.renewal, renewal)))
      refuse('ERR_RENEWAL', 'The new identity is that of another member.')
    if (members.get(link.node) === undefined || members.get(signer.id) === undefined)
      refuse(laterCode, 'The device that was reached does not know this one yet.')
    if (known === undefined) checkBudget(renewal)
    return renewal
  }

  const offer = async (link: Link, renewal: Renewal, renewalBytes: Uint8Array): Promise<void> => {
    let path = members.path(renewal.node)
    if (path.length === 0) {
      const origin = originOf(renewal.was)
      signed.set(origin, (signed.get(origin) ?? new Set()).add(renewal.node))
      const certificate = await signCertificate(
        {
          swarm: members.swarm,
          node: renewal.node,
          boxKey: renewal.boxKey,
          role: 'member',
          token: new Uint8Array(),
          admittedBy: signer.id,
          admittedAtLamport: log.status().lamport,
        },
        signer,
      )
      const first = members.path(link.node)
      const second = members.path(signer.id).filter((bytes) => !first.some((other) => equalBytes(bytes, other)))
      path = [...first, ...second, writeRenewedAdmission(certificate, renewalBytes)]
    }
    link.send({
      type: 'joinOffer',
      admissions: path,
      swarmKey: swarmKey.key,
      keyEpoch: swarmKey.epoch,
      swarmName: dependencies.swarmName(),
      stations: dependencies.stations(),
    })
  }

  /** Answers the lamport of the event that tells the swarm of `node`, or one beyond it. */
  const tell = async (node: NodeId): Promise<number> => {
    const entry = members.get(node)
    if (entry === undefined) return refuse(laterCode, 'The admission could not be written down here.')
    if (record.isAdmitted(node)) return log.status().lamport
    const appending =
      telling.get(node) ??
      appendSwarmEvents(log, [{ type: 'admitted', node, admission: entry.admission.bytes }]).then(
        (places) => places[0]?.lamport ?? log.status().lamport,
      )
    telling.set(node, appending)
    return appending.finally(() => telling.delete(node))
  }

  const committed = async (link: Link, { node }: Renewal, admissions: readonly Uint8Array[]): Promise<void> => {
    const entry = await members.judge(admissions, node)
    if (entry?.admission.renewal?.was !== link.node)
      refuse('ERR_RENEWAL', 'The admission it shows does not lead from the root of the swarm to its new identity.')
    await members.learn(admissions)
    const isNews = !record.isAdmitted(node)
    const lamport = await tell(node)
    if (isNews) report('RENEWED', `The device ${link.node} was restored or cloned; it goes on as ${node}.`)
    link.send({ type: 'joined', lamport })
  }

  const answer = async (link: Link, frame: RenewRequest): Promise<void> => {
    try {
      const renewal = await judge(link, frame)
      if (frame.admissions.length === 0) await offer(link, renewal, frame.renewal)
      else await committed(link, renewal, frame.admissions)
    } catch (error) {
      // what broke here is not its fault, and not its business
      const isOurs = errorCode(error) !== 'ERR_RENEWAL' && errorCode(error) !== laterCode
      report(errorCode(error), `The renewal of ${link.node} was refused: ${errorMessage(error)}`)
      link.send({
        type: 'joinRefused',
        code: isOurs ? laterCode : errorCode(error),
        message: isOurs ? 'The device that was reached could not write the renewal down.' : errorMessage(error),
      })
    }
  }

  return {
    onFrame: (link, frame) => {
      const questions = (waiting.get(link) ?? 0) + 1
      if (questions > waitingMax) throw new ShoalError('ERR_FRAME', 'It asks again and again to go on as another one.')
      waiting.set(link, questions)
      void answer(link, frame).finally(() => waiting.set(link, (waiting.get(link) ?? 1) - 1))
    },
  }
}
