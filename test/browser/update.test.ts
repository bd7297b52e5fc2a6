/** From one build to the next, under open tabs. */
import { createHash } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { root } from '../../src/station/preparation.mjs'
import { launchChromium, removeFolder, startStation, temporaryFolder } from './browser.ts'
import { allPayloads, gather, gathered, whenRunning } from './pages.ts'

const revision = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** Turns the built app in `folder` into that of a later build: another page, and a worker that knows it. */
const makeNewer = (folder: string): void => {
  const pageFile = join(folder, 'index.html')
  const workerFile = join(folder, 'sw.js')
  const page = readFileSync(pageFile, 'utf8')
  const newer = page.replace('<title>', '<meta name="generation" content="2" /><title>')
  const worker = readFileSync(workerFile, 'utf8')
  expect(worker).toContain(revision(page))
  writeFileSync(workerFile, worker.replaceAll(revision(page), revision(newer)))
  writeFileSync(pageFile, newer)
}

const generation = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => document.querySelector<HTMLMetaElement>('meta[name=generation]')?.content)

const whenOffered = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector('shoal-console')?.page?.current.update !== undefined)

const lookForUpdate = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update()
  })

const setUp = async () => {
  const appFolder = temporaryFolder()
  cpSync(join(root, 'dist', 'app'), appFolder, { recursive: true })
  const station = await startStation({ appFolder })
  const browser = await launchChromium()
  const first = await browser.open(station.url)
  await whenRunning(first)
  const second = await browser.open(station.url)
  await whenRunning(second)
  return {
    appFolder,
    station,
    browser,
    first,
    second,
    end: async () => {
      await browser.close()
      await station.stop()
      removeFolder(appFolder)
    },
  }
}

test('a newer build is offered and not taken; a tap moves both tabs together, and nothing published meanwhile is lost', async () => {
  const { appFolder, first, second, end } = await setUp()
  const acknowledged: number[] = []
  await second.exposeFunction('acknowledge', (payload: number) => void acknowledged.push(payload))
  await second.evaluate(() => {
    const { acknowledge } = globalThis as unknown as { acknowledge: (payload: number) => Promise<void> }
    const publish = async (): Promise<void> => {
      for (let i = 0; ; i++) {
        await window.shoal.publish([{ tags: ['t'], payload: i }])
        await acknowledge(i)
      }
    }
    void publish()
  })
  makeNewer(appFolder)
  await lookForUpdate(second)
  await Promise.all([whenOffered(first), whenOffered(second)])
  const deadline = await first.evaluate(() => document.querySelector('shoal-console')?.page?.current.update?.deadline)
  expect(deadline).toBeGreaterThan(Date.now() + 60_000)
  await second.waitForTimeout(500)
  expect([await generation(first), await generation(second)]).toEqual([undefined, undefined])

  const from = performance.now()
  const moved = [first, second].map((page) => page.waitForEvent('load'))
  await first.evaluate(() => document.querySelector('shoal-console')?.page?.current.update?.apply())
  await Promise.all(moved)
  await Promise.all([whenRunning(first), whenRunning(second)])
  console.log(`from the tap to both tabs running the newer build: ${Math.round(performance.now() - from)} ms`)
  expect([await generation(first), await generation(second)]).toEqual(['2', '2'])
  const payloads = await allPayloads(second)
  expect(acknowledged.length).toBeGreaterThan(20)
  expect(payloads).toEqual(payloads.map((_, index) => index))
  // the reload may cut off the last one before its answer
  expect(payloads.length - acknowledged.length).toBeLessThanOrEqual(1)
  expect(payloads.length).toBeGreaterThanOrEqual(acknowledged.length)
  expect(await first.evaluate(() => document.querySelector('shoal-console')?.page?.current.update)).toBe(undefined)
  await end()
})

test('a tab in which somebody types keeps its page and its work goes to the newer worker', async () => {
  const { appFolder, first, second, end } = await setUp()
  await gather(second)
  await second.evaluate(() => {
    const field = document.createElement('input')
    field.id = 'field'
    document.body.append(field)
  })
  makeNewer(appFolder)
  await lookForUpdate(first)
  await Promise.all([whenOffered(first), whenOffered(second)])
  await second.bringToFront()
  await second.locator('#field').pressSequentially('half a sen')
  const moved = first.waitForEvent('load')
  await first.evaluate(() => document.querySelector('shoal-console')?.page?.current.update?.apply())
  await moved
  await whenRunning(first)
  await second.waitForFunction(() => document.querySelector('shoal-console')?.page?.current.reloadPending === true)
  await second.locator('#field').pressSequentially('tence')
  expect(await second.locator('#field').inputValue()).toBe('half a sentence')
  await second.evaluate(() => window.shoal.publish([{ tags: ['t'], payload: 'typed' }]))
  await second.waitForFunction(() => window.gathered.seen.length === 1)
  expect((await gathered(second)).failures).toEqual([])
  expect(await allPayloads(first)).toEqual(['typed'])
  expect([await generation(first), await generation(second)]).toEqual(['2', undefined])

  const reloaded = second.waitForEvent('load')
  await second.evaluate(() => document.querySelector('shoal-console')?.page?.reload())
  await reloaded
  await whenRunning(second)
  expect(await generation(second)).toBe('2')
  await end()
})
