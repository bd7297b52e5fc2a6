/**
 * Several devices at once, each a Chromium of its own with the app open in one tab: what the end-to-end tests of the swarm drive. They are
 * kept small, for a machine with two cores has to carry them all.
 */
import type { Page } from 'playwright-core'
import type { InviteOptions, SwarmStatus } from '../../src/client/contract.ts'
import { launchChromium, removeFolder, temporaryFolder } from './browser.ts'
import type { TestBrowser } from './browser.ts'
import { whenRunning } from './pages.ts'

export interface Tablet {
  readonly name: string
  /** The tab that is open. */
  readonly page: Page
  readonly browser: TestBrowser
  status(): Promise<SwarmStatus>
  /** Waits until the node says so; the error tells the last status. */
  until(what: string, isSo: (status: SwarmStatus) => boolean, withinMs?: number): Promise<SwarmStatus>
  found(name: string): Promise<string>
  invite(options?: InviteOptions): Promise<string>
  join(link: string): Promise<SwarmStatus>
  publish(...payloads: readonly unknown[]): Promise<void>
  /** All payloads in the order of the log. */
  payloads(): Promise<unknown[]>
  /** Waits until the log holds `count` events; answers how long it took, in milliseconds. */
  untilEvents(count: number, withinMs?: number): Promise<number>
  /** What the operator can do too: without links the device is alone, whatever the network does. Also as "cut" and "mend". */
  setLinks(links: 'on' | 'off'): Promise<void>
  /** The tab is closed; the browser and its worker stay. */
  closeTab(): Promise<void>
  openTab(): Promise<Page>
  /** Ends the browser in the middle of whatever it does; `start` brings it back with what was on its disk. */
  kill(): Promise<void>
  /** Ends the browser as a person does. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Ends it, and removes its profile. */
  discard(): Promise<void>
}

/** Of everything a browser does beside showing one page. */
const smallFlags = [
  '--disable-extensions',
  '--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider',
  '--disable-breakpad',
  '--disable-component-extensions-with-background-pages',
  '--mute-audio',
  '--renderer-process-limit=2',
]

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Milliseconds from one look to the next. */
const lookEvery = 50

export const startTablet = async (name: string, url: string): Promise<Tablet> => {
  const profile = temporaryFolder()
  let browser: TestBrowser
  let page: Page
  const openTab = async (): Promise<Page> => {
    page = await browser.open(url)
    await whenRunning(page)
    return page
  }
  const start = async (): Promise<void> => {
    browser = await launchChromium({ persistentDir: profile, flags: smallFlags })
    await openTab()
  }
  const status = (): Promise<SwarmStatus> => page.evaluate(() => window.shoal.swarm.status())
  const eventCount = async (): Promise<number> =>
    Object.values(await page.evaluate(async () => (await window.shoal.offsets()).present)).reduce(
      (sum, offset) => sum + offset + 1,
      0,
    )

  browser = await launchChromium({ persistentDir: profile, flags: smallFlags })
  page = await openTab()
  return {
    name,
    get page() {
      return page
    },
    get browser() {
      return browser
    },
    status,
    until: async (what, isSo, withinMs = 20_000) => {
      const from = performance.now()
      for (;;) {
        const current = await status()
        if (isSo(current)) return current
        if (performance.now() - from > withinMs)
          throw new Error(`${name}: not ${what} within ${withinMs} ms: ${JSON.stringify(current, undefined, 1)}`)
        await pause(lookEvery)
      }
    },
    found: (swarmName) =>
      page.evaluate(async (given) => (await window.shoal.swarm.found(given)).recoveryCode, swarmName),
    invite: (options = {}) => page.evaluate((given) => window.shoal.swarm.invite(given), options),
    join: (link) => page.evaluate((given) => window.shoal.swarm.join(given), link),
    publish: (...payloads) =>
      page.evaluate(async (given) => {
        await window.shoal.publish(given.map((payload) => ({ tags: ['t'], payload })))
      }, payloads),
    payloads: () =>
      page.evaluate(async () => {
        const items = await window.shoal.query("FROM 't'")
        return items.filter((item) => item.type === 'event').map((item) => item.payload)
      }),
    untilEvents: async (count, withinMs = 20_000) => {
      const from = performance.now()
      for (;;) {
        const events = await eventCount()
        const ms = performance.now() - from
        if (events >= count) return ms
        if (ms > withinMs) throw new Error(`${name}: ${events} of ${count} events after ${withinMs} ms`)
        await pause(lookEvery)
      }
    },
    setLinks: (links) =>
      page.evaluate((given) => document.querySelector('shoal-console')?.page?.setLinks(given), links),
    closeTab: () => page.close(),
    openTab,
    kill: () => browser.kill(),
    stop: () => browser.close(),
    start,
    discard: async () => {
      await browser.close().catch(() => undefined)
      removeFolder(profile)
    },
  }
}

/** Two at a time: more would only wait for each other. */
export const startTablets = async (names: readonly string[], url: string): Promise<Tablet[]> => {
  const tablets: Tablet[] = []
  for (let at = 0; at < names.length; at += 2) {
    tablets.push(...(await Promise.all(names.slice(at, at + 2).map((name) => startTablet(name, url)))))
  }
  return tablets
}
