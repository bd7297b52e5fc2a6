/** A station that is at another address than before: devices hear of it, wait until nothing is on them alone, and go there in their own place. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeFolder } from './browser.ts'
import type { LanStation } from './lan.ts'
import { freePort, lanFlags, lanName, startLanStation, trusting } from './lan.ts'
import { whenRunning } from './pages.ts'
import type { Tablet } from './tablets.ts'
import { smallFlags, startTablet } from './tablets.ts'

let lan: LanStation
let gate: Tablet
let oven: Tablet

beforeAll(async () => {
  lan = await startLanStation()
  const flags = [...smallFlags, ...lanFlags, trusting(lan.authority)]
  gate = await startTablet('gate', `${lan.origin}/`, { flags })
  await gate.found('Hall 3')
  await gate.publish('from of old')
  oven = await startTablet('oven', `${lan.origin}/`, { flags })
  await oven.join(await gate.invite())
  await oven.untilHas(['from of old'])
})
afterAll(async () => {
  await Promise.all([gate.discard(), oven.discard()])
  await lan.station.stop()
  removeFolder(lan.dataFolder)
})

test('an admin’s device goes to the new address and takes the place of the one it was', async () => {
  expect(await gate.page.locator('shoal-moved section').count()).toBe(0)
  await lan.station.stop()
  const before = lan.origin
  lan = await startLanStation({ dataFolder: lan.dataFolder, origin: `https://${lanName}:${await freePort()}` })
  expect(lan.station.output()).toContain('WARN_ORIGIN_CHANGED')
  // the address of before is served on, so that tablets there can be told
  await Promise.all([gate, oven].map(({ page }) => page.reload()))
  await whenRunning(gate.page)
  expect(new URL(gate.page.url()).origin).toBe(before)
  const banner = gate.page.locator('shoal-moved [data-test=moved]')
  await banner.waitFor()
  expect(await banner.innerText()).toContain(lan.origin)
  await gate.until('safe elsewhere', ({ onlyHere }) => onlyHere === 0)
  const old = (await gate.status()).node

  await banner.locator('[data-test=move]').click()
  const [moved] = await Promise.all([
    gate.browser.context.waitForEvent('page'),
    banner.locator('[data-test=move-open]').click(),
  ])
  await whenRunning(moved)
  expect(new URL(moved.url()).origin).toBe(lan.origin)
  await moved.locator('shoal-join #device').fill('Gate')
  await moved.locator('shoal-join [data-test=join]').click()
  await moved.locator('shoal-banners [data-test=joined]', { hasText: 'Hall 3' }).waitFor()
  gate.speakBy(moved)
  await gate.untilHas(['from of old'])
  const status = await gate.until('an admin', ({ role }) => role === 'admin')
  expect(status.node).not.toBe(old)
  expect(await moved.locator('shoal-moved section').count()).toBe(0)
  await moved.evaluate(([was, is]) => window.shoal.swarm.replace(was as never, is as never), [old, status.node])
  await gate.until('in its own place', ({ devices }) =>
    devices.some(({ node, standing }) => node === old && standing.type === 'retired'),
  )
})

test('a member’s device is told whom to ask', async () => {
  const banner = oven.page.locator('shoal-moved [data-test=moved]')
  await oven.until('safe elsewhere', ({ onlyHere }) => onlyHere === 0)
  await expect.poll(() => banner.innerText()).toContain('admin device that has moved')
})
