import type { NodeId } from '../core/event.ts'
import type { Tokens } from '../crypto/token.ts'
import type { NodeInfo } from '../api/contract.ts'
import type { Log } from '../log/contract.ts'
import type { Clock } from '../core/clock.ts'

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

export interface DiaryEntry {
  /** Microseconds since the epoch. */
  readonly time: number
  readonly code: string
  readonly message: string
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
  readonly diary: readonly DiaryEntry[]
}

export interface Node {
  readonly id: NodeId
  readonly log: Log
  readonly tokens: Tokens
  readonly clock: Clock
  details(): Promise<NodeDetails>
  rename(displayName: string): Promise<void>
  eventRouting(): EventRouting
  /** Throws `ERR_SETTINGS` saying where and what; applies to events published from then on. */
  setEventRouting(eventRouting: EventRouting): Promise<void>
  close(): Promise<void>
}
