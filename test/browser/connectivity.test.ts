/** Each trouble that can be made for a real browser is made, and the check of connectivity has to name it. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestStation } from './browser.ts'
import { launchChromium, startStation } from './browser.ts'
import type { ShoalConnectivity } from '../../src/ui/check/connectivity-view.ts'
import { whenRunning } from './pages.ts'
import { startSecureFront } from './secure-front.ts'
import type { Tablet } from './tablets.ts'
import { startTablet } from './tablets.ts'

const view = 'shoal-check shoal-connectivity'

/** Runs the check as a person does, and answers the cause it names first. */
const check = async (page: Page, device?: string): Promise<string> => {
  await page.evaluate((id) => {
    location.hash = id === undefined ? '#/check' : `#/check?${new URLSearchParams({ device: id }).toString()}`
  }, device)
  const result = page.locator(view)
  await result.waitFor()
  // it begins by itself when it is opened; here it is begun anew, whatever was before
  await result.evaluate((element) => (element as ShoalConnectivity).run())
  expect(await result.getAttribute('data-state')).toBe('done')
  const cause = (await result.getAttribute('data-cause')) ?? ''
  const words = await result.locator('.verdict').innerText()
  expect(words.length).toBeGreaterThan(20)
  expect(words).not.toMatch(/[{}]|undefined|cause\./)
  return cause
}
const causes = async (page: Page): Promise<string[]> =>
  ((await page.locator(view).getAttribute('data-causes')) ?? '').split(' ')

describe('two tablets and a station', () => {
  let station: TestStation
  let gate: Tablet
  let oven: Tablet
  let openedAt = 0

  beforeAll(async () => {
    station = await startStation()
    ;[gate, oven] = await Promise.all([startTablet('gate', station.url), startTablet('oven', station.url)])
    openedAt = performance.now()
    await gate.found('Hall 3')
    await oven.join(await gate.invite())
    await oven.untilLinked([gate])
  })
  afterAll(async () => {
    await Promise.all([gate.discard(), oven.discard()])
    await station.stop()
  })

  test('nothing is wrong', async () => {
    expect(await check(gate.page)).toBe('fine')
    expect(await check(gate.page, (await oven.status()).node)).toBe('fine')
    const steps = await gate.page
      .locator(`${view} li`)
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-state')))
    expect(steps).toEqual(Array.from({ length: 7 }, () => 'ok'))
  })

  test('it can be stopped, and begun anew', async () => {
    const { page } = gate
    await page.evaluate(() => (location.hash = '#/check'))
    await page.locator(`${view} [data-test=start]`).dispatchEvent('click')
    await page.locator(`${view} [data-test=stop]`).dispatchEvent('click')
    await page.locator(`${view}[data-state=stopped]`).waitFor()
    expect(await page.locator(view).getAttribute('data-cause')).toBe('')
    expect(await check(page)).toBe('fine')
  })

  test('it is copied as text that names the cause, and no whole id', async () => {
    const { page } = gate
    await gate.browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    expect(await check(page)).toBe('fine')
    await page.locator(`${view} [data-test=copy]`).click()
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain('fine: Nothing is in the way')
    const text = await page.evaluate(() => navigator.clipboard.readText())
    const { node } = await gate.status()
    expect(text).toContain(node.slice(0, 8))
    expect(text).not.toContain(node)
  })

  test('links are switched off', async () => {
    await gate.setLinks('off')
    expect(await check(gate.page)).toBe('links-off')
    await gate.setLinks('on')
    await gate.untilLinked([oven])
  })

  test('no tab holds the radio', async () => {
    await gate.page.evaluate(() => window.shoalRadio?.turn(false))
    await gate.until('without a radio', ({ radio }) => radio === 'none')
    expect(await check(gate.page)).toBe('no-radio')
    await gate.page.evaluate(() => window.shoalRadio?.turn(true))
    await gate.untilLinked([oven])
  })

  test('the clock of the device is two hours slow', async () => {
    const page = await gate.browser.context.newPage()
    await page.addInitScript(() => {
      const now = Date.now.bind(Date)
      Date.now = () => now() - 7_200_000
    })
    await page.goto(station.url)
    await whenRunning(page)
    expect(await check(page)).toBe('clock-differs')
    await page.close()
    await gate.untilLinked([oven])
  })

  test('the storage is full', async () => {
    const session = await gate.browser.context.newCDPSession(gate.page)
    const { origin } = new URL(station.url)
    const { usage = 0 } = await gate.page.evaluate(() => navigator.storage.estimate())
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 1000 })
    try {
      // Chromium goes by a quota that is up to 30 s old
      await expect.poll(() => check(gate.page), { timeout: 60_000 }).toBe('storage-full')
    } finally {
      await session.send('Storage.overrideQuotaForOrigin', { origin })
    }
    await session.detach()
  })

  test('the device has no network', async () => {
    await gate.browser.context.setOffline(true)
    expect(await check(gate.page)).toBe('offline')
    await gate.browser.context.setOffline(false)
  })

  test('the other one is away', async () => {
    const { node } = await oven.status()
    await oven.stop()
    await gate.until('alone', ({ devices }) => devices.every(({ link }) => link === undefined))
    expect(await check(gate.page, node)).toBe('device-away')
    expect(await check(gate.page)).toBe('device-away')
    await oven.start()
    await gate.untilLinked([oven])
  })

  test('the station is off', async () => {
    await station.stop()
    await gate.until('without a station', ({ stations }) => stations[0]?.state === 'unreachable')
    // two that are linked do without it, for now
    expect(await check(gate.page)).toBe('signalling-unreachable')
    await oven.stop()
    await gate.until('alone', ({ devices }) => devices.every(({ link }) => link === undefined))
    expect(await check(gate.page)).toBe('signalling-unreachable')
    expect(await gate.page.locator(`${view} .verdict.bad`).count()).toBe(1)
    station = await startStation({ port: station.port })
    await oven.start()
    await gate.untilLinked([oven])
  })

  test('the worker was asleep under an open tab', async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 25_000 - (performance.now() - openedAt))))
    await gate.stopWorker()
    await gate.untilLinked([oven])
    await check(gate.page)
    expect(await causes(gate.page)).toContain('worker-asleep')
    expect(await gate.page.locator(view).getAttribute('data-cause')).toBe('worker-asleep')
  })

  test('the worker does not answer', async () => {
    const worker = gate.browser.context.serviceWorkers().at(-1)
    if (worker === undefined) throw new Error('no worker')
    const busy = worker
      .evaluate(() => {
        for (const end = Date.now() + 20_000; Date.now() < end;) Math.random()
      })
      .catch(() => undefined)
    expect(await check(gate.page)).toBe('worker-silent')
    await busy
    await gate.untilLinked([oven], 60_000)
  })
})

test('the browser may tell no address', async () => {
  const station = await startStation()
  const tablet = await startTablet('gate', station.url, {
    flags: ['--webrtc-ip-handling-policy=disable_non_proxied_udp'],
  })
  const other = await startTablet('oven', station.url, {
    flags: ['--webrtc-ip-handling-policy=disable_non_proxied_udp'],
  })
  await tablet.found('Hall 3')
  void other.page.evaluate((link) => void window.shoal.swarm.join(link), await tablet.invite())
  expect(await check(tablet.page)).toBe('no-candidates')
  await Promise.all([tablet.discard(), other.discard()])
  await station.stop()
})

test('the certificate is not trusted; the station is not there; the local network is forbidden', async () => {
  const station = await startStation()
  const front = await startSecureFront(station.port)
  const address = front.url.replace('localhost', 'shop.test')
  const hosts = '--host-resolver-rules=MAP shop.test 127.0.0.1'
  const tablet = await startTablet('gate', address, { flags: [hosts, front.trustFlag] })
  await tablet.found('Hall 3')
  expect(await check(tablet.page)).toBe('no-devices')
  const { profile } = tablet.browser
  await tablet.stop()

  const browser = await launchChromium({ persistentDir: profile, flags: [hosts] })
  const page = await browser.open(address)
  await whenRunning(page)
  expect(await check(page)).toBe('certificate-untrusted')
  expect(await causes(page)).toContain('signalling-unreachable')

  front.stop()
  const session = await browser.context.newCDPSession(page)
  const { origin } = new URL(address)
  for (const [setting, cause] of [
    ['prompt', 'signalling-unreachable'],
    ['denied', 'local-network-denied'],
    ['granted', 'signalling-unreachable'],
  ] as const) {
    await session.send('Browser.setPermission', { permission: { name: 'local-network' }, setting, origin })
    expect(await check(page)).toBe(cause)
  }
  await browser.close()
  await tablet.discard()
  await station.stop()
})

test('the diary on screen: live, filtered, and handed on without secrets', async () => {
  const station = await startStation()
  const tablet = await startTablet('gate', station.url)
  await tablet.found('Hall 3')
  const link = await tablet.invite()
  const { page } = tablet
  await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'))
  await page.evaluate(() => (location.hash = '#/diary'))
  const diary = page.locator('shoal-diary')
  await diary.locator('[data-test=idle]').waitFor()
  await station.stop()
  // it appears by itself
  const entry = diary.locator('li[data-code=ERR_STATION]').first()
  await entry.waitFor({ timeout: 30_000 })
  expect(await entry.getAttribute('data-severity')).toBe('warning')
  await diary.locator('[data-test=severity]').selectOption('error')
  await diary.locator('li[data-severity=warning]').first().waitFor({ state: 'detached' })
  await diary.locator('[data-test=severity]').selectOption('info')
  await diary.locator('[data-test=text]').fill('no such words')
  await expect.poll(() => diary.locator('li').count()).toBe(0)
  await diary.locator('[data-test=text]').fill('station')
  await entry.waitFor()
  await diary.locator('[data-test=code]').selectOption('ERR_STATION')
  const [download] = await Promise.all([page.waitForEvent('download'), diary.locator('[data-test=save]').click()])
  const text = readFileSync(await download.path(), 'utf8')
  const exported = JSON.parse(text) as { readonly entries: readonly { readonly code: string }[] }
  expect(exported.entries.length).toBeGreaterThan(0)
  expect(new Set(exported.entries.map(({ code }) => code))).toEqual(new Set(['ERR_STATION']))
  expect(text).not.toContain(link.slice(-40))
  await tablet.discard()
})
