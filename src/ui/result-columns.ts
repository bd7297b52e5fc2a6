/** Columns for a table of events: the leaves of their payloads, most frequent first, as many as a screen bears. */
import type { EventItem } from '../client/contract.ts'
import { jsonText } from './json-text.ts'

/** Parts of a path from the payload's top; empty for a payload that is no object. */
export type Path = readonly string[]

const columnsMax = 14
/** Objects nested deeper stay one cell of JSON. */
const depthMax = 3

const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0

const collect = (value: unknown, path: Path, into: (path: Path) => void): void => {
  if (!isBranch(value) || path.length >= depthMax) return into(path)
  for (const [key, item] of Object.entries(value)) collect(item, [...path, key], into)
}

export const pathName = (path: Path): string => (path.length === 0 ? '·' : path.join('.'))

/** In the order in which they first appear. */
export const resultColumns = (events: readonly EventItem[]): readonly Path[] => {
  const found = new Map<string, { path: Path; count: number }>()
  for (const event of events) {
    collect(event.payload, [], (path) => {
      const key = jsonText(path)
      const known = found.get(key)
      if (known) known.count++
      else found.set(key, { path, count: 1 })
    })
  }
  const kept = new Set([...found.values()].toSorted((a, b) => b.count - a.count).slice(0, columnsMax))
  return [...found.values()].filter((column) => kept.has(column)).map(({ path }) => path)
}

/** The value at a path; undefined where the payload has none, or an object that has columns of its own. */
export const valueAt = (payload: unknown, path: Path): unknown => {
  let value = payload
  for (const key of path) {
    if (!isBranch(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return isBranch(value) && path.length < depthMax ? undefined : value
}

export const cellText = (value: unknown): string => {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : jsonText(value)
}
