import { afterEach, describe, expect, it } from 'vitest'
import { errorCode } from '../../src/core/errors.ts'
import { connectTo } from '../../src/client/shoal.ts'
import type { LinkTimes } from '../../src/client/link.ts'
import { linkTimes } from '../../src/client/link.ts'
import type { Item } from '../../src/client/contract.ts'
import { systemClock } from '../../src/node/system-clock.ts'
import { append, createMortalWorker } from './mortal-worker.ts'

/** A tenth of the real ones. */
const times = Object.fromEntries(Object.entries(linkTimes).map(([name, ms]) => [name, ms / 10])) as unknown as LinkTimes
const closings: (() => void)[] = []
afterEach(() => {
  for (const close of closings.splice(0)) close()
})

const setUp = (refusal?: string) => {
  const worker = createMortalWorker()
  if (refusal !== undefined) worker.refuse(refusal)
  const { shoal, link } = connectTo(worker.dial, { clock: systemClock, times })
  closings.push(() => shoal.close())
  return { worker, shoal, link }
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const until = async (done: () => boolean): Promise<void> => {
  for (let i = 0; i < 500 && !done(); i++) await pause(10)
  expect(done()).toBe(true)
}
const numbers = (items: readonly Item[]): unknown[] =>
  items.filter((item) => item.type === 'event').map((item) => item.payload)
const draft = (payload: unknown) => [{ tags: ['t'], payload }]

describe('calls', () => {
  it('made before the worker answered wait for it', async () => {
    const { shoal, worker } = setUp()
    expect(shoal.state).toBe('connecting')
    const [published] = await shoal.publish(draft(1))
    expect(published).toMatchObject({ offset: 0, lamport: 1 })
    expect(shoal.state).toBe('connected')
    expect(worker.disk.events).toHaveLength(1)
  })

  it('are asked again when the worker died, and a stored publication is not stored twice', async () => {
    const { shoal, worker } = setUp()
    worker.dieAfterCommit(1)
    const [published] = await shoal.publish(draft('once'))
    expect(published?.offset).toBe(0)
    expect(worker.disk.events.map((event) => event.payload)).toEqual(['once'])
    expect(worker.dials).toBe(2)
  })

  it('keep their order across deaths, none lost, none doubled', async () => {
    const { shoal, worker } = setUp()
    const all = Array.from({ length: 60 }, (_, index) => shoal.publish(draft(index)))
    worker.dieAfterCommit(4)
    const published = await Promise.all(all)
    expect(worker.disk.events.map((event) => event.payload)).toEqual(Array.from({ length: 60 }, (_, index) => index))
    expect(published.map(([event]) => event?.offset)).toEqual(Array.from({ length: 60 }, (_, index) => index))
  }, 20_000)

  it('are not disturbed by a worker that takes long but answers probes', async () => {
    const { shoal, worker } = setUp()
    worker.slowness = 1500
    await shoal.publish(draft('slow'))
    expect(worker.probes).toBeGreaterThan(5)
    expect(worker.dials).toBe(1)
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
    expect(worker.disk.events).toHaveLength(1)
    // it was only busy: the second line was not needed
    expect(shoal.state).toBe('connected')
    expect(worker.dials).toBeGreaterThan(1)
    expect(worker.dials).toBeLessThan(8)
  })

  it('go to the next worker when one says that it was fenced', async () => {
    const { shoal, worker } = setUp()
    worker.failNext('ERR_STORE_FENCED', 3)
    await shoal.publish(draft('fenced'))
    expect(worker.disk.events).toHaveLength(1)
    expect(worker.dials).toBe(4)
  })

  it('end with the error of the node, and leave the others alone', async () => {
    const { shoal, worker } = setUp()
    worker.failNext('ERR_BAD_REQUEST', 1)
    const [bad, good] = await Promise.allSettled([shoal.publish(draft('bad')), shoal.publish(draft('good'))])
    expect(bad.status === 'rejected' && errorCode(bad.reason)).toBe('ERR_BAD_REQUEST')
    expect(good.status).toBe('fulfilled')
    expect(worker.dials).toBe(1)
  })

  it('say what cannot be written, before anything is sent', async () => {
    const { shoal, worker } = setUp()
    for (const payload of [undefined, Number.NaN, 1n, { deep: [() => 1] }]) {
      await expect(shoal.publish(draft(payload))).rejects.toMatchObject({ code: 'ERR_NOT_JSON' })
    }
    await expect(shoal.publish(Array.from({ length: 16_385 }, () => draft(0)[0]!))).rejects.toMatchObject({
      code: 'ERR_PAYLOAD_TOO_LARGE',
    })
    expect(worker.disk.events).toHaveLength(0)
  })
})

describe('a refusal', () => {
  it('that only a reload mends ends every call, now and later', async () => {
    const { shoal, worker } = setUp('ERR_CLIENT_OUTDATED')
    const failed: Error[] = []
    shoal.subscribe('FROM allEvents', { onError: (error) => failed.push(error) }, () => undefined)
    await expect(shoal.offsets()).rejects.toMatchObject({ code: 'ERR_CLIENT_OUTDATED' })
    expect(shoal.state).toBe('refused')
    expect(shoal.problem?.code).toBe('ERR_CLIENT_OUTDATED')
    expect(failed.map(errorCode)).toEqual(['ERR_CLIENT_OUTDATED'])
    await expect(shoal.publish(draft(1))).rejects.toMatchObject({ code: 'ERR_CLIENT_OUTDATED' })
    expect(worker.dials).toBe(1)
  })

  it('that may pass ends the calls, is tried again by the next, and subscriptions wait it out', async () => {
    const { shoal, worker } = setUp('ERR_STORE_UNAVAILABLE')
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    await expect(shoal.publish(draft(1))).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    worker.accept()
    await shoal.publish(draft(2))
    await until(() => numbers(seen).length === 1)
    expect(shoal.state).toBe('connected')
    expect(numbers(seen)).toEqual([2])
  })
})

describe('a subscription', () => {
  it('delivers known events, one offsets, live events, exactly once and in order across deaths at any moment', async () => {
    const { shoal, worker } = setUp()
    append(
      worker.disk,
      Array.from({ length: 20 }, (_, index) => index),
    )
    const seen: Item[] = []
    const cancel = shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    for (let round = 0; round < 5; round++) {
      await until(() => worker.streams > 0 || numbers(seen).length > 0)
      await pause(round * 7)
      worker.kill()
      for (let i = 0; i < 5; i++) worker.publish(20 + round * 5 + i)
      await until(() => numbers(seen).length >= 20 + round * 5)
    }
    await until(() => numbers(seen).length >= 45)
    await pause(100)
    expect(numbers(seen)).toEqual(Array.from({ length: 45 }, (_, index) => index))
    expect(seen.filter((item) => item.type === 'offsets')).toHaveLength(1)
    cancel()
    worker.publish('after')
    await pause(50)
    expect(numbers(seen)).toHaveLength(45)
  }, 20_000)

  it('notices a death although nothing is asked', async () => {
    const { shoal, worker } = setUp()
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    await until(() => seen.length === 1)
    worker.kill()
    worker.publish('alone')
    await until(() => numbers(seen).length === 1)
    expect(numbers(seen)).toEqual(['alone'])
  })

  it('notices at once when told to doubt', async () => {
    const { shoal, worker, link } = setUp()
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    await until(() => seen.length === 1)
    worker.kill()
    worker.publish('alone')
    const from = performance.now()
    link.suspect()
    await until(() => numbers(seen).length === 1)
    expect(performance.now() - from).toBeLessThan(times.idleSilence)
  })

  it('moves to the worker that took over, and leaves nothing behind in the old one', async () => {
    const { shoal, worker, link } = setUp()
    const seen: Item[] = []
    shoal.subscribe('FROM allEvents', {}, (item) => seen.push(item))
    worker.publish(1)
    await until(() => numbers(seen).length === 1)
    link.redial()
    await until(() => worker.dials === 2)
    worker.publish(2)
    await until(() => numbers(seen).length === 2)
    await until(() => worker.streams === 1)
    expect(numbers(seen)).toEqual([1, 2])
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
    for (const payload of [1, 2]) worker.publish(payload)
    await until(() => numbers(seen).length === 2)
    process.removeAllListeners('uncaughtException')
    for (const listener of before) process.on('uncaughtException', listener)
    expect(uncaught).toHaveLength(1)
  })
})

describe('a query', () => {
  it('is the same whether awaited or iterated', async () => {
    const { shoal, worker } = setUp()
    append(worker.disk, [1, 2, 3, 4, 5, 6, 7])
    const awaited = await shoal.query('FROM allEvents')
    expect(numbers(awaited)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(awaited.at(-1)).toMatchObject({ type: 'offsets' })
    const iterated: Item[] = []
    for await (const item of shoal.query('FROM allEvents')) iterated.push(item)
    expect(iterated).toEqual(awaited)
  })

  it('goes on where it was when the worker dies, and does not see what came later', async () => {
    const { shoal, worker } = setUp()
    append(
      worker.disk,
      Array.from({ length: 100 }, (_, index) => index),
    )
    const seen: Item[] = []
    for await (const item of shoal.query('FROM allEvents')) {
      seen.push(item)
      if (seen.length % 30 === 0) {
        worker.kill()
        worker.publish('later')
      }
    }
    expect(numbers(seen)).toEqual(Array.from({ length: 100 }, (_, index) => index))
    expect(worker.dials).toBeGreaterThan(2)
  }, 20_000)

  it('holds the node back while the reader does not read, and stops it when the reader leaves', async () => {
    const { shoal, worker } = setUp()
    append(
      worker.disk,
      Array.from({ length: 1000 }, (_, index) => index),
    )
    let read = 0
    for await (const item of shoal.query('FROM allEvents')) {
      if (item.type === 'event') read++
      await pause(20)
      if (read === 5) break
    }
    await until(() => worker.streams === 0)
    expect(read).toBe(5)
  })

  it('ends by its signal', async () => {
    const { shoal, worker } = setUp()
    append(
      worker.disk,
      Array.from({ length: 1000 }, (_, index) => index),
    )
    const stop = new AbortController()
    const reading = (async () => {
      for await (const item of shoal.query('FROM allEvents', { signal: stop.signal }))
        if (item.type === 'event' && item.payload === 10) stop.abort(new Error('enough'))
    })()
    await expect(reading).rejects.toThrow('enough')
    await until(() => worker.streams === 0)
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
