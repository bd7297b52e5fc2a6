/**
 * The views of the swarm in every state worth looking at, before a fake node, on every size of screen: nothing runs off the side, and what is
 * tapped is large enough for gloves. With `SHOAL_SCREENSHOTS=<folder>` each is also kept as a picture.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestBrowser } from './browser.ts'
import { launchChromium } from './browser.ts'
import type { ConsolePage } from './console-page.ts'
import { serveConsolePage } from './console-page.ts'
import { faults } from './faults.ts'

const folder = process.env['SHOAL_SCREENSHOTS']
const sizes = { handheld: [390, 844], tablet: [1180, 820], desktop: [1440, 900] } as const
const looks = [
  { scheme: 'light', language: 'en' },
  { scheme: 'dark', language: 'de' },
] as const

interface Scene {
  readonly name: string
  /** See `test/ui/page/main.ts`. */
  readonly scene: string
  readonly hash: string
  /** There when it may be looked at. */
  readonly shows: string
  readonly prepare?: (page: Page) => Promise<void>
}

const scenes: readonly Scene[] = [
  { name: 'welcome', scene: '', hash: '#/', shows: 'shoal-welcome .choice' },
  { name: 'founding', scene: '', hash: '#/welcome/found', shows: 'shoal-founding button.first' },
  { name: 'recovery', scene: 'swarm=founded', hash: '#/recovery', shows: 'shoal-recovery [data-test=code]' },
  { name: 'join', scene: '', hash: '#/join/abc', shows: 'shoal-join [data-test=join]' },
  { name: 'joining', scene: 'swarm=joining', hash: '#/', shows: 'shoal-join-progress ol' },
  { name: 'join-stuck', scene: 'swarm=stuck', hash: '#/', shows: 'shoal-join-progress .note' },
  { name: 'join-failed', scene: 'swarm=failed', hash: '#/', shows: 'shoal-join-progress .note' },
  { name: 'devices-alone', scene: 'swarm=former', hash: '#/devices', shows: 'shoal-former-logs li' },
  { name: 'devices-2', scene: 'swarm=two', hash: '#/devices', shows: 'shoal-device-list li' },
  { name: 'devices-8', scene: 'swarm=eight&slept', hash: '#/devices', shows: 'shoal-device-list li' },
  { name: 'devices-40', scene: 'swarm=forty', hash: '#/devices', shows: 'shoal-device-list li' },
  { name: 'devices-trouble', scene: 'swarm=trouble&wake=none', hash: '#/devices', shows: 'shoal-device-list li' },
  {
    name: 'devices-open',
    scene: 'swarm=lonely',
    hash: '#/devices',
    shows: 'shoal-by-hand .qr',
    prepare: async (page) => {
      for (const summary of await page.locator('shoal-devices summary').all()) await summary.click()
      await page.locator('shoal-by-hand [data-test=begin]').click()
      await page.locator('shoal-leave [data-test=leave]').click()
      await page.locator('shoal-invitation [data-test=invite]').click()
    },
  },
  { name: 'andon', scene: 'swarm=eight&day', hash: '#/', shows: 'shoal-andon-day tr' },
  { name: 'andon-first', scene: 'swarm=two', hash: '#/', shows: 'shoal-andon-machines input' },
  { name: 'andon-called', scene: 'swarm=eight&day&own', hash: '#/', shows: 'shoal-andon-call .open' },
  { name: 'andon-taken', scene: 'swarm=eight&day&own=taken&late', hash: '#/', shows: 'shoal-andon-call .taken' },
  { name: 'andon-lonely', scene: 'swarm=lonely&day&own=lonely', hash: '#/', shows: 'shoal-andon [data-test=offline]' },
  { name: 'alarm', scene: 'swarm=eight&alarm', hash: '#/overview', shows: 'shoal-andon-alarm .take' },
  {
    name: 'alarm-long',
    scene: 'swarm=eight&alarm=Verpackungslinie+2+Nord&two',
    hash: '#/overview',
    shows: 'shoal-andon-alarm .more',
  },
]

let served: ConsolePage
let browser: TestBrowser

beforeAll(async () => {
  served = await serveConsolePage()
  browser = await launchChromium()
  if (folder) mkdirSync(folder, { recursive: true })
})
afterAll(async () => {
  await browser.close()
  await served.close()
})

/** In Andon 64 px and more, for gloves and in a hurry. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const small: string[] = []
    const walk = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) walk(element.shadowRoot)
        if (!element.matches('button, input:not([type=checkbox]), label.tick') || element.matches('.note button'))
          continue
        const { width, height } = element.getBoundingClientRect()
        if (element.checkVisibility() && Math.min(width, height) < 63.5)
          small.push(`“${(element.textContent ?? '').trim()}” is ${Math.round(width)} × ${Math.round(height)}`)
      }
    }
    const andon = document.querySelector('shoal-console')?.shadowRoot?.querySelector('shoal-andon')?.shadowRoot
    if (andon) walk(andon)
    return small
  })

const cases = Object.entries(sizes).flatMap(([size, [width, height]]) =>
  looks
    // the longer words where there is least room, the other look on the tablet; every pair when pictures are wanted
    .filter(({ language }) => folder !== undefined || (size === 'tablet') === (language === 'en'))
    .map((look) => ({ size, width, height, ...look })),
)

test.each(cases)('on a $size, $scheme, $language', async ({ size, width, height, scheme, language }) => {
  const wrong: string[] = []
  for (const { name, scene, hash, shows, prepare } of scenes) {
    const page = await browser.context.newPage()
    page.on('pageerror', (error) => wrong.push(`${name}: ${error.message}`))
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await page.addInitScript((chosen) => localStorage.setItem('shoal.language', chosen), language)
    await page.goto(`${served.url}?${scene}${hash}`)
    await prepare?.(page)
    await page.locator(shows).first().waitFor()
    wrong.push(...(await faults(page)).map((fault) => `${name}: ${fault}`))
    wrong.push(...(await smallTargets(page)).map((target) => `${name}: ${target}`))
    if (folder) await page.screenshot({ path: join(folder, `${size}-${scheme}-${name}.png`) })
    await page.close()
  }
  expect(wrong).toEqual([])
})
