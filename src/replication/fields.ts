/** Fields of frames, checked one by one: every reader throws `ERR_FRAME` for what no honest node sends. */
import type { NodeId, StreamId } from '../core/event.ts'
import { bytesFromNodeId, nodeIdFromBytes, parseStreamId, streamOf } from '../core/node-id.ts'
import { refuseFrame } from './cbor.ts'

export const count = (value: unknown): number =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuseFrame('a number')

export const flag = (value: unknown): boolean => (typeof value === 'boolean' ? value : refuseFrame('a flag'))

/** Bytes of a length between the two bounds, a copy of its own. */
export const bytes = (value: unknown, least: number, most: number): Uint8Array<ArrayBuffer> =>
  value instanceof Uint8Array && value.length >= least && value.length <= most
    ? (value as Uint8Array<ArrayBuffer>)
    : refuseFrame(`${least} to ${most} bytes`)

/** Text of at most that many UTF-16 code units. */
export const text = (value: unknown, most: number): string =>
  typeof value === 'string' && value.length <= most ? value : refuseFrame('a text')

const isCode = (value: unknown): value is string => typeof value === 'string' && /^ERR_[A-Z0-9_]{1,60}$/.test(value)

/** A stable error code; what is none must not reach a diary. */
export const code = (value: unknown): string => (isCode(value) ? value : refuseFrame('a code'))

/** What the other end will take for one. */
export const writeCode = (value: string): string => (isCode(value) ? value : 'ERR_UNNAMED')

export const list = (value: unknown, most: number): readonly unknown[] =>
  Array.isArray(value) && value.length <= most ? (value as unknown[]) : refuseFrame('a list')

export const node = (value: unknown): NodeId => nodeIdFromBytes(bytes(value, 32, 32))

export const nodes = (value: unknown, most: number): readonly NodeId[] => list(value, most).map(node)

export const nodeBytes = (id: NodeId): Uint8Array => bytesFromNodeId(id)

const varintLength = (value: number): number => {
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length += 1
  return length
}

/** The node's key, then the number of the stream as a varint. */
export const streamBytes = (id: StreamId): Uint8Array => {
  const parts = parseStreamId(id)
  if (parts === undefined) return refuseFrame(`"${id}" is no stream`)
  const key = bytesFromNodeId(parts.node)
  const whole = new Uint8Array(key.length + varintLength(parts.number))
  whole.set(key)
  let rest = parts.number
  for (let at = key.length; at < whole.length; at++, rest = Math.floor(rest / 0x80))
    whole[at] = rest >= 0x80 ? (rest % 0x80) | 0x80 : rest
  return whole
}

export const stream = (value: unknown): StreamId => {
  const whole = bytes(value, 33, 40)
  const number = varint(whole, 32)
  if (number.next !== whole.length) return refuseFrame('a stream')
  return streamOf(nodeIdFromBytes(whole.subarray(0, 32)), number.value)
}

/** The varint at `at`, and where what follows it begins. Shortest form only. */
export const varint = (source: Uint8Array, at: number): { readonly value: number; readonly next: number } => {
  let value = 0
  let scale = 1
  for (let next = at; next < at + 8;) {
    const byte = source[next++]
    if (byte === undefined) return refuseFrame('a varint')
    value += (byte & 0x7f) * scale
    scale *= 0x80
    if (byte >= 0x80) continue
    if (!Number.isSafeInteger(value)) return refuseFrame('a varint')
    if (next - at > 1 && byte === 0) return refuseFrame('a varint with leading zeros')
    return { value, next }
  }
  return refuseFrame('a varint')
}
