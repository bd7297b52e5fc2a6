import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImportState } from '../../../src/ui/import/importer.ts'
import { readProgress, runImport } from '../../../src/ui/import/importer.ts'
import { mapRecord, proposeCsv } from '../../../src/ui/import/mapping.ts'
import { detectFormat, fileDigest, importKey, readRecords, readSample } from '../../../src/ui/import/source.ts'
import { createFakeShoal } from '../fake-shoal.ts'

const csv = (count: number, badEvery = 0): File => {
  const lines = ['id,machine']
  for (let n = 0; n < count; n++) lines.push(badEvery && n % badEvery === badEvery - 1 ? `${n}` : `${n},m${n % 3}`)
  return new File([`${lines.join('\n')}\n`], 'test.csv')
}
const never = new AbortController().signal

const attempt = async (
  file: File,
  shoal = createFakeShoal(),
  signal = never,
  onState?: (state: ImportState) => void,
) => {
  const format = await detectFormat(file)
  const { mapping } = await readSample(file, format)
  let state: ImportState | undefined
  const end = await runImport({
    blocks: readRecords(file, format),
    toEvent: (record) => mapRecord(record, mapping),
    key: 'import/test',
    shoal,
    signal,
    onState: (next) => {
      state = next
      onState?.(next)
    },
  })
  return { end, state, shoal }
}
const ids = (shoal: ReturnType<typeof createFakeShoal>) =>
  shoal.events.map((event) => (event.payload as { id: number }).id)

describe('an import', () => {
  it('publishes every good record once, in order, and names the bad lines', async () => {
    const { end, state, shoal } = await attempt(csv(5000, 100))
    expect(end).toEqual({ type: 'done' })
    expect(state).toMatchObject({ records: 5000, events: 4950, eventsNow: 4950, bad: 50 })
    expect(state?.badLines[0]).toMatchObject({ line: 101, problem: { code: 'columns' }, text: '99' })
    const expected = Array.from({ length: 5000 }, (_, n) => n).filter((n) => n % 100 !== 99)
    expect(ids(shoal)).toEqual(expected)
    expect(readProgress(await shoal.progress('import/test'))).toEqual({ records: 5000, finished: true })
  })

  it('does nothing the second time', async () => {
    const { shoal } = await attempt(csv(3000))
    const again = await attempt(csv(3000), shoal)
    expect(again.end).toEqual({ type: 'done' })
    expect(shoal.events.length).toBe(3000)
  })

  it('goes on after a cancel, a refusal or a lost answer, doubling and losing nothing', async () => {
    const trouble = fc.record({
      count: fc.integer({ min: 0, max: 9000 }),
      badEvery: fc.constantFrom(0, 7, 1024),
      cancelAfter: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
      refuseAt: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 }),
      loseAnswerAt: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(trouble, async ({ count, badEvery, cancelAfter, refuseAt, loseAnswerAt }) => {
        const file = csv(count, badEvery)
        const shoal = createFakeShoal({ refuseAt, loseAnswerAt })
        let last
        for (let tries = 0; tries < 20; tries++) {
          const abort = new AbortController()
          let states = 0
          last = await attempt(file, shoal, abort.signal, () => {
            if (tries === 0 && ++states === cancelAfter) abort.abort()
          })
          if (last.end.type === 'done') break
        }
        expect(last?.end).toEqual({ type: 'done' })
        const expected = Array.from({ length: count }, (_, n) => n).filter(
          (n) => !badEvery || n % badEvery !== badEvery - 1,
        )
        expect(ids(shoal)).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('says why it stopped', async () => {
    const { end, shoal } = await attempt(csv(5000), createFakeShoal({ refuseAt: [2] }))
    expect(end).toMatchObject({ type: 'failed', error: { code: 'ERR_STORE_FULL' } })
    expect(shoal.events.length).toBe(2048)
  })

  it('keeps the acknowledged count below what was published', async () => {
    const states: ImportState[] = []
    const { shoal } = await attempt(csv(9000), createFakeShoal(), never, (state) => states.push(state))
    for (const state of states) expect(state.events).toBeLessThanOrEqual(state.records)
    expect(states.at(-1)?.events).toBe(shoal.events.length)
  })
})

describe('the key', () => {
  it('depends on bytes, format, mapping and repeat, and on nothing else', async () => {
    const file = csv(10)
    const format = await detectFormat(file)
    const { mapping } = await readSample(file, format)
    const digest = await fileDigest(file, never, () => undefined)
    const key = await importKey(digest, format, mapping, 0)
    const renamed = new File([await file.arrayBuffer()], 'test.csv', { lastModified: 1 })
    expect(await importKey(await fileDigest(renamed, never, () => undefined), format, mapping, 0)).toBe(key)
    expect(await importKey(digest, format, mapping, 1)).toBe(`${key}/1`)
    const other = proposeCsv('other.csv', ['id', 'machine'], [], ',')
    expect(await importKey(digest, format, other, 0)).not.toBe(key)
    expect(await fileDigest(csv(11), never, () => undefined)).not.toBe(digest)
  })
})
