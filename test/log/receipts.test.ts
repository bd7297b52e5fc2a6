/** RULES 9: a client that never saw the answer asks again, and nothing is written twice. */
import { describe, expect, it } from 'vitest'
import { receiptAgeMax, receiptsMax, tailIdleSeal } from '../../src/core/limits.ts'
import { createManualClock } from '../api/manual-clock.ts'
import type { Device } from './fixture.ts'
import { at, drafts, openDevice, payloads, publish, readAll, start } from './fixture.ts'

const receiptAt = (device: Device, name: string, ms = 0): string =>
  `${Math.floor(device.clock.now() / 1000) + ms}-${name}`

describe('RULES 9: receipts', () => {
  it('asked again, before and after the answer, after a restart, after a seal: the same answer, nothing written', async () => {
    let device = await openDevice()
    const receipt = receiptAt(device, 'one')
    const [first, twin] = await Promise.all([1, 2].map(() => publish(device.log, drafts(3), { receipt })))
    expect(twin).toEqual(first)
    expect(await publish(device.log, drafts(3), { receipt })).toEqual(first)
    device = await device.reopen()
    expect(await publish(device.log, drafts(3), { receipt })).toEqual(first)
    for (let count = 0; count < 64; count++) await publish(device.log, drafts(1, 'filler'))
    device.clock.pass(tailIdleSeal)
    await device.log.maintain()
    expect(device.log.status().sealedRuns).toBe(1)
    expect(await publish(device.log, drafts(3), { receipt })).toEqual(first)
    device = await device.reopen()
    device.clock.pass(1)
    expect(await publish(device.log, drafts(3), { receipt })).toEqual(first)
    expect(await payloads(device.log, { filter: { type: 'tag', tag: 'tag' } })).toHaveLength(3)
  })

  it('those of a seal that takes in the one before it stand beside those of that one', async () => {
    let device = await openDevice()
    const answers = new Map<string, unknown>()
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < 64; count++) {
        // all made at the same time, as far as they say
        const receipt = `${Math.floor(start / 1000)}-${round}.${count}`
        answers.set(receipt, await publish(device.log, drafts(1), { receipt }))
      }
      device.clock.pass(tailIdleSeal)
      await device.log.maintain()
    }
    expect(device.log.status()).toMatchObject({ runs: 1, sealedRuns: 1 })
    device = await device.reopen()
    for (const [receipt, answer] of answers) expect(await publish(device.log, drafts(1), { receipt })).toEqual(answer)
    expect(device.log.status().events).toBe(192)
  })

  it('of a publication that went into several streams and several runs', async () => {
    const routes = [{ filter: { type: 'tag', tag: 'b' } as const, streamNumber: 4 }]
    const device = await openDevice({ routing: { routes, retention: new Map() } })
    const receipt = receiptAt(device, 'many')
    const mixed = drafts(2200).map((draft, index) => ({ ...draft, tags: [index % 3 === 0 ? 'b' : 'a'] }))
    const first = await publish(device.log, mixed, { receipt })
    const again = await device.reopen()
    expect(await publish(again.log, mixed, { receipt })).toEqual(first)
    const { events } = await readAll(again.log)
    expect(events).toHaveLength(2200)
    const places = new Map(events.map((event) => [`${event.stream}/${event.offset}`, event.payload]))
    first.forEach(({ stream, offset }, index) =>
      expect(places.get(`${stream}/${offset}`)).toBe(JSON.stringify(at(mixed, index).payload)),
    )
  })

  it('made by a clock that runs ahead, or that is set back afterwards', async () => {
    for (const ahead of [60_000, -60_000]) {
      const device = await openDevice()
      const receipt = receiptAt(device, 'elsewhere', ahead)
      const first = await publish(device.log, drafts(1), { receipt })
      for (const clock of [createManualClock(start + 5_000_000), createManualClock(start - 3_600_000_000)]) {
        const again = await device.reopen({ clock })
        expect(await publish(again.log, drafts(1), { receipt })).toEqual(first)
      }
    }
  })

  it('beside a damaged run: outcome unknown, rather than twice; also once the run was left behind by a seal, or repaired', async () => {
    let device = await openDevice()
    const receipt = receiptAt(device, 'damaged')
    await publish(device.log, drafts(1), { receipt })
    const record = (await device.log.run(device.stream, 0)) ?? new Uint8Array()
    const runs = device.disk.tables.get('runs')
    const [key, value] = at([...(runs ?? [])], 0)
    runs?.set(
      key,
      value.map((byte, index) => (index === value.length - 1 ? byte ^ 1 : byte)),
    )
    device.clock.pass(1000)
    device = await device.reopen()
    const unknown = { code: 'ERR_OUTCOME_UNKNOWN' }
    await expect(publish(device.log, drafts(1), { receipt })).rejects.toMatchObject(unknown)
    for (let count = 0; count < 64; count++) await publish(device.log, drafts(1, 'filler'))
    device.clock.pass(tailIdleSeal)
    await device.log.maintain()
    expect(device.log.status().sealedRuns).toBe(1)
    device = await device.reopen()
    await expect(publish(device.log, drafts(1), { receipt })).rejects.toMatchObject(unknown)
    expect(await device.log.ingest([record])).toMatchObject([{ type: 'replaced' }])
    for (const { log } of [device, await device.reopen()])
      await expect(publish(log, drafts(1), { receipt })).rejects.toMatchObject(unknown)
    // later ones are as good as ever
    expect(await publish((await device.reopen()).log, drafts(1), { receipt: receiptAt(device, 'later') })).toHaveLength(
      1,
    )
  })

  it('kept 7 days, then the outcome is unknown; one that was never used is not taken for an old one', async () => {
    let device = await openDevice()
    const receipt = receiptAt(device, 'old')
    const first = await publish(device.log, drafts(1), { receipt })
    for (let count = 0; count < 64; count++) await publish(device.log, drafts(1, 'filler'))
    device.clock.pass(tailIdleSeal)
    await device.log.maintain()
    device.clock.pass(receiptAgeMax - tailIdleSeal)
    await device.log.maintain()
    expect(await publish(device.log, drafts(1), { receipt })).toEqual(first)
    device.clock.pass(tailIdleSeal)
    await device.log.maintain()
    const unknown = { code: 'ERR_OUTCOME_UNKNOWN' }
    await expect(publish(device.log, drafts(1), { receipt })).rejects.toMatchObject(unknown)
    device = await device.reopen()
    await expect(publish(device.log, drafts(1), { receipt })).rejects.toMatchObject(unknown)
    const between = `${Math.floor(start / 1000) + 1000}-never used`.replace(' ', '-')
    await expect(publish(device.log, drafts(1), { receipt: between })).resolves.toHaveLength(1)
  })

  it('that stand by themselves likewise: of a clock ahead, and of a publication that was sealed at once', async () => {
    const device = await openDevice()
    const publications = [
      { receipt: receiptAt(device, 'ahead', 5000), count: 1 },
      { receipt: receiptAt(device, 'large'), count: 1024 },
    ]
    for (const { receipt, count } of publications) await publish(device.log, drafts(count), { receipt })
    device.clock.pass(receiptAgeMax + 10_000)
    await device.log.maintain()
    for (const { receipt, count } of publications) {
      const again = publish(device.log, drafts(count), { receipt })
      await expect(again).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN' })
    }
  })

  it(`at most ${receiptsMax} are kept: the oldest go first`, async () => {
    let device = await openDevice()
    const receipts = device.disk.tables.get('receipts')
    const ms = Math.floor(start / 1000)
    for (let count = 0; count <= receiptsMax; count++)
      receipts?.set(
        `r/${String(ms - receiptsMax + count).padStart(16, '0')}-x`,
        new Uint8Array([0x84, 0, 0x80, 0x80, 0]),
      )
    device = await device.reopen()
    await device.log.maintain()
    expect(receipts?.size).toBe(receiptsMax)
    const publication = (madeAt: number) => publish(device.log, drafts(1), { receipt: `${madeAt}-x` })
    await expect(publication(ms - receiptsMax)).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN' })
    await expect(publication(ms - receiptsMax + 1)).resolves.toEqual([])
  })

  it.each(['', '-x', '12', '12-', 'x-12', '012-x', '12-ü', `12-${'x'.repeat(85)}`, '1234567890123456-x', '12-a b'])(
    'what is none is refused: %j',
    async (receipt) => {
      const { log } = await openDevice()
      await expect(publish(log, drafts(1), { receipt })).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' })
      expect(log.present()).toEqual({})
    },
  )

  it('a publication that failed may be tried again under the same receipt', async () => {
    const device = await openDevice()
    const receipt = receiptAt(device, 'again')
    device.disk.fate = () => 'full'
    await expect(publish(device.log, drafts(1), { receipt })).rejects.toMatchObject({ code: 'ERR_STORE_FULL' })
    device.disk.fate = () => 'commit'
    expect(await publish(device.log, drafts(1), { receipt })).toHaveLength(1)
    expect(await payloads(device.log)).toHaveLength(1)
  })
})
