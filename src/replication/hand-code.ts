/**
 * Signals as text that people carry: by the clipboard, read aloud to a chat, or as a QR code, whose small alphabet it keeps to. The letter of
 * the version, O (offer) or A (answer), then base32 of the content and 4 bytes of its SHA-256. An answer begins with 6 bytes that name its offer.
 */
import { concatBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import { signalBytesMax } from '../core/limits.ts'
import { sha256Small } from '../crypto/hash.ts'

const version = 'A'
const letters = { offer: 'O', answer: 'A' } as const
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const checkBytes = 4
const nameBytes = 6
const codeCharsMax = 2 + Math.ceil(((signalBytesMax + nameBytes + checkBytes) * 8) / 5)

export type HandCode =
  | { readonly type: 'offer'; readonly name: string; readonly signal: Uint8Array<ArrayBuffer> }
  | { readonly type: 'answer'; readonly name: string; readonly signal: Uint8Array<ArrayBuffer> }

const base32 = (bytes: Uint8Array): string => {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text
}

/** `undefined` for other letters; nothing where bits are left over. */
const bytesOfBase32 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of text) {
    const value = alphabet.indexOf(letter)
    if (value < 0) return undefined
    held = (held << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = held >> bits
      held &= (1 << bits) - 1
    }
  }
  return held === 0 ? bytes : new Uint8Array(0)
}

const nameOf = (bytes: Uint8Array): string => base32(bytes.subarray(0, nameBytes))

/** Names an offer by its content. */
export const offerName = (signal: Uint8Array): string => nameOf(sha256Small(signal))

const checkOf = (type: HandCode['type'], content: Uint8Array): Uint8Array =>
  sha256Small(concatBytes(new TextEncoder().encode(version + letters[type]), content)).subarray(0, checkBytes)

export const writeHandCode = ({ type, name, signal }: HandCode): string => {
  const offer = bytesOfBase32(name) ?? new Uint8Array(nameBytes)
  const content = type === 'offer' ? signal : concatBytes(offer, signal)
  return version + letters[type] + base32(concatBytes(content, checkOf(type, content)))
}

/** Spaces, line ends and hyphens do not matter, nor does case. Throws `ERR_CODE`. */
export const readHandCode = (text: string): HandCode => {
  const refuse = (message: string): never => {
    throw new ShoalError('ERR_CODE', message)
  }
  if (text.length > codeCharsMax * 2) return refuse('This is no code of Shoal: it is too long.')
  const code = text.replace(/[\s-]+/g, '').toUpperCase()
  const type = code[1] === letters.offer ? 'offer' : code[1] === letters.answer ? 'answer' : undefined
  if (type !== undefined && code.length > 20 && code[0] !== version && /^[A-Z2-7]+$/.test(code))
    return refuse('This code is of another version of Shoal, or damaged. Update both devices, then begin again.')
  const bytes = code[0] === version && code.length <= codeCharsMax ? bytesOfBase32(code.slice(2)) : undefined
  if (type === undefined || bytes === undefined)
    return refuse('This is no code of Shoal. Copy all of the code that the other device shows.')
  const content = bytes.slice(0, -checkBytes)
  const check = bytes.subarray(-checkBytes)
  if (content.length <= nameBytes || checkOf(type, content).some((byte, i) => byte !== check[i]))
    return refuse('A part of this code is missing or wrong. Copy all of it again.')
  return type === 'offer'
    ? { type, name: offerName(content), signal: content }
    : { type, name: nameOf(content), signal: content.slice(nameBytes) }
}
