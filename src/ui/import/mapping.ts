/**
 * What a record becomes: which columns go into the payload, under what name and as what, and which tags every event carries.
 * A tag template names columns in braces, `machine:{asset}`; an event for which one of them is empty goes without that tag.
 */
import type { NewEvent } from '../../client/contract.ts'
import { payloadCharsMax, payloadDepthMax, tagCharsMax, tagsPerEventMax } from '../../client/contract.ts'
import { jsonDepth, jsonText } from '../json-text.ts'
import type { FileRecord, JsonLine, Problem, Row } from './record.ts'
import { isExportedEvent } from './ndjson.ts'
import type { ValueType } from './value.ts'
import { convert, proposeType } from './value.ts'

export interface Column {
  /** As in the file: what tag templates name. */
  readonly name: string
  /** Whether it goes into the payload. */
  readonly keep: boolean
  /** Its name there. */
  readonly field: string
  readonly as: ValueType
}

export type Mapping =
  | { readonly type: 'csv'; readonly columns: readonly Column[]; readonly tags: readonly string[] }
  /** `dropped`: keys of the top level that do not go into the payload. */
  | { readonly type: 'ndjson'; readonly dropped: readonly string[]; readonly tags: readonly string[] }
  /** Our own export: tags and payload as they were. */
  | { readonly type: 'export' }

export type Mapped =
  | { readonly type: 'event'; readonly event: NewEvent }
  | { readonly type: 'bad'; readonly problem: Problem }

const bad = (code: Problem['code'], values: Problem['values'] = {}): Mapped => ({
  type: 'bad',
  problem: { code, values },
})

/** Names for columns: those of the first row, made distinct, or `column1`, `column2`, … */
export const columnNames = (first: readonly string[], header: boolean): string[] => {
  const names: string[] = []
  first.forEach((cell, index) => {
    const base = (header && cell.trim()) || `column${index + 1}`
    let name = base
    for (let again = 2; names.includes(name); again++) name = `${base}_${again}`
    names.push(name)
  })
  return names
}

const hole = /\{([^{}]+)\}/g

/** Column names in a template. */
export const templateColumns = (template: string): string[] =>
  [...template.matchAll(hole)].flatMap(([, name]) => (name === undefined ? [] : [name]))

const fill = (template: string, valueOf: (name: string) => string | undefined): string | undefined => {
  let complete = true
  const text = template.replace(hole, (_, name: string) => {
    const value = valueOf(name)
    if (value === undefined || value === '') complete = false
    return value ?? ''
  })
  return complete ? text.trim() : undefined
}

const tagsFrom = (templates: readonly string[], valueOf: (name: string) => string | undefined): string[] => {
  const tags = templates.map((template) => fill(template, valueOf))
  return [...new Set(tags.filter((tag) => tag !== undefined && tag !== ''))] as string[]
}

/** The limits of the node, checked here so that one bad record does not refuse the thousand it travels with. */
const checked = (event: NewEvent, size: number): Mapped => {
  if (event.tags.length > tagsPerEventMax) return bad('tags', { max: tagsPerEventMax })
  for (const tag of event.tags) {
    if (tag === '' || tag.length > tagCharsMax || !tag.isWellFormed()) return bad('tag', { tag: tag.slice(0, 40) })
  }
  if (size > payloadDepthMax && jsonDepth(event.payload) > payloadDepthMax)
    return bad('depth', { max: payloadDepthMax })
  // A character is at most six in JSON text, so most records need no second look.
  if (size > payloadCharsMax / 8 && jsonText(event.payload).length > payloadCharsMax) return bad('payload')
  return { type: 'event', event }
}

const mapRow = (row: Row, columns: readonly Column[], templates: readonly string[]): Mapped => {
  const extra = row.fields.slice(columns.length).some((field) => field !== '')
  if (row.fields.length < columns.length || extra) {
    return bad('columns', { found: row.fields.length, expected: columns.length })
  }
  const texts = new Map<string, string>()
  const entries: [string, string | number | boolean][] = []
  for (const [index, column] of columns.entries()) {
    const cell = row.fields[index] ?? ''
    if (cell === '') continue
    const converted = convert(cell, column.as)
    if (converted.type === 'bad') {
      return bad(column.as === 'boolean' ? 'boolean' : 'number', { column: column.name, text: cell.slice(0, 40) })
    }
    texts.set(column.name, String(converted.value))
    if (column.keep) entries.push([column.field, converted.value])
  }
  // `fromEntries` makes own properties: a column may be called `__proto__`.
  const event = { tags: tagsFrom(templates, (name) => texts.get(name)), payload: Object.fromEntries(entries) }
  return checked(event, row.size)
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a tag can be made of; undefined for null and what has parts. */
const plainText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : undefined

const mapLine = (line: JsonLine, dropped: readonly string[], templates: readonly string[]): Mapped => {
  const { value } = line
  const valueOf = (name: string): string | undefined => {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined
    return plainText(value[name])
  }
  const payload =
    isObject(value) && dropped.length > 0
      ? Object.fromEntries(Object.entries(value).filter(([key]) => !dropped.includes(key)))
      : value
  return checked({ tags: tagsFrom(templates, valueOf), payload }, line.size)
}

export const mapRecord = (record: FileRecord, mapping: Mapping): Mapped => {
  if (record.type === 'bad') return { type: 'bad', problem: record.problem }
  if (record.type === 'row') return mapping.type === 'csv' ? mapRow(record, mapping.columns, mapping.tags) : bad('json')
  switch (mapping.type) {
    case 'csv':
      return bad('quotes')
    case 'ndjson':
      return mapLine(record, mapping.dropped, mapping.tags)
    case 'export':
      return isExportedEvent(record.value)
        ? checked({ tags: record.value.tags, payload: record.value.payload }, record.size)
        : bad('notExport')
  }
}

const machineWords = /^(asset|machine|maschine|device|gerät|geraet|anlage)([ _-]?(id|nr|no|name))?$/i
const tagWords =
  /^(status|state|zustand|alarm|fehler|störung|error|fault|product|produkt|order|auftrag|line|linie|station|type|typ|shift|schicht)([ _-]?(id|nr|no|code))?$/i

/** `readings (2).csv` is the same file, downloaded again. */
const slug = (name: string): string =>
  name
    .replace(/\.[^.]*$/, '')
    .replace(/\s*\(\d+\)$/, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')

/** Tags that a newcomer would want: the kind of file, the machine, and what has few values. */
export const proposeTags = (fileName: string, samples: ReadonlyMap<string, readonly string[]>): string[] => {
  const tags = slug(fileName) === '' ? [] : [slug(fileName)]
  for (const [name, values] of samples) {
    if (/[{}]/.test(name)) continue
    const distinct = new Set(values).size
    if (machineWords.test(name)) tags.push(`machine:{${name}}`)
    else if (tagWords.test(name) && distinct <= Math.max(20, values.length / 4)) {
      tags.push(`${name.toLowerCase().replace(/\s+/g, '-')}:{${name}}`)
    }
  }
  return tags
}

export const proposeCsv = (
  fileName: string,
  names: readonly string[],
  rows: readonly (readonly string[])[],
  delimiter: string,
): Mapping => {
  const samples = new Map(names.map((name, index) => [name, rows.map((row) => row[index] ?? '')] as const))
  const columns = names.map((name) => ({
    name,
    keep: true,
    field: name,
    as: proposeType(samples.get(name) ?? [], delimiter),
  }))
  return { type: 'csv', columns, tags: proposeTags(fileName, samples) }
}

export const proposeNdjson = (fileName: string, values: readonly unknown[]): Mapping => {
  if (values.length > 0 && isExportedEvent(values[0])) return { type: 'export' }
  const samples = new Map<string, string[]>()
  for (const value of values.filter(isObject)) {
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === 'object') continue
      const known = samples.get(key)
      const text = plainText(item) ?? ''
      if (known) known.push(text)
      else samples.set(key, [text])
    }
  }
  return { type: 'ndjson', dropped: [], tags: proposeTags(fileName, samples) }
}
