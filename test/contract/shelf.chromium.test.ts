import { expect, it } from 'vitest'
import { openIndexedDbShelf } from '../../src/store/indexeddb-shelf.ts'
import { shelfContract } from './shelf.ts'

const session = crypto.randomUUID()
let made = 0
const freshName = (): string => `shelf-${session}-${++made}`

shelfContract('IndexedDB (Chromium)', () => {
  const first = freshName()
  return { first, open: () => openIndexedDbShelf(first) }
})

it('removing under an open handle leaves no IndexedDB behind', async () => {
  const first = freshName()
  const shelf = openIndexedDbShelf(first)
  const second = await shelf.add()
  const store = await openIndexedDbShelf(first).openStore(second)
  await shelf.remove(second)
  await store.get('meta', 'writer').catch(() => undefined)
  await store.write([], 'strict').catch(() => undefined)
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(second)
})
