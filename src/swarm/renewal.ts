/**
 * A renewal (RULES 17): a node that was restored or cloned says with its old key that it goes on as another one. Signed bytes are
 * `"shoal.renewal.1" ‖ fields`, by the old key and by the new one, so that nobody goes on as somebody else; fields being a CBOR array: version,
 * swarm, old node, new node, box key of the new one, lamport at which it was said, and what of its own stream it was shown: number of the
 * stream, count and chain; nothing of these where another copy of it said first that it goes on as another one.
 */
import { decode, encode } from 'cborg'
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { bytesFromNodeId, nodeIdFromBytes } from '../core/node-id.ts'
import type { Signer } from '../crypto/keys.ts'
import { signatureBytes, verify } from '../crypto/keys.ts'
import type { MemberEntry } from './contract.ts'

export const renewalVersion = 1
/** One has about 300 bytes; the rest is room for what later versions append. */
export const renewalBytesMax = 1024
/** Identities one device may go on as: a plant that copies one disk to all its tablets has as many. */
export const renewalsMax = 128

/** Of its own stream, written by a copy of it. */
export interface Shown {
  readonly number: number
  /** One past the last offset it was shown, and the chain there. */
  readonly count: number
  readonly chain: Uint8Array
}

export interface Renewal {
  readonly swarm: NodeId
  readonly was: NodeId
  readonly node: NodeId
  /** X25519 public key of `node`, 32 bytes. */
  readonly boxKey: Uint8Array
  readonly lamport: number
  readonly shown?: Shown
}

const prefix = new TextEncoder().encode('shoal.renewal.1')

/** Both signatures (64 bytes each), the old key's first, then the fields. */
export const signRenewal = async (renewal: Renewal, was: Signer, next: Signer): Promise<Uint8Array<ArrayBuffer>> => {
  const { swarm, boxKey, lamport, shown } = renewal
  const fields = new Uint8Array(
    encode([
      renewalVersion,
      bytesFromNodeId(swarm),
      bytesFromNodeId(renewal.was),
      bytesFromNodeId(renewal.node),
      boxKey,
      lamport,
      ...(shown === undefined ? [] : [shown.number, shown.count, shown.chain]),
    ]),
  )
  const signed = concatBytes(prefix, fields)
  return concatBytes(await was.sign(signed), await next.sign(signed), fields)
}

const malformed = (): never => {
  throw new ShoalError(
    'ERR_RENEWAL',
    'A renewal is malformed, was made by a newer Shoal, or is not signed by the device it names.',
  )
}

const key = (value: unknown): Uint8Array =>
  value instanceof Uint8Array && value.length === 32 ? value.slice() : malformed()

const whole = (value: unknown): number =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : malformed()

/** What `bytes` say, whoever signed them. Throws `ERR_RENEWAL`. */
export const parseRenewal = (bytes: Uint8Array): Renewal => {
  if (bytes.length > renewalBytesMax) return malformed()
  let fields: unknown
  try {
    fields = decode(bytes.subarray(2 * signatureBytes))
  } catch {
    return malformed()
  }
  if (!Array.isArray(fields) || fields.length < 6 || fields[0] !== renewalVersion) return malformed()
  const [, swarm, was, node, boxKey, lamport, number, count, chain] = fields as unknown[]
  const renewal: Renewal = {
    swarm: nodeIdFromBytes(key(swarm)),
    was: nodeIdFromBytes(key(was)),
    node: nodeIdFromBytes(key(node)),
    boxKey: key(boxKey),
    lamport: whole(lamport),
    ...(fields.length > 6 && { shown: { number: whole(number), count: whole(count), chain: key(chain) } }),
  }
  return renewal.was === renewal.node ? malformed() : renewal
}

/** Whether both keys signed it, as parsed from `bytes`. */
export const isRenewalSigned = async ({ was, node }: Renewal, bytes: Uint8Array): Promise<boolean> => {
  const signed = concatBytes(prefix, bytes.subarray(2 * signatureBytes))
  const byWas = new Uint8Array(bytes.subarray(0, signatureBytes))
  const byNode = new Uint8Array(bytes.subarray(signatureBytes, 2 * signatureBytes))
  return (await verify(was, signed, byWas)) && verify(node, signed, byNode)
}

/** Throws `ERR_RENEWAL` unless both keys signed it. */
export const readRenewal = async (bytes: Uint8Array): Promise<Renewal> => {
  const renewal = parseRenewal(bytes)
  return (await isRenewalSigned(renewal, bytes)) ? renewal : malformed()
}

/** Whether two say the same, whatever later versions appended. */
export const isSameRenewal = (one: Renewal, other: Renewal): boolean =>
  one.swarm === other.swarm && one.was === other.was && one.node === other.node && equalBytes(one.boxKey, other.boxKey)

/**
 * Who went on as whom, as the admissions among `entries` say: for each old identity the new ones, in the order in which they were admitted (more
 * than one where copies of one device noticed each other). The same on every node that knows the same members.
 */
export const renewalsOf = (entries: readonly MemberEntry[]): ReadonlyMap<NodeId, readonly NodeId[]> => {
  const found = new Map<NodeId, { readonly node: NodeId; readonly lamport: number }[]>()
  for (const { admission } of entries) {
    const { renewal, certificate } = admission
    if (renewal === undefined) continue
    const others = found.get(renewal.was) ?? []
    others.push({ node: certificate.node, lamport: certificate.admittedAtLamport })
    found.set(renewal.was, others)
  }
  return new Map(
    [...found].map(([was, nodes]) => [
      was,
      nodes.toSorted((a, b) => a.lamport - b.lamport || (a.node < b.node ? -1 : 1)).map(({ node }) => node),
    ]),
  )
}

/** Identities that `node` had before, the newest first; empty for one that was never renewed. */
export const formerIdentities = (node: NodeId, get: (node: NodeId) => MemberEntry | undefined): readonly NodeId[] => {
  const former: NodeId[] = []
  for (let at = get(node)?.admission.renewal?.was; at !== undefined; at = get(at)?.admission.renewal?.was) {
    // honest ones never go round
    if (former.includes(at) || at === node) break
    former.push(at)
  }
  return former
}
