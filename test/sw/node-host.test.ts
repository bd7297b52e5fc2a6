import { describe, expect, it } from 'vitest'
import { createNodeHost } from '../../sw/node-host.ts'
import type { NodeHostOptions } from '../../sw/node-host.ts'
import { errorCode, ShoalError } from '../../src/core/errors.ts'
import type { Node } from '../../src/node/contract.ts'
import type { OpenStore, Store } from '../../src/store/contract.ts'
import { createMemoryDisk, openMemoryStore } from '../../src/store/memory.ts'

const write = (store: Store): Promise<void> =>
  store.write([{ type: 'put', table: 'meta', key: 'k', value: Uint8Array.of(1) }], 'strict')

const setUp = (change: Partial<NodeHostOptions> = {}) => {
  const disk = createMemoryDisk()
  const openStore = openMemoryStore(disk)
  const seen = { opened: 0, closed: 0, fenced: 0 }
  const stores: Store[] = []
  const host = createNodeHost({
    openStore,
    openNode: async (open: OpenStore) => {
      seen.opened++
      stores.push(await open())
      return { close: async () => void seen.closed++ } as Node
    },
    onFenced: () => seen.fenced++,
    mayOpen: () => true,
    ...change,
  })
  return { host, seen, stores, openStore }
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
    expect(seen).toMatchObject({ opened: 1, fenced: 1 })
    await host.node()
    expect(seen).toMatchObject({ opened: 2, closed: 1, fenced: 1 })
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
})
