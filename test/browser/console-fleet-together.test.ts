/** Two devices and the real node, by their screens alone: a poster names and sets up the newcomer; it is made an admin, then taken out of service. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestBrowser, TestStation } from './browser.ts'
import { launchChromium, startStation } from './browser.ts'
import { whenRunning } from './pages.ts'

let station: TestStation
const browsers: TestBrowser[] = []
const complaints: string[] = []

const openDevice = async (url: string): Promise<Page> => {
  const browser = await launchChromium()
  browsers.push(browser)
  const page = await browser.context.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  await whenRunning(page)
  return page
}

beforeAll(async () => {
  station = await startStation()
})
afterAll(async () => {
  for (const browser of browsers) await browser.close()
  await station.stop()
})

test('a poster, a second admin, and a device that is taken out of service', async () => {
  const first = await openDevice(station.url)
  await first.evaluate(async () => {
    await window.shoal.swarm.found('Halle 7')
    await window.shoal.swarm.recoveryKept()
  })
  await first.locator('nav a.devices').click()
  await first.locator('shoal-devices [data-test=invite]').click()
  await first.locator('shoal-poster-form [value=many]').check()
  await first.locator('shoal-poster-form #uses').selectOption('5')
  await first.locator('shoal-poster-form #pattern').fill('Line 3 – {n}')
  await first.locator('shoal-poster-form summary').click()
  await first.locator('shoal-poster-form #home').selectOption('/events')
  await first.locator('shoal-poster-form #language').selectOption('de')
  await first.locator('shoal-poster-form [data-test=invite]').click()
  const link = await first.locator('shoal-poster [data-test=link]').innerText()

  const second = await openDevice(link)
  await second.locator('shoal-join [data-test=named]', { hasText: 'Line 3 – 1, Line 3 – 2 to Line 3 – 5' }).waitFor()
  expect(await second.locator('shoal-join #device').count()).toBe(0)
  await second.locator('shoal-join [data-test=join]').click()
  // it says its name, in the language of the poster, on the view of the poster
  await second.locator('shoal-banners [data-test=joined]', { hasText: 'Es heißt „Line 3 – 1“.' }).waitFor()
  await second.evaluate(() => (location.hash = '#/'))
  await second.locator('nav a.events[aria-current]').waitFor()
  await first
    .locator('shoal-poster .shown [data-test=counter]', { hasText: /1 of 5 are in\s*Line 3 – 1 a moment ago/ })
    .waitFor()

  await first.locator('nav a.overview').click()
  await first.locator('shoal-alerts [data-test=promote]', { hasText: 'Line 3 – 1' }).click()
  await first.locator('shoal-alerts .note.good', { hasText: 'Line 3 – 1 is an admin now.' }).waitFor()
  await first.locator('shoal-alerts [data-alert=second-admin]').waitFor({ state: 'detached' })
  await expect.poll(() => second.evaluate(async () => (await window.shoal.swarm.status()).role)).toBe('admin')

  await second.evaluate(() => window.shoal.publish([{ tags: ['t'], payload: 1 }]))
  await first.locator('nav a.devices').click()
  await first.locator('shoal-device-list a', { hasText: 'Line 3 – 1' }).click()
  await first.locator('shoal-remains .note.good').waitFor()
  await first.locator('shoal-device-actions [data-test=retire]').click()
  await first.locator('shoal-device-actions [data-test=retire-now]').click()
  await first.locator('shoal-device [data-test=standing]', { hasText: 'Taken out of service by' }).waitFor()
  const own = second.locator('shoal-own-standing section')
  await own.filter({ hasText: 'Dieses Gerät wurde außer Betrieb genommen' }).waitFor()
  expect(await own.locator('a').innerText()).toBe('Mit neuer Einladung zurückkommen')

  // it comes back as a new device, by a new invitation
  const again = await first.evaluate(() => window.shoal.swarm.invite())
  const before = await second.evaluate(async () => (await window.shoal.swarm.status()).node)
  await own.locator('a').click()
  await second.locator('shoal-join #paste').fill(again)
  await second.locator('shoal-join [data-test=join]').click()
  await expect
    .poll(() => second.evaluate(async () => (await window.shoal.swarm.status()).state), { timeout: 30_000 })
    .toBe('member')
  await own.waitFor({ state: 'detached' })
  await second.locator('shoal-banners [data-test=joined]').waitFor()
  expect(await second.evaluate(async () => (await window.shoal.swarm.status()).node)).not.toBe(before)
  await first.locator('nav a.devices').click()
  await first.locator('shoal-device-list .gone', { hasText: 'Line 3 – 1' }).waitFor()
  await first.locator('shoal-device-list li:not(.gone, .self)').waitFor()
  expect(complaints).toEqual([])
})
