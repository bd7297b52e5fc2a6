import { afterEach, describe, expect, it } from 'vitest'
import { windowChunks } from '../../src/api/port-contract.ts'
import { errorCode } from '../../src/core/errors.ts'
import { connect } from '../../src/client/connect.ts'
import { connectTo } from '../../src/client/shoal.ts'
import type { LinkTimes } from '../../src/client/link.ts'
import { linkTimes } from '../../src/client/link.ts'
import type { Item, Published } from '../../src/client/contract.ts'
import { systemClock } from '../../src/node/system-clock.ts'
import type { Faults } from './mortal-worker.ts'
import { createMortalWorker } from './mortal-worker.ts'

/** A tenth of the real ones. */
const times = Object.fromEntries(Object.entries(linkTimes).map(([name, ms]) => [name, ms / 10])) as unknown as LinkTimes
const closings: (() => void)[] = []
afterEach(() => {
  for (const close of closings.splice(0)) close()
})

const setUp = (faults: Partial<Faults> = {}, patience = times) => {
  const worker = createMortalWorker()
  Object.assign(worker.faults, faults)
  const { shoal, link } = connectTo(worker.dial, { clock: systemClock, times: patience })
  closings.push(() => shoal.close())
  return { worker, shoal, link }
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const until = async (done: () => boolean): Promise<void> => {
  for (let i = 0; i < 500 && !done(); i++) await pause(10)
  expect(done()).toBe(true)
}
const payloads = (items: readonly Item[]): unknown[] =>
  items.filter((item) => item.type === 'event').map((item) => item.payload)
const draft = (payload: unknown) => [{ tags: ['t'], payload }]
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
/** Dies after so many commits that nobody heard of. */
const dieAfterCommits = (count: number): Faults['fate'] => {
  let left = count
  return () => (left-- > 0 ? 'die-after' : 'commit')
}
/** 64 of them fill a chunk. */
const bulky = (count: number) => upTo(count).map((n) => ({ n, text: 'x'.repeat(1000) }))
const ordinals = (items: readonly Item[]): unknown[] => payloads(items).map((payload) => (payload as { n: number }).n)

describe('calls', () => {
  it('made before the worker answered wait for it', async () => {
    const { shoal, worker } = setUp()
    expect(shoal.state).toBe('connecting')
    const [published] = await shoal.publish(draft(1))
    expect(published).toMatchObject({ offset: 0 })
    expect(shoal.state).toBe('connected')
    expect(await worker.stored()).toEqual([1])
  })

  it('are asked again when the worker died, and a stored publication is not stored twice', async () => {
    const { shoal, worker } = setUp({ fate: dieAfterCommits(1) })
    const [published] = await shoal.publish(draft('once'))
    expect(published?.offset).toBe(0)
    expect(await worker.stored()).toEqual(['once'])
    expect(worker.counts).toMatchObject({ dials: 2, deaths: 1 })
  })

  it('keep their order across deaths, none lost, none doubled', async () => {
    const { shoal, worker } = setUp({ fate: dieAfterCommits(4) })
    const published: (readonly Published[])[] = []
    // what is asked together is committed together, so that each wave is one commit
    for (const wave of upTo(6)) {
      published.push(...(await Promise.all(upTo(10).map((index) => shoal.publish(draft(wave * 10 + index))))))
    }
    expect(await worker.stored()).toEqual(upTo(60))
    expect(published.map(([event]) => event?.offset)).toEqual(upTo(60))
    expect(worker.counts.deaths).toBe(4)
  }, 20_000)

  it('are not disturbed by a worker that takes long but answers probes', async () => {
    const { shoal, worker } = setUp({
      fate: () => pause(1500).then(() => 'commit' as const),
    })
    await shoal.publish(draft('slow'))
    expect(worker.counts.probes).toBeGreaterThan(5)
    expect(worker.counts.dials).toBe(1)
  })

  it('survive a worker that computes so long that it answers nothing', async () => {
    const { shoal, worker } = setUp()
    await shoal.offsets()
    worker.freeze()
    const publishing = shoal.publish(draft('late'))
    await pause(1500)
    worker.thaw()
    await publishing
    await pause(200)
    expect(await worker.stored()).toEqual(['late'])
    expect(shoal.state).toBe('connected')
    expect(worker.counts.dials).toBeGreaterThan(1)
    expect(worker.counts.dials).toBeLessThan(8)
  })

  it('go to the next instance when the store was taken over', async () => {
    // by what it is told: waiting for silence would take a minute
    const { shoal, worker } = setUp({}, { ...times, callSilence: 60_000, probeWait: 60_000 })
    await shoal.publish(draft('before'))
    await worker.fence()
    await shoal.publish(draft('fenced'))
    expect(await worker.stored()).toEqual(['before', 'fenced'])
    expect(worker.counts).toMatchObject({ dials: 2, deaths: 0 })
  })

  it('end with the error of the node, and leave the others alone', async () => {
    const { shoal, worker } = setUp()
    const bad = shoal.publish([{ tags: [''], payload: 'bad' }])
    const [refused, good] = await Promise.allSettled([bad, shoal.publish(draft('good'))])
    expect(refused.status === 'rejected' && errorCode(refused.reason)).toBe('ERR_BAD_REQUEST')
    expect(good.status).toBe('fulfilled')
    await expect(shoal.query('FROM nonsense')).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' })
    expect(worker.counts.dials).toBe(1)
    expect(await worker.stored()).toEqual(['good'])
  })

  it('say what cannot be written, before anything is sent', async () => {
    const { shoal, worker } = setUp()
    for (const payload of [undefined, Number.NaN, 1n, { deep: [() => 1] }]) {
      await expect(shoal.publish(draft(payload))).rejects.toMatchObject({ code: 'ERR_NOT_JSON' })
    }
    const tooMany = upTo(16_385).map((index) => ({ tags: ['t'], payload: index }))
    await expect(shoal.publish(tooMany)).rejects.toMatchObject({ code: 'ERR_PAYLOAD_TOO_LARGE' })
    expect(await worker.stored()).toEqual([])
  })

  it('keep what JSON can say', async () => {
    const { shoal } = setUp()
    const value = JSON.parse('{"__proto__":[-0,1e-7,"\\ud800"],"":{}}') as unknown
    await shoal.publish(draft(value))
    const [event] = await shoal.query('FROM allEvents')
    expect(event?.type === 'event' && event.payload).toEqual(value)
    expect(event?.type === 'event' && Object.is((event.payload as { __proto__: number[] }).__proto__[0], -0)).toBe(true)
  })

  it('read and change what the node keeps', async () => {
    const { shoal } = setUp()
    const progress = { key: 'import', from: 0, to: 5 }
    await shoal.publish(draft(1), { progress })
    await expect(shoal.publish(draft(2), { progress })).rejects.toMatchObject({ code: 'ERR_PROGRESS' })
    expect(await shoal.progress('import')).toBe(5)
    await shoal.rename('Press 4')
    const { displayName, events, nodeId } = await shoal.info()
    expect({ displayName, events }).toEqual({ displayName: 'Press 4', events: 1 })
    expect((await shoal.offsets()).present).toEqual({ [`${nodeId}-0`]: 0 })
  })
})

describe('a refusal', () => {
  it('that only a reload mends ends every call, now and later', async () => {
    const { shoal, worker } = setUp({ isNewer: true })
    const failed: Error[] = []
    shoal.subscribe('FROM allEvents', { onError: (error) => failed.push(error) }, () => undefined)
    await expect(shoal.offsets()).rejects.toMatchObject({ code: 'ERR_CLIENT_OUTDATED' })
    expect(shoal.state).toBe('refused')
    expect(shoal.problem?.code).toBe('ERR_CLIENT_OUTDATED')
    expect(failed.map(errorCode)).toEqual(['ERR_CLIENT_OUTDATED'])
    await expect(shoal.publish(draft(1))).rejects.toMatchObject({ code: 'ERR_CLIENT_OUTDATED' })
    expect(worker.counts.dials).toBe(1)
  })

  it('that may pass ends the calls, is tried again by the next, and subscriptions wait it out', async () => {
    const { shoal, worker } = setUp({ refusal: 'ERR_STORE_UNAVAILABLE' })
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    await expect(shoal.publish(draft(1))).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    worker.faults.refusal = undefined
    await shoal.publish(draft(2))
    await until(() => payloads(seen).length === 1)
    expect(shoal.state).toBe('connected')
    expect(shoal.problem).toBe(undefined)
    expect(payloads(seen)).toEqual([2])
  })

  it('for want of a service worker is told at once', async () => {
    await expect(connect()).rejects.toMatchObject({ code: 'ERR_NO_WORKER' })
  })
})

describe('a subscription', () => {
  it('delivers known events, one offsets, live events, exactly once and in order across deaths at any moment', async () => {
    const { shoal, worker } = setUp()
    await worker.publish(...bulky(200))
    const seen: Item[] = []
    const cancel = shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    for (let round = 0; round < 5; round++) {
      await until(() => ordinals(seen).length >= 50 * round)
      worker.kill()
      await worker.publish(...upTo(5).map((n) => ({ n: 200 + round * 5 + n })))
    }
    await until(() => ordinals(seen).length >= 225)
    await pause(100)
    expect(ordinals(seen)).toEqual(upTo(225))
    expect(seen.filter((item) => item.type === 'offsets')).toHaveLength(1)
    cancel()
    await worker.publish({ n: -1 })
    await pause(50)
    expect(ordinals(seen)).toHaveLength(225)
  }, 20_000)

  it('counts its limit across deaths', async () => {
    const { shoal, worker } = setUp()
    await worker.publish(1, 2)
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents LIMIT 3', {}, (item) => seen.push(item))
    await until(() => payloads(seen).length === 2)
    worker.kill()
    await worker.publish(3, 4, 5)
    await until(() => payloads(seen).length >= 3)
    await pause(100)
    expect(payloads(seen)).toEqual([1, 2, 3])
  })

  it('notices a death although nothing is asked', async () => {
    const { shoal, worker } = setUp()
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    await until(() => seen.length === 1)
    worker.kill()
    await worker.publish('alone')
    await until(() => payloads(seen).length === 1)
    expect(payloads(seen)).toEqual(['alone'])
  })

  it('notices at once when told to doubt', async () => {
    const { shoal, worker, link } = setUp()
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    await until(() => seen.length === 1)
    worker.kill()
    await worker.publish('alone')
    const from = performance.now()
    link.suspect()
    await until(() => payloads(seen).length === 1)
    expect(performance.now() - from).toBeLessThan(times.idleSilence)
  })

  it('does not stay with an instance that lost its store', async () => {
    const { shoal, worker } = setUp()
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    await until(() => seen.length === 1)
    await worker.fence()
    await worker.publish('refused').catch(() => undefined)
    await worker.publish('taken')
    await until(() => payloads(seen).length === 1)
    expect(payloads(seen)).toEqual(['taken'])
  })

  it('moves to the worker that took over, and leaves nothing behind in the old one', async () => {
    const { shoal, worker, link } = setUp()
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    await worker.publish(1)
    await until(() => payloads(seen).length === 1)
    link.redial()
    await until(() => worker.counts.dials === 2)
    await worker.publish(2)
    await until(() => payloads(seen).length === 2)
    await until(() => worker.streams() === 1)
    expect(payloads(seen)).toEqual([1, 2])
  })

  it('goes on after its callback threw', async () => {
    const { shoal, worker } = setUp()
    const uncaught: unknown[] = []
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => uncaught.push(error))
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents', {}, (item) => {
      seen.push(item)
      if (item.type === 'event' && item.payload === 1) throw new Error('mine')
    })
    await worker.publish(1)
    await worker.publish(2)
    await until(() => payloads(seen).length === 2)
    process.removeAllListeners('uncaughtException')
    for (const listener of before) process.on('uncaughtException', listener)
    expect(uncaught).toHaveLength(1)
  })
})

describe('a query', () => {
  it('is the same whether awaited or iterated', async () => {
    const { shoal, worker } = setUp()
    await worker.publish(1, 2, 3, 4, 5, 6, 7)
    const awaited = await shoal.query('FROM allEvents', { order: 'desc' })
    expect(payloads(awaited)).toEqual([7, 6, 5, 4, 3, 2, 1])
    expect(awaited.at(-1)).toMatchObject({ type: 'offsets' })
    const iterated: Item[] = []
    for await (const item of shoal.query('FROM allEvents', { order: 'desc' })) iterated.push(item)
    expect(iterated).toEqual(awaited)
  })

  it.each(['asc', 'desc'] as const)(
    'goes on where it was when the worker dies, and does not see what came later: %s',
    async (order) => {
      const { shoal, worker } = setUp()
      await worker.publish(...bulky(500))
      const seen: Item[] = []
      for await (const item of shoal.query('FROM allEvents', { order })) {
        seen.push(item)
        if (seen.length % 100 !== 0) continue
        worker.kill()
        await worker.publish({ n: -1 })
      }
      expect(ordinals(seen)).toEqual(order === 'asc' ? upTo(500) : upTo(500).toReversed())
      expect(worker.counts.dials).toBeGreaterThan(2)
    },
    20_000,
  )

  it('holds the node back while the reader does not read, and stops it when the reader leaves', async () => {
    const { shoal, worker } = setUp()
    await worker.publish(...bulky(2000))
    let read = 0
    for await (const item of shoal.query('FROM allEvents')) {
      if (item.type === 'event') read++
      await pause(40)
      if (read === 5) break
    }
    await until(() => worker.streams() === 0)
    // one for the offsets, the window, and one more for the chunk that is being read
    expect(worker.counts.chunks).toBeLessThanOrEqual(windowChunks + 2)
    expect(read).toBe(5)
  })

  it('ends by its signal', async () => {
    const { shoal, worker } = setUp()
    await worker.publish(...bulky(1000))
    const stop = new AbortController()
    const reading = (async () => {
      for await (const item of shoal.query('FROM allEvents', { signal: stop.signal }))
        if (item.type === 'event' && item.offset === 10) stop.abort(new Error('enough'))
    })()
    await expect(reading).rejects.toThrow('enough')
    await until(() => worker.streams() === 0)
  })
})

it('closing ends what is open, and later calls', async () => {
  const { shoal } = setUp()
  const pending = shoal.offsets()
  shoal.close()
  await expect(pending).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  await expect(shoal.publish(draft(1))).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  expect(shoal.state).toBe('closed')
})
