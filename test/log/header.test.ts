/** RULES 1: headers of other versions, and headers that cannot be. */
import { beforeAll, describe, expect, it } from 'vitest'
import { rawBytesMax } from '../../src/core/limits.ts'
import { streamOf } from '../../src/core/node-id.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import { decodeHeader, signedBytes } from '../../src/log/header.ts'
import { assembleRun } from '../../src/log/run.ts'
import {
  at,
  ingestOne,
  makeRun,
  makeStream,
  newSigner,
  openDevice,
  payloads,
  readAll,
  rowsFrom,
  signAgain,
  signFields,
  start,
} from './fixture.ts'

let author: Signer
beforeAll(async () => {
  author = await newSigner()
})
const stream = () => streamOf(author.id, 0)

describe('RULES 1: the header', () => {
  it('names what the rule lists, in its order, as one CBOR array', async () => {
    const { small } = await makeStream(author, 1, 2)
    const header = decodeHeader(at(small, 0).headerBytes)
    const order =
      'swarm topic stream from count firstLamport lastLamport minTime maxTime chainBefore chainAfter codec flags keyId rawSize bodyHash ext'
    expect(Object.keys(header).join(' ')).toBe(order)
    expect(header).toMatchObject({
      from: 0,
      count: 2,
      firstLamport: 0,
      lastLamport: 1,
      minTime: start,
      maxTime: start + 1,
    })
  })

  it('unknown ext and flags are ignored, and kept: verbatim through seals of others, restarts and forwarding', async () => {
    const { small } = await makeStream(author, 1, 2)
    const run = await signAgain(author, at(small, 0), { flags: 0b1111_0000, ext: { later: [1, { deep: 'x' }] } })
    const device = await openDevice()
    expect(await ingestOne(device.log, run.bytes)).toMatchObject({ type: 'stored' })
    expect(await device.log.run(stream(), 0)).toEqual(run.bytes)
    expect(await (await device.reopen()).log.run(stream(), 1)).toEqual(run.bytes)
    expect(await payloads(device.log)).toHaveLength(2)
  })

  it('fields behind the known ones are ignored, and kept', async () => {
    const { small } = await makeStream(author, 1, 2)
    const record = await signFields(author, at(small, 0), (fields) => [...fields, 'of a later version'])
    const { log } = await openDevice()
    expect(await ingestOne(log, record)).toMatchObject({ type: 'stored' })
    expect(await log.run(stream(), 0)).toEqual(record)
  })

  it('a header not written deterministically is verified as it is, and never written again', async () => {
    const { small } = await makeStream(author, 1, 1)
    const run = at(small, 0)
    // the array's length in a longer form than it needs: [0x92, …] becomes [0x98, 18, …]
    expect(run.headerBytes[0]).toBe(0x92)
    const wordy = new Uint8Array([0x98, 18, ...run.headerBytes.subarray(1)])
    const signed = assembleRun(run.header, wordy, await author.sign(signedBytes(wordy)), run.body)
    const { log } = await openDevice()
    const answer = await ingestOne(log, signed.bytes)
    expect(answer).toMatchObject({ type: 'stored' })
    expect(await log.run(stream(), 0)).toEqual(signed.bytes)
  })

  it.each([
    ['codec', { codec: 77 }, /codec 77/],
    ['keyId', { keyId: 'topic-key-1' }, /codec|encrypted/],
  ])(
    'an unknown %s is verified, counted, stored and forwarded opaque; reading it yields a diagnostic',
    async (_, change, reason) => {
      const { small } = await makeStream(author, 2, 2)
      const opaque = await signAgain(author, at(small, 0), change, new Uint8Array([1, 2, 3]))
      const device = await openDevice()
      expect(await ingestOne(device.log, opaque.bytes)).toMatchObject({ type: 'stored', count: 2 })
      expect(await ingestOne(device.log, at(small, 1).bytes)).toMatchObject({ type: 'stored' })
      for (const { log } of [device, await device.reopen()]) {
        expect(log.heads().get(stream())).toMatchObject({ from: 0, count: 4 })
        expect(await log.run(stream(), 1)).toEqual(opaque.bytes)
        const { events, gaps } = await readAll(log)
        expect(gaps).toEqual([
          { type: 'gap', stream: stream(), from: 0, count: 2, reason: expect.stringMatching(reason) as string },
        ])
        expect(events.map(({ offset }) => offset)).toEqual([2, 3])
        expect(log.status().quarantined).toEqual([])
      }
      const flipped = opaque.bytes.slice()
      flipped.set([at([...flipped], -1) ^ 1], flipped.length - 1)
      expect(await ingestOne((await openDevice()).log, flipped)).toMatchObject({ type: 'refused', code: 'ERR_BODY' })
    },
  )

  it('an opaque run never takes the place of what can be read', async () => {
    const { small } = await makeStream(author, 2, 2)
    const { log } = await openDevice()
    await log.ingest(small.map(({ bytes }) => bytes))
    const sealed = await makeRun(author, { rows: rowsFrom([{}, {}], 0), sealed: true })
    const opaque = await signAgain(author, sealed, { codec: 77 })
    expect(await ingestOne(log, opaque.bytes)).toMatchObject({ type: 'known' })
    const longer = await signAgain(author, sealed, { codec: 77, count: 6, lastLamport: 5 })
    expect(await ingestOne(log, longer.bytes)).toMatchObject({ type: 'deferred', code: 'ERR_UNKNOWN_CODEC' })
    expect(await payloads(log)).toHaveLength(4)
  })

  it('only an unknown v is refused for its age', async () => {
    const { small } = await makeStream(author, 1, 2)
    const record = await signFields(author, at(small, 0), ([, ...fields]) => [2, ...fields])
    expect(await ingestOne((await openDevice()).log, record)).toMatchObject({
      type: 'refused',
      code: 'ERR_RUN_VERSION',
    })
  })

  it('runs of another swarm and of another topic are refused', async () => {
    const rows = rowsFrom([{}], 0)
    const { log } = await openDevice()
    const others = [await makeRun(author, { rows, swarm: 'other' }), await makeRun(author, { rows, topic: 'other' })]
    const answers = await log.ingest(others.map(({ bytes }) => bytes))
    expect(answers).toMatchObject([
      { type: 'refused', code: 'ERR_OTHER_SWARM' },
      { type: 'refused', code: 'ERR_OTHER_TOPIC' },
    ])
  })

  it.each<[string, number, unknown]>([
    ['no events', 5, 0],
    ['more events than a run may have', 5, 1025],
    ['a negative offset', 4, -1],
    ['an offset beyond 2^53−1', 4, 2 ** 53],
    ['fewer lamports than events', 7, 0],
    ['a lamport near 2^53', 7, Number.MAX_SAFE_INTEGER],
    ['times the wrong way round', 9, 5],
    ['a fractional time', 8, 0.5],
    ['a chain of 31 bytes', 10, new Uint8Array(31)],
    ['a chain that is text', 11, 'x'.repeat(32)],
    ['no stream', 3, 'not a stream'],
    ['a body larger than any', 15, rawBytesMax + 1],
    ['an ext that is a list', 17, []],
    ['a swarm that is a number', 1, 7],
  ])('malformed and signed all the same is refused: %s', async (_, index, value) => {
    const { small } = await makeStream(author, 1, 2)
    const record = await signFields(author, at(small, 0), (fields) => fields.with(index, value))
    expect(await ingestOne((await openDevice()).log, record)).toMatchObject({ type: 'refused', code: 'ERR_MALFORMED' })
  })
})
