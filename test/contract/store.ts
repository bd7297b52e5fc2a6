/** The suite that every store adapter runs. `open` opens the same store again; `fresh` makes a new, empty one. */
import { encode } from 'cborg'
import { describe, expect, it } from 'vitest'
import { equalBytes } from '../../src/core/bytes.ts'
import type { OpenStore, Write } from '../../src/store/contract.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const put = (key: string, ...values: number[]): Write => ({ type: 'put', table: 'runs', key, value: bytes(...values) })

export const storeContract = (name: string, fresh: () => OpenStore): void => {
  describe(`store contract: ${name}`, () => {
    it('reads back what was written, byte for byte, also after opening again', async () => {
      const open = fresh()
      const store = await open()
      await store.write([put('a', 1, 2, 3), put('b')], 'strict')
      expect(await store.get('runs', 'a')).toEqual(bytes(1, 2, 3))
      expect(await store.get('runs', 'b')).toEqual(bytes())
      expect(await store.get('runs', 'c')).toBeUndefined()
      expect(await store.get('summaries', 'a')).toBeUndefined()
      await store.close()
      const again = await open()
      expect(await again.getMany('runs', ['b', 'nothing', 'a'])).toEqual([bytes(), undefined, bytes(1, 2, 3)])
      expect(await again.getMany('runs', [])).toEqual([])
      await again.close()
    })

    it('keeps a copy: neither the view written nor the value read is shared', async () => {
      const store = await fresh()()
      const large = new Uint8Array(1000).fill(7)
      const view = large.subarray(10, 12)
      await store.write([{ type: 'put', table: 'meta', key: 'view', value: view }], 'relaxed')
      large.fill(9)
      const read = await store.get('meta', 'view')
      expect(read).toEqual(bytes(7, 7))
      read?.fill(1)
      expect(await store.get('meta', 'view')).toEqual(bytes(7, 7))
      await store.close()
    })

    it('ranges are in key order, from inclusive, to exclusive, either way, limited', async () => {
      const store = await fresh()()
      await store.write(
        ['b/10', 'a/1', 'b/02', 'c', 'a/2', 'Z'].map((key, index) => put(key, index)),
        'strict',
      )
      const keys = async (range: Parameters<typeof store.keys>[1]): Promise<string[]> => {
        const found = await store.keys('runs', range)
        expect((await store.range('runs', range)).map(([key]) => key)).toEqual(found)
        return found
      }
      expect(await keys({})).toEqual(['Z', 'a/1', 'a/2', 'b/02', 'b/10', 'c'])
      expect(await keys({ from: 'a/2', to: 'c' })).toEqual(['a/2', 'b/02', 'b/10'])
      expect(await keys({ from: 'a/2' })).toEqual(['a/2', 'b/02', 'b/10', 'c'])
      expect(await keys({ to: 'a/2', reverse: true })).toEqual(['a/1', 'Z'])
      expect(await keys({ reverse: true, limit: 2 })).toEqual(['c', 'b/10'])
      expect(await keys({ limit: 0 })).toEqual([])
      expect(await keys({ from: 'b', to: 'b' })).toEqual([])
      expect(await keys({ from: 'z', to: 'a' })).toEqual([])
      expect((await store.range('runs', { from: 'a/2', limit: 1 }))[0]?.[1]).toEqual(bytes(4))
      await store.close()
    })

    it('applies the writes of one transaction in order, across tables', async () => {
      const store = await fresh()()
      await store.write(
        ['a', 'b', 'c', 'd'].map((key) => put(key, 1)),
        'strict',
      )
      await store.write(
        [
          { type: 'deleteRange', table: 'runs', from: 'b', to: 'd' },
          put('c', 2),
          { type: 'delete', table: 'runs', key: 'a' },
          { type: 'delete', table: 'runs', key: 'never there' },
          { type: 'put', table: 'receipts', key: 'r', value: bytes(5) },
        ],
        'strict',
      )
      expect(await store.range('runs', {})).toEqual([
        ['c', bytes(2)],
        ['d', bytes(1)],
      ])
      expect(await store.get('receipts', 'r')).toEqual(bytes(5))
      await store.close()
    })

    it('a later opening fences the earlier one: its writes fail whole, its reads go on', async () => {
      const open = fresh()
      const old = await open()
      await old.write([put('a', 1)], 'strict')
      const young = await open()
      expect(young.writer).toBe(old.writer + 1)
      await expect(old.write([put('a', 2), put('b', 2)], 'strict')).rejects.toMatchObject({ code: 'ERR_STORE_FENCED' })
      await expect(old.write([], 'strict')).rejects.toMatchObject({ code: 'ERR_STORE_FENCED' })
      expect(await young.range('runs', {})).toEqual([['a', bytes(1)]])
      expect(await old.get('runs', 'a')).toEqual(bytes(1))
      await young.write([put('b', 3)], 'strict')
      expect(await young.get('runs', 'b')).toEqual(bytes(3))
      await old.close()
      await young.close()
    })

    it('of two that write at once only the newer succeeds', async () => {
      const open = fresh()
      const [first, second] = await Promise.all([open(), open()])
      expect(first.writer).not.toBe(second.writer)
      const outcomes = await Promise.allSettled(
        [first, second].map((store) => store.write([put(`${store.writer}`, 1)], 'strict')),
      )
      const newest = String(Math.max(first.writer, second.writer))
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(await first.keys('runs', {})).toEqual([newest])
      await first.close()
      await second.close()
    })

    it('refuses a store that a newer Shoal wrote, and changes nothing', async () => {
      const open = fresh()
      const store = await open()
      const format = encode({ format: 99, minReader: 1, minWriter: 99 })
      await store.write([{ type: 'put', table: 'meta', key: 'format', value: format }], 'strict')
      const writer = await store.get('meta', 'writer')
      await expect(open()).rejects.toMatchObject({ code: 'ERR_STORE_FORMAT' })
      expect(await store.get('meta', 'writer')).toEqual(writer)
      await store.close()
    })

    it('is of no use after close, twice closed or not', async () => {
      const store = await fresh()()
      await store.close()
      await store.close()
      await expect(store.get('runs', 'a')).rejects.toMatchObject({ code: 'ERR_STORE_CLOSED' })
      await expect(store.range('runs', {})).rejects.toMatchObject({ code: 'ERR_STORE_CLOSED' })
      await expect(store.write([], 'strict')).rejects.toMatchObject({ code: 'ERR_STORE_CLOSED' })
    })

    it('holds a megabyte value and a thousand small ones in one write', async () => {
      const store = await fresh()()
      const large = new Uint8Array(1 << 20).map((_, index) => index % 251)
      const small = Array.from({ length: 1000 }, (_, index) =>
        put(`small/${String(index).padStart(4, '0')}`, index % 256),
      )
      await store.write([put('large'), ...small, { type: 'put', table: 'runs', key: 'large', value: large }], 'strict')
      expect(equalBytes((await store.get('runs', 'large')) ?? bytes(), large)).toBe(true)
      expect(await store.range('runs', { from: 'small/', to: 'small0' })).toHaveLength(1000)
      await store.close()
    })
  })
}
