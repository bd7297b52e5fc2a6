/** Node and stream ids as text. */
import { equalBytes } from './bytes.ts'
import { ShoalError } from './errors.ts'
import type { AppId, NodeId, StreamId } from './event.ts'

/** crypt-base64: the alphabet is in ASCII order, so ids sort like the bytes they stand for. */
const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const values = new Map([...alphabet].map((letter, index) => [letter, index]))

export const cryptBase64 = (bytes: Uint8Array): string => {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 6) {
      bits -= 6
      text += alphabet[(held >> bits) & 63]
    }
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + alphabet[(held << (6 - bits)) & 63] : text
}

/** `undefined` for text that no bytes are written as (wrong letters, or bits set behind the last byte). */
export const bytesOfCryptBase64 = (text: string): Uint8Array | undefined => {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8))
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of text) {
    const value = values.get(letter)
    if (value === undefined) return undefined
    held = (held << 6) | value
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = held >> bits
      held &= (1 << bits) - 1
    }
  }
  return held === 0 && at === bytes.length ? bytes : undefined
}

/**
 * A frame names hundreds of nodes, the same ones over and over: those seen lately are not worked out anew, and each is one string in
 * memory however many name it. Keys are random, so that six bytes find them; a stranger's that were chosen to collide only cost time.
 */
const seen = new Map<number, { readonly bytes: Uint8Array; readonly id: NodeId }>()
const seenById = new Map<string, Uint8Array>()
const seenMax = 8192

const remember = (place: number, bytes: Uint8Array, id: NodeId): void => {
  if (seenById.size >= seenMax) {
    seen.clear()
    seenById.clear()
  }
  seen.set(place, { bytes, id })
  seenById.set(id, bytes)
}

const placeOf = (bytes: Uint8Array): number => {
  let place = 0
  for (let at = 0; at < 6; at++) place = place * 256 + (bytes[at] as number)
  return place
}

export const nodeIdFromBytes = (publicKey: Uint8Array): NodeId => {
  if (publicKey.length !== 32) throw new ShoalError('ERR_BAD_REQUEST', 'a node id is 32 bytes')
  const place = placeOf(publicKey)
  const known = seen.get(place)
  if (known !== undefined && equalBytes(known.bytes, publicKey)) return known.id
  const id = cryptBase64(publicKey) as NodeId
  remember(place, publicKey.slice(), id)
  return id
}

/** Not to be changed: others hold the same bytes. */
export const bytesFromNodeId = (id: string): Uint8Array => {
  const known = seenById.get(id)
  if (known !== undefined) return known
  const bytes = id.length === 43 ? bytesOfCryptBase64(id) : undefined
  if (bytes === undefined) throw new ShoalError('ERR_BAD_REQUEST', `"${id}" is not a node id`)
  remember(placeOf(bytes), bytes, id as NodeId)
  return bytes
}

export const isNodeId = (text: string): text is NodeId =>
  seenById.has(text) || (text.length === 43 && bytesOfCryptBase64(text) !== undefined)

export interface StreamParts {
  readonly node: NodeId
  readonly number: number
}

const seenStreams = new Map<string, { readonly stream: StreamId; readonly parts: StreamParts }>()

export const streamOf = (node: NodeId, number: number): StreamId => {
  const stream = `${node}-${number}` as StreamId
  return seenStreams.get(stream)?.stream ?? stream
}

/** The parts of a stream id; `undefined` when the text is none. Splits on the dash, since `.` and `/` are letters of an id. */
export const parseStreamId = (text: string): StreamParts | undefined => {
  const known = seenStreams.get(text)
  if (known !== undefined) return known.parts
  const node = text.slice(0, 43)
  const digits = text.slice(44)
  if (text[43] !== '-' || !isNodeId(node) || !/^(0|[1-9][0-9]{0,15})$/.test(digits)) return undefined
  const number = Number(digits)
  if (!Number.isSafeInteger(number)) return undefined
  const parts = { node, number }
  if (seenStreams.size >= seenMax) seenStreams.clear()
  seenStreams.set(text, { stream: text as StreamId, parts })
  return parts
}

export const isAppId = (text: string): text is AppId => text.length <= 256 && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(text)

/** On the events that the node itself writes; no app may carry it. */
export const nodeAppId = 'com.shoal' as AppId
