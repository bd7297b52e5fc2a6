/** Bytes in and out: variable-length integers (LEB128, up to 2^53−1) and length-prefixed parts. */
import { ShoalError } from './errors.ts'

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

export const concatBytes = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export interface ByteWriter {
  varint(value: number): void
  bytes(value: Uint8Array): void
  /** The varint length, then the bytes. */
  sized(value: Uint8Array): void
  /** A copy of what was written. */
  done(): Uint8Array<ArrayBuffer>
}

export const createByteWriter = (expected = 1024): ByteWriter => {
  let buffer = new Uint8Array(expected)
  let at = 0
  const reserve = (more: number): void => {
    if (at + more <= buffer.length) return
    const grown = new Uint8Array(Math.max(buffer.length * 2, at + more))
    grown.set(buffer.subarray(0, at))
    buffer = grown
  }
  const varint = (value: number): void => {
    reserve(8)
    let rest = value
    while (rest >= 0x80) {
      buffer[at++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    buffer[at++] = rest
  }
  const bytes = (value: Uint8Array): void => {
    reserve(value.length)
    buffer.set(value, at)
    at += value.length
  }
  return {
    varint,
    bytes,
    sized: (value) => {
      varint(value.length)
      bytes(value)
    },
    done: () => buffer.slice(0, at),
  }
}

export interface ByteReader {
  varint(): number
  /** A view, not a copy. */
  bytes(length: number): Uint8Array
  sized(): Uint8Array
  readonly left: number
}

/** Reads untrusted bytes; whatever does not fit throws `ERR_MALFORMED`. */
export const createByteReader = (source: Uint8Array): ByteReader => {
  let at = 0
  const malformed = (what: string): never => {
    throw new ShoalError('ERR_MALFORMED', `Malformed bytes: ${what} at ${at} of ${source.length}.`)
  }
  const varint = (): number => {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = source[at++]
      if (byte === undefined) return malformed('a number is cut off')
      value += (byte & 0x7f) * scale
      if (!Number.isSafeInteger(value)) return malformed('a number beyond 2^53−1')
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }
  const bytes = (length: number): Uint8Array => {
    if (length > source.length - at) return malformed(`${length} bytes are missing`)
    at += length
    return source.subarray(at - length, at)
  }
  return {
    varint,
    bytes,
    sized: () => bytes(varint()),
    get left() {
      return source.length - at
    },
  }
}
