/** Whole nodes whose disks are put back, or copied (RULES 17, 18): new identities, nothing lost, alike everywhere. */
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

describe('a disk that was put back', () => {
  it('and not written since: a new identity, a member, under the old name; nothing lost, and it can write', async () => {
    const { world: here, first, second } = await make(1, 3)
    const was = here.identity(second)
    here.publish(second, 3)
    await here.converge()
    const image = here.snapshot(second)
    here.publish(second, 5)
    await here.converge()
    const before = await here.shown(first)
    const name = statusOf(second).devices.find(({ isSelf }) => isSelf)?.displayName
    here.restore(second, image)
    await here.until(() => second.node() !== undefined && here.identity(second) !== was, 20_000)
    here.publish(second, 4)
    await here.converge()
    const status = statusOf(second)
    expect(status.role).toBe('member')
    expect(status.devices.find(({ isSelf }) => isSelf)?.displayName).toBe(name)
    const after = await here.shown(first)
    for (const [place, event] of before) expect(after.get(place)).toBe(event)
    // nothing was ever written under the old name again
    const written = [...after.keys()].filter((place) => place.startsWith(was))
    expect(written).toHaveLength([...before.keys()].filter((place) => place.startsWith(was)).length)
    expect(statusOf(first).devices.map(({ node }) => node)).toContain(here.identity(second))
  }, 60_000)

  it('and an admin is a member afterwards, whatever it was', async () => {
    const { world: here, first } = await make(2, 3)
    expect(statusOf(first).role).toBe('admin')
    const was = here.identity(first)
    const image = here.snapshot(first)
    here.publish(first, 2)
    await here.converge()
    here.restore(first, image)
    await here.until(() => first.node() !== undefined && here.identity(first) !== was, 20_000)
    await here.converge()
    expect(statusOf(first).role).toBe('member')
  }, 60_000)

  it('alone it goes on as it was: it does not know', async () => {
    const { world: here, second } = await make(3, 3)
    const was = here.identity(second)
    const image = here.snapshot(second)
    here.isolate(second, true)
    here.restore(second, image)
    await here.pass(5000)
    here.publish(second, 2)
    await here.pass(5000)
    expect(here.identity(second)).toBe(was)
    expect(here.refusals()).toBe(0)
    here.isolate(second, false)
    await here.converge()
    expect(here.identity(second)).toBe(was)
  }, 60_000)
})

describe('what admins see and do', () => {
  it('is told who goes on as whom; who is revoked takes what it was renewed into with it, and is renewed no more', async () => {
    const { world: here, first, second } = await make(6, 3)
    const was = here.identity(second)
    const image = here.snapshot(second)
    here.publish(second, 2)
    await here.converge()
    here.restore(second, image)
    await here.until(() => second.node() !== undefined && here.identity(second) !== was, 20_000)
    await here.converge()
    const now = here.identity(second)
    expect(statusOf(first).alerts).toContainEqual({ type: 'renewed', node: now, was })
    // its old name alone makes nobody an heir of it, and nothing safer
    expect(statusOf(first).alerts.map(({ type }) => type)).not.toContain('same-name')

    await here.during(() => first.node()?.swarm.revoke(was) ?? Promise.reject(new Error('down')))
    await here.pass(20_000)
    const standings = new Map(statusOf(first).devices.map(({ node, standing }) => [node, standing.type]))
    expect([standings.get(was), standings.get(now)]).toEqual(['revoked', 'revoked'])

    // a copy of before, which nobody has heard of
    here.restore(second, image)
    await here.pass(60_000)
    expect(here.identity(second)).toBe(was)
    expect(statusOf(first).devices).toHaveLength(4)
  }, 60_000)
})

describe('cut off anywhere', () => {
  const fates = ['die-before', 'die-after', 'full', 'unknown-written', 'unknown-lost'] as const
  it.each(fates)(
    'each commit of it once "%s": it goes on at the next start, as one new identity',
    async (fate) => {
      let commits = Infinity
      for (let nth = 1; nth <= commits; nth++) {
        const { world: here, second } = await make(100 + nth, 3)
        const was = here.identity(second)
        const image = here.snapshot(second)
        here.publish(second, 3)
        await here.converge()
        let count = 0
        let isDue = true
        second.faults.fate = () => {
          count += 1
          if (!isDue || count !== nth) return 'commit'
          isDue = false
          if (fate.startsWith('die')) here.time.after(1000, () => second.start())
          return fate
        }
        here.restore(second, image)
        await here.until(() => second.node() !== undefined && here.identity(second) !== was, 60_000)
        // of an undisturbed one, up to the first word of the new identity
        commits = Math.min(commits, Math.max(count, nth), 14)
        second.faults.fate = () => 'commit'
        here.publish(second, 2)
        await here.converge()
        const now = here.identity(second)
        const others = statusOf(here.devices[0] as Device).devices.map(({ node }) => node)
        // no second one was made on the way
        expect(new Set(others)).toEqual(new Set([...here.first, now]))
        here.end()
      }
      expect(commits).toBeGreaterThan(5)
    },
    180_000,
  )

  it('killed at any time of it', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { world: here, second } = await make(200 + seed, 3)
      const was = here.identity(second)
      const image = here.snapshot(second)
      here.publish(second, 3)
      await here.converge()
      here.restore(second, image)
      for (let death = 0; death < 4; death++) {
        await here.pass(here.random.between(1, 400))
        second.kill(here.random.chance(0.3) ? 'worker' : 'tab')
        await here.pass(100)
        second.start()
      }
      await here.until(() => second.node() !== undefined && here.identity(second) !== was, 60_000)
      await here.converge()
      expect(statusOf(second).devices).toHaveLength(4)
      here.end()
    }
  }, 180_000)
})
