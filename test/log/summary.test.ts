/** RULES 22: summaries say "certainly not" or "maybe", and little else may be read. */
import { describe, expect, it } from 'vitest'
import { summaryFilterBytesMax, tailIdleSeal } from '../../src/core/limits.ts'
import type { EventFilter } from '../../src/core/event-filter.ts'
import {
  createTagFilter,
  decodeSummaries,
  encodeSummaries,
  mayHaveTag,
  mayMatch,
  summarise,
} from '../../src/log/summary.ts'
import { blockOfRows } from '../../src/log/tail.ts'
import { createRandom } from '../sim/random.ts'
import { appId, at, drafts, openDevice, publish, readAll, rowsFrom, start } from './fixture.ts'

describe('RULES 22: the filter of tags', () => {
  it.each([0, 1, 2, 3, 5, 10, 30, 100, 300, 500])(
    'of $0 tags: no false negative, at most 0.1 % false positives for rare tags',
    (count) => {
      const random = createRandom(count + 1)
      const word = (): string => `machine:${random.between(0, 2 ** 31).toString(36)}`
      let wrong = 0
      const filters = 40
      const questions = 1000
      for (let made = 0; made < filters; made++) {
        const tags = Array.from({ length: count }, word)
        const filter = createTagFilter(tags)
        expect(filter.length).toBeLessThanOrEqual(summaryFilterBytesMax)
        for (const tag of tags) expect(mayHaveTag(filter, tag)).toBe(true)
        for (let asked = 0; asked < questions; asked++) if (mayHaveTag(filter, `rare:${word()}`)) wrong += 1
      }
      expect(wrong / (filters * questions)).toBeLessThanOrEqual(0.001)
    },
  )

  it('likewise for tags that differ in a letter only', () => {
    let wrong = 0
    for (let count = 0; count < 100; count++) {
      const filter = createTagFilter(Array.from({ length: 50 }, (_, index) => `order:${count}-${2 * index}`))
      for (let index = 0; index < 50; index++) if (mayHaveTag(filter, `order:${count}-${2 * index + 1}`)) wrong += 1
    }
    expect(wrong / 5000).toBeLessThanOrEqual(0.002)
  })

  it('of more tags than fit in 1 KiB: at most that large, never a false negative, in the end "maybe"', () => {
    for (const count of [600, 1024, 2000, 3000, 20_000]) {
      const tags = Array.from({ length: count }, (_, index) => `tag-${index}`)
      const filter = createTagFilter(tags)
      expect(filter.length).toBeLessThanOrEqual(summaryFilterBytesMax)
      expect(tags.every((tag) => mayHaveTag(filter, tag))).toBe(true)
      expect(mayHaveTag(filter, 'anything') || count < 3000).toBe(true)
    }
  })
})

describe('a summary', () => {
  const rows = rowsFrom(
    [
      { tags: ['a'], lamport: 10, timestamp: start + 50 },
      { tags: ['b', 'ü'], lamport: 20, timestamp: start },
      { tags: [], lamport: 30, timestamp: start + 20 },
    ],
    0,
  )
  const summary = summarise(blockOfRows(rows, 7, [3]), 1234)
  const stream = `${'a'.repeat(43)}-0` as never

  it('reads back as it was written, and not at all when a byte is wrong', async () => {
    expect(summary).toMatchObject({
      from: 7,
      count: 3,
      firstLamport: 10,
      lastLamport: 30,
      minTime: start,
      maxTime: start + 50,
    })
    const record = await encodeSummaries([summary, { ...summary, from: 10 }])
    expect(await decodeSummaries(record)).toEqual([summary, { ...summary, from: 10 }])
    for (let place = 0; place < record.length; place += 3) {
      const flipped = record.map((byte, index) => (index === place ? byte ^ 0x10 : byte))
      expect(await decodeSummaries(flipped)).toBeUndefined()
    }
  })

  it.each<[EventFilter, boolean]>([
    [{ type: 'all' }, true],
    [{ type: 'none' }, false],
    [{ type: 'tag', tag: 'ü' }, true],
    [{ type: 'tag', tag: 'never' }, false],
    [{ type: 'appId', appId }, true],
    [{ type: 'appId', appId: 'com.other' as never }, false],
    [{ type: 'node', node: 'a'.repeat(43) as never }, true],
    [{ type: 'node', node: 'b'.repeat(43) as never }, false],
    [{ type: 'keyRange', from: { lamport: 30, stream } }, true],
    [{ type: 'keyRange', from: { lamport: 31, stream } }, false],
    [{ type: 'keyRange', to: { lamport: 10, stream: `${stream as string}z` as never } }, true],
    [{ type: 'keyRange', to: { lamport: 9, stream } }, false],
    [{ type: 'timeRange', from: start + 50 }, true],
    [{ type: 'timeRange', from: start + 51 }, false],
    [{ type: 'timeRange', to: start + 1 }, true],
    [{ type: 'timeRange', to: start }, false],
    [{ type: 'and', of: [{ type: 'tag', tag: 'a' }, { type: 'none' }] }, false],
    [
      {
        type: 'or',
        of: [
          { type: 'tag', tag: 'never' },
          { type: 'tag', tag: 'b' },
        ],
      },
      true,
    ],
  ])('%j: %s', (filter, expected) => {
    expect(mayMatch(filter, stream, summary)).toBe(expected)
  })
})

describe('summaries at work', () => {
  const million = async () => {
    const device = await openDevice()
    for (let count = 0; count < 10; count++) await publish(device.log, drafts(1024, `block-${count}`, 1024 * count))
    return device
  }

  it('are saved, found again by the next start, and spare it reading', async () => {
    const device = await million()
    device.clock.pass(tailIdleSeal)
    await device.log.maintain()
    const { log } = await device.reopen()
    const stats = { runsTouched: 0, runsSkipped: 0 }
    const { events } = await readAll(log, { filter: { type: 'tag', tag: 'block-7' }, stats })
    expect(events).toHaveLength(1024)
    expect(stats).toEqual({ runsTouched: 1, runsSkipped: 9 })
  })

  it('that a killed process had not saved are made again, and then saved', async () => {
    const device = await million()
    device.disk.tables.get('summaries')?.clear()
    const again = await device.reopen()
    const stats = { runsTouched: 0, runsSkipped: 0 }
    const asked = { filter: { type: 'tag', tag: 'block-7' } as const, stats }
    expect((await readAll(again.log, asked)).events).toHaveLength(1024)
    // each is decoded, and those whose turn comes after that are known by then
    expect(stats.runsTouched).toBeGreaterThan(5)
    expect(stats.runsTouched + stats.runsSkipped).toBe(10)
    await again.log.maintain()
    Object.assign(stats, { runsTouched: 0, runsSkipped: 0 })
    expect((await readAll((await again.reopen()).log, asked)).events).toHaveLength(1024)
    expect(stats).toEqual({ runsTouched: 1, runsSkipped: 9 })
  })

  it('of one run read and saved do not pass for those of its neighbours', async () => {
    const device = await million()
    device.disk.tables.get('summaries')?.clear()
    let again = await device.reopen()
    // only the newest run is read; then something makes the record be written
    await readAll(again.log, { filter: { type: 'all' }, order: 'desc', limit: 1 })
    await publish(again.log, drafts(1024, 'more'))
    await again.log.maintain()
    again = await again.reopen()
    const stats = { runsTouched: 0, runsSkipped: 0 }
    await readAll(again.log, { filter: { type: 'tag', tag: 'never' }, stats })
    expect(stats).toEqual({ runsTouched: 0, runsSkipped: 11 })
  })

  it('there are none for small runs', async () => {
    const device = await openDevice()
    await publish(device.log, drafts(5))
    device.clock.pass(tailIdleSeal)
    await device.log.maintain()
    expect(device.disk.tables.get('summaries')?.size).toBe(0)
    expect(at((await readAll(device.log)).events, 4).offset).toBe(4)
  })
})
