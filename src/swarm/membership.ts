/**
 * This node's own membership, as kept in `meta`: `membership` (its certificate), `membership-path` (the admissions it rests on, for one that
 * joined), `swarm-key`, and `membership-hints` (what the swarm is called and where its stations are, until its own events say so).
 */
import { decode, encode } from 'cborg'
import { crc32 } from '../core/crc32.ts'
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import type { Random } from '../core/random.ts'
import type { Vault } from '../crypto/vault.ts'
import type { Store, Write } from '../store/contract.ts'
import type { SignedAdmission } from './admission.ts'
import { followPath, parseAdmission, writeAdmission } from './admission.ts'
import type { Certificate, Role } from './certificate.ts'
import type { Profile } from './contract.ts'
import { loadOrFound } from './founding.ts'
import { memberWrites } from './members.ts'
import type { SwarmKey } from './swarm-key.ts'
import { makeSwarmKey, readSwarmKey, swarmKeyWrite } from './swarm-key.ts'
import { nameFromAfar, stationUrls, swarmNameCharsMax } from './text.ts'

export interface Membership {
  readonly swarm: NodeId
  readonly certificate: Certificate
  /** Admissions from the founder's to this node's own, for a hello and for the register of members. */
  readonly path: readonly Uint8Array[]
  readonly role: Role
  readonly swarmKey: Uint8Array
  readonly keyEpoch: number
  /** As told by the member that admitted this node; empty for a founder. */
  readonly hints: MembershipHints
}

export interface MembershipHints {
  readonly swarmName: string
  readonly stations: readonly string[]
}

export interface MembershipDependencies {
  readonly store: Store
  readonly vault: Vault
  readonly node: NodeId
  readonly boxKey: Uint8Array
  readonly random: Random
  readonly report: (code: string, message: string) => void
}

/** What a newcomer writes in one transaction to be a member. */
export interface NewMembership {
  readonly path: readonly Uint8Array[]
  readonly swarmKey: SwarmKey
  readonly hints: MembershipHints
  /** What the device begins with, its name made out; nothing of it is written by `membershipWrites`. */
  readonly profile?: Profile
}

const noHints: MembershipHints = { swarmName: '', stations: [] }

const putMeta = (key: string, value: Uint8Array): Write => ({ type: 'put', table: 'meta', key, value })

/** Events of this node come after `lamport`. */
export const lamportWrite = (lamport: number): Write => putMeta('lamport', new Uint8Array(encode(lamport)))

/** Throws `ERR_ADMISSION` for a path that is none; its signatures are the caller's to look at. */
export const membershipWrites = ({ path, swarmKey, hints }: NewMembership): readonly Write[] => {
  const admissions = path.map(parseAdmission)
  const own = admissions.at(-1)
  if (own === undefined) throw new ShoalError('ERR_ADMISSION', 'A membership rests on at least one admission.')
  const list = new Uint8Array(encode(path))
  return [
    putMeta('membership', own.certificateBytes),
    putMeta('membership-path', new Uint8Array(encode([list, crc32(list)]))),
    putMeta('membership-hints', new Uint8Array(encode([hints.swarmName, hints.stations]))),
    swarmKeyWrite(swarmKey),
    lamportWrite(own.certificate.admittedAtLamport),
    ...memberWrites(admissions),
  ]
}

/** The admissions kept for a node that joined; `damaged` where they cannot be read any more. */
const readPath = async (store: Store): Promise<readonly Uint8Array[] | 'damaged' | undefined> => {
  const kept = await store.get('meta', 'membership-path')
  if (kept === undefined) return undefined
  try {
    const [list, check] = decode(kept) as [Uint8Array, string]
    return crc32(list) === check ? (decode(list) as Uint8Array[]) : 'damaged'
  } catch {
    return 'damaged'
  }
}

const readHints = async (store: Store): Promise<MembershipHints> => {
  const kept = await store.get('meta', 'membership-hints')
  if (kept === undefined) return noHints
  try {
    const [swarmName, stations] = decode(kept) as unknown[]
    return { swarmName: nameFromAfar(swarmName, swarmNameCharsMax), stations: stationUrls(stations) }
  } catch {
    return noHints
  }
}

const loadSwarmKey = async (
  { store, random, report }: MembershipDependencies,
  isFounder: boolean,
): Promise<SwarmKey> => {
  const kept = await readSwarmKey(store)
  if (kept !== undefined && kept !== 'damaged') return kept
  const made = makeSwarmKey(random)
  if (isFounder && kept === undefined) {
    await store.write([swarmKeyWrite(made)], 'strict')
    return made
  }
  report(
    'SWARM_KEY',
    'The key of the swarm on this device is damaged: it finds no other device by itself any more. Let it join again by a new invitation.',
  )
  return made
}

interface Joined {
  readonly certificate: Certificate
  readonly path: readonly Uint8Array[]
}

/** What a newcomer has committed in this store; undefined where it has not, or where that cannot be read. */
export const readNewMembership = async (store: Store, node: NodeId): Promise<NewMembership | undefined> => {
  const path = await readPath(store)
  const swarmKey = await readSwarmKey(store)
  if (path === undefined || path === 'damaged' || swarmKey === undefined || swarmKey === 'damaged') return undefined
  return (await ownAdmission(path, node)) === undefined ? undefined : { path, swarmKey, hints: await readHints(store) }
}

/** Of a node that joined; undefined for a founder. */
const loadJoined = async ({ store, node, report }: MembershipDependencies): Promise<Joined | undefined> => {
  const path = await readPath(store)
  if (path === undefined) return undefined
  const own = path === 'damaged' ? undefined : await ownAdmission(path, node)
  if (own === undefined || path === 'damaged') {
    throw new ShoalError(
      'ERR_CERTIFICATE',
      'What makes this device a member of its swarm is damaged, or was made for another device. Let it join again by a new invitation.',
    )
  }
  if (crc32((await store.get('meta', 'membership')) ?? new Uint8Array()) !== crc32(own.certificateBytes)) {
    report('MEMBERSHIP', 'The certificate of this device was damaged; its admission has given it again.')
    await store.write([putMeta('membership', own.certificateBytes)], 'strict')
  }
  return { certificate: own.certificate, path }
}

const ownAdmission = async (path: readonly Uint8Array[], node: NodeId): Promise<SignedAdmission | undefined> => {
  try {
    const own = parseAdmission(path.at(-1) ?? new Uint8Array())
    return (await followPath(path, own.certificate.swarm, node)) === undefined ? undefined : own
  } catch {
    return undefined
  }
}

/**
 * The membership of this node, whether it founded or joined; founds a swarm of its own where there is none. Throws `ERR_CERTIFICATE` for
 * data that was made for another node, or that is damaged beyond what can be mended.
 */
export const loadMembership = async (dependencies: MembershipDependencies): Promise<Membership> => {
  const { store, vault, node, boxKey, report } = dependencies
  const joined = await loadJoined(dependencies)
  if (joined !== undefined) {
    const { certificate, path } = joined
    const { key, epoch } = await loadSwarmKey(dependencies, false)
    const { swarm, role } = certificate
    return { swarm, certificate, path, role, swarmKey: key, keyEpoch: epoch, hints: await readHints(store) }
  }
  const onDamage = (): void =>
    report('MEMBERSHIP', 'The certificate of this device was damaged; the root of its swarm has signed it again.')
  const { swarm, certificate, certificateBytes } = await loadOrFound(store, vault, node, boxKey, onDamage)
  const { key, epoch } = await loadSwarmKey(dependencies, true)
  const path = [writeAdmission(certificateBytes, undefined)]
  return { swarm, certificate, path, role: certificate.role, swarmKey: key, keyEpoch: epoch, hints: noHints }
}
