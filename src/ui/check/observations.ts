/** What the check of connectivity has seen: all that a diagnosis goes by. */
import type { Connectivity } from '../../client/contract.ts'
import type {
  AddressFinding,
  OriginFinding,
  PermissionFinding,
  StationFinding,
  StorageFinding,
} from '../../page/contract.ts'

export interface PageFacts {
  /** The operator's switch. */
  readonly links: 'on' | 'off'
  /** The browser says that the device has a network. */
  readonly isOnline: boolean
  /** Milliseconds since the epoch, by the clock of this device. */
  readonly now: number
  /** Milliseconds since this tab was loaded. */
  readonly age: number
  /** Why the node refuses this tab. */
  readonly refusal?: { readonly code: string; readonly message: string }
}

/** What was not looked at yet, or could not be found out, is absent. */
export interface Observations {
  readonly page: PageFacts
  /** `silent`: it did not answer in time. */
  readonly node?: Connectivity | 'silent'
  readonly origin?: OriginFinding
  readonly stations?: readonly StationFinding[]
  readonly addresses?: AddressFinding
  readonly localNetwork?: PermissionFinding
  readonly storage?: StorageFinding
  /** The id of the device that the question is about; absent: all of them. */
  readonly device?: string
  /** Attempts to link were given the time they take. */
  readonly isTried?: boolean
}

/** In the order in which one thing rests on another. */
export const steps = ['node', 'network', 'address', 'stations', 'devices', 'clock', 'storage'] as const
export type Step = (typeof steps)[number]
