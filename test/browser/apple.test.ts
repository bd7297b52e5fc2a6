/** iPads and iPhones: outside of the installed app they are told how to install it, and nothing can be begun there; inside all is as elsewhere. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestBrowser, TestStation } from './browser.ts'
import { launchChromium, startStation } from './browser.ts'
import { whenRunning } from './pages.ts'

/** As Safari names itself there; an iPad says that it is a Mac, and has fingers. */
const devices = {
  iPad: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  iPhone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
} as const

let station: TestStation
beforeAll(async () => {
  station = await startStation()
})
afterAll(async () => {
  await station.stop()
})

const launch = async (userAgent: string, fingers: number): Promise<TestBrowser> => {
  const browser = await launchChromium({ flags: [`--user-agent=${userAgent}`] })
  await browser.context.addInitScript((count) => {
    Object.defineProperty(navigator, 'maxTouchPoints', { value: count })
    // Safari asks nobody to install
    addEventListener('beforeinstallprompt', (event) => event.stopImmediatePropagation())
  }, fingers)
  return browser
}
const open = async (browser: TestBrowser, hash: string, isInstalled = false): Promise<Page> => {
  const page = await browser.context.newPage()
  // as an icon on the home screen opens it
  if (isInstalled) await page.addInitScript(() => Object.defineProperty(navigator, 'standalone', { value: true }))
  await page.goto(`${station.url}${hash}`)
  await whenRunning(page)
  return page
}
const offered = (page: Page) => page.locator('shoal-welcome .choice, shoal-join, shoal-founding')

test.each(Object.entries(devices))('%s: first the home screen, then the rest', async (_, userAgent) => {
  const browser = await launch(userAgent, 5)
  const first = await open(browser, '')
  await first.locator('shoal-home-screen h1').waitFor()
  expect(await first.locator('shoal-home-screen li').count()).toBe(4)
  expect(await first.locator('shoal-home-screen [data-test=invited]').count()).toBe(0)
  for (const hash of ['#/welcome/found', '#/welcome/join', '#/welcome']) {
    await first.evaluate((to) => (location.hash = to), hash)
    await first.locator('shoal-home-screen h1').waitFor()
    expect(await offered(first).count()).toBe(0)
  }
  await first.close()

  // a link that was opened there: not lost, and not used
  const link = '#/join/abcDEF-123'
  const invited = await open(browser, link)
  await invited.locator('shoal-home-screen [data-test=invited]').waitFor()
  expect(await offered(invited).count()).toBe(0)
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await invited.locator('shoal-home-screen button').click()
  await expect.poll(() => invited.evaluate(() => navigator.clipboard.readText())).toBe(`${station.url}${link}`)
  expect((await invited.evaluate(() => window.shoal.swarm.status())).joining).toBeUndefined()
  await invited.close()

  const installed = await open(browser, '#/welcome/join', true)
  await installed.locator('shoal-join [data-test=scan]').waitFor()
  expect(await installed.locator('shoal-home-screen').count()).toBe(0)
  await browser.close()
})

test('a Mac without fingers may join in its browser', async () => {
  const browser = await launch(devices.iPad, 0)
  const page = await open(browser, '#/welcome')
  await page.locator('shoal-welcome .choice').first().waitFor()
  expect(await page.locator('shoal-home-screen').count()).toBe(0)
  await browser.close()
})
