/** JSON told from what is none, on bytes where that is quick. */

export const isJsonText = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

const pastDigits = (bytes: Uint8Array, from: number, to: number): number => {
  let at = from
  while (at < to && isDigit(bytes[at])) at++
  return at
}

const isNumber = (bytes: Uint8Array, from: number, to: number): boolean => {
  const whole = bytes[from] === 0x2d ? from + 1 : from
  let at = pastDigits(bytes, whole, to)
  if (at === whole || (bytes[whole] === 0x30 && at > whole + 1)) return false
  if (at < to && bytes[at] === 0x2e) {
    const fraction = at + 1
    at = pastDigits(bytes, fraction, to)
    if (at === fraction) return false
  }
  if (at < to && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    const exponent = bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? at + 2 : at + 1
    at = pastDigits(bytes, exponent, to)
    if (at === exponent) return false
  }
  return at === to
}

const isPlainString = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (to - from < 2 || bytes[to - 1] !== 0x22) return false
  for (let at = from + 1; at < to - 1; at++) {
    const byte = bytes[at] as number
    if (byte < 0x20 || byte === 0x22 || byte === 0x5c) return false
  }
  return true
}

const isWord = (bytes: Uint8Array, from: number, to: number, word: string): boolean => {
  if (to - from !== word.length) return false
  for (let index = 0; index < word.length; index++) if (bytes[from + index] !== word.charCodeAt(index)) return false
  return true
}

/**
 * Whether UTF-8 from `from` to `to` is a number, a string without escapes, `true`, `false` or `null`, as JSON writes them and with
 * nothing around. False says nothing: it may still be JSON of another kind.
 */
export const isScalar = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (from >= to) return false
  switch (bytes[from]) {
    case 0x22:
      return isPlainString(bytes, from, to)
    case 0x74:
      return isWord(bytes, from, to, 'true')
    case 0x66:
      return isWord(bytes, from, to, 'false')
    case 0x6e:
      return isWord(bytes, from, to, 'null')
    default:
      return isNumber(bytes, from, to)
  }
}
