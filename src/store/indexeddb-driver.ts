/**
 * A log in IndexedDB: one object store a table, plus one for CryptoKeys. What was not begun is tried once more on a new handle, what was
 * begun is reported as of unknown outcome.
 */
import { unwrap } from 'idb'
import type { IDBPDatabase } from 'idb'
import { ShoalError } from '../core/errors.ts'
import type { KeyName, Vault } from '../crypto/vault.ts'
import type { Durability, Entry, Range, Write } from './contract.ts'
import { tables } from './contract.ts'
import type { Guard, StoreDriver } from './driver.ts'
import { createConnection, nameOf, storeError } from './indexeddb-connection.ts'
import { sameValue } from './store.ts'

const keysTable = 'keys'
const logTables = [...tables, keysTable]

const rangeOf = ({ from, to }: Range): IDBKeyRange | undefined => {
  if (from !== undefined && to !== undefined) return from < to ? IDBKeyRange.bound(from, to, false, true) : undefined
  if (from !== undefined) return IDBKeyRange.lowerBound(from)
  return to === undefined ? undefined : IDBKeyRange.upperBound(to, true)
}

const isEmpty = ({ from, to, limit }: Range): boolean =>
  limit === 0 || (from !== undefined && to !== undefined && from >= to)

/** Structured clone copies the whole buffer behind a view. */
const tight = (value: Uint8Array): Uint8Array => (value.byteLength === value.buffer.byteLength ? value : value.slice())

const ask = (transaction: IDBTransaction, write: Write): void => {
  const table = transaction.objectStore(write.table)
  if (write.type === 'put') table.put(tight(write.value), write.key)
  else if (write.type === 'delete') table.delete(write.key)
  else if (write.from < write.to) table.delete(IDBKeyRange.bound(write.from, write.to, false, true))
}

type Outcome = 'committed' | 'guarded'

const commitOnce = (
  db: IDBPDatabase,
  writes: readonly Write[],
  durability: Durability,
  guard: Guard,
): Promise<Outcome> => {
  const names = [...new Set(['meta', ...writes.map((write) => write.table)])]
  const transaction = unwrap(db).transaction(names, 'readwrite', { durability })
  return new Promise((resolve, reject) => {
    let guarded = false
    // the guard and the writes go out together: a wrong guard aborts all of them
    const check = transaction.objectStore('meta').get(guard.key)
    check.addEventListener('success', () => {
      if (sameValue(check.result as Uint8Array | undefined, guard.value)) {
        // nothing more will be asked for: do not wait for the answers to find that out
        transaction.commit()
        return
      }
      guarded = true
      transaction.abort()
    })
    try {
      for (const write of writes) ask(transaction, write)
    } catch (error) {
      // what was asked for so far must not be committed by itself
      transaction.abort()
      reject(storeError(error))
      return
    }
    transaction.addEventListener('complete', () => resolve('committed'))
    transaction.addEventListener('abort', () => {
      if (guarded) resolve('guarded')
      else if (nameOf(transaction.error) === 'QuotaExceededError') reject(storeError(transaction.error))
      else {
        const message = 'The browser broke off a write without saying whether it was done.'
        reject(new ShoalError('ERR_STORE_UNKNOWN_OUTCOME', message, { cause: transaction.error }))
      }
    })
  })
}

export const createIndexedDbDriver = (name: string): StoreDriver => {
  const { use, drop } = createConnection(name, logTables)
  return {
    get: (table, key) => use((db) => db.get(table, key) as Promise<Uint8Array | undefined>),
    getMany: (table, keys) =>
      use(async (db) => {
        const from = db.transaction(table).store
        return Promise.all(keys.map((key) => from.get(key) as Promise<Uint8Array | undefined>))
      }),
    range: async (table, range) => {
      if (isEmpty(range)) return []
      return use(async (db) => {
        const from = db.transaction(table).store
        if (range.reverse === true) {
          const entries: Entry[] = []
          let cursor = await from.openCursor(rangeOf(range), 'prev')
          while (cursor !== null && entries.length < (range.limit ?? Infinity)) {
            entries.push([cursor.key as string, cursor.value as Uint8Array])
            cursor = await cursor.continue()
          }
          return entries
        }
        const [keys, values] = await Promise.all([
          from.getAllKeys(rangeOf(range), range.limit),
          from.getAll(rangeOf(range), range.limit),
        ])
        return keys.map((key, index): Entry => [key as string, values[index] as Uint8Array])
      })
    },
    keys: async (table, range) => {
      if (isEmpty(range)) return []
      return use(async (db) => {
        const all = (await db.getAllKeys(
          table,
          rangeOf(range),
          range.reverse === true ? undefined : range.limit,
        )) as string[]
        if (range.reverse !== true) return all
        all.reverse()
        return range.limit === undefined ? all : all.slice(0, range.limit)
      })
    },
    // only opening a transaction is repeated: `commitOnce` throws there before anything was asked for
    commit: async (writes, durability, guard) =>
      (await use((db) => commitOnce(db, writes, durability, guard))) === 'committed',
    usage: async () => {
      const estimate = await globalThis.navigator?.storage?.estimate?.()
      return estimate?.usage === undefined || estimate.quota === undefined
        ? undefined
        : { used: estimate.usage, quota: estimate.quota }
    },
    close: () => {
      drop()
      return Promise.resolve()
    },
  }
}

/** Key pairs beside the log, in the same IndexedDB: they live and die together. */
export const createIndexedDbVault = (name: string): Vault => {
  const { use } = createConnection(name, logTables)
  return {
    load: (key: KeyName) => use((db) => db.get(keysTable, key) as Promise<CryptoKeyPair | undefined>),
    keep: (key: KeyName, pair: CryptoKeyPair) =>
      use(async (db) => {
        const transaction = db.transaction(keysTable, 'readwrite', { durability: 'strict' })
        const kept = (await transaction.store.get(key)) as CryptoKeyPair | undefined
        if (kept === undefined) await transaction.store.put(pair, key)
        await transaction.done
        return kept ?? pair
      }),
    forget: (key: KeyName) => use((db) => db.delete(keysTable, key)),
  }
}
