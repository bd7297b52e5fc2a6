/** Publishing: group commit, time, receipts, progress, and what happens when the store does not play along. */
import { describe, expect, it } from 'vitest'
import { timestampAheadMax } from '../../src/core/limits.ts'
import type { Write } from '../../src/store/contract.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { createManualClock } from '../api/manual-clock.ts'
import type { Device } from './fixture.ts'
import { appId, at, drafts, openDevice, payloads, publish, readAll, start } from './fixture.ts'

/** Counts transactions that hold runs. */
const countCommits = (disk: MemoryDisk): { commits: number } => {
  const counter = { commits: 0 }
  disk.fate = (writes: readonly Write[]) => {
    if (writes.some(({ type, table }) => type === 'put' && table === 'runs')) counter.commits += 1
    return 'commit'
  }
  return counter
}

const receiptAt = (device: Device, name: string, ms = 0): string =>
  `${Math.floor(device.clock.now() / 1000) + ms}-${name}`

describe('group commit', () => {
  it('what is published while a transaction is under way goes into the next one', async () => {
    const device = await openDevice()
    const counter = countCommits(device.disk)
    let letGo: () => void = () => {}
    const gate = new Promise<void>((resolve) => (letGo = resolve))
    device.disk.delay = () => gate
    const first = publish(device.log, drafts(1))
    await new Promise((resolve) => setTimeout(resolve, 20))
    const others = Array.from({ length: 100 }, (_, index) => publish(device.log, drafts(1, 'tag', 1 + index)))
    device.disk.delay = () => undefined
    letGo()
    await Promise.all([first, ...others])
    expect(counter.commits).toBe(2)
    expect(await payloads(device.log)).toEqual(drafts(101).map(({ payload }) => JSON.stringify(payload)))
  })

  it('published in one turn: one transaction, answers in order, each with its own place', async () => {
    const device = await openDevice()
    const counter = countCommits(device.disk)
    const answers = await Promise.all([1, 2, 3].map((count) => publish(device.log, drafts(count))))
    expect(counter.commits).toBe(1)
    expect(answers.flat().map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5])
    expect(answers.flat().map(({ lamport }) => lamport)).toEqual([1, 2, 3, 4, 5, 6])
    for (const answer of answers) expect(new Set(answer.map(({ timestamp }) => timestamp)).size).toBe(1)
    expect(new Set(answers.map((answer) => answer[0]?.timestamp)).size).toBe(3)
    expect(
      (await readAll(device.log)).events.map(({ offset, lamport, timestamp, stream }) => ({
        lamport,
        stream,
        offset,
        timestamp,
      })),
    ).toEqual(answers.flat())
  })

  it('one bad publication does not take its group down', async () => {
    const { log } = await openDevice()
    const results = await Promise.allSettled([
      publish(log, drafts(1)),
      publish(log, [{ tags: [''], payload: 1 }]),
      log.append(drafts(1), { appId: 'NOT' as never }),
      publish(log, drafts(1), { receipt: 'no receipt' }),
      log.append(drafts(1), { appId, progress: { key: 'white space', from: 0, to: 1 } }),
      log.append(drafts(1), { appId, progress: { key: 'import', from: 7, to: 8 } }),
      publish(log, drafts(1, 'tag', 1)),
    ])
    const codes = results.map((result) =>
      result.status === 'fulfilled' ? 'ok' : (result.reason as { code: string }).code,
    )
    expect(codes).toEqual(['ok', ...Array.from({ length: 4 }, () => 'ERR_BAD_REQUEST'), 'ERR_PROGRESS', 'ok'])
    expect(await payloads(log)).toEqual(['{"n":0}', '{"n":1}'])
  })

  it('acknowledged, told and present only after the commit', async () => {
    const device = await openDevice()
    let advances = 0
    device.log.onPresent(() => advances++)
    device.disk.fate = () => 'die-before'
    let answered = false
    publish(device.log, drafts(1)).then(
      () => (answered = true),
      () => (answered = true),
    )
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect([answered, advances, device.log.present(), device.log.heads().size]).toEqual([false, 0, {}, 0])
    device.disk.fate = () => 'commit'
    expect((await device.reopen()).log.present()).toEqual({})
  })

  it('an empty publication writes nothing', async () => {
    const device = await openDevice()
    const counter = countCommits(device.disk)
    expect(await publish(device.log, [])).toEqual([])
    expect(await publish(device.log, [], { receipt: receiptAt(device, 'empty') })).toEqual([])
    expect(counter.commits).toBe(0)
  })

  it('RULES 13: tags are stored in NFC, sorted, once each', async () => {
    const { log } = await openDevice()
    await publish(log, [{ tags: ['b', 'A\u030a', 'a', '\u00c5', 'b'], payload: null }])
    expect((await readAll(log)).events[0]?.tags).toEqual(['a', 'b', '\u00c5'])
  })
})

describe('RULES 6: one signature per offset range', () => {
  it('an unknown outcome: present means success, absent means the same bytes again', async () => {
    for (const fate of ['unknown-written', 'unknown-lost'] as const) {
      const device = await openDevice()
      let asked = 0
      const attempts: Uint8Array[] = []
      device.disk.fate = (writes) => {
        for (const write of writes) if (write.type === 'put' && write.table === 'runs') attempts.push(write.value)
        return ++asked === 1 ? fate : 'commit'
      }
      const [answer] = await publish(device.log, drafts(1))
      expect(answer?.offset).toBe(0)
      expect(attempts.length).toBe(fate === 'unknown-written' ? 1 : 2)
      expect(at(attempts, -1)).toEqual(at(attempts, 0))
      device.disk.fate = () => 'commit'
      expect((await publish(device.log, drafts(1, 'tag', 1)))[0]?.offset).toBe(1)
      expect(await payloads((await device.reopen()).log)).toEqual(['{"n":0}', '{"n":1}'])
    }
  })

  it('again and again, and written in the last attempt: that is success', async () => {
    const device = await openDevice()
    const fates = ['unknown-lost', 'unknown-lost', 'unknown-written'] as const
    let asked = 0
    device.disk.fate = () => fates[asked++] ?? 'commit'
    expect((await publish(device.log, drafts(1)))[0]?.offset).toBe(0)
    expect((await publish(device.log, drafts(1, 'tag', 1)))[0]?.offset).toBe(1)
    expect(await payloads((await device.reopen()).log)).toEqual(['{"n":0}', '{"n":1}'])
  })

  it('never written: the caller is told so, and the offset is free for others', async () => {
    const device = await openDevice()
    device.disk.fate = () => 'unknown-lost'
    await expect(publish(device.log, drafts(1))).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    device.disk.fate = () => 'commit'
    expect((await publish(device.log, drafts(1, 'tag', 7)))[0]?.offset).toBe(0)
    expect(await payloads((await device.reopen()).log)).toEqual(['{"n":7}'])
  })

  it('while nobody can say whether it was written, no offset is given out a second time', async () => {
    for (const fate of ['unknown-written', 'unknown-lost'] as const) {
      const device = await openDevice()
      await publish(device.log, drafts(1))
      let unreadable = false
      const real = device.disk.tables.get('runs')
      const runs = real as Map<string, Uint8Array> & { get: (key: string) => Uint8Array | undefined }
      const get = runs.get.bind(runs)
      runs.get = (key) => {
        if (unreadable) throw new Error('the platform says no')
        return get(key)
      }
      device.disk.fate = () => {
        unreadable = true
        return fate
      }
      await expect(publish(device.log, drafts(1, 'tag', 1))).rejects.toThrow('the platform says no')
      await expect(publish(device.log, drafts(1, 'tag', 2))).rejects.toThrow('the platform says no')
      unreadable = false
      device.disk.fate = () => 'commit'
      const third = publish(device.log, drafts(1, 'tag', 3))
      const outcome = await third.then(
        ([answer]) => answer?.offset,
        (error: unknown) => (error as { code: string }).code,
      )
      expect(outcome).toBe(fate === 'unknown-written' ? 'ERR_STORE_UNKNOWN_OUTCOME' : 1)
      const again = await device.reopen()
      expect(await payloads(again.log)).toEqual(['{"n":0}', fate === 'unknown-written' ? '{"n":1}' : '{"n":3}'])
      expect((await publish(again.log, drafts(1)))[0]?.offset).toBe(2)
    }
  })

  it('RULES 7: an older process is stopped by the fence and changes nothing', async () => {
    const old = await openDevice()
    await publish(old.log, drafts(1))
    const young = await old.reopen()
    await expect(publish(old.log, drafts(1))).rejects.toMatchObject({ code: 'ERR_STORE_FENCED' })
    await expect(old.log.ingest([])).resolves.toEqual([])
    await publish(young.log, drafts(1, 'tag', 1))
    expect(await payloads((await young.reopen()).log)).toEqual(['{"n":0}', '{"n":1}'])
  })

  it('after close nothing is written, and what is under way is finished first', async () => {
    const device = await openDevice()
    const { log } = device
    const first = publish(log, drafts(1))
    await new Promise((resolve) => setImmediate(resolve))
    await log.close()
    await expect(first).resolves.toHaveLength(1)
    await expect(publish(log, drafts(1))).rejects.toMatchObject({ code: 'ERR_STORE_CLOSED' })
    expect(await payloads((await device.reopen()).log)).toEqual(['{"n":0}'])
  })
})

describe('RULES 10, 11: counters and clocks', () => {
  it('timestamps are strictly increasing while the clock stands still, and after a restart', async () => {
    const device = await openDevice()
    const stamp = async (log = device.log): Promise<number> => (await publish(log, drafts(1)))[0]?.timestamp ?? 0
    expect([await stamp(), await stamp()]).toEqual([start, start + 1])
    expect(await stamp((await device.reopen()).log)).toBe(start + 2)
  })

  it('a clock set back by up to 10 s: they go on growing; by more: the clock is believed, with an entry', async () => {
    const device = await openDevice()
    await publish(device.log, drafts(1))
    const back = async (micros: number) => {
      const changed = await device.reopen({ clock: createManualClock(start - micros) })
      const [answer] = await publish(changed.log, drafts(1))
      return { timestamp: answer?.timestamp, codes: changed.reports.map(({ code }) => code) }
    }
    expect(await back(timestampAheadMax)).toEqual({ timestamp: start + 1, codes: [] })
    expect(await back(timestampAheadMax + 1_000_000)).toEqual({
      timestamp: start - timestampAheadMax - 1_000_000,
      codes: ['CLOCK_SET_BACK'],
    })
    const { events } = await readAll((await device.reopen()).log)
    expect(events.map(({ offset }) => offset)).toEqual([0, 1, 2])
    expect(events.map(({ lamport }) => lamport)).toEqual([1, 2, 3])
  })
})

describe('RULES 9: progress is a compare-and-set in the transaction of its events', () => {
  const advance = (device: Device, from: number, to: number, count = 1) =>
    device.log.append(drafts(count), { appId, progress: { key: 'import/1', from, to } })

  it('moves with the events, or nothing happens; also for an empty publication', async () => {
    let device = await openDevice()
    expect(await device.log.progress('import/1')).toBe(0)
    await advance(device, 0, 10)
    await expect(advance(device, 0, 20)).rejects.toMatchObject({ code: 'ERR_PROGRESS' })
    await expect(advance(device, 11, 20)).rejects.toMatchObject({ code: 'ERR_PROGRESS' })
    expect(await advance(device, 10, 15, 0)).toEqual([])
    await advance(device, 15, 20)
    expect(await device.log.progress('import/1')).toBe(20)
    expect(await device.log.progress('import/2')).toBe(0)
    device = await device.reopen()
    expect(await device.log.progress('import/1')).toBe(20)
    await expect(advance(device, 15, 20)).rejects.toMatchObject({ code: 'ERR_PROGRESS' })
    await advance(device, 20, 21)
    expect(await payloads(device.log)).toHaveLength(3)
  })

  it('of many at once exactly one gets through', async () => {
    const device = await openDevice()
    for (let round = 0; round < 3; round++) {
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => advance(device, round, round + 1)))
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
    expect(await payloads(device.log)).toHaveLength(3)
  })

  it('a chain of steps published at once gets through whole', async () => {
    const device = await openDevice()
    await Promise.all([0, 1, 2, 3].map((step) => advance(device, step, step + 1, 600)))
    expect(await device.log.progress('import/1')).toBe(4)
  })

  it('when the commit before it fails, a refusal that rested on it was not told: it is judged by what is', async () => {
    const device = await openDevice()
    let asked = 0
    device.disk.fate = () => (++asked === 1 ? 'full' : 'commit')
    // the first fills a group, so that the next is packed while it is being written
    const first = advance(device, 0, 10, 2048)
    const second = advance(device, 0, 5, 600)
    await expect(first).rejects.toMatchObject({ code: 'ERR_STORE_FULL' })
    expect(await second).toHaveLength(600)
    expect(await device.log.progress('import/1')).toBe(5)
    expect(await (await device.reopen()).log.progress('import/1')).toBe(5)
  })
})
