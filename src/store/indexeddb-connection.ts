/** Handles on IndexedDB. They die under us (iOS, a deleted profile, a closing browser): what was not begun is tried once more on a new one. */
import { openDB } from 'idb'
import type { IDBPDatabase } from 'idb'
import { ShoalError } from '../core/errors.ts'

/** IndexedDB's own version: the set of object stores. The layout inside them is versioned by `storeFormat`. */
const schemaVersion = 1

export const nameOf = (error: unknown): string =>
  error instanceof Error || error instanceof DOMException ? error.name : ''

export const storeError = (cause: unknown): ShoalError => {
  if (cause instanceof ShoalError) return cause
  switch (nameOf(cause)) {
    case 'QuotaExceededError':
      return new ShoalError(
        'ERR_STORE_FULL',
        'There is no room left on this device for Shoal. Free some space, then try again; nothing was written.',
        { cause },
      )
    case 'VersionError':
      return new ShoalError(
        'ERR_STORE_FORMAT',
        'The data on this device was written by a newer Shoal. Reload to get that version; nothing was changed.',
        { cause },
      )
    default:
      return new ShoalError(
        'ERR_STORE_UNAVAILABLE',
        'This browser gives Shoal no storage. Leave private mode, allow site data for this address, then reload.',
        { cause },
      )
  }
}

export interface Connection {
  /** Runs what may be repeated, on a new handle when the first one turns out to be dead. Throws a `ShoalError`. */
  use<T>(action: (db: IDBPDatabase) => Promise<T>): Promise<T>
  /** Lets go of the handle; the next use takes another. */
  drop(): void
}

/** One shared handle that is opened when needed and again when it was lost, but not when what it led to was deleted. */
export const createConnection = (name: string, objectStores: readonly string[]): Connection => {
  let handle: Promise<IDBPDatabase> | undefined
  let wasOpen = false
  let isDeleted = false
  const open = (): Promise<IDBPDatabase> => {
    if (handle !== undefined) return handle
    const opening: Promise<IDBPDatabase> = openDB(name, schemaVersion, {
      upgrade: (db, oldVersion, _newVersion, transaction) => {
        if (wasOpen && oldVersion === 0) {
          // an empty one in its place would pass for the log
          isDeleted = true
          transaction.done.catch(() => undefined)
          transaction.abort()
          return
        }
        for (const table of objectStores) if (!db.objectStoreNames.contains(table)) db.createObjectStore(table)
      },
      // a newer Shoal wants to upgrade, or somebody to delete: let it, the fence keeps us from writing afterwards
      blocking: () => drop(),
      terminated: () => {
        handle = undefined
      },
    })
    handle = opening
    opening.then(
      () => {
        wasOpen = true
      },
      () => {
        if (handle === opening) handle = undefined
      },
    )
    return opening
  }
  const drop = (): void => {
    const dropped = handle
    handle = undefined
    void dropped?.then(
      (db) => db.close(),
      () => undefined,
    )
  }
  const isLost = (error: unknown): boolean => ['InvalidStateError', 'UnknownError'].includes(nameOf(error))
  const told = (error: unknown): ShoalError =>
    isDeleted
      ? new ShoalError('ERR_STORE_FENCED', 'This log was deleted from the device; nothing was written.', {
          cause: error,
        })
      : storeError(error)
  const use: Connection['use'] = async (action) => {
    try {
      return await action(await open())
    } catch (error) {
      if (!isLost(error)) throw told(error)
      drop()
    }
    try {
      return await action(await open())
    } catch (error) {
      throw told(error)
    }
  }
  return { use, drop }
}
