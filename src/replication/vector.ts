/**
 * A vector: what one node says it holds (RULES 21). Its signature covers node, seq, lamport, time and the hash of the whole map, so that
 * the map may travel as a difference and still be proved.
 */
import { encode } from 'cborg'
import { concatBytes, createByteWriter, equalBytes } from '../core/bytes.ts'
import type { StreamId } from '../core/event.ts'
import { bytesFromNodeId, parseStreamId } from '../core/node-id.ts'
import { sha256 } from '../crypto/hash.ts'
import type { Signer } from '../crypto/keys.ts'
import { verify } from '../crypto/keys.ts'
import type { VectorFrame } from './contract.ts'

/** Streams one vector may name. */
export const vectorStreamsMax = 20_000

export type VectorMap = ReadonlyMap<StreamId, number>

/** A vector with its map whole. */
export interface Vector extends Pick<VectorFrame, 'node' | 'seq' | 'lamport' | 'time' | 'mapHash' | 'signature'> {
  readonly map: VectorMap
}

const prefix = new TextEncoder().encode('shoal.vector.1')

/** Streams ascending, each as the author's key, the stream's number and the count of its events. */
const mapBytes = (map: VectorMap): Uint8Array<ArrayBuffer> => {
  const writer = createByteWriter(64 * (map.size + 1))
  const streams = [...map.keys()].sort()
  writer.varint(streams.length)
  for (const stream of streams) {
    const parsed = parseStreamId(stream)
    if (parsed === undefined) continue
    writer.bytes(bytesFromNodeId(parsed.node))
    writer.varint(parsed.number)
    writer.varint(map.get(stream) ?? 0)
  }
  return writer.done()
}

const signedBytes = ({ node, seq, lamport, time, mapHash }: Omit<Vector, 'map' | 'signature'>) =>
  concatBytes(prefix, encode([bytesFromNodeId(node), seq, lamport, time, mapHash]))

export const signVector = async (
  said: Omit<Vector, 'node' | 'mapHash' | 'signature'>,
  signer: Signer,
): Promise<Vector> => {
  const unsigned = { ...said, node: signer.id, mapHash: await sha256(mapBytes(said.map)) }
  return { ...unsigned, signature: await signer.sign(signedBytes(unsigned)) }
}

/** The vector that `frame` stands for, with the difference applied to `base`; undefined when it is not what its node signed. */
export const readVector = async (frame: VectorFrame, base: Vector | undefined): Promise<Vector | undefined> => {
  if (frame.base !== undefined && base?.seq !== frame.base) return undefined
  const map = new Map(frame.base === undefined ? [] : base?.map)
  for (const [stream, count] of frame.map) map.set(stream, count)
  if (map.size > vectorStreamsMax) return undefined
  const { node, seq, lamport, time, mapHash, signature } = frame
  const vector = { node, seq, lamport, time, mapHash, signature, map }
  if (!equalBytes(await sha256(mapBytes(map)), mapHash)) return undefined
  return (await verify(node, signedBytes(vector), new Uint8Array(signature))) ? vector : undefined
}

/** As a difference to `base` where the receiver holds that one. */
export const frameOf = (vector: Vector, base: Vector | undefined): VectorFrame => {
  const { node, seq, lamport, time, mapHash, signature, map } = vector
  const changed = [...map].filter(([stream, count]) => base?.map.get(stream) !== count)
  return { node, seq, lamport, time, base: base?.seq, map: changed, mapHash, signature }
}
