/** The first start, the devices and Andon before a fake node: what a person does, and what the node is asked. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { decodeQR } from 'qr/decode.js'
import type { TestBrowser } from './browser.ts'
import { launchChromium } from './browser.ts'
import type { ConsolePage } from './console-page.ts'
import { arrive, serveConsolePage } from './console-page.ts'
import { pixelsOf } from './pixels.ts'

let served: ConsolePage
let browser: TestBrowser
const complaints: string[] = []

const open = async (scene: string, hash = '#/'): Promise<Page> => {
  const page = await served.open(browser.context, scene, hash)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return page
}
const asked = (page: Page): Promise<readonly string[]> => page.evaluate(() => window.fake.shoal.swarm.asked)
/** What Andon has published on this device, in order. */
const published = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    window.fake.shoal.events
      .filter((event) => event.stream.startsWith(window.fake.shoal.swarm.current.node))
      .map((event) => (event.payload as { type: string }).type),
  )
const settle = (page: Page): Promise<void> => page.waitForTimeout(150)

beforeAll(async () => {
  served = await serveConsolePage()
  browser = await launchChromium()
  await browser.context.addInitScript(() => {
    window.print = () => document.documentElement.setAttribute('data-printed', String(Date.now()))
    // each page of these tests is a new device
    for (const key of ['shoal.looked', 'shoal.home', 'shoal.begins', 'shoal.profiled', 'shoal.andon.sound'])
      localStorage.removeItem(key)
  })
})
afterAll(async () => {
  await browser.close()
  await served.close()
})

test('the first start asks, and looking around is remembered', async () => {
  const page = await open('')
  await page.locator('shoal-welcome h1').waitFor()
  expect(await page.locator('nav a.welcome').count()).toBe(1)
  expect(await page.locator('nav a.andon').count()).toBe(0)
  await page.locator('shoal-welcome .look').click()
  await page.locator('shoal-overview').waitFor()
  await page.evaluate(() => (location.hash = '#/'))
  await page.locator('shoal-overview .hero').waitFor({ state: 'visible' })
  expect(await page.locator('shoal-welcome').isVisible()).toBe(false)
  await page.close()
})

test('a swarm is founded, and its code is let go of only by whoever has copied it', async () => {
  const page = await open('')
  await page.locator('shoal-welcome [data-test=found]').click()
  const start = page.locator('shoal-founding button.first')
  expect(await start.isDisabled()).toBe(true)
  await page.locator('shoal-founding #swarm').fill('Halle 7')
  await page.locator('shoal-founding #device').fill('Gate tablet')
  await start.click()
  const groups = page.locator('shoal-recovery [data-test=code] li')
  await groups.first().waitFor()
  expect(await groups.count()).toBe(12)
  const code = (await groups.allInnerTexts()).join('-')

  await page.locator('shoal-recovery button', { hasText: 'Print' }).click()
  expect(await page.evaluate(() => document.documentElement.hasAttribute('data-printed'))).toBe(true)
  await page.emulateMedia({ media: 'print' })
  const paper = page.locator('.shoal-sheet')
  expect(await paper.isVisible()).toBe(true)
  expect(await page.locator('shoal-console').isVisible()).toBe(false)
  expect((await paper.locator('.groups span').allInnerTexts()).join('-')).toBe(code)
  expect(await paper.locator('h1').innerText()).toBe('Halle 7')
  await page.emulateMedia({ media: 'screen' })
  expect(await paper.isVisible()).toBe(false)

  const [last, kept] = [page.locator('shoal-recovery #last'), page.locator('shoal-recovery button.first')]
  await last.fill('AAA')
  await kept.click()
  await page.locator('shoal-recovery .note.warn').waitFor()
  expect(await asked(page)).not.toContain('kept')

  await page.locator('nav a.devices').click()
  const banner = page.locator('shoal-banners a', { hasText: 'Keep it now' })
  await banner.click()
  await last.fill(code.split('-').at(-1)?.toLowerCase() ?? '')
  await kept.click()
  await page.locator('shoal-devices .head h1', { hasText: 'Halle 7' }).waitFor()
  expect(await asked(page)).toContain('kept')
  expect(await banner.count()).toBe(0)
  expect(await paper.count()).toBe(0)
  expect(await page.locator('shoal-recovery [data-test=code]').count()).toBe(0)
  await page.close()
})

test('a link that was opened is followed by one tap, and what it brought is on the screen', async () => {
  const page = await open('fast', '#/join/abcDEF-123')
  expect(await page.locator('shoal-join [data-test=swarm-name]').innerText()).toBe('Werk Nord, Halle 3')
  expect(await asked(page)).toEqual([])
  await page.locator('shoal-join [data-test=join]').click()
  await page.locator('shoal-join-progress ol').waitFor()
  expect(page.url()).not.toContain('abcDEF-123')
  await page.locator('shoal-banners [data-test=joined]', { hasText: '1,204' }).waitFor()
  expect(await asked(page)).toEqual([`join ${served.url}?fast#/join/abcDEF-123`])
  await page.locator('shoal-andon h1').waitFor()
  await page.locator('nav a.andon[aria-current=page]').waitFor()
  await page.close()
})

test('a text that is no invitation is said to be none, a join can be cancelled, and one that failed begun anew', async () => {
  const page = await open('slow', '#/welcome/join')
  await page.locator('shoal-join textarea').fill('hello')
  await page.locator('shoal-join .note.bad').waitFor()
  expect(await page.locator('shoal-join [data-test=join]').count()).toBe(0)
  await page.locator('shoal-join textarea').fill('come in: https://x.example/#/join/abc')
  await page.locator('shoal-join [data-test=join]').click()
  await page.locator('shoal-join-progress button', { hasText: 'Cancel' }).click()
  await page.locator('shoal-join textarea').waitFor()
  expect((await asked(page)).at(-1)).toBe('cancel join')
  await page.evaluate(() => window.fake.shoal.swarm.show('failed'))
  await page.locator('shoal-join-progress .note.bad', { hasText: 'expired' }).waitFor()
  await page.locator('shoal-join-progress button.first').click()
  await page.locator('shoal-join textarea').waitFor()
  await page.close()
})

test('the devices are told apart, with what is missing where', async () => {
  const page = await open('swarm=eight', '#/devices')
  const safety = page.locator('shoal-devices [data-test=safety]')
  await safety.locator('h2', { hasText: '12 events are only on this device' }).waitFor()
  const card = (name: string) => page.locator('shoal-device-list li', { hasText: name })
  expect(await card('Assembly 2').innerText()).toContain('12 sec behind')
  expect(await card('Shift lead').innerText()).toMatch(/We lack of its\s+12 events/)
  expect(await card('Warehouse').innerText()).toMatch(/Not here · Last seen 17 hours ago[^]*345 events/)
  expect(await page.locator('shoal-mesh .node').count()).toBe(8)
  await page.evaluate(() => window.fake.shoal.swarm.set({ onlyHere: 0, toReceive: 0 }))
  await safety.locator('h2', { hasText: 'All events are also on other devices' }).waitFor()
  await page.evaluate(() => window.fake.shoal.swarm.show('trouble'))
  await page.locator('shoal-devices .note', { hasText: 'The station cannot be reached' }).waitFor({ state: 'detached' })
  expect(await card('Assembly 2').innerText()).toContain('protocol 1')
  await page.evaluate(() => window.fake.shoal.swarm.show('lonely'))
  await page.locator('shoal-devices .note', { hasText: 'The station cannot be reached' }).waitFor()
  await page.locator('shoal-devices .note', { hasText: 'No tab of this device holds its links' }).waitFor()
  await page.close()
})

test('an invitation is a code that reads as its link', async () => {
  const page = await open('swarm=eight', '#/devices')
  await page.locator('shoal-devices [data-test=invite]').click()
  await page.locator('shoal-poster-form [value=many]').check()
  await page.locator('shoal-poster-form #uses').selectOption('20')
  await page.locator('shoal-poster-form summary').click()
  await page.locator('shoal-poster-form #role').selectOption('admin')
  await page.locator('shoal-poster-form [data-test=invite]').click()
  const link = await page.locator('shoal-poster [data-test=link]').innerText()
  expect(await asked(page)).toEqual(['invite {"uses":20,"expiresIn":86400000,"role":"admin"}'])
  const picture = await page.locator('shoal-poster .code .qr').screenshot()
  expect(decodeQR(await pixelsOf(page, picture))).toBe(link)
  await page.locator('shoal-poster button', { hasText: 'Print poster' }).click()
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('.shoal-sheet h1').innerText()).toBe('Join Werk Nord, Halle 3')
  await page.close()
})

test('stations are added and removed', async () => {
  const page = await open('swarm=eight', '#/devices')
  await page.locator('shoal-devices summary', { hasText: 'Stations' }).click()
  const [input, add] = [page.locator('shoal-stations input'), page.locator('shoal-stations form button')]
  await input.fill('station')
  await add.click()
  await page.locator('shoal-stations .note.warn').waitFor()
  await input.fill('wss://10.0.0.7:4454/signal')
  await add.click()
  await page.locator('shoal-stations li', { hasText: '10.0.0.7' }).waitFor()
  await page.locator('shoal-stations li').first().locator('button').click()
  await page.locator('shoal-stations li', { hasText: 'works.example' }).waitFor({ state: 'detached' })
  expect((await asked(page)).at(-1)).toBe('stations wss://10.0.0.7:4454/signal')
  await page.close()
})

test('leaving says what it means before it happens, and the log can still be had', async () => {
  const page = await open('swarm=eight', '#/devices')
  await page.locator('shoal-devices summary', { hasText: 'Leave this swarm' }).click()
  await page.locator('shoal-leave [data-test=leave]').click()
  expect(await page.locator('shoal-leave .note.bad').innerText()).toContain('12 events are only on this device')
  await page.locator('shoal-leave button', { hasText: 'Cancel' }).click()
  expect(await asked(page)).toEqual([])
  await page.locator('shoal-leave [data-test=leave]').click()
  await page.locator('shoal-leave [data-test=leave-now]').click()
  await page.locator('shoal-welcome h1').waitFor()
  await page.locator('nav a.devices').click()
  await page.locator('shoal-former-logs li', { hasText: '4,821 events' }).waitFor()
  await page.locator('shoal-former-logs a', { hasText: 'Query' }).click()
  await page.locator('shoal-query .note.warn', { hasText: 'Werk Nord' }).waitFor()
  await page.close()
})

test('what slept says from when to when, until it is read', async () => {
  const page = await open('swarm=eight&slept', '#/overview')
  const banner = page.locator('shoal-banners [data-test=slept]')
  expect(await banner.innerText()).toMatch(/slept from \d\d:\d\d to \d\d:\d\d and received nothing/)
  await banner.locator('button').click()
  expect(await banner.count()).toBe(0)
  await page.close()
})

test('one tap calls, and the caller sees who has it, and who comes', async () => {
  const page = await open('swarm=eight')
  await page.locator('shoal-andon-machines input').fill('  Press   2 ')
  await page.locator('shoal-andon-machines .go').click()
  const card = page.locator('shoal-andon-call')
  await card.locator('[data-test=reach]', { hasText: 'Not yet seen by anybody' }).waitFor()
  const id = (await card.locator('article').getAttribute('data-call')) ?? ''
  for (const by of [1, 2, 3]) await arrive(page, by, 'seen', id, 'Press 2')
  await card.locator('[data-test=reach]', { hasText: 'On 3 screens' }).waitFor()
  await card.locator('[data-test=reach]', { hasText: 'On 3 screens, 4 asleep' }).waitFor()
  expect(await page.locator('shoal-andon-alarm').count()).toBe(0)
  await arrive(page, 3, 'taken', id, 'Press 2')
  await card.locator('[data-test=state]', { hasText: 'Shift lead is coming' }).waitFor()
  await card.locator('[data-test=resolve]').click()
  await card.waitFor({ state: 'detached' })
  expect(await published(page)).toEqual(['called', 'resolved'])
  await page.locator('shoal-andon-day tr', { hasText: 'Shift lead' }).waitFor()
  // from now on it is one tap
  await page.locator('shoal-andon-machines .tile', { hasText: 'Press 2' }).click()
  await card.locator('[data-test=cancel]').click()
  await card.waitFor({ state: 'detached' })
  expect(await published(page)).toEqual(['called', 'resolved', 'called', 'cancelled'])
  await page.close()
})

test('a call fills the screen whatever is on it, is said to be seen once, and is taken', async () => {
  const page = await open('swarm=eight', '#/overview')
  await page.locator('shoal-overview .hero').waitFor()
  // the board has read the past
  await settle(page)
  await arrive(page, 1, 'called', 'call-0001', 'Saw')
  const alarm = page.locator('shoal-andon-alarm')
  expect(await alarm.locator('[data-test=machine]').innerText()).toBe('Saw')
  const size = await alarm.locator('section').boundingBox()
  expect(size).toEqual({ x: 0, y: 0, ...page.viewportSize() })
  await arrive(page, 2, 'seen', 'call-0001', 'Saw')
  await arrive(page, 1, 'called', 'call-0002', 'Press 2')
  await alarm.locator('.more', { hasText: 'Press 2' }).waitFor()
  expect(await published(page)).toEqual(['seen', 'seen'])
  await alarm.locator('button', { hasText: 'Hide here' }).click()
  await alarm.locator('[data-test=machine]', { hasText: 'Press 2' }).waitFor()
  await alarm.locator('button.take').click()
  await alarm.waitFor({ state: 'detached' })
  await page.locator('shoal-andon-call [data-test=state]', { hasText: 'You are going there' }).waitFor()
  expect(await published(page)).toEqual(['seen', 'seen', 'taken'])
  // sent away here, it is still open
  await page.locator('shoal-andon-call', { hasText: 'Saw' }).locator('[data-test=take]').waitFor()
  expect(await page.locator('nav a.andon .count').innerText()).toBe('1')
  await page.close()
})

test('of two who take it at once the first by order has it, and the other is told', async () => {
  const page = await open('swarm=eight')
  await page.locator('shoal-andon h1').waitFor()
  await settle(page)
  await arrive(page, 1, 'called', 'call-0001', 'Saw', 5)
  await page.locator('shoal-andon-alarm button.take').click()
  await page.locator('shoal-andon-call [data-test=state]', { hasText: 'You are going there' }).waitFor()
  await arrive(page, 4, 'taken', 'call-0001', 'Saw', 5)
  // taken before ours, arrived after it
  await page.evaluate(() => {
    const { shoal, otherId, andonEvent } = window.fake
    shoal.arrive(otherId(6), andonEvent('taken', 'call-0001', 'Saw'), { lamport: 2 })
  })
  await page.locator('shoal-andon [data-test=late]', { hasText: 'is going to Saw. You need not.' }).waitFor()
  await page.locator('shoal-andon [data-test=late] button').click()
  expect(await page.locator('shoal-andon [data-test=late]').count()).toBe(0)
  await page.close()
})

test('without a link it says so before and after the call', async () => {
  const page = await open('swarm=lonely&day')
  await page.locator('shoal-andon [data-test=offline]').waitFor()
  await page.locator('shoal-andon-machines .tile', { hasText: 'Saw' }).click()
  const reach = page.locator('shoal-andon-call', { hasText: 'Saw' }).locator('[data-test=reach]')
  expect(await reach.innerText()).toContain('Not yet seen by anybody')
  await page.close()
})

test('the sound is locked until somebody taps, then rings until the call is taken', async () => {
  const page = await open('swarm=eight&alarm')
  const unlock = page.locator('shoal-andon-alarm button', { hasText: 'Switch on sound' })
  await unlock.waitFor()
  // tones are counted where they begin
  await page.evaluate(() => {
    const { start } = OscillatorNode.prototype
    OscillatorNode.prototype.start = function (when) {
      document.documentElement.dataset['tones'] = String(Number(document.documentElement.dataset['tones'] ?? 0) + 1)
      start.call(this, when)
    }
  })
  const tones = (): Promise<number> => page.evaluate(() => Number(document.documentElement.dataset['tones'] ?? 0))
  expect(await tones()).toBe(0)
  await page.locator('shoal-andon-alarm [data-test=machine]').click()
  await unlock.waitFor({ state: 'detached' })
  await expect.poll(tones, { timeout: 8000 }).toBeGreaterThan(4)
  await page.locator('shoal-andon-alarm button.take').click()
  await page.locator('shoal-andon-alarm').waitFor({ state: 'detached' })
  const rung = await tones()
  await page.waitForTimeout(2200)
  expect(await tones()).toBe(rung)
  await page.close()
})

test('nothing on the way broke the page', () => {
  expect(complaints).toEqual([])
})
