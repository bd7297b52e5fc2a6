/**
 * What a renewal leaves in `meta` so that it goes on after a restart, and so that nothing is written meanwhile: under `renewal` a CBOR array of
 * version and a CRC-32 of what follows, and that: what the node was shown of its own stream, the signed renewal, the membership it was offered.
 */
import { decode, encode } from 'cborg'
import { crc32 } from '../core/crc32.ts'
import type { Store, Write } from '../store/contract.ts'
import type { NewMembership } from '../swarm/membership.ts'
import type { Shown } from '../swarm/renewal.ts'

const key = 'renewal'
const noteVersion = 1

export interface RenewalNote {
  readonly shown?: Shown | undefined
  /** Signed; absent before the next identity was made. */
  readonly renewal?: Uint8Array | undefined
  /** Verified. */
  readonly membership?: NewMembership | undefined
}

export const noteWrite = ({ shown, renewal, membership }: RenewalNote): Write => {
  const fields = new Uint8Array(
    encode([
      shown === undefined ? null : [shown.number, shown.count, shown.chain],
      renewal ?? null,
      membership === undefined
        ? null
        : [
            membership.path,
            membership.swarmKey.key,
            membership.swarmKey.epoch,
            membership.hints.swarmName,
            membership.hints.stations,
          ],
    ]),
  )
  return { type: 'put', table: 'meta', key, value: new Uint8Array(encode([noteVersion, crc32(fields), fields])) }
}

export const noteDelete: Write = { type: 'delete', table: 'meta', key }

/** One that is damaged still says that the old name is not to be written under: the renewal begins anew. */
export const readNote = async (store: Store): Promise<RenewalNote | undefined> => {
  const kept = await store.get('meta', key)
  if (kept === undefined) return undefined
  try {
    const [version, check, fields] = decode(kept) as [number, string, Uint8Array]
    if (version !== noteVersion || crc32(fields) !== check) return {}
    const [shown, renewal, membership] = decode(fields) as [
      [number, number, Uint8Array] | null,
      Uint8Array | null,
      [Uint8Array[], Uint8Array, number, string, string[]] | null,
    ]
    return {
      ...(shown !== null && { shown: { number: shown[0], count: shown[1], chain: shown[2] } }),
      ...(renewal !== null && { renewal }),
      ...(membership !== null && {
        membership: {
          path: membership[0],
          swarmKey: { key: membership[1], epoch: membership[2] },
          hints: { swarmName: membership[3], stations: membership[4] },
        },
      }),
    }
  } catch {
    return {}
  }
}
