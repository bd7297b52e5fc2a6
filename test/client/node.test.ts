/** The client against the real node, log and store in a worker that dies in the middle of its commits. A failing seed replays the faults. */
import { afterEach, expect, it } from 'vitest'
import type { LinkTimes } from '../../src/client/link.ts'
import { linkTimes } from '../../src/client/link.ts'
import { connectTo } from '../../src/client/shoal.ts'
import type { Item } from '../../src/client/contract.ts'
import { systemClock } from '../../src/node/system-clock.ts'
import type { CommitFate } from '../../src/store/memory.ts'
import { createMortalWorker } from './mortal-worker.ts'

const times = Object.fromEntries(Object.entries(linkTimes).map(([name, ms]) => [name, ms / 10])) as unknown as LinkTimes
const closings: (() => void)[] = []
afterEach(() => {
  for (const close of closings.splice(0)) close()
})

/** mulberry32 */
const createRandom = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const events = (items: readonly Item[]) => items.filter((item) => item.type === 'event')

it.each([1, 2, 3, 4])(
  'seed %i: every publish is answered, stored once, and delivered once, in order',
  async (seed) => {
    const random = createRandom(seed)
    let isCalm = false
    const fateOf = (): CommitFate => {
      if (isCalm || random() > 0.08) return 'commit'
      const fates = ['die-before', 'die-after', 'unknown-written', 'unknown-lost'] as const
      return fates[Math.floor(random() * fates.length)] ?? 'commit'
    }
    const { dial, kill, counts, faults } = createMortalWorker()
    faults.fate = fateOf
    const { shoal } = connectTo(dial, { clock: systemClock, times })
    closings.push(() => shoal.close())
    const seen: Item[] = []
    const failures: Error[] = []
    shoal.subscribe('FROM allEvents', { onError: (error) => failures.push(error) }, (item) => seen.push(item))

    const published = await Promise.all(
      [0, 1, 2].map(async (publisher) => {
        const offsets: number[] = []
        for (let i = 0; i < 40; i++) {
          const drafts = Array.from({ length: 1 + (i % 3) }, (_, part) => ({
            tags: ['t'],
            payload: [publisher, i, part],
          }))
          const answers = await shoal.publish(drafts)
          expect(answers).toHaveLength(drafts.length)
          offsets.push(...answers.map(({ offset }) => offset))
          if (random() < 0.05) kill()
        }
        return offsets
      }),
    )
    isCalm = true
    const stored = events(await shoal.query('FROM allEvents'))
    for (let i = 0; i < 300 && events(seen).length < stored.length; i++)
      await new Promise((resolve) => setTimeout(resolve, 20))

    const total = published.flat().length
    expect(counts.deaths).toBeGreaterThan(3)
    expect(failures).toEqual([])
    expect(stored).toHaveLength(total)
    expect(new Set(stored.map((event) => JSON.stringify(event.payload))).size).toBe(total)
    expect(events(seen)).toEqual(stored)
    expect(seen.filter((item) => item.type === 'offsets')).toHaveLength(1)
    for (const [publisher, offsets] of published.entries()) {
      expect(offsets).toEqual(
        stored.filter((event) => (event.payload as number[])[0] === publisher).map((event) => event.offset),
      )
    }
  },
  60_000,
)
