/**
 * Several devices at once, each a Chromium of its own with the app open in one tab: what the end-to-end tests of the swarm drive. They are
 * kept small, for a machine with two cores has to carry them all.
 */
import { cpSync } from 'node:fs'
import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Page } from 'playwright-core'
import type { DeviceStatus, InviteOptions, OffsetMap, SwarmStatus } from '../../src/client/contract.ts'
import { launchChromium, removeFolder, temporaryFolder } from './browser.ts'
import type { TestBrowser, TestBrowserOptions } from './browser.ts'
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
  /** Waits until there are links with all of these. */
  untilLinked(others: readonly Tablet[], withinMs?: number): Promise<SwarmStatus>
  publish(...payloads: readonly unknown[]): Promise<void>
  /** All payloads in the order of the log. */
  payloads(): Promise<unknown[]>
  /** Waits until the log holds `count` events; answers how long it took, in milliseconds. */
  untilEvents(count: number, withinMs?: number): Promise<number>
  /** Waits until these payloads have arrived, whatever else has; answers how long it took, in milliseconds. */
  untilHas(payloads: readonly string[], withinMs?: number): Promise<number>
  offsets(): Promise<OffsetMap>
  /** Waits until this and the other one know the same of all streams; answers how long it took, in milliseconds. */
  untilSame(other: Tablet, withinMs?: number): Promise<number>
  /** WebRTC connections that the tab has made, and how many of them are open. */
  connections(): Promise<{ readonly made: number; readonly open: number }>
  /** Closes the oldest connections, as a fault of the network does; nothing else happens to either end. */
  breakConnections(count: number): Promise<void>
  /** What the operator can do too: without links the device is alone, whatever the network does. Also as "cut" and "mend". */
  setLinks(links: 'on' | 'off'): Promise<void>
  /** The tab is closed; the browser and its worker stay. */
  closeTab(): Promise<void>
  /** Another tab, which is the one that is spoken with from now on. */
  openTab(address?: string): Promise<Page>
  /** Another one of those that are open. */
  speakBy(page: Page): void
  /** As the browser does by itself after 30 s without work. */
  stopWorker(): Promise<void>
  /** Ends the browser in the middle of whatever it does; `start` brings it back with what was on its disk. */
  kill(): Promise<void>
  /** Ends the browser as a person does. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Ends it, and removes its profile. */
  discard(): Promise<void>
}

/** Of everything a browser does beside showing one page. */
export const smallFlags = [
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
/** Milliseconds; much more than anything takes here, for a machine that does ten things at once. */
const patience = 40_000

declare global {
  interface Window {
    /** All that this tab has made. */
    connections: RTCPeerConnection[]
    /** When one of them was open, in milliseconds since the epoch. */
    connectedAt: number[]
  }
}

/** Runs in each page before anything else. */
const watchConnections = (): void => {
  window.connections = []
  window.connectedAt = []
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      window.connections.push(this)
      this.addEventListener('connectionstatechange', () => {
        if (this.connectionState === 'connected') window.connectedAt.push(Date.now())
      })
    }
  }
}

/** Those that are linked with this one. */
export const linked = ({ devices }: SwarmStatus): readonly DeviceStatus[] =>
  devices.filter(({ link }) => link !== undefined)

export interface TabletOptions extends Pick<TestBrowserOptions, 'program' | 'permissions'> {
  /** The profile of a browser that has ended: this one begins with a copy of it, as an image of a disk does. */
  readonly copyOf?: string
  /** Of Chromium; those that keep it small where absent. */
  readonly flags?: readonly string[]
}

export const startTablet = async (
  name: string,
  url: string,
  { flags = smallFlags, copyOf, ...options }: TabletOptions = {},
): Promise<Tablet> => {
  const profile = temporaryFolder()
  // the locks of the other browser are no part of it
  if (copyOf !== undefined)
    cpSync(copyOf, profile, { recursive: true, filter: (path) => !basename(path).startsWith('Singleton') })
  let browser!: TestBrowser
  let page: Page
  const launch = async (): Promise<void> => {
    browser = await launchChromium({ ...options, persistentDir: profile, flags })
    await browser.context.addInitScript(watchConnections)
  }
  const openTab = async (address = url): Promise<Page> => {
    page = await browser.open(address)
    await whenRunning(page)
    return page
  }
  const start = async (): Promise<void> => {
    await launch()
    await openTab()
  }
  const status = (): Promise<SwarmStatus> => page.evaluate(() => window.shoal.swarm.status())
  const eventCount = async (): Promise<number> =>
    Object.values(await page.evaluate(async () => (await window.shoal.offsets()).present)).reduce(
      (sum, offset) => sum + offset + 1,
      0,
    )

  const until = async (
    what: string,
    isSo: (status: SwarmStatus) => boolean,
    withinMs = patience,
  ): Promise<SwarmStatus> => {
    const from = performance.now()
    for (;;) {
      const current = await status()
      if (isSo(current)) return current
      if (performance.now() - from > withinMs)
        throw new Error(`${name}: not ${what} within ${withinMs} ms: ${JSON.stringify(current, undefined, 1)}`)
      await pause(lookEvery)
    }
  }
  const offsets = (): Promise<OffsetMap> => page.evaluate(async () => (await window.shoal.offsets()).present)
  const payloads = (): Promise<unknown[]> =>
    page.evaluate(async () => {
      const items = await window.shoal.query("FROM 't'")
      return items.filter((item) => item.type === 'event').map((item) => item.payload)
    })

  await launch()
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
    until,
    found: (swarmName) =>
      page.evaluate(async (given) => (await window.shoal.swarm.found(given)).recoveryCode, swarmName),
    invite: (asked = {}) => page.evaluate((given) => window.shoal.swarm.invite(given), asked),
    join: (link) => page.evaluate((given) => window.shoal.swarm.join(given), link),
    untilLinked: async (others, withinMs) => {
      const nodes = await Promise.all(others.map(async (other) => (await other.status()).node))
      const names = others.map((other) => other.name).join(', ')
      return until(
        `linked with ${names}`,
        (current) => nodes.every((node) => linked(current).some((device) => device.node === node)),
        withinMs,
      )
    },
    publish: (...said) =>
      page.evaluate(async (given) => {
        await window.shoal.publish(given.map((payload) => ({ tags: ['t'], payload })))
      }, said),
    payloads,
    untilEvents: async (count, withinMs = patience) => {
      const from = performance.now()
      for (;;) {
        const events = await eventCount()
        const ms = performance.now() - from
        if (events >= count) return ms
        if (ms > withinMs) throw new Error(`${name}: ${events} of ${count} events after ${withinMs} ms`)
        await pause(lookEvery)
      }
    },
    untilHas: async (wanted, withinMs = patience) => {
      const from = performance.now()
      for (;;) {
        const here = new Set(await payloads())
        const ms = performance.now() - from
        const missing = wanted.filter((payload) => !here.has(payload))
        if (missing.length === 0) return ms
        if (ms > withinMs)
          throw new Error(
            `${name}: not here after ${withinMs} ms: ${missing.join(', ')}; ${JSON.stringify(await status(), undefined, 1)}`,
          )
        await pause(lookEvery)
      }
    },
    offsets,
    untilSame: async (other, withinMs = patience) => {
      const from = performance.now()
      for (;;) {
        const [here, there] = await Promise.all([offsets(), other.offsets()])
        const ms = performance.now() - from
        if (isDeepStrictEqual(here, there)) return ms
        if (ms > withinMs)
          throw new Error(
            `${name} and ${other.name} differ after ${withinMs} ms: ${JSON.stringify([here, there, await status()], undefined, 1)}`,
          )
        await pause(lookEvery)
      }
    },
    connections: () =>
      page.evaluate(() => ({
        made: window.connections.length,
        open: window.connections.filter(({ connectionState }) => connectionState === 'connected').length,
      })),
    breakConnections: (count) =>
      page.evaluate((most) => {
        const open = window.connections.filter(({ connectionState }) => connectionState === 'connected')
        for (const connection of open.slice(0, most)) connection.close()
      }, count),
    setLinks: (links) =>
      page.evaluate((given) => document.querySelector('shoal-console')?.page?.setLinks(given), links),
    closeTab: () => page.close(),
    openTab,
    speakBy: (next) => {
      page = next
    },
    stopWorker: () => browser.stopWorkers(page),
    kill: () => browser.kill(),
    stop: () => browser.close(),
    start,
    discard: async () => {
      await browser.kill().catch(() => undefined)
      removeFolder(profile)
    },
  }
}

/** As people do it who stand beside each other without a station: a code there, its answer back. */
export const linkByHand = async (one: Tablet, other: Tablet): Promise<void> => {
  const offer = await one.page.evaluate(() => window.shoal.swarm.code())
  const answer = await other.page.evaluate((code) => window.shoal.swarm.code(code), offer)
  await one.page.evaluate((code) => window.shoal.swarm.code(code), answer)
}

/** Two at a time: more would only wait for each other. */
export const startTablets = async (names: readonly string[], url: string): Promise<Tablet[]> => {
  const tablets: Tablet[] = []
  for (let at = 0; at < names.length; at += 2) {
    tablets.push(...(await Promise.all(names.slice(at, at + 2).map((name) => startTablet(name, url)))))
  }
  return tablets
}
