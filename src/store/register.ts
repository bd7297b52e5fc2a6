/** The policy of a shelf, once for every adapter: which logs there are, which one is current, and what is on its way out. */
import { ShoalError } from '../core/errors.ts'
import type { Vault } from '../crypto/vault.ts'
import type { Store } from './contract.ts'
import type { Shelf } from './shelf.ts'

/** One record, changed as a whole. */
export interface Register {
  readonly current: string
  /** Oldest first. */
  readonly names: readonly string[]
  /** How many logs were ever made here: a name is never given twice. */
  readonly made: number
  /** No longer kept, and perhaps not deleted yet. */
  readonly leaving: readonly string[]
}

export interface RegisterDriver {
  /** Name of the first log, and the beginning of the others'. */
  readonly base: string
  read(): Promise<Register>
  /** Atomic: `alter` sees what is kept and answers what is kept from then on; what it throws changes nothing. Answers the latter. */
  change(alter: (register: Register) => Register): Promise<Register>
  openStore(name: string): Promise<Store>
  openVault(name: string): Promise<Vault>
  /** Deletes a log with its keys. False: it will be gone once whoever holds it lets go. */
  remove(name: string): Promise<boolean>
  note: Shelf['note']
  setNote: Shelf['setNote']
}

export const freshRegister = (first: string): Register => ({ current: first, names: [first], made: 1, leaving: [] })

const nameOf = (base: string, number: number): string => `${base}-${number}`

const unknownLog = (name: string): ShoalError =>
  new ShoalError('ERR_NO_LOG', `This device keeps no log ${name} (any more).`)

export const createRegister = (driver: RegisterDriver): Shelf => {
  const mustKnow = async (name: string): Promise<void> => {
    if (!(await driver.read()).names.includes(name)) throw unknownLog(name)
  }
  const discard = async (name: string): Promise<void> => {
    if (!(await driver.remove(name))) return
    await driver.change((register) => ({ ...register, leaving: register.leaving.filter((one) => one !== name) }))
  }
  return {
    current: async () => {
      const { current, leaving } = await driver.read()
      // deletions that a former life did not see the end of; they can wait for the next start
      for (const name of leaving) await discard(name).catch(() => undefined)
      return current
    },
    names: async () => (await driver.read()).names,
    openStore: async (name) => {
      await mustKnow(name)
      const store = await driver.openStore(name)
      // removed meanwhile: what was just opened is an empty one of the same name
      await mustKnow(name).catch(async (error: unknown) => {
        await store.close()
        await driver.remove(name)
        throw error
      })
      return store
    },
    openVault: async (name) => {
      await mustKnow(name)
      return driver.openVault(name)
    },
    add: async () => {
      const { made } = await driver.change((register) => {
        const next = register.made + 1
        return { ...register, names: [...register.names, nameOf(driver.base, next)], made: next }
      })
      return nameOf(driver.base, made)
    },
    makeCurrent: async (name) => {
      await driver.change((register) => {
        if (!register.names.includes(name)) throw unknownLog(name)
        return { ...register, current: name }
      })
    },
    remove: async (name) => {
      await driver.change((register) => {
        if (register.current === name)
          throw new ShoalError('ERR_LOG_CURRENT', 'This log is the current one; make another one current first.')
        if (!register.names.includes(name)) return register
        return {
          ...register,
          names: register.names.filter((one) => one !== name),
          leaving: [...register.leaving, name],
        }
      })
      await discard(name)
    },
    note: (key) => driver.note(key),
    setNote: (key, value) => driver.setNote(key, value),
  }
}
