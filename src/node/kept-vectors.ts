/**
 * Vectors across restarts, in `meta` under `vector/<nodeId>`: a worker is restarted all day, and "safe on N devices" must not begin at one. A
 * value is eight hexadecimal digits of a CRC-32, then the vector: one in which a bit has flipped is nothing to pass on.
 */
import { decode, encode } from 'cborg'
import { concatBytes } from '../core/bytes.ts'
import { crc32 } from '../core/crc32.ts'
import { errorMessage } from '../core/errors.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { isNodeId } from '../core/node-id.ts'
import type { Vector } from '../replication/vector.ts'
import type { Store } from '../store/contract.ts'

const prefix = 'vector/'
/** The character after `/`. */
const prefixEnd = 'vector0'

const crcChars = 8

const read = (value: Uint8Array): Vector | undefined => {
  try {
    const bytes = value.subarray(crcChars)
    if (new TextDecoder().decode(value.subarray(0, crcChars)) !== crc32(bytes)) return undefined
    const [node, seq, lamport, time, map, mapHash, signature] = decode(bytes) as [
      string,
      number,
      number,
      number,
      [StreamId, number][],
      Uint8Array,
      Uint8Array,
    ]
    if (!isNodeId(node) || ![seq, lamport, time].every(Number.isSafeInteger)) return undefined
    return { node, seq, lamport, time, map: new Map(map), mapHash, signature }
  } catch {
    return undefined
  }
}

/** Newest of each node; one that is damaged is left out, since the next one comes within minutes. */
export const loadVectors = async (store: Store): Promise<readonly Vector[]> =>
  (await store.range('meta', { from: prefix, to: prefixEnd })).flatMap(([, value]) => read(value) ?? [])

/** Writes the newest of each node now and then, so that a swarm of hundreds does not wear out the flash. */
export const createVectorKeeper = (
  store: Store,
  after: (ms: number, action: () => void) => () => void,
  report: (code: string, message: string) => void,
) => {
  /** Milliseconds. */
  const writeEvery = 20_000
  const fresh = new Map<NodeId, Vector>()
  let cancel: (() => void) | undefined
  const write = (): void => {
    cancel = undefined
    const writes = [...fresh.values()].map(({ node, seq, lamport, time, map, mapHash, signature }) => {
      const bytes = encode([node, seq, lamport, time, [...map], mapHash, signature])
      const value = concatBytes(new TextEncoder().encode(crc32(bytes)), bytes)
      return { type: 'put' as const, table: 'meta' as const, key: `${prefix}${node}`, value }
    })
    fresh.clear()
    store.write(writes, 'relaxed').catch((error: unknown) => report('VECTORS', errorMessage(error)))
  }
  return {
    keep: (vectors: readonly Vector[]): void => {
      for (const vector of vectors) fresh.set(vector.node, vector)
      if (fresh.size > 0) cancel ??= after(writeEvery, write)
    },
    close: (): void => cancel?.(),
  }
}
