/** The gate against members that lie, machines that flip bits, and versions that do not exist yet. */
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { createByteWriter } from '../../src/core/bytes.ts'
import { runCharsMax } from '../../src/core/limits.ts'
import { streamOf } from '../../src/core/node-id.ts'
import { deflate } from '../../src/crypto/deflate.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import { encodeBody } from '../../src/log/body.ts'
import { signedBytes } from '../../src/log/header.ts'
import { assembleRun, parseRun } from '../../src/log/run.ts'
import type { Row } from '../../src/log/row.ts'
import { chainOver, emptyChain } from '../../src/log/row.ts'
import type { Device } from './fixture.ts'
import {
  at,
  ingestOne,
  makeRun,
  makeStream,
  newSigner,
  openDevice,
  payloads,
  rowsFrom,
  signAgain,
  start,
} from './fixture.ts'

let author: Signer
let reader: Signer
beforeAll(async () => {
  author = await newSigner()
  reader = await newSigner()
})
const stream = () => streamOf(author.id, 0)

const evidenceOf = (device: Device): Uint8Array[] => [...(device.disk.tables.get('evidence')?.values() ?? [])]

/** A run of one event whose columns say what nobody's payload would. */
const runOfText = async (text: string, sealed = false) => {
  const row: Row = { ...at(rowsFrom([{}], 0), 0), shape: '\n', leaves: [text] }
  return makeRun(author, { rows: [row], sealed })
}

describe('signature and body', () => {
  it('a forged signature is refused, of another author and of nobody', async () => {
    const { small } = await makeStream(author, 1, 2)
    const run = at(small, 0)
    const other = await newSigner()
    const signatures = [
      await other.sign(signedBytes(run.headerBytes)),
      await author.sign(run.headerBytes),
      new Uint8Array(64),
    ]
    const device = await openDevice()
    for (const signature of signatures) {
      const forged = assembleRun(run.header, run.headerBytes, signature, run.body)
      expect(await ingestOne(device.log, forged.bytes)).toMatchObject({ type: 'refused', code: 'ERR_FORGED' })
    }
    expect(evidenceOf(device)).toEqual([])
  })

  it('whatever bit of a record is flipped or cut off, it is not taken', async () => {
    const { seal } = await makeStream(author, 3, 4)
    const record = (await seal(0, 3)).bytes
    const { log } = await openDevice()
    await fc.assert(
      fc.asyncProperty(
        fc.nat(record.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (place, mask, cut) => {
          const changed = cut
            ? record.slice(0, place)
            : record.map((byte, index) => (index === place ? byte ^ mask : byte))
          const answer = await ingestOne(log, changed)
          expect(['refused', 'deferred']).toContain(answer.type)
        },
      ),
      { numRuns: 300 },
    )
    expect(log.present()).toEqual({})
    expect(await ingestOne(log, record)).toMatchObject({ type: 'stored' })
  })

  it('noise is refused', async () => {
    const { log } = await openDevice()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        expect(await ingestOne(log, noise)).toMatchObject({ type: 'refused', code: 'ERR_MALFORMED' })
      }),
      { numRuns: 100 },
    )
  })
})

describe('RULES 1: bombs', () => {
  const bomb = async (bytes: number, rawSize: number) => {
    const { small } = await makeStream(author, 1, 1)
    return signAgain(author, at(small, 0), { codec: 1, flags: 1, rawSize }, await deflate(new Uint8Array(bytes)))
  }

  it('inflating stops at rawSize', async () => {
    const { log } = await openDevice()
    expect(await ingestOne(log, (await bomb(50_000_000, 1000)).bytes)).toMatchObject({ code: 'ERR_INFLATE_LIMIT' })
    expect(await ingestOne(log, (await bomb(1000, 1001)).bytes)).toMatchObject({ code: 'ERR_MALFORMED' })
    expect(await ingestOne(log, (await bomb(1000, 1000)).bytes)).toMatchObject({ code: 'ERR_MALFORMED' })
  })

  const shared = (count: number, event: Pick<Row, 'tags' | 'shape' | 'leaves'>): Row[] =>
    rowsFrom(
      Array.from({ length: count }, () => ({})),
      0,
    ).map((row) => ({ ...row, ...event }))

  it.each([
    ['one leaf', { tags: ['a'], shape: '\n', leaves: [`"${'x'.repeat(100_000)}"`] }],
    ['one shape', { tags: ['a'], shape: `["${'x'.repeat(100_000)}",\n]`, leaves: ['1'] }],
    [
      'one set of tags',
      { tags: Array.from({ length: 200 }, (_, n) => `${1000 + n}${'x'.repeat(900)}`), shape: '\n', leaves: ['1'] },
    ],
  ])(
    'a thousand events that share %s stand for more text than a run may hold, whatever they weigh',
    async (_, event) => {
      const rows = shared(1024, event)
      const run = await makeRun(author, { rows, sealed: true, chainAfter: emptyChain })
      expect(run.bytes.length).toBeLessThan(runCharsMax / 100)
      expect(await ingestOne((await openDevice()).log, run.bytes)).toMatchObject({
        type: 'refused',
        code: 'ERR_INFLATE_LIMIT',
      })
    },
  )
})

describe('what is signed must be readable by everybody', () => {
  it.each(['', '{', '{"a":}', 'undefined', '1 2', "{'a':1}", 'NaN', '{"a":1}}', '\u0000'])(
    'a payload that is not JSON is refused: %j',
    async (text) => {
      const { log } = await openDevice()
      for (const sealed of [false, true])
        expect(await ingestOne(log, (await runOfText(text, sealed)).bytes)).toMatchObject({
          type: 'refused',
          code: 'ERR_MALFORMED',
        })
    },
  )

  it.each<[string, string[]]>([
    ['not sorted', ['b', 'a']],
    ['twice the same', ['a', 'a']],
    ['not NFC', ['A\u030a']],
    ['empty', ['']],
    ['too long', ['x'.repeat(1025)]],
    ['too many', Array.from({ length: 257 }, (_, index) => String(index + 1000))],
  ])('tags that are not in normal form are refused: %s', async (_, tags) => {
    const rows = rowsFrom([{}], 0).map((row) => ({ ...row, tags }))
    const answer = await ingestOne((await openDevice()).log, (await makeRun(author, { rows })).bytes)
    expect(answer.type).toBe('refused')
  })

  it('an app id that is none is refused', async () => {
    const rows = rowsFrom([{ appId: 'Not An App' as never }], 0)
    expect(await ingestOne((await openDevice()).log, (await makeRun(author, { rows })).bytes)).toMatchObject({
      type: 'refused',
    })
  })
})

describe('RULES 3, 4, 18: lies about what is held are kept as evidence, other histories as such', () => {
  const lies = async () => {
    const device = await openDevice()
    const honest = await makeStream(author, 6, 2)
    await device.log.ingest(honest.small.slice(0, 4).map(({ bytes }) => bytes))
    /** The code a record is kept under as evidence, having changed nothing else. */
    const told = async (record: Uint8Array): Promise<string> => {
      const before = [await payloads(device.log), device.log.heads(), device.log.status()]
      const kept = evidenceOf(device).length
      const answer = await ingestOne(device.log, record)
      if (answer.type !== 'evidence') throw new Error(`not evidence but ${JSON.stringify(answer)}`)
      expect(answer.stream).toBe(stream())
      expect([await payloads(device.log), device.log.heads(), device.log.status()]).toEqual(before)
      expect(evidenceOf(device)).toHaveLength(kept + 1)
      expect(evidenceOf(device)).toContainEqual(record)
      expect(device.reports.map(({ code }) => code)).toContain(answer.code)
      return answer.code
    }
    /** A record that is another history from some commit on: both are read from then on, and nothing of either is lost. */
    const split = async (record: Uint8Array): Promise<void> => {
      const before = await payloads(device.log)
      const known = device.log.forks().length
      expect(await ingestOne(device.log, record)).toMatchObject({ type: 'stored', stream: stream() })
      expect(device.log.forks()).toHaveLength(known + 1)
      expect(await payloads(device.log)).toEqual(expect.arrayContaining(before))
      expect(evidenceOf(device)).toEqual([])
    }
    return { device, honest, told, split }
  }
  const changedAt = (rows: readonly Row[], place: number): Row[] =>
    rows.map((row, index) => (index === place ? { ...row, shape: '\n', leaves: ['"changed"'] } : row))

  it('partial overlaps; one that ends inside a commit goes on otherwise than that', async () => {
    const { honest, told } = await lies()
    expect(await told((await makeRun(author, { rows: honest.rows.slice(3, 6), from: 3 })).bytes)).toBe(
      'ERR_PARTIAL_OVERLAP',
    )
    const { chainBefore } = at(honest.small, 3).header
    expect(await told((await makeRun(author, { rows: honest.rows.slice(7, 9), from: 7, chainBefore })).bytes)).toBe(
      'ERR_PARTIAL_OVERLAP',
    )
    const { split } = await lies()
    await split((await makeRun(author, { rows: honest.rows.slice(0, 3), commits: [2, 1], sealed: true })).bytes)
  })

  it('forks: at the head, in the tail, inside a commit, before a seal', async () => {
    const { honest, device, split } = await lies()
    const { header } = at(honest.small, 3)
    const { told } = await lies()
    // where it leaves what is held cannot be seen from it
    expect(
      await told(
        (await makeRun(author, { rows: honest.rows.slice(8), from: 8, chainBefore: header.chainBefore })).bytes,
      ),
    ).toBe('ERR_FORK')
    const other = changedAt(honest.rows, 6)
    const { chainBefore } = header
    await split((await makeRun(author, { rows: other.slice(6, 8), from: 6, chainBefore })).bytes)
    await device.log.ingest([(await honest.seal(0, 4)).bytes])
    const another = changedAt(honest.rows, 7)
    await split((await makeRun(author, { rows: another.slice(6, 8), from: 6, chainBefore })).bytes)
    await split((await makeRun(author, { rows: changedAt(honest.rows, 0).slice(0, 2) })).bytes)
  })

  it('a seal whose rows differ from what is held, first, middle or last', async () => {
    const { honest, split, device } = await lies()
    for (const place of [0, 3, 7]) {
      const rows = changedAt(honest.rows, place)
      await split((await makeRun(author, { rows: rows.slice(0, 10), commits: [2, 2, 2, 2, 2], sealed: true })).bytes)
    }
    expect(
      device.log
        .forks()
        .map(({ from }) => from)
        .toSorted((a, b) => a - b),
    ).toEqual([0, 2, 6])
  })

  it('a seal with the honest chain over other rows', async () => {
    const { honest, told } = await lies()
    const rows = changedAt(honest.rows, 9).slice(0, 10)
    const { chainAfter } = at(honest.small, 4).header
    expect(
      await told((await makeRun(author, { rows, commits: [2, 2, 2, 2, 2], sealed: true, chainAfter })).bytes),
    ).toBe('ERR_CHAIN')
  })

  it('a seal that cuts the commits otherwise than they were', async () => {
    const { honest, split, device } = await lies()
    await split((await makeRun(author, { rows: honest.rows.slice(0, 8), commits: [4, 4], sealed: true })).bytes)
    expect(device.log.forks()).toMatchObject([{ from: 0 }])
  })

  it('a seal whose commits do not add up is refused', async () => {
    const { device, honest } = await lies()
    for (const commits of [[2, 2, 2], [2, 2, 2, 2, 2], [8, 0], [], [9]]) {
      const rows = honest.rows.slice(0, 8)
      const chainAfter = await chainOver(emptyChain, rows)
      const run = await makeRun(author, { rows, commits, sealed: true, chainAfter })
      expect(await ingestOne(device.log, run.bytes)).toMatchObject({ type: 'refused', code: 'ERR_MALFORMED' })
    }
  })

  it('lamports that do not grow: within a run they cannot be written, between runs they are evidence', async () => {
    const { honest, told, device } = await lies()
    const { chainAfter: chainBefore } = at(honest.small, 3).header
    for (const lamport of [0, 7]) {
      expect(
        await told((await makeRun(author, { rows: rowsFrom([{ lamport }], 0), from: 8, chainBefore })).bytes),
      ).toBe('ERR_LAMPORT_ORDER')
    }
    // a body that ends elsewhere than its header says
    const rows = rowsFrom([{ lamport: 8 }, { lamport: 9 }, { lamport: 12 }], 0)
    const run = await makeRun(author, { rows, from: 8, chainBefore })
    const lying = await signAgain(author, run, { lastLamport: 11 })
    expect(await ingestOne(device.log, lying.bytes)).toMatchObject({ type: 'refused', code: 'ERR_MALFORMED' })
  })

  it('times and sizes other than the header says are refused', async () => {
    const { device, honest } = await lies()
    const run = await honest.seal(0, 6)
    for (const change of [{ minTime: start - 1 }, { maxTime: start + 99 }, { rawSize: run.header.rawSize - 1 }]) {
      const answer = await ingestOne(device.log, (await signAgain(author, run, change)).bytes)
      expect(answer.type).toBe('refused')
    }
    expect(await ingestOne(device.log, run.bytes)).toMatchObject({ type: 'replaced', count: 12 })
  })

  it('evidence is bounded: a liar does not fill the device', async () => {
    const device = await openDevice()
    const evidence = device.disk.tables.get('evidence')
    for (let count = 0; count < 998; count++) evidence?.set(`ERR_FORK/old/${count}`, new Uint8Array())
    const { small } = await makeStream(author, 1, 1)
    await ingestOne(device.log, at(small, 0).bytes)
    const fork = async (payload: string): Promise<void> => {
      const run = await makeRun(author, { rows: rowsFrom([{ payload }], 0), chainBefore: new Uint8Array(32).fill(1) })
      expect(await ingestOne(device.log, run.bytes)).toMatchObject({ type: 'evidence', code: 'ERR_FORK' })
    }
    // the same lie told often leaves room for the next one
    for (let count = 0; count < 5; count++) await fork('one')
    await fork('another')
    expect(evidence?.size).toBe(1000)
    await fork('a third')
    expect(evidence?.size).toBe(1000)
  })
})

describe('malformed bodies under a good signature', () => {
  it('any bit of a body flipped by its author is refused, or is another honest body', async () => {
    const { rows } = await makeStream(author, 1, 12)
    const raw = encodeBody(rows, [12], start)
    const honest = await makeRun(author, { rows })
    await fc.assert(
      fc.asyncProperty(fc.nat(raw.length - 1), fc.integer({ min: 1, max: 255 }), async (place, mask) => {
        const body = raw.map((byte, index) => (index === place ? byte ^ mask : byte))
        const { log } = await openDevice({ signer: reader })
        const answer = await ingestOne(log, (await signAgain(author, honest, {}, body)).bytes)
        // the chain covers the content, so nothing that differs can pass
        expect(['refused', 'evidence']).toContain(answer.type)
        expect(log.present()).toEqual({})
      }),
      { numRuns: 150 },
    )
  })

  it('numbers without end, lists without end', async () => {
    const { small } = await makeStream(author, 1, 1)
    const { log } = await openDevice()
    for (const values of [[2 ** 50], [1, 1, 2 ** 52, 2 ** 52], [1, 1, 0, 0, 2 ** 40], [1, 1, 0, 0, 1, 2 ** 45]]) {
      const writer = createByteWriter()
      for (const value of values) writer.varint(value)
      const body = writer.done()
      const run = await signAgain(author, at(small, 0), { rawSize: body.length }, body)
      expect(await ingestOne(log, run.bytes)).toMatchObject({ type: 'refused', code: 'ERR_MALFORMED' })
    }
  })

  it('a record parses back into what it was made of', async () => {
    const { small } = await makeStream(author, 1, 1)
    expect(parseRun(at(small, 0).bytes)).toEqual(at(small, 0))
  })
})
