import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventItem } from '../../../src/client/contract.ts'
import type { Sink } from '../../../src/ui/export/exporter.ts'
import { exportEvents } from '../../../src/ui/export/exporter.ts'
import { mapRecord } from '../../../src/ui/import/mapping.ts'
import { detectFormat, readRecords, readSample } from '../../../src/ui/import/source.ts'
import { createFakeShoal } from '../fake-shoal.ts'

const gathered = () => {
  const parts: string[] = []
  let state = 'open'
  const sink: Sink = {
    write: async (text) => void parts.push(text),
    finish: async () => void (state = 'finished'),
    discard: async () => void (state = 'discarded'),
  }
  return { sink, parts, state: () => state }
}

const payloads = fc.oneof(
  fc.jsonValue({ stringUnit: 'binary' }),
  fc.constantFrom<unknown>(
    -0,
    { a: [-0] },
    '\ud800',
    '\ufffd\ufeff',
    '\u2028\r\n',
    JSON.parse('{"__proto__":{"x":1},"":null}'),
  ),
)
const tags = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { maxLength: 4 })

describe('an export', () => {
  it('imports again with the same tags and payloads, byte for byte', async () => {
    const drafts = fc.array(fc.record({ tags, payload: payloads }), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(drafts, async (events) => {
        const shoal = createFakeShoal()
        await shoal.publish(events)
        const { sink, parts } = gathered()
        expect(await exportEvents(shoal.query('FROM allEvents'), sink, () => undefined)).toBe(events.length)

        const file = new File(parts, 'log.ndjson')
        const format = await detectFormat(file)
        const { mapping } = await readSample(file, format)
        expect(mapping).toEqual({ type: 'export' })
        const back = []
        for await (const { records } of readRecords(file, format)) {
          for (const record of records) back.push(mapRecord(record, mapping))
        }
        expect(back).toEqual(
          shoal.events.map((event) => ({ type: 'event', event: { tags: event.tags, payload: event.payload } })),
        )
      }),
      { numRuns: 100 },
    )
  })

  it('throws a half-written file away', async () => {
    const event: EventItem = { ...({} as EventItem), type: 'event', tags: [], payload: 'x'.repeat(2_000_000) }
    async function* broken(): AsyncGenerator<EventItem> {
      yield event
      throw new Error('the disk is gone')
    }
    const { sink, parts, state } = gathered()
    await expect(exportEvents(broken(), sink, () => undefined)).rejects.toThrow('the disk is gone')
    expect(parts.length).toBe(1)
    expect(state()).toBe('discarded')
  })
})
