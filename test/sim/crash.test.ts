/**
 * RULES 6, 7, 9: opening is recovery, whatever happened before. More seeds: `npm run test:sim -- --seeds 500`; one of them
 * again: `npm run test:sim -- --seed 17`.
 */
import { expect, it } from 'vitest'
import type { Tally } from './world.ts'
import { runWorld } from './world.ts'

const stepsPerWorld = 30
const only = process.env['SHOAL_SIM_SEED']
/** However few are asked for: of three worlds the averages below say little. */
const seedsLeast = 6
const count = Math.max(seedsLeast, Number(process.env['SHOAL_SIM_SEEDS'] ?? seedsLeast))
const seeds = only === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(only)]

it(`RULES 6, 7, 9: nothing acknowledged is lost, torn or doubled, in ${seeds.length} worlds that keep dying`, async () => {
  const total: Partial<Record<keyof Tally, number>> = {}
  for (const seed of seeds) {
    try {
      const tally = await runWorld(seed, stepsPerWorld)
      for (const key of Object.keys(tally) as (keyof Tally)[]) total[key] = (total[key] ?? 0) + tally[key]
    } catch (cause) {
      const again = `npm run test:sim -- --seed ${seed}`
      throw new Error(`World ${seed} broke. Once more: ${again}`, { cause })
    }
  }
  if (process.env['SHOAL_SIM_SEEDS'] !== undefined) console.info(total)
  // a simulation in which nothing happens proves nothing
  if (only !== undefined) return
  expect(total.deaths).toBeGreaterThan(seeds.length * 3)
  expect(total.takeovers).toBeGreaterThan(0)
  expect(total.refused).toBeGreaterThan(seeds.length * 2)
  expect(total.ingested).toBeGreaterThan(seeds.length * 5)
  expect(total.events).toBeGreaterThan(seeds.length * 1000)
}, 600_000)
