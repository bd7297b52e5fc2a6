/** Catching up with a long absence, interrupted ten times, each time in another way; about half a minute. `SHOAL_CATCH_UP`: the number of events. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestStation } from './browser.ts'
import { startStation } from './browser.ts'
import { publishMany, survey } from './many.ts'
import type { Tablet } from './tablets.ts'
import { linked, startTablet } from './tablets.ts'

const total = Number(process.env['SHOAL_CATCH_UP'] ?? 100_000)
const interruptions = 10

let station: TestStation
let gate: Tablet
let oven: Tablet

beforeAll(async () => {
  station = await startStation()
  ;[gate, oven] = await Promise.all([startTablet('gate', station.url), startTablet('oven', station.url)])
  await gate.found('Hall 3')
  await oven.join(await gate.invite())
  await oven.untilLinked([gate])
})
afterAll(async () => {
  await Promise.all([gate.discard(), oven.discard()])
  await station.stop()
})

const ways = [
  async () => {
    await oven.setLinks('off')
    await gate.until('alone', (status) => linked(status).length === 0)
    await oven.setLinks('on')
  },
  async () => oven.stopWorker(),
  async () => {
    await oven.closeTab()
    await oven.openTab()
  },
  async () => {
    await oven.kill()
    await oven.start()
  },
]

/** Looked at often, since it is over soon. */
const untilHeld = (count: number): Promise<number> =>
  oven.page.evaluate(async (events) => {
    for (const from = performance.now(); ;) {
      const held = (await window.shoal.info()).events
      if (held >= events) return held
      if (performance.now() - from > 60_000)
        throw new Error(
          `${held} of ${events} events: ${JSON.stringify(await window.shoal.swarm.status(), undefined, 1)}`,
        )
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }, count)

test(`${total} events, interrupted ${interruptions} times: all arrive, once, in the same order`, async () => {
  await oven.setLinks('off')
  await gate.until('alone', (status) => linked(status).length === 0)
  await publishMany(gate, 'gate', total)
  const before = (await oven.page.evaluate(() => window.shoal.info())).events
  await oven.setLinks('on')
  const reached: number[] = []
  for (let at = 0; at < interruptions; at++) {
    reached.push((await untilHeld(before + Math.ceil((total * (at + 1)) / (interruptions + 3)))) - before)
    await ways[at % ways.length]?.()
  }
  await oven.untilSame(gate, 120_000)
  // of few events the last ones may come while an interruption is under way
  const early = reached.filter((events) => events < total).length
  expect(early).toBeGreaterThanOrEqual(total < 100_000 ? interruptions / 2 : interruptions)
  const [here, there] = await Promise.all([survey(gate), survey(oven)])
  expect(here).toMatchObject({ count: total, distinct: total })
  expect(there).toEqual(here)
}, 300_000)
