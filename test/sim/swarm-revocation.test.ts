/** A revocation in a mesh of fifty (RULES 19). */
import { expect, it } from 'vitest'
import { runRevocation } from './swarm-revocation.ts'

it('a device that is shut out is cut off everywhere within two seconds, and what it wrote since counts nowhere', async () => {
  const { knownAfter, linksBefore, held, written, counted } = await runRevocation({
    seed: 3,
    nodes: 50,
    forming: 15_000,
    step: 50,
    atMost: 10_000,
  })
  expect(linksBefore).toBeGreaterThan(1)
  expect(knownAfter).toBeLessThanOrEqual(2000)
  expect(held.size).toBe(1)
  expect(counted).toBeGreaterThan(10)
  expect(counted).toBeLessThan(written)
}, 300_000)
