/** RULES 19: what lies beyond a cut does not count, whoever carries it; nothing of it is lost, and it comes back when it counts again. */
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { evidenceMax } from '../../src/core/limits.ts'
import type { StreamId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import type { Withdrawn } from '../../src/log/contract.ts'
import type { Run } from '../../src/log/run.ts'
import { assembleRun } from '../../src/log/run.ts'
import { createMemoryDisk } from '../../src/store/memory.ts'
import type { Device, DeviceOptions } from './fixture.ts'
import { at, drafts, ingestOne, makeStream, newSigner, openDevice, payloads, publish, recordsOf } from './fixture.ts'

let author: Signer
let own: Signer
beforeAll(async () => {
  author = await newSigner()
  own = await newSigner()
})
const stream = () => streamOf(author.id, 0)
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `{"n":${from + index}}`)
const bytesOf = (runs: readonly Run[]) => runs.map(({ bytes }) => bytes)
const evidenceOf = (device: Device): string[] => [...(device.disk.tables.get('evidence')?.keys() ?? [])]

/** A device whose cuts are what `cuts` says. */
const openCut = async (options: DeviceOptions = {}) => {
  const cuts = new Map<StreamId, number>()
  const device = await openDevice({ signer: own, ...options, cutOf: (of) => cuts.get(of) })
  const cut = async (to: number | undefined, log = device.log): Promise<void> => {
    if (to === undefined) cuts.delete(stream())
    else cuts.set(stream(), to)
    await log.recut()
  }
  return { device, cuts, cut }
}

describe('RULES 19: a foreign stream that is cut', () => {
  it('a run beyond the cut is verified, then kept as evidence; one before it is stored', async () => {
    const { small } = await makeStream(author, 4, 2)
    const { device, cut } = await openCut()
    await cut(4)
    const beyond = at(small, 2)
    const forged = assembleRun(beyond.header, beyond.headerBytes, new Uint8Array(64), beyond.body)
    expect(await ingestOne(device.log, forged.bytes)).toMatchObject({ type: 'refused', code: 'ERR_FORGED' })
    expect(evidenceOf(device)).toEqual([])
    const answers = await device.log.ingest(bytesOf(small))
    expect(answers.map((answer) => ('code' in answer ? answer.code : answer.type))).toEqual([
      'stored',
      'stored',
      'ERR_REVOKED',
      'ERR_REVOKED',
    ])
    expect(evidenceOf(device)).toHaveLength(2)
    expect(await payloads(device.log)).toEqual(numbers(0, 4))
    expect(device.log.head(stream())?.count).toBe(4)
    expect(device.log.status().lamport).toBe(3)
  })

  it('falls back, tells what is withdrawn, serves and counts nothing of it, and comes back byte for byte', async () => {
    const { small, seal } = await makeStream(author, 10, 3)
    const { device, cut } = await openCut()
    const { log } = device
    await log.ingest([(await seal(0, 4)).bytes, ...bytesOf(small.slice(4))])
    const before = [log.heads(), await payloads(log), log.status()]
    const gone: Withdrawn[] = []
    log.onWithdrawn((streams) => gone.push(...streams))
    await cut(15)
    expect(gone).toEqual([{ stream: stream(), from: 15, lamport: 15 }])
    expect(log.present()).toEqual({ [stream()]: 14 })
    expect(log.presentCount(stream())).toBe(15)
    expect(await payloads(log)).toEqual(numbers(0, 15))
    expect(await payloads(log, { upperBound: { [stream()]: 99 } })).toEqual(numbers(0, 15))
    expect(log.head(stream())).toMatchObject({ count: 15, chain: at(small, 4).header.chainAfter })
    expect(await log.newest({ type: 'all' }, { [stream()]: 99 })).toEqual({ stream: stream(), lamport: 14 })
    expect(await log.run(stream(), 15)).toBeUndefined()
    expect(await log.runs(stream(), 12, 1e9)).toHaveLength(1)
    expect(log.status()).toMatchObject({ events: 15, runs: 2 })
    expect(evidenceOf(device)).toHaveLength(5)
    await cut(21)
    expect(await payloads(log)).toEqual(numbers(0, 21))
    await cut(undefined)
    expect([log.heads(), await payloads(log), log.status()]).toEqual(before)
    expect(evidenceOf(device)).toEqual([])
    expect(await recordsOf(log, stream(), 12)).toEqual(bytesOf(small.slice(4)))
    expect(gone).toHaveLength(1)
  })

  it('within a run: stored whole, never present beyond; the head is the same however the events are packed', async () => {
    const { small, seal } = await makeStream(author, 8, 3)
    const [one, other] = [await openCut(), await openCut({ signer: await newSigner() })]
    await one.cut(10)
    await other.cut(10)
    await one.device.log.ingest(bytesOf(small))
    await other.device.log.ingest([(await seal(0, 8)).bytes])
    for (const { device } of [one, other]) {
      expect(await payloads(device.log)).toEqual(numbers(0, 10))
      expect(device.log.head(stream())).toMatchObject({ count: 10, chain: at(small, 2).header.chainAfter })
      const again = await device.reopen()
      expect(again.log.head(stream())).toMatchObject({ count: 10, chain: at(small, 2).header.chainAfter })
    }
    expect(evidenceOf(other.device)).toEqual([])
    await other.cut(undefined)
    expect(await payloads(other.device.log)).toEqual(numbers(0, 24))
    expect(other.device.log.head(stream())?.chain).toEqual(at(small, 7).header.chainAfter)
  })

  it('at 0: the stream is gone from heads and offsets, and whole again afterwards', async () => {
    const { small } = await makeStream(author, 3, 2)
    const { device, cut } = await openCut()
    await device.log.ingest(bytesOf(small))
    await cut(0)
    expect([device.log.heads().size, device.log.present(), device.log.head(stream())]).toEqual([0, {}, undefined])
    await cut(undefined)
    expect(await payloads(device.log)).toEqual(numbers(0, 6))
  })

  it('a wrong word loses nothing, however much it is, even where the evidence is full', async () => {
    const count = evidenceMax + 50
    const { small } = await makeStream(author, count, 1)
    const { device, cut } = await openCut()
    const evidence = device.disk.tables.get('evidence')
    for (let index = 0; index < evidenceMax; index++) evidence?.set(`ERR_FORK/old/${index}`, new Uint8Array())
    await device.log.ingest(bytesOf(small))
    await cut(1)
    expect(device.log.head(stream())?.count).toBe(1)
    await cut(undefined)
    expect(device.log.head(stream())?.count).toBe(count)
    expect(await payloads(device.log)).toEqual(numbers(0, count))
  })

  it('after a restart the cuts hold at once, before anybody could say them again', async () => {
    const { small } = await makeStream(author, 4, 2)
    const { device, cut } = await openCut()
    await device.log.ingest(bytesOf(small))
    await cut(3)
    const again = await device.reopen({ cutOf: () => undefined })
    expect(await payloads(again.log)).toEqual(numbers(0, 3))
    expect(again.log.cutOf(stream())).toBe(3)
    expect(await ingestOne(again.log, at(small, 2).bytes)).toMatchObject({ type: 'evidence', code: 'ERR_REVOKED' })
    await again.log.recut()
    expect(again.log.cutOf(stream())).toBeUndefined()
    expect(await payloads(again.log)).toEqual(numbers(0, 8))
  })

  it('what is summarised is summarised anew where other runs may come', async () => {
    const { seal } = await makeStream(author, 40, 2)
    const { device, cut } = await openCut()
    await device.log.ingest(bytesOf(await Promise.all([seal(0, 10), seal(10, 20), seal(20, 30), seal(30, 40)])))
    await cut(40)
    await cut(undefined)
    const again = await device.reopen()
    expect(await payloads(again.log, { filter: { type: 'tag', tag: 'tag' } })).toEqual(numbers(0, 80))
  })
})

describe('RULES 19: this device is cut itself', () => {
  it('writes nothing more and says why; its events and receipts come back with its right to write', async () => {
    const cuts = new Map<StreamId, number>()
    const device = await openDevice({ signer: own, cutOf: (of) => cuts.get(of) })
    await publish(device.log, drafts(2))
    const receipt = `${device.clock.now() / 1000}-x`
    const answered = await publish(device.log, drafts(2, 'tag', 2), { receipt })
    cuts.set(device.stream, 2)
    cuts.set(streamOf(own.id, 3), 0)
    await device.log.recut()
    expect(await payloads(device.log)).toEqual(numbers(0, 2))
    await expect(publish(device.log, drafts(1))).rejects.toMatchObject({ code: 'ERR_REVOKED' })
    await expect(
      device.log.append(drafts(1), { appId: 'com.example.test' as never, streamNumber: 3 }),
    ).rejects.toMatchObject({ code: 'ERR_REVOKED' })
    const forked: unknown[] = []
    device.log.onOwnFork((run) => forked.push(run))
    const other = await openDevice()
    await other.log.ingest(await recordsOf(device.log, device.stream))
    // what others still have of it is no word of a clone
    cuts.clear()
    await device.log.recut()
    for (const record of await recordsOf(device.log, device.stream)) await other.log.ingest([record])
    cuts.set(device.stream, 2)
    await device.log.recut()
    for (const record of await recordsOf(other.log, device.stream))
      expect(await ingestOne(device.log, record)).toMatchObject({ type: 'known' })
    expect(forked).toEqual([])
    cuts.clear()
    const again = await device.reopen()
    expect(await payloads(again.log)).toEqual(numbers(0, 2))
    await again.log.recut()
    expect(await payloads(again.log)).toEqual(numbers(0, 4))
    expect(await publish(again.log, drafts(2, 'tag', 2), { receipt })).toEqual(answered)
    const [next] = await publish(again.log, drafts(1, 'tag', 4))
    expect(next?.offset).toBe(4)
    expect(await payloads(again.log)).toEqual(numbers(0, 5))
  })
})

describe('killed at any write', () => {
  it.each(['die-before', 'die-after'] as const)(
    '%s: the next opening and recut end where this one would have',
    async (fate) => {
      const { small, seal } = await makeStream(author, 12, 2)
      const all = [(await seal(0, 5)).bytes, ...bytesOf(small.slice(5))]
      for (const steps of [
        [11, undefined],
        [0, 15, 6],
        [13, 21, undefined, 4],
      ]) {
        for (let kill = 1; kill < 12; kill++) {
          const disk = createMemoryDisk()
          const { device, cut, cuts } = await openCut({ disk })
          await device.log.ingest(all)
          let writes = 0
          disk.fate = () => (++writes === kill ? fate : 'commit')
          const died = new Promise<'died'>((resolve) => {
            const before = disk.fate
            disk.fate = async (what) => {
              const decided = await before(what)
              if (decided !== 'commit') setTimeout(() => resolve('died'), 0)
              return decided
            }
          })
          const work = (async () => {
            for (const to of steps) await cut(to)
            return 'done' as const
          })()
          const end = await Promise.race([work, died])
          disk.fate = () => 'commit'
          const again = await device.reopen()
          const last = steps.at(-1)
          if (last === undefined) cuts.delete(stream())
          else cuts.set(stream(), last)
          await again.log.recut()
          expect(await payloads(again.log), `${end} ${String(steps)} ${kill}`).toEqual(numbers(0, last ?? 24))
          cuts.delete(stream())
          await again.log.recut()
          expect(await payloads(again.log)).toEqual(numbers(0, 24))
        }
      }
    },
  )
})

describe('a pure function of events and cut', () => {
  type Step =
    | { readonly type: 'ingest'; readonly from: number; readonly count: number; readonly sealed: boolean }
    | { readonly type: 'cut'; readonly to: number | undefined }
    | { readonly type: 'restart' }
  const commits = 12
  const size = 2
  const cutTo = fc.option(fc.nat(commits * size), { nil: undefined })
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      type: fc.constant('ingest' as const),
      from: fc.nat(commits - 1),
      count: fc.integer({ min: 1, max: commits }),
      sealed: fc.boolean(),
    }),
    fc.record({ type: fc.constant('cut' as const), to: cutTo }),
    fc.constant({ type: 'restart' as const }),
  )

  it('whatever came in which order, with which cuts and restarts: the same present events', async () => {
    const { small, seal } = await makeStream(author, commits, size)
    // laminar, as an honest author seals
    const seals = await Promise.all([seal(0, 4), seal(4, 8), seal(8, 12), seal(0, 8)])
    let withdrawn = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 14 }), { minLength: 2, maxLength: 3 }),
        cutTo,
        async (plans, final) => {
          const ends: unknown[] = []
          for (const plan of plans) {
            const cuts = new Map<StreamId, number>()
            let device = await openDevice({ signer: own, cutOf: (of) => cuts.get(of) })
            let held = 0
            for (const one of plan) {
              if (one.type === 'restart') device = await device.reopen()
              else if (one.type === 'cut') {
                if (one.to === undefined) cuts.delete(stream())
                else cuts.set(stream(), one.to)
                await device.log.recut()
              } else {
                const runs = one.sealed
                  ? [at(seals, one.from % seals.length)]
                  : small.slice(one.from, one.from + one.count)
                await device.log.ingest(bytesOf(runs))
              }
              const shown = await payloads(device.log)
              const cut = cuts.get(stream()) ?? Infinity
              expect(shown).toEqual(numbers(0, shown.length))
              expect(shown.length).toBeLessThanOrEqual(cut)
              expect(device.log.count(stream())).toBe(shown.length)
              if (shown.length < held) withdrawn += 1
              held = shown.length
            }
            if (final === undefined) cuts.delete(stream())
            else cuts.set(stream(), final)
            await device.log.recut()
            await device.log.ingest(bytesOf(small))
            ends.push([await payloads(device.log), device.log.present(), device.log.head(stream())?.chain])
            const again = await device.reopen()
            expect([await payloads(again.log), again.log.present(), again.log.head(stream())?.chain]).toEqual(
              ends.at(-1),
            )
          }
          expect((ends[0] as unknown[])[0]).toEqual(numbers(0, Math.min(final ?? Infinity, commits * size)))
          for (const end of ends) expect(end).toEqual(ends[0])
        },
      ),
      { numRuns: 60 },
    )
    expect(withdrawn).toBeGreaterThan(10)
  })
})
