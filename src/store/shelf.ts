/**
 * The logs this device holds: one per swarm it has been in, each with a store and keys of its own. One is current; the others are kept to be
 * read. Adapters: `memory.ts`, `indexeddb-shelf.ts`; the suite in `test/contract/shelf.ts` is run by each.
 *
 * Beside the errors of a store: `ERR_NO_LOG` for a name that is not kept, `ERR_LOG_CURRENT` for removing the current log.
 */
import type { Vault } from '../crypto/vault.ts'
import type { Store } from './contract.ts'

/** Names of logs are `shoal`, `shoal-2`, `shoal-3`, … in the order they were made. */
export interface Shelf {
  /** On a first start `shoal`. */
  current(): Promise<string>
  /** All that are kept, oldest first, the current one among them. */
  names(): Promise<readonly string[]>
  openStore(name: string): Promise<Store>
  openVault(name: string): Promise<Vault>
  /** A name for a new log: kept from now on, empty, not current. */
  add(): Promise<string>
  makeCurrent(name: string): Promise<void>
  /** Deletes a log that is not current, with its keys. */
  remove(name: string): Promise<void>
  /** A small value beside the logs, such as a join that is under way; undefined removes it. */
  note(key: string): Promise<Uint8Array | undefined>
  setNote(key: string, value: Uint8Array | undefined): Promise<void>
}
