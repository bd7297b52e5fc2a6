/**
 * Networks in which a tablet cannot tell others where it is: multicast that is filtered, so nobody resolves the names that browsers give instead
 * of addresses, and no default route, so there is nothing to give. One device that shows its address is a way for all.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { linked } from '../browser/tablets.ts'
import type { NetPlant } from './devices.ts'
import { becomeSwarm, createNetPlant, pause, tell, untilAllHave, untilMeshed, verdict, work } from './devices.ts'

let plant: NetPlant

beforeEach(async () => {
  plant = await createNetPlant()
})
afterEach(() => plant?.close())

/** Long enough for several attempts. Milliseconds. */
const tryFor = 20_000

interface Outcome {
  /** Of the check of connectivity, while there is nobody between the two: first the one to look at first. */
  readonly causes: readonly (readonly string[])[]
}

/**
 * Two that cannot meet, and a third one that shows its address: it founds, both join it, work goes on; then it is gone, and they are apart; then
 * it is back.
 */
const withAndWithout = async (what: string, hasRoute: boolean): Promise<Outcome> => {
  const scanner = await plant.tablet('scanner', { address: '10.77.0.13', isRaw: true, hasRoute })
  const gate = await plant.tablet('gate', { address: '10.77.0.11', hasRoute })
  const oven = await plant.tablet('oven', { address: '10.77.0.12', hasRoute })
  const all = [scanner, gate, oven]
  const begun = performance.now()
  await becomeSwarm(all)
  const joined = performance.now() - begun
  await work(all, 'all', 100)
  const live = await untilAllHave(all, 300)
  await pause(tryFor)
  const counts = await Promise.all(all.map(async (tablet) => linked(await tablet.status()).length))
  expect(counts).toEqual([2, 1, 1])

  await scanner.stop()
  for (const tablet of [gate, oven]) await tablet.until('alone', (status) => linked(status).length === 0)
  await work([gate, oven], 'apart', 100)
  await pause(tryFor)
  for (const tablet of [gate, oven]) expect(linked(await tablet.status())).toEqual([])
  const causes = await Promise.all([verdict(gate), verdict(oven)])

  await scanner.start()
  const from = performance.now()
  const same = await untilAllHave(all, 500)
  await scanner.until('linked with both', (status) => linked(status).length === 2)
  tell(what, {
    'both joined the one that shows its address after': joined,
    '100 events from each, until all have them': live,
    'without it': causes.map(([first]) => first).join(' and '),
    'with it again, the same after': same,
    'linked after': performance.now() - from,
  })
  return { causes }
}

test('multicast is filtered: one that shows its address is a way for all; without it the check names the cause', async () => {
  plant.lan.filterMulticast()
  const { causes } = await withAndWithout('multicast filtered', true)
  expect(causes.map(([first]) => first)).toEqual(['multicast-filtered', 'multicast-filtered'])
})

test('no default route: one that shows its address is a way for all; without it the check names the cause', async () => {
  const { causes } = await withAndWithout('no default route', false)
  expect(causes.map(([first]) => first)).toEqual(['no-candidates', 'no-candidates'])
})

test('of two tablets only one has a default route: they link all the same', async () => {
  const gate = await plant.tablet('gate', { address: '10.77.0.11' })
  const island = await plant.tablet('island', { address: '10.77.0.12', hasRoute: false })
  const begun = performance.now()
  await becomeSwarm([gate, island])
  await untilMeshed([gate, island])
  const joined = performance.now() - begun
  await work([gate, island], 'both', 100)
  const live = await untilAllHave([gate, island], 200)
  expect(linked(await island.status())).toHaveLength(1)
  tell('a default route on one of two', {
    'joined and linked': joined,
    '100 events from each, until both have them': live,
  })
})
