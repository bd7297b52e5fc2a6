/** Fields of the frames between members, in the order of `docs/protocol.md`. */
import type { StreamId } from '../core/event.ts'
import { signalBytesMax } from '../core/limits.ts'
import { refuseFrame } from './cbor.ts'
import type { Codecs } from './codec.ts'
import type { MemberFrame, StreamHead, VectorFrame } from './contract.ts'
import { bytes, count, flag, list, node, nodeBytes, nodes, stream, streamBytes } from './fields.ts'

/** Entries of one list; a frame as a whole is bounded anyway. */
const listMax = 65_536
export const admissionBytesMax = 4096
const relayIdBytesMax = 64
const relayHopsMax = 32
/** A signal with what seals it. */
const relayBytesMax = signalBytesMax + 1024

const writeHead = ({ stream: id, from, count: total, sealedTo, chain, origin }: StreamHead) => [
  streamBytes(id),
  from,
  total,
  sealedTo,
  chain,
  ...(origin === undefined ? [] : [streamBytes(origin.stream), origin.at]),
]

const readHead = (value: unknown): StreamHead => {
  const [id, from, total, sealedTo, chain, signed, at] = list(value, 16)
  const head = {
    stream: stream(id),
    from: count(from),
    count: count(total),
    sealedTo: count(sealedTo),
    chain: bytes(chain, 32, 32),
    ...(signed !== undefined && { origin: { stream: stream(signed), at: count(at) } }),
  }
  if (head.origin?.stream === head.stream) return refuseFrame('the origin of a branch')
  return head.from <= head.count && head.sealedTo <= head.count ? head : refuseFrame('a head')
}

const writeVector = (vector: VectorFrame) => [
  nodeBytes(vector.node),
  vector.seq,
  vector.lamport,
  vector.time,
  vector.base ?? null,
  vector.map.flatMap(([id, held]) => [streamBytes(id), held]),
  vector.mapHash,
  vector.signature,
]

/** Pairs one behind the other, to be one level flatter. */
const readMap = (value: unknown): (readonly [StreamId, number])[] => {
  const flat = list(value, 2 * listMax)
  if (flat.length % 2 !== 0) return refuseFrame('a map')
  const map: (readonly [StreamId, number])[] = []
  for (let at = 0; at < flat.length; at += 2) map.push([stream(flat[at]), count(flat[at + 1])])
  return map
}

const readVector = (value: unknown): VectorFrame => {
  const [author, seq, lamport, time, base, map, mapHash, signature] = list(value, 16)
  return {
    node: node(author),
    seq: count(seq),
    lamport: count(lamport),
    time: count(time),
    base: base === null ? undefined : count(base),
    map: readMap(map),
    mapHash: bytes(mapHash, 32, 32),
    signature: bytes(signature, 64, 64),
  }
}

export const memberCodecs: Codecs<Exclude<MemberFrame, { readonly type: 'run' }>> = {
  heads: {
    byte: 16,
    write: (frame) => [frame.full, frame.heads.map(writeHead)],
    read: ([full, heads]) => ({ type: 'heads', full: flag(full), heads: list(heads, listMax).map(readHead) }),
  },
  headsDigest: {
    byte: 17,
    write: (frame) => [frame.digest],
    read: ([digest]) => ({ type: 'headsDigest', digest: bytes(digest, 32, 32) }),
  },
  askHeads: { byte: 18, write: () => [], read: () => ({ type: 'askHeads' }) },
  want: {
    byte: 19,
    write: (frame) => [frame.id, streamBytes(frame.stream), frame.from, frame.bytes],
    read: ([id, of, from, about]) => ({
      type: 'want',
      id: count(id),
      stream: stream(of),
      from: count(from),
      bytes: count(about),
    }),
  },
  // 20 is `run`
  sent: { byte: 21, write: (frame) => [frame.id], read: ([id]) => ({ type: 'sent', id: count(id) }) },
  askAdmissions: {
    byte: 22,
    write: (frame) => [frame.nodes.map(nodeBytes)],
    read: ([asked]) => ({ type: 'askAdmissions', nodes: nodes(asked, listMax) }),
  },
  admissions: {
    byte: 23,
    write: (frame) => [frame.admissions],
    read: ([admissions]) => ({
      type: 'admissions',
      admissions: list(admissions, listMax).map((one) => bytes(one, 1, admissionBytesMax)),
    }),
  },
  vectorHeads: {
    byte: 24,
    write: (frame) => [frame.seqs.flatMap(([id, seq]) => [nodeBytes(id), seq])],
    read: ([value]) => {
      const flat = list(value, 2 * listMax)
      if (flat.length % 2 !== 0) return refuseFrame('pairs')
      const seqs = flat.flatMap((id, at) => (at % 2 === 0 ? [[node(id), count(flat[at + 1])] as const] : []))
      return { type: 'vectorHeads', seqs }
    },
  },
  vectors: {
    byte: 25,
    write: (frame) => [frame.vectors.map(writeVector)],
    read: ([vectors]) => ({ type: 'vectors', vectors: list(vectors, listMax).map(readVector) }),
  },
  neighbours: {
    byte: 26,
    write: (frame) => [frame.nodes.map(nodeBytes), frame.open],
    read: ([linked, open]) => ({ type: 'neighbours', nodes: nodes(linked, 4096), open: flag(open) }),
  },
  relay: {
    byte: 27,
    write: (frame) => [frame.id, nodeBytes(frame.from), nodeBytes(frame.to), frame.via.map(nodeBytes), frame.sealed],
    read: ([id, from, to, via, sealed]) => ({
      type: 'relay',
      id: bytes(id, 1, relayIdBytesMax),
      from: node(from),
      to: node(to),
      via: nodes(via, relayHopsMax),
      sealed: bytes(sealed, 0, relayBytesMax),
    }),
  },
}
