/** Runs read back: fetched, verified, decoded, cached. What does not verify is quarantined and reported, and takes nothing else down. */
import { crc32 } from '../core/crc32.ts'
import { errorMessage } from '../core/errors.ts'
import type { StreamId } from '../core/event.ts'
import { cryptBase64 } from '../core/node-id.ts'
import { blockCacheBytesMax } from '../core/limits.ts'
import type { Store, Write } from '../store/contract.ts'
import type { Block } from './body.ts'
import { readRecord } from './record.ts'
import type { Run } from './run.ts'
import { isReadable, parseRun, readRun, verifyRun } from './run.ts'
import type { RunEntry, StreamState } from './stream-state.ts'
import { endOf } from './stream-state.ts'
import { summarise } from './summary.ts'

export interface Blocks {
  /** `undefined` when the run cannot be read (then `entry.unreadable` says why) or is no longer there (replaced by a seal). */
  read(state: StreamState, entry: RunEntry): Promise<Block | undefined>
  /** Fetches what will be read next in one transaction, and begins to decode it. */
  prefetch(state: StreamState, entries: readonly RunEntry[]): Promise<void>
  /** The verified record. */
  run(state: StreamState, entry: RunEntry): Promise<Run | undefined>
  /** The verified records of several entries, up to the first that cannot be had; fetched in one transaction. */
  runs(state: StreamState, entries: readonly RunEntry[]): Promise<readonly Run[]>
  keep(entry: RunEntry, block: Block): void
}

export interface Quarantine {
  (stream: StreamId, entry: RunEntry, reason: string, record: Uint8Array | undefined): void
}

const mismatch = (run: Run, held: RunEntry): string | undefined => {
  const { header } = run
  const entry = held.whole ?? held
  return header.from === entry.from &&
    header.count === entry.count &&
    header.lastLamport === entry.lastLamport &&
    cryptBase64(header.chainAfter) === entry.chain
    ? undefined
    : 'the record is not the one its key names'
}

/** Why a record cannot be trusted. Seals pay for a signature each; the small runs of a tail were checked when they came in, so a CRC finds what happened on this device since. */
const damage = async (entry: RunEntry, record: Uint8Array, run: Run): Promise<string | undefined> => {
  const wrong = mismatch(run, entry)
  if (wrong !== undefined) return wrong
  if (!entry.sealed) return crc32(record) === entry.crc ? undefined : 'the record is damaged'
  switch (await verifyRun(run)) {
    case 'ok':
      return undefined
    case 'signature':
      return 'the signature does not fit'
    case 'body':
      return 'the body is damaged'
  }
}

export const createBlocks = (store: Store, quarantine: Quarantine): Blocks => {
  const cache = new Map<string, Block>()
  let cachedBytes = 0
  const fetched = new Map<string, Uint8Array>()

  const keep = (entry: RunEntry, block: Block): void => {
    if (!entry.sealed) {
      entry.block = block
      return
    }
    if (cache.has(entry.key)) return
    cache.set(entry.key, block)
    cachedBytes += block.bytes
    for (const [key, oldest] of cache) {
      if (cachedBytes <= blockCacheBytesMax || cache.size === 1) break
      cache.delete(key)
      cachedBytes -= oldest.bytes
    }
  }

  const cached = (entry: RunEntry): Block | undefined => {
    if (!entry.sealed) return entry.block
    const block = cache.get(entry.key)
    if (block === undefined) return undefined
    // the map's order is the order of use
    cache.delete(entry.key)
    cache.set(entry.key, block)
    return block
  }

  const refuse = (state: StreamState, entry: RunEntry, reason: string, record: Uint8Array | undefined): undefined => {
    entry.unreadable = reason
    entry.quarantined = true
    state.damage.isFound = true
    quarantine(state.stream, entry, reason, record)
    return undefined
  }

  const verified = async (state: StreamState, entry: RunEntry): Promise<Run | undefined> => {
    const record = fetched.get(entry.key) ?? (await store.get('runs', entry.key))
    fetched.delete(entry.key)
    return verify(state, entry, record)
  }

  const verify = async (
    state: StreamState,
    entry: RunEntry,
    record: Uint8Array | undefined,
  ): Promise<Run | undefined> => {
    if (record === undefined) {
      // replaced meanwhile: the reader looks the offset up again
      return state.entries.includes(entry) ? refuse(state, entry, 'the record is missing', undefined) : undefined
    }
    try {
      const { run: bytes, receipts } = readRecord(record)
      const run = parseRun(bytes)
      const reason = await damage(entry, record, run)
      if (reason === undefined) entry.receipts = receipts
      return reason === undefined ? run : refuse(state, entry, reason, record)
    } catch (error) {
      return refuse(state, entry, errorMessage(error), record)
    }
  }

  const decode = async (state: StreamState, entry: RunEntry): Promise<Block | undefined> => {
    const run = await verified(state, entry)
    if (run === undefined) return undefined
    if (!isReadable(run.header)) {
      entry.unreadable =
        run.header.keyId === null
          ? `its codec ${run.header.codec} needs a newer Shoal`
          : 'it is encrypted for another topic'
      return undefined
    }
    try {
      const block = await readRun(run)
      keep(entry, block)
      if (entry.sealed) entry.summary ??= summarise(block, entry.receivedAt)
      return block
    } catch (error) {
      return refuse(state, entry, errorMessage(error), run.bytes)
    }
  }

  /** Verifying and inflating run on other threads: several runs at once keep them busy. */
  const decoding = new Map<string, Promise<Block | undefined>>()
  const read = (state: StreamState, entry: RunEntry): Promise<Block | undefined> => {
    if (entry.unreadable !== undefined) return Promise.resolve(undefined)
    const known = cached(entry)
    if (known !== undefined) return Promise.resolve(known)
    const begun = decoding.get(entry.key)
    if (begun !== undefined) return begun
    const reading = decode(state, entry).finally(() => decoding.delete(entry.key))
    decoding.set(entry.key, reading)
    return reading
  }

  const prefetch = async (state: StreamState, entries: readonly RunEntry[]): Promise<void> => {
    const wanted = entries.filter((entry) => entry.unreadable === undefined && cached(entry) === undefined)
    const records = await store.getMany(
      'runs',
      wanted.map(({ key }) => key),
    )
    wanted.forEach((entry, index) => {
      const record = records[index]
      if (record === undefined || decoding.has(entry.key)) return
      fetched.set(entry.key, record)
      // whoever reads it sees the failure; who no longer wants it need not
      read(state, entry).catch(() => undefined)
    })
  }

  return {
    keep,
    prefetch,
    read,
    runs: async (state, entries) => {
      const records = await store.getMany(
        'runs',
        entries.map(({ key }) => key),
      )
      const runs = await Promise.all(entries.map((entry, index) => verify(state, entry, records[index])))
      const end = runs.indexOf(undefined)
      return (end < 0 ? runs : runs.slice(0, end)).flatMap((run) => run ?? [])
    },
    run: (state, entry) => (entry.quarantined ? Promise.resolve(undefined) : verified(state, entry)),
  }
}

/** Moves a damaged record out of the way, but keeps its bytes for whoever wants to look. */
export const quarantineWrites = (stream: StreamId, entry: RunEntry, record: Uint8Array | undefined): readonly Write[] =>
  record === undefined
    ? []
    : [{ type: 'put', table: 'evidence', key: `damaged/${stream}/${entry.from}-${endOf(entry) - 1}`, value: record }]
