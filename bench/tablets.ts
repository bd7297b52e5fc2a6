/** Chromium processes with the console open, as tablets have it, whose wires are watched. */
import type { Page } from 'playwright-core'
import type { TestBrowser } from '../test/browser/browser.ts'
import { launchChromium } from '../test/browser/browser.ts'
import { whenRunning } from '../test/browser/pages.ts'
import type { Ground } from './ground.ts'
import { watchWire } from './wire.ts'

export interface Tablet {
  readonly browser: TestBrowser
  /** At the view that subscribes to nothing; `window.lab` drives its `window.shoal`. */
  readonly page: Page
}

export interface TabletOptions {
  /** Of a tablet that was there before; else a fresh one. */
  readonly profile?: string
  /** It can reach nobody. */
  readonly isDeaf?: boolean
}

export interface Tablets {
  open(options?: TabletOptions): Promise<Tablet>
  /** One on which nothing has been opened yet. */
  unpack(): Promise<TestBrowser>
}

const openLab = async (page: Page): Promise<void> => {
  await whenRunning(page)
  await page.evaluate(`import('/bench/page.js').then(() => undefined)`)
  await page.waitForFunction(() => 'lab' in window)
}

/** Tablets for `action`, all closed after it; profiles of those that were killed stay until then. */
export const withTablets = async <T>(ground: Ground, action: (tablets: Tablets) => Promise<T>): Promise<T> => {
  const browsers: TestBrowser[] = []
  const launch = async (profile?: string): Promise<TestBrowser> => {
    const browser = await launchChromium(profile === undefined ? {} : { persistentDir: profile })
    browsers.push(browser)
    await watchWire(browser.context)
    return browser
  }
  const open = async ({ profile, isDeaf = false }: TabletOptions = {}): Promise<Tablet> => {
    const browser = await launch(profile)
    if (isDeaf) await browser.context.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'))
    const page = await browser.open(`${ground.station.url}#/import`)
    await openLab(page)
    return { browser, page }
  }
  try {
    return await action({ open, unpack: launch })
  } finally {
    // whoever came back on a profile goes before whoever made it, and removes it
    for (const browser of browsers.toReversed()) await browser.close()
  }
}

/** The first tablet: it founds a swarm of its own. */
export const openFounder = async ({ open }: Tablets): Promise<Tablet> => {
  const tablet = await open()
  await tablet.page.evaluate(() => window.lab.found('Bench'))
  return tablet
}

export const invite = ({ page }: Tablet, uses = 1): Promise<string> =>
  page.evaluate((count) => window.lab.invite(count), uses)

export const join = ({ page }: Tablet, link: string): Promise<void> =>
  page.evaluate((invitation) => window.lab.join(invitation), link)
