/** RULES 5, 17: what others send back of this node's own stream, and repair of what was damaged. */
import { describe, expect, it } from 'vitest'
import { copyMemoryDisk } from '../../src/store/memory.ts'
import { streamOf } from '../../src/core/node-id.ts'
import { equalBytes } from '../../src/core/bytes.ts'
import { readRecord } from '../../src/log/record.ts'
import { parseRun } from '../../src/log/run.ts'
import type { Device } from './fixture.ts'
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
  recordsOf,
  rowsFrom,
} from './fixture.ts'

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `{"n":${index}}`)

/** Flips the last byte of a record on the disk. */
const damage = (device: Device, record: Uint8Array): void => {
  const runs = device.disk.tables.get('runs')
  const found = [...(runs ?? [])].find(([, value]) => equalBytes(readRecord(value).run, record))
  if (found === undefined) throw new Error('no such record')
  const flipped = found[1].slice()
  flipped.set([at([...flipped], -1) ^ 0xff], flipped.length - 1)
  runs?.set(found[0], flipped)
}

describe('RULES 17: this node shown its own stream', () => {
  it('what it holds itself is known, small, sealed or nested', async () => {
    const device = await openDevice()
    for (let count = 0; count < 5; count++) await publish(device.log, drafts(2, 'tag', 2 * count))
    for (const record of await recordsOf(device.log, device.stream))
      expect(await ingestOne(device.log, record)).toEqual({ type: 'known', stream: device.stream })
    const rows = (await readAll(device.log)).events.map(({ lamport, timestamp, offset }) => ({
      ...at(rowsFrom([{ payload: { n: offset } }], lamport), 0),
      timestamp,
    }))
    const seal = await makeRun(device.signer, { rows, commits: [2, 2, 2, 2, 2], sealed: true })
    expect(await ingestOne(device.log, seal.bytes)).toEqual({ type: 'known', stream: device.stream })
    expect(device.log.status()).toMatchObject({ runs: 5, sealedRuns: 0 })
  })

  it('a run beyond its head, or of other content, was written by a clone: evidence, never written', async () => {
    const device = await openDevice()
    await publish(device.log, drafts(2))
    const clone = await openDevice({ disk: copyMemoryDisk(device.disk), signer: device.signer, clock: device.clock })
    device.clock.pass(10)
    await publish(device.log, drafts(2, 'tag', 100))
    await publish(clone.log, drafts(1, 'tag', 200))
    await publish(clone.log, drafts(3, 'tag', 300))
    const before = [device.log.heads(), await payloads(device.log), [...(device.disk.tables.get('runs')?.keys() ?? [])]]
    const fromClone = await recordsOf(clone.log, clone.stream, 2)
    expect(fromClone).toHaveLength(2)
    for (const record of fromClone) {
      const answer = await ingestOne(device.log, record)
      expect(answer.type === 'evidence' ? answer.code : answer.type).toMatch(/^(ERR_OWN_STREAM|gap)$/)
    }
    expect(await ingestOne(device.log, at(fromClone, 0))).toMatchObject({ type: 'evidence', code: 'ERR_OWN_STREAM' })
    expect([
      device.log.heads(),
      await payloads(device.log),
      [...(device.disk.tables.get('runs')?.keys() ?? [])],
    ]).toEqual(before)
    // a restored image lacks what was written since
    const restored = await openDevice({ disk: copyMemoryDisk(clone.disk), signer: device.signer, clock: device.clock })
    await publish(clone.log, drafts(1))
    const beyond = at(await recordsOf(clone.log, clone.stream, 6), 0)
    expect(await ingestOne(restored.log, beyond)).toMatchObject({ type: 'evidence', code: 'ERR_OWN_STREAM' })
    expect(restored.log.heads().get(restored.stream)?.count).toBe(6)
  })

  it('a stream of its own that it never began', async () => {
    const device = await openDevice()
    const { small } = await makeStream(device.signer, 2, 1, { stream: streamOf(device.signer.id, 7) })
    for (const run of small)
      expect(await ingestOne(device.log, run.bytes)).toMatchObject({ type: 'evidence', code: 'ERR_OWN_STREAM' })
    expect(device.log.present()).toEqual({})
    expect(device.log.status().runs).toBe(0)
  })
})

describe('RULES 5: a damaged run is quarantined, lowers count, and is repaired by an ordinary want', () => {
  it('of a foreign stream, in the middle', async () => {
    const author = await newSigner()
    const stream = streamOf(author.id, 0)
    const { small } = await makeStream(author, 5, 2)
    let device = await openDevice()
    await device.log.ingest(small.map(({ bytes }) => bytes))
    damage(device, at(small, 2).bytes)
    device = await device.reopen()
    expect((await readAll(device.log)).gaps).toMatchObject([{ stream, from: 4, count: 2 }])
    expect(device.log.heads().get(stream)).toMatchObject({ count: 4, chain: at(small, 1).header.chainAfter })
    expect(await device.log.run(stream, 4)).toBeUndefined()
    expect(await ingestOne(device.log, at(small, 2).bytes)).toMatchObject({ type: 'replaced', from: 4, count: 2 })
    expect(device.log.heads().get(stream)).toMatchObject({ count: 10, chain: at(small, 4).header.chainAfter })
    for (const { log } of [device, await device.reopen()]) {
      expect(await readAll(log)).toMatchObject({ gaps: [] })
      expect(await payloads(log)).toEqual(numbers(10))
      expect(log.status().quarantined).toEqual([])
    }
  })

  it('the first one: the head says nothing is held', async () => {
    const author = await newSigner()
    const stream = streamOf(author.id, 0)
    const { small } = await makeStream(author, 2, 2)
    const device = await openDevice()
    await device.log.ingest(small.map(({ bytes }) => bytes))
    damage(device, at(small, 0).bytes)
    const again = await device.reopen()
    await readAll(again.log)
    expect(again.log.heads().get(stream)).toEqual({ from: 0, count: 0, sealedTo: 0, chain: new Uint8Array(32) })
  })

  it.each([
    [
      'smaller ones, from its end to its beginning',
      [
        [3, 5],
        [1, 3],
        [0, 1],
      ],
    ],
    ['a larger one, that replaces what is beside it as well', [[0, 6]]],
    ['another seal of the same', [[0, 5]]],
  ])('a seal is repaired by %s', async (_, parts) => {
    const author = await newSigner()
    const stream = streamOf(author.id, 0)
    const { seal, small } = await makeStream(author, 8, 3)
    let device = await openDevice()
    const whole = await seal(0, 5)
    await device.log.ingest([whole, at(small, 5), at(small, 6), at(small, 7)].map(({ bytes }) => bytes))
    damage(device, whole.bytes)
    device = await device.reopen()
    await readAll(device.log)
    expect(device.log.heads().get(stream)?.count).toBe(0)
    for (const [from, to] of parts as [number, number][]) {
      const answer = await ingestOne(device.log, (await seal(from, to)).bytes)
      expect(answer).toMatchObject({ type: 'replaced', from: 3 * from })
    }
    expect(device.log.heads().get(stream)?.count).toBe(24)
    for (const { log } of [device, await device.reopen()]) {
      expect((await readAll(log)).gaps).toEqual([])
      expect(await payloads(log)).toEqual(numbers(24))
    }
  })

  it('not by what does not fit in between', async () => {
    const author = await newSigner()
    const { small, rows } = await makeStream(author, 4, 2)
    let device = await openDevice()
    await device.log.ingest(small.map(({ bytes }) => bytes))
    damage(device, at(small, 1).bytes)
    device = await device.reopen()
    await readAll(device.log)
    const other = rows.slice(2, 4).map((row) => ({ ...row, shape: '\n', leaves: ['"other"'] }))
    const { chainAfter: chainBefore } = at(small, 0).header
    const lie = await makeRun(author, { rows: other, from: 2, chainBefore })
    expect(await ingestOne(device.log, lie.bytes)).toMatchObject({ type: 'evidence', code: 'ERR_FORK' })
    const unlinked = await makeRun(author, { rows: rows.slice(2, 4), from: 2, chainBefore: new Uint8Array(32) })
    expect(await ingestOne(device.log, unlinked.bytes)).toMatchObject({ type: 'evidence', code: 'ERR_FORK' })
    expect(await ingestOne(device.log, at(small, 1).bytes)).toMatchObject({ type: 'replaced' })
  })

  it('of its own stream: from what others hold; events written meanwhile stay', async () => {
    let device = await openDevice()
    for (let count = 0; count < 3; count++) await publish(device.log, drafts(1, 'tag', count))
    const records = await recordsOf(device.log, device.stream)
    damage(device, at(records, 1))
    device = await device.reopen()
    await readAll(device.log)
    expect(device.log.heads().get(device.stream)?.count).toBe(1)
    await publish(device.log, drafts(1, 'tag', 3))
    expect(await ingestOne(device.log, at(records, 1))).toMatchObject({ type: 'replaced', from: 1, count: 1 })
    for (const { log } of [device, await device.reopen()]) {
      expect(await payloads(log)).toEqual(numbers(4))
      expect(log.heads().get(device.stream)?.count).toBe(4)
    }
  })

  it('a record that is gone altogether is a hole with a name, and can be filled', async () => {
    const author = await newSigner()
    const stream = streamOf(author.id, 0)
    for (const lost of [0, 1, 2]) {
      const { small } = await makeStream(author, 4, 2)
      let device = await openDevice()
      await device.log.ingest(small.map(({ bytes }) => bytes))
      const runs = device.disk.tables.get('runs')
      for (const [key, value] of [...(runs ?? [])])
        if (parseRun(readRecord(value).run).header.from === 2 * lost) runs?.delete(key)
      device = await device.reopen()
      expect(device.reports).toContainEqual({
        code: 'RECOVERY',
        sentence: expect.stringContaining('missing') as string,
      })
      expect((await readAll(device.log)).gaps).toMatchObject([{ stream, from: 2 * lost, count: 2 }])
      expect(device.log.heads().get(stream)?.count).toBe(2 * lost)
      expect(await ingestOne(device.log, at(small, lost).bytes)).toMatchObject({ type: 'replaced' })
      expect(await payloads((await device.reopen()).log)).toEqual(numbers(8))
    }
  })
})
