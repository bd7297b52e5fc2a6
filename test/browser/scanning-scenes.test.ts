/**
 * Scanning, linking by hand and the way onto a home screen, on every size of screen: nothing runs off the side, what is tapped is large enough for
 * gloves. With `SHOAL_SCREENSHOTS=<folder>` each is also kept as a picture.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { handCode } from '../ui/fake-swarm.ts'
import { pictureOfQr } from '../ui/qr-picture.ts'
import type { TestBrowser } from './browser.ts'
import { launchChromium } from './browser.ts'
import type { ConsolePage } from './console-page.ts'
import { serveConsolePage } from './console-page.ts'
import type { FakeCamera } from './fake-camera.ts'
import { createFakeCamera } from './fake-camera.ts'
import { faults } from './faults.ts'

const folder = process.env['SHOAL_SCREENSHOTS']
const sizes = { handheld: [390, 844], tablet: [1180, 820], desktop: [1440, 900] } as const
const looks = [
  { scheme: 'light', language: 'en' },
  { scheme: 'dark', language: 'de' },
] as const

let served: ConsolePage
let camera: FakeCamera
/** One with a camera that may be used, and one that asks. */
let browser: TestBrowser
let lost: TestBrowser

beforeAll(async () => {
  served = await serveConsolePage()
  camera = createFakeCamera()
  browser = await launchChromium({ flags: camera.flags })
  await browser.context.grantPermissions(['camera'])
  lost = await launchChromium()
  if (folder) mkdirSync(folder, { recursive: true })
})
afterAll(async () => {
  await Promise.all([browser.close(), lost.close()])
  camera.discard()
  await served.close()
})

interface Scene {
  readonly name: string
  readonly scene: string
  readonly hash: string
  readonly shows: string
  readonly isLost?: boolean
  readonly prepare?: (page: Page) => Promise<void>
}

const openPairing = async (page: Page): Promise<void> => {
  const folded = page.locator('shoal-devices details.card:not([open])', { has: page.locator('shoal-by-hand') })
  await page.locator('shoal-by-hand').waitFor({ state: 'attached' })
  if ((await folded.count()) > 0) await folded.locator('summary').first().click()
}
const click = (page: Page, name: string): Promise<void> => page.locator(`[data-test=${name}]`).click()
const toScanner = (page: Page): Promise<void> => click(page, 'scan')
const take = async (page: Page, code: string): Promise<void> => {
  await page.locator('shoal-by-hand details.text summary').click()
  await page.locator('shoal-by-hand textarea').fill(code)
  await click(page, 'take')
}
const devices = { scene: 'swarm=two', hash: '#/devices' } as const
const joining = { scene: '', hash: '#/welcome/join' } as const

const scenes: readonly Scene[] = [
  { name: 'join-ways', ...joining, shows: 'shoal-join [data-test=scan]' },
  { name: 'scan-asking', ...joining, shows: 'shoal-scanner [data-test=open]', isLost: true, prepare: toScanner },
  {
    name: 'scan-none',
    ...joining,
    shows: 'shoal-scanner [data-test=why]',
    isLost: true,
    prepare: async (page) => {
      await toScanner(page)
      await click(page, 'open')
    },
  },
  {
    name: 'scan-wrong',
    ...joining,
    shows: 'shoal-scanner [data-test=wrong]',
    prepare: async (page) => {
      camera.show(pictureOfQr('https://menu.example/today'))
      await toScanner(page)
    },
  },
  { name: 'pair-roles', ...devices, shows: 'shoal-by-hand [data-test=begin]', prepare: openPairing },
  {
    name: 'pair-camera',
    ...devices,
    shows: 'shoal-by-hand [data-test=allow]',
    isLost: true,
    prepare: async (page) => {
      await openPairing(page)
      await click(page, 'begin')
    },
  },
  {
    name: 'pair-showing',
    ...devices,
    shows: 'shoal-by-hand .qr',
    prepare: async (page) => {
      await openPairing(page)
      await click(page, 'begin')
    },
  },
  {
    name: 'pair-answering',
    ...devices,
    shows: 'shoal-by-hand .qr',
    prepare: async (page) => {
      await openPairing(page)
      await take(page, handCode('O', 3))
    },
  },
  {
    name: 'pair-linking',
    ...devices,
    shows: 'shoal-by-hand [data-test=linking]',
    prepare: async (page) => {
      await openPairing(page)
      await take(page, handCode('A', 3))
    },
  },
  { name: 'home-screen', scene: 'apple', hash: '#/welcome', shows: 'shoal-home-screen li' },
  { name: 'home-invited', scene: 'apple', hash: '#/join/abc', shows: 'shoal-home-screen [data-test=invited]' },
]

const cases = Object.entries(sizes).flatMap(([size, [width, height]]) =>
  looks
    // the longer words where there is least room; every pair when pictures are wanted
    .filter(({ language }) => folder !== undefined || (size === 'tablet') === (language === 'en'))
    .map((look) => ({ size, width, height, ...look })),
)

test.each(cases)(
  'on a $size, $scheme, $language',
  async ({ size, width, height, scheme, language }) => {
    const wrong: string[] = []
    for (const { name, scene, hash, shows, isLost = false, prepare } of scenes) {
      const page = await (isLost ? lost : browser).context.newPage()
      page.on('pageerror', (error) => wrong.push(`${name}: ${error.message}`))
      await page.setViewportSize({ width, height })
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.addInitScript((chosen) => localStorage.setItem('shoal.language', chosen), language)
      await page.goto(`${served.url}?${scene}${hash}`)
      await prepare?.(page)
      const shown = page.locator(shows).first()
      await shown.waitFor()
      wrong.push(...(await faults(page)).map((fault) => `${name}: ${fault}`))
      await shown.scrollIntoViewIfNeeded()
      if (folder) await page.screenshot({ path: join(folder, `${size}-${scheme}-${name}.png`) })
      await page.close()
    }
    expect(wrong).toEqual([])
  },
  240_000,
)
