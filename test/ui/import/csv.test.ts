import * as fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import type { CsvFormat } from '../../../src/ui/import/csv.ts'
import { csvRecords, detectDelimiter, detectHeader } from '../../../src/ui/import/csv.ts'
import type { FileRecord } from '../../../src/ui/import/record.ts'
import { detectText, textBlocks } from '../../../src/ui/import/text-block.ts'

const format: CsvFormat = { type: 'csv', encoding: 'utf-8', newline: '\n', delimiter: ',', header: false }

const read = async (content: BlobPart, as: Partial<CsvFormat> = {}): Promise<FileRecord[]> => {
  const chosen = { ...format, ...as }
  const records: FileRecord[] = []
  for await (const block of csvRecords(textBlocks(new Blob([content]), chosen), chosen)) {
    for (const record of block.records) records.push(record)
  }
  return records
}
const rows = (records: readonly FileRecord[]) =>
  records.flatMap((record) => (record.type === 'row' ? [{ line: record.line, fields: record.fields }] : []))
const bad = (records: readonly FileRecord[]) =>
  records.flatMap((record) => (record.type === 'bad' ? [{ line: record.line, code: record.problem.code }] : []))

describe('CSV', () => {
  it('counts lines through quoted line breaks, blank lines and \\r\\n', async () => {
    const records = await read('a,b\r\n"one\r\ntwo",2\r\n\r\nlast,"4"\r\n')
    expect(rows(records)).toEqual([
      { line: 1, fields: ['a', 'b'] },
      { line: 2, fields: ['one\r\ntwo', '2'] },
      { line: 5, fields: ['last', '4'] },
    ])
  })

  it('loses one line, not the rest, to a quote that is never closed', async () => {
    const records = await read('a,b\n"oops,2\n3,4\n5,6\n')
    expect(rows(records).map(({ line }) => line)).toEqual([1, 3, 4])
    expect(bad(records)).toEqual([{ line: 2, code: 'quotes' }])
  })

  it('loses one line to text behind a closing quote', async () => {
    const records = await read('1,2\n"a"b,2\n"c\nd",4\n')
    expect(rows(records)).toEqual([
      { line: 1, fields: ['1', '2'] },
      { line: 3, fields: ['c\nd', '4'] },
    ])
    expect(bad(records)).toEqual([{ line: 2, code: 'quotes' }])
  })

  it('goes on after an open quote far longer than any row', async () => {
    const filler = 'x,y\n'.repeat(700_000)
    const records = await read(`1,"2\n${filler}last,1\n`)
    expect(bad(records)).toEqual([{ line: 1, code: 'quotes' }])
    expect(records.length).toBe(700_002)
    expect(records.at(-1)).toMatchObject({ line: 700_002, fields: ['last', '1'] })
  }, 60_000)

  it('names lines that are not UTF-8 and keeps the others', async () => {
    const bytes = new Uint8Array([0x61, 0x0a, 0xe4, 0x0a, 0xc3, 0xa4, 0x0a])
    const records = await read(bytes)
    expect(rows(records).map(({ fields }) => fields)).toEqual([['a'], ['ä']])
    expect(bad(records)).toEqual([{ line: 2, code: 'encoding' }])
  })

  it('skips a line of many megabytes and counts on', async () => {
    const records = await read(`1\n${'x'.repeat(6_000_000)}\n3\n`)
    expect(rows(records)).toEqual([
      { line: 1, fields: ['1'] },
      { line: 3, fields: ['3'] },
    ])
    expect(bad(records)).toEqual([{ line: 2, code: 'tooLong' }])
  })

  it('reads what Excel writes: windows-1252, UTF-16, a byte order mark, lone \\r', async () => {
    const ansi = new Blob([new Uint8Array([0x47, 0xe4, 0x3b, 0x31, 0x0a])])
    expect((await detectText(ansi)).encoding).toBe('windows-1252')
    expect(rows(await read(await ansi.arrayBuffer(), { encoding: 'windows-1252', delimiter: ';' }))[0]?.fields).toEqual(
      ['Gä', '1'],
    )
    const wide = new Uint8Array([0xff, 0xfe, ...[...'ä\t1\n2\t3\n'].flatMap((c) => [c.charCodeAt(0), 0])])
    const detected = await detectText(new Blob([wide]))
    expect(detected.encoding).toBe('utf-16le')
    expect(rows(await read(wide, { ...detected, delimiter: '\t' }))).toEqual([
      { line: 1, fields: ['ä', '1'] },
      { line: 2, fields: ['2', '3'] },
    ])
    expect(rows(await read('\ufeffa,b\n'))[0]?.fields).toEqual(['a', 'b'])
    const mac = await detectText(new Blob(['a,b\r1,2\r']))
    expect(mac.newline).toBe('\r')
    expect(rows(await read('a,b\r1,2\r', mac)).map(({ line }) => line)).toEqual([1, 2])
  })

  it('returns what was written, with true line numbers, whatever the cells hold and wherever slices end', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', 'a\nb', '"', 'x"y', ',', ' lead', 'é'.repeat(40_000)),
    )
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(table, async (cells) => {
        // every cell quoted: otherwise a lone \r at a row's end could not be told from a line end
        const text = `${Papa.unparse(cells, { newline: '\n', quotes: true })}\n`
        let line = 1
        const expected = cells.map((fields) => {
          const at = line
          line += fields.join('').split('\n').length
          return { line: at, fields }
        })
        const got = rows(await read(text))
        expect(got.map((row) => row.line)).toEqual(expected.map((row) => row.line))
        expect(got.map((row) => row.fields.join('⎮').replace(/\r$/, ''))).toEqual(
          expected.map((row) => row.fields.join('⎮').replace(/\r$/, '')),
        )
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})

describe('detection', () => {
  it('finds the delimiter', () => {
    expect(detectDelimiter('a,b;c\n1,2;3\n4,5;6\n', '\n')).toBe(',')
    expect(detectDelimiter('zeit;wert\n1;2,5\n2;3,5\n', '\n')).toBe(';')
    expect(detectDelimiter('a\tb\n1\t2\n', '\n')).toBe('\t')
    expect(detectDelimiter('single\ncolumn\n', '\n')).toBe(',')
  })
  it('finds the header', () => {
    expect(
      detectHeader([
        ['ts', 'asset'],
        ['2022-08-31', '0'],
      ]),
    ).toBe(true)
    expect(
      detectHeader([
        ['2022-08-31', '0'],
        ['2022-08-31', '1'],
      ]),
    ).toBe(false)
    expect(
      detectHeader([
        ['name', 'name'],
        ['a', 'b'],
      ]),
    ).toBe(false)
    expect(
      detectHeader([
        ['on', 'off'],
        ['on', 'off'],
      ]),
    ).toBe(false)
  })
})
