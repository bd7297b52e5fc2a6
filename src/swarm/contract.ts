/** Who belongs to the swarm, and how one comes in. */
import type { NodeId } from '../core/event.ts'
import type { Certificate, Role } from './certificate.ts'
import type { Renewal } from './renewal.ts'

/** What devices that come in by an invitation begin with. */
export interface Profile {
  /** `Line 3 – {n}`: `{n}` becomes the number of the device among those of the invitation; at most 60 characters. */
  readonly name?: string
  /** Where the icon opens: the name of an app, or a path of the page such as `/andon`; at most 100 characters. */
  readonly home?: string
  /** BCP 47, such as `de`. */
  readonly language?: string
}

/**
 * `left`: of its own will. `retired`: lost or broken; no links, its events count from any carrier. `closed`: retired, and its streams end where they
 * were closed, but for the membership stream of an admin that was closed from below. `revoked`: hostile; its streams end at the cut, those that the
 * cut does not name at 0; also who came in only by what a revoked admin gave beyond its cut.
 */
export type StandingType = 'active' | 'left' | 'retired' | 'closed' | 'revoked'

/** Where a member stands, the same on every node that has the same events (RULES 19). */
export interface Standing {
  readonly type: StandingType
  /** Whose word counts: an admin, or the root (the swarm's id). */
  readonly by?: NodeId
  /** Microseconds since the epoch, by the clock of who said it. */
  readonly at?: number
  /** One past the last offset that counts, by number of the stream; those not named: 0. Absent: everything counts. */
  readonly cuts?: ReadonlyMap<number, number>
  readonly replacedBy?: NodeId
}

/** The public half of an invitation, signed by the admin who made it (RULES 16): whoever sees it learns nothing that lets them in. */
export interface Ticket {
  readonly swarm: NodeId
  /** Public key of the pair that the token stands for, 32 bytes; goes into the certificates of those it admits. */
  readonly tokenId: Uint8Array
  readonly admin: NodeId
  /** How many devices may come in by it. */
  readonly uses: number
  /** Microseconds since the epoch. */
  readonly expires: number
  readonly role: Role
  readonly profile?: Profile
  /** The device whose place the newcomer takes. */
  readonly replaces?: NodeId
}

/** All that the link of an invitation carries, in its fragment; no secret of the swarm. */
export interface Invitation {
  /** 16 random bytes: whoever has them may come in. Rooms for joining derive from them. */
  readonly token: Uint8Array
  readonly ticket: Ticket
  readonly ticketBytes: Uint8Array
  readonly swarmName: string
  /** URLs of signalling stations where members wait. */
  readonly stations: readonly string[]
}

/**
 * A certificate with the ticket it rests on, and the claim by which the node showed that it has the token: what one needs to believe that it is a
 * member. The founder's has neither.
 */
export interface Admission {
  readonly certificate: Certificate
  readonly ticket: Ticket | undefined
  /** Instead of a ticket: who it was before (RULES 17). */
  readonly renewal?: Renewal
  readonly bytes: Uint8Array
}

export interface MemberEntry {
  readonly admission: Admission
  /** Steps from the root; the founder is 0. */
  readonly depth: number
}

/** The register of members: what this node has verified and keeps. */
export interface Members {
  readonly swarm: NodeId
  isMember(node: NodeId): boolean
  get(node: NodeId): MemberEntry | undefined
  list(): readonly MemberEntry[]
  /** Admissions from the founder's to that of `node`, each resting on the one before; empty for a stranger. */
  path(node: NodeId): readonly Uint8Array[]
  /**
   * Verifies each against the root, the admins and the members known by then, in any order, and keeps what is good, durably. Answers who
   * became known. Throws nothing: what is not good is reported to the diary and left out. `onForged` is told of those among `admissions` that no
   * honest node has passed on, since one looks at the signatures first.
   */
  learn(admissions: readonly Uint8Array[], onForged?: (node: NodeId, why: string) => void): Promise<readonly NodeId[]>
  /** Whether `path` (as in a hello) leads from this swarm's root to `node`; keeps nothing. */
  judge(path: readonly Uint8Array[], node: NodeId): Promise<MemberEntry | undefined>
  onLearn(listener: (nodes: readonly NodeId[]) => void): () => void
}
