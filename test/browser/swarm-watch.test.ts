/** Watching the swarm from a tab, in a browser that stops the worker as it likes. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestStation } from './browser.ts'
import { startStation } from './browser.ts'
import type { Tablet } from './tablets.ts'
import { startTablet } from './tablets.ts'

let station: TestStation
let tablet: Tablet

beforeAll(async () => {
  station = await startStation()
  tablet = await startTablet('one', station.url)
})
afterAll(async () => {
  await tablet.discard()
  await station.stop()
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

declare global {
  interface Window {
    watched: { readonly at: number; readonly text: string; readonly name: string | undefined }[]
  }
}

test('a watch goes on across restarts of the worker, says nothing twice, and not more than twice a second', async () => {
  const { page, browser } = tablet
  await page.evaluate(() => {
    window.watched = []
    window.shoal.swarm.watch((status) => {
      const name = status.devices.find(({ isSelf }) => isSelf)?.displayName
      window.watched.push({ at: performance.now(), text: JSON.stringify(status), name })
    })
  })
  await page.waitForFunction(() => window.watched.length > 0)
  for (const name of ['Oven 1', 'Oven 2', 'Oven 3']) {
    await page.evaluate((given) => window.shoal.rename(given), name)
    await browser.stopWorkers(page)
    await page.waitForFunction((given) => window.watched.at(-1)?.name === given, name)
  }
  await pause(1000)
  const watched = await page.evaluate(() => window.watched)
  for (const [index, { at, text }] of watched.slice(1).entries()) {
    expect(text).not.toBe(watched[index]?.text)
    expect(at - (watched[index]?.at ?? 0)).toBeGreaterThan(480)
  }
}, 60_000)

test('a second tab sees the same, and so does the first again after it was closed', async () => {
  const second = await tablet.browser.open(station.url)
  await second.waitForFunction(() => window.shoal?.state === 'connected')
  expect(await second.evaluate(() => window.shoal.swarm.status())).toMatchObject({
    swarmId: (await tablet.status()).swarmId,
  })
  await second.close()
  await tablet.closeTab()
  await tablet.openTab()
  expect((await tablet.status()).devices[0]?.displayName).toBe('Oven 3')
})

test('the switch for links is one for all tabs, and is remembered', async () => {
  const links = (page: Tablet['page']): Promise<string | undefined> =>
    page.evaluate(() => document.querySelector('shoal-console')?.page?.current.links)
  const second = await tablet.browser.open(station.url)
  await second.waitForFunction(() => document.querySelector('shoal-console')?.page?.current.worker === 'running')
  expect([await links(tablet.page), await links(second)]).toEqual(['on', 'on'])
  await tablet.setLinks('off')
  await second.waitForFunction(() => document.querySelector('shoal-console')?.page?.current.links === 'off')
  await second.reload()
  await second.waitForFunction(() => document.querySelector('shoal-console')?.page?.current.links === 'off')
  await second.evaluate(() => document.querySelector('shoal-console')?.page?.setLinks('on'))
  await tablet.page.waitForFunction(() => document.querySelector('shoal-console')?.page?.current.links === 'on')
  await second.close()
})

test('the switch for links is as it was last set, also when the browser is killed a second later', async () => {
  for (const links of ['off', 'on'] as const) {
    await tablet.setLinks(links)
    await pause(1000)
    await tablet.kill()
    await tablet.start()
    const shown = (): Promise<string | undefined> =>
      tablet.page.evaluate(() => document.querySelector('shoal-console')?.page?.current.links)
    await expect.poll(shown, { timeout: 10_000 }).toBe(links)
  }
}, 60_000)
