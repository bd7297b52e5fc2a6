/** The logs of this origin: an IndexedDB each, and a small one beside them for the register and the notes. */
import { deleteDB } from 'idb'
import { createConnection, storeError } from './indexeddb-connection.ts'
import { createIndexedDbDriver, createIndexedDbVault } from './indexeddb-driver.ts'
import type { Register } from './register.ts'
import { createRegister, freshRegister } from './register.ts'
import type { Shelf } from './shelf.ts'
import { createStore } from './store.ts'

const table = 'shelf'
const registerKey = 'register'
const noteKey = (key: string): string => `note/${key}`

/** Deletes a log and its keys; false where somebody does not let go of it yet: it goes when they do. */
const deleteLog = (name: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    deleteDB(name, { blocked: () => resolve(false) }).then(
      () => resolve(true),
      (error: unknown) => reject(storeError(error)),
    )
  })

/** `base` is the name of the first log, and the beginning of all others'. */
export const openIndexedDbShelf = (base = 'shoal'): Shelf => {
  const { use } = createConnection(`${base}-shelf`, [table])
  return createRegister({
    base,
    read: () => use(async (db) => ((await db.get(table, registerKey)) as Register | undefined) ?? freshRegister(base)),
    change: (alter) =>
      use(async (db) => {
        const transaction = db.transaction(table, 'readwrite', { durability: 'strict' })
        const kept = (await transaction.store.get(registerKey)) as Register | undefined
        let altered
        try {
          altered = alter(kept ?? freshRegister(base))
        } catch (error) {
          transaction.abort()
          await transaction.done.catch(() => undefined)
          throw error
        }
        await transaction.store.put(altered, registerKey)
        await transaction.done
        return altered
      }),
    openStore: (name) => createStore(createIndexedDbDriver(name)),
    openVault: (name) => Promise.resolve(createIndexedDbVault(name)),
    remove: deleteLog,
    note: (key) => use((db) => db.get(table, noteKey(key)) as Promise<Uint8Array | undefined>),
    setNote: (key, value) =>
      use(async (db) => {
        const transaction = db.transaction(table, 'readwrite', { durability: 'strict' })
        // a copy: structured clone takes the whole buffer behind a view
        if (value === undefined) await transaction.store.delete(noteKey(key))
        else await transaction.store.put(value.slice(), noteKey(key))
        await transaction.done
      }),
  })
}
