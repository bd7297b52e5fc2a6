/** One event before it is packed, and the bytes of it that the content chain covers (RULES 2). */
import type { AppId } from '../core/event.ts'
import { sha256, sha256Small } from '../crypto/hash.ts'
import { concatBytes } from '../core/bytes.ts'
import type { Shredded } from './shape.ts'
import { weave } from './shape.ts'

export interface Row extends Shredded {
  readonly lamport: number
  readonly timestamp: number
  readonly tags: readonly string[]
  readonly appId: AppId
}

const encoder = new TextEncoder()
/** UTF-8 needs at most three bytes for a UTF-16 code unit. */
const utf8Max = 3

/**
 * Rows as hashed: per event lamport and time (u64), tag count (u32), then each tag, the app id and the payload text, each with a
 * u32 length before its UTF-8. All numbers big-endian.
 */
export const rowsBytes = (rows: readonly Row[]): Uint8Array<ArrayBuffer> => {
  let buffer = new Uint8Array(rows.length * 640 + 1024)
  let view = new DataView(buffer.buffer)
  let at = 0
  const reserve = (more: number): void => {
    if (at + more <= buffer.length) return
    const grown = new Uint8Array(Math.max(buffer.length * 2, at + more))
    grown.set(buffer.subarray(0, at))
    buffer = grown
    view = new DataView(buffer.buffer)
  }
  const text = (value: string): void => {
    reserve(value.length * utf8Max + 4)
    const { written } = encoder.encodeInto(value, buffer.subarray(at + 4))
    view.setUint32(at, written)
    at += 4 + written
  }
  for (const row of rows) {
    reserve(20)
    view.setUint32(at, Math.floor(row.lamport / 2 ** 32))
    view.setUint32(at + 4, row.lamport >>> 0)
    view.setUint32(at + 8, Math.floor(row.timestamp / 2 ** 32))
    view.setUint32(at + 12, row.timestamp >>> 0)
    view.setUint32(at + 16, row.tags.length)
    at += 20
    for (const tag of row.tags) text(tag)
    text(row.appId)
    text(weave(row))
  }
  return buffer.subarray(0, at)
}

/** Of a stream's first commit. */
export const emptyChain: Uint8Array<ArrayBuffer> = new Uint8Array(32)

/** The chain digest after one commit: SHA-256(chainBefore ‖ SHA-256(rows)). */
export const chainOver = async (chainBefore: Uint8Array, rows: readonly Row[]): Promise<Uint8Array<ArrayBuffer>> =>
  sha256Small(concatBytes(chainBefore, await sha256(rowsBytes(rows))))
