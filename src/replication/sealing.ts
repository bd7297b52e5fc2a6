/**
 * Sealed frames, where a channel has no fingerprints to bind the proof to: X25519 between the keys of the two hellos, one AES-256-GCM key per
 * direction, bound to both hellos. The number of the frame is its nonce, so one left out, doubled or moved does not open.
 */
import { concatBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import { sealedByte } from './frame.ts'
import type { Transcript } from './handshake.ts'

/** The type byte and the tag. */
export const sealBytes = 17

export interface Seals {
  seal(frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
  /** In the order in which they arrived. Rejects with `ERR_SEAL`. */
  open(frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

const prefix = new TextEncoder().encode('shoal.seal.1')

/** Twelve bytes: zeros, then the number. */
const nonceOf = (number: number): Uint8Array<ArrayBuffer> => {
  const nonce = new Uint8Array(12)
  new DataView(nonce.buffer).setBigUint64(4, BigInt(number))
  return nonce
}

const broken = (cause?: unknown): never => {
  throw new ShoalError(
    'ERR_SEAL',
    'A frame was changed, lost or put in on its way; somebody stands between, or the line is broken.',
    {
      cause,
    },
  )
}

const directionKey = async (
  secret: CryptoKey,
  from: Uint8Array<ArrayBuffer>,
  to: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey> =>
  crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: concatBytes(from, to), info: prefix },
    secret,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )

/** `pair` made the key of our hello. Throws `ERR_SEAL` for a key that no curve point stands behind. */
export const deriveSeals = async (pair: CryptoKeyPair, transcript: Transcript): Promise<Seals> => {
  const { theirs, ownHash, theirHash } = transcript
  let secret: CryptoKey
  try {
    const raw = new Uint8Array(theirs.sealKey ?? [])
    const key = await crypto.subtle.importKey('raw', raw, 'X25519', false, [])
    const shared = await crypto.subtle.deriveBits({ name: 'X25519', public: key }, pair.privateKey, 256)
    if (new Uint8Array(shared).every((byte) => byte === 0)) return broken()
    secret = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  } catch (cause) {
    return broken(cause)
  }
  const [outward, inward] = await Promise.all([
    directionKey(secret, ownHash, theirHash),
    directionKey(secret, theirHash, ownHash),
  ])
  let sealed = 0
  let opened = 0
  return {
    seal: async (frame) => {
      const iv = nonceOf(sealed++)
      const closed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, outward, frame)
      return concatBytes(Uint8Array.of(sealedByte), new Uint8Array(closed))
    },
    open: async (frame) => {
      const iv = nonceOf(opened++)
      if (frame[0] !== sealedByte) return broken()
      try {
        return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, inward, frame.subarray(1)))
      } catch (cause) {
        return broken(cause)
      }
    },
  }
}

export interface Ordered {
  /** Bytes put in whose results have not been delivered. */
  readonly bytes: number
  put(work: Promise<Uint8Array<ArrayBuffer>>, bytes: number): void
  /** Nothing is delivered any more. */
  stop(): void
}

/** Many at work at the same time, delivered in the order in which they were put in; nothing follows the first that fails. */
export const createOrdered = (
  deliver: (result: Uint8Array<ArrayBuffer>) => void,
  fail: (error: unknown) => void,
): Ordered => {
  interface Slot {
    readonly bytes: number
    outcome: { readonly result: Uint8Array<ArrayBuffer> } | { readonly error: unknown } | undefined
  }
  const slots: Slot[] = []
  let waiting = 0
  let isStopped = false
  const flush = (): void => {
    for (let slot = slots[0]; slot?.outcome !== undefined && !isStopped; slot = slots[0]) {
      slots.shift()
      waiting -= slot.bytes
      if ('result' in slot.outcome) deliver(slot.outcome.result)
      else {
        isStopped = true
        fail(slot.outcome.error)
      }
    }
  }
  return {
    get bytes() {
      return waiting
    },
    put: (work, bytes) => {
      const slot: Slot = { bytes, outcome: undefined }
      slots.push(slot)
      waiting += bytes
      work.then(
        (result) => {
          slot.outcome = { result }
          flush()
        },
        (error: unknown) => {
          slot.outcome = { error }
          flush()
        },
      )
    },
    stop: () => {
      isStopped = true
      slots.length = 0
      waiting = 0
    },
  }
}
