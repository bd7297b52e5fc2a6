/** Tablets at an address of the LAN: how they come to trust it, that they are nodes then and cannot be before, and that they join there. */
import { existsSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { obstacleWords } from '../../src/page/texts.ts'
import { findChromium } from '../chromium.mjs'
import { launchChromium, removeFolder, temporaryFolder } from './browser.ts'
import type { LanStation } from './lan.ts'
import { lanFlags, lanName, manageChromium, startLanStation, trusting } from './lan.ts'
import { whenRunning } from './pages.ts'
import type { Tablet } from './tablets.ts'
import { smallFlags, startTablet } from './tablets.ts'

let lan: LanStation
const tablets: Tablet[] = []

beforeAll(async () => {
  lan = await startLanStation()
})
afterAll(async () => {
  await Promise.all(tablets.map((tablet) => tablet.discard()))
  await lan.station.stop()
  removeFolder(lan.dataFolder)
})

const tablet = async (name: string, url = `${lan.origin}/`): Promise<Tablet> => {
  const started = await startTablet(name, url, { flags: [...smallFlags, ...lanFlags, trusting(lan.authority)] })
  tablets.push(started)
  return started
}

test('the code on the terminal leads to the page with the authority, by an address, and the terminal shows its fingerprint', async () => {
  const target = lan.scan()
  expect(target).toMatch(/^http:\/\/127\.0\.0\.2:\d+\/$/)
  const page = await (await fetch(target ?? '')).text()
  const [, fingerprint = ''] = /SHA-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})/.exec(page) ?? []
  const printed = lan.station.output().replaceAll(/\s/g, '')
  expect(printed).toContain(fingerprint.slice(0, 47))
  expect(printed).toContain(fingerprint.slice(48))
  expect(lan.station.output().split('\n').length).toBeLessThan(40)
})

test('a tablet that trusts is a node: its worker registers, and it starts again without the station', async () => {
  const one = await tablet('one')
  await one.found('Hall 3')
  await one.publish('before')
  await lan.station.stop()
  await one.page.reload()
  await whenRunning(one.page)
  expect(await one.payloads()).toEqual(['before'])
  await one.publish('without station')
  lan = await startLanStation({ dataFolder: lan.dataFolder, origin: lan.origin })
  expect(await one.page.evaluate(() => [isSecureContext, navigator.serviceWorker.controller !== null])).toEqual([
    true,
    true,
  ])
})

test('an invitation made there carries the way to the station, and a second tablet joins by it', async () => {
  const [one] = tablets as [Tablet]
  const link = await one.invite()
  expect(link).toMatch(new RegExp(`^${lan.origin}/#/join/`))
  expect((await one.status()).stations.map(({ url }) => url)).toContain(`${lan.origin.replace('https', 'wss')}/signal`)
  const two = await tablet('two')
  await two.join(link)
  await two.untilHas(['before', 'without station'])
  await two.publish('from two')
  await one.untilHas(['from two'])
})

const stateOf = (page: Page): Promise<string | null> => page.locator('body').getAttribute('data-state')

/** As it was printed, but by name. */
const pageUrl = (): string => `http://${lanName}:${new URL(lan.scan() ?? '').port}/`

test('a tablet that does not trust yet is told so, finds its steps open, and is not led on', async () => {
  const browser = await launchChromium({ flags: lanFlags })
  const page = await browser.open(pageUrl())
  await expect.poll(() => stateOf(page)).toBe('untrusted')
  expect(await page.locator('[data-when=untrusted]').isVisible()).toBe(true)
  expect(await page.locator('[data-when=looking]').isVisible()).toBe(false)
  expect(await page.locator('details[open]').getAttribute('data-platform')).toBe('linux')
  await page.waitForTimeout(3000)
  expect(page.url()).toBe(pageUrl())
  await browser.close()
})

test('a tablet that does not find the name is told that instead', async () => {
  const flags = [`--host-resolver-rules=MAP page.test 127.0.0.2, MAP ${lanName} ~NOTFOUND`]
  const browser = await launchChromium({ flags })
  const page = await browser.open(pageUrl().replace(lanName, 'page.test'))
  await expect.poll(() => stateOf(page)).toBe('unreachable')
  expect(await page.locator('[data-when=unreachable]').innerText()).toContain(lan.origin)
  await browser.close()
})

test('who goes past the warning of the browser is told that this is no node, and where the steps are', async () => {
  const browser = await launchChromium({ flags: lanFlags })
  const page = await browser.context.newPage()
  await page.goto(`${lan.origin}/`).catch(() => undefined)
  const blocked = page.locator('shoal-blocked')
  // what a person types to go past it, who waits until the warning is there
  const goPast = async (): Promise<boolean> => {
    if (page.url().startsWith('chrome-error')) await page.keyboard.type('thisisunsafe')
    await page.waitForTimeout(1000)
    return blocked.isVisible()
  }
  await expect.poll(goPast, { timeout: 40_000 }).toBe(true)
  expect(await blocked.getAttribute('data-obstacle')).toBe('untrusted')
  expect(await blocked.innerText()).toContain(obstacleWords('untrusted', 'en').title)
  await blocked.locator('a').waitFor()
  expect(await blocked.locator('a').getAttribute('href')).toBe(pageUrl())
  await browser.close()
})

const chromium = findChromium() ?? ''
const mayManage = process.getuid?.() === 0 && process.platform === 'linux' && existsSync('/etc/chromium')

test.skipIf(!mayManage)(
  'scanned from the terminal, the page moves on by itself once the authority is installed, and the tablet is a node (root only: it changes what the browser trusts)',
  async () => {
    const folder = temporaryFolder()
    const managed = manageChromium(folder, chromium)
    const browser = await launchChromium({ flags: lanFlags, program: managed.program })
    const page = await browser.open(lan.scan() ?? '')
    await expect.poll(() => stateOf(page)).toBe('untrusted')
    managed.install(lan.authority)
    const policies = await browser.open('chrome://policy')
    await policies.locator('#reload-policies').click()
    await page.waitForURL(`${lan.origin}/**`)
    await whenRunning(page)
    expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
    await browser.close()
    removeFolder(folder)
  },
)
