import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Mapping } from '../../../src/ui/import/mapping.ts'
import { columnNames, mapRecord, proposeCsv, proposeNdjson } from '../../../src/ui/import/mapping.ts'
import { convert, isPlainNumber, proposeType } from '../../../src/ui/import/value.ts'

const row = (...fields: string[]) => ({ type: 'row', line: 2, size: fields.join().length, fields }) as const
const json = (value: unknown) => ({ type: 'json', line: 1, size: (JSON.stringify(value) ?? '').length, value }) as const
const reading = ['2022-08-31 22:00:00+00:00', '1', '4.0', '2.0', '43.0', '2.0', '0.0', '1', '007']
const names = ['ts', 'asset', 'items', 'status', 'status_time', 'power_avg', 'cycle_time', 'alarm', 'product']

describe('values', () => {
  it('keeps text that could mean something else', () => {
    for (const text of [
      '007',
      '+5',
      '1,5',
      ' 1',
      '1e999',
      '0x10',
      '-0',
      '12345678901234567890',
      'NaN',
      '1.',
      '.5',
      '',
    ]) {
      expect([text, isPlainNumber(text)]).toEqual([text, false])
    }
    expect(convert('007', 'auto')).toEqual({ type: 'value', value: '007' })
    expect(convert('4.0', 'auto')).toEqual({ type: 'value', value: 4 })
    expect(convert('1.234,5', 'comma')).toEqual({ type: 'value', value: 1234.5 })
    expect(convert('n/a', 'number')).toEqual({ type: 'bad' })
    expect(convert('Ja', 'boolean')).toEqual({ type: 'value', value: true })
  })
  it('reads a number without losing a digit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = String(number)
        const converted = convert(text, 'auto')
        expect(converted.type === 'value' && String(converted.value)).toBe(text)
      }),
    )
  })
  it('proposes text for a column with one doubtful value', () => {
    expect(proposeType(['1', '2', ''], ',')).toBe('auto')
    expect(proposeType(['1', '007'], ',')).toBe('text')
    expect(proposeType(['1,5', '2'], ';')).toBe('comma')
    expect(proposeType(['1,5', '2'], ',')).toBe('text')
  })
})

describe('CSV rows', () => {
  const mapping = proposeCsv('machine-readings.csv', names, [reading, reading], ',')

  it('proposes tags for the file, the machine and what has few values', () => {
    expect(mapRecord(row(...reading), mapping)).toEqual({
      type: 'event',
      event: {
        tags: ['machine-readings', 'machine:1', 'status:2', 'alarm:1', 'product:007'],
        payload: {
          ts: '2022-08-31 22:00:00+00:00',
          asset: 1,
          items: 4,
          status: 2,
          status_time: 43,
          power_avg: 2,
          cycle_time: 0,
          alarm: 1,
          product: '007',
        },
      },
    })
  })
  it('takes a file that was downloaded again for the same', () => {
    expect(proposeCsv('machine-readings (2).csv', names, [reading, reading], ',')).toEqual(mapping)
  })
  it('leaves out an empty cell and the tags that need it', () => {
    const mapped = mapRecord(row(...reading.with(1, '')), mapping)
    expect(mapped).toMatchObject({
      type: 'event',
      event: { tags: ['machine-readings', 'status:2', 'alarm:1', 'product:007'] },
    })
    expect(mapped.type === 'event' && Object.keys(mapped.event.payload as object)).not.toContain('asset')
  })
  it('refuses a row of another width and a cell that is no number', () => {
    expect(mapRecord(row('1', '2'), mapping)).toEqual({
      type: 'bad',
      problem: { code: 'columns', values: { found: 2, expected: 9 } },
    })
    const strict: Mapping = { type: 'csv', tags: [], columns: [{ name: 'p', keep: true, field: 'p', as: 'number' }] }
    expect(mapRecord(row('n/a'), strict)).toEqual({
      type: 'bad',
      problem: { code: 'number', values: { column: 'p', text: 'n/a' } },
    })
  })
  it('gives every column a name of its own and may call a field __proto__', () => {
    expect(columnNames(['a', 'a', '', 'a_2'], true)).toEqual(['a', 'a_2', 'column3', 'a_2_2'])
    const odd: Mapping = {
      type: 'csv',
      tags: ['t'],
      columns: [{ name: 'x', keep: true, field: '__proto__', as: 'text' }],
    }
    const mapped = mapRecord(row('v'), odd)
    expect(mapped.type === 'event' && Object.entries(mapped.event.payload as object)).toEqual([['__proto__', 'v']])
  })
  it('never breaks a limit of the node', () => {
    const long: Mapping = {
      type: 'csv',
      tags: ['m:{x}'],
      columns: [{ name: 'x', keep: false, field: 'x', as: 'text' }],
    }
    expect(mapRecord(row('y'.repeat(2000)), long)).toMatchObject({ type: 'bad', problem: { code: 'tag' } })
    expect(mapRecord(row('\ud800'), long)).toMatchObject({ type: 'bad', problem: { code: 'tag' } })
    const big = json({ text: '\u0001'.repeat(300_000) })
    expect(mapRecord(big, { type: 'ndjson', dropped: [], tags: [] })).toMatchObject({
      type: 'bad',
      problem: { code: 'payload' },
    })
    const deep = json(JSON.parse('['.repeat(600) + ']'.repeat(600)))
    expect(mapRecord(deep, { type: 'ndjson', dropped: [], tags: [] })).toMatchObject({
      type: 'bad',
      problem: { code: 'depth' },
    })
  })
})

describe('NDJSON lines', () => {
  it('keeps the payload as it is, without dropped keys, and takes tags from plain values', () => {
    const mapping: Mapping = { type: 'ndjson', dropped: ['secret'], tags: ['m:{id}', 'n:{nested}'] }
    expect(mapRecord(json({ id: 7, nested: { a: 1 }, secret: 1 }), mapping)).toEqual({
      type: 'event',
      event: { tags: ['m:7'], payload: { id: 7, nested: { a: 1 } } },
    })
    expect(mapRecord(json(5), mapping)).toEqual({ type: 'event', event: { tags: [], payload: 5 } })
  })
  it('recognises an own export and leaves tags and payload alone', () => {
    const line = { stream: 'x-0', lamport: 1, offset: 0, timestamp: 1, tags: ['b', 'a'], appId: 'com.x', payload: [-0] }
    const mapping = proposeNdjson('log.ndjson', [line])
    expect(mapping).toEqual({ type: 'export' })
    expect(mapRecord(json(line), mapping)).toEqual({ type: 'event', event: { tags: ['b', 'a'], payload: [-0] } })
    expect(mapRecord(json({ tags: [] }), mapping)).toEqual({ type: 'bad', problem: { code: 'notExport', values: {} } })
  })
})
