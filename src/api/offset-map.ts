/** Offset maps as they come in, and the three questions we ask about them. */
import type { OffsetMap, StreamId } from '../core/event.ts'
import { parseStreamId } from '../core/node-id.ts'
import { badRequest } from './errors.ts'
import { placeOf } from './json-body.ts'

const int64Min = -(2 ** 63)

/** The offset; `undefined` for the words for "nothing of this stream": `-1` and `"min"`. `"max"` is 2^53−1. */
export const readOffset = (value: unknown): number | undefined => {
  if (value === 'min') return undefined
  if (value === 'max') return Number.MAX_SAFE_INTEGER
  if (typeof value === 'string' && !/^-?[0-9]+$/.test(value))
    throw badRequest(`invalid digit found in offset "${value}"`)
  const offset = typeof value === 'string' ? Number(value) : value
  if (typeof offset !== 'number' || !Number.isInteger(offset) || offset < int64Min) {
    throw badRequest(`offset ${JSON.stringify(value)} is not an integer`)
  }
  if (offset < -1) throw badRequest(`offset ${offset} is below -1`)
  if (offset > Number.MAX_SAFE_INTEGER) throw badRequest(`offset ${offset} is too large, the limit is 2^53-1`)
  return offset < 0 ? undefined : offset
}

/** `text` is the body that `value` was parsed from, to name the place of a wrong stream id. */
export const readOffsetMap = (value: unknown, name: string, text: string): OffsetMap => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`invalid type for field \`${name}\`: expected an object of stream ids and offsets`)
  }
  const read: Record<StreamId, number> = {}
  for (const [stream, given] of Object.entries(value)) {
    if (parseStreamId(stream) === undefined) {
      const quoted = JSON.stringify(stream)
      const at = text.indexOf(quoted)
      throw badRequest(`parsing StreamId at ${placeOf(text, at < 0 ? 0 : at + quoted.length - 1)}`)
    }
    const offset = readOffset(given)
    if (offset !== undefined) read[stream as StreamId] = offset
  }
  return read
}

export const isEmptyMap = (map: OffsetMap): boolean => {
  for (const _ in map) return false
  return true
}

/** Whether `map` names nothing that `present` does not hold. */
export const isWithin = (map: OffsetMap, present: OffsetMap): boolean => {
  for (const [stream, offset] of Object.entries(map)) if (offset > (present[stream as StreamId] ?? -1)) return false
  return true
}

/** `map` without what came from `from` on of one stream. */
export const before = (map: OffsetMap, stream: StreamId, from: number): OffsetMap => {
  if ((map[stream] ?? -1) < from) return map
  const { [stream]: _, ...others } = map
  return from === 0 ? others : { ...others, [stream]: from - 1 }
}

/** The later offset of each stream. */
export const union = (a: OffsetMap, b: OffsetMap): OffsetMap => {
  const whole: Record<StreamId, number> = { ...a }
  for (const [stream, offset] of Object.entries(b)) {
    if (offset > (whole[stream as StreamId] ?? -1)) whole[stream as StreamId] = offset
  }
  return whole
}
