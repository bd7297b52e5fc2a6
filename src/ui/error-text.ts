/** A sentence for an error: ours in the reader's language where the code is one that asks for something to be done. */
import type { StringKey, Text } from './text.ts'

const known: Readonly<Record<string, StringKey>> = {
  ERR_STORE_FULL: 'error.full',
  ERR_PROGRESS: 'error.progress',
  ERR_CLIENT_OUTDATED: 'error.outdated',
  ERR_STORE_FORMAT: 'error.outdated',
  ERR_WORKER_OUTDATED: 'error.outdated',
  ERR_QUERY_CHANGED: 'error.changed',
}

export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

export const errorText = (error: unknown, text: Text): string => {
  const code = codeOf(error)
  const key = known[code]
  if (key) return text.say(key)
  const sentence = error instanceof Error ? error.message : String(error)
  return code ? `${sentence} (${code})` : sentence
}
