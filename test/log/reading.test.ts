/** Reading in order over many streams, against a naive sort; bounds, limits, cursors, and what happens meanwhile. */
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EventFilter } from '../../src/core/event-filter.ts'
import { matches } from '../../src/core/event-filter.ts'
import type { LogEvent, OffsetMap, StreamId } from '../../src/core/event.ts'
import { compareKeys } from '../../src/core/event.ts'
import { tailIdleSeal } from '../../src/core/limits.ts'
import type { Device } from './fixture.ts'
import {
  at,
  drafts,
  makeRun,
  makeStream,
  newSigner,
  openDevice,
  payloads,
  publish,
  readAll,
  recordsOf,
  rowsFrom,
  start,
} from './fixture.ts'

const lossy = (events: readonly LogEvent[]): string[] => events.map(({ stream, offset }) => `${stream}/${offset}`)

/** Nine streams, own and foreign, sealed and small, with equal lamports across streams; also opened again, nothing in memory. */
const populated = async (): Promise<{ readonly devices: readonly Device[]; readonly events: readonly LogEvent[] }> => {
  const routes = [4, 5].map((streamNumber) => ({
    filter: { type: 'tag', tag: `route-${streamNumber}` } as const,
    streamNumber,
  }))
  const device = await openDevice({ routing: { routes, retention: new Map() } })
  for (let count = 0; count < 70; count++) {
    await publish(device.log, [
      { tags: ['own', `mod-${count % 7}`], payload: count },
      ...(count % 2 === 0 ? [{ tags: ['own', 'route-4'], payload: count }] : []),
      ...(count % 3 === 0 ? [{ tags: ['route-5', count === 33 ? 'rare' : 'usual'], payload: count }] : []),
    ])
    device.clock.pass(1)
  }
  device.clock.pass(tailIdleSeal)
  await device.log.maintain()
  for (let author = 0; author < 6; author++) {
    const signer = await newSigner()
    let chainBefore: Uint8Array = new Uint8Array(32)
    let lamport = author
    for (let run = 0, from = 0; run < 5; run++) {
      const events = Array.from({ length: 1 + ((author * 5 + run * 3) % 9) }, (_, index) => ({
        tags: ['foreign', `mod-${(run + index) % 7}`],
        lamport: (lamport += 1 + ((author + index) % 3)),
        timestamp: start + ((run * 7919 + index * 31) % 1000) * 100,
      }))
      const made = await makeRun(signer, { rows: rowsFrom(events, 0), from, chainBefore, sealed: run % 2 === 0 })
      await device.log.ingest([made.bytes])
      chainBefore = made.header.chainAfter
      from += events.length
    }
  }
  const { events } = await readAll(device.log, { order: 'stream-asc' })
  return { devices: [device, await device.reopen()], events }
}

let world: Awaited<ReturnType<typeof populated>>
beforeAll(async () => {
  world = await populated()
})

const filterOf = (streams: readonly StreamId[]): fc.Arbitrary<EventFilter> => {
  const place = fc.record({ lamport: fc.integer({ min: 0, max: 160 }), stream: fc.constantFrom(...streams) })
  const time = fc.integer({ min: start, max: start + 100_000 })
  return fc.letrec<{ filter: EventFilter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<EventFilter>({ type: 'all' }, { type: 'none' }),
      fc
        .constantFrom('own', 'foreign', 'rare', 'usual', 'never', 'mod-0', 'mod-3', 'route-4')
        .map((tag): EventFilter => ({ type: 'tag', tag })),
      fc.constantFrom(...streams).map((stream): EventFilter => ({ type: 'node', node: stream.slice(0, 43) as never })),
      fc.tuple(place, place).map(([from, to]): EventFilter => ({ type: 'keyRange', from, to })),
      place.map((to): EventFilter => ({ type: 'keyRange', to })),
      fc.tuple(time, time).map(([from, to]): EventFilter => ({ type: 'timeRange', from, to })),
      fc
        .constantFrom('com.example.test', 'com.other')
        .map((appId): EventFilter => ({ type: 'appId', appId: appId as never })),
      fc.array(tie('filter'), { maxLength: 3 }).map((of): EventFilter => ({ type: 'and', of })),
      fc.array(tie('filter'), { maxLength: 3 }).map((of): EventFilter => ({ type: 'or', of })),
    ),
  })).filter
}

describe('ordered reading', () => {
  it('the world has what it takes', () => {
    const streams = new Set(world.events.map(({ stream }) => stream))
    expect(streams.size).toBe(9)
    const lamports = world.events.map(({ lamport }) => lamport)
    expect(new Set(lamports).size).toBeLessThan(lamports.length)
    expect(world.devices[0]?.log.status().sealedRuns).toBeGreaterThan(10)
  })

  it('asc, desc and stream-asc, filtered, bounded and limited, are what a naive sort says', async () => {
    const streams = [...new Set(world.events.map(({ stream }) => stream))]
    const bounds = fc.dictionary(fc.constantFrom(...streams), fc.integer({ min: -1, max: 40 }), { maxKeys: 9 })
    const question = fc.record({
      filter: filterOf(streams),
      order: fc.constantFrom('asc' as const, 'desc' as const, 'stream-asc' as const),
      lower: fc.option(bounds, { nil: undefined }),
      upper: fc.option(bounds, { nil: undefined }),
      limit: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
      device: fc.constantFrom(...world.devices),
    })
    const sorted = fc.asyncProperty(question, async ({ filter, order, lower, upper, limit, device }) => {
      const wanted = world.events
        .filter((event) => matches(filter, event))
        .filter(({ stream, offset }) => offset > (lower?.[stream] ?? -1))
        .filter(({ stream, offset }) => upper === undefined || offset <= (upper[stream] ?? -1))
        .toSorted((a, b) =>
          order === 'stream-asc'
            ? a.stream === b.stream
              ? a.offset - b.offset
              : a.stream < b.stream
                ? -1
                : 1
            : compareKeys(a, b) * (order === 'desc' ? -1 : 1),
        )
        .slice(0, limit)
      const options = {
        ...(lower && { lowerBound: lower as OffsetMap }),
        ...(upper && { upperBound: upper as OffsetMap }),
        ...(limit !== undefined && { limit }),
      }
      const { events, gaps } = await readAll(device.log, { filter, order, ...options })
      expect(gaps).toEqual([])
      expect(lossy(events)).toEqual(lossy(wanted))
    })
    await fc.assert(sorted, { numRuns: 150, endOnFailure: true })
  })

  it('no event shares its key with another (RULES 10)', () => {
    const keys = world.events.map(({ lamport, stream }) => `${lamport}/${stream}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('newest answers the key of the last match at or below a bound', async () => {
    const { log } = at(world.devices, 1)
    const present = log.present()
    const rare = world.events.find(({ tags }) => tags.includes('rare'))
    expect(await log.newest({ type: 'tag', tag: 'rare' }, present)).toEqual({
      lamport: rare?.lamport,
      stream: rare?.stream,
    })
    expect(await log.newest({ type: 'tag', tag: 'never' }, present)).toBeUndefined()
    expect(await log.newest({ type: 'all' }, {})).toBeUndefined()
    const before = { ...present, [rare?.stream ?? '']: (rare?.offset ?? 0) - 1 }
    expect(await log.newest({ type: 'tag', tag: 'rare' }, before)).toBeUndefined()
  })

  it('what is published while one reads is left out; the bounds were taken at the beginning', async () => {
    const { log } = await openDevice()
    await publish(log, drafts(600))
    const seen: string[] = []
    for await (const batch of log.read({ filter: { type: 'all' }, order: 'asc' })) {
      if (batch.type === 'events') seen.push(...batch.events.map(({ payload }) => payload))
      await publish(log, drafts(10, 'late'))
    }
    expect(seen).toHaveLength(600)
  })

  it('an abort ends it, before, within and after', async () => {
    const { log } = await openDevice()
    await publish(log, drafts(2000))
    for (const batchesMax of [0, 1, 3]) {
      const controller = new AbortController()
      let batches = 0
      if (batchesMax === 0) controller.abort()
      for await (const batch of log.read({ filter: { type: 'all' }, order: 'asc', signal: controller.signal })) {
        expect(batch.type).toBe('events')
        if (++batches === batchesMax) controller.abort()
      }
      expect(batches).toBe(batchesMax)
    }
  })

  it('a reader that stops early leaves nothing behind, and batches are bounded', async () => {
    const { log } = await openDevice()
    await publish(log, drafts(5000))
    for await (const batch of log.read({ filter: { type: 'all' }, order: 'desc' })) {
      expect(batch.type === 'events' ? batch.events.length : 0).toBeLessThanOrEqual(256)
      break
    }
    expect(await payloads(log, { limit: 3 })).toEqual(['{"n":0}', '{"n":1}', '{"n":2}'])
  })

  it('cursors go on while the author seals beneath them', async () => {
    for (const order of ['asc', 'desc', 'stream-asc'] as const) {
      let device = await openDevice()
      for (let count = 0; count < 300; count++) await publish(device.log, drafts(3, 'tag', 3 * count))
      device = await device.reopen()
      const reader = device.log.read({ filter: { type: 'all' }, order })[Symbol.asyncIterator]()
      const seen: string[] = []
      for (let batches = 0; ; batches++) {
        const [next] = await Promise.all([
          reader.next(),
          batches === 0
            ? (device.clock.pass(tailIdleSeal), device.log.maintain())
            : publish(device.log, drafts(40, 'late')),
        ])
        if (next.done === true) break
        if (next.value.type === 'gap') throw new Error(next.value.reason)
        seen.push(...next.value.events.map(({ payload }) => payload))
      }
      expect(device.log.status().sealedRuns).toBeGreaterThan(0)
      expect(order === 'desc' ? seen.toReversed() : seen).toEqual(
        drafts(900).map(({ payload }) => JSON.stringify(payload)),
      )
    }
  })

  it('a run that is replaced while it is being fetched is looked up again', async () => {
    for (const order of ['asc', 'desc'] as const) {
      let device = await openDevice()
      const { small, seal } = await makeStream(await newSigner(), 64, 1)
      await device.log.ingest(small.map(({ bytes }) => bytes))
      device = await device.reopen()
      let letGo: () => void = () => {}
      const fetching = new Promise<void>((resolve) => (letGo = resolve))
      let asked = 0
      device.disk.delay = () => (asked++ === 0 ? fetching : undefined)
      const reading = payloads(device.log, { order })
      await device.log.ingest([(await seal(0, 64)).bytes])
      expect(device.log.status()).toMatchObject({ runs: 1, sealedRuns: 1 })
      letGo()
      const seen = await reading
      expect(order === 'desc' ? seen.toReversed() : seen).toEqual(
        drafts(64).map(({ payload }) => JSON.stringify(payload)),
      )
      expect(device.log.status().quarantined).toEqual([])
    }
  })

  it('run() answers the record that holds an offset, and nothing beyond', async () => {
    const { log, stream } = await openDevice()
    await publish(log, drafts(3))
    await publish(log, drafts(2))
    const records = await recordsOf(log, stream)
    expect(records).toHaveLength(2)
    for (const offset of [0, 1, 2]) expect(await log.run(stream, offset)).toEqual(at(records, 0))
    expect(await log.run(stream, 4)).toEqual(at(records, 1))
    expect(await log.run(stream, 5)).toBeUndefined()
    expect(await log.run(`${'a'.repeat(43)}-0` as StreamId, 0)).toBeUndefined()
  })
})
