/** Asking the browser not to clear our storage. Its answer is shown and never relied on. */
import type { PageSnapshot, Persistence } from './contract.ts'

export const readPersistence = async (): Promise<Persistence> => {
  if (navigator.storage?.persisted === undefined) return 'unsupported'
  return (await navigator.storage.persisted()) ? 'granted' : 'unasked'
}

export const askPersistence = async (): Promise<Persistence> => {
  if (navigator.storage?.persist === undefined) return 'unsupported'
  return (await navigator.storage.persist()) ? 'granted' : 'refused'
}

export const readStorage = async (): Promise<PageSnapshot['storage']> => {
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {}
  return usage === undefined || quota === undefined ? undefined : { used: usage, quota }
}
