/** Where Shoal cannot run, the page says why and what to do, in both languages, and nothing pretends to be stored. */
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { obstacleWords } from '../../src/page/texts.ts'
import type { Obstacle } from '../../src/page/texts.ts'
import { root } from '../../src/station/preparation.mjs'
import type { TestBrowser, TestStation } from './browser.ts'
import { launchChromium, removeFolder, startStation, temporaryFolder } from './browser.ts'
import { whenRunning } from './pages.ts'

let station: TestStation
let browser: TestBrowser

beforeAll(async () => {
  station = await startStation()
  browser = await launchChromium({ flags: ['--host-resolver-rules=MAP shop.test 127.0.0.1'] })
})
afterAll(async () => {
  await browser.close()
  await station.stop()
})

/** What blocks it, once all the words for that are on the screen and the console is not. */
const blockedBy = async (page: Page, language = 'en'): Promise<string | null> => {
  const blocked = page.locator('shoal-blocked')
  await blocked.waitFor()
  const obstacle = await blocked.getAttribute('data-obstacle')
  const { title, text, steps } = obstacleWords(obstacle as Obstacle, language)
  const shown = await blocked.innerText()
  for (const words of [title, text, ...steps]) expect(shown).toContain(words)
  expect(await page.locator('shoal-console').count()).toBe(0)
  return obstacle
}

test('an address that is not secure', async () => {
  const page = await browser.open(station.url.replace('localhost', 'shop.test'))
  expect(await blockedBy(page)).toBe('insecure')
  await page.close()
})

test('a browser without service workers, in German', async () => {
  const page = await browser.context.newPage()
  await page.addInitScript(() => {
    Reflect.deleteProperty(Navigator.prototype, 'serviceWorker')
    Object.defineProperty(navigator, 'language', { value: 'de-AT' })
  })
  await page.goto(station.url)
  expect(await blockedBy(page, 'de')).toBe('no-worker')
  await page.close()
})

test('private mode without storage', async () => {
  const page = await browser.context.newPage()
  await page.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: null }))
  await page.goto(station.url)
  expect(await blockedBy(page)).toBe('no-storage')
  await page.close()
})

test('a worker that the browser refuses', async () => {
  const appFolder = temporaryFolder()
  cpSync(join(root, 'dist', 'app'), appFolder, { recursive: true })
  rmSync(join(appFolder, 'sw.js'))
  const without = await startStation({ appFolder })
  const page = await browser.open(without.url)
  expect(await blockedBy(page)).toBe('not-registered')
  await page.close()
  await without.stop()
  removeFolder(appFolder)
})

test('an event that found no room is not shown as stored, and can be published again when there is room', async () => {
  const page = await browser.open(station.url)
  await whenRunning(page)
  const session = await browser.context.newCDPSession(page)
  const origin = new URL(station.url).origin
  await page.evaluate(() => window.shoal.publish([{ tags: ['t'], payload: 'fits' }]))
  // less than is used already
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 })
  const attempt = () =>
    page.evaluate(async () => {
      // random, so that it cannot be deflated
      const bytes = crypto.getRandomValues(new Uint8Array(60_000))
      const payload = btoa(String.fromCharCode(...bytes))
      try {
        await window.shoal.publish([{ tags: ['big'], payload }])
        return 'stored'
      } catch (error) {
        return (error as { code: string }).code
      }
    })
  // Chromium goes by a quota up to 30 s old
  let outcome = ''
  for (let i = 0; i < 40 && outcome !== 'ERR_STORE_FULL'; i++) {
    await page.waitForTimeout(1000)
    outcome = await attempt()
  }
  expect(outcome).toBe('ERR_STORE_FULL')
  const stored = await page.evaluate(async () => (await window.shoal.query('FROM allEvents')).length)
  const { present } = await page.evaluate(() => window.shoal.offsets())
  const [last] = Object.values(present)
  expect(stored - 2).toBe(last)
  await session.send('Storage.overrideQuotaForOrigin', { origin })
  expect(await attempt()).toBe('stored')
  await page.close()
})
