/** Whole nodes of which several wrote under one name (RULES 17, 18): identities of their own, both branches kept, alike everywhere. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Device } from './device.ts'
import type { RenewalWorld } from './renewal-world.ts'
import { createRenewalWorld } from './renewal-world.ts'

let world: RenewalWorld | undefined
afterEach(() => {
  world?.end()
  world = undefined
})
const make = async (seed: number, count: number) => {
  world = await createRenewalWorld(seed, count)
  const [first, second] = world.devices
  if (first === undefined || second === undefined) throw new Error('two devices')
  return { world, first, second }
}
const statusOf = (device: Device) => {
  const status = device.node()?.swarm.status()
  if (status === undefined) throw new Error(`${device.name} is down`)
  return status
}

describe('a profile that was copied', () => {
  it('both on one network: each that notices gets an identity of its own, and everything either wrote is everywhere', async () => {
    const { world: here, first, second } = await make(4, 3)
    const was = here.identity(second)
    here.publish(second, 3)
    await here.converge()
    const copy = here.clone(here.snapshot(second))
    await here.pass(5000)
    here.publish(second, 2)
    here.publish(copy, 2)
    await here.until(
      () => copy.node() !== undefined && second.node() !== undefined && here.identity(copy) !== here.identity(second),
      60_000,
    )
    await here.converge()
    here.publish(second, 2)
    here.publish(copy, 2)
    await here.converge()
    expect(new Set([here.identity(second), here.identity(copy)]).has(was)).toBe(false)
    expect(statusOf(first).devices).toHaveLength(5)
  }, 60_000)

  it('each wrote by itself, and one was put back in between: both branches are kept, by nobody under the old name any more', async () => {
    const { world: here, first, second } = await make(5, 3)
    const was = here.identity(second)
    here.publish(second, 3)
    await here.converge()
    const image = here.snapshot(second)
    here.publish(second, 4)
    await here.converge()
    here.isolate(second, true)
    here.restore(second, image)
    await here.pass(3000)
    here.publish(second, 6)
    await here.pass(3000)
    expect(here.identity(second)).toBe(was)
    const before = await here.shown(second)
    here.isolate(second, false)
    await here.until(() => second.node() !== undefined && here.identity(second) !== was, 60_000)
    await here.converge()
    const after = await here.shown(first)
    // what it wrote alone is there, whatever it is called now
    const payloads = [...after.values()]
    for (const event of before.values()) expect(payloads).toContain(event)
  }, 60_000)

  it('again and again, here and there, cut off or not: whatever was acknowledged is everywhere, and all are equal', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { world: here } = await make(300 + seed, 3)
      const { random, devices } = here
      let renewals = 0
      for (let round = 0; round < 3; round++) {
        const device = random.pick(devices)
        const image = here.snapshot(device)
        const isWriting = random.chance(0.7)
        if (isWriting) here.publish(device, random.between(1, 4))
        // what is only on a disk that is overwritten is gone, as it should be
        await here.converge()
        const isApart = random.chance(0.6)
        if (isApart) here.isolate(device, true)
        if (devices.length < 5 && random.chance(0.4)) here.clone(image)
        else here.restore(device, image)
        await here.pass(random.between(500, 4000))
        for (const one of devices) if (random.chance(0.6)) here.publish(one, random.between(1, 5))
        await here.pass(random.between(500, 4000))
        here.isolate(device, false)
        await here.converge(240_000)
        renewals = new Set(devices.map((one) => here.identity(one))).size
      }
      // whoever shares a name with another one has not written since
      expect(renewals).toBeGreaterThan(1)
      const known = new Set(devices.flatMap((one) => statusOf(one).devices.map(({ node }) => node)))
      for (const one of devices) expect(known.has(here.identity(one))).toBe(true)
      here.end()
    }
  }, 300_000)
})
