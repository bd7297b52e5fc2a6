/** What the page knows about its own standing on this device, for the console to show and act on. */
import type { Shoal } from '../client/contract.ts'
import type { ShoalError } from '../core/errors.ts'
import type { Probes } from './probe-contract.ts'

export type {
  AddressFinding,
  OriginFinding,
  PermissionFinding,
  Probes,
  StationFinding,
  StorageFinding,
} from './probe-contract.ts'

/** A newer Shoal is ready. It is applied by `apply`, or by itself after `deadline` once nobody has touched any tab for a while. */
export interface UpdateOffer {
  /** Milliseconds since the epoch. */
  readonly deadline: number
  apply(): void
}

/** `prompt`: `install()` asks the browser. `by-hand`: only the share menu can (iOS). `no`: installed, or the browser offers nothing. */
export type Installability = 'prompt' | 'by-hand' | 'no'
/** Whether the browser promised not to clear our storage; `unasked` until there is something to keep. */
export type Persistence = 'unasked' | 'granted' | 'refused' | 'unsupported'

/** The screen lock. `wanted`: by the setting, and because the device is in a swarm. `held`: the browser keeps the screen on now. */
export interface WakeState {
  readonly wanted: boolean
  readonly held: boolean
  readonly supported: boolean
}

/** A time in which this device could receive nothing. Milliseconds since the epoch. */
export interface Slept {
  readonly from: number
  readonly to: number
}

export interface PageSnapshot {
  /** `starting` until the node answered; `restarting` while it is away; `refused`: see `problem`. */
  readonly worker: 'starting' | 'running' | 'restarting' | 'refused'
  /** False after shift-reload: then `fetch('/api/v2/…')` is not answered here, while `window.shoal` works. */
  readonly controlled: boolean
  /** Runs as an app of its own, without the browser around it. */
  readonly installed: boolean
  readonly installability: Installability
  readonly persistence: Persistence
  /** Bytes this origin uses and may use. */
  readonly storage: { readonly used: number; readonly quota: number } | undefined
  readonly update: UpdateOffer | undefined
  readonly wake: WakeState
  /** What the operator chose: whether the screen is to stay on while this device is in a swarm. */
  readonly wakeSetting: boolean
  /** The last sleep nobody has been told of; until `dismissSlept`. */
  readonly slept: Slept | undefined
  /** What the operator chose: off, this device makes no links and asks no station, in no tab; everything on it goes on. */
  readonly links: 'on' | 'off'
  /** This tab still shows the former version, because somebody types in it; it reloads by itself when that has ended. */
  readonly reloadPending: boolean
  /** Why the node refuses this tab. `ERR_CLIENT_OUTDATED` and `ERR_STORE_FORMAT`: reload it. */
  readonly problem: ShoalError | undefined
}

export interface PageState {
  readonly current: PageSnapshot
  /** The answer removes the listener. */
  onChange(listener: (current: PageSnapshot) => void): () => void
  /** Asks the browser to install; false when the operator declined or it cannot. Call it from a tap. */
  install(): Promise<boolean>
  /** Asks the browser not to clear our storage; harmless to repeat. */
  persist(): Promise<Persistence>
  /** Reads the storage estimate anew. */
  measure(): Promise<void>
  /** Keeps the screen on while this device is in a swarm and the app is visible, or leaves it to the device. Remembered. */
  setWake(isOn: boolean): void
  dismissSlept(): void
  /** As aeroplane mode, for links only: for all tabs of this device, remembered. */
  setLinks(links: 'on' | 'off'): void
  /** Loads this tab again, now. */
  reload(): void
  /** For the check of connectivity. */
  readonly probes: Probes
}

declare global {
  interface Window {
    /** The node of this browser, for the developer tools; see `src/client/contract.ts`. */
    shoal: Shoal
  }
}
