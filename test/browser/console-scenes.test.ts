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
import { scenes } from './scenes.ts'

const folder = process.env['SHOAL_SCREENSHOTS']
const sizes = { handheld: [360, 740], tablet: [1024, 768], desktop: [1440, 900] } as const
const looks = [
  { scheme: 'light', language: 'en' },
  { scheme: 'dark', language: 'de' },
] as const

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
    .flatMap((look) => scenes.map((scene) => ({ size, width, height, ...look, ...scene }))),
)

test.each(cases)('$name on a $size, $scheme, $language', async (at) => {
  const { name, scene, hash, shows, prepare, size, width, height, scheme, language } = at
  const wrong: string[] = []
  const page = await browser.context.newPage()
  page.on('pageerror', (error) => wrong.push(error.message))
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
  await page.addInitScript((chosen) => localStorage.setItem('shoal.language', chosen), language)
  await page.goto(`${served.url}?${scene}${hash}`)
  await prepare?.(page)
  await page.locator(shows).first().waitFor()
  wrong.push(...(await faults(page)), ...(await smallTargets(page)))
  if (folder) await page.screenshot({ path: join(folder, `${size}-${scheme}-${name}.png`) })
  await page.close()
  expect(wrong).toEqual([])
})
