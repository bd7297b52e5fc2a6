/** The life of a device after it joined, as asked for and told by its admins (RULES 14–19). */
import type { NodeId } from '../core/event.ts'
import type { Profile, StandingType } from '../swarm/contract.ts'
import type { DiaryEntry, InviteOptions } from './contract.ts'

export interface PosterOptions extends InviteOptions {
  /** What every device that comes in by it is called and begins with. */
  readonly profile?: Profile
  /** The one that comes in takes the place of this device, which is retired; `uses` is then 1. */
  readonly replaces?: NodeId
}

/** An invitation that the swarm knows of, counted as devices come in. */
export interface InvitationStatus {
  /** Names it: base64url of its token's public half. */
  readonly id: string
  /** Made on this device, so that it can be shown again; absent elsewhere, where nobody has its secret. */
  readonly link?: string
  readonly admin: NodeId
  readonly role: 'admin' | 'member'
  readonly uses: number
  /** Came in by it, oldest first; more than `uses` where parts of the swarm were apart (RULES 16). */
  readonly admitted: readonly NodeId[]
  /** Microseconds since the epoch. */
  readonly expires: number
  readonly isWithdrawn: boolean
  readonly profile?: Profile
  readonly replaces?: NodeId
}

/** What an admin says of a device. */
export interface StandingStatus {
  readonly type: StandingType
  /** Whose word counts; absent for `active` and `left`. */
  readonly by?: NodeId
  /** When it was said, microseconds since the epoch, by the clock of who said it. */
  readonly at?: number
  readonly replacedBy?: NodeId
}

/** How much of a device's events is safe without it. */
export interface Remains {
  /** Events of its streams that any device is known to have held. */
  readonly known: number
  /** Of those held here. */
  readonly held: number
  /** Devices, other than the device itself, that hold all that is known; those seen within 7 days. */
  readonly devices: number
}

/** Something an admin should see and may have to act on; told alike on every device. */
export type Alert =
  /** There is one admin only: should its device be lost, only the recovery code helps. */
  | { readonly type: 'second-admin' }
  | {
      readonly type: 'overused'
      readonly invitation: string
      readonly uses: number
      readonly admitted: readonly NodeId[]
    }
  /** Retired and not closed: it holds up the stability horizon. */
  | { readonly type: 'unclosed'; readonly node: NodeId }
  /** One device wrote two histories under one name (RULES 18); both are kept, `alias` has the other one. */
  | {
      readonly type: 'fork'
      readonly node: NodeId
      readonly stream: string
      readonly alias: string
      readonly from: number
    }
  /** A device that was restored or cloned goes on under another identity (RULES 17). */
  | { readonly type: 'renewed'; readonly node: NodeId; readonly was: NodeId }
  /** Its clock differs from ours by so many microseconds. */
  | { readonly type: 'clock'; readonly node: NodeId; readonly offset: number }
  /** Two active devices bear the same name. */
  | { readonly type: 'same-name'; readonly name: string; readonly nodes: readonly NodeId[] }
  /** Its words are refused: what is wrong with them, and how often. */
  | { readonly type: 'hostile'; readonly node: NodeId; readonly code: string; readonly count: number }

export interface RevokeOptions {
  /** Events of the device up to this moment by its own clock still count, microseconds since the epoch; default: all that is held here now. */
  readonly since?: number
  /** Says it with the weight of the root, above every admin. */
  readonly recoveryCode?: string
}

/**
 * Each asks for an admin's device (`ERR_NOT_ADMIN`) unless it says otherwise, for a member (`ERR_UNKNOWN_DEVICE`), and for another device than this
 * one where a device goes (`ERR_BAD_REQUEST`). Asking twice does no harm.
 */
export interface Fleet {
  /** As `NodeSwarm.invite`, and more. */
  invite(options?: PosterOptions): Promise<string>
  /** `ERR_UNKNOWN_INVITATION`. Lets nobody in any more; those who came in stay. */
  withdraw(invitation: string): Promise<void>
  /** Makes a member an admin. */
  promote(node: NodeId): Promise<void>
  /** Lost or broken: no links any more (an admin that ranks above who says it keeps them); its events count, whoever brings them, until it is closed. */
  retire(node: NodeId): Promise<void>
  /** Of a retired one: what is not held by now will not count (`ERR_NOT_RETIRED`). Frees the stability horizon. */
  close(node: NodeId): Promise<void>
  /**
   * Hostile: its events beyond the cut move to evidence, also under names that it took later. `ERR_RANK`: an admin is revoked only by one nearer to the
   * root; with the recovery code any member may, and becomes an admin by it. `ERR_RECOVERY_CODE`.
   */
  revoke(node: NodeId, options?: RevokeOptions): Promise<void>
  /** `replacement`, a member, goes on in the place of `old`, which is retired; it takes its name where it has none of its own. */
  replace(old: NodeId, replacement: NodeId): Promise<void>
  /** What became of the events of a device that is gone. */
  remains(node: NodeId): Promise<Remains>
  /** Makes this device an admin by the swarm's recovery code. Any member may. `ERR_RECOVERY_CODE`: mistyped, or of another swarm. */
  recover(recoveryCode: string): Promise<void>
}

/** What `SwarmStatus` tells besides. */
export interface FleetStatus {
  readonly standing: StandingStatus
  readonly invitations: readonly InvitationStatus[]
  /** For admins; others are told none. */
  readonly alerts: readonly Alert[]
}

/** A diary as handed to somebody else: no keys, tokens, invitations, payloads or names of operators in it. */
export interface DiaryExport {
  readonly node: NodeId
  readonly version: string
  /** Microseconds since the epoch. */
  readonly exportedAt: number
  readonly entries: readonly DiaryEntry[]
}
