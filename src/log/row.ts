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
/** Lamport, time (u64 each), number of tags (u32), length of the app id and of the payload (u32 each). */
const rowBytes = 28

/**
 * Rows as hashed. First numbers, big-endian, row by row: lamport and time (u64), the number of tags, the lengths of the app id, of the
 * payload and of each tag (u32, in UTF-16 code units). Then, in UTF-8, all the texts without anything between them, row by row: tags,
 * app id, payload. The lengths make it unambiguous; one text at the end makes it one call to encode.
 */
export const rowsBytes = (rows: readonly Row[]): Uint8Array<ArrayBuffer> => {
  let tags = 0
  for (const row of rows) tags += row.tags.length
  const numbers = new Uint8Array(rows.length * rowBytes + tags * 4)
  const view = new DataView(numbers.buffer)
  let at = 0
  let texts = ''
  for (const row of rows) {
    const payload = weave(row)
    view.setUint32(at, Math.floor(row.lamport / 2 ** 32))
    view.setUint32(at + 4, row.lamport >>> 0)
    view.setUint32(at + 8, Math.floor(row.timestamp / 2 ** 32))
    view.setUint32(at + 12, row.timestamp >>> 0)
    view.setUint32(at + 16, row.tags.length)
    view.setUint32(at + 20, row.appId.length)
    view.setUint32(at + 24, payload.length)
    at += rowBytes
    for (const tag of row.tags) {
      view.setUint32(at, tag.length)
      at += 4
      texts += tag
    }
    texts += row.appId
    texts += payload
  }
  return concatBytes(numbers, encoder.encode(texts))
}

/** Of a stream's first commit. */
export const emptyChain: Uint8Array<ArrayBuffer> = new Uint8Array(32)

/** The chain digest after one commit: SHA-256(chainBefore ‖ SHA-256(rows)). */
export const chainOver = async (chainBefore: Uint8Array, rows: readonly Row[]): Promise<Uint8Array<ArrayBuffer>> =>
  sha256Small(concatBytes(chainBefore, await sha256(rowsBytes(rows))))
