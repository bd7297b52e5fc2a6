/**
 * The limit that ours is measured against: what IndexedDB itself does with the same events as plain records (structured clone of an
 * object with the same fields, out-of-line number key, no index). A fresh database each time, so that no round pays for another's
 * records; records are made before the clock starts.
 */
import { createFactory } from '../events.ts'
import type { Timed } from './contract.ts'

const name = 'bench-raw'
const table = 'events'

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB failed')))
  })

const committed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('IndexedDB aborted')))
  })

const records = (count: number): unknown[] => {
  const factory = createFactory(count)
  const stream = `${'x'.repeat(43)}-0`
  return Array.from({ length: count }, (_, index) => {
    const { tags, payload } = factory.next()
    return {
      lamport: index + 1,
      stream,
      offset: index,
      timestamp: 1.7e15 + index,
      tags,
      appId: 'com.example.page',
      payload,
    }
  })
}

const onFreshDatabase = async (measure: (db: IDBDatabase) => Promise<Timed>): Promise<Timed> => {
  await done(indexedDB.deleteDatabase(name))
  const opening = indexedDB.open(name, 1)
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(table))
  const db = await done(opening)
  try {
    return await measure(db)
  } finally {
    db.close()
    await done(indexedDB.deleteDatabase(name))
  }
}

const write = (db: IDBDatabase, part: readonly unknown[], from: number): Promise<void> => {
  const transaction = db.transaction(table, 'readwrite', { durability: 'strict' })
  const store = transaction.objectStore(table)
  part.forEach((record, index) => store.put(record, from + index))
  return committed(transaction)
}

/** One transaction after the other: several under way at once were measured too, and are no quicker. */
export const measureRaw = (events: number, perTransaction: number): Promise<Timed> =>
  onFreshDatabase(async (db) => {
    const all = records(events)
    const from = performance.now()
    for (let at = 0; at < events; at += perTransaction) await write(db, all.slice(at, at + perTransaction), at)
    return { events, milliseconds: performance.now() - from }
  })
