import { existsSync, readFileSync } from 'node:fs'

const file = new URL('../../../shared/conformance/aql-vectors.json', import.meta.url)

export interface Vector {
  readonly id: string
  readonly kind: string
  readonly [field: string]: unknown
}

/** The conformance vectors of these kinds; none, with a clear word, where their file is absent. */
export const vectors = (...kinds: readonly string[]): readonly Vector[] => {
  if (!existsSync(file)) {
    console.warn(`SKIPPED: the conformance vectors (${kinds.join(', ')}) are not beside this repository.`)
    return []
  }
  const { vectors: found } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }
  return found.filter(({ kind }) => kinds.includes(kind))
}
