import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mapRecord } from '../../../src/ui/import/mapping.ts'
import { detectFormat, readRecords, readSample } from '../../../src/ui/import/source.ts'
import { sampleReadings } from './sample-readings.ts'

const path = 'public/sample-readings.csv'
if (process.env['UPDATE_SAMPLE']) writeFileSync(path, sampleReadings())

describe('the sample', () => {
  it('is what its seed makes', () => {
    expect(readFileSync(path, 'utf8')).toBe(sampleReadings())
  })
  it('imports without a bad line, and finds the alarms of one machine', async () => {
    const file = new File([sampleReadings()], 'sample-readings.csv')
    const format = await detectFormat(file)
    const { mapping } = await readSample(file, format)
    const events = []
    for await (const { records } of readRecords(file, format)) {
      for (const record of records) {
        const mapped = mapRecord(record, mapping)
        if (mapped.type === 'bad') throw new Error(JSON.stringify(mapped.problem))
        events.push(mapped.event)
      }
    }
    expect(events.length).toBe(504)
    const alarms = events.filter(({ tags }) => tags.includes('machine:press') && tags.includes('alarm:1'))
    expect(alarms.length).toBeGreaterThan(2)
    expect(alarms[0]?.payload).toMatchObject({ machine: 'press', state: 'alarm', alarm: 1 })
  })
})
