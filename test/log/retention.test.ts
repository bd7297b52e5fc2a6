/** RULES 8, 11: ephemeral streams let go of their front, by whole seals, and say so. */
import { describe, expect, it } from 'vitest'
import { streamOf } from '../../src/core/node-id.ts'
import type { Retention, Routing } from '../../src/log/context.ts'
import { parseRun } from '../../src/log/run.ts'
import { createManualClock } from '../api/manual-clock.ts'
import type { Device } from './fixture.ts'
import { drafts, makeStream, newSigner, openDevice, payloads, publish, readAll, recordsOf, start } from './fixture.ts'

const number = 4
const routingOf = (limits: Retention | undefined): Routing => ({
  routes: [{ filter: { type: 'tag', tag: 'short' }, streamNumber: number }],
  retention: new Map(limits === undefined ? [] : [[number, limits]]),
})
const ephemeral = (device: Device) => streamOf(device.signer.id, number)

/** Six blocks of 1,024 events, an hour apart, in an ephemeral stream; ten events in a permanent one. */
const populated = async (limits: Retention): Promise<Device> => {
  const device = await openDevice({ routing: routingOf(limits) })
  await publish(device.log, drafts(10, 'long'))
  for (let count = 0; count < 6; count++) {
    await publish(device.log, drafts(1024, 'short', 1024 * count))
    device.clock.pass(3_600_000)
  }
  return device
}

describe('RULES 8: retention', () => {
  it.each<[string, Retention, number]>([
    ['maxEvents keeps at least so many', { eventsMax: 2000 }, 4],
    ['maxEvents, to the event', { eventsMax: 2048 }, 4],
    ['maxAge: what is older goes', { ageMax: 3.5 * 3_600_000 }, 3],
    ['maxSize: until it fits', { bytesMax: 1 }, 5],
    ['the strictest counts', { eventsMax: 5000, ageMax: 1.5 * 3_600_000 }, 5],
    ['nothing to do', { eventsMax: 100_000, bytesMax: 1e9, ageMax: 1e12 }, 0],
  ])('%s', async (_, limits, blocks) => {
    const device = await populated(limits)
    await device.log.maintain()
    const base = 1024 * blocks
    for (const { log } of [device, await device.reopen()]) {
      expect(log.heads().get(ephemeral(device))).toMatchObject({ from: base, count: 6144 })
      expect(log.present()).toEqual({ [device.stream]: 9, [ephemeral(device)]: 6143 })
      const { events, gaps } = await readAll(log, { filter: { type: 'tag', tag: 'short' } })
      expect(gaps).toEqual([])
      expect(events).toHaveLength(6144 - base)
      expect(events[0]?.offset).toBe(base)
      expect(await payloads(log, { filter: { type: 'tag', tag: 'long' } })).toHaveLength(10)
    }
    expect(device.reports.some(({ code }) => code === 'RETENTION')).toBe(blocks > 0)
  })

  it('a cursor below what is left gets a gap; one above it does not', async () => {
    const device = await populated({ eventsMax: 2000 })
    await device.log.maintain()
    const stream = ephemeral(device)
    const from = async (offset: number) => readAll(device.log, { lowerBound: { [device.stream]: 9, [stream]: offset } })
    expect((await from(99)).gaps).toEqual([
      { type: 'gap', stream, from: 100, count: 3996, reason: expect.stringContaining('retention') as string },
    ])
    expect((await from(99)).events).toHaveLength(2048)
    expect((await from(4095)).gaps).toEqual([])
    expect((await from(-1)).gaps).toMatchObject([{ from: 0, count: 4096 }])
    const bounded = { lowerBound: { [stream]: 99 }, upperBound: { [stream]: 499 } }
    expect(await readAll(device.log, bounded)).toMatchObject({ gaps: [{ from: 100, count: 400 }], events: [] })
  })

  it('whole seals only: a tail stays, and the last run stays for ever', async () => {
    const device = await openDevice({ routing: routingOf({ eventsMax: 1 }) })
    await publish(device.log, drafts(5, 'short'))
    await device.log.maintain()
    expect(await payloads(device.log)).toHaveLength(5)
    await publish(device.log, drafts(1024, 'short'))
    await publish(device.log, drafts(2048, 'short'))
    await device.log.maintain()
    expect(device.log.heads().get(ephemeral(device))).toMatchObject({ from: 2053, count: 3077 })
    expect((await publish(device.log, drafts(1, 'short')))[0]?.offset).toBe(3077)
    const other = await openDevice()
    const answers = await other.log.ingest(await recordsOf(device.log, ephemeral(device), 2053))
    expect(answers.map(({ type }) => type)).toEqual(['stored', 'stored'])
  })

  it('offsets, lamports and the chain go on as if nothing had been let go', async () => {
    const whole = await populated({ eventsMax: 1e9 })
    const device = await populated({ eventsMax: 1 })
    await device.log.maintain()
    const again = await device.reopen()
    const [mine] = await publish(again.log, drafts(1, 'short'))
    const [theirs] = await publish(whole.log, drafts(1, 'short'))
    expect(mine).toMatchObject({ offset: theirs?.offset, lamport: theirs?.lamport })
  })

  it('the last seal may be merged with the tail after its front is gone', async () => {
    const device = await openDevice({ routing: routingOf({ eventsMax: 1 }) })
    await publish(device.log, drafts(1024, 'short'))
    for (let round = 0; round < 2; round++) {
      for (let count = 0; count < 64; count++) await publish(device.log, drafts(1, 'short'))
      device.clock.pass(60_000)
      await device.log.maintain()
    }
    expect(device.log.heads().get(ephemeral(device))).toMatchObject({ from: 1024, count: 1152, sealedTo: 1152 })
    expect((await readAll((await device.reopen()).log)).gaps).toEqual([])
  })

  it('a permanent stream is never touched, whatever its number is set to', async () => {
    const device = await openDevice({ routing: routingOf(undefined) })
    await publish(device.log, drafts(2048, 'short'))
    device.log.route(routingOf({ eventsMax: 1 }))
    await publish(device.log, drafts(10, 'short'))
    await device.log.maintain()
    expect(await payloads(device.log)).toHaveLength(2058)
    const flags = (await recordsOf(device.log, ephemeral(device))).map((record) => parseRun(record).header.flags & 2)
    expect(new Set(flags)).toEqual(new Set([0]))
  })

  it('an ephemeral stream stays ephemeral after its settings are gone', async () => {
    const device = await populated({ eventsMax: 1e9 })
    device.log.route(routingOf(undefined))
    await publish(device.log, drafts(1, 'short'))
    const again = await device.reopen({ routing: routingOf(undefined) })
    await publish(again.log, drafts(1, 'short'))
    const flags = (await recordsOf(again.log, ephemeral(device))).map((record) => parseRun(record).header.flags & 2)
    expect(new Set(flags)).toEqual(new Set([2]))
    const other = await openDevice()
    const answers = await other.log.ingest(await recordsOf(again.log, ephemeral(device)))
    expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(['stored']))
  })

  it('a failed write lets go of nothing', async () => {
    const device = await populated({ eventsMax: 1 })
    device.disk.fate = (writes) => (writes.some(({ type }) => type === 'deleteRange') ? 'full' : 'commit')
    await expect(device.log.maintain()).rejects.toMatchObject({ code: 'ERR_STORE_FULL' })
    expect((await readAll(device.log)).events).toHaveLength(6154)
    let asked = 0
    device.disk.fate = () => (++asked === 1 ? 'unknown-written' : 'commit')
    await device.log.maintain()
    expect(await readAll(device.log)).toMatchObject({ gaps: [] })
    expect(device.log.heads().get(ephemeral(device))).toMatchObject({ from: 5120, count: 6144 })
  })
})

describe('ephemeral streams of others', () => {
  it('are kept whole unless somebody says otherwise', async () => {
    const author = await newSigner()
    const device = await openDevice({ routing: { routes: [], retention: new Map([[0, { eventsMax: 1 }]]) } })
    const { seal } = await makeStream(author, 4, 2, { ephemeral: true })
    await device.log.ingest([(await seal(0, 2)).bytes, (await seal(2, 4)).bytes])
    await device.log.maintain()
    expect(await payloads(device.log)).toHaveLength(8)
    const asked: string[] = []
    device.log.route({
      routes: [],
      retention: new Map(),
      foreignRetention: (stream) => {
        asked.push(stream)
        return { eventsMax: 1 }
      },
    })
    await device.log.maintain()
    expect(asked).toEqual([streamOf(author.id, 0)])
    expect(await payloads(device.log)).toHaveLength(4)
  })
})

describe('RULES 11: age = min(run time, received at)', () => {
  it('an author whose clock runs ahead does not keep its events here for ever', async () => {
    const author = await newSigner()
    const device = await openDevice({
      clock: createManualClock(start - 365 * 86_400_000_000),
      routing: {
        routes: [],
        // the number of a stream is its author's: what this node keeps of its own stream 0 says nothing of another's
        retention: new Map([[0, { ageMax: 1 }]]),
        foreignRetention: (stream) => (stream === streamOf(author.id, 0) ? { ageMax: 3_600_000 } : undefined),
      },
    })
    const { seal, small } = await makeStream(author, 4, 2, { ephemeral: true })
    for (const run of [await seal(0, 2), await seal(2, 3), small[3]])
      if (run !== undefined) await device.log.ingest([run.bytes])
    device.clock.pass(3_599_000)
    await device.log.maintain()
    expect(await payloads(device.log)).toHaveLength(8)
    device.clock.pass(2000)
    const again = await device.reopen()
    await again.log.maintain()
    expect(again.log.heads().get(streamOf(author.id, 0))).toMatchObject({ from: 6, count: 8 })
  })
})
