/**
 * Founding: a root key, whose public half is the swarm's id, and an admin certificate for the device that founds (RULES 14, 15). On a
 * first start this happens silently; the root's secret stays in the vault until its recovery code has been shown, then it goes.
 */
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { createSigner, makeSigningPair } from '../crypto/keys.ts'
import type { Vault } from '../crypto/vault.ts'
import type { Store } from '../store/contract.ts'
import type { Certificate } from './certificate.ts'
import { readCertificate, signCertificate } from './certificate.ts'

export interface Membership {
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

/** The swarm this node belongs to; founds one where there is none. */
export const loadOrFound = async (
  store: Store,
  vault: Vault,
  node: NodeId,
  boxKey: Uint8Array,
  onDamage: () => void,
): Promise<Membership> => {
  const kept = await store.get('meta', key)
  if (kept !== undefined) {
    const certificate = await readCertificate(kept).catch(async (error: unknown) => {
      // while the root is here, what it signed can be signed again
      if ((await vault.load('root')) === undefined) throw error
      onDamage()
      return undefined
    })
    if (certificate !== undefined) {
      check(certificate, node)
      return { swarm: certificate.swarm, certificate, certificateBytes: kept }
    }
  }
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
