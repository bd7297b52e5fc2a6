/** A node's certificate of membership (RULES 15), signed by who admitted it: the root, or a member. */
import { decode, encode } from 'cborg'
import { concatBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { isNodeId } from '../core/node-id.ts'
import type { Signer } from '../crypto/keys.ts'
import { signatureBytes, verify } from '../crypto/keys.ts'

export const certificateVersion = 1

export type Role = 'admin' | 'member'

export interface Certificate {
  /** The swarm's public root key. */
  readonly swarm: NodeId
  readonly node: NodeId
  /** X25519 public key, 32 bytes. */
  readonly boxKey: Uint8Array
  readonly role: Role
  /** `tokenId` of the ticket it rests on; empty for one that the root signed. */
  readonly token: Uint8Array
  readonly admittedBy: NodeId
  readonly admittedAtLamport: number
}

const prefix = new TextEncoder().encode('shoal.certificate.1')

/** The signature (64 bytes), then what it signs: a CBOR array of the version and the fields in order. */
export const signCertificate = async (certificate: Certificate, signer: Signer): Promise<Uint8Array<ArrayBuffer>> => {
  const { swarm, node, boxKey, role, token, admittedBy, admittedAtLamport } = certificate
  const fields = new Uint8Array(
    encode([certificateVersion, swarm, node, boxKey, role, token, admittedBy, admittedAtLamport]),
  )
  return concatBytes(await signer.sign(concatBytes(prefix, fields)), fields)
}

const malformed = (): never => {
  throw new ShoalError('ERR_CERTIFICATE', 'A certificate of membership is malformed or not signed by who it names.')
}

/** What `bytes` say, whoever signed them. Throws `ERR_CERTIFICATE`. */
export const parseCertificate = (bytes: Uint8Array): Certificate => {
  let decoded: unknown
  try {
    decoded = decode(bytes.subarray(signatureBytes))
  } catch {
    return malformed()
  }
  if (!Array.isArray(decoded) || decoded.length < 8 || decoded[0] !== certificateVersion) return malformed()
  const [, swarm, node, boxKey, role, token, admittedBy, admittedAtLamport] = decoded as unknown[]
  if (typeof swarm !== 'string' || !isNodeId(swarm) || typeof node !== 'string' || !isNodeId(node)) return malformed()
  if (typeof admittedBy !== 'string' || !isNodeId(admittedBy)) return malformed()
  if (!(boxKey instanceof Uint8Array) || boxKey.length !== 32 || !(token instanceof Uint8Array)) return malformed()
  if (role !== 'admin' && role !== 'member') return malformed()
  if (!Number.isSafeInteger(admittedAtLamport) || (admittedAtLamport as number) < 0) return malformed()
  return { swarm, node, boxKey, role, token, admittedBy, admittedAtLamport: admittedAtLamport as number }
}

/** Whether `admittedBy` signed it, as parsed from `bytes`. */
export const isCertificateSigned = ({ admittedBy }: Certificate, bytes: Uint8Array): Promise<boolean> =>
  verify(
    admittedBy,
    concatBytes(prefix, bytes.subarray(signatureBytes)),
    new Uint8Array(bytes.subarray(0, signatureBytes)),
  )

/** Throws `ERR_CERTIFICATE` unless `admittedBy` signed it. Whether that node may admit is for the reader of the swarm to say. */
export const readCertificate = async (bytes: Uint8Array): Promise<Certificate> => {
  const certificate = parseCertificate(bytes)
  return (await isCertificateSigned(certificate, bytes)) ? certificate : malformed()
}
