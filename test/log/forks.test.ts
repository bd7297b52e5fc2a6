/** RULES 18: a fork ends alike on every node, whichever branch came first; nothing is withdrawn for good, nothing is lost. */
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LogEvent, StreamId } from '../../src/core/event.ts'
import { cryptBase64, streamOf } from '../../src/core/node-id.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import type { Fork, Log, Withdrawn } from '../../src/log/contract.ts'
import type { Run } from '../../src/log/run.ts'
import type { Device } from './fixture.ts'
import { at, ingestOne, makeRun, makeStream, newSigner, openDevice, payloads, readAll, rowsFrom } from './fixture.ts'

let author: Signer
let reader: Signer
beforeAll(async () => {
  author = await newSigner()
  reader = await newSigner()
})
const stream = () => streamOf(author.id, 0)
const bytesOf = (runs: readonly Run[]) => runs.map(({ bytes }) => bytes)

/** `count` commits of `size` events that go on after `after` of another line, told apart by `name`. */
const goOn = async (base: readonly Run[], after: number, count: number, size: number, name: string) => {
  const from = base.slice(0, after).reduce((sum, { header }) => sum + header.count, 0)
  let chainBefore = after === 0 ? new Uint8Array(32) : at(base, after - 1).header.chainAfter
  let lamport = after === 0 ? 0 : at(base, after - 1).header.lastLamport + 1
  const rows = rowsFrom(
    Array.from({ length: count * size }, (_, index) => ({ payload: `${name} ${index}`, lamport: lamport + index })),
    lamport,
  )
  const first = chainBefore
  const small: Run[] = []
  for (let commit = 0; commit < count; commit++) {
    const part = rows.slice(commit * size, (commit + 1) * size)
    const run = await makeRun(author, { rows: part, from: from + commit * size, chainBefore })
    small.push(run)
    chainBefore = new Uint8Array(run.header.chainAfter)
    lamport += size
  }
  return {
    small,
    rows,
    from,
    first,
    digest: cryptBase64(at(small, 0).header.chainAfter),
    names: rows.map((_, i) => `"${name} ${i}"`),
  }
}

const streamsOf = (events: readonly LogEvent[]): Record<string, [number, string][]> => {
  const found: Record<string, [number, string][]> = {}
  for (const { stream: of, offset, payload } of events) (found[of] ??= []).push([offset, payload])
  for (const list of Object.values(found)) list.sort(([a], [b]) => a - b)
  return found
}
const shown = async (log: Log) => ({
  streams: streamsOf((await readAll(log)).events),
  order: await payloads(log),
  present: log.present(),
  heads: [...log.heads()].map(([of, { count, chain }]) => [of, count, cryptBase64(chain)]),
  forks: log.forks().map(({ stream: of, alias, from }) => [of, alias, from]),
})
/** Until nothing more is taken: what leaves a gap is asked for again. */
const offerAll = async (log: Log, runs: readonly Uint8Array[]): Promise<void> => {
  for (let round = 0; round < 12; round++) {
    const answers = await log.ingest(runs)
    if (answers.every(({ type }) => type === 'known')) return
  }
  throw new Error('something is never known')
}

describe('RULES 18: two branches', () => {
  it('the smaller digest keeps the name, the other is read from 0 on, whichever came first', async () => {
    const { small } = await makeStream(author, 3, 2)
    const [one, two] = [await goOn(small, 2, 3, 2, 'one'), await goOn(small, 2, 2, 2, 'two')]
    const [smaller, larger] = one.digest < two.digest ? [one, two] : [two, one]
    const alias = `${larger.digest}-0` as StreamId
    const ends: unknown[] = []
    for (const [first, second] of [
      [smaller, larger],
      [larger, smaller],
    ] as const) {
      let device = await openDevice({ signer: reader })
      const forks: Fork[] = []
      const gone: Withdrawn[] = []
      device.log.onFork((fork) => forks.push(fork))
      device.log.onWithdrawn((streams) => gone.push(...streams))
      await device.log.ingest(bytesOf([...small.slice(0, 2), ...first.small]))
      expect(forks).toEqual([])
      await device.log.ingest(bytesOf(second.small))
      expect(forks).toMatchObject([{ stream: stream(), alias, from: 4 }])
      expect(gone).toEqual(first === smaller ? [] : [{ stream: stream(), from: 4, lamport: 4 }])
      for (let round = 0; round < 2; round++) {
        const { log } = device
        const now = await shown(log)
        ends.push(now)
        expect(now.streams[stream()]).toEqual(
          ['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}', ...smaller.names].map((text, index) => [index, text]),
        )
        expect(now.streams[alias]).toEqual(larger.names.map((text, index) => [index, text]))
        expect(log.present()).toEqual({ [stream()]: 3 + smaller.names.length, [alias]: larger.names.length - 1 })
        expect(log.head(alias)).toMatchObject({ from: 0, count: larger.names.length })
        expect(await log.run(alias, 0)).toEqual(at(larger.small, 0).bytes)
        expect((await log.runs(alias, 1, 1e9)).map(({ from, stream: of }) => [of, from])).toEqual(
          larger.small.map((_, index) => [alias, 2 * index]),
        )
        // bounds, as of any stream
        expect(await payloads(log, { lowerBound: { [alias]: 0 }, upperBound: { [alias]: 1 } })).toEqual([
          larger.names[1],
        ])
        expect(await payloads(log, { order: 'desc', upperBound: { [alias]: 99 }, limit: 1 })).toEqual([
          larger.names.at(-1),
        ])
        // again: known, by either name
        expect(
          (await log.ingest(bytesOf([...small.slice(0, 2), ...one.small, ...two.small]))).map(({ type }) => type),
        ).toEqual(Array.from({ length: 7 }, () => 'known'))
        device = await device.reopen()
      }
    }
    for (const end of ends) expect(end).toEqual(ends[0])
  })

  it('a later run first: evidence, and taken once it is seen where its line leaves', async () => {
    const { small } = await makeStream(author, 3, 2)
    const other = await goOn(small, 1, 3, 2, 'other')
    const device = await openDevice({ signer: reader })
    await device.log.ingest(bytesOf(small))
    expect(await ingestOne(device.log, at(other.small, 1).bytes)).toMatchObject({ type: 'evidence', code: 'ERR_FORK' })
    expect(await ingestOne(device.log, at(other.small, 2).bytes)).toMatchObject({ type: 'evidence', code: 'ERR_FORK' })
    await ingestOne(device.log, at(other.small, 0).bytes)
    expect(device.disk.tables.get('evidence')?.size).toBe(0)
    const all = (await readAll(device.log)).events.map(({ payload }) => payload)
    expect(all).toEqual(expect.arrayContaining(other.names))
  })

  it('inside what seals hold on either side', async () => {
    const { small, rows } = await makeStream(author, 4, 2)
    const other = await goOn(small, 2, 3, 2, 'other')
    const sealed = await makeRun(author, { rows, commits: [2, 2, 2, 2], sealed: true })
    const otherSealed = await makeRun(author, {
      rows: [...rows.slice(0, 4), ...other.rows],
      commits: [2, 2, 2, 2, 2],
      sealed: true,
    })
    const ends: unknown[] = []
    for (const runs of [
      [sealed, otherSealed],
      [otherSealed, sealed],
      [...small, otherSealed],
      [otherSealed, ...small, sealed],
      [...small.slice(0, 2), ...other.small, sealed, otherSealed],
    ]) {
      const device = await openDevice({ signer: reader })
      for (const run of runs) await device.log.ingest([run.bytes])
      ends.push(await shown(device.log))
      expect(await shown((await device.reopen()).log)).toEqual(ends[0])
    }
    for (const end of ends) expect(end).toEqual(ends[0])
    expect((ends[0] as { order: string[] }).order).toHaveLength(8 + 6)
  })

  it('from the first event on', async () => {
    const { small } = await makeStream(author, 2, 2)
    const other = await goOn(small, 0, 2, 2, 'other')
    const ends: unknown[] = []
    for (const runs of [
      [...small, ...other.small],
      [...other.small, ...small],
    ]) {
      const device = await openDevice({ signer: reader })
      await device.log.ingest(bytesOf(runs))
      ends.push(await shown(device.log))
      expect(device.log.forks()).toMatchObject([{ from: 0 }])
    }
    expect(ends[1]).toEqual(ends[0])
  })

  it('a cut of the author takes the branch along, and gives it back', async () => {
    const cuts = new Map<StreamId, number>()
    const { small } = await makeStream(author, 4, 2)
    const other = await goOn(small, 2, 3, 2, 'other')
    const device = await openDevice({ signer: reader, cutOf: (of) => cuts.get(of) })
    await device.log.ingest(bytesOf([...small, ...other.small]))
    const before = await shown(device.log)
    const [fork] = device.log.forks()
    cuts.set(stream(), 5)
    await device.log.recut()
    expect(Object.keys(device.log.present())).toEqual([stream()])
    expect(await payloads(device.log)).toEqual(before.streams[stream()]?.slice(0, 5).map(([, text]) => text))
    expect(device.log.cutOf(fork?.alias as StreamId)).toBe(0)
    expect(device.log.head(fork?.alias as StreamId)).toBeUndefined()
    const again = await device.reopen()
    expect(await payloads(again.log)).toEqual(await payloads(device.log))
    cuts.clear()
    await again.log.recut()
    expect(await shown(again.log)).toEqual(before)
    expect(again.disk.tables.get('evidence')?.size).toBe(0)
  })
})

describe('any number of branches, sealed as they may be, in any order, with restarts', () => {
  it('ends alike, with everything', async () => {
    let swapped = 0
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 4 }),
        fc.array(fc.record({ base: fc.nat(5), after: fc.nat(4), count: fc.integer({ min: 1, max: 4 }) }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.array(fc.record({ line: fc.nat(3), from: fc.nat(5), count: fc.integer({ min: 2, max: 5 }) }), {
          maxLength: 4,
        }),
        fc.array(fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 }), { minLength: 2, maxLength: 3 }),
        async (commits, plans, seals, orders) => {
          const trunk = await makeStream(author, commits, 2)
          const lines: { runs: Run[]; rows: ReturnType<typeof rowsFrom> }[] = [{ runs: trunk.small, rows: trunk.rows }]
          for (const [index, { base, after, count }] of plans.entries()) {
            const parent = lines[base % lines.length] as (typeof lines)[number]
            const leave = after % (parent.runs.length + 1)
            const branch = await goOn(parent.runs, leave, count, 2, `b${index}`)
            lines.push({
              runs: [...parent.runs.slice(0, leave), ...branch.small],
              rows: [...parent.rows.slice(0, 2 * leave), ...branch.rows],
            })
          }
          const sealed: Run[] = []
          for (const [index, { line, from, count }] of seals.entries()) {
            const { runs, rows } = lines[line % lines.length] as (typeof lines)[number]
            const first = from % runs.length
            const end = Math.min(runs.length, first + count)
            // one a line: those of one author are laminar
            if (
              end - first < 2 ||
              seals.findIndex((other) => other.line % lines.length === line % lines.length) !== index
            )
              continue
            sealed.push(
              await makeRun(author, {
                rows: rows.slice(2 * first, 2 * end),
                commits: Array.from({ length: end - first }, () => 2),
                from: 2 * first,
                chainBefore: at(runs, first).header.chainBefore,
                sealed: true,
              }),
            )
          }
          const all = [
            ...new Map(
              [...lines.flatMap(({ runs }) => runs), ...sealed].map((run) => [cryptBase64(run.signature), run.bytes]),
            ).values(),
          ]
          const ends: unknown[] = []
          for (const order of orders) {
            let device: Device = await openDevice({ signer: reader })
            const watch = (): void => void device.log.onWithdrawn(() => (swapped += 1))
            watch()
            const queue = all
              .map((bytes, index) => ({ bytes, key: order[index % order.length] ?? 0 }))
              .toSorted((a, b) => a.key - b.key)
            for (const [index, { bytes, key }] of queue.entries()) {
              await device.log.ingest([bytes])
              if (key % 7 !== 0 && index !== 3) continue
              device = await device.reopen()
              watch()
            }
            await offerAll(device.log, bytesOf(lines.flatMap(({ runs }) => runs)))
            ends.push(await shown(device.log))
            expect(await shown((await device.reopen()).log)).toEqual(ends.at(-1))
          }
          const commitsSeen = new Set(
            lines.flatMap(({ runs }) => runs.map(({ header }) => cryptBase64(header.chainAfter))),
          )
          expect((ends[0] as { order: string[] }).order).toHaveLength(2 * commitsSeen.size)
          for (const end of ends) expect(end).toEqual(ends[0])
        },
      ),
      { numRuns: 40 },
    )
    expect(swapped).toBeGreaterThan(5)
  })
})
