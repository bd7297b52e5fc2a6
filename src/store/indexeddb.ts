/** The IndexedDB adapter of one log. A device with several logs opens them by its shelf, `indexeddb-shelf.ts`. */
import type { OpenStore } from './contract.ts'
import { createIndexedDbDriver } from './indexeddb-driver.ts'
import { createStore } from './store.ts'

/** Opens the store `name` of this origin. */
export const openIndexedDbStore =
  (name = 'shoal'): OpenStore =>
  () =>
    createStore(createIndexedDbDriver(name))
