/** The log's records, read from IndexedDB past the node: how much they weigh, and how fast they turn into events again. */
import { readRecord } from '../../src/log/record.ts'
import { readRunKey } from '../../src/log/run-key.ts'
import { parseRun, readRun, verifyRun } from '../../src/log/run.ts'
import { decodeSummaries } from '../../src/log/summary.ts'
import type { ReadBack, Stored } from './contract.ts'

const storeName = 'shoal'
/** Runs fetched in one request. */
const pageRuns = 32
/** Runs in work at once: WebCrypto and the inflater run on threads of their own. */
const inWork = 8

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB failed')))
  })

const withStore = async <T>(action: (db: IDBDatabase) => Promise<T>): Promise<T> => {
  const db = await done(indexedDB.open(storeName))
  try {
    return await action(db)
  } finally {
    db.close()
  }
}

async function* pagesOf(db: IDBDatabase, table: string): AsyncGenerator<[key: string, value: Uint8Array][]> {
  let range: IDBKeyRange | undefined
  for (;;) {
    const from = db.transaction(table).objectStore(table)
    const [keys, values] = await Promise.all([
      done(from.getAllKeys(range, pageRuns)),
      done(from.getAll(range, pageRuns)),
    ])
    const last = keys.at(-1)
    if (last === undefined) return
    yield keys.map((key, index) => [key as string, values[index] as Uint8Array])
    range = IDBKeyRange.lowerBound(last, true)
  }
}

const weighTable = async (db: IDBDatabase, table: string, look?: (value: Uint8Array) => Promise<void>) => {
  const sum = { keyBytes: 0, bytes: 0 }
  for await (const page of pagesOf(db, table)) {
    for (const [key, value] of page) {
      sum.keyBytes += key.length
      sum.bytes += value.byteLength
      await look?.(value)
    }
  }
  return sum
}

export const weighStore = (): Promise<Stored> =>
  withStore(async (db) => {
    const sealed = { runs: 0, events: 0, keyBytes: 0, bytes: 0 }
    const tail = { runs: 0, events: 0, keyBytes: 0, bytes: 0 }
    for await (const page of pagesOf(db, 'runs')) {
      for (const [key, value] of page) {
        const fields = readRunKey(key)
        if (fields === undefined) throw new Error(`${key} is not the key of a run`)
        const sum = fields.sealed ? sealed : tail
        sum.runs += 1
        sum.events += fields.count
        sum.keyBytes += key.length
        sum.bytes += value.byteLength
      }
    }
    let seals = 0
    const summaries = await weighTable(db, 'summaries', async (value) => {
      seals += (await decodeSummaries(value))?.length ?? 0
    })
    return { sealed, tail, summaries: { seals, ...summaries }, receipts: await weighTable(db, 'receipts') }
  })

/** Characters of all payloads of one run. A run that does not verify ends the bench: a figure of damaged events means nothing. */
const readOne = async (bytes: Uint8Array): Promise<{ events: number; chars: number }> => {
  const run = parseRun(readRecord(bytes).run)
  const verdict = await verifyRun(run)
  if (verdict !== 'ok') throw new Error(`a run of ${run.header.stream} does not verify: ${verdict}`)
  const block = await readRun(run)
  let chars = 0
  for (let index = 0; index < block.count; index++) {
    const text = block.payload(index)
    if (JSON.parse(text) === undefined) throw new Error('no payload')
    chars += text.length
  }
  return { events: block.count, chars }
}

export const readBack = (): Promise<ReadBack> =>
  withStore(async (db) => {
    const sum = { runs: 0, events: 0, chars: 0 }
    const underWay = new Set<Promise<void>>()
    const from = performance.now()
    for await (const page of pagesOf(db, 'runs')) {
      for (const [, value] of page) {
        if (underWay.size >= inWork) await Promise.race(underWay)
        const reading = readOne(value)
          .then(({ events, chars }) => {
            sum.runs += 1
            sum.events += events
            sum.chars += chars
          })
          .finally(() => underWay.delete(reading))
        underWay.add(reading)
      }
    }
    await Promise.all(underWay)
    return { ...sum, milliseconds: performance.now() - from }
  })
