/**
 * What two nodes say to each other before there is a link between them, in a room of a station or through the mesh; sealed by whoever
 * carries it. One byte of version, one of type, then who says it (a length of 0 for a newcomer), then:
 *   1 greet: 16 bytes that name this run of the node · 2 offer, 3 answer: 16 bytes that name the dialling, the signal · 4 refuse: those 16 bytes, a code.
 */
import { createByteReader, createByteWriter } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { signalBytesMax } from '../core/limits.ts'
import { bytesFromNodeId, nodeIdFromBytes } from '../core/node-id.ts'

export const noteIdBytes = 16
/** What goes around a signal: with it and its sealing a note still fits what stations and links carry. */
const wrapBytesMax = 64
/** Of a signal that is to travel in a note. */
export const notedSignalBytesMax = signalBytesMax - wrapBytesMax

interface Said {
  /** Absent: a newcomer. Only claimed: the proof on the link tells. */
  readonly node: NodeId | undefined
  /** Of this run of the node, or of the dialling. */
  readonly id: Uint8Array
}

export type SignalNote =
  | (Said & { readonly type: 'greet' })
  | (Said & { readonly type: 'offer' | 'answer'; readonly signal: Uint8Array<ArrayBuffer> })
  | (Said & { readonly type: 'refuse'; readonly code: string })

const version = 1
const types = ['greet', 'offer', 'answer', 'refuse'] as const

export const writeNote = (note: SignalNote): Uint8Array<ArrayBuffer> => {
  const writer = createByteWriter(128)
  writer.bytes(Uint8Array.of(version, types.indexOf(note.type) + 1))
  writer.sized(note.node === undefined ? new Uint8Array(0) : bytesFromNodeId(note.node))
  writer.bytes(note.id)
  if (note.type === 'offer' || note.type === 'answer') {
    if (note.signal.length > notedSignalBytesMax)
      throw new ShoalError('ERR_SIGNAL_SIZE', 'A signal is too large to be carried.')
    writer.bytes(note.signal)
  } else if (note.type === 'refuse') writer.bytes(new TextEncoder().encode(note.code))
  return writer.done()
}

/** `undefined` for what is none, or of a later version. */
export const readNote = (bytes: Uint8Array): SignalNote | undefined => {
  try {
    const reader = createByteReader(bytes)
    const [v, number = 0] = reader.bytes(2)
    const type = types[number - 1]
    if (v !== version || type === undefined) return undefined
    const who = reader.sized()
    if (who.length !== 0 && who.length !== 32) return undefined
    const node = who.length === 0 ? undefined : nodeIdFromBytes(who)
    const id = new Uint8Array(reader.bytes(noteIdBytes))
    const rest = new Uint8Array(reader.bytes(reader.left))
    if (type === 'greet') return { type, node, id }
    if (type === 'refuse') {
      const code = String.fromCharCode(...rest.subarray(0, 40))
      return /^ERR_[A-Z_]+$/.test(code) ? { type, node, id, code } : undefined
    }
    return rest.length > 0 && rest.length <= notedSignalBytesMax ? { type, node, id, signal: rest } : undefined
  } catch (error) {
    if (error instanceof ShoalError) return undefined
    throw error
  }
}
