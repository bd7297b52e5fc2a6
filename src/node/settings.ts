/** The settings of this device: kept in the store's `meta`, never replicated. */
import { decode, encode } from 'cborg'
import { ShoalError } from '../core/errors.ts'
import type { Store, Write } from '../store/contract.ts'
import type { Profile } from '../swarm/contract.ts'
import { stationUrls } from '../swarm/text.ts'
import type { EventRouting } from './contract.ts'
import type { StreamNumbers } from './routing.ts'
import { lastBeforeDamage } from './routing.ts'

export interface Settings {
  readonly displayName: string
  readonly eventRouting: EventRouting
  readonly streamNumbers: StreamNumbers
  /** URLs of signalling stations that were set on this device; absent: those that the swarm names. */
  readonly stations?: readonly string[]
  /** What the invitation says that this device came in by; the page applies it once. */
  readonly profile?: Pick<Profile, 'home' | 'language'>
}

export const displayNameCharsMax = 80

/** What a device is called that nobody has named. */
export const firstName = (id: string): string => `Device ${id.replaceAll(/[^0-9A-Za-z]/g, '').slice(0, 4)}`

/** Whether somebody gave it: such a name is kept when the device joins another swarm, or takes the place of another. */
export const isGivenName = (name: string): boolean => !/^Device [0-9A-Za-z]{1,4}$/.test(name)

export const checkDisplayName = (name: unknown): string => {
  const trimmed = typeof name === 'string' ? name.trim().normalize('NFC') : ''
  if (trimmed === '' || trimmed.length > displayNameCharsMax) {
    throw new ShoalError('ERR_SETTINGS', `A device name has 1 to ${displayNameCharsMax} characters.`)
  }
  return trimmed
}

/** Which numbers streams had is lost with damaged settings, so that new names must get none that may be in use. */
const streamNumbersAfterDamage: StreamNumbers = { 'before the damage': lastBeforeDamage }

export const loadSettings = async (store: Store, fallback: Settings, onDamage: () => void): Promise<Settings> => {
  const kept = await store.get('meta', 'settings')
  if (kept === undefined) return fallback
  try {
    const { displayName, eventRouting, streamNumbers, stations, profile } = decode(kept) as Settings
    if (typeof streamNumbers === 'object' && typeof eventRouting === 'object') {
      return {
        displayName: checkDisplayName(displayName),
        eventRouting,
        streamNumbers,
        ...(stations !== undefined && { stations: stationUrls(stations) }),
        ...(typeof profile === 'object' && profile !== null && { profile }),
      }
    }
  } catch {
    // falls through
  }
  onDamage()
  return { ...fallback, streamNumbers: streamNumbersAfterDamage }
}

export const settingsWrite = (settings: Settings): Write => ({
  type: 'put',
  table: 'meta',
  key: 'settings',
  value: new Uint8Array(encode(settings)),
})

export const saveSettings = (store: Store, settings: Settings): Promise<void> =>
  store.write([settingsWrite(settings)], 'strict')
