/** CBOR as it comes from another node: strict, shallow, and bounded in size and in number of items before anything is built of it. */
import type { DecodeOptions } from 'cborg'
import { decode, Tokenizer, Type } from 'cborg'
import { ShoalError } from '../core/errors.ts'

const depthMax = 6
const itemsMax = 500_000

const options: DecodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
}

export const refuseFrame = (what: string, cause?: unknown): never => {
  throw new ShoalError('ERR_FRAME', `The other end sent a malformed frame: ${what}.`, { cause })
}

/** A tokenizer that gives up on maps and tags (no frame has them), on nesting, and on a flood of items. */
const boundedTokens = (bytes: Uint8Array) => {
  const inner = new Tokenizer(bytes, options)
  /** Items that are still to come at each open level. */
  const open: number[] = []
  let items = 0
  return {
    done: () => inner.done(),
    pos: () => inner.pos(),
    next: () => {
      const token = inner.next()
      items += 1
      if (items > itemsMax) return refuseFrame('too many items')
      if (open.length > 0) open.push((open.pop() ?? 0) - 1)
      if (Type.equals(token.type, Type.map) || Type.equals(token.type, Type.tag)) return refuseFrame('a map or a tag')
      if (Type.equals(token.type, Type.array)) {
        open.push(Number(token.value))
        if (open.length > depthMax) return refuseFrame('nested too deep')
      }
      while (open.length > 0 && open.at(-1) === 0) open.pop()
      return token
    },
  }
}

/** The fields of one frame. Throws `ERR_FRAME` and nothing else. */
export const decodeFields = (bytes: Uint8Array): readonly unknown[] => {
  let fields: unknown
  try {
    fields = decode(bytes, { ...options, tokenizer: boundedTokens(bytes) })
  } catch (cause) {
    return cause instanceof ShoalError ? refuseFrame('bounds', cause) : refuseFrame('no strict CBOR', cause)
  }
  return Array.isArray(fields) ? (fields as unknown[]) : refuseFrame('no array')
}
