import type { NodeId, StreamId } from '../core/event.ts'
import type { Tokens } from '../crypto/token.ts'
import type { NodeInfo } from '../api/contract.ts'
import type { Log } from '../log/contract.ts'
import type { Profile } from '../swarm/contract.ts'
import type { Clock } from '../core/clock.ts'
import type { Fleet, FleetStatus, PosterOptions, StandingStatus } from './fleet-contract.ts'
import type { Connectivity } from './connectivity-contract.ts'
import type { DiaryExport } from './fleet-contract.ts'

export type {
  Alert,
  DiaryExport,
  InvitationStatus,
  PosterOptions,
  Remains,
  RevokeOptions,
  StandingStatus,
} from './fleet-contract.ts'
export type { Profile } from '../swarm/contract.ts'

export interface StreamSettings {
  /** The newest events to keep. */
  readonly maxEvents?: number
  /** `<n>` and B, kB, MB, GB, KiB, MiB or GiB. */
  readonly maxSize?: string
  /** `<n>` and s, m, h, d or w. */
  readonly maxAge?: string
}

export interface EventRouting {
  readonly streams?: Readonly<Record<string, StreamSettings>>
  readonly routes?: readonly { readonly from: string; readonly into: string }[]
}

export const severities = ['info', 'warning', 'error'] as const
export type Severity = (typeof severities)[number]

export interface DiaryEntry {
  /** Microseconds since the epoch. */
  readonly time: number
  readonly code: string
  readonly severity: Severity
  /** A sentence, in English. */
  readonly message: string
  /** The other device it is about. */
  readonly device?: NodeId
  readonly stream?: StreamId
  /** By what the link was carried. */
  readonly link?: LinkStatus['kind']
}

/** Which entries of a diary: those that fulfil everything that is given. */
export interface DiaryFilter {
  /** At least as bad. */
  readonly severity?: Severity
  /** Any of these. */
  readonly codes?: readonly string[]
  readonly device?: NodeId
  /** In the sentence, the code, the device or the stream; case does not matter. */
  readonly text?: string
  /** Inclusive, microseconds since the epoch. */
  readonly from?: number
  readonly to?: number
}

/** More than `NodeInfo`, for our own console. */
export interface NodeDetails extends NodeInfo {
  readonly nodeId: NodeId
  readonly displayName: string
  readonly swarmId: string
  readonly events: number
  readonly runs: number
  readonly sealedRuns: number
  /** Bytes of the log on disk. */
  readonly logBytes: number
  /** Bytes this origin uses and may use, where the platform tells. */
  readonly storage?: { readonly used: number; readonly quota: number }
  readonly quarantined: readonly {
    readonly stream: string
    readonly from: number
    readonly count: number
    readonly reason: string
  }[]
  /** What the invitation by which this device came in says of its home screen and language: for the page, which applies each once. */
  readonly profile?: { readonly home?: string; readonly language?: string }
  readonly diary: readonly DiaryEntry[]
}

/** `alone`: founded silently on the first start, named by nobody, joined by nobody. */
export type SwarmState = 'alone' | 'member'

export type JoinStep = 'searching' | 'linking' | 'proving' | 'committing' | 'replicating'

/** A join under way, or the last one that failed; it goes on after a restart. */
export interface Joining {
  readonly step: JoinStep
  readonly swarmName: string
  /** Microseconds since the epoch. */
  readonly since: number
  /** Why it goes no further for now, or why it failed. */
  readonly problem?: { readonly code: string; readonly message: string }
  readonly failed: boolean
}

export interface StationStatus {
  readonly url: string
  readonly state: 'connected' | 'connecting' | 'unreachable'
  readonly problem?: string
}

export interface LinkStatus {
  readonly kind: 'webrtc' | 'websocket' | 'port' | 'memory'
  /** Milliseconds; absent before the first heartbeat. */
  readonly roundTrip?: number
  /** Their clock minus ours, microseconds. */
  readonly clockOffset?: number
  /** Microseconds since the epoch. */
  readonly since: number
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** One member of the swarm, as this node knows it. */
export interface DeviceStatus {
  readonly node: NodeId
  readonly isSelf: boolean
  /** As the device calls itself; absent before its first word arrived. */
  readonly displayName?: string
  readonly role: 'admin' | 'member'
  readonly admittedBy: string
  readonly standing: StandingStatus
  /** Steps from the root by the admins who gave it what it is: 0 by the root itself. Among admins only the lower one may revoke the higher. */
  readonly depth: number
  /** Present while there is a direct link. */
  readonly link?: LinkStatus
  /** Events that we hold and the device lacks, as far as known (its heads, or its newest vector); absent: nothing known. */
  readonly lacksOfOurs?: number
  /** Events that it holds and we lack. */
  readonly weLack?: number
  /** Microseconds since the epoch, our clock; absent: never. */
  readonly lastSeen?: number
  /** With whom it has links, for a drawing of the mesh; absent: not known. */
  readonly neighbours?: readonly NodeId[]
  /** It speaks a protocol too old or too new for us; says which side should be updated. */
  readonly problem?: string
}

/** `role` and `standing` are those of this device. */
export interface SwarmStatus extends FleetStatus {
  readonly state: SwarmState
  readonly swarmId: string
  /** Empty while nobody has named it. */
  readonly name: string
  readonly role: 'admin' | 'member'
  readonly node: NodeId
  /** Whether the swarm's root is still on this device, because its recovery code was not yet confirmed as kept. */
  readonly recoveryPending: boolean
  readonly joining?: Joining
  /** Whether some tab of this device holds the links; without one it does not replicate. */
  readonly radio: 'ready' | 'none'
  readonly stations: readonly StationStatus[]
  /** This one first. */
  readonly devices: readonly DeviceStatus[]
  /** Present events of this node that no other device is known to hold. */
  readonly onlyHere: number
  /** Events known to exist elsewhere and not here yet. */
  readonly toReceive: number
}

/** Which devices hold something, as far as known. "Safe on `devices`" counts those seen within 7 days, and this one. */
export interface Safety {
  readonly devices: number
  readonly nodes: readonly NodeId[]
  /** Members in all. */
  readonly of: number
}

/** Below `lamport` the order of events can no longer change (RULES 21). */
export interface Horizon {
  readonly lamport: number
  /** Members nothing is known of yet, or whose streams are not held as far as they said; they keep it from rising. */
  readonly waitingFor: readonly NodeId[]
}

export interface InviteOptions {
  /** Devices that may come in by it; default 1, at most 1,000. */
  readonly uses?: number
  /** Milliseconds; default 24 hours, at most 365 days. */
  readonly expiresIn?: number
  /** Default `member`. */
  readonly role?: 'admin' | 'member'
}

/** What an invitation says of itself; whether it still lets anybody in is known once a member was reached. */
export interface InvitationDetails {
  readonly swarmId: string
  readonly swarmName: string
  readonly role: 'admin' | 'member'
  readonly uses: number
  /** Microseconds since the epoch. */
  readonly expires: number
  readonly stations: readonly string[]
  readonly profile?: Profile
  /** The device whose place the newcomer takes. */
  readonly replaces?: NodeId
}

/** A log of an earlier swarm that this device keeps to be read. */
export interface FormerLog {
  readonly swarmId: string
  readonly name: string
  readonly node: NodeId
  readonly events: number
  readonly bytes: number
}

/** `node`: who this device was in that swarm. */
export type FormerReader = Pick<Log, 'node' | 'read' | 'present' | 'close'>

/** The node's part in its swarm. */
export interface NodeSwarm extends Fleet {
  status(): SwarmStatus
  onStatus(listener: () => void): () => void
  found(name: string): Promise<{ readonly swarmId: string; readonly recoveryCode: string }>
  recoveryKept(): Promise<void>
  invite(options?: PosterOptions): Promise<string>
  /** Reads a link or its pasted text without using it; `ERR_INVITATION`. */
  readInvitation(link: string): Promise<InvitationDetails>
  join(link: string): Promise<void>
  cancelJoin(): Promise<void>
  leave(): Promise<void>
  /** Linking two devices by hand, see the client's contract. */
  code(pasted?: string): Promise<string>
  stations(urls?: readonly string[]): Promise<readonly string[]>
  safety(stream: StreamId, offset: number): Safety
  horizon(): Horizon
  former(): Promise<readonly FormerLog[]>
  /** A former log, opened for reading; the caller closes it. `ERR_NO_LOG`: none of that swarm is kept. */
  openFormer(swarmId: string): Promise<FormerReader>
}

export interface Node {
  readonly id: NodeId
  readonly swarm: NodeSwarm
  readonly log: Log
  readonly tokens: Tokens
  readonly clock: Clock
  /** Events known to exist elsewhere and not here yet, by stream; whole streams are left out. */
  toReplicate(): Readonly<Record<StreamId, number>>
  details(): Promise<NodeDetails>
  /** Oldest first; at most 200 are kept. */
  diary(filter?: DiaryFilter): readonly DiaryEntry[]
  /** To be handed to somebody else: without keys, tokens, invitations, payloads and names. */
  exportDiary(filter?: DiaryFilter): DiaryExport
  /** Why there is, or is not, a link with each device. */
  connectivity(): Connectivity
  /** Tries every link and station that is missing at once, whenever they were to be tried next. */
  tryLinks(): void
  rename(displayName: string): Promise<void>
  eventRouting(): EventRouting
  /** Throws `ERR_SETTINGS` saying where and what; applies to events published from then on. */
  setEventRouting(eventRouting: EventRouting): Promise<void>
  close(): Promise<void>
}
