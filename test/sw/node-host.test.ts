import { describe, expect, it } from 'vitest'
import { createNodeHost } from '../../sw/node-host.ts'
import type { NodeHostOptions } from '../../sw/node-host.ts'
import { errorCode, ShoalError } from '../../src/core/errors.ts'
import type { Node } from '../../src/node/contract.ts'
import type { Store } from '../../src/store/contract.ts'
import { createMemoryRack, openMemoryShelf } from '../../src/store/memory.ts'
import type { Shelf } from '../../src/store/shelf.ts'

const write = (store: Store): Promise<void> =>
  store.write([{ type: 'put', table: 'meta', key: 'k', value: Uint8Array.of(1) }], 'strict')

const setUp = (change: Partial<NodeHostOptions> = {}) => {
  const shelf = openMemoryShelf(createMemoryRack())
  const openStore = async (): Promise<Store> => shelf.openStore(await shelf.current())
  const seen = { opened: 0, closed: 0, lost: 0 }
  const stores: Store[] = []
  /** What each node was opened with. */
  const given: { readonly own: Shelf; readonly onReplaced: () => void }[] = []
  const host = createNodeHost({
    shelf,
    openNode: async (own, onReplaced) => {
      seen.opened++
      given.push({ own, onReplaced })
      stores.push(await own.openStore(await own.current()))
      return { close: async () => void seen.closed++ } as Node
    },
    onLost: () => seen.lost++,
    mayOpen: () => true,
    ...change,
  })
  return { host, seen, stores, openStore, shelf, given }
}

describe('the host of the node', () => {
  it('opens it once, when first needed', async () => {
    const { host, seen } = setUp()
    expect(seen.opened).toBe(0)
    const [first, second] = await Promise.all([host.node(), host.again()])
    expect(first).toBe(second)
    expect(await host.node()).toBe(first)
    expect(seen.opened).toBe(1)
  })

  it('answers every call with the failure of the opening, until somebody dials', async () => {
    let isBroken = true
    let tries = 0
    const node = {} as Node
    const { host } = setUp({
      openNode: () => {
        tries++
        return isBroken ? Promise.reject(new ShoalError('ERR_STORE_UNAVAILABLE', 'no')) : Promise.resolve(node)
      },
    })
    for (let i = 0; i < 3; i++)
      expect(errorCode(await host.node().catch((error: unknown) => error))).toBe('ERR_STORE_UNAVAILABLE')
    expect(tries).toBe(1)
    isBroken = false
    expect(await host.again()).toBe(node)
    expect(await host.node()).toBe(node)
    expect(tries).toBe(2)
  })

  it('lets go when another took the store, and opens anew for whoever still comes', async () => {
    const { host, seen, stores, openStore } = setUp()
    await host.node()
    const other = await openStore()
    await expect(write(stores[0] as Store)).rejects.toMatchObject({ code: 'ERR_STORE_FENCED' })
    expect(seen).toMatchObject({ opened: 1, lost: 1 })
    await host.node()
    expect(seen).toMatchObject({ opened: 2, closed: 1, lost: 1 })
    await write(stores[1] as Store)
    await expect(write(other)).rejects.toMatchObject({ code: 'ERR_STORE_FENCED' })
  })

  it('does not take the store back once the browser has replaced this worker', async () => {
    let isReplaced = false
    const { host, seen, stores, openStore } = setUp({ mayOpen: () => !isReplaced })
    await host.node()
    isReplaced = true
    const successor = await openStore()
    await write(stores[0] as Store).catch(() => undefined)
    expect(errorCode(await host.again().catch((error: unknown) => error))).toBe('ERR_STORE_FENCED')
    expect(seen.opened).toBe(1)
    await write(successor)
  })

  it('a log beside its own may be taken by another without a word', async () => {
    const { host, seen, given, shelf } = setUp()
    await host.node()
    const other = await shelf.add()
    const ours = await given[0]?.own.openStore(other)
    const theirs = await shelf.openStore(other)
    await expect(write(ours as Store)).rejects.toMatchObject({ code: 'ERR_STORE_FENCED' })
    await write(theirs)
    await host.node()
    expect(seen).toEqual({ opened: 1, closed: 0, lost: 0 })
  })

  it('opens anew on the log that has become current, and tells the pages once', async () => {
    const { host, seen, given, shelf, stores } = setUp()
    const former = await host.node()
    await shelf.makeCurrent(await shelf.add())
    given[0]?.onReplaced()
    given[0]?.onReplaced()
    const next = await host.node()
    expect(next).not.toBe(former)
    expect(seen).toEqual({ opened: 2, closed: 1, lost: 1 })
    await write(stores[1] as Store)
    expect(await (await shelf.openStore('shoal')).get('meta', 'k')).toBeUndefined()
    expect(await (await shelf.openStore('shoal-2')).get('meta', 'k')).toBeDefined()
    // a word of the former one is no word of this one
    given[0]?.onReplaced()
    expect(await host.node()).toBe(next)
  })
})
