/** What the node's part in its swarm is made of, and what the node itself may ask of it besides. */
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import type { OwnLog } from '../log/log.ts'
import type { Store, Write } from '../store/contract.ts'
import type { Shelf } from '../store/shelf.ts'
import type { Profile } from '../swarm/contract.ts'
import type { MemberRegister } from '../swarm/members.ts'
import type { Membership } from '../swarm/membership.ts'
import type { SwarmRecord } from '../swarm/record.ts'
import type { StandingsKeeper } from '../swarm/standings.ts'
import type { LimitedStream } from '../swarm/swarm-event.ts'
import type { OpenRelaySocket, Radio } from '../transport/contract.ts'
import type { DiaryEntry, NodeSwarm } from './contract.ts'
import type { Identity } from './identity.ts'
import type { Network } from './network.ts'
import type { WriteGate } from './write-gate.ts'

export interface NodeSwarmDependencies {
  readonly identity: Identity
  readonly membership: Membership
  readonly members: MemberRegister
  readonly standings: StandingsKeeper
  readonly record: SwarmRecord
  readonly log: OwnLog
  readonly gate: WriteGate
  readonly store: Store
  readonly shelf: Shelf
  readonly topic: string
  readonly clock: Clock
  readonly random: Random
  readonly build: string
  readonly radio: Radio | undefined
  /** Of the protocol between nodes; absent: those of this build. */
  readonly versions?: readonly number[] | undefined
  readonly openRelaySocket: OpenRelaySocket | undefined
  readonly defaultStations: readonly string[]
  readonly pageUrl: string
  readonly report: (code: string, message: string) => void
  /** As the settings of this device have it. */
  displayName(): string
  /** What a further log of this device takes over from this one. */
  carriedOver(profile?: Profile): readonly Write[]
  setDisplayName(displayName: string): Promise<void>
  diary(): readonly DiaryEntry[]
  /** The settings of this device as they are. */
  settingsWrites(): readonly Write[]
  /** The streams of this node that are not kept whole, as others are told. */
  limitedStreams(): readonly LimitedStream[]
  /** Stations set on this device; undefined: those of the swarm. */
  ownStations(): readonly string[] | undefined
  setOwnStations(urls: readonly string[]): Promise<void>
  readonly onReplaced: () => void
}

export interface OwnSwarm extends NodeSwarm {
  readonly network: Network | undefined
  /** The device has another name, or other limits of its streams. */
  redescribed(): Promise<void>
  /** The node closes. */
  end(): void
}
