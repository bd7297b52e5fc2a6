/**
 * The swarm's key: 32 bytes that every member has, made at founding and handed to newcomers over their proven link. Rooms at stations and
 * signals on their way through the mesh are sealed under it. It lies in `meta` in the clear: whoever can read this device's storage can read it
 * (and the log besides). Exchanging it for one of the next epoch, after a device was lost, is not built yet; links already name the epoch.
 */
import { decode, encode } from 'cborg'
import { crc32 } from '../core/crc32.ts'
import type { Random } from '../core/random.ts'
import type { Store, Write } from '../store/contract.ts'

export const swarmKeyBytes = 32

export interface SwarmKey {
  readonly key: Uint8Array
  readonly epoch: number
}

const metaKey = 'swarm-key'

export const swarmKeyWrite = ({ key, epoch }: SwarmKey): Write => ({
  type: 'put',
  table: 'meta',
  key: metaKey,
  value: new Uint8Array(encode([epoch, key, crc32(key)])),
})

const isSwarmKey = (epoch: unknown, key: unknown, check: unknown): boolean =>
  Number.isSafeInteger(epoch) && key instanceof Uint8Array && key.length === swarmKeyBytes && crc32(key) === check

/** `damaged` where there is one that cannot be read any more. */
export const readSwarmKey = async (store: Store): Promise<SwarmKey | 'damaged' | undefined> => {
  const kept = await store.get('meta', metaKey)
  if (kept === undefined) return undefined
  try {
    const [epoch, key, check] = decode(kept) as unknown[]
    return isSwarmKey(epoch, key, check) ? { key: key as Uint8Array, epoch: epoch as number } : 'damaged'
  } catch {
    return 'damaged'
  }
}

export const makeSwarmKey = (random: Random): SwarmKey => ({ key: random(swarmKeyBytes), epoch: 0 })
