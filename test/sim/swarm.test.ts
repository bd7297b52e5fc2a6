/**
 * Storms over small swarms of real nodes. As many seeds as there is time for: `SHOAL_SIM_BUDGET` (milliseconds; 40,000 where absent). More:
 * `npm run test:sim -- --seeds 500`; one of them again: `npm run test:sim -- --seed 17`.
 */
import { expect, it } from 'vitest'
import type { SwarmTally } from './swarm-storm.ts'
import { runStorm } from './swarm-storm.ts'

const only = process.env['SHOAL_SIM_SEED']
const asked = process.env['SHOAL_SIM_SEEDS']
const budget = Number(process.env['SHOAL_SIM_BUDGET'] ?? 40_000)
const stepsPerStorm = 120
/** However slow the machine is. */
const seedsLeast = 3

const storm = async (seed: number): Promise<SwarmTally> => {
  try {
    return await runStorm(seed, 3 + (seed % 6), stepsPerStorm)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`Swarm ${seed} broke: ${why}\nOnce more: npm run test:sim -- --seed ${seed}`, { cause })
  }
}

it('the same seed is the same storm, to the last byte on the wire', async () => {
  const seed = Number(only ?? 1)
  expect((await storm(seed)).digest).toBe((await storm(seed)).digest)
}, 300_000)

it(
  'swarms survive their storms: nothing acknowledged is lost, torn, doubled or in another order; then all are equal',
  async () => {
    const began = performance.now()
    const total: Partial<Record<keyof SwarmTally, number>> = {}
    const isTimeLeft = (done: number): boolean =>
      asked === undefined ? done < seedsLeast || performance.now() - began < budget : done < Number(asked)
    let done = 0
    for (let seed = Number(only ?? 1); only === undefined ? isTimeLeft(done) : done < 1; seed++, done++) {
      const { digest, ...counts } = await storm(seed)
      for (const key of Object.keys(counts) as (keyof typeof counts)[]) total[key] = (total[key] ?? 0) + counts[key]
      if (asked !== undefined || only !== undefined)
        console.info(`swarm ${seed}: ${JSON.stringify(counts)} ${digest.slice(0, 16)}`)
    }
    console.info(`${done} swarms: ${JSON.stringify(total)}`)
    // a simulation in which nothing happens proves nothing
    if (only !== undefined) return
    expect(total.deaths).toBeGreaterThan(done * 3)
    expect(total.events).toBeGreaterThan(done * 200)
    expect((total.partitions ?? 0) + (total.stationCuts ?? 0) + (total.jumps ?? 0)).toBeGreaterThan(done)
  },
  24 * 3600_000,
)
