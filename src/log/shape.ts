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

/** An object's keys in order, and for each of them the plan of its value, or nothing where that is a leaf. */
interface Plan {
  readonly keys: readonly string[]
  readonly values: readonly (Plan | undefined)[]
}

interface KnownShape {
  readonly plan: Plan | undefined
  readonly shape: string
}

/** Events repeat their shapes: those seen last are tried before a new one is worked out. */
const known: KnownShape[] = []
const knownMax = 8

type JsonObject = { readonly [key: string]: Json }

/** What brings its own way of being written as JSON is a leaf: `jsonText` honours it. */
const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  typeof (value as JsonObject)['toJSON'] !== 'function'

const leafText = (value: Json, depth: number): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number' && value !== 0 && Number.isFinite(value)) return String(value)
  return jsonText(value, '', depth)
}

/** Collects the leaves of `value` when it is of the planned shape; else `false`, with some leaves collected for nothing. */
const fits = (value: Json, plan: Plan | undefined, leaves: string[], depth: number): boolean => {
  if (plan === undefined) {
    if (isObject(value) && Object.keys(value).length > 0) return false
    leaves.push(leafText(value, depth))
    return true
  }
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  if (keys.length !== plan.keys.length) return false
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string
    if (key !== plan.keys[index] || !fits(value[key] as Json, plan.values[index], leaves, depth + 1)) return false
  }
  return true
}

interface Walked extends KnownShape {
  /** Whether the plan fits other values of the shape: not when an object became a leaf for its depth or size. */
  readonly general: boolean
}

const walk = (value: Json, leaves: string[], depth: number): Walked => {
  if (isObject(value) && depth < shapeDepthMax) {
    const keys = Object.keys(value)
    if (keys.length > 0 && keys.length <= shapeKeysMax && leaves.length + keys.length <= leavesMax) {
      const values: (Plan | undefined)[] = []
      let shape = '{'
      let general = true
      for (const key of keys) {
        const part = walk(value[key] as Json, leaves, depth + 1)
        values.push(part.plan)
        general &&= part.general
        shape += `${shape.length > 1 ? ',' : ''}${keyText(key)}:${part.shape}`
      }
      return { plan: { keys, values }, shape: `${shape}}`, general }
    }
  }
  leaves.push(leafText(value, depth))
  return { plan: undefined, shape: '\n', general: !isObject(value) || Object.keys(value).length === 0 }
}

const shredded = (payload: Json): Shredded => {
  for (const [index, { plan, shape }] of known.entries()) {
    const leaves: string[] = []
    if (!fits(payload, plan, leaves, 0)) continue
    const [used] = known.splice(index, 1)
    if (used !== undefined) known.unshift(used)
    return { shape, leaves }
  }
  const leaves: string[] = []
  const { plan, shape, general } = walk(payload, leaves, 0)
  if (general) known.unshift({ plan, shape })
  if (known.length > knownMax) known.pop()
  return { shape, leaves }
}

/** JavaScript characters of the JSON text. */
export const charsOf = ({ shape, leaves }: Shredded): number => {
  let chars = shape.length - leaves.length
  for (const leaf of leaves) chars += leaf.length
  return chars
}

/** Throws `ERR_NOT_JSON` for what JSON cannot say, `ERR_PAYLOAD_TOO_LARGE` beyond `payloadCharsMax`. */
export const shred = (payload: Json): Shredded => {
  let result: Shredded
  try {
    result = shredded(payload)
  } catch (error) {
    // once more, as a whole: then the sentence names the place
    jsonText(payload)
    throw error
  }
  const chars = charsOf(result)
  if (chars > payloadCharsMax) {
    const message = `A payload has at most ${payloadCharsMax} characters as JSON; this one has ${chars}. Publish large content as a blob.`
    throw new ShoalError('ERR_PAYLOAD_TOO_LARGE', message)
  }
  return result
}

const pieces = new Map<string, readonly string[]>()
const piecesMax = 256

/** The pieces of a shape; remembered. */
export const piecesOf = (shape: string): readonly string[] => {
  const remembered = pieces.get(shape)
  if (remembered !== undefined) return remembered
  const split = shape.split('\n')
  if (pieces.size >= piecesMax) pieces.clear()
  pieces.set(shape, split)
  return split
}

/** The JSON text again. */
export const weave = ({ shape, leaves }: Shredded): string => {
  const parts = piecesOf(shape)
  let text = parts[0] ?? ''
  for (let index = 0; index < leaves.length; index++) text += (leaves[index] as string) + (parts[index + 1] as string)
  return text
}
