/** The console on the real build: what a newcomer does first, and what must never go wrong with an import. */
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { TestBrowser, TestStation } from './browser.ts'
import { launchChromium, startStation } from './browser.ts'
import { ask, downloaded, fillDevice, goTo, importOutcome, logTexts, openView, pickFile, runImport } from './console.ts'
import { whenRunning } from './pages.ts'

const readings = '../shared/data/machine-readings.csv'

let station: TestStation
let browser: TestBrowser
const complaints: string[] = []

const openPage = async (view: string, on: TestBrowser = browser): Promise<Page> => {
  const page = await on.context.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && /policy|trusted/i.test(message.text())) complaints.push(message.text())
  })
  await openView(page, station.url, view)
  return page
}

beforeAll(async () => {
  station = await startStation()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await station.stop()
})

test('the sample is one tap away, and its alarms one more', async () => {
  const page = await openPage('import')
  await page.locator('shoal-import button', { hasText: 'Try the sample' }).click()
  await page.locator('shoal-import [data-test=start]').click()
  expect(await importOutcome(page)).toEqual({ end: 'done', stored: 504, bad: 0 })
  expect(await ask(page, "FROM 'machine:press' & 'alarm:1'")).toBeGreaterThan(2)
  await page.close()
})

test('bad lines are left out and named with their lines and reasons', async () => {
  const page = await openPage('import')
  const content = 'id,name,note\n1,a,"two\nlines"\n2,b\n3,c,fine\n4,"d,oops\n5,e,fine\n'
  expect(await runImport(page, { name: 'bad.csv', content })).toEqual({ end: 'done', stored: 3, bad: 2 })
  const report = page.waitForEvent('download')
  await page.locator('shoal-import button', { hasText: 'Save the list' }).click()
  const lines = (await downloaded(report)).replace('\ufeff', '').trim().split('\r\n')
  expect(lines[0]).toBe('"Line","Reason","Content"')
  expect(lines[1]).toMatch(/^"4","2 columns where 3 are expected."/)
  expect(lines[2]).toMatch(/^"6","A quotation mark/)
  expect(lines.length).toBe(3)
  await page.close()
})

test('cancelled, reloaded, its worker stopped and continued, an import doubles and loses nothing', async () => {
  const page = await openPage('import')
  const ids = Array.from({ length: 30_000 }, (_, n) => n)
  const content = `id,machine\n${ids.map((id) => `${id},saw-${id % 5}`).join('\n')}\n`
  const file = { name: 'long.csv', content }
  await pickFile(page, file)
  await page.locator('shoal-import [data-test=start]').click()
  await page.locator('shoal-import [data-test=stored]', { hasText: /[1-9]/ }).waitFor()
  await page.locator('shoal-import button', { hasText: 'Cancel' }).click()
  const cancelled = await importOutcome(page)
  expect(cancelled.end).toBe('cancelled')
  expect(cancelled.stored).toBeLessThan(30_000)

  await page.reload()
  await whenRunning(page)
  await pickFile(page, file)
  await page.locator('shoal-import [data-test=kept]').waitFor()
  await page.locator('shoal-import [data-test=start]').click()
  await browser.stopWorkers(page)
  expect(await importOutcome(page)).toEqual({ end: 'done', stored: 30_000, bad: 0 })

  const stored = await page.evaluate(async () => {
    const items = await window.shoal.query("FROM 'long'")
    return items.flatMap((item) => (item.type === 'event' ? [(item.payload as { id: number }).id] : []))
  })
  expect(stored).toEqual(ids)

  await pickFile(page, file)
  expect(await page.locator('shoal-import [data-test=finished]').innerText()).toContain('already imported')
  await page.close()
})

test('an import that meets a full device stops, says why, and goes on from there', async () => {
  const page = await openPage('import')
  const content = `id\n${Array.from({ length: 5000 }, (_, n) => n).join('\n')}\n`
  await pickFile(page, { name: 'full.csv', content })
  const fill = await fillDevice(page)
  await page.locator('shoal-import [data-test=start]').click()
  expect(await importOutcome(page)).toEqual({ end: 'failed', stored: 0, bad: 0 })
  expect(await page.locator('shoal-import .note.bad').innerText()).toContain('no room left')
  await fill.free()
  await page.locator('shoal-import button.first', { hasText: 'Continue' }).click()
  await page.locator('shoal-import [data-test=ended-done]').waitFor()
  expect(await importOutcome(page)).toEqual({ end: 'done', stored: 5000, bad: 0 })
  expect(await page.evaluate(async () => (await window.shoal.query("FROM 'full'")).length)).toBe(5001)
  await page.close()
})

test('an export imports into another browser unchanged', async () => {
  const page = await openPage('overview')
  await page.evaluate(async () => {
    const odd = ['{"__proto__":{"a":-0},"":[]}', '-0', '"\\ud800 \\ufffd \\u2028"', '[1e308,5e-324,null,{}]', '"ä 🐟"']
    await window.shoal.publish(
      odd.map((text) => ({ tags: ['odd', "it's", 'ä'], payload: JSON.parse(text) as unknown })),
    )
  })
  const before = await logTexts(page)
  expect(before.length).toBeGreaterThan(500)
  const download = page.waitForEvent('download')
  await page.locator('shoal-overview shoal-export button').click()
  const content = await downloaded(download)
  await page.close()

  const other = await launchChromium()
  const second = await openPage('import', other)
  const outcome = await runImport(second, { name: 'log.ndjson', content })
  expect(outcome).toEqual({ end: 'done', stored: before.length, bad: 0 })
  expect(await logTexts(second)).toEqual(before)
  await other.close()
})

test('an event is called stored when it is, and not when the device is full', async () => {
  const page = await openPage('publish')
  const payload = page.locator('shoal-publish #payload')
  const publish = page.locator('shoal-publish button.first')
  await page.locator('shoal-publish #tag').fill('by-hand')
  await payload.fill('{"a": 1,}')
  expect(await page.locator('shoal-publish #verdict').innerText()).toBe('Line 1, column 9: “}” does not belong here.')
  expect(await publish.isDisabled()).toBe(true)
  await payload.fill('{"a": -0}')
  await publish.click()
  await page.locator('shoal-publish .note.good').waitFor()
  expect(await ask(page, "FROM 'by-hand'")).toBe(1)

  const fill = await fillDevice(page)
  await goTo(page, 'publish')
  await payload.fill(JSON.stringify({ big: 'x'.repeat(200_000) }))
  await publish.click()
  const failure = page.locator('shoal-publish .note.bad')
  await failure.waitFor()
  expect(await failure.innerText()).toContain('Not stored')
  expect(await failure.innerText()).toContain('no room left')
  expect(await page.locator('shoal-publish .note.good').count()).toBe(0)
  await fill.free()
  await page.reload()
  await whenRunning(page)
  expect((await payload.inputValue()).length).toBeGreaterThan(200_000)
  await publish.click()
  await page.locator('shoal-publish .note.good').waitFor()
  expect(await ask(page, "FROM 'by-hand'")).toBe(2)
  await page.close()
})

test('a query that makes no sense is marked where it stops making sense', async () => {
  const page = await openPage('query')
  await page.locator('shoal-query textarea').fill("FROM 'a' & & 'b'")
  await page.locator('shoal-query button.first').click()
  const mark = page.locator('shoal-query-error pre')
  await mark.waitFor()
  expect((await mark.textContent())?.split('\n')).toEqual(["FROM 'a' & & 'b'", `${' '.repeat(11)}▲`])
  await page.close()
})

test('appearance and language are a tap each, and stay', async () => {
  const page = await openPage('overview')
  const theme = () => page.evaluate(() => document.documentElement.dataset['theme'])
  const [appearance, language] = [page.locator('.choices button').first(), page.locator('.choices button').last()]
  expect(await theme()).toBeUndefined()
  await appearance.click()
  await appearance.click()
  expect(await theme()).toBe('dark')
  await language.click()
  await page.reload()
  await whenRunning(page)
  expect(await theme()).toBe('dark')
  expect(await page.locator('nav a.import').innerText()).toBe('Import')
  expect(await page.locator('nav a.events').innerText()).toBe('Ereignisse')
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
  await language.click()
  await appearance.click()
  expect(await theme()).toBeUndefined()
  await page.close()
})

test('the tail shows what is published as it happens, waits while paused, and leads to a query', async () => {
  const page = await openPage('events')
  await page.locator('shoal-events li, shoal-events .empty').first().waitFor()
  const publish = (n: number) => page.evaluate((at) => window.shoal.publish([{ tags: ['tailed'], payload: { at } }]), n)
  const newest = page.locator('shoal-events li').first()
  await publish(1)
  await newest.locator('.gist', { hasText: 'at 1' }).waitFor()
  await page.locator('shoal-events .head button').click()
  await publish(2)
  await page.locator('shoal-events .state', { hasText: '1 waiting' }).waitFor()
  expect(await newest.locator('.gist').innerText()).toBe('at 1')
  await page.locator('shoal-events .head button').click()
  await newest.locator('.gist', { hasText: 'at 2' }).waitFor()
  await newest.locator('button').click()
  await page.locator('shoal-event-details a.chip', { hasText: 'tailed' }).click()
  await page.locator('shoal-query .count', { hasText: '2 events in' }).waitFor()
  await page.close()
})

test('the check page opens by its address and measures', async () => {
  const page = await browser.context.newPage()
  await page.goto(`${station.url}check`)
  await whenRunning(page)
  await page.locator('shoal-check [data-check=device][data-state=ok]').waitFor({ timeout: 60_000 })
  // How fast it is depends on the machine; that it works does not.
  for (const check of ['context', 'crypto', 'compression', 'storage']) {
    expect([check, await page.locator(`shoal-check [data-check=${check}]`).getAttribute('data-state')]).toEqual([
      check,
      'ok',
    ])
  }
  const report = page.waitForEvent('download')
  await page.locator('shoal-check button.first').click()
  const { results } = JSON.parse(await downloaded(report)) as { results: Record<string, Record<string, unknown>> }
  expect(results['writes']?.['strict_writes_per_s']).toBeGreaterThan(0)
  expect(results['answer']?.['port_median_ms']).toBeGreaterThan(0)
  expect(Object.keys(results['webrtc'] ?? {})).toContain('candidates')
  await page.close()
})

test.skipIf(!existsSync(readings))(
  `the real readings: imported, one machine's alarms asked for, and all there without network and station (skipped where ${readings} is absent)`,
  async () => {
    const content = readFileSync(readings, 'utf8')
    const rows = content.trim().split('\n').slice(1)
    const alarms = rows.map((row) => row.split(',')).filter((row) => row[1] === '1' && Number(row[7]) === 1).length
    const fresh = await launchChromium()
    const page = await openPage('import', fresh)
    const outcome = await runImport(page, { name: 'machine-readings.csv', content })
    expect(outcome).toEqual({ end: 'done', stored: 14_492, bad: 0 })
    expect(await ask(page, "FROM 'machine:1' & 'alarm:1'")).toBe(alarms)

    await station.stop()
    await fresh.context.setOffline(true)
    await fresh.stopWorkers(page)
    await page.goto(`${station.url}#/overview`)
    await whenRunning(page)
    await page.locator('shoal-overview [data-test=events] b', { hasText: '14,492' }).waitFor()
    expect(await ask(page, "FROM 'machine:1' & 'alarm:1'")).toBe(alarms)
    await fresh.close()
    station = await startStation({ port: station.port })
  },
)

test('nothing on the way broke the page or its security policy', () => {
  expect(complaints).toEqual([])
})
