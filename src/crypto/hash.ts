import { sha256 as sha256Here } from '@noble/hashes/sha2.js'

/** Below this a trip to WebCrypto's threads costs more than the hash itself (measured: about equal at 2 KiB). */
const smallBytes = 2048

/** SHA-256; 32 bytes. */
export const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  bytes.length < smallBytes ? sha256Small(bytes) : new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

/** The same at once, for a few hundred bytes. */
export const sha256Small = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(sha256Here(bytes))
