import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import { openIndexedDbShelf } from '../../src/store/indexeddb-shelf.ts'
import { openIndexedDbStore } from '../../src/store/indexeddb.ts'
import type { CommitFate } from '../../src/store/memory.ts'
import { createMemoryRack, openMemoryShelf } from '../../src/store/memory.ts'
import { shelfContract } from './shelf.ts'

shelfContract('memory', () => {
  const rack = createMemoryRack()
  return { first: 'shoal', open: () => openMemoryShelf(rack) }
})

let made = 0
const freshName = (): string => `contract-${++made}`
shelfContract('IndexedDB (fake)', () => {
  const first = freshName()
  return { first, open: () => openIndexedDbShelf(first) }
})

it('the first log is where it was before there were shelves', async () => {
  const first = freshName()
  const store = await openIndexedDbStore(first)()
  await store.write([{ type: 'put', table: 'meta', key: 'k', value: Uint8Array.of(1) }], 'strict')
  await store.close()
  const shelf = openIndexedDbShelf(first)
  const again = await shelf.openStore(await shelf.current())
  expect(await again.get('meta', 'k')).toEqual(Uint8Array.of(1))
  await again.close()
})

it('a deletion that was cut off is seen to its end by the next start, and leaves no IndexedDB behind', async () => {
  const first = freshName()
  const shelf = openIndexedDbShelf(first)
  const second = await shelf.add()
  const store = await shelf.openStore(second)
  await store.close()
  const real = indexedDB.deleteDatabase
  indexedDB.deleteDatabase = () => new IDBOpenDBRequest()
  try {
    await Promise.race([shelf.remove(second), new Promise((resolve) => setTimeout(resolve, 50))])
  } finally {
    indexedDB.deleteDatabase = real
  }
  const names = async (): Promise<(string | undefined)[]> => (await indexedDB.databases()).map(({ name }) => name)
  expect(await names()).toContain(second)
  const next = openIndexedDbShelf(first)
  expect(await next.names()).toEqual([first])
  expect(await next.current()).toBe(first)
  expect(await names()).not.toContain(second)
})

it.each([
  ['die-before', 'shoal'],
  ['die-after', 'shoal-2'],
] as const)('a rack whose device dies at a switch (%s) is found with %s', async (fate, current) => {
  const rack = createMemoryRack()
  const shelf = openMemoryShelf(rack)
  const second = await shelf.add()
  rack.fate = (): CommitFate => fate
  await Promise.race([shelf.makeCurrent(second), new Promise((resolve) => setTimeout(resolve, 5))])
  rack.fate = () => 'commit'
  expect(await openMemoryShelf(rack).current()).toBe(current)
})
