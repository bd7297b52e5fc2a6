/** What a tab can find out about the ways from this device to others. No probe rejects: what could not be found out is part of its answer. */

export type Answered = 'yes' | 'no' | 'late'

/** The address that the app came from. */
export interface OriginFinding {
  readonly url: string
  /** Whether anything answers there now: the app starts without. */
  readonly answers: Answered
  /** Only for https, where nothing answers: that is because the browser does not trust the certificate. */
  readonly isUntrusted?: boolean
  /** Its clock minus that of this device, in milliseconds; absent where it does not tell. */
  readonly clockOffset?: number
  /** When its certificate expires, milliseconds since the epoch; only a station tells. */
  readonly certificateEnds?: number
}

/** One signalling station. */
export interface StationFinding {
  readonly url: string
  /** `other`: what answers there speaks something else. */
  readonly answers: Answered | 'other'
}

/** What the browser tells others to reach this device by. */
export interface AddressFinding {
  readonly isSupported: boolean
  /** IP addresses. */
  readonly raw: number
  /** Names that only multicast resolves. */
  readonly mdns: number
  /** Two connections of this very tab found each other. */
  readonly isLooped: boolean
}

/** `unknown`: this browser has no such permission. */
export type PermissionFinding = 'granted' | 'prompt' | 'denied' | 'unknown'

export interface StorageFinding {
  /** A few kilobytes could be written. What browsers say of their quota may be made up. */
  readonly isWritable: boolean
  /** Bytes. */
  readonly used: number
  readonly quota: number
  readonly isKept: boolean
}

export interface Probes {
  origin(signal: AbortSignal): Promise<OriginFinding>
  station(url: string, signal: AbortSignal): Promise<StationFinding>
  addresses(signal: AbortSignal): Promise<AddressFinding>
  localNetwork(): Promise<PermissionFinding>
  /** Undefined where the browser does not tell. */
  storage(): Promise<StorageFinding | undefined>
}
