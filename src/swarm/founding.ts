/**
 * Founding: a root key, whose public half is the swarm's id, and an admin certificate for the device that founds (RULES 14, 15). On a
 * first start this happens silently; the root's secret stays in the vault until its recovery code is kept elsewhere, then it goes.
 */
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { createSigner, makeSigningPair } from '../crypto/keys.ts'
import { seedOf } from '../crypto/seed.ts'
import type { Vault } from '../crypto/vault.ts'
import type { Log } from '../log/contract.ts'
import type { Store } from '../store/contract.ts'
import type { Certificate } from './certificate.ts'
import { readCertificate, signCertificate } from './certificate.ts'
import { appendSwarmEvents } from './swarm-event.ts'
import { writeRecoveryCode } from './recovery-code.ts'
import { checkSwarmName } from './text.ts'

export interface Founder {
  readonly swarm: NodeId
  readonly certificate: Certificate
  /** As signed, for showing to others. */
  readonly certificateBytes: Uint8Array
}

const key = 'membership'

const check = (certificate: Certificate, node: NodeId): void => {
  if (certificate.node === node && certificate.admittedBy === certificate.swarm && certificate.role === 'admin') return
  throw new ShoalError(
    'ERR_CERTIFICATE',
    'The certificate on this device was made for another node. Its data came from elsewhere; start with a fresh profile.',
  )
}

/** What this node founded before; undefined where it has not. A damaged certificate is `onDamage` while the root can sign it again. */
const readFounder = async (
  store: Store,
  vault: Vault,
  node: NodeId,
  onDamage: () => void,
): Promise<Founder | undefined> => {
  const kept = await store.get('meta', key)
  if (kept === undefined) return undefined
  const certificate = await readCertificate(kept).catch(async (error: unknown) => {
    // while the root is here, what it signed can be signed again
    if ((await vault.load('root')) === undefined) throw error
    onDamage()
    return undefined
  })
  if (certificate === undefined) return undefined
  check(certificate, node)
  return { swarm: certificate.swarm, certificate, certificateBytes: kept }
}

/** A swarm of its own for this node. */
const foundSwarm = async (store: Store, vault: Vault, node: NodeId, boxKey: Uint8Array): Promise<Founder> => {
  // a start that was cut off between the two leaves a root without a certificate: it is taken up again
  const root = await createSigner((await vault.load('root')) ?? (await vault.keep('root', await makeSigningPair(true))))
  const certificate: Certificate = {
    swarm: root.id,
    node,
    boxKey,
    role: 'admin',
    token: new Uint8Array(),
    admittedBy: root.id,
    admittedAtLamport: 0,
  }
  const certificateBytes = await signCertificate(certificate, root)
  await store.write([{ type: 'put', table: 'meta', key, value: certificateBytes }], 'strict')
  return { swarm: root.id, certificate, certificateBytes }
}

/** Whether the root is still on this device: nobody has said yet that its recovery code is kept. */
export const isRecoveryPending = async (vault: Vault): Promise<boolean> => (await vault.load('root')) !== undefined

/** The same each time, until `forgetRoot`; `ERR_SWARM_FOUNDED` after that, and on a device that founded nothing. */
export const recoveryCode = async (vault: Vault): Promise<string> => {
  const root = await vault.load('root')
  if (root === undefined) {
    throw new ShoalError(
      'ERR_SWARM_FOUNDED',
      'The recovery code of this swarm was shown and is no longer on this device. It is on the paper that the founder kept.',
    )
  }
  return writeRecoveryCode(await seedOf(root))
}

/** The recovery code is kept elsewhere: from now on nothing on this device can sign as the root. */
export const forgetRoot = (vault: Vault): Promise<void> => vault.forget('root')

/** Gives the swarm its name, an event for every member. Throws `ERR_BAD_REQUEST` for what is no name. */
export const nameSwarm = async (log: Pick<Log, 'append'>, name: string): Promise<void> => {
  await appendSwarmEvents(log, [{ type: 'founded', name: checkSwarmName(name) }])
}

/** The swarm this node founded; founds one where there is none. */
export const loadOrFound = async (
  store: Store,
  vault: Vault,
  node: NodeId,
  boxKey: Uint8Array,
  onDamage: () => void,
): Promise<Founder> => (await readFounder(store, vault, node, onDamage)) ?? foundSwarm(store, vault, node, boxKey)
