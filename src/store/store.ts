import { decode, encode } from 'cborg'
import { equalBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { Durability, Range, Store, Table, Write } from './contract.ts'
import type { StoreDriver } from './driver.ts'

/** Grows with each change of the layout of the tables. */
export const storeFormat = 1

interface Format {
  readonly format: number
  /** The oldest Shoal format that may read, and that may write, what is here. */
  readonly minReader: number
  readonly minWriter: number
}

const ourFormat: Format = { format: storeFormat, minReader: 1, minWriter: 1 }

const isFormat = (value: unknown): value is Format =>
  typeof value === 'object' && value !== null && 'minReader' in value && 'minWriter' in value && 'format' in value

/** `undefined` for bytes that are no CBOR any more. */
const decoded = (bytes: Uint8Array): unknown => {
  try {
    return decode(bytes)
  } catch {
    return undefined
  }
}

/** The fence counts on from here when its record is damaged: beyond every count that an older instance may hold. */
const writerAfterDamage = 2 ** 40

const nextWriter = (kept: Uint8Array | undefined): number => {
  if (kept === undefined) return 1
  const writer = decoded(kept)
  return Number.isSafeInteger(writer) ? (writer as number) + 1 : writerAfterDamage
}

const checkFormat = async (driver: StoreDriver): Promise<Uint8Array | undefined> => {
  const kept = await driver.get('meta', 'format')
  if (kept === undefined) return undefined
  const format = decoded(kept)
  // damaged, not newer: it is written anew
  if (format === undefined) return undefined
  if (!isFormat(format) || format.minReader > storeFormat || format.minWriter > storeFormat) {
    throw new ShoalError(
      'ERR_STORE_FORMAT',
      'The data on this device was written by a newer Shoal. Reload to get that version; nothing was changed.',
    )
  }
  return kept
}

const takeFence = async (driver: StoreDriver): Promise<{ writer: number; fence: Uint8Array }> => {
  for (;;) {
    const before = await driver.get('meta', 'writer')
    const writer = nextWriter(before)
    const fence = encode(writer)
    const writes: Write[] = [{ type: 'put', table: 'meta', key: 'writer', value: fence }]
    if ((await checkFormat(driver)) === undefined) {
      writes.push({ type: 'put', table: 'meta', key: 'format', value: encode(ourFormat) })
    }
    if (await driver.commit(writes, 'strict', { key: 'writer', value: before })) return { writer, fence }
  }
}

/** A store over `driver`: takes the writer fence (RULES 7), checks the format, and from then on lets only the newest opening write. */
export const createStore = async (driver: StoreDriver): Promise<Store> => {
  const { writer, fence } = await takeFence(driver).catch(async (error: unknown) => {
    await driver.close()
    throw error
  })
  let state: 'open' | 'fenced' | 'closed' = 'open'

  const mustBeOpen = (): void => {
    if (state === 'closed') throw new ShoalError('ERR_STORE_CLOSED', 'The store is closed.')
  }
  const fenced = (): never => {
    state = 'fenced'
    throw new ShoalError(
      'ERR_STORE_FENCED',
      'A newer instance of this node has taken over the store; this one must stop. Nothing was written.',
    )
  }

  return {
    writer,
    get: async (table: Table, key: string) => {
      mustBeOpen()
      return driver.get(table, key)
    },
    getMany: async (table: Table, keys: readonly string[]) => {
      mustBeOpen()
      return keys.length === 0 ? [] : driver.getMany(table, keys)
    },
    range: async (table: Table, range: Range) => {
      mustBeOpen()
      return driver.range(table, range)
    },
    keys: async (table: Table, range: Range) => {
      mustBeOpen()
      return driver.keys(table, range)
    },
    write: async (writes: readonly Write[], durability: Durability) => {
      mustBeOpen()
      if (state === 'fenced') fenced()
      if (!(await driver.commit(writes, durability, { key: 'writer', value: fence }))) fenced()
    },
    usage: () => driver.usage(),
    close: async () => {
      if (state === 'closed') return
      state = 'closed'
      await driver.close()
    },
  }
}

/** Whether a guard holds, for drivers. */
export const sameValue = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equalBytes(a, b)
