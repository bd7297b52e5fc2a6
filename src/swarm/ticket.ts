/**
 * A ticket: the public half of an invitation (RULES 16), signed by the admin who made it. The token, its secret half, stands for a key pair:
 * whoever has the token can sign a claim for a device, whoever has the ticket can check it, and nobody else has to see the token. Signed bytes are `"shoal.ticket.1" ‖ fields`, fields
 * being a CBOR array: version, token id, swarm, admin, uses, seconds since the epoch, role (0 member, 1 admin), and where there is one the
 * profile (name, home, language; else null) and the id of the device that is replaced; later versions of Shoal may append to it. Ids are their 32 bytes, since a ticket has to fit a QR code.
 */
import { decode, encode } from 'cborg'
import { concatBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { bytesFromNodeId, nodeIdFromBytes } from '../core/node-id.ts'
import { sha256Small } from '../crypto/hash.ts'
import type { Signer } from '../crypto/keys.ts'
import { createSigner, publicBytes, signatureBytes, verify } from '../crypto/keys.ts'
import { pairOfSeed } from '../crypto/seed.ts'
import type { Ticket } from './contract.ts'
import { profileField, profileOfField } from './profile.ts'

export const ticketVersion = 1
export const tokenBytes = 16
/** Devices one invitation lets in: a plant's worth. */
export const usesMax = 1000
/** Of a ticket's bytes; with what later versions may append. */
export const ticketBytesMax = 1024

const prefix = new TextEncoder().encode('shoal.ticket.1')
const tokenPrefix = new TextEncoder().encode('shoal.token.1')
const claimPrefix = new TextEncoder().encode('shoal.claim.1')
const roomPrefix = new TextEncoder().encode('shoal.join-room.1')
const second = 1_000_000

const pairOfToken = (token: Uint8Array): Promise<CryptoKeyPair> =>
  pairOfSeed(sha256Small(concatBytes(tokenPrefix, token)))

/** What a ticket names a token by, the public key of its pair: who reads the ticket cannot come in with it. */
export const tokenIdOf = async (token: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  publicBytes(await pairOfToken(token))

/** Key of the room in which members greet who has the token. */
export const joinRoomOf = (token: Uint8Array): Uint8Array<ArrayBuffer> => sha256Small(concatBytes(roomPrefix, token))

/** The signature (64 bytes), then the fields. `expires` is rounded up to whole seconds. */
export const signTicket = async (ticket: Ticket, signer: Signer): Promise<Uint8Array<ArrayBuffer>> => {
  const { swarm, tokenId, admin, uses, expires, role, profile, replaces } = ticket
  const fields = new Uint8Array(
    encode([
      ticketVersion,
      tokenId,
      bytesFromNodeId(swarm),
      bytesFromNodeId(admin),
      uses,
      Math.ceil(expires / second),
      role === 'admin' ? 1 : 0,
      ...(profile === undefined && replaces === undefined ? [] : [profileField(profile)]),
      ...(replaces === undefined ? [] : [bytesFromNodeId(replaces)]),
    ]),
  )
  return concatBytes(await signer.sign(concatBytes(prefix, fields)), fields)
}

const malformed = (): never => {
  throw new ShoalError('ERR_TICKET', 'A ticket is malformed or not signed by the admin it names.')
}

const isBytes = (value: unknown, length: number): value is Uint8Array =>
  value instanceof Uint8Array && value.length === length

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined

const isWithin = (value: unknown, from: number, to: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to

/** The ticket that `fields` make; `undefined` for fields that are none. */
export const ticketOfFields = (fields: unknown): Ticket | undefined => {
  if (!Array.isArray(fields) || fields.length < 7 || fields[0] !== ticketVersion) return undefined
  const [, tokenId, swarm, admin, uses, expires, role, profileGiven, replaces] = fields as unknown[]
  if (!isBytes(tokenId, 32) || !isBytes(swarm, 32) || !isBytes(admin, 32)) return undefined
  if (!isWithin(uses, 1, usesMax) || !isWithin(expires, 0, Math.floor(Number.MAX_SAFE_INTEGER / second)))
    return undefined
  if (role !== 0 && role !== 1) return undefined
  const profile = profileOfField(profileGiven)
  if (profile === 'malformed' || (!isAbsent(replaces) && !isBytes(replaces, 32))) return undefined
  return {
    swarm: nodeIdFromBytes(swarm),
    tokenId,
    admin: nodeIdFromBytes(admin),
    uses,
    expires: expires * second,
    role: role === 1 ? 'admin' : 'member',
    ...(profile !== undefined && { profile }),
    ...(!isAbsent(replaces) && { replaces: nodeIdFromBytes(replaces) }),
  }
}

/** What `bytes` say, whoever signed them. Throws `ERR_TICKET`. */
export const parseTicket = (bytes: Uint8Array): Ticket => {
  if (bytes.length > ticketBytesMax) return malformed()
  let fields: unknown
  try {
    fields = decode(bytes.subarray(signatureBytes))
  } catch {
    return malformed()
  }
  return ticketOfFields(fields) ?? malformed()
}

/** Whether the admin it names signed it, as parsed from `bytes`. */
export const isTicketSigned = ({ admin }: Ticket, bytes: Uint8Array): Promise<boolean> =>
  verify(admin, concatBytes(prefix, bytes.subarray(signatureBytes)), new Uint8Array(bytes.subarray(0, signatureBytes)))

/** Throws `ERR_TICKET` unless the admin it names signed it. Whether that node is an admin is for the reader of the swarm to say. */
export const readTicket = async (bytes: Uint8Array): Promise<Ticket> => {
  const ticket = parseTicket(bytes)
  return (await isTicketSigned(ticket, bytes)) ? ticket : malformed()
}

/** The device that a claim is for. */
export interface Claimant {
  readonly swarm: NodeId
  readonly node: NodeId
  readonly boxKey: Uint8Array
}

const claimText = ({ swarm, node, boxKey }: Claimant): Uint8Array<ArrayBuffer> =>
  concatBytes(claimPrefix, bytesFromNodeId(swarm), bytesFromNodeId(node), boxKey)

/** Says that who has the token wants this device to come in by it; 64 bytes, worth nothing for any other device. */
export const signClaim = async (token: Uint8Array, claimant: Claimant): Promise<Uint8Array<ArrayBuffer>> =>
  (await createSigner(await pairOfToken(token))).sign(claimText(claimant))

/** Whether whoever signed `claim` had the token of `ticket`. */
export const isClaimSigned = (
  { tokenId }: Pick<Ticket, 'tokenId'>,
  claimant: Claimant,
  claim: Uint8Array,
): Promise<boolean> => verify(nodeIdFromBytes(tokenId), claimText(claimant), new Uint8Array(claim))
