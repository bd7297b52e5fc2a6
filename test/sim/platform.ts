/**
 * The platform of a simulated world: WebCrypto and compression that answer in the order they were asked, with keys from the seed. The real
 * ones work on other threads, and an answer that comes when it comes would make a seed replay differently. The mathematics is Node's own.
 * A signature that was checked once is remembered with what it covers: in a world of hundreds of nodes all check the same ones.
 */
import type { KeyObject } from 'node:crypto'
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  sign as signHere,
  verify as verifyHere,
} from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Random } from './random.ts'

interface SimulatedKey {
  readonly type: 'private' | 'public' | 'secret'
  readonly extractable: boolean
  readonly algorithm: { readonly name: string }
  readonly usages: readonly string[]
  /** Raw bytes: of a public or secret key, or of a private one's seed. */
  readonly raw: Buffer
  readonly key: KeyObject | undefined
}

type Source = ArrayBuffer | ArrayBufferView

/** DER before the raw bytes: PKCS #8 and SPKI of the two curves. */
const privatePrefix: Readonly<Record<string, string>> = {
  Ed25519: '302e020100300506032b657004220420',
  X25519: '302e020100300506032b656e04220420',
}
const publicPrefix: Readonly<Record<string, string>> = {
  Ed25519: '302a300506032b6570032100',
  X25519: '302a300506032b656e032100',
}
const rememberedMax = 200_000
const tagBytes = 16

const bufferOf = (source: Source): Buffer =>
  source instanceof ArrayBuffer ? Buffer.from(source) : Buffer.from(source.buffer, source.byteOffset, source.byteLength)

const arrayOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

const nameOf = (algorithm: string | { readonly name: string }): string =>
  typeof algorithm === 'string' ? algorithm : algorithm.name

const privateKey = (name: string, seed: Buffer): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from(privatePrefix[name] ?? '', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  })

const publicKey = (name: string, raw: Buffer): KeyObject =>
  createPublicKey({
    key: Buffer.concat([Buffer.from(publicPrefix[name] ?? '', 'hex'), raw]),
    format: 'der',
    type: 'spki',
  })

const keyOf = (given: unknown): SimulatedKey & { readonly key: KeyObject } => {
  const key = given as SimulatedKey
  if (key.key === undefined) throw new DOMException('not a key of this kind', 'InvalidAccessError')
  return key as SimulatedKey & { readonly key: KeyObject }
}

const unsupported = (what: string): never => {
  throw new DOMException(`the simulated platform has no ${what}`, 'NotSupportedError')
}

const createSubtle = (random: Random) => {
  const remembered = new Map<string, { readonly data: Buffer; readonly isGood: boolean }>()
  const make = (name: string, seed: Buffer, extractable: boolean, usages: readonly string[]) => {
    const key = privateKey(name, seed)
    const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
    const algorithm = { name }
    return {
      privateKey: { type: 'private', extractable, algorithm, usages, raw: seed, key } satisfies SimulatedKey,
      publicKey: {
        type: 'public',
        extractable: true,
        algorithm,
        usages,
        raw,
        key: createPublicKey(key),
      } satisfies SimulatedKey,
    }
  }
  return {
    digest: async (algorithm: string | { name: string }, data: Source) =>
      arrayOf(createHash(nameOf(algorithm).replace('-', '').toLowerCase()).update(bufferOf(data)).digest()),
    generateKey: async (algorithm: { name: string }, extractable: boolean, usages: string[]) => {
      const name = nameOf(algorithm)
      if (privatePrefix[name] === undefined) return unsupported(name)
      const seed = Buffer.from(Array.from({ length: 32 }, () => random.between(0, 255)))
      return make(name, seed, extractable, usages)
    },
    importKey: async (
      format: string,
      data: Source | { readonly x?: string; readonly d?: string },
      algorithm: string | { name: string },
      extractable: boolean,
      usages: string[],
    ): Promise<SimulatedKey> => {
      const name = nameOf(algorithm)
      if (!(data instanceof ArrayBuffer || ArrayBuffer.isView(data))) {
        if (format !== 'jwk' || data.x === undefined || data.d !== undefined) return unsupported('such a key')
        const raw = Buffer.from(data.x, 'base64url')
        return { type: 'public', extractable, algorithm: { name }, usages, raw, key: publicKey(name, raw) }
      }
      const bytes = Buffer.from(bufferOf(data))
      if (privatePrefix[name] === undefined) {
        return { type: 'secret', extractable, algorithm: { name }, usages, raw: bytes, key: undefined }
      }
      if (format === 'raw') {
        if (bytes.length !== 32) throw new DOMException('a key is 32 bytes', 'DataError')
        return { type: 'public', extractable, algorithm: { name }, usages, raw: bytes, key: publicKey(name, bytes) }
      }
      if (format === 'pkcs8') return make(name, bytes.subarray(-32), extractable, usages).privateKey
      return unsupported(format)
    },
    exportKey: async (format: string, given: unknown) => {
      const { raw, type, algorithm, extractable } = given as SimulatedKey
      if (!extractable) throw new DOMException('the key is not extractable', 'InvalidAccessError')
      if (format === 'raw') return arrayOf(raw)
      if (format === 'jwk' && type === 'private') {
        const x = createPublicKey(keyOf(given).key).export({ format: 'der', type: 'spki' }).subarray(-32)
        return { kty: 'OKP', crv: algorithm.name, d: raw.toString('base64url'), x: x.toString('base64url') }
      }
      if (format === 'pkcs8' && type === 'private')
        return arrayOf(Buffer.concat([Buffer.from(privatePrefix[algorithm.name] ?? '', 'hex'), raw]))
      return unsupported(format)
    },
    sign: async (algorithm: string | { name: string }, given: unknown, data: Source) =>
      nameOf(algorithm) === 'HMAC'
        ? arrayOf(
            createHmac('sha256', (given as SimulatedKey).raw)
              .update(bufferOf(data))
              .digest(),
          )
        : arrayOf(signHere(null, bufferOf(data), keyOf(given).key)),
    verify: async (_algorithm: unknown, given: unknown, signature: Source, data: Source) => {
      const { raw, key } = keyOf(given)
      const signed = bufferOf(signature)
      const covered = bufferOf(data)
      const name = `${raw.toString('latin1')}${signed.toString('latin1')}`
      const before = remembered.get(name)
      if (before?.data.equals(covered) === true) return before.isGood
      const isGood = verifyHere(null, covered, key, signed)
      if (remembered.size >= rememberedMax) remembered.clear()
      remembered.set(name, { data: Buffer.from(covered), isGood })
      return isGood
    },
    deriveBits: async (
      algorithm: { name: string; public?: unknown; salt?: Source; info?: Source },
      given: unknown,
      bits: number,
    ) => {
      if (algorithm.name === 'X25519') {
        const shared = diffieHellman({ privateKey: keyOf(given).key, publicKey: keyOf(algorithm.public).key })
        return arrayOf(shared.subarray(0, bits / 8))
      }
      if (algorithm.name !== 'HKDF' || algorithm.salt === undefined || algorithm.info === undefined)
        return unsupported(algorithm.name)
      const { raw } = given as SimulatedKey
      return hkdfSync('sha256', raw, bufferOf(algorithm.salt), bufferOf(algorithm.info), bits / 8)
    },
    encrypt: async (algorithm: { iv: Source; additionalData?: Source }, given: unknown, data: Source) => {
      const { raw } = given as SimulatedKey
      const cipher = createCipheriv(`aes-${raw.length * 8}-gcm` as 'aes-256-gcm', raw, bufferOf(algorithm.iv))
      if (algorithm.additionalData !== undefined) cipher.setAAD(bufferOf(algorithm.additionalData))
      return arrayOf(Buffer.concat([cipher.update(bufferOf(data)), cipher.final(), cipher.getAuthTag()]))
    },
    decrypt: async (algorithm: { iv: Source; additionalData?: Source }, given: unknown, data: Source) => {
      const { raw } = given as SimulatedKey
      const sealed = bufferOf(data)
      if (sealed.length < tagBytes) throw new DOMException('too short', 'OperationError')
      const cipher = createDecipheriv(`aes-${raw.length * 8}-gcm` as 'aes-256-gcm', raw, bufferOf(algorithm.iv))
      if (algorithm.additionalData !== undefined) cipher.setAAD(bufferOf(algorithm.additionalData))
      cipher.setAuthTag(sealed.subarray(-tagBytes))
      try {
        return arrayOf(Buffer.concat([cipher.update(sealed.subarray(0, -tagBytes)), cipher.final()]))
      } catch (cause) {
        throw Object.assign(new DOMException('not sealed by this key', 'OperationError'), { cause })
      }
    },
  }
}

/** The whole input becomes one output at the end: nobody in a simulation streams. */
const wholeStream = (work: (bytes: Buffer) => Buffer) =>
  class {
    readonly readable: ReadableStream<Uint8Array>
    readonly writable: WritableStream<Uint8Array>
    constructor() {
      const parts: Uint8Array[] = []
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
        transform: (part) => void parts.push(part),
        flush: (controller) => controller.enqueue(new Uint8Array(work(Buffer.concat(parts)))),
      })
      this.readable = readable
      this.writable = writable
    }
  }

/** Puts the simulated platform in the place of the real one; the answer puts that back. */
export const enterPlatform = (random: Random): (() => void) => {
  const real = {
    crypto: Object.getOwnPropertyDescriptor(globalThis, 'crypto'),
    CompressionStream: Object.getOwnPropertyDescriptor(globalThis, 'CompressionStream'),
    DecompressionStream: Object.getOwnPropertyDescriptor(globalThis, 'DecompressionStream'),
  }
  const put = (name: keyof typeof real, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  put('crypto', {
    subtle: createSubtle(random),
    getRandomValues: () => {
      throw new Error('randomness is an argument; nothing here may take the platform’s')
    },
  })
  put(
    'CompressionStream',
    wholeStream((bytes) => deflateRawSync(bytes)),
  )
  put(
    'DecompressionStream',
    // as the platform's: what follows the end is an error
    wholeStream((bytes) => inflateRawSync(bytes, { maxOutputLength: 64 * 1024 * 1024 })),
  )
  return () => {
    for (const [name, descriptor] of Object.entries(real))
      if (descriptor !== undefined) Object.defineProperty(globalThis, name, descriptor)
  }
}
