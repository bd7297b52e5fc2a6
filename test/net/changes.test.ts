/** What is set up once and changes all the same: a device's address, the station. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { linked } from '../browser/tablets.ts'
import type { NetPlant, NetTablet } from './devices.ts'
import { becomeSwarm, createNetPlant, pause, stationPort, tell, untilAllHave, untilMeshed, work } from './devices.ts'

let plant: NetPlant
let gate: NetTablet
let oven: NetTablet
let events = 0

beforeAll(async () => {
  plant = await createNetPlant()
  gate = await plant.tablet('gate', { address: '10.77.0.11' })
  oven = await plant.tablet('oven', { address: '10.77.0.12' })
  await becomeSwarm([gate, oven])
  await untilMeshed([gate, oven])
})
afterAll(() => plant?.close())

const workTogether = async (round: string): Promise<number> => {
  const from = performance.now()
  await work([gate, oven], round, 100)
  events += 200
  await untilAllHave([gate, oven], events)
  return performance.now() - from
}

/** The link that is there now is given up, so that another one has to be found. */
const cutLinks = async (): Promise<void> => {
  await oven.setLinks('off')
  await gate.until('alone', (status) => linked(status).length === 0)
  await oven.setLinks('on')
}

const atStation = (tablet: NetTablet): Promise<unknown> =>
  tablet.until('at a station', ({ stations }) => stations.some(({ state }) => state === 'connected'))

test('a tablet gets another address: its link follows it there, or another one is made', async () => {
  const before = await oven.connections()
  oven.host.readdress('10.77.0.112')
  const took = await workTogether('another address')
  await untilMeshed([gate, oven])
  const { made } = await oven.connections()
  tell('another address', { 'same after': took, 'new connections': String(made - before.made) })
  expect(took).toBeLessThan(40_000)
})

test('it leaves the network, and comes back elsewhere with another address', async () => {
  const before = await oven.connections()
  oven.host.pull()
  oven.host.readdress('10.77.0.113')
  await pause(25_000)
  oven.host.plug()
  const from = performance.now()
  await untilMeshed([gate, oven])
  await workTogether('elsewhere on the floor')
  const took = performance.now() - from
  const { made } = await oven.connections()
  tell('25 s without a network, then another address', {
    'linked and same after': took,
    'new connections': String(made - before.made),
  })
  expect(took).toBeLessThan(40_000)
})

test('the station stops: those who are linked stay so; it is back: who lost each other meet again', async () => {
  const before = await oven.connections()
  await plant.stopStation()
  await gate.until('without a station', ({ stations }) => stations.every(({ state }) => state !== 'connected'))
  await workTogether('without a station')
  await pause(3000)
  await workTogether('still without')
  expect(await oven.connections()).toEqual(before)
  await cutLinks()
  await pause(3000)
  expect(linked(await gate.status())).toEqual([])

  await plant.startStation()
  const from = performance.now()
  await Promise.all([gate, oven].map(atStation))
  const met = performance.now() - from
  await untilMeshed([gate, oven])
  const linkedAfter = performance.now() - from
  await workTogether('with it again')
  tell('a station that was away', { 'reached after': met, 'linked after': linkedAfter })
  expect(linkedAfter).toBeLessThan(30_000)
})

test('the station comes back at another address, and tablets are told: they meet there', async () => {
  await plant.stopStation()
  plant.stationHost.readdress('10.77.0.201')
  await plant.startStation()
  await cutLinks()
  await pause(2000)
  expect(linked(await gate.status())).toEqual([])
  const from = performance.now()
  const url = `wss://${plant.stationHost.address}:${stationPort}/signal`
  for (const tablet of [gate, oven]) await tablet.page.evaluate((told) => window.shoal.swarm.stations([told]), url)
  await untilMeshed([gate, oven])
  const linkedAfter = performance.now() - from
  await workTogether('elsewhere')
  tell('a station at another address', { 'linked after': linkedAfter })
  expect(linkedAfter).toBeLessThan(30_000)
})
