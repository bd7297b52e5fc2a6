/** The check of connectivity and the diary, before a fake node, on every size of screen; with `SHOAL_SCREENSHOTS=<folder>` kept as pictures. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestBrowser } from './browser.ts'
import { launchChromium } from './browser.ts'
import type { ConsolePage } from './console-page.ts'
import { serveConsolePage } from './console-page.ts'
import { faults } from './faults.ts'

const folder = process.env['SHOAL_SCREENSHOTS']
const done = 'shoal-connectivity[data-state=done]'
const scenes = [
  { name: 'check-fine', scene: 'swarm=two&check=fine', hash: '#/check', shows: `${done}[data-cause=fine]` },
  {
    name: 'check-isolation',
    scene: 'swarm=two&check=isolation',
    hash: '#/check',
    shows: `${done}[data-cause=isolation]`,
  },
  {
    name: 'check-untrusted',
    scene: 'swarm=two&check=untrusted',
    hash: '#/check',
    shows: `${done}[data-cause=certificate-untrusted]`,
  },
  {
    name: 'check-trouble',
    scene: 'swarm=two&check=trouble',
    hash: '#/check',
    shows: `${done}[data-cause=no-candidates]`,
  },
  { name: 'diary', scene: 'swarm=eight&diary', hash: '#/diary', shows: 'shoal-diary li[data-severity=error]' },
  { name: 'diary-empty', scene: 'swarm=eight', hash: '#/diary', shows: 'shoal-diary [data-test=idle] p.card' },
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

test.each([
  { size: 'handheld', width: 390, height: 844, scheme: 'dark', language: 'de' },
  { size: 'tablet', width: 1180, height: 820, scheme: 'light', language: 'en' },
  { size: 'desktop', width: 1440, height: 900, scheme: 'dark', language: 'de' },
] as const)('on a $size', async ({ size, width, height, scheme, language }) => {
  const wrong: string[] = []
  for (const { name, scene, hash, shows } of scenes) {
    const page = await browser.context.newPage()
    page.on('pageerror', (error) => wrong.push(`${name}: ${error.message}`))
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await page.addInitScript((chosen) => localStorage.setItem('shoal.language', chosen), language)
    await page.goto(`${served.url}?${scene}${hash}`)
    await page.locator(shows).first().waitFor()
    wrong.push(...(await faults(page)).map((fault) => `${name}: ${fault}`))
    if (folder) await page.screenshot({ path: join(folder, `${size}-${scheme}-${name}.png`) })
    await page.close()
  }
  expect(wrong).toEqual([])
})
