import { openIndexedDbStore } from '../../src/store/indexeddb.ts'
import { storeContract } from './store.ts'

const session = crypto.randomUUID()
let made = 0
storeContract('IndexedDB (Chromium)', () => openIndexedDbStore(`contract-${session}-${++made}`))
