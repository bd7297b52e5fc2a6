/** Bits flip. What is damaged is named, with stream and offsets; everything else is read, and the node goes on. */
import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../../src/core/event.ts'
import { tailIdleSeal } from '../../src/core/limits.ts'
import { readRunKey } from '../../src/log/run-key.ts'
import { parseRun } from '../../src/log/run.ts'
import type { Table } from '../../src/store/contract.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { copyMemoryDisk } from '../../src/store/memory.ts'
import { createRandom } from '../sim/random.ts'
import type { Random } from '../sim/random.ts'
import type { Device } from './fixture.ts'
import { at, drafts, makeStream, newSigner, openDevice, payloads, publish, readAll } from './fixture.ts'

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `{"n":${index}}`)

/** Changes some bytes of the record under `key`, or cuts it off. */
const flip = (disk: MemoryDisk, table: Table, key: string, random: Random): void => {
  const record = disk.tables.get(table)?.get(key)?.slice()
  if (record === undefined) throw new Error(`no ${key}`)
  if (random.chance(0.1)) {
    disk.tables.get(table)?.set(key, record.slice(0, random.between(0, record.length - 1)))
    return
  }
  for (let count = random.between(1, 4); count > 0; count--) {
    const place = random.between(0, record.length - 1)
    record.set([at([...record.subarray(place)], 0) ^ random.between(1, 255)], place)
  }
  disk.tables.get(table)?.set(key, record)
}

const keysOf = (disk: MemoryDisk, table: Table): string[] => [...(disk.tables.get(table)?.keys() ?? [])].sort()

const texts = (events: readonly LogEvent[]): string[] => events.map((event) => JSON.stringify(event)).sort()

/** Seals, small runs and foreign runs of both kinds; 300 own and 60 foreign events. */
const populated = async (): Promise<Device> => {
  const device = await openDevice()
  for (let round = 0; round < 3; round++) {
    for (let count = 0; count < 70; count++) await publish(device.log, drafts(1, `round${round}`, 70 * round + count))
    // larger than a small seal, so that it stays by itself
    await publish(device.log, drafts(500, `block${round}`, 1000 * (round + 1)))
    device.clock.pass(tailIdleSeal)
    await device.log.maintain()
  }
  for (let count = 0; count < 20; count++)
    await publish(device.log, drafts(1, 'tail', 210 + count), { receipt: `1-${count}` })
  const { small, seal } = await makeStream(await newSigner(), 20, 3)
  await device.log.ingest([await seal(0, 8), ...small.slice(8)].map(({ bytes }) => bytes))
  return device
}

describe('a damaged record', () => {
  it('of any kind, anywhere: opening works, everything else is read, the gap has a name', async () => {
    const whole = await populated()
    const everything = await readAll(whole.log)
    expect(everything.gaps).toEqual([])
    const keys = keysOf(whole.disk, 'runs')
    for (let seed = 1; seed <= 20; seed++) {
      const random = createRandom(seed)
      const device = await openDevice({ disk: copyMemoryDisk(whole.disk), signer: whole.signer, clock: whole.clock })
      const damaged = new Set(Array.from({ length: random.between(1, 4) }, () => random.pick(keys)))
      for (const key of damaged) flip(device.disk, 'runs', key, random)
      const { log, reports } = await device.reopen()
      const order = random.pick(['asc', 'desc', 'stream-asc'] as const)
      const { events, gaps } = await readAll(log, { order })
      const named = new Set(gaps.map(({ stream, from, count }) => `${stream}/${from}/${count}`))
      const hit = new Set(
        [...damaged]
          .flatMap((key) => readRunKey(key) ?? [])
          .map(({ stream, from, count }) => `${stream}/${from}/${count}`),
      )
      expect(named, `seed ${seed}`).toEqual(hit)
      const isLost = (stream: string, offset: number): boolean =>
        gaps.some((gap) => gap.stream === stream && gap.from <= offset && offset < gap.from + gap.count)
      const wanted = everything.events.filter(({ stream, offset }) => !isLost(stream, offset))
      expect(texts(events)).toEqual(texts(wanted))
      expect(log.status().quarantined).toHaveLength(damaged.size)
      const told = reports.filter(({ code }) => code === 'QUARANTINED').map(({ sentence }) => sentence)
      for (const { stream, from, count } of gaps)
        expect(
          told.some((sentence) => sentence.includes(stream) && sentence.includes(`${from} to ${from + count - 1}`)),
        ).toBe(true)
      // the bytes are kept for whoever wants to look
      expect(keysOf(device.disk, 'evidence').filter((key) => key.startsWith('damaged/'))).toHaveLength(damaged.size)
      // asked again, it says the same
      expect((await readAll(log)).gaps).toHaveLength(gaps.length)
    }
  })

  it('as the last of its own: the node goes on, and no offset, lamport or chain is used again', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      let device = await openDevice()
      for (let count = 0; count < 5; count++) await publish(device.log, drafts(2, 'tag', 2 * count))
      const head = device.log.heads().get(device.stream)
      flip(device.disk, 'runs', at(keysOf(device.disk, 'runs'), -1), createRandom(seed))
      device = await device.reopen()
      const [answer] = await publish(device.log, drafts(1, 'tag', 10))
      expect(answer).toMatchObject({ offset: 10, lamport: 11 })
      const { header } = parseRun((await device.log.run(device.stream, 10)) ?? new Uint8Array())
      expect(header.chainBefore).toEqual(head?.chain)
      for (let count = 0; count < 100; count++) await publish(device.log, drafts(1, 'tag', 11 + count))
      device.clock.pass(tailIdleSeal)
      await device.log.maintain()
      expect(device.log.status().sealedRuns).toBeGreaterThan(0)
      device = await device.reopen()
      const { events, gaps } = await readAll(device.log)
      expect(gaps).toMatchObject([{ stream: device.stream, from: 8, count: 2 }])
      expect(events.map(({ payload }) => payload)).toEqual(
        numbers(111).filter((_, index) => index !== 8 && index !== 9),
      )
    }
  })

  it('that is gone: named when it is missed, also between two that are there', async () => {
    let device = await openDevice()
    for (let count = 0; count < 5; count++) await publish(device.log, drafts(2, 'tag', 2 * count))
    device.disk.tables.get('runs')?.delete(at(keysOf(device.disk, 'runs'), 2))
    device = await device.reopen()
    expect(device.reports).toContainEqual({
      code: 'RECOVERY',
      sentence: expect.stringMatching(/4 to 5 .*missing/) as string,
    })
    expect((await readAll(device.log)).gaps).toMatchObject([{ from: 4, count: 2 }])
    expect((await publish(device.log, drafts(1)))[0]?.offset).toBe(10)
    // while it is open
    device.disk.tables.get('runs')?.delete(at(keysOf(device.disk, 'runs'), 0))
    expect((await readAll((await device.reopen()).log)).gaps).toMatchObject([
      { from: 0, count: 2 },
      { from: 4, count: 2 },
    ])
  })

  it('under another record’s key is not believed, signed though it is', async () => {
    let device = await openDevice()
    await publish(device.log, drafts(2))
    await publish(device.log, drafts(2, 'tag', 2))
    const runs = device.disk.tables.get('runs')
    const [first, second] = keysOf(device.disk, 'runs')
    const record = runs?.get(second ?? '')
    if (record !== undefined) runs?.set(first ?? '', record)
    device = await device.reopen()
    expect(await readAll(device.log)).toMatchObject({
      gaps: [{ from: 0, count: 2 }],
      events: [{ offset: 2 }, { offset: 3 }],
    })
  })

  it('with a key that is none of a run is left alone, and named', async () => {
    let device = await openDevice()
    await publish(device.log, drafts(2))
    for (const key of ['', 'x', `${device.stream}/1/2/3`, `zz${at(keysOf(device.disk, 'runs'), 0)}`])
      device.disk.tables.get('runs')?.set(key, new Uint8Array([1]))
    device = await device.reopen()
    expect(device.reports.filter(({ code }) => code === 'RECOVERY')).toHaveLength(4)
    expect(await payloads(device.log)).toEqual(numbers(2))
    expect(keysOf(device.disk, 'runs')).toHaveLength(5)
  })
})

describe('RULES 22: a damaged summary', () => {
  it('never hides an event: it is noticed, and made again when its runs are read', async () => {
    const whole = await populated()
    const keys = keysOf(whole.disk, 'summaries')
    expect(keys.length).toBeGreaterThanOrEqual(2)
    const all = await readAll(whole.log)
    const tags = [...new Set(all.events.flatMap(({ tags: of }) => of))]
    for (let seed = 1; seed <= 8; seed++) {
      const random = createRandom(seed)
      const disk = copyMemoryDisk(whole.disk)
      for (const key of keys) flip(disk, 'summaries', key, random)
      const { log, reports } = await openDevice({ disk, signer: whole.signer, clock: whole.clock })
      expect(reports.filter(({ code }) => code === 'RECOVERY')).toHaveLength(keys.length)
      for (const tag of tags) {
        const { events, gaps } = await readAll(log, { filter: { type: 'tag', tag } })
        expect(gaps).toEqual([])
        expect(texts(events)).toEqual(texts(all.events.filter((event) => event.tags.includes(tag))))
      }
      await log.maintain()
      const healed = await openDevice({ disk, signer: whole.signer, clock: whole.clock })
      expect(healed.reports).toEqual([])
    }
  })
})
