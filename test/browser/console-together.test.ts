/** Two devices and the real node, by their screens alone: a swarm is begun, an invitation followed, help called and taken. */
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
  page.on('console', (message) => {
    if (message.type() === 'error' && /policy|trusted/i.test(message.text())) complaints.push(message.text())
  })
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

test('begin, invite, join, call for help, take it', async () => {
  const first = await openDevice(station.url)
  await first.locator('shoal-welcome [data-test=found]').click()
  await first.locator('shoal-founding #swarm').fill('Halle 7')
  await first.locator('shoal-founding #device').fill('Press tablet')
  await first.locator('shoal-founding button.first').click()
  const groups = first.locator('shoal-recovery [data-test=code] li')
  await groups.first().waitFor()
  expect(await groups.count()).toBe(12)
  await first.locator('shoal-recovery #last').fill((await groups.last().innerText()).toLowerCase())
  await first.locator('shoal-recovery button.first').click()
  await first.locator('shoal-devices .head h1', { hasText: 'Halle 7' }).waitFor()
  await first.locator('shoal-devices [data-test=invite]').click()
  await first.locator('shoal-poster-form [data-test=invite]').click()
  const link = await first.locator('shoal-poster [data-test=link]').innerText()
  expect(link).toContain(`${station.url}#/join/`)

  const second = await openDevice(link)
  expect(await second.locator('shoal-join [data-test=swarm-name]').innerText()).toBe('Halle 7')
  await second.locator('shoal-join #device').fill('Shift lead')
  await second.locator('shoal-join [data-test=join]').click()
  await second.locator('shoal-andon h1').waitFor()
  await second.locator('shoal-banners [data-test=joined]', { hasText: 'Halle 7' }).waitFor()
  await first.locator('shoal-poster [data-test=over-used]', { hasText: '1 of 1 are in' }).waitFor()
  await first.locator('nav a.devices').click()
  await first.locator('shoal-device-list li', { hasText: 'Shift lead' }).waitFor()

  await first.locator('nav a.andon').click()
  await first.locator('shoal-andon-machines input').fill('Press 2')
  await first.locator('shoal-andon-machines .go').click()
  const alarm = second.locator('shoal-andon-alarm')
  await alarm.locator('[data-test=machine]', { hasText: 'Press 2' }).waitFor()
  const card = first.locator('shoal-andon-call')
  await card.locator('[data-test=reach]', { hasText: 'On 1 screen' }).waitFor()
  await alarm.locator('button.take').click()
  await card.locator('[data-test=state]', { hasText: 'Shift lead is coming' }).waitFor()
  await second.locator('shoal-andon-call [data-test=resolve]').click()
  await card.waitFor({ state: 'detached' })
  const wake = await second.evaluate(() => document.querySelector('shoal-console')?.page?.current.wake)
  expect(wake?.wanted).toBe(true)
  expect(complaints).toEqual([])
})
