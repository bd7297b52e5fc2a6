/** The observable behind `PageState`: one snapshot, replaced by each change. */
import type { PageSnapshot } from './contract.ts'

export interface Snapshots {
  readonly current: PageSnapshot
  set(change: Partial<PageSnapshot>): void
  onChange(listener: (current: PageSnapshot) => void): () => void
}

export const createSnapshots = (first: PageSnapshot): Snapshots => {
  let current = first
  const listeners = new Set<(current: PageSnapshot) => void>()
  return {
    get current() {
      return current
    },
    set: (change) => {
      const next = { ...current, ...change }
      const isSame = (Object.keys(change) as (keyof PageSnapshot)[]).every((key) => next[key] === current[key])
      if (isSame) return
      current = next
      for (const listener of listeners) listener(current)
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
