/** The 32 bytes behind an Ed25519 key pair: what a person can keep on paper. */
import { concatBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'

export const seedBytes = 32

/** A PKCS #8 Ed25519 private key is this, then the seed (RFC 8410). */
const pkcs8Prefix = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
])

/** Of an extractable pair only. */
export const seedOf = async (pair: CryptoKeyPair): Promise<Uint8Array<ArrayBuffer>> => {
  const exported = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey))
  // some platforms append the public key: the seed stands behind the prefix all the same
  if (exported.length < pkcs8Prefix.length + seedBytes)
    throw new ShoalError(
      'ERR_CRYPTO_UNAVAILABLE',
      'This browser exports Ed25519 keys in a form that Shoal cannot read.',
    )
  return exported.slice(pkcs8Prefix.length, pkcs8Prefix.length + seedBytes)
}

/** The pair that `seed` stands for, extractable. */
export const pairOfSeed = async (seed: Uint8Array): Promise<CryptoKeyPair> => {
  const privateKey = await crypto.subtle.importKey('pkcs8', concatBytes(pkcs8Prefix, seed), 'Ed25519', true, ['sign'])
  const { x } = await crypto.subtle.exportKey('jwk', privateKey)
  if (x === undefined)
    throw new ShoalError('ERR_CRYPTO_UNAVAILABLE', 'This browser does not tell the public half of a key.')
  const publicKey = await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x }, 'Ed25519', true, ['verify'])
  return { privateKey, publicKey }
}
