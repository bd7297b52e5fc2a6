/**
 * The recovery code: the secret of a swarm's root (RULES 14) as people write it down. 58 characters of Crockford's base32, in groups of five,
 * the last of three: the 32-byte seed, then the first 4 bytes of a digest of it.
 */
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import { sha256Small } from '../crypto/hash.ts'
import { seedBytes } from '../crypto/seed.ts'

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const checkBytes = 4
const codeChars = 58
const groupChars = 5
const groups = Math.ceil(codeChars / groupChars)
const prefix = new TextEncoder().encode('shoal.recovery.1')

const refuse = (sentence: string): never => {
  throw new ShoalError('ERR_RECOVERY_CODE', sentence)
}

const checkOf = (seed: Uint8Array): Uint8Array => sha256Small(concatBytes(prefix, seed)).subarray(0, checkBytes)

/** Eleven groups of five and one of three, with hyphens between them. */
export const writeRecoveryCode = (seed: Uint8Array): string => {
  if (seed.length !== seedBytes) throw new ShoalError('ERR_BAD_REQUEST', `A seed has ${seedBytes} bytes.`)
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of concatBytes(seed, checkOf(seed))) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += letters[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  text += letters[(held << (5 - bits)) & 31]
  return text.match(/.{1,5}/g)?.join('-') ?? text
}

/** `undefined` where the digits do not carry their own digest. */
const seedOfDigits = (digits: readonly number[]): Uint8Array<ArrayBuffer> | undefined => {
  const bytes = new Uint8Array(seedBytes + checkBytes)
  let held = 0
  let bits = 0
  let at = 0
  for (const digit of digits) {
    held = (held << 5) | digit
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = held >> bits
    held &= (1 << bits) - 1
  }
  const seed = bytes.slice(0, seedBytes)
  return held === 0 && equalBytes(bytes.subarray(seedBytes), checkOf(seed)) ? seed : undefined
}

/** The place of the one wrong character, or of the first of two that changed places; `undefined` where more is wrong. */
const wrongPlace = (digits: readonly number[]): number | undefined => {
  for (const [place, digit] of digits.entries()) {
    for (let other = 0; other < letters.length; other++) {
      if (other !== digit && seedOfDigits(digits.with(place, other)) !== undefined) return place
    }
    const next = digits[place + 1]
    if (next !== undefined && seedOfDigits(digits.with(place, next).with(place + 1, digit)) !== undefined) return place
  }
  return undefined
}

const groupOf = (place: number): number => Math.floor(place / groupChars) + 1

/** Says which group is too long or too short, where the groups were typed as printed. */
const checkLength = (text: string, chars: number): void => {
  if (chars === codeChars) return
  const given = text.split(/[^0-9A-Z]+/).filter((group) => group !== '')
  const expected = (index: number): number => (index === groups - 1 ? codeChars % groupChars : groupChars)
  const wrong = given.findIndex((group, index) => group.length !== expected(index))
  if (given.length === groups && wrong >= 0) {
    const sentence = `Group ${wrong + 1} of the recovery code has ${given[wrong]?.length} characters; it should have ${expected(wrong)}.`
    refuse(`${sentence} Compare it with the paper.`)
  }
  refuse(
    `A recovery code has ${codeChars} characters; this one has ${chars}. Compare it with the paper, group by group.`,
  )
}

/**
 * Reads what people type: any case, any separators, O for 0, I and L for 1. Throws `ERR_RECOVERY_CODE`, naming the group (from 1) where that
 * can be known: a character that is none, a group of another length, one wrong character, two that changed places.
 */
export const readRecoveryCode = (typed: string): Uint8Array<ArrayBuffer> => {
  const text = typed.slice(0, 1000).normalize('NFKC').toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  const kept = text.replaceAll(/[\s\-–—_.,:;|/]+/g, '')
  const digits = [...kept].map((letter) => letters.indexOf(letter))
  const foreign = digits.indexOf(-1)
  if (foreign >= 0) {
    const sentence = `"${[...kept][foreign]}" in group ${groupOf(foreign)} does not occur in a recovery code.`
    refuse(`${sentence} It has the digits and the letters but I, L, O and U.`)
  }
  checkLength(text, digits.length)
  const seed = seedOfDigits(digits)
  if (seed !== undefined) return seed
  const place = wrongPlace(digits)
  return refuse(
    place === undefined
      ? 'This is not the recovery code as it was shown: more than one character is wrong. Compare it with the paper, group by group.'
      : `A character in group ${groupOf(place)} of the recovery code is wrong. Compare it with the paper.`,
  )
}
