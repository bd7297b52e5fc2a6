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
/** Lamport, time (u64 each), number of tags, length of the app id and of the payload (u32 each); then a u32 for each tag. */
export const rowNumbersBytes = (tags: number): number => 28 + tags * 4

/** Writes the numbers of one row and answers where the next ones go. Lengths are in UTF-16 code units. */
export const writeRowNumbers = (
  view: DataView,
  at: number,
  lamport: number,
  timestamp: number,
  tags: readonly number[],
  appId: number,
  payload: number,
): number => {
  view.setUint32(at, Math.floor(lamport / 2 ** 32))
  view.setUint32(at + 4, lamport >>> 0)
  view.setUint32(at + 8, Math.floor(timestamp / 2 ** 32))
  view.setUint32(at + 12, timestamp >>> 0)
  view.setUint32(at + 16, tags.length)
  view.setUint32(at + 20, appId)
  view.setUint32(at + 24, payload)
  let next = at + 28
  for (const tag of tags) {
    view.setUint32(next, tag)
    next += 4
  }
  return next
}

/**
 * Rows as hashed. First numbers, big-endian, row by row: lamport and time (u64), the number of tags, the lengths of the app id, of the
 * payload and of each tag (u32, in UTF-16 code units). Then, in UTF-8, all the texts without anything between them, row by row: tags,
 * app id, payload. The lengths make it unambiguous; one text at the end makes it one call to encode.
 */
export const rowsBytes = (rows: readonly Row[]): Uint8Array<ArrayBuffer> => {
  let size = 0
  for (const row of rows) size += rowNumbersBytes(row.tags.length)
  const numbers = new Uint8Array(size)
  const view = new DataView(numbers.buffer)
  let at = 0
  let texts = ''
  for (const row of rows) {
    const payload = weave(row)
    const tags = row.tags.map(({ length }) => length)
    at = writeRowNumbers(view, at, row.lamport, row.timestamp, tags, row.appId.length, payload.length)
    for (const tag of row.tags) texts += tag
    texts += row.appId
    texts += payload
  }
  return concatBytes(numbers, encoder.encode(texts))
}

/** Of a stream's first commit. */
export const emptyChain: Uint8Array<ArrayBuffer> = new Uint8Array(32)

/** The chain digest after a commit whose rows have the digest `rows`: SHA-256(chainBefore ‖ SHA-256(rows)). */
export const chainLink = (chainBefore: Uint8Array, rows: Uint8Array): Uint8Array<ArrayBuffer> =>
  sha256Small(concatBytes(chainBefore, rows))

/** The chain digest after one commit. */
export const chainOver = async (chainBefore: Uint8Array, rows: readonly Row[]): Promise<Uint8Array<ArrayBuffer>> =>
  chainLink(chainBefore, await sha256(rowsBytes(rows)))
