/**
 * Frames as bytes: one type byte, then a CBOR array of the fields; only `run` carries its bytes as they are. Fields behind those known
 * here are ignored. The grammar is in `docs/protocol.md`. Reading throws `ERR_FRAME` and nothing else.
 */
import { encode } from 'cborg'
import { concatBytes, createByteWriter } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import { rawBytesMax } from '../core/limits.ts'
import { decodeFields, refuseFrame } from './cbor.ts'
import type { Codec, Codecs } from './codec.ts'
import type { JoinFrame, LinkFrame } from './contract.ts'
import { code, count, text, varint, writeCode } from './fields.ts'
import { joinCodecs } from './join-frame.ts'
import { memberCodecs } from './member-frame.ts'

/** What a link says for itself, once it is proved. */
export type HeartFrame =
  | { readonly type: 'ping'; readonly id: number }
  /** Answers at once; `time`: microseconds since the epoch, by the clock of the sender. */
  | { readonly type: 'pong'; readonly id: number; readonly time: number }
  /** The last frame: why the sender closes. */
  | { readonly type: 'bye'; readonly code: string; readonly message: string }

export type WireFrame = LinkFrame | HeartFrame

/** Type bytes of the handshake, of sealing, of pieces and bundles; the other files say what follows them. */
export const helloByte = 1
export const proofByte = 2
export const byeByte = 3
export const sealedByte = 6
export const pieceByte = 7
export const bundleByte = 8
export const runByte = 20

/** Type bytes from here to `laterLast` belong to the next version: a frame of an unknown one is passed over. */
export const laterFirst = 64
export const laterLast = 95

/** The largest frame that is no run: heads of tens of thousands of streams. */
export const controlBytesMax = 4 * 1024 * 1024
/** The largest run with its header, however badly it packs. */
export const runFrameBytesMax = rawBytesMax + 64 * 1024
export const byeMessageCharsMax = 300

const heartCodecs: Codecs<HeartFrame> = {
  bye: {
    byte: byeByte,
    write: (frame) => [writeCode(frame.code), frame.message.slice(0, byeMessageCharsMax)],
    read: (fields) => ({ type: 'bye', code: code(fields[0]), message: text(fields[1], byeMessageCharsMax) }),
  },
  ping: { byte: 4, write: (frame) => [frame.id], read: (fields) => ({ type: 'ping', id: count(fields[0]) }) },
  pong: {
    byte: 5,
    write: (frame) => [frame.id, frame.time],
    read: (fields) => ({ type: 'pong', id: count(fields[0]), time: count(fields[1]) }),
  },
}

/** Runs have their own form, below. */
type CodedFrame = Exclude<WireFrame, { readonly type: 'run' }>

// the tables say it type by type; of a type chosen at run time the compiler knows only that it is one of them
const codecs = { ...heartCodecs, ...memberCodecs, ...joinCodecs } as unknown as Readonly<
  Record<CodedFrame['type'], Codec<CodedFrame>>
>
const codecOfByte = new Map(Object.values(codecs).map((codec) => [codec.byte, codec]))
const joinTypes: ReadonlySet<string> = new Set(Object.keys(joinCodecs))
const heartTypes: ReadonlySet<string> = new Set(Object.keys(heartCodecs))

export const isJoinFrame = (frame: LinkFrame): frame is JoinFrame => joinTypes.has(frame.type)
export const isHeartFrame = (frame: WireFrame): frame is HeartFrame => heartTypes.has(frame.type)

/** How long a frame that begins with this type byte may be. */
export const bytesMaxOf = (byte: number | undefined): number => (byte === runByte ? runFrameBytesMax : controlBytesMax)

/** Throws `ERR_FRAME_SIZE` for what the other end would refuse. */
export const encodeFrame = (frame: WireFrame): Uint8Array<ArrayBuffer> => {
  const whole = frame.type === 'run' ? encodeRun(frame.id, frame.bytes) : encodeCoded(frame)
  if (whole.length > bytesMaxOf(whole[0])) {
    throw new ShoalError('ERR_FRAME_SIZE', `A "${frame.type}" frame of ${whole.length} bytes must be split.`)
  }
  return whole
}

const encodeCoded = (frame: CodedFrame): Uint8Array<ArrayBuffer> => {
  const codec = codecs[frame.type]
  return concatBytes(Uint8Array.of(codec.byte), encode(codec.write(frame)))
}

const encodeRun = (id: number, run: Uint8Array): Uint8Array<ArrayBuffer> => {
  const head = createByteWriter(9)
  head.varint(id)
  return concatBytes(Uint8Array.of(runByte), head.done(), run)
}

/** `undefined`: a type of the next version, to be passed over. A run's bytes are a view of `whole`. */
export const decodeFrame = (whole: Uint8Array<ArrayBuffer>): WireFrame | undefined => {
  const byte = whole[0]
  if (byte === undefined) return refuseFrame('empty')
  if (whole.length > bytesMaxOf(byte)) return refuseFrame('larger than any honest one')
  if (byte === runByte) {
    const { value, next } = varint(whole, 1)
    return next < whole.length ? { type: 'run', id: value, bytes: whole.subarray(next) } : refuseFrame('an empty run')
  }
  const codec = codecOfByte.get(byte)
  if (codec !== undefined) return codec.read(decodeFields(whole.subarray(1)))
  return byte >= laterFirst && byte <= laterLast ? undefined : refuseFrame(`unknown type ${byte}`)
}
