import 'fake-indexeddb/auto'
import { openIndexedDbStore } from '../../src/store/indexeddb.ts'
import { createMemoryDisk, openMemoryStore } from '../../src/store/memory.ts'
import { storeContract } from './store.ts'

let made = 0
storeContract('memory', () => openMemoryStore(createMemoryDisk()))
storeContract('IndexedDB (fake)', () => openIndexedDbStore(`contract-${++made}`))
