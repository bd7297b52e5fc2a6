/**
 * CBOR as it comes from another node: strict, shallow, and bounded in size and in number of items before anything is built of it. Only what
 * frames are made of: whole numbers, bytes, text, arrays, `true`, `false` and `null`, all in their shortest form. Written by hand, since heads come by the thousand.
 */
import { ShoalError } from '../core/errors.ts'

const depthMax = 6
const itemsMax = 500_000

export const refuseFrame = (what: string, cause?: unknown): never => {
  throw new ShoalError('ERR_FRAME', `The other end sent a malformed frame: ${what}.`, { cause })
}

const decoder = new TextDecoder('utf-8', { fatal: true })

const text = (bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    return refuseFrame('a text that is no UTF-8', cause)
  }
}

/** Additional information that says that the value follows in 1, 2, 4 or 8 bytes. */
const longest = 27

/** The fields of one frame. Throws `ERR_FRAME` and nothing else. */
export const decodeFields = (bytes: Uint8Array): readonly unknown[] => {
  let at = 0
  let items = 0

  const byte = (): number => bytes[at++] ?? refuseFrame('it is cut off')
  const argument = (info: number): number => {
    if (info < 24) return info
    if (info > longest) return refuseFrame('a length that is not said')
    const width = 1 << (info - 24)
    let value = 0
    for (let left = width; left > 0; left--) value = value * 256 + byte()
    const isShortest = width === 1 ? value >= 24 : value >= 2 ** (4 * width)
    return isShortest && Number.isSafeInteger(value) ? value : refuseFrame('a number')
  }
  const part = (length: number): Uint8Array => {
    if (length > bytes.length - at) return refuseFrame('it is cut off')
    at += length
    return bytes.subarray(at - length, at)
  }
  const list = (length: number, depth: number): unknown[] => {
    if (depth === depthMax) return refuseFrame('nested too deep')
    // an item has at least one byte
    if (length > bytes.length - at) return refuseFrame('it is cut off')
    const values: unknown[] = []
    for (let left = length; left > 0; left--) values.push(value(depth + 1))
    return values
  }
  const value = (depth: number): unknown => {
    items += 1
    if (items > itemsMax) return refuseFrame('too many items')
    const head = byte()
    const info = head & 31
    switch (head >> 5) {
      case 0:
        return argument(info)
      case 1:
        return -1 - argument(info)
      case 2:
        return part(argument(info)).slice()
      case 3:
        return text(part(argument(info)))
      case 4:
        return list(argument(info), depth)
      default:
        if (head === 0xf4 || head === 0xf5) return head === 0xf5
        return head === 0xf6 ? null : refuseFrame('something that no frame is made of')
    }
  }

  const fields = value(0)
  if (at !== bytes.length) return refuseFrame('something follows it')
  return Array.isArray(fields) ? (fields as unknown[]) : refuseFrame('no array')
}
