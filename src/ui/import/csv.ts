/**
 * CSV, a block of lines at a time. A quote that is never closed costs the line it stands on, not the rest of the file; lines are
 * counted through quoted line breaks.
 */
import Papa from 'papaparse'
import type { FileRecord, RecordBlock } from './record.ts'
import { badRecord } from './record.ts'
import type { TextBlock, TextFormat } from './text-block.ts'
import { countOf } from './text-block.ts'

export interface CsvFormat extends TextFormat {
  readonly type: 'csv'
  readonly delimiter: string
  /** Whether the first row names the columns. */
  readonly header: boolean
}

/** One row in UTF-16 code units; beyond it an open quote is taken for a mistake. */
const rowCharsMax = 2 * 1024 * 1024

interface Parsed {
  readonly data: readonly (readonly string[])[]
  readonly errors: readonly { readonly row: number }[]
  readonly meta: { readonly cursor: number }
}

export const delimiters = [',', ';', '\t', '|'] as const

/** The delimiter that gives the most even rows, and the more columns among equals. */
export const detectDelimiter = (sample: string, newline: '\n' | '\r'): string => {
  const scored = delimiters.map((delimiter) => {
    const rows = parse(sample, delimiter, newline, true)
      .data.slice(0, 50)
      .filter((row) => row.length > 1 || row[0]?.trim())
    const widths = rows.map((row) => row.length)
    const most = widths.toSorted((a, b) => a - b)[widths.length >> 1] ?? 0
    const even = widths.filter((width) => width === most).length / Math.max(1, widths.length)
    return { delimiter, score: most > 1 ? even * 1000 + most : 0 }
  })
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).delimiter
}

const isNumeral = (text: string): boolean => text.trim() !== '' && !Number.isNaN(Number(text.trim().replace(',', '.')))
const isDate = (text: string): boolean => /\d{1,4}[-./]\d{1,2}[-./]\d{1,4}/.test(text)

/** A first row of distinct words above rows that hold numbers or dates names the columns. */
export const detectHeader = (rows: readonly (readonly string[])[]): boolean => {
  const [first, ...rest] = rows
  if (!first || first.some((name) => name.trim() === '' || isNumeral(name) || isDate(name))) return false
  if (new Set(first).size !== first.length) return false
  return rest.length === 0 || first.some((name, column) => rest.every((row) => row[column] !== name))
}

const parse = (text: string, delimiter: string, newline: '\n' | '\r', moreFollows: boolean): Parsed =>
  new Papa.Parser({ delimiter, newline, quoteChar: '"' }).parse(text, 0, moreFollows) as Parsed

/** Offset just behind the `count`-th newline. */
const behindLine = (text: string, count: number, newline: string): number => {
  let at = 0
  for (let line = 0; line < count; line++) {
    const next = text.indexOf(newline, at)
    if (next === -1) return text.length
    at = next + 1
  }
  return at
}

const clean = (row: readonly string[]): readonly string[] => {
  const last = row[row.length - 1]
  return last?.endsWith('\r') ? [...row.slice(0, -1), last.slice(0, -1)] : row
}

/** Every row of the file that is not blank, the header row among them. */
export async function* csvRecords(blocks: AsyncIterable<TextBlock>, format: CsvFormat): AsyncGenerator<RecordBlock> {
  const { delimiter, newline } = format
  let carry = ''
  let line = 1
  let broken: ReadonlyMap<number, 'encoding' | 'tooLong'> = new Map()
  for await (const block of blocks) {
    let text = carry + block.text
    broken = carry ? new Map([...broken, ...block.broken]) : block.broken
    const records: FileRecord[] = []

    const accept = (rows: Parsed['data']): void => {
      for (const raw of rows) {
        const row = clean(raw)
        const lines = 1 + row.reduce((sum, field) => sum + countOf(field, newline), 0)
        const size = row.reduce((sum, field) => sum + field.length + 1, 0)
        let why: 'encoding' | 'tooLong' | undefined
        if (broken.size > 0) for (let at = line; at < line + lines; at++) why ??= broken.get(at)
        if (why) records.push(badRecord(line, row.join(delimiter), why))
        else if (row.length > 1 || row[0]?.trim()) records.push({ type: 'row', line, size, fields: row })
        line += lines
      }
    }
    const giveUpLine = (): void => {
      const end = behindLine(text, 1, newline)
      records.push(badRecord(line, text.slice(0, end), 'quotes'))
      text = text.slice(end)
      line++
    }

    for (;;) {
      const { data, errors, meta } = parse(text, delimiter, newline, !block.last)
      const mistake = errors[0]?.row
      if (mistake === undefined) {
        // At the very end an empty text behind the last newline is no row.
        accept(block.last && text.endsWith(newline) ? data.slice(0, -1) : data)
        text = block.last ? '' : text.slice(meta.cursor)
        if (text.length <= rowCharsMax) break
      } else {
        const before = line
        accept(data.slice(0, mistake))
        text = text.slice(behindLine(text, line - before, newline))
      }
      giveUpLine()
      if (text === '') break
    }
    carry = text
    yield { records, bytesRead: block.bytesRead }
  }
}
