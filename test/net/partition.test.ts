/** Parts of a plant lose each other for a while, and work goes on in both. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NetPlant, NetTablet } from './devices.ts'
import { becomeSwarm, createNetPlant, pause, tell, untilAllHave, untilMeshed, work } from './devices.ts'

let plant: NetPlant | undefined
let gate: NetTablet
let oven: NetTablet
let press: NetTablet
let tablets: readonly NetTablet[]
let events = 0

beforeAll(async () => {
  plant = await createNetPlant()
  gate = await plant.tablet('gate', { address: '10.77.0.11' })
  oven = await plant.tablet('oven', { address: '10.77.0.12' })
  press = await plant.tablet('press', { address: '10.77.0.13' })
  tablets = [gate, oven, press]
  const from = performance.now()
  await becomeSwarm(tablets)
  await untilMeshed(tablets)
  tell('three tablets over cables', { 'joined and linked': performance.now() - from })
})
afterAll(() => plant?.close())

/** Answers in milliseconds after the end of the partition. */
const workApart = async (seconds: number, cut: () => void, mend: () => void): Promise<number> => {
  const before = await oven.connections()
  cut()
  const cutAt = performance.now()
  await work(tablets, `first of ${seconds}`, 100)
  await pause(Math.max(0, seconds * 500 - (performance.now() - cutAt)))
  await work(tablets, `second of ${seconds}`, 100)
  await pause(Math.max(0, seconds * 1000 - (performance.now() - cutAt)))
  mend()
  const from = performance.now()
  events += 600
  const same = await untilAllHave(tablets, events)
  await untilMeshed(tablets)
  const meshed = performance.now() - from
  const { made } = await oven.connections()
  tell(`partition of ${seconds} s`, {
    'same after': same,
    'all linked after': meshed,
    'new connections': String(made - before.made),
  })
  return same
}

test('for 10 s, of which nobody is told: it heals by itself', async () => {
  const took = await workApart(
    10,
    () => oven.host.block(true),
    () => oven.host.block(false),
  )
  expect(took).toBeLessThan(30_000)
})

test('for 60 s, a cable that is pulled: it heals by itself', async () => {
  expect(await workApart(60, oven.host.pull, oven.host.plug)).toBeLessThan(30_000)
})
