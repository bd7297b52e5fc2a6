/** Every screen before axe-core: nothing that would keep somebody with a keyboard, a screen reader or weak eyes from using it. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestBrowser } from './browser.ts'
import { launchChromium } from './browser.ts'
import type { ConsolePage } from './console-page.ts'
import { serveConsolePage } from './console-page.ts'
import { scenes } from './scenes.ts'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let served: ConsolePage
let browser: TestBrowser

beforeAll(async () => {
  served = await serveConsolePage()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await served.close()
})

/** `rules`: only these; all where absent. */
const findings = async (page: Page, rules?: readonly string[]): Promise<string[]> =>
  page.evaluate(async (only) => {
    const { axe: checker } = window as unknown as { axe: typeof axe }
    const { violations } = await checker.run(document, {
      resultTypes: ['violations'],
      ...(only === undefined ? {} : { runOnly: [...only] }),
    })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.target.flat().join(' ')} ${node.failureSummary ?? ''}`),
      )
  }, rules)

const views = ['overview', 'events', 'query', 'publish', 'import', 'check', 'diary'].map((view) => ({
  name: view,
  scene: 'swarm=eight&events=40',
  hash: `#/${view}`,
  shows: `shoal-${view}`,
  prepare: undefined,
}))

test.each([...scenes, ...views])('no serious finding: $name', async ({ scene, hash, shows, prepare }) => {
  const page = await browser.context.newPage()
  await page.setViewportSize({ width: 1024, height: 768 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.goto(`${served.url}?${scene}${hash}`)
  await prepare?.(page)
  await page.locator(shows).first().waitFor()
  await page.evaluate(source)
  const light = await findings(page)
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  const dark = await findings(page, ['color-contrast'])
  expect([...light, ...dark.map((finding) => `dark: ${finding}`)]).toEqual([])
  await page.close()
})
