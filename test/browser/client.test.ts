/** What a worker's death costs a page: nothing but time. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestBrowser, TestStation } from './browser.ts'
import { launchChromium, removeFolder, startStation, temporaryFolder } from './browser.ts'
import { allPayloads, gather, gathered, whenRunning } from './pages.ts'

let station: TestStation
let browser: TestBrowser

beforeAll(async () => {
  station = await startStation()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await station.stop()
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

test('a worker stopped again and again under publishes and a subscription: nothing is lost or doubled', async () => {
  const page = await browser.open(station.url)
  await whenRunning(page)
  await gather(page)
  const publishing = page.evaluate(async () => {
    const publishers = Array.from({ length: 4 }, async (_, publisher) => {
      for (let i = 0; i < 150; i++) {
        await window.shoal.publish([{ tags: ['t'], payload: publisher * 1000 + i }])
        window.gathered.acknowledged.push(publisher * 1000 + i)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })
    await Promise.all(publishers)
  })
  for (const share of [60, 130, 220, 330, 450]) {
    await page.waitForFunction((count) => window.gathered.acknowledged.length >= count, share)
    await browser.stopWorkers(page)
  }
  await publishing
  const expected = [0, 1, 2, 3].flatMap((publisher) => Array.from({ length: 150 }, (_, i) => publisher * 1000 + i))
  const payloads = (await allPayloads(page)) as number[]
  expect(payloads.toSorted((a, b) => a - b)).toEqual(expected)
  await page.waitForFunction((count) => window.gathered.seen.length >= count, payloads.length)
  await pause(500)
  const { seen, failures } = await gathered(page)
  expect(failures).toEqual([])
  expect(seen.map((item) => (item as [string, number, unknown])[2])).toEqual(payloads)
  await page.close()
}, 120_000)

test('after a stop a single call is answered within three seconds, an idle subscription hears at once from its lifeline', async () => {
  const page = await browser.open(station.url)
  await whenRunning(page)
  await gather(page)
  await pause(500)
  await browser.stopWorkers(page)
  const ms = await page.evaluate(async () => {
    const from = performance.now()
    await window.shoal.publish([{ tags: ['t'], payload: 'after a stop' }])
    return performance.now() - from
  })
  console.log(`first publish after a stop: ${Math.round(ms)} ms`)
  expect(ms).toBeLessThan(3000)
  // until the lifeline is held again
  await pause(3000)
  await browser.stopWorkers(page)
  // another tab starts the next worker and publishes there
  const other = await browser.open(station.url)
  await whenRunning(other)
  await other.evaluate(() => window.shoal.publish([{ tags: ['t'], payload: 'from elsewhere' }]))
  const heard = performance.now()
  await page.waitForFunction(() => window.gathered.seen.some((item) => (item as unknown[])[2] === 'from elsewhere'))
  const delay = performance.now() - heard
  console.log(`an idle subscription heard of it after ${Math.round(delay)} ms`)
  expect(delay).toBeLessThan(3000)
  await other.close()
  await page.close()
})

test('a browser killed in the middle of publishing has every acknowledged event after relaunch, and no other twice', async () => {
  const profile = temporaryFolder()
  for (const round of [0, 1]) {
    const victim = await launchChromium({ persistentDir: profile })
    const page = await victim.open(station.url)
    await whenRunning(page)
    const acknowledged: number[] = []
    await page.exposeFunction('acknowledge', (payload: number) => void acknowledged.push(payload))
    await page.evaluate((first) => {
      const { acknowledge } = globalThis as unknown as { acknowledge: (payload: number) => Promise<void> }
      const publishFrom = async (start: number): Promise<void> => {
        for (let i = start; ; i++) {
          await window.shoal.publish([{ tags: ['t'], payload: i }])
          await acknowledge(i)
        }
      }
      for (let publisher = 0; publisher < 4; publisher++) void publishFrom(first + publisher * 100_000)
    }, round * 1_000_000)
    while (acknowledged.length < 200) await pause(20)
    await victim.kill()

    const revived = await launchChromium({ persistentDir: profile })
    const again = await revived.open(station.url)
    await whenRunning(again)
    const payloads = (await allPayloads(again)) as number[]
    const kept = new Set(payloads)
    expect(payloads).toHaveLength(kept.size)
    expect(acknowledged.filter((payload) => !kept.has(payload))).toEqual([])
    // at most the four that were under way are there without having been acknowledged
    expect(payloads.filter((payload) => payload >= round * 1_000_000).length - acknowledged.length).toBeLessThanOrEqual(
      4,
    )
    await revived.close()
  }
  removeFolder(profile)
}, 120_000)
