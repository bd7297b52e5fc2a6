/**
 * Every view on a handheld, a tablet and a desktop, light and dark, in both languages: nothing runs off the side, and everything that
 * is tapped is large enough for gloves. With `SHOAL_SCREENSHOTS=<folder>` each is also kept as a picture to look at.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestBrowser, TestStation } from './browser.ts'
import { launchChromium, startStation } from './browser.ts'
import { ask, goTo, importOutcome, openView } from './console.ts'
import { faults } from './faults.ts'

const folder = process.env['SHOAL_SCREENSHOTS']
const sizes = { handheld: [360, 740], tablet: [1024, 768], desktop: [1440, 900] } as const
const looks = [
  { scheme: 'light', language: 'en' },
  { scheme: 'dark', language: 'de' },
] as const
const views = ['overview', 'events', 'query', 'publish', 'import', 'check'] as const

let station: TestStation
let browser: TestBrowser

beforeAll(async () => {
  station = await startStation()
  browser = await launchChromium()
  if (folder) mkdirSync(folder, { recursive: true })
  const page = await browser.context.newPage()
  await openView(page, station.url, 'import')
  await page.locator('shoal-import button', { hasText: 'Try the sample' }).click()
  await page.locator('shoal-import [data-test=start]').click()
  await importOutcome(page)
  await ask(page, "FROM 'machine:press' & 'alarm:1'")
  await page.close()
})
afterAll(async () => {
  await browser.close()
  await station.stop()
})

const cases = Object.entries(sizes).flatMap(([size, [width, height]]) =>
  looks.map((look) => ({ size, width, height, ...look })),
)

test.each(cases)('on a $size, $scheme, $language', async ({ size, width, height, scheme, language }) => {
  const page = await browser.context.newPage()
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
  await page.addInitScript((chosen) => localStorage.setItem('shoal.language', chosen), language)
  await openView(page, station.url, 'overview')
  await page.locator('shoal-overview [data-test=events]').waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(language)
  const wrong: string[] = []
  for (const view of views) {
    if (view === 'check' && size === 'handheld') {
      await goTo(page, 'overview')
      await page.locator('shoal-overview a[href="#/check"]').click()
    } else await goTo(page, view)
    if (view === 'query') {
      await page.locator('shoal-query button.first').click()
      await page.locator('shoal-query .count[data-test=done]').waitFor()
    }
    if (view === 'events') await page.locator('shoal-events li').first().waitFor()
    if (view === 'check')
      await page.locator('shoal-check [data-test=idle] [data-check=device][data-state=ok]').waitFor()
    if (view === 'import') {
      await page.locator('shoal-import .card button').click()
      await page.locator('shoal-import [data-test=start]').waitFor()
    }
    wrong.push(...(await faults(page)).map((fault) => `${view}: ${fault}`))
    if (folder) await page.screenshot({ path: join(folder, `${size}-${scheme}-${view}.png`) })
  }
  expect(wrong).toEqual([])
  await page.close()
})
