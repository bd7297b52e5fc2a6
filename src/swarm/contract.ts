/** Who belongs to the swarm, and how one comes in. */
import type { NodeId } from '../core/event.ts'
import type { Certificate, Role } from './certificate.ts'

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
