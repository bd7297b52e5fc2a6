/**
 * What two nodes show each other first (RULES 20), without channels, clocks or order: the hello, what is wrong with one, and the proof that
 * whoever sent it holds the node's key, on this very connection. `greeting.ts` carries it out; `docs/protocol.md` has the grammar.
 */
import { encode } from 'cborg'
import { concatBytes, createByteWriter } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { admissionDepthMax } from '../core/limits.ts'
import { bytesFromNodeId } from '../core/node-id.ts'
import { sha256 } from '../crypto/hash.ts'
import type { Signer } from '../crypto/keys.ts'
import { signatureBytes, verify } from '../crypto/keys.ts'
import type { Fingerprints } from '../transport/contract.ts'
import { decodeFields, refuseFrame } from './cbor.ts'
import { protocolVersion } from './contract.ts'
import { bytes, count, list, node, text } from './fields.ts'
import { helloByte, proofByte } from './frame.ts'
import { admissionBytesMax } from './member-frame.ts'

/** What the link is for: replication between members, or joining. */
export type Purpose = 'member' | 'newcomer'

export interface Hello {
  /** Protocol versions it accepts. */
  readonly versions: readonly number[]
  readonly node: NodeId
  readonly swarm: NodeId
  readonly purpose: Purpose
  /** As `Members.path`; empty for a newcomer. */
  readonly path: readonly Uint8Array[]
  readonly nonce: Uint8Array
  /** X25519, made for this connection; absent where DTLS fingerprints bind the proof. */
  readonly sealKey: Uint8Array | undefined
  /** Of the software, for the technician. */
  readonly build: string
  /** Microseconds since the epoch, by its wall clock. */
  readonly time: number
}

/** This version and the one before. */
export const acceptedVersions: readonly number[] = [protocolVersion, protocolVersion - 1].filter((one) => one > 0)

const versionsMax = 16
const nonceBytes = 32
const buildCharsMax = 64
const purposes: readonly Purpose[] = ['member', 'newcomer']

/** A handshake ends with this; the code is told to the other end as well. */
export const refuse = (code: string, message: string): never => {
  throw new ShoalError(code, message)
}

export const makeNonce = (random: (length: number) => Uint8Array): Uint8Array => random(nonceBytes)

export const encodeHello = (hello: Hello): Uint8Array<ArrayBuffer> =>
  concatBytes(
    Uint8Array.of(helloByte),
    encode([
      hello.versions,
      bytesFromNodeId(hello.node),
      bytesFromNodeId(hello.swarm),
      purposes.indexOf(hello.purpose),
      hello.path,
      hello.nonce,
      hello.sealKey ?? null,
      hello.build.slice(0, buildCharsMax),
      hello.time,
    ]),
  )

const readVersions = (value: unknown, ours: readonly number[]): readonly number[] => {
  const versions = list(value, versionsMax).map(count)
  if (versions.some((one) => ours.includes(one))) return versions
  const theirs = Math.max(0, ...versions)
  const mine = Math.max(0, ...ours)
  const who = theirs < mine ? 'Update Shoal on the other device' : 'Update Shoal on this device'
  return refuse(
    'ERR_PROTOCOL_VERSION',
    `The other device speaks version ${theirs} of the protocol and this one version ${mine}; they are too far apart. ${who}.`,
  )
}

/** Throws `ERR_PROTOCOL_VERSION` before it looks at what another version may have changed, else `ERR_FRAME`. */
export const decodeHello = (frame: Uint8Array, ours: readonly number[]): Hello => {
  if (frame[0] !== helloByte) return refuseFrame('no hello')
  const [accepted, id, swarm, purpose, path, nonce, sealKey, build, time] = decodeFields(frame.subarray(1))
  const versions = readVersions(accepted, ours)
  return {
    versions,
    node: node(id),
    swarm: node(swarm),
    purpose: purposes[count(purpose)] ?? refuseFrame('a purpose'),
    path: list(path, 2 * admissionDepthMax).map((one) => bytes(one, 1, admissionBytesMax)),
    nonce: bytes(nonce, nonceBytes, nonceBytes),
    sealKey: sealKey === null ? undefined : bytes(sealKey, 32, 32),
    build: text(build, buildCharsMax),
    time: count(time),
  }
}

/** What can be said against a hello before anything is proved. */
export const judgeHello = (own: Hello, theirs: Hello, expected: NodeId | undefined): void => {
  if (theirs.node === own.node) {
    refuse('ERR_OWN_IDENTITY', 'The other end shows the identity of this device: it met itself, or a copy of itself.')
  }
  if (theirs.swarm !== own.swarm) refuse('ERR_OTHER_SWARM', 'The other device belongs to another swarm.')
  if (expected !== undefined && theirs.node !== expected) {
    refuse('ERR_UNEXPECTED_NODE', `Another device answered than ${expected}, which was called.`)
  }
  if (own.purpose === 'newcomer' && theirs.purpose === 'newcomer') {
    refuse('ERR_NOT_A_MEMBER', 'The other device wants to join as well; only a member can let one in.')
  }
  if ((own.sealKey === undefined) !== (theirs.sealKey === undefined)) {
    refuse('ERR_PROOF', 'The two ends do not agree on whether their connection has fingerprints.')
  }
}

export interface Transcript {
  readonly own: Hello
  readonly theirs: Hello
  /** SHA-256 of the hellos as sent. */
  readonly ownHash: Uint8Array<ArrayBuffer>
  readonly theirHash: Uint8Array<ArrayBuffer>
}

export const hashHello = (frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> => sha256(frame)

const prefix = new TextEncoder().encode('shoal.proof.1')
const nothing = new Uint8Array()

interface ProofParts {
  readonly swarm: NodeId
  readonly ownHash: Uint8Array
  readonly theirHash: Uint8Array
  readonly own: Uint8Array
  readonly theirs: Uint8Array
}

const isBefore = (a: Uint8Array, b: Uint8Array): boolean => {
  const at = a.findIndex((byte, index) => byte !== b[index])
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0)
}

/**
 * What is signed. The role (whose hello has the smaller hash) and the order of the hashes make it worthless in the other direction; the
 * fingerprints are those of the connection as the signer sees it.
 */
const proofText = ({ swarm, ownHash, theirHash, own, theirs }: ProofParts): Uint8Array<ArrayBuffer> => {
  const writer = createByteWriter(256)
  writer.bytes(prefix)
  writer.varint(isBefore(ownHash, theirHash) ? 1 : 2)
  writer.bytes(ownHash)
  writer.bytes(theirHash)
  writer.bytes(bytesFromNodeId(swarm))
  writer.sized(own)
  writer.sized(theirs)
  return writer.done()
}

export const makeProof = async (
  { own, ownHash, theirHash }: Transcript,
  fingerprints: Fingerprints | undefined,
  signer: Signer,
): Promise<Uint8Array<ArrayBuffer>> => {
  const signed = proofText({
    swarm: own.swarm,
    ownHash,
    theirHash,
    own: fingerprints?.ours ?? nothing,
    theirs: fingerprints?.theirs ?? nothing,
  })
  return concatBytes(Uint8Array.of(proofByte), encode([theirHash, await signer.sign(signed)]))
}

export interface Proof {
  /** Hash of the hello it answers. */
  readonly answers: Uint8Array
  readonly signature: Uint8Array<ArrayBuffer>
}

export const decodeProof = (frame: Uint8Array): Proof => {
  if (frame[0] !== proofByte) return refuseFrame('no proof')
  const [answers, signature] = decodeFields(frame.subarray(1))
  return { answers: bytes(answers, 32, 32), signature: bytes(signature, signatureBytes, signatureBytes) }
}

/** Whether the node of their hello signed this very exchange on this very connection. */
export const checkProof = (
  { own, theirs, ownHash, theirHash }: Transcript,
  fingerprints: Fingerprints | undefined,
  proof: Proof,
): Promise<boolean> => {
  const signed = proofText({
    swarm: own.swarm,
    ownHash: theirHash,
    theirHash: ownHash,
    own: fingerprints?.theirs ?? nothing,
    theirs: fingerprints?.ours ?? nothing,
  })
  return verify(theirs.node, signed, proof.signature)
}
