/**
 * Payloads shredded by shape: the JSON text of an event is its *shape* (the text with a newline in place of each leaf) and its
 * *leaves* (JSON texts). Newlines never occur inside JSON text written without white space, so both directions are exact, and a
 * column of one leaf over many events deflates far better than the events do.
 */
import { ShoalError } from '../core/errors.ts'
import type { Json } from '../core/event.ts'
import { jsonText, keyText } from '../core/json-text.ts'
import { payloadCharsMax } from '../core/limits.ts'

export interface Shredded {
  /** Pieces of JSON text joined by newlines: one more piece than leaves. */
  readonly shape: string
  readonly leaves: readonly string[]
}

/** An object below this depth, or with more keys, is one leaf: a shape of its own for each event would help nobody. */
const shapeDepthMax = 8
const shapeKeysMax = 64
const leavesMax = 256

const walk = (value: Json, leaves: string[], depth: number): string => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < shapeDepthMax) {
    const keys = Object.keys(value)
    if (keys.length > 0 && keys.length <= shapeKeysMax && leaves.length + keys.length <= leavesMax) {
      let shape = '{'
      for (const key of keys) {
        if (shape.length > 1) shape += ','
        shape += `${keyText(key)}:${walk((value as Record<string, Json>)[key] as Json, leaves, depth + 1)}`
      }
      return `${shape}}`
    }
  }
  leaves.push(jsonText(value, '', depth))
  return '\n'
}

/** Throws `ERR_NOT_JSON` for what JSON cannot say, `ERR_PAYLOAD_TOO_LARGE` beyond `payloadCharsMax`. */
export const shred = (payload: Json): Shredded => {
  const leaves: string[] = []
  const shape = walk(payload, leaves, 0)
  let chars = shape.length
  for (const leaf of leaves) chars += leaf.length
  if (chars > payloadCharsMax) {
    const message = `A payload has at most ${payloadCharsMax} characters as JSON; this one has ${chars}. Publish large content as a blob.`
    throw new ShoalError('ERR_PAYLOAD_TOO_LARGE', message)
  }
  return { shape, leaves }
}

/** The JSON text again. */
export const weave = (pieces: readonly string[], leaf: (index: number) => string): string => {
  let text = pieces[0] ?? ''
  for (let index = 1; index < pieces.length; index++) text += leaf(index - 1) + (pieces[index] ?? '')
  return text
}
