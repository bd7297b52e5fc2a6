/** A swarm of a hundred: what the bench measures at length (`bench/simulated.ts`), for a few seconds. */
import { expect, it } from 'vitest'
import { runLargeSwarm } from './swarm-large.ts'

it('a hundred nodes: every event is everywhere within a second, and hardly any run travels twice', async () => {
  const { links, events, deliveries, delays, redundancy } = await runLargeSwarm({
    seed: 1,
    nodes: 100,
    forming: 10_000,
    every: 5000,
    publishing: 2000,
    arriving: 1000,
  })
  expect(events).toBeGreaterThan(30)
  expect(deliveries.done).toBe(deliveries.expected)
  expect(delays.p99).toBeLessThan(1000)
  expect(redundancy).toBeLessThan(1.5)
  expect(links.least).toBeGreaterThanOrEqual(4)
  expect(links.most).toBeLessThanOrEqual(10)
}, 300_000)
