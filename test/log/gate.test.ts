/** The one gate for foreign bytes: what it takes, what it keeps as evidence, what it refuses, and in which order. */
import { beforeAll, describe, expect, it } from 'vitest'
import { lamportLeapMax } from '../../src/core/limits.ts'
import { streamOf } from '../../src/core/node-id.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import { emptyChain } from '../../src/log/row.ts'
import { parseRun } from '../../src/log/run.ts'
import {
  at,
  drafts,
  ingestOne,
  makeRun,
  makeStream,
  newSigner,
  openDevice,
  payloads,
  publish,
  readAll,
  rowsFrom,
} from './fixture.ts'

let author: Signer
beforeAll(async () => {
  author = await newSigner()
})

const stream = () => streamOf(author.id, 0)
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `{"n":${from + index}}`)

describe('RULES 4: order of arrival', () => {
  it('in order: stored, one after the other; again: known', async () => {
    const { small } = await makeStream(author, 3, 2)
    const { log } = await openDevice()
    for (const run of small) {
      expect(await ingestOne(log, run.bytes)).toEqual({
        type: 'stored',
        stream: stream(),
        from: run.header.from,
        count: 2,
      })
    }
    expect(await log.ingest(small.map(({ bytes }) => bytes))).toEqual(
      small.map(() => ({ type: 'known', stream: stream() })),
    )
    expect(await payloads(log)).toEqual(numbers(0, 6))
    expect(log.present()).toEqual({ [stream()]: 5 })
  })

  it('a later one first: a gap that says where to go on; nothing is kept of it', async () => {
    const { small } = await makeStream(author, 3, 2)
    const { log } = await openDevice()
    expect(await ingestOne(log, at(small, 1).bytes)).toEqual({ type: 'gap', stream: stream(), head: 0 })
    await ingestOne(log, at(small, 0).bytes)
    expect(await ingestOne(log, at(small, 2).bytes)).toEqual({ type: 'gap', stream: stream(), head: 2 })
    expect(await payloads(log)).toEqual(numbers(0, 2))
  })

  it('many in one batch are judged one after the other, twice the same one included', async () => {
    const { small } = await makeStream(author, 3, 1)
    const [first, second, third] = [at(small, 0).bytes, at(small, 1).bytes, at(small, 2).bytes]
    const { log } = await openDevice()
    const answers = await log.ingest([first, first, third, second, third])
    expect(answers.map(({ type }) => type)).toEqual(['stored', 'known', 'gap', 'stored', 'stored'])
    expect(await payloads(log)).toEqual(numbers(0, 3))
  })

  it('what was taken is forwarded byte for byte', async () => {
    const { small, seal } = await makeStream(author, 4, 3)
    const { log } = await openDevice()
    await log.ingest(small.map(({ bytes }) => bytes))
    expect(await log.run(stream(), 4)).toEqual(at(small, 1).bytes)
    const sealed = await seal(0, 3)
    await log.ingest([sealed.bytes])
    expect(await log.run(stream(), 4)).toEqual(sealed.bytes)
    expect(await log.run(stream(), 9)).toEqual(at(small, 3).bytes)
    expect(await log.run(stream(), 12)).toBeUndefined()
  })
})

describe('RULES 3, 4: seals replace what they contain', () => {
  it('holding 0–700 in small runs and receiving the seal 0–1,023 moves the head to 1,024', async () => {
    const { small, seal } = await makeStream(author, 128, 8)
    const device = await openDevice()
    await device.log.ingest(small.slice(0, 88).map(({ bytes }) => bytes))
    expect(device.log.heads().get(stream())).toMatchObject({ count: 704, sealedTo: 0 })
    const whole = await seal(0, 128)
    expect(await ingestOne(device.log, whole.bytes)).toEqual({
      type: 'replaced',
      stream: stream(),
      from: 0,
      count: 1024,
    })
    expect(device.log.heads().get(stream())).toEqual({
      from: 0,
      count: 1024,
      sealedTo: 1024,
      chain: whole.header.chainAfter,
    })
    expect(device.log.status()).toMatchObject({ runs: 1, sealedRuns: 1, events: 1024 })
    const again = await device.reopen()
    expect(again.log.status()).toMatchObject({ runs: 1, sealedRuns: 1, events: 1024 })
    expect(await payloads(again.log)).toEqual(numbers(0, 1024))
  })

  it('nested ones are dropped, whole or in part of what is held', async () => {
    const { small, seal } = await makeStream(author, 8, 2)
    const { log } = await openDevice()
    await ingestOne(log, (await seal(0, 8)).bytes)
    for (const run of [
      at(small, 0),
      at(small, 3),
      at(small, 7),
      await seal(0, 2),
      await seal(3, 8),
      await seal(0, 8),
    ]) {
      expect(await ingestOne(log, run.bytes)).toEqual({ type: 'known', stream: stream() })
    }
    expect(log.status()).toMatchObject({ runs: 1, sealedRuns: 1 })
  })

  it('a seal of the same range replaces a small run, not the other way round', async () => {
    const { small, seal } = await makeStream(author, 1, 5)
    const { log } = await openDevice()
    await ingestOne(log, at(small, 0).bytes)
    expect(await ingestOne(log, (await seal(0, 1)).bytes)).toMatchObject({ type: 'replaced' })
    expect(await ingestOne(log, at(small, 0).bytes)).toMatchObject({ type: 'known' })
    expect(log.status()).toMatchObject({ runs: 1, sealedRuns: 1 })
  })

  it('one that comes in the same batch as the seal it is nested in', async () => {
    const { small, seal } = await makeStream(author, 4, 2)
    const { log } = await openDevice()
    const answers = await log.ingest([at(small, 0).bytes, (await seal(0, 4)).bytes, at(small, 1).bytes])
    expect(answers.map(({ type }) => type)).toEqual(['stored', 'replaced', 'known'])
    expect(log.status()).toMatchObject({ quarantined: [], runs: 1 })
    expect(await payloads(log)).toEqual(numbers(0, 8))
  })

  it('a seal in the middle of a tail, and one of seals', async () => {
    const { small, seal } = await makeStream(author, 9, 2)
    const { log } = await openDevice()
    await log.ingest(small.map(({ bytes }) => bytes))
    expect(await ingestOne(log, (await seal(3, 6)).bytes)).toMatchObject({ type: 'replaced', from: 6, count: 6 })
    expect(await ingestOne(log, (await seal(0, 3)).bytes)).toMatchObject({ type: 'replaced' })
    expect(log.status()).toMatchObject({ runs: 5, sealedRuns: 2 })
    expect(await ingestOne(log, (await seal(0, 9)).bytes)).toMatchObject({ type: 'replaced' })
    expect(log.status()).toMatchObject({ runs: 1, events: 18 })
    expect(await payloads(log)).toEqual(numbers(0, 18))
  })

  it('a newcomer who holds only seals can check what follows (RULES 2)', async () => {
    const { small, seal } = await makeStream(author, 6, 2)
    const { log } = await openDevice()
    const answers = await log.ingest([(await seal(0, 4)).bytes, at(small, 4).bytes, (await seal(4, 6)).bytes])
    expect(answers.map(({ type }) => type)).toEqual(['stored', 'stored', 'replaced'])
    expect(await payloads(log)).toEqual(numbers(0, 12))
  })

  it('a cursor goes on while a seal takes the place of what it reads', async () => {
    const { small, seal } = await makeStream(author, 100, 10)
    for (const order of ['asc', 'desc'] as const) {
      let device = await openDevice()
      await device.log.ingest(small.map(({ bytes }) => bytes))
      // nothing decoded in memory
      device = await device.reopen()
      const seen: string[] = []
      for await (const batch of device.log.read({ filter: { type: 'all' }, order })) {
        expect(batch.type).toBe('events')
        if (batch.type === 'events') seen.push(...batch.events.map(({ payload }) => payload))
        if (device.log.status().sealedRuns === 0)
          await device.log.ingest([(await seal(0, 50)).bytes, (await seal(50, 99)).bytes])
        else if (device.log.status().runs > 1) await device.log.ingest([(await seal(0, 100)).bytes])
      }
      expect(device.log.status().runs).toBe(1)
      expect(order === 'asc' ? seen : seen.toReversed()).toEqual(numbers(0, 1000))
    }
  })
})

describe('RULES 8: ephemeral streams', () => {
  it('may start at any run boundary, on trust; heads say from where', async () => {
    const { small, seal } = await makeStream(author, 4, 2, { ephemeral: true })
    const { log } = await openDevice()
    expect(await ingestOne(log, at(small, 2).bytes)).toMatchObject({ type: 'stored' })
    expect(log.heads().get(stream())).toMatchObject({ from: 4, count: 6 })
    expect(await ingestOne(log, at(small, 0).bytes)).toEqual({ type: 'known', stream: stream() })
    expect(await ingestOne(log, at(small, 3).bytes)).toMatchObject({ type: 'stored' })
    expect(await payloads(log)).toEqual(numbers(4, 8))
    expect(await ingestOne(log, (await seal(0, 4)).bytes)).toMatchObject({ type: 'replaced' })
    expect(log.heads().get(stream())).toMatchObject({ from: 0, count: 8 })
    expect(await payloads(log)).toEqual(numbers(0, 8))
  })

  it('permanent ones start at 0 only', async () => {
    const { small } = await makeStream(author, 2, 2)
    const { log } = await openDevice()
    expect(await ingestOne(log, at(small, 1).bytes)).toMatchObject({ type: 'gap', head: 0 })
  })

  it('the flag is fixed for life: another one later is evidence', async () => {
    const permanent = await makeStream(author, 1, 2)
    const device = await openDevice()
    await ingestOne(device.log, at(permanent.small, 0).bytes)
    const change = { from: 2, chainBefore: at(permanent.small, 0).header.chainAfter, ephemeral: true }
    const changed = await makeStream(author, 1, 2, change)
    expect(await ingestOne(device.log, at(changed.small, 0).bytes)).toMatchObject({
      type: 'evidence',
      code: 'ERR_EPHEMERAL_CHANGED',
    })
    expect(await payloads(device.log)).toEqual(numbers(0, 2))
  })

  it('a stream that starts at 0 starts with the empty chain', async () => {
    const { log } = await openDevice()
    for (const ephemeral of [false, true]) {
      const run = await makeRun(author, { rows: rowsFrom([{}], 0), chainBefore: new Uint8Array(32).fill(1), ephemeral })
      expect(await ingestOne(log, run.bytes)).toMatchObject({ type: 'evidence', code: 'ERR_FORK' })
    }
    expect(log.present()).toEqual({})
  })
})

describe('RULES 10: the lamport counter', () => {
  it('follows accepted events only, and survives a restart', async () => {
    const device = await openDevice()
    const far = await makeRun(author, { rows: rowsFrom([{ lamport: 1_000_000 }], 0) })
    await ingestOne(device.log, far.bytes)
    const [published] = await publish(device.log, drafts(1))
    expect(published?.lamport).toBe(1_000_001)
    // its seal is dropped and the records are gone: the counter is kept all the same
    const again = await device.reopen()
    expect(again.log.status().lamport).toBe(1_000_001)
    device.disk.tables.get('runs')?.clear()
    expect((await device.reopen()).log.status().lamport).toBeGreaterThanOrEqual(1_000_000)
  })

  it('a leap of more than 2^32 is deferred and its author reported; one of 2^32 is taken', async () => {
    const device = await openDevice()
    const leap = await makeRun(author, { rows: rowsFrom([{ lamport: lamportLeapMax + 1 }], 0) })
    expect(await ingestOne(device.log, leap.bytes)).toEqual({
      type: 'deferred',
      stream: stream(),
      code: 'ERR_LAMPORT_LEAP',
    })
    expect(device.log.status().lamport).toBe(0)
    expect(device.reports).toContainEqual({
      code: 'ERR_LAMPORT_LEAP',
      sentence: expect.stringContaining(stream()) as string,
    })
    const edge = await makeRun(author, { rows: rowsFrom([{ lamport: lamportLeapMax }], 0) })
    expect(await ingestOne(device.log, edge.bytes)).toMatchObject({ type: 'stored' })
    // what was deferred may be offered again
    const other = await newSigner()
    const later = await makeRun(other, { rows: rowsFrom([{ lamport: lamportLeapMax + 1 }], 0) })
    expect(await ingestOne(device.log, later.bytes)).toMatchObject({ type: 'stored' })
  })

  it('what was refused or kept as evidence does not move it', async () => {
    const device = await openDevice()
    const { small } = await makeStream(author, 1, 1)
    await ingestOne(device.log, at(small, 0).bytes)
    const chainBefore = new Uint8Array(32).fill(1)
    const fork = await makeRun(author, { rows: rowsFrom([{ lamport: 500_000 }], 0), chainBefore })
    expect(await ingestOne(device.log, fork.bytes)).toMatchObject({ type: 'evidence' })
    expect(device.log.status().lamport).toBe(0)
  })
})

describe('RULES 15: authors', () => {
  it('runs of an unknown author wait, and are taken once it is known', async () => {
    const members = new Set<string>()
    const device = await openDevice({ isMember: (node) => members.has(node) })
    const { small } = await makeStream(author, 1, 2)
    expect(await ingestOne(device.log, at(small, 0).bytes)).toEqual({
      type: 'deferred',
      stream: stream(),
      code: 'ERR_UNKNOWN_AUTHOR',
    })
    members.add(author.id)
    expect(await ingestOne(device.log, at(small, 0).bytes)).toMatchObject({ type: 'stored' })
  })
})

describe('streams of one author', () => {
  it('more than anybody keeps of one are not taken: a single member must not fill the heads of all', async () => {
    const device = await openDevice()
    const numbered = (number: number) =>
      makeRun(author, { rows: rowsFrom([{}], 0), stream: streamOf(author.id, number) })
    expect(await ingestOne(device.log, (await numbered(255)).bytes)).toMatchObject({ type: 'stored' })
    expect(await ingestOne(device.log, (await numbered(256)).bytes)).toMatchObject({
      type: 'deferred',
      code: 'ERR_STREAM_NUMBER',
    })
    expect(device.log.heads().size).toBe(1)
  })
})

describe('RULES 12: stored is not present', () => {
  it('held runs are forwarded and counted, and seen by nobody until released, all at once', async () => {
    const { log } = await openDevice()
    const { small, seal } = await makeStream(author, 4, 2)
    let advances = 0
    log.onPresent(() => advances++)
    await log.ingest([at(small, 0).bytes], { hold: true })
    await log.ingest([at(small, 1).bytes, at(small, 2).bytes], { hold: true })
    await log.ingest([(await seal(0, 2)).bytes], { hold: true })
    expect([log.present(), advances, await payloads(log)]).toEqual([{}, 0, []])
    expect(await payloads(log, { upperBound: { [stream()]: 5 } })).toEqual([])
    expect(log.heads().get(stream())?.count).toBe(6)
    log.release()
    expect([log.present(), advances]).toEqual([{ [stream()]: 5 }, 1])
    log.release()
    expect(advances).toBe(1)
    expect(await payloads(log)).toEqual(numbers(0, 6))
  })

  it('for 5 s at most, from the first one held on', async () => {
    const { log, clock } = await openDevice()
    const { small } = await makeStream(author, 3, 1)
    await log.ingest([at(small, 0).bytes], { hold: true })
    clock.pass(4000)
    await log.ingest([at(small, 1).bytes], { hold: true })
    clock.pass(999)
    expect(log.present()).toEqual({})
    clock.pass(1)
    expect(log.present()).toEqual({ [stream()]: 1 })
    await log.ingest([at(small, 2).bytes], { hold: true })
    clock.pass(4999)
    expect(log.present()).toEqual({ [stream()]: 1 })
    clock.pass(1)
    expect(log.present()).toEqual({ [stream()]: 2 })
  })

  it('own events are present at once meanwhile', async () => {
    const device = await openDevice()
    const { small } = await makeStream(author, 1, 1)
    await device.log.ingest([at(small, 0).bytes], { hold: true })
    await publish(device.log, drafts(1))
    expect(device.log.present()).toEqual({ [device.stream]: 0 })
  })

  it('what came live is one advance a batch; a listener that was removed hears nothing', async () => {
    const { log } = await openDevice()
    const { small } = await makeStream(author, 6, 1)
    const advances: number[] = []
    const remove = log.onPresent(() => advances.push(log.present()[stream()] ?? -1))
    await log.ingest(small.slice(0, 4).map(({ bytes }) => bytes))
    await log.ingest([at(small, 0).bytes])
    await log.ingest([at(small, 4).bytes])
    remove()
    await log.ingest([at(small, 5).bytes])
    expect(advances).toEqual([3, 4])
  })

  it('a write that fails changes nothing that anybody sees, and may be done again', async () => {
    const device = await openDevice()
    const { small, seal } = await makeStream(author, 3, 2)
    await device.log.ingest([at(small, 0).bytes, at(small, 1).bytes])
    const before = [device.log.heads(), device.log.present(), device.log.status()]
    device.disk.fate = () => 'full'
    await expect(device.log.ingest([(await seal(0, 3)).bytes])).rejects.toMatchObject({ code: 'ERR_STORE_FULL' })
    expect([device.log.heads(), device.log.present(), device.log.status()]).toEqual(before)
    device.disk.fate = () => 'commit'
    expect(await ingestOne(device.log, (await seal(0, 3)).bytes)).toMatchObject({ type: 'replaced', count: 6 })
    expect((await readAll(device.log)).events).toHaveLength(6)
  })
})

describe('hand-made runs are what the log makes itself', () => {
  it('so the tests above speak of real ones', async () => {
    const device = await openDevice()
    await publish(device.log, drafts(2))
    const run = parseRun((await device.log.run(device.stream, 0)) ?? new Uint8Array())
    const rows = rowsFrom([{ payload: { n: 0 } }, { payload: { n: 1 } }], 1).map((row) => ({
      ...row,
      timestamp: run.header.minTime,
    }))
    const made = await makeRun(device.signer, { rows, chainBefore: emptyChain })
    expect(made.bytes).toEqual(run.bytes)
  })
})
