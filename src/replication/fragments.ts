/**
 * Frames that do not fit a channel's measure. Small ones that leave together go as a bundle: the type byte, then each with its length before
 * it. Frames larger than a channel carries go in pieces: the type byte, a byte of flags, then the bytes. Each lane has at most one frame in
 * pieces at a time, so pieces need no number; between them go whole frames and pieces of the other lane.
 */
import { concatBytes, createByteReader, createByteWriter } from '../core/bytes.ts'
import { frameBytesMax } from '../core/limits.ts'
import { refuseFrame } from './cbor.ts'
import type { Lane } from './contract.ts'
import { bundleByte, bytesMaxOf, pieceByte } from './frame.ts'
import { sealBytes } from './sealing.ts'

const headBytes = 2
/** The largest frame that goes in one, sealed or not. */
export const wholeBytesMax = frameBytesMax - sealBytes
const pieceBytesMax = wholeBytesMax - headBytes
/** All but the last are at least this long, or the list of them would cost more than they do. */
const pieceBytesMin = 16 * 1024

const flagBulk = 1
const flagLast = 2

/** Bundles hold frames up to this: a larger one costs more to copy than it saves. */
export const bundledBytesMax = 8 * 1024
/** What a bundle adds for itself, and at most for each frame. */
export const bundleHeadBytes = 1
export const bundleLengthBytes = 3

export const bundle = (frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const size = frames.reduce((sum, frame) => sum + frame.length + bundleLengthBytes, bundleHeadBytes)
  const writer = createByteWriter(size + bundleLengthBytes)
  writer.bytes(Uint8Array.of(bundleByte))
  for (const frame of frames) writer.sized(frame)
  return writer.done()
}

/** The frames of a bundle, one after the other; bundles do not nest. Throws `ERR_FRAME`. */
export function* unbundle(whole: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  const reader = createByteReader(whole.subarray(bundleHeadBytes))
  if (reader.left === 0) refuseFrame('an empty bundle')
  while (reader.left > 0) {
    let frame: Uint8Array
    try {
      frame = reader.sized()
    } catch (cause) {
      return refuseFrame('a bundle', cause)
    }
    if (frame[0] === bundleByte) refuseFrame('a bundle in a bundle')
    // a copy: a view would keep the whole bundle in memory as long as one run of it
    yield frame.slice()
  }
}

/** The next piece of `frame` from `at`, and where the one after it begins. */
export const cutPiece = (
  frame: Uint8Array,
  at: number,
  lane: Lane,
): { readonly piece: Uint8Array<ArrayBuffer>; readonly next: number } => {
  const next = Math.min(frame.length, at + pieceBytesMax)
  const flags = (lane === 'bulk' ? flagBulk : 0) | (next === frame.length ? flagLast : 0)
  return { piece: concatBytes(Uint8Array.of(pieceByte, flags), frame.subarray(at, next)), next }
}

export interface Assembly {
  /** The whole frame, with its last piece. Throws `ERR_FRAME`. */
  add(piece: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined
}

/** Puts pieces together again; holds at most one frame per lane, none longer than its type may be, and `bytesMax`. */
export const createAssembly = (bytesMax: number): Assembly => {
  interface Pile {
    readonly pieces: Uint8Array[]
    bytes: number
  }
  const piles: Record<Lane, Pile> = { control: { pieces: [], bytes: 0 }, bulk: { pieces: [], bytes: 0 } }
  return {
    add: (piece) => {
      const flags = piece[1]
      const body = piece.subarray(headBytes)
      if (flags === undefined || flags > (flagBulk | flagLast) || body.length === 0) return refuseFrame('a piece')
      const lane = (flags & flagBulk) === 0 ? 'control' : 'bulk'
      const isLast = (flags & flagLast) !== 0
      if (!isLast && body.length < pieceBytesMin) return refuseFrame('a piece that is too small')
      const pile = piles[lane]
      pile.pieces.push(body)
      pile.bytes += body.length
      if (pile.bytes > Math.min(bytesMax, bytesMaxOf(pile.pieces[0]?.[0]))) return refuseFrame('pieces without end')
      if (!isLast) return undefined
      piles[lane] = { pieces: [], bytes: 0 }
      return concatBytes(...pile.pieces)
    },
  }
}
