import type { Signer } from '../crypto/keys.ts'
import { createSigner, makeBoxPair, makeSigningPair, publicBytes } from '../crypto/keys.ts'
import type { OpenVault, Vault } from '../crypto/vault.ts'
import type { Store } from '../store/contract.ts'
import { readNewMembership } from '../swarm/membership.ts'

/** Who this node is: made on first start, before and without the store. */
export interface Identity {
  readonly signer: Signer
  /** X25519 public key, 32 bytes. */
  readonly boxKey: Uint8Array
  readonly vault: Vault
}

/** Throws `ERR_CRYPTO_UNAVAILABLE` or `ERR_STORE_UNAVAILABLE`. */
export const openIdentity = async (openVault: OpenVault): Promise<Identity> => {
  const vault = await openVault()
  const signing = (await vault.load('signing')) ?? (await vault.keep('signing', await makeSigningPair()))
  const box = (await vault.load('box')) ?? (await vault.keep('box', await makeBoxPair()))
  return { signer: await createSigner(signing), boxKey: await publicBytes(box), vault }
}

/** Who a node is to be after its renewal (RULES 17): made once, and used when the store says that it is a member under that name. */
export const openNextIdentity = async (vault: Vault): Promise<Identity> => {
  const signing = (await vault.load('next-signing')) ?? (await vault.keep('next-signing', await makeSigningPair()))
  const box = (await vault.load('next-box')) ?? (await vault.keep('next-box', await makeBoxPair()))
  return { signer: await createSigner(signing), boxKey: await publicBytes(box), vault }
}

/**
 * The identity that the membership in `store` is of: after a renewal the next one. The key of the one before goes for good then: nothing on this
 * device can write in its name any more. Cut off anywhere, it is done again by the next opening.
 */
export const settleIdentity = async (identity: Identity, store: Store): Promise<Identity> => {
  const { vault } = identity
  const signing = await vault.load('next-signing')
  const box = await vault.load('next-box')
  // cut off at the very end of the last one
  if (signing === undefined && box !== undefined) await vault.forget('next-box')
  if (signing === undefined || box === undefined) return identity
  const signer = await createSigner(signing)
  if ((await readNewMembership(store, signer.id)) === undefined) return identity
  for (const [name, pair] of [
    ['box', box],
    ['signing', signing],
  ] as const) {
    await vault.forget(name)
    await vault.keep(name, pair)
  }
  await vault.forget('next-signing')
  await vault.forget('next-box')
  return { signer, boxKey: await publicBytes(box), vault }
}
