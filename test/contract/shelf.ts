/** The suite that every shelf adapter runs. `fresh` makes a new, empty shelf and answers how it is opened, as often as one likes. */
import { describe, expect, it } from 'vitest'
import { makeSigningPair, publicBytes } from '../../src/crypto/keys.ts'
import type { Store } from '../../src/store/contract.ts'
import type { Shelf } from '../../src/store/shelf.ts'

interface FreshShelf {
  /** Name of its first log. */
  readonly first: string
  open(): Shelf
}

const put = (store: Store, ...values: number[]): Promise<void> =>
  store.write([{ type: 'put', table: 'runs', key: 'k', value: Uint8Array.from(values) }], 'strict')
const held = (store: Store): Promise<Uint8Array | undefined> => store.get('runs', 'k')

export const shelfContract = (name: string, fresh: () => FreshShelf): void => {
  describe(`shelf contract: ${name}`, () => {
    it('begins with one log, which is current', async () => {
      const { first, open } = fresh()
      const shelf = open()
      expect(await shelf.current()).toBe(first)
      expect(await shelf.names()).toEqual([first])
      expect(await open().names()).toEqual([first])
    })

    it('has a store and keys of its own for each log, also when opened again', async () => {
      const { first, open } = fresh()
      const shelf = open()
      const second = await shelf.add()
      expect(second).toBe(`${first}-2`)
      expect(await shelf.current()).toBe(first)
      const stores = [await shelf.openStore(first), await shelf.openStore(second)] as const
      await put(stores[0], 1)
      await put(stores[1], 2)
      const pairs = [await makeSigningPair(), await makeSigningPair()] as const
      await (await shelf.openVault(first)).keep('signing', pairs[0])
      await (await shelf.openVault(second)).keep('signing', pairs[1])
      for (const store of stores) await store.close()

      const again = open()
      expect(await again.names()).toEqual([first, second])
      for (const [index, log] of [first, second].entries()) {
        const store = await again.openStore(log)
        expect(await held(store)).toEqual(Uint8Array.of(index + 1))
        await store.close()
        const pair = await (await again.openVault(log)).load('signing')
        expect(pair && (await publicBytes(pair))).toEqual(await publicBytes(pairs[index] as CryptoKeyPair))
        expect(await (await again.openVault(log)).load('box')).toBeUndefined()
      }
    })

    it('takes the fence of one log only', async () => {
      const { first, open } = fresh()
      const shelf = open()
      const second = await shelf.add()
      const former = await shelf.openStore(first)
      const other = await shelf.openStore(second)
      const newer = await open().openStore(first)
      await expect(put(former, 1)).rejects.toMatchObject({ code: 'ERR_STORE_FENCED' })
      await put(other, 2)
      await put(newer, 3)
      expect(await held(newer)).toEqual(Uint8Array.of(3))
      for (const store of [former, other, newer]) await store.close()
    })

    it('changes what is current for everybody at once, and only to a log that it keeps', async () => {
      const { first, open } = fresh()
      const shelf = open()
      const other = open()
      expect(await other.current()).toBe(first)
      const second = await shelf.add()
      await shelf.makeCurrent(second)
      expect([await shelf.current(), await other.current(), await open().current()]).toEqual([second, second, second])
      await other.makeCurrent(first)
      expect(await shelf.current()).toBe(first)
      await expect(shelf.makeCurrent(`${first}-9`)).rejects.toMatchObject({ code: 'ERR_NO_LOG' })
      expect(await shelf.current()).toBe(first)
      expect(await shelf.names()).toEqual([first, second])
    })

    it('two that add at once get two logs', async () => {
      const { first, open } = fresh()
      const shelves = [open(), open(), open()]
      const added = await Promise.all(shelves.flatMap((shelf) => [shelf.add(), shelf.add()]))
      expect(added.toSorted()).toEqual([2, 3, 4, 5, 6, 7].map((number) => `${first}-${number}`))
      expect((await open().names()).toSorted()).toEqual([first, ...added].toSorted())
    })

    it('removes a log with its keys, and never gives its name again', async () => {
      const { first, open } = fresh()
      const shelf = open()
      const second = await shelf.add()
      const store = await shelf.openStore(second)
      await put(store, 1)
      await store.close()
      await (await shelf.openVault(second)).keep('signing', await makeSigningPair())
      await shelf.remove(second)
      for (const one of [shelf, open()]) {
        expect(await one.names()).toEqual([first])
        await expect(one.openStore(second)).rejects.toMatchObject({ code: 'ERR_NO_LOG' })
        await expect(one.openVault(second)).rejects.toMatchObject({ code: 'ERR_NO_LOG' })
        await expect(one.makeCurrent(second)).rejects.toMatchObject({ code: 'ERR_NO_LOG' })
      }
      expect(await shelf.add()).toBe(`${first}-3`)
      // again, or for what never was: as asked, it is not there
      await shelf.remove(second)
      await shelf.remove(`${first}-9`)
      expect(await shelf.names()).toEqual([first, `${first}-3`])
    })

    it('removes a log also under an open handle, which from then on writes nothing and brings nothing back', async () => {
      const { first, open } = fresh()
      const shelf = open()
      const second = await shelf.add()
      const elsewhere = open()
      const store = await elsewhere.openStore(second)
      await put(store, 1)
      const vault = await elsewhere.openVault(second)
      await vault.keep('signing', await makeSigningPair())
      await shelf.remove(second)
      await expect(put(store, 2)).rejects.toMatchObject({ code: 'ERR_STORE_FENCED' })
      await expect(elsewhere.openStore(second)).rejects.toMatchObject({ code: 'ERR_NO_LOG' })
      expect(await held(store).catch(() => undefined)).toBeUndefined()
      expect(await open().names()).toEqual([first])
    })

    it('keeps the current log, whoever asks to remove it', async () => {
      const { first, open } = fresh()
      const shelf = open()
      const store = await shelf.openStore(first)
      await put(store, 1)
      await expect(shelf.remove(first)).rejects.toMatchObject({ code: 'ERR_LOG_CURRENT' })
      expect(await held(store)).toEqual(Uint8Array.of(1))
      const second = await shelf.add()
      await shelf.makeCurrent(second)
      await shelf.remove(first)
      expect(await shelf.names()).toEqual([second])
      expect(await open().current()).toBe(second)
      expect(await shelf.add()).toBe(`${first}-3`)
      await store.close()
    })

    it('keeps notes beside the logs, byte for byte', async () => {
      const { open } = fresh()
      const shelf = open()
      expect(await shelf.note('join')).toBeUndefined()
      const large = new Uint8Array(1000).fill(7)
      await shelf.setNote('join', large.subarray(1, 3))
      large.fill(9)
      await shelf.setNote('register', Uint8Array.of())
      const read = await open().note('join')
      expect(read).toEqual(Uint8Array.of(7, 7))
      read?.fill(1)
      expect(await shelf.note('join')).toEqual(Uint8Array.of(7, 7))
      expect(await shelf.note('register')).toEqual(Uint8Array.of())
      expect(await shelf.names()).toHaveLength(1)
      await shelf.setNote('join', undefined)
      await shelf.setNote('never there', undefined)
      expect([await open().note('join'), await open().note('register')]).toEqual([undefined, Uint8Array.of()])
    })
  })
}
