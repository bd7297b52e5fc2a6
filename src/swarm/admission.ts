/**
 * Admissions as bytes, and what makes one good (RULES 14–16): the root's word for an admin, or the word of a member for whoever came with a
 * ticket that an admin signed, and with a claim that only who has its token can sign: a member alone lets nobody in, nor up. `bytes` are a
 * CBOR array: version, certificate, and the ticket and the claim where there is one. A member that goes on under another identity (RULES 17) comes
 * with its renewal instead of both: version, certificate, null, null, renewal.
 *
 * Who reads an admission does not look at the ticket's expiry nor at its uses: wall clocks lie, and partitions admit at the same time. Both
 * are enforced by the admitting member when it admits (`admitting.ts`); what it has countersigned stays valid.
 */
import { decode, encode } from 'cborg'
import { equalBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { admissionDepthMax } from '../core/limits.ts'
import { signatureBytes } from '../crypto/keys.ts'
import type { Certificate, Role } from './certificate.ts'
import { isCertificateSigned, parseCertificate } from './certificate.ts'
import type { Admission, MemberEntry, Ticket } from './contract.ts'
import type { Renewal } from './renewal.ts'
import { isRenewalSigned, parseRenewal } from './renewal.ts'
import { isClaimSigned, isTicketSigned, parseTicket } from './ticket.ts'

export const admissionVersion = 1
/** One admission has about 530 bytes; the rest is room for what later versions append. */
export const admissionBytesMax = 4096
/** Admissions that one rests on, itself included: those of its admitters and of the admins who signed their tickets. A hello holds them. */
export const pathMax = 2 * admissionDepthMax

/** An admission and the signed bytes in it. */
export interface SignedAdmission extends Admission {
  readonly certificateBytes: Uint8Array
  readonly ticketBytes: Uint8Array | undefined
  /** The newcomer's claim to the ticket; see `ticket.ts`. */
  readonly claim: Uint8Array | undefined
  readonly renewalBytes?: Uint8Array
}

/** What the node came with. */
export interface Grounds {
  readonly ticketBytes: Uint8Array
  readonly claim: Uint8Array
}

const refuse = (what: string, cause?: unknown): never => {
  throw new ShoalError('ERR_ADMISSION', `An admission to the swarm is not good: ${what}.`, { cause })
}

export const writeAdmission = (certificateBytes: Uint8Array, grounds: Grounds | undefined): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    encode([
      admissionVersion,
      certificateBytes,
      ...(grounds === undefined ? [] : [grounds.ticketBytes, grounds.claim]),
    ]),
  )

export const writeRenewedAdmission = (
  certificateBytes: Uint8Array,
  renewalBytes: Uint8Array,
): Uint8Array<ArrayBuffer> => new Uint8Array(encode([admissionVersion, certificateBytes, null, null, renewalBytes]))

const checkRenewal = (certificate: Certificate, renewal: Renewal): void => {
  const { swarm, node, admittedBy, role, token, boxKey } = certificate
  if (renewal.swarm !== swarm) refuse('its renewal is of another swarm')
  if (renewal.node !== node || !equalBytes(renewal.boxKey, boxKey)) refuse('its renewal is for another device')
  // never as an admin: whoever stole a copy of one must not become one
  if (role !== 'member' || token.length > 0) refuse('a renewal makes members only')
  if (admittedBy === node || admittedBy === renewal.was) refuse('nobody admits itself')
}

const checkFounder = ({ swarm, admittedBy, role, token }: Certificate): void => {
  if (admittedBy !== swarm) refuse('it rests on no ticket')
  if (role !== 'admin' || token.length > 0) refuse('the root makes admins only')
}

const checkTicket = (certificate: Certificate, ticket: Ticket): void => {
  const { swarm, node, admittedBy, role, token } = certificate
  if (ticket.swarm !== swarm) refuse('its ticket is of another swarm')
  if (!equalBytes(ticket.tokenId, token)) refuse('its ticket is not the one it names')
  if (role === 'admin' && ticket.role !== 'admin') refuse('its ticket makes members, not admins')
  if (admittedBy === node || ticket.admin === node) refuse('nobody admits itself')
}

/** What `bytes` say, whoever signed them, checked for agreeing with itself. Throws `ERR_ADMISSION`. */
export const parseAdmission = (bytes: Uint8Array): SignedAdmission => {
  if (bytes.length > admissionBytesMax) refuse('it is too large')
  let fields: unknown
  let certificate: Certificate
  let ticket: Ticket | undefined
  try {
    fields = decode(bytes)
    if (!Array.isArray(fields) || fields[0] !== admissionVersion) return refuse('it is malformed, or of a newer Shoal')
    const [, certificateBytes, ticketBytes, claim, renewalBytes] = fields as unknown[]
    if (!(certificateBytes instanceof Uint8Array)) return refuse('it has no certificate')
    if (renewalBytes instanceof Uint8Array && ticketBytes === null && claim === null) {
      certificate = parseCertificate(certificateBytes)
      const renewal = parseRenewal(renewalBytes)
      checkRenewal(certificate, renewal)
      const grounds = { ticket: undefined, ticketBytes: undefined, claim: undefined, renewal, renewalBytes }
      return { certificate, bytes, certificateBytes, ...grounds }
    }
    if (ticketBytes !== undefined && !(ticketBytes instanceof Uint8Array)) return refuse('its ticket is malformed')
    if (claim !== undefined && !(claim instanceof Uint8Array)) return refuse('its claim is malformed')
    if (ticketBytes !== undefined && claim?.length !== signatureBytes) return refuse('nobody claimed its ticket')
    certificate = parseCertificate(certificateBytes)
    ticket = ticketBytes === undefined ? undefined : parseTicket(ticketBytes)
    if (ticket === undefined) checkFounder(certificate)
    else checkTicket(certificate, ticket)
    return { certificate, ticket, bytes, certificateBytes, ticketBytes, claim }
  } catch (error) {
    if (error instanceof ShoalError && error.code === 'ERR_ADMISSION') throw error
    return refuse('it is malformed', error)
  }
}

/** Whether admitter and admin signed what they are said to have signed, and whoever had the token as well; or the old key and the new one. */
export const isAdmissionSigned = async (admission: SignedAdmission): Promise<boolean> => {
  const { certificate, certificateBytes, ticket, ticketBytes, claim, renewal, renewalBytes } = admission
  if (!(await isCertificateSigned(certificate, certificateBytes))) return false
  if (renewal !== undefined) return renewalBytes !== undefined && isRenewalSigned(renewal, renewalBytes)
  if (ticket === undefined) return true
  if (ticketBytes === undefined || claim === undefined) return false
  return (await isTicketSigned(ticket, ticketBytes)) && isClaimSigned(ticket, certificate, claim)
}

/** Nodes whose membership an admission rests on; none for one by the root. */
export const groundsOf = ({ certificate, ticket, renewal }: Admission): readonly NodeId[] =>
  renewal !== undefined
    ? [renewal.was, certificate.admittedBy]
    : ticket === undefined
      ? []
      : certificate.admittedBy === ticket.admin
        ? [ticket.admin]
        : [ticket.admin, certificate.admittedBy]

/**
 * Whether an admission rests on what `get` knows: its depth, `undefined` where a node it rests on is not known (yet), or a sentence that says
 * why it never will. Signatures are not looked at.
 */
export const depthOf = (
  { certificate, ticket, renewal }: Admission,
  swarm: NodeId,
  get: (node: NodeId) => MemberEntry | undefined,
): number | string | undefined => {
  if (certificate.swarm !== swarm) return 'it is of another swarm'
  const admitter = get(certificate.admittedBy)
  if (renewal !== undefined) {
    if (get(renewal.was) === undefined || admitter === undefined) return undefined
    return admitter.depth >= admissionDepthMax ? 'too many admissions lie between it and the root' : admitter.depth + 1
  }
  if (ticket === undefined) return 0
  const admin = get(ticket.admin)
  if (admin === undefined || admitter === undefined) return undefined
  // it may become one, by an admission that has not arrived
  if (admin.admission.certificate.role !== 'admin') return undefined
  if (admitter.depth >= admissionDepthMax) return 'too many admissions lie between it and the root'
  return admitter.depth + 1
}

/**
 * Whether `path` leads from the root of `swarm` to `node`, each admission resting on those before it, or on those that `known` has; undefined
 * where it does not. Costs three signatures for each admission that is not among the known ones.
 */
export const followPath = async (
  path: readonly Uint8Array[],
  swarm: NodeId,
  node: NodeId,
  known: (node: NodeId) => MemberEntry | undefined = () => undefined,
): Promise<MemberEntry | undefined> => {
  if (path.length === 0 || path.length > pathMax) return undefined
  const met = new Map<NodeId, MemberEntry>()
  const get = (one: NodeId): MemberEntry | undefined => met.get(one) ?? known(one)
  let last: MemberEntry | undefined
  for (const bytes of path) {
    let admission: SignedAdmission
    try {
      admission = parseAdmission(bytes)
    } catch {
      return undefined
    }
    const depth = depthOf(admission, swarm, get)
    if (typeof depth !== 'number') return undefined
    const held = known(admission.certificate.node)
    const isKnown = held !== undefined && equalBytes(held.admission.bytes, bytes)
    if (!isKnown && !(await isAdmissionSigned(admission))) return undefined
    const { certificate, ticket, renewal } = admission
    last = { admission: { certificate, ticket, bytes, ...(renewal !== undefined && { renewal }) }, depth }
    const before = met.get(certificate.node)?.admission.certificate.role ?? 'member'
    // once an admin: that it was also let in as a member takes nothing away
    if (!isAbove(before, certificate.role)) met.set(certificate.node, last)
  }
  return last?.admission.certificate.node === node ? last : undefined
}

/** Whether `one` may do more than `other`. */
export const isAbove = (one: Role, other: Role): boolean => one === 'admin' && other === 'member'
