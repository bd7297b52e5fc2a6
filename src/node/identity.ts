import type { Signer } from '../crypto/keys.ts'
import { createSigner, makeBoxPair, makeSigningPair, publicBytes } from '../crypto/keys.ts'
import type { OpenVault, Vault } from '../crypto/vault.ts'

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
