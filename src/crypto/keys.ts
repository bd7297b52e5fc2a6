/** Ed25519 and X25519 by WebCrypto. Private keys of a node never leave it: they are made non-extractable. */
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { bytesFromNodeId, nodeIdFromBytes } from '../core/node-id.ts'

export const signatureBytes = 64

export interface Signer {
  readonly id: NodeId
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

const isKeyPair = (made: CryptoKey | CryptoKeyPair): made is CryptoKeyPair => 'privateKey' in made

const makePair = async (algorithm: string, usages: KeyUsage[], extractable: boolean): Promise<CryptoKeyPair> => {
  try {
    const made = await crypto.subtle.generateKey({ name: algorithm }, extractable, usages)
    if (isKeyPair(made)) return made
  } catch (cause) {
    throw new ShoalError(
      'ERR_CRYPTO_UNAVAILABLE',
      `This browser cannot make ${algorithm} keys. Update it (Chrome 137, Edge 137, Safari 17 or Firefox 129 and later can).`,
      { cause },
    )
  }
  throw new ShoalError('ERR_CRYPTO_UNAVAILABLE', `This browser made no key pair for ${algorithm}.`)
}

export const makeSigningPair = (extractable = false): Promise<CryptoKeyPair> =>
  makePair('Ed25519', ['sign', 'verify'], extractable)

export const makeBoxPair = (): Promise<CryptoKeyPair> => makePair('X25519', ['deriveBits'], false)

export const publicBytes = async (pair: CryptoKeyPair): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))

export const createSigner = async (pair: CryptoKeyPair): Promise<Signer> => ({
  id: nodeIdFromBytes(await publicBytes(pair)),
  sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes)),
})

const imported = new Map<NodeId, Promise<CryptoKey>>()
const importedMax = 2000

const publicKeyOf = (node: NodeId): Promise<CryptoKey> => {
  const known = imported.get(node)
  if (known !== undefined) return known
  const key = crypto.subtle.importKey('raw', new Uint8Array(bytesFromNodeId(node)), 'Ed25519', false, ['verify'])
  if (imported.size >= importedMax) imported.clear()
  imported.set(node, key)
  return key
}

/** Whether `node` signed `bytes`. Never throws for wrong bytes: a key that is no curve point verifies nothing. */
export const verify = async (
  node: NodeId,
  bytes: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> => {
  try {
    return await crypto.subtle.verify('Ed25519', await publicKeyOf(node), signature, bytes)
  } catch {
    imported.delete(node)
    return false
  }
}
