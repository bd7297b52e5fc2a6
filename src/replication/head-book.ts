/**
 * Heads of many streams, and a digest of all of them that is kept up cheaply: the exclusive or of a hash of each. It tells two honest
 * nodes whether they speak of the same heads; a liar gains nothing by it, since it may as well lie about its heads.
 */
import { concatBytes, createByteWriter, equalBytes } from '../core/bytes.ts'
import type { StreamId } from '../core/event.ts'
import { sha256Small } from '../crypto/hash.ts'
import type { StreamHead } from './contract.ts'

export interface HeadBook {
  readonly size: number
  readonly all: ReadonlyMap<StreamId, StreamHead>
  get(stream: StreamId): StreamHead | undefined
  /** Answers whether it differs from what was there. */
  set(head: StreamHead): boolean
  delete(stream: StreamId): void
  /** 32 bytes. */
  digest(): Uint8Array<ArrayBuffer>
}

const encoder = new TextEncoder()

/** The same head is told by every link. */
const hashes = new WeakMap<StreamHead, Uint8Array>()

const hashOf = (head: StreamHead): Uint8Array => {
  const known = hashes.get(head)
  if (known !== undefined) return known
  const { stream, from, count, sealedTo, chain } = head
  const writer = createByteWriter(32)
  for (const value of [from, count, sealedTo]) writer.varint(value)
  const hash = sha256Small(concatBytes(encoder.encode(stream), writer.done(), chain))
  hashes.set(head, hash)
  return hash
}

/** Heads told lately: eight links tell the same ones, which are then one object in memory. Found by their chains, which are hashes. */
const toldLately = new Map<number, StreamHead>()
const toldMax = 16_384

/** The same head as it was told before, where it was. */
const sharedHead = (head: StreamHead): StreamHead => {
  const { chain } = head
  const [a = 0, b = 0, c = 0, d = 0] = chain
  const place = (((a * 256 + b) * 256 + c) * 256 + d) * 2 ** 20 + head.sealedTo
  const known = toldLately.get(place)
  if (known !== undefined && known.stream === head.stream && sameHead(known, head)) return known
  if (toldLately.size >= toldMax) toldLately.clear()
  toldLately.set(place, head)
  return head
}

export const sameHead = (one: StreamHead, other: StreamHead): boolean =>
  one.from === other.from &&
  one.count === other.count &&
  one.sealedTo === other.sealedTo &&
  one.origin?.stream === other.origin?.stream &&
  one.origin?.at === other.origin?.at &&
  equalBytes(one.chain, other.chain)

export const createHeadBook = (): HeadBook => {
  const heads = new Map<StreamId, StreamHead>()
  /** What each has added to `sum`; worked out when the sum is asked for, since most heads change often in between. */
  const added = new Map<StreamId, Uint8Array>()
  const changed = new Set<StreamId>()
  const sum = new Uint8Array(32)
  const addOrTake = (hash: Uint8Array): void => {
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) ^ (hash[at] as number)
  }
  const take = (stream: StreamId): void => {
    const hash = added.get(stream)
    if (hash !== undefined) addOrTake(hash)
    added.delete(stream)
  }
  return {
    get size() {
      return heads.size
    },
    all: heads,
    get: (stream) => heads.get(stream),
    set: (head) => {
      const before = heads.get(head.stream)
      if (before !== undefined && sameHead(before, head)) return false
      heads.set(head.stream, sharedHead(head))
      take(head.stream)
      changed.add(head.stream)
      return true
    },
    delete: (stream) => {
      heads.delete(stream)
      changed.delete(stream)
      take(stream)
    },
    digest: () => {
      for (const stream of changed) {
        const head = heads.get(stream)
        if (head === undefined) continue
        const hash = hashOf(head)
        added.set(stream, hash)
        addOrTake(hash)
      }
      changed.clear()
      return sum.slice()
    },
  }
}
