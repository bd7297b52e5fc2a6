/** What an adapter must do: move bytes. All policy (fence, format, lifecycle, errors) is in `store.ts`, once for every adapter. */
import type { Durability, Entry, Range, Table, Write } from './contract.ts'

export interface Guard {
  readonly key: string
  /** `undefined`: the key must be absent. */
  readonly value: Uint8Array | undefined
}

export interface StoreDriver {
  get(table: Table, key: string): Promise<Uint8Array | undefined>
  getMany(table: Table, keys: readonly string[]): Promise<(Uint8Array | undefined)[]>
  range(table: Table, range: Range): Promise<Entry[]>
  keys(table: Table, range: Range): Promise<string[]>
  /** One transaction: when `meta` at `guard.key` is not `guard.value`, nothing is written and the answer is false. */
  commit(writes: readonly Write[], durability: Durability, guard: Guard): Promise<boolean>
  usage(): Promise<{ readonly used: number; readonly quota: number } | undefined>
  close(): Promise<void>
}
