/**
 * The memory adapter: for tests and the simulator. A `MemoryDisk` outlives the stores opened on it, so that a crash is
 * "stop using the store, open the disk again"; `faults` decides what a crash does to a commit.
 */
import { ShoalError } from '../core/errors.ts'
import type { KeyName, Vault } from '../crypto/vault.ts'
import type { Durability, Entry, OpenStore, Range, Table, Write } from './contract.ts'
import { tables } from './contract.ts'
import type { StoreDriver } from './driver.ts'
import { createRegister, freshRegister } from './register.ts'
import type { Register } from './register.ts'
import type { Shelf } from './shelf.ts'
import { createStore, sameValue } from './store.ts'

/**
 * What happens to the next commit: it is done; the node dies before or after it reached the medium (the call never answers);
 * or the platform reports a failure, with nothing written, or with an outcome that nobody knows.
 */
export type CommitFate = 'commit' | 'die-before' | 'die-after' | 'full' | 'unknown-written' | 'unknown-lost'

export interface MemoryDisk {
  readonly tables: ReadonlyMap<Table, Map<string, Uint8Array>>
  readonly keys: Map<KeyName, CryptoKeyPair>
  /** Asked before each commit. */
  fate: (writes: readonly Write[]) => CommitFate | Promise<CommitFate>
  /** The latency of every operation; a simulator returns a promise of its own clock. */
  delay: () => Promise<void> | undefined
  /** Each takes one relaxed commit back; the next strict one makes them durable. For `cutPower`. */
  readonly unflushed: (() => void)[]
}

export const createMemoryDisk = (): MemoryDisk => ({
  tables: new Map(tables.map((table) => [table, new Map<string, Uint8Array>()])),
  keys: new Map(),
  fate: () => 'commit',
  delay: () => undefined,
  unflushed: [],
})

/** What a power cut does: of the relaxed commits that nothing strict has followed the first `kept` stay, the others are gone. */
export const cutPower = ({ unflushed }: MemoryDisk, kept: number): void => {
  for (const undo of unflushed.slice(kept).reverse()) undo()
  unflushed.length = 0
}

/** A copy of what the medium holds now: a snapshot, a clone or a restored image. */
export const copyMemoryDisk = (disk: MemoryDisk): MemoryDisk => ({
  ...createMemoryDisk(),
  tables: new Map([...disk.tables].map(([table, entries]) => [table, new Map(entries)])),
  keys: new Map(disk.keys),
})

const never = new Promise<never>(() => undefined)

const createMemoryDriver = (disk: MemoryDisk): StoreDriver => {
  const entriesOf = (table: Table): Map<string, Uint8Array> => {
    const entries = disk.tables.get(table)
    if (entries === undefined) throw new ShoalError('ERR_INTERNAL', `no table ${table}`)
    return entries
  }
  const keysIn = (table: Table, { from, to, reverse, limit }: Range): string[] => {
    const keys = [...entriesOf(table).keys()].filter(
      (key) => (from === undefined || key >= from) && (to === undefined || key < to),
    )
    keys.sort()
    if (reverse === true) keys.reverse()
    return limit === undefined ? keys : keys.slice(0, limit)
  }
  const keysOf = (write: Write): readonly string[] =>
    write.type === 'deleteRange' ? keysIn(write.table, write) : [write.key]
  const apply = (writes: readonly Write[], durability: Durability): void => {
    const undone: (() => void)[] = []
    for (const write of writes) {
      const entries = entriesOf(write.table)
      for (const key of keysOf(write)) {
        if (durability === 'relaxed') {
          const before = entries.get(key)
          undone.unshift(() => (before === undefined ? entries.delete(key) : entries.set(key, before)))
        }
        if (write.type === 'put') entries.set(key, write.value.slice())
        else entries.delete(key)
      }
    }
    if (durability === 'strict') disk.unflushed.length = 0
    else
      disk.unflushed.push(() => {
        for (const undo of undone) undo()
      })
  }
  const copy = (value: Uint8Array | undefined): Uint8Array | undefined => value?.slice()
  return {
    get: async (table, key) => {
      await disk.delay()
      return copy(entriesOf(table).get(key))
    },
    getMany: async (table, keys) => {
      await disk.delay()
      return keys.map((key) => copy(entriesOf(table).get(key)))
    },
    range: async (table, range) => {
      await disk.delay()
      const entries = entriesOf(table)
      return keysIn(table, range).map((key): Entry => [key, entries.get(key)?.slice() ?? new Uint8Array()])
    },
    keys: async (table, range) => {
      await disk.delay()
      return keysIn(table, range)
    },
    commit: async (writes, durability, guard) => {
      await disk.delay()
      const fate = await disk.fate(writes)
      // from here on nothing waits: guard and writes are one step
      if (!sameValue(entriesOf('meta').get(guard.key), guard.value)) return false
      switch (fate) {
        case 'commit':
          apply(writes, durability)
          return true
        case 'die-before':
          return never
        case 'die-after':
          apply(writes, durability)
          return never
        case 'full':
          throw new ShoalError('ERR_STORE_FULL', 'There is no room left on this device.')
        case 'unknown-written':
          apply(writes, durability)
          throw new ShoalError('ERR_STORE_UNKNOWN_OUTCOME', 'The store did not say whether it wrote.')
        case 'unknown-lost':
          throw new ShoalError('ERR_STORE_UNKNOWN_OUTCOME', 'The store did not say whether it wrote.')
      }
    },
    usage: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  }
}

export const openMemoryStore =
  (disk: MemoryDisk): OpenStore =>
  () =>
    createStore(createMemoryDriver(disk))

export const openMemoryVault = (disk: MemoryDisk) => (): Promise<Vault> =>
  Promise.resolve({
    load: (name) => Promise.resolve(disk.keys.get(name)),
    keep: (name, pair) => {
      const kept = disk.keys.get(name) ?? pair
      disk.keys.set(name, kept)
      return Promise.resolve(kept)
    },
    forget: (name) => {
      disk.keys.delete(name)
      return Promise.resolve()
    },
  })

const firstLog = 'shoal'

/** The disks of a device with several logs, and the register beside them. It outlives the shelves opened on it. */
export interface MemoryRack {
  readonly disks: Map<string, MemoryDisk>
  readonly notes: Map<string, Uint8Array>
  register: Register
  /** Asked before each change of the register or of a note. */
  fate: () => CommitFate | Promise<CommitFate>
  /** The latency of every operation on the register. */
  delay: () => Promise<void> | undefined
  /** Makes the disk of a further log. */
  readonly makeDisk: (name: string) => MemoryDisk
}

/** `first` is the disk of the log `shoal`. */
export const createMemoryRack = (
  first: MemoryDisk = createMemoryDisk(),
  makeDisk: (name: string) => MemoryDisk = createMemoryDisk,
): MemoryRack => {
  const register = freshRegister(firstLog)
  return {
    disks: new Map([[register.current, first]]),
    notes: new Map(),
    register,
    fate: () => 'commit',
    delay: () => undefined,
    makeDisk,
  }
}

export const openMemoryShelf = (rack: MemoryRack): Shelf => {
  const change = async (apply: () => void): Promise<void> => {
    await rack.delay()
    switch (await rack.fate()) {
      case 'commit':
        return apply()
      case 'die-before':
        return never
      case 'die-after':
        apply()
        return never
      case 'full':
        throw new ShoalError('ERR_STORE_FULL', 'There is no room left on this device.')
      case 'unknown-written':
        apply()
        throw new ShoalError('ERR_STORE_UNKNOWN_OUTCOME', 'The store did not say whether it wrote.')
      case 'unknown-lost':
        throw new ShoalError('ERR_STORE_UNKNOWN_OUTCOME', 'The store did not say whether it wrote.')
    }
  }
  const diskOf = (name: string): MemoryDisk => {
    const disk = rack.disks.get(name) ?? rack.makeDisk(name)
    rack.disks.set(name, disk)
    return disk
  }
  return createRegister({
    base: firstLog,
    read: async () => {
      await rack.delay()
      return rack.register
    },
    change: async (alter) => {
      let altered = rack.register
      await change(() => {
        altered = alter(rack.register)
        rack.register = altered
      })
      return altered
    },
    openStore: (name) => openMemoryStore(diskOf(name))(),
    openVault: (name) => openMemoryVault(diskOf(name))(),
    remove: (name) => {
      const disk = rack.disks.get(name)
      rack.disks.delete(name)
      // a store that is still open elsewhere loses its fence with the rest
      for (const entries of disk?.tables.values() ?? []) entries.clear()
      disk?.keys.clear()
      return Promise.resolve(true)
    },
    note: async (key) => {
      await rack.delay()
      return rack.notes.get(key)?.slice()
    },
    setNote: (key, value) =>
      change(() => {
        if (value === undefined) rack.notes.delete(key)
        else rack.notes.set(key, value.slice())
      }),
  })
}
