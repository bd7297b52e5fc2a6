/**
 * The store contract: ordered tables of bytes, and atomic writes. Everything the node keeps goes through it.
 * Keys are ASCII strings, ordered by code unit. Adapters: `memory.ts`, `indexeddb.ts`; the suite in `test/contract/store.ts` is run by each.
 *
 * Errors (code of the `ShoalError` that a call rejects with):
 * - `ERR_STORE_FENCED`: another writer opened this store later; this instance must stop. Nothing was written.
 * - `ERR_STORE_FULL`: no room on the device. Nothing was written.
 * - `ERR_STORE_UNKNOWN_OUTCOME`: the write may or may not be on disk (RULES 6: reopen, read, write the same bytes again when absent).
 * - `ERR_STORE_UNAVAILABLE`: the store cannot be opened or read at all (private mode, damaged profile, …).
 * - `ERR_STORE_FORMAT`: written by a newer Shoal that says this version must not write (or read) it.
 * - `ERR_STORE_CLOSED`: used after `close`.
 */
export const tables = ['meta', 'runs', 'summaries', 'receipts', 'evidence', 'diary'] as const
export type Table = (typeof tables)[number]

export type Write =
  | { readonly type: 'put'; readonly table: Table; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'delete'; readonly table: Table; readonly key: string }
  /** Deletes `from` ≤ key < `to`. */
  | { readonly type: 'deleteRange'; readonly table: Table; readonly from: string; readonly to: string }

/** `from` inclusive, `to` exclusive; both may be left out. */
export interface Range {
  readonly from?: string
  readonly to?: string
  readonly reverse?: boolean
  readonly limit?: number
}

export type Entry = readonly [key: string, value: Uint8Array]

/** `strict`: on the medium before it is acknowledged. `relaxed`: atomic and ordered, but a power cut may take the last ones. */
export type Durability = 'strict' | 'relaxed'

export interface Store {
  /** The fence: how many times this store was opened for writing. Every write aborts when a later opening changed it. */
  readonly writer: number
  get(table: Table, key: string): Promise<Uint8Array | undefined>
  /** Answers in the order of `keys`. */
  getMany(table: Table, keys: readonly string[]): Promise<(Uint8Array | undefined)[]>
  range(table: Table, range: Range): Promise<Entry[]>
  /** Like `range`, without the values. */
  keys(table: Table, range: Range): Promise<string[]>
  /** All of `writes` or none; resolves when committed. */
  write(writes: readonly Write[], durability: Durability): Promise<void>
  /** Bytes used and granted, as far as the platform tells. */
  usage(): Promise<{ readonly used: number; readonly quota: number } | undefined>
  close(): Promise<void>
}

/** Opening is recovery: after it, the store holds exactly the committed writes. Increments `meta/writer`. */
export type OpenStore = () => Promise<Store>
