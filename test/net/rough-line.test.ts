/** One tablet at the edge of the wireless: of its frames one in a hundred is lost and each takes 10 ms, in both directions. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishMany } from '../browser/many.ts'
import { linked } from '../browser/tablets.ts'
import type { NetPlant, NetTablet } from './devices.ts'
import { becomeSwarm, createNetPlant, tell, untilAllHave, untilMeshed, work } from './devices.ts'

let plant: NetPlant | undefined
let gate: NetTablet
let oven: NetTablet

beforeAll(async () => {
  plant = await createNetPlant()
  gate = await plant.tablet('gate', { address: '10.77.0.11' })
  oven = await plant.tablet('oven', { address: '10.77.0.12', line: { loss: 0.01, delay: 10 } })
})
afterAll(() => plant?.close())

const catchUp = 10_000

test('it joins, catches up, and works on with the others', async () => {
  const from = performance.now()
  await becomeSwarm([gate, oven])
  await untilMeshed([gate, oven])
  const joined = performance.now() - from

  await oven.setLinks('off')
  await gate.until('alone', (status) => linked(status).length === 0)
  await publishMany(gate, 'gate alone', catchUp)
  await publishMany(oven, 'oven alone', 1000)
  const begun = performance.now()
  await oven.setLinks('on')
  await untilMeshed([gate, oven])
  const linkedAfter = performance.now() - begun
  await untilAllHave([gate, oven], catchUp + 1000)
  const caughtUp = performance.now() - begun

  const at = performance.now()
  await work([gate, oven], 'together', 200)
  await untilAllHave([gate, oven], catchUp + 1400)
  const together = performance.now() - at

  const [, passed, lost] = /passed (\d+), lost (\d+)/.exec(await oven.host.endLine()) ?? []
  tell('1 % loss, 10 ms delay in each direction', {
    'joined and linked': joined,
    'linked again after': linkedAfter,
    [`${catchUp + 1000} events exchanged after`]: caughtUp,
    '200 events from each, until both have them': together,
    frames: `${passed} passed and ${lost} lost`,
  })
  const share = Number(lost) / (Number(passed) + Number(lost))
  expect(share).toBeGreaterThan(0.005)
  expect(share).toBeLessThan(0.02)
  expect(caughtUp).toBeLessThan(60_000)
})
