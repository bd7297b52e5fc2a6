/**
 * Links of invitations made on this device, in `meta` under `invitation/<id>` until they expire: a poster can be shown again, after a restart too.
 * Each lets somebody in, as the paper on the wall does; they never leave this device.
 */
import { decode, encode } from 'cborg'
import type { Store } from '../store/contract.ts'

const prefix = 'invitation/'
/** The character after `/`. */
const prefixEnd = 'invitation0'

export interface KeptLinks {
  get(id: string): string | undefined
  /** `expires`: microseconds since the epoch. */
  keep(id: string, link: string, expires: number): Promise<void>
  drop(id: string): Promise<void>
}

const read = (value: Uint8Array): { readonly link: string; readonly expires: number } | undefined => {
  try {
    const [link, expires] = decode(value) as unknown[]
    return typeof link === 'string' && typeof expires === 'number' ? { link, expires } : undefined
  } catch {
    return undefined
  }
}

/** Forgets those that have expired at `now`, and those that are damaged. */
export const loadLinks = async (store: Store, now: number): Promise<KeptLinks> => {
  const links = new Map<string, string>()
  const gone: string[] = []
  for (const [key, value] of await store.range('meta', { from: prefix, to: prefixEnd })) {
    const kept = read(value)
    if (kept === undefined || kept.expires <= now) gone.push(key)
    else links.set(key.slice(prefix.length), kept.link)
  }
  const drop = async (keys: readonly string[]): Promise<void> => {
    if (keys.length > 0)
      await store.write(
        keys.map((key) => ({ type: 'delete', table: 'meta', key })),
        'relaxed',
      )
  }
  await drop(gone)
  return {
    get: (id) => links.get(id),
    keep: async (id, link, expires) => {
      const value = new Uint8Array(encode([link, expires]))
      await store.write([{ type: 'put', table: 'meta', key: `${prefix}${id}`, value }], 'strict')
      links.set(id, link)
    },
    drop: async (id) => {
      if (links.delete(id)) await drop([`${prefix}${id}`])
    },
  }
}
