/**
 * Receipts (RULES 9): what a publication was answered, kept so that a caller who never saw the answer can ask again; and the
 * progress of imports, kept the same way. Both are written in the transaction of the events they speak of: those of a small run in
 * its record, those of a seal in a record for all of them.
 */
import { decode, encode } from 'cborg'
import { ShoalError } from '../core/errors.ts'
import type { Published, StreamId } from '../core/event.ts'
import { receiptAgeMax, receiptsMax } from '../core/limits.ts'
import type { Store, Write } from '../store/contract.ts'
import { decodeCount } from './count.ts'
import type { StoredReceipt } from './record.ts'
import { decodeReceipts, encodeReceipts } from './record.ts'

const pattern = /^(0|[1-9]\d{0,14})-[\x21-\x7e]{1,84}$/

/** Receipts sort by the time they were made. */
const keyOf = (receipt: string): { key: string; madeAt: number } => {
  const found = pattern.exec(receipt)
  if (found === null) {
    throw new ShoalError(
      'ERR_BAD_REQUEST',
      'A receipt is "<milliseconds since the epoch>-<anything>", at most 100 ASCII characters.',
    )
  }
  const madeAt = Number(found[1])
  return { key: `r/${String(madeAt).padStart(16, '0')}${receipt.slice(receipt.indexOf('-'))}`, madeAt }
}

const progressKey = (key: string): string => {
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new ShoalError('ERR_BAD_REQUEST', 'A progress key is 1 to 200 visible ASCII characters.')
  return `p/${key}`
}

export interface Receipts {
  /** What was answered before under this receipt; `undefined` when nothing was written. Throws `ERR_OUTCOME_UNKNOWN`. */
  find(receipt: string): Promise<readonly Published[] | undefined>
  made(receipt: string, answer: readonly Published[]): StoredReceipt
  /** Whether it claims to be made after its events: then it is kept by itself, so that an opening finds it by its key. */
  isAhead(stored: StoredReceipt, timestamp: number): boolean
  /** Receipts up to `until` (milliseconds since the epoch) may be lost. */
  lost(until: number): Write
  /** To be called when it has been committed. */
  written(receipt: string): void
  progress(key: string): Promise<number>
  progressWrite(key: string, value: number): Write
  progressed(key: string, value: number): void
  /** Forgets what is older than a week or beyond 100,000. */
  evict(now: number): Promise<readonly Write[]>
}

type Stored = [timestamp: number, streams: StreamId[], rows: [stream: number, offset: number, lamport: number][]]

const encodeAnswer = (answer: readonly Published[]): Uint8Array => {
  const streams = [...new Set(answer.map(({ stream }) => stream))]
  // one publication has one timestamp; consecutive events of one stream are stored as their first
  const rows = answer.map(({ stream, offset, lamport }): [number, number, number] => [
    streams.indexOf(stream),
    offset,
    lamport,
  ])
  const stored: Stored = [answer[0]?.timestamp ?? 0, streams, rows]
  return new Uint8Array(encode(streams.length <= 1 ? [stored[0], streams, rows.slice(0, 1), answer.length] : stored))
}

const decodeAnswer = (bytes: Uint8Array): readonly Published[] => {
  const [timestamp, streams, rows, count] = decode(bytes) as [...Stored, number | undefined]
  const all: readonly [number, number, number][] =
    count === undefined
      ? rows
      : Array.from({ length: count }, (_, index) => [0, (rows[0]?.[1] ?? 0) + index, (rows[0]?.[2] ?? 0) + index])
  return all.map(([stream, offset, lamport]) => ({ lamport, stream: streams[stream] as StreamId, offset, timestamp }))
}

const timeText = (ms: number): string => String(ms).padStart(16, '0')
const timeOf = (receiptKey: string): number => Number(receiptKey.slice(2, 18))

/**
 * `s/<latest>/<earliest>/<number>/<stream>/<end>`: the receipts of what became one seal, by the times they were made. By its end, since
 * a seal that takes in the one before it begins where that did.
 */
export const receiptsOfSeal = (stream: StreamId, end: number, receipts: readonly StoredReceipt[]): readonly Write[] => {
  if (receipts.length === 0) return []
  const times = receipts.map(({ key }) => timeOf(key))
  const span = [times.reduce((a, b) => Math.max(a, b)), times.reduce((a, b) => Math.min(a, b))].map(timeText)
  const key = ['s', ...span, receipts.length, stream, end].join('/')
  return [{ type: 'put', table: 'receipts', key, value: encodeReceipts(receipts) }]
}

interface Batch {
  readonly key: string
  readonly latest: number
  readonly earliest: number
  readonly count: number
}

const batchOf = (key: string): Batch => {
  const [, latest, earliest, count] = key.split('/')
  return { key, latest: Number(latest), earliest: Number(earliest), count: Number(count) }
}

/** The receipts beside the small runs of this node. */
export interface TailReceipts {
  find(key: string): Promise<Uint8Array | undefined>
  /** Whether all of them can be read. */
  isWhole(): boolean
  /** Latest time of an event beside which one may stand, at opening. Milliseconds since the epoch. */
  readonly latest: number
}

/** `openedAt`: milliseconds since the epoch. */
export const openReceipts = async (store: Store, tail: TailReceipts, openedAt: number): Promise<Receipts> => {
  // whatever was written since this opening went through here; only keys that claim to be younger must be looked up once
  const known = new Set(await store.keys('receipts', { from: `r/${timeText(openedAt)}`, to: 'r0' }))
  const youngBatches = await store.keys('receipts', { from: `s/${timeText(openedAt)}`, to: 's0', limit: 1 })
  const isClockBehind = tail.latest >= openedAt || youngBatches.length > 0
  /** A receipt made later than this and not in `known` was not written. */
  let knownFrom = openedAt
  const keptHorizon = await store.get('meta', 'receipts')
  let horizon = 0
  try {
    if (keptHorizon !== undefined) horizon = decodeCount(keptHorizon)
  } catch {
    // not known how far back receipts reach: better to answer that than to write twice
    horizon = openedAt
  }
  const progress = new Map<string, number>()

  const findInBatch = async (key: string, madeAt: number): Promise<Uint8Array | undefined> => {
    const keys = await store.keys('receipts', { from: `s/${timeText(madeAt)}`, to: 's0' })
    const may = keys.filter((batch) => batchOf(batch).earliest <= madeAt)
    for (const record of await store.getMany('receipts', may)) {
      const found = record === undefined ? undefined : decodeReceipts(record).find((receipt) => receipt.key === key)
      if (found !== undefined) return found.answer
    }
    return undefined
  }

  return {
    find: async (receipt) => {
      const { key, madeAt } = keyOf(receipt)
      // made since this opening and not heard of: not written. A clock that was set back may claim that of older ones
      const mayBeOld = madeAt < knownFrom || isClockBehind
      if (!mayBeOld && !known.has(key) && madeAt > horizon) return undefined
      const stored = (await tail.find(key)) ?? (await store.get('receipts', key)) ?? (await findInBatch(key, madeAt))
      if (stored !== undefined) return decodeAnswer(stored)
      if (madeAt <= horizon || !tail.isWhole()) {
        throw new ShoalError(
          'ERR_OUTCOME_UNKNOWN',
          'Whether this was written is no longer known: the receipt is too old, or damaged. Look for the events before publishing them again.',
        )
      }
      return undefined
    },
    made: (receipt, answer) => ({ key: keyOf(receipt).key, answer: encodeAnswer(answer) }),
    isAhead: ({ key }, timestamp) => timeOf(key) > Math.floor(timestamp / 1000),
    lost: (until) => {
      horizon = Math.max(horizon, until)
      return { type: 'put', table: 'meta', key: 'receipts', value: encode(horizon) }
    },
    written: (receipt) => {
      known.add(keyOf(receipt).key)
      if (known.size <= receiptsMax) return
      // beyond that, older ones are looked for in the store
      for (const key of known) {
        known.delete(key)
        knownFrom = Math.max(knownFrom, timeOf(key) + 1)
        break
      }
    },
    progress: async (key) => {
      const at = progressKey(key)
      const cached = progress.get(at)
      if (cached !== undefined) return cached
      const stored = await store.get('receipts', at)
      return stored === undefined ? 0 : (decode(stored) as [number, number])[0]
    },
    progressWrite: (key, value) => ({
      type: 'put',
      table: 'receipts',
      key: progressKey(key),
      value: new Uint8Array(encode([value, openedAt])),
    }),
    progressed: (key, value) => {
      progress.set(progressKey(key), value)
    },
    evict: async (now) => {
      const single = (await store.keys('receipts', { from: 'r/', to: 'r0' })).map((key) => ({
        key,
        latest: timeOf(key),
        count: 1,
      }))
      const batches = (await store.keys('receipts', { from: 's/', to: 's0' })).map(batchOf)
      const oldestFirst = [...single, ...batches].toSorted((a, b) => a.latest - b.latest)
      let kept = oldestFirst.reduce((sum, { count }) => sum + count, 0)
      const writes: Write[] = []
      for (const { key, latest, count } of oldestFirst) {
        if (latest >= now - receiptAgeMax && kept <= receiptsMax) break
        kept -= count
        horizon = Math.max(horizon, latest)
        known.delete(key)
        writes.push({ type: 'delete', table: 'receipts', key })
      }
      return writes.length === 0
        ? []
        : [...writes, { type: 'put', table: 'meta', key: 'receipts', value: encode(horizon) }]
    },
  }
}
