/** RULES 19 for readers: what was told and counts no more sends a monotonic subscription back in time; a plain one goes on. */
import { beforeAll, describe, expect, it } from 'vitest'
import { subscribe, subscribeMonotonic } from '../../src/api/subscriptions.ts'
import type { StreamId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import { drafts, makeStream, newSigner, openDevice, publish } from '../log/fixture.ts'

let author: Signer
beforeAll(async () => {
  author = await newSigner()
})

type Item = { type: string; payload?: { n: number }; newStart?: unknown }

const setUp = async (tag: string) => {
  const cuts = new Map<StreamId, number>()
  const device = await openDevice({ cutOf: (of) => cuts.get(of) })
  const stream = streamOf(author.id, 0)
  await publish(device.log, drafts(8, 'other'))
  const { small } = await makeStream(author, 5, 2)
  await device.log.ingest(small.map(({ bytes }) => bytes))
  const cut = async (to: number | undefined): Promise<void> => {
    if (to === undefined) cuts.delete(stream)
    else cuts.set(stream, to)
    await device.log.recut()
  }
  const abort = new AbortController()
  const filter = { type: 'tag', tag } as const
  const open = (monotonic: boolean) => {
    const items = monotonic
      ? subscribeMonotonic(device.log, filter, {}, abort.signal)
      : subscribe(device.log, { filter }, {}, abort.signal)
    /** What comes until nothing more does. */
    let asked: ReturnType<typeof items.next> | undefined
    return async (): Promise<Item[]> => {
      const told: Item[] = []
      for (;;) {
        asked ??= items.next()
        const next = await Promise.race([asked, new Promise<undefined>((resolve) => setTimeout(resolve, 50))])
        if (next === undefined) return told
        asked = undefined
        if (next.done === true) return told
        told.push(...next.value.map((line) => JSON.parse(line) as Item))
      }
    }
  }
  return { device, stream, cut, open, abort }
}

describe('a monotonic subscription', () => {
  it('travels in time to the first event that it was told and that counts no more', async () => {
    const { stream, cut, open } = await setUp('tag')
    const next = open(true)
    expect((await next()).filter(({ type }) => type === 'event')).toHaveLength(10)
    await cut(4)
    expect(await next()).toEqual([{ type: 'timeTravel', newStart: { lamport: 4, stream, offset: 4 } }])
  })

  it('does not where it was told nothing of it', async () => {
    const { cut, open, device, abort } = await setUp('none')
    const next = open(true)
    expect((await next()).map(({ type }) => type)).toEqual(['offsets'])
    await cut(4)
    await publish(device.log, drafts(1, 'none'))
    expect((await next()).map(({ type }) => type)).toEqual(['event'])
    abort.abort()
  })
})

describe('a plain subscription', () => {
  it('goes on, and is told again what comes back', async () => {
    const { cut, open, abort } = await setUp('tag')
    const next = open(false)
    expect((await next()).filter(({ type }) => type === 'event')).toHaveLength(10)
    await cut(4)
    expect(await next()).toEqual([])
    await cut(undefined)
    expect((await next()).map(({ payload }) => payload?.n)).toEqual([4, 5, 6, 7, 8, 9])
    abort.abort()
  })
})
