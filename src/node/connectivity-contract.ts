/** What a node saw of its attempts to link with others: what a check of connectivity judges by. */
import type { NodeId } from '../core/event.ts'
import type { LinkStatus, StationStatus, SwarmState } from './contract.ts'
import type { StandingType } from '../swarm/contract.ts'

/** Addresses that one end told the other: `raw` IP addresses, and names that only multicast resolves. */
export interface AddressKinds {
  readonly raw: number
  readonly mdns: number
}

/** Who ended it: this device, the other one, or nobody: nothing came through. */
export type FailedBy = 'us' | 'them' | 'network'

export interface LinkFailure {
  /** Stable, `ERR_…`; `docs/protocol.md` has those that devices refuse each other with. */
  readonly code: string
  readonly message: string
  readonly by: FailedBy
  /** Microseconds since the epoch. */
  readonly at: number
}

/**
 * How far the last attempt came. `offered`: our offer is on its way; `answered`: each end has heard the other by way of a station, the mesh, or
 * people; `opened`: they are connected, and prove who they are.
 */
export type LinkStep = 'offered' | 'answered' | 'opened'

export interface AttemptStatus {
  readonly step: LinkStep
  /** We offered. */
  readonly isOutgoing: boolean
  /** Microseconds since the epoch. */
  readonly at: number
  readonly ours?: AddressKinds
  readonly theirs?: AddressKinds
  /** Absent while it is under way, and where it became a link. */
  readonly failure?: LinkFailure
}

/** Where a device was seen just now: with us at a station, by a device linked with us, or not at all. */
export type SeenAt = 'station' | 'mesh' | 'nowhere'

/** One other member. */
export interface Reach {
  readonly node: NodeId
  readonly displayName?: string
  readonly standing: StandingType
  /** Present while there is a link. */
  readonly link?: LinkStatus
  readonly seenAt: SeenAt
  /** Linked devices that are linked with it. */
  readonly through: readonly NodeId[]
  /** Microseconds since the epoch, our clock; absent: never. */
  readonly lastSeen?: number
  /** The last one, whoever began; absent: none since this node started. */
  readonly attempt?: AttemptStatus
  /** The last one that failed, though another is under way by now; absent once there was a link. */
  readonly failed?: AttemptStatus
  /** Attempts that failed since there was a link, or since this node started. */
  readonly failures: number
}

export interface Connectivity {
  readonly node: NodeId
  readonly state: SwarmState
  /** Microseconds since the epoch, by this node's clock. */
  readonly now: number
  /** Milliseconds since this node started: a service worker that is stopped starts anew. */
  readonly uptime: number
  /** Of this device, as its swarm has it. */
  readonly standing: StandingType
  readonly radio: 'ready' | 'none'
  /** Versions of the protocol that this node speaks. */
  readonly versions: readonly number[]
  readonly stations: readonly StationStatus[]
  /** A join under way, or one that failed. */
  readonly joining?: { readonly code: string; readonly message: string; readonly failed: boolean }
  readonly devices: readonly Reach[]
  /** The last attempt that failed with somebody who never said which device it is: by a code that was carried, or in the room of an invitation. */
  readonly stranger?: AttemptStatus
}
