/** RULES 2, 3: what is hashed is what happened, not how it is packed; and how the author packs. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  runEventsMax,
  runPayloadCharsSeal,
  sealEventsSmall,
  tailIdleSeal,
  tailRunsSeal,
} from '../../src/core/limits.ts'
import type { AppId } from '../../src/core/event.ts'
import { cryptBase64 } from '../../src/core/node-id.ts'
import { chainsOf, isSealed, parseRun, readRun } from '../../src/log/run.ts'
import { emptyChain } from '../../src/log/row.ts'
import type { Device } from './fixture.ts'
import {
  at,
  drafts,
  headersOf,
  makeStream,
  newSigner,
  openDevice,
  payloads,
  publish,
  readAll,
  recordsOf,
} from './fixture.ts'
import { publication } from './payload.ts'

/** Chain digest at the end of every commit, computed from what the records hold. */
const chains = async (device: Device): Promise<Map<number, string>> => {
  const found = new Map<number, string>()
  for (const record of await recordsOf(device.log, device.stream)) {
    const run = parseRun(record)
    for (const { end, chain } of await chainsOf(await readRun(run), run.header.chainBefore))
      found.set(end, cryptBase64(chain))
    expect(found.get(run.header.from + run.header.count)).toBe(cryptBase64(run.header.chainAfter))
  }
  return found
}

const idle = async (device: Device): Promise<void> => {
  device.clock.pass(tailIdleSeal)
  await device.log.maintain()
}

const counts = async (device: Device): Promise<string> =>
  (await headersOf(device.log, device.stream))
    .map((header) => `${isSealed(header) ? 's' : 'r'}${header.count}`)
    .join(' ')

describe('RULES 2: the content chain does not depend on packing', () => {
  it('small runs, seals and seals of seals agree at the end of every commit', async () => {
    const through = fc.asyncProperty(fc.array(publication, { minLength: 1, maxLength: 6 }), async (publications) => {
      const device = await openDevice()
      for (const events of publications) await publish(device.log, events)
      const small = await chains(device)
      expect(small.size).toBe(publications.length)
      for (let round = 0; round < 2; round++) {
        for (let filler = 0; filler < tailRunsSeal; filler++) await publish(device.log, drafts(1))
        const before = await chains(device)
        await idle(device)
        expect(await counts(device)).toMatch(/^s\d+$/)
        expect(await chains(device)).toEqual(before)
        for (const [end, chain] of small) expect(before.get(end)).toBe(chain)
      }
      expect((await readAll((await device.reopen()).log)).gaps).toEqual([])
    })
    await fc.assert(through, { numRuns: 6, endOnFailure: true })
  })

  it('each part of an event is covered: lamport, time, tags, app id, payload, and where one event ends', async () => {
    const author = await newSigner()
    const { rows } = await makeStream(author, 1, 2)
    const { chainOver } = await import('../../src/log/row.ts')
    const [first, second] = [at(rows, 0), at(rows, 1)]
    const variants = [
      rows,
      [{ ...first, lamport: first.lamport + 2 ** 32 }, second],
      [{ ...first, timestamp: first.timestamp + 2 ** 32 }, second],
      [{ ...first, tags: [] }, second],
      [{ ...first, tags: ['t', 'ag'] }, second],
      [{ ...first, appId: 'com.example.tes' as typeof first.appId }, second],
      [{ ...first, shape: '{"n":\n }' }, second],
      [second, first],
      [first],
    ]
    const digests = await Promise.all(
      variants.map(async (variant) => cryptBase64(await chainOver(emptyChain, variant))),
    )
    expect(new Set(digests).size).toBe(variants.length)
    // how a payload was shredded does not matter
    const whole = { ...first, shape: '\n', leaves: ['{"n":0}'] }
    expect(cryptBase64(await chainOver(emptyChain, [whole, second]))).toBe(digests[0])
  })

  it('has the bytes the rule says', async () => {
    const { rowsBytes } = await import('../../src/log/row.ts')
    const { rows } = await makeStream(await newSigner(), 1, 1)
    const row = {
      ...at(rows, 0),
      lamport: 2 ** 33 + 5,
      timestamp: 2 ** 40 + 7,
      tags: ['é', 'b'],
      shape: '\n',
      leaves: ['1'],
    }
    expect([...rowsBytes([row])]).toEqual([
      ...[0, 0, 0, 2, 0, 0, 0, 5],
      ...[0, 0, 1, 0, 0, 0, 0, 7],
      ...[0, 0, 0, 2],
      ...[0, 0, 0, row.appId.length],
      ...[0, 0, 0, 1],
      // the lengths of the tags, then all texts
      ...[0, 0, 0, 1],
      ...[0, 0, 0, 1],
      ...new TextEncoder().encode(`éb${row.appId}1`),
    ])
    // what one text gives away the next must not be able to take
    const other = { ...row, tags: ['éb', row.appId.slice(0, 1)], appId: row.appId.slice(1) as AppId }
    expect([...rowsBytes([other])]).not.toEqual([...rowsBytes([row])])
  })
})

describe('how the author packs', () => {
  it('seals at 1,024 events; what is beyond stays a tail', async () => {
    const device = await openDevice()
    for (let count = 0; count < 6; count++) await publish(device.log, drafts(300, 'tag', 300 * count))
    expect(await counts(device)).toBe('s900 r300 r300 r300')
    expect(await payloads(device.log)).toHaveLength(1800)
  })

  it('seals when much text has gathered, though few events', async () => {
    const device = await openDevice()
    const wide = { tags: [], payload: 'x'.repeat(60_000) }
    for (let count = 0; count < 30; count++) await publish(device.log, [wide])
    const headers = await headersOf(device.log, device.stream)
    expect(isSealed(at(headers, 0))).toBe(true)
    for (const { rawSize } of headers) expect(rawSize).toBeLessThan(3 * runPayloadCharsSeal)
    expect((await payloads(device.log)).length).toBe(30)
  })

  it('a large publication becomes full seals at once, also behind a tail', async () => {
    const device = await openDevice()
    await publish(device.log, drafts(3))
    await publish(device.log, drafts(2500, 'tag', 3))
    expect(await counts(device)).toBe('s3 s1024 s1024 r452')
    expect(await payloads(device.log)).toEqual([
      ...drafts(3).map(({ payload }) => JSON.stringify(payload)),
      ...drafts(2500, 'tag', 3).map(({ payload }) => JSON.stringify(payload)),
    ])
  })

  it('an idle tail of many runs is sealed, a short one or a busy one is not', async () => {
    const device = await openDevice()
    for (let count = 1; count < tailRunsSeal; count++) await publish(device.log, drafts(1))
    await idle(device)
    expect(device.log.status().sealedRuns).toBe(0)
    await publish(device.log, drafts(1))
    device.clock.pass(tailIdleSeal - 1)
    await device.log.maintain()
    expect(device.log.status().sealedRuns).toBe(0)
    device.clock.pass(1)
    await device.log.maintain()
    expect(device.log.status()).toMatchObject({ runs: 1, sealedRuns: 1, events: tailRunsSeal })
  })

  it('a small seal is merged with what follows, whole, until it is not small any more', async () => {
    const device = await openDevice()
    const round = async (size: number): Promise<string> => {
      for (let count = 0; count < tailRunsSeal; count++) await publish(device.log, drafts(size))
      await idle(device)
      return counts(device)
    }
    expect(await round(1)).toBe('s64')
    expect(await round(5)).toBe('s384')
    expect(await round(4)).toBe('s640')
    expect(640).toBeGreaterThan(sealEventsSmall)
    expect(await round(1)).toBe('s640 s64')
    expect(await round(2)).toBe('s640 s192')
    const other = await openDevice()
    const answers = await other.log.ingest(await recordsOf(device.log, device.stream))
    expect(answers.map(({ type }) => type)).toEqual(['stored', 'stored'])
  })

  it('a node that followed small runs takes every later packing (RULES 3: laminar)', async () => {
    const device = await openDevice()
    const other = await openDevice()
    const follow = async (): Promise<string[]> =>
      (await other.log.ingest(await recordsOf(device.log, device.stream))).map(({ type }) => type)
    for (let round = 0; round < 4; round++) {
      for (let count = 0; count < tailRunsSeal; count++) await publish(device.log, drafts(1 + (count % 4)))
      expect(new Set(await follow())).not.toContain('evidence')
      await idle(device)
      const answers = await follow()
      expect(answers).toContain('replaced')
      expect(answers).not.toContain('evidence')
      expect(other.log.heads().get(device.stream)).toEqual(device.log.heads().get(device.stream))
      expect(other.log.status().runs).toBe(device.log.status().runs)
    }
    expect(await payloads(other.log)).toEqual(await payloads(device.log))
  })

  it('events written while a seal is made are not lost; a seal that fails leaves the tail', async () => {
    const device = await openDevice()
    for (let count = 0; count < tailRunsSeal; count++) await publish(device.log, drafts(1, 'tag', count))
    device.clock.pass(tailIdleSeal)
    device.disk.fate = (writes) => (writes.some(({ type }) => type === 'deleteRange') ? 'full' : 'commit')
    await expect(device.log.maintain()).rejects.toMatchObject({ code: 'ERR_STORE_FULL' })
    expect(device.log.status()).toMatchObject({ runs: tailRunsSeal, sealedRuns: 0 })
    device.disk.fate = () => 'commit'
    await Promise.all([device.log.maintain(), publish(device.log, drafts(1, 'tag', tailRunsSeal))])
    expect(await counts(device)).toBe('s64 r1')
    for (const { log } of [device, await device.reopen()])
      expect(await payloads(log)).toEqual(drafts(tailRunsSeal + 1).map(({ payload }) => JSON.stringify(payload)))
  })

  it('a full store in the middle of much that is published: what was acknowledged is there, and it goes on', async () => {
    const device = await openDevice()
    let commits = 0
    device.disk.fate = () => (++commits % 2 === 0 ? 'full' : 'commit')
    const answers = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) => publish(device.log, drafts(100, 'tag', 100 * index))),
    )
    const stored = answers.flatMap((answer, index) => (answer.status === 'fulfilled' ? [index] : []))
    expect(stored.length).toBeGreaterThan(0)
    expect(stored.length).toBeLessThan(60)
    device.disk.fate = () => 'commit'
    await publish(device.log, drafts(1, 'after'))
    const wanted = [...stored.flatMap((index) => drafts(100, 'tag', 100 * index)), ...drafts(1)]
    for (const { log } of [device, await device.reopen()]) {
      const { events, gaps } = await readAll(log)
      expect(gaps).toEqual([])
      expect(events.map(({ offset }) => offset)).toEqual(wanted.map((_, index) => index))
      expect(events.map(({ payload }) => payload).sort()).toEqual(
        wanted.map(({ payload }) => JSON.stringify(payload)).sort(),
      )
    }
  })

  it('no run has more events than a header may say', async () => {
    const device = await openDevice()
    await Promise.all(Array.from({ length: 50 }, () => publish(device.log, drafts(77))))
    for (const { count } of await headersOf(device.log, device.stream)) expect(count).toBeLessThanOrEqual(runEventsMax)
    expect(device.log.status().events).toBe(3850)
  })
})
