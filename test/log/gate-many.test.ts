/** Many runs at the gate: examined ahead, judged in order, a few transactions; what others see of it meanwhile. */
import { beforeAll, describe, expect, it } from 'vitest'
import { ingestBytesMax, ingestRunsMax } from '../../src/core/limits.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import type { Stored } from '../../src/log/contract.ts'
import type { Device } from './fixture.ts'
import { at, drafts, makeRun, makeStream, newSigner, openDevice, payloads, publish, rowsFrom } from './fixture.ts'
import { streamOf } from '../../src/core/node-id.ts'
import { emptyChain } from '../../src/log/row.ts'
import type { CommitFate } from '../../src/store/memory.ts'

let author: Signer
beforeAll(async () => {
  author = await newSigner()
})
const stream = () => streamOf(author.id, 0)

/** Counts commits; `during` runs in each of them. */
const watchCommits = (device: Device, during: (commit: number) => void | Promise<void> = () => undefined) => {
  const seen = { commits: 0 }
  device.disk.fate = async (): Promise<CommitFate> => {
    seen.commits += 1
    await during(seen.commits)
    return 'commit'
  }
  return seen
}

describe('what is not committed is shown to nobody', () => {
  it('heads, status and records during the transaction are those before it', async () => {
    const device = await openDevice()
    const { small, seal } = await makeStream(author, 6, 2)
    await device.log.ingest(small.slice(0, 2).map(({ bytes }) => bytes))
    const before = [device.log.heads(), device.log.status()]
    const seen: unknown[] = []
    watchCommits(device, async () => {
      seen.push([device.log.heads(), device.log.status()])
      seen.push(await device.log.run(stream(), 4))
    })
    await device.log.ingest([(await seal(0, 3)).bytes, at(small, 3).bytes])
    expect(seen.slice(0, 2)).toEqual([before, undefined])
    expect(device.log.head(stream())).toMatchObject({ count: 8, sealedTo: 6 })
  })

  it('a transaction that fails leaves nothing behind, not in the next one either', async () => {
    const device = await openDevice()
    const { small } = await makeStream(author, 3, 2)
    await device.log.ingest([at(small, 0).bytes])
    device.disk.fate = () => 'full'
    await expect(device.log.ingest(small.slice(1).map(({ bytes }) => bytes))).rejects.toMatchObject({
      code: 'ERR_STORE_FULL',
    })
    device.disk.fate = () => 'commit'
    expect(await device.log.ingest([at(small, 2).bytes])).toEqual([{ type: 'gap', stream: stream(), head: 2 }])
    expect((await device.log.ingest(small.slice(1).map(({ bytes }) => bytes))).map(({ type }) => type)).toEqual([
      'stored',
      'stored',
    ])
  })

  it('those who pass runs on are told after each commit, of own ones with their bytes', async () => {
    const device = await openDevice()
    const { small } = await makeStream(author, 2, 2)
    const told: Stored[] = []
    const stop = device.log.onStored((stored) => told.push(stored))
    await device.log.ingest([at(small, 0).bytes], { hold: true })
    await device.log.ingest([at(small, 0).bytes])
    await publish(device.log, drafts(3))
    const own = await device.log.run(device.stream, 0)
    expect(told).toEqual([
      { streams: new Set([stream()]), appended: [] },
      { streams: new Set([device.stream]), appended: [{ stream: device.stream, from: 0, count: 3, bytes: own }] },
    ])
    stop()
    await publish(device.log, drafts(1))
    expect(told).toHaveLength(2)
  })
})

describe('a large ingest', () => {
  const many = () => makeStream(author, 2 * ingestRunsMax + 10, 1)

  it('is several transactions, and one advance of what readers see', async () => {
    const { small } = await many()
    const device = await openDevice()
    const seen = watchCommits(device)
    let advances = 0
    device.log.onPresent(() => advances++)
    const answers = await device.log.ingest(small.map(({ bytes }) => bytes))
    expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(['stored']))
    expect([seen.commits, advances]).toEqual([3, 1])
  })

  it('by bytes as well', async () => {
    const device = await openDevice()
    const seen = watchCommits(device)
    const runs: Uint8Array[] = []
    let chainBefore: Uint8Array = emptyChain
    for (let from = 0; from < 8; from++) {
      const payload = Array.from({ length: 9000 }, (_, n) => Math.sin(n + from * 9000))
      const run = await makeRun(author, { rows: rowsFrom([{ payload }], from), from, chainBefore })
      chainBefore = run.header.chainAfter
      runs.push(run.bytes)
    }
    const bytes = runs.reduce((sum, { length }) => sum + length, 0)
    await device.log.ingest(runs)
    expect(seen.commits).toBeGreaterThanOrEqual(Math.ceil(bytes / ingestBytesMax))
    expect(seen.commits).toBeLessThan(8)
  })

  it('a publisher waits for one of them only', async () => {
    const { small } = await many()
    const device = await openDevice()
    const order: string[] = []
    let publishing: Promise<unknown> | undefined
    watchCommits(device, (commit) => {
      order.push(`commit ${commit}`)
      publishing ??= publish(device.log, drafts(1)).then(() => order.push('published'))
    })
    await device.log.ingest(small.map(({ bytes }) => bytes))
    await publishing
    expect(order).toEqual(['commit 1', 'commit 2', 'published', 'commit 3', 'commit 4'])
  })

  it('several at once are judged in the order of asking', async () => {
    const { small } = await makeStream(author, 40, 1)
    const device = await openDevice()
    const parts = Array.from({ length: 8 }, (_, part) => small.slice(part * 5, part * 5 + 5).map(({ bytes }) => bytes))
    const answers = (await Promise.all(parts.map((part) => device.log.ingest(part, { hold: true })))).flat()
    expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(['stored']))
    device.log.release()
    expect(await payloads(device.log)).toHaveLength(40)
  })

  it('what went through is decoded already: the first reader fetches nothing', async () => {
    const { seal } = await makeStream(author, 10, 10)
    const device = await openDevice()
    await device.log.ingest([(await seal(0, 10)).bytes])
    device.disk.tables.get('runs')?.clear()
    expect(await payloads(device.log)).toHaveLength(100)
  })
})

describe('records read together', () => {
  it('follow one another from the one that holds the offset, about so many bytes, at least one', async () => {
    const { small, seal } = await makeStream(author, 6, 2)
    const { log } = await openDevice()
    await log.ingest([(await seal(0, 3)).bytes, ...small.slice(3).map(({ bytes }) => bytes)])
    const size = at(small, 3).bytes.length
    const ranges = async (from: number, bytes: number) =>
      (await log.runs(stream(), from, bytes)).map((run) => `${run.from}+${run.count}`)
    expect(await ranges(4, 1)).toEqual(['0+6'])
    expect(await ranges(0, 1e6)).toEqual(['0+6', '6+2', '8+2', '10+2'])
    expect(await ranges(7, size * 1.5)).toEqual(['6+2', '8+2'])
    expect(await ranges(12, 1e6)).toEqual([])
    expect(await log.runs(streamOf((await newSigner()).id, 0), 0, 1)).toEqual([])
    expect((await log.runs(stream(), 8, 1))[0]?.bytes).toEqual(at(small, 4).bytes)
  })

  it('end before what is damaged', async () => {
    const { small } = await makeStream(author, 4, 2)
    let device = await openDevice()
    await device.log.ingest(small.map(({ bytes }) => bytes))
    const runs = device.disk.tables.get('runs')
    const key = [...(runs?.keys() ?? [])].sort()[2] ?? ''
    runs?.set(key, new Uint8Array(99))
    device = await device.reopen()
    expect(device.log.hole(stream())).toBe(0)
    expect(await device.log.runs(stream(), 0, 1e6)).toHaveLength(2)
    expect([device.log.head(stream())?.count, device.log.hole(stream())]).toEqual([4, 2])
  })

  it('a sketch says what a record claims to be; of garbage there is none', async () => {
    const { small } = await makeStream(author, 1, 2)
    const { log } = await openDevice()
    const { header, bytes } = at(small, 0)
    expect(log.sketch(bytes)).toEqual({
      stream: stream(),
      from: 0,
      count: 2,
      isSealed: false,
      chainAfter: header.chainAfter,
    })
    expect(log.sketch(new Uint8Array(50))).toBeUndefined()
  })
})
