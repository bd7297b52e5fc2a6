/**
 * Bytes that only holders of a 32-byte secret can read or have made: AES-256-GCM under a key derived for one purpose. A sealed text is a
 * random nonce (12 bytes) and the ciphertext with its tag.
 */
import { concatBytes } from '../core/bytes.ts'
import type { Random } from '../core/random.ts'
import { sha256Small } from './hash.ts'

export const nonceBytes = 12
/** What sealing adds. */
export const sealBytes = nonceBytes + 16

export interface SecretBox {
  /** `about` is bound to it, not carried: who opens it must know it. */
  seal(plain: Uint8Array, about: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
  /** `undefined` for what was not sealed with this secret about this. */
  open(sealed: Uint8Array, about: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined>
}

/**
 * 32 bytes for the purpose that `label` names; one of them says nothing of another, nor of `secret`, which must be 32 random bytes: a plain
 * hash is enough then. No label may begin another.
 */
export const deriveSecret = (label: string, secret: Uint8Array): Uint8Array<ArrayBuffer> =>
  sha256Small(concatBytes(new TextEncoder().encode(`${label}\0`), secret))

export const createSecretBox = (secret: Uint8Array<ArrayBuffer>, random: Random): SecretBox => {
  const key = crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt'])
  return {
    seal: async (plain, about) => {
      const nonce = random(nonceBytes)
      const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: new Uint8Array(about) }
      return concatBytes(
        nonce,
        new Uint8Array(await crypto.subtle.encrypt(algorithm, await key, new Uint8Array(plain))),
      )
    },
    open: async (sealed, about) => {
      if (sealed.length < sealBytes) return undefined
      const iv = new Uint8Array(sealed.subarray(0, nonceBytes))
      const algorithm = { name: 'AES-GCM', iv, additionalData: new Uint8Array(about) }
      try {
        return new Uint8Array(
          await crypto.subtle.decrypt(algorithm, await key, new Uint8Array(sealed.subarray(nonceBytes))),
        )
      } catch {
        return undefined
      }
    },
  }
}
