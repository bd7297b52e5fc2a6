/** Two browser processes, connected by WebRTC alone, and by what their service workers do with their tabs as radios. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestBrowser } from './browser.ts'
import { launchChromium } from './browser.ts'
import type { RadioPages } from './radio/pages.ts'
import { serveRadioPages } from './radio/pages.ts'
import type { Wire, WireState } from './radio/wire.ts'

let pages: RadioPages
let browsers: readonly [TestBrowser, TestBrowser]

beforeAll(async () => {
  pages = await serveRadioPages()
  browsers = await Promise.all([launchChromium(), launchChromium()])
})
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()))
  await pages.close()
})

const openBoth = async (): Promise<readonly [Page, Page]> =>
  Promise.all([browsers[0].open(pages.url), browsers[1].open(pages.url)])

const connectDirectly = async (a: Page, b: Page): Promise<readonly [number[], number[]]> => {
  const offer = await a.evaluate(() => window.direct.offer())
  const answer = await b.evaluate((signal) => window.direct.answer(signal), offer)
  await a.evaluate((signal) => window.direct.accept(signal), answer)
  await Promise.all([a, b].map((page) => page.evaluate(() => window.direct.opened())))
  return [offer, answer]
}

const call = (page: Page, name: keyof Wire, ...args: unknown[]): Promise<unknown> =>
  page.evaluate(([what, rest]) => window.viaWorker.call(what, ...rest), [name, args] as const)
const stateOf = (page: Page): Promise<WireState> => page.evaluate(() => window.viaWorker.state())
const until = async (page: Page, isSo: (state: WireState) => boolean, within: number): Promise<WireState> => {
  for (const from = performance.now(); ;) {
    const state = await stateOf(page)
    if (isSo(state)) return state
    if (performance.now() - from > within) throw new Error(`not within ${within} ms: ${JSON.stringify(state)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const connectWorkers = async (a: Page, b: Page): Promise<void> => {
  const offer = await call(a, 'offer')
  const answer = await call(b, 'answer', offer)
  await call(a, 'accept', answer)
  await Promise.all([call(a, 'opened'), call(b, 'opened')])
}
const expectCarried = async (from: Page, to: Page, count: number, bytes: number): Promise<number> => {
  await call(to, 'clear')
  const arrived = call(to, 'arrived', count) as ReturnType<Wire['arrived']>
  await call(from, 'send', count, bytes)
  const { inOrder, ms } = await arrived
  expect(inOrder).toBe(true)
  return ms
}

test('frames cross between two processes, in order and whole; both ends see the same certificates; a page that is left is noticed', async () => {
  const [a, b] = await openBoth()
  const signals = await connectDirectly(a, b)
  for (const signal of signals) expect(signal.length).toBeLessThanOrEqual(94)
  const sent = Promise.all([a, b].map((page) => page.evaluate(() => window.direct.send(200, 10_000))))
  const arrived = await Promise.all([a, b].map((page) => page.evaluate(() => window.direct.arrived(200))))
  await sent
  expect(arrived.map(({ inOrder }) => inOrder)).toEqual([true, true])
  const [ours, theirs] = await Promise.all(
    [a, b].map((page) => page.evaluate(() => window.direct.state().fingerprints)),
  )
  expect(ours?.[0]).toMatch(/^[\da-f]{64}$/)
  expect(ours).toEqual(theirs?.toReversed())
  const from = performance.now()
  await a.goto('about:blank')
  await b.waitForFunction(() => window.direct.state().closes.length > 0)
  expect(performance.now() - from).toBeLessThan(3000)
  expect(await b.evaluate(() => window.direct.state().closes)).toEqual(['ERR_CHANNEL_CLOSED'])
  await Promise.all([a.close(), b.close()])
})

test('a browser that is killed is noticed by the other, within 20 s and with a code', async () => {
  const [a] = await openBoth()
  const other = await launchChromium()
  const b = await other.open(pages.url)
  await connectDirectly(a, b)
  await other.kill()
  const from = performance.now()
  await a.waitForFunction(() => window.direct.state().closes.length > 0, undefined, { timeout: 30_000 })
  expect(performance.now() - from).toBeLessThan(20_000)
  expect(await a.evaluate(() => window.direct.state().closes)).toEqual(['ERR_CHANNEL_FAILED'])
  await Promise.all(browsers.flatMap((browser) => browser.context.pages().map((page) => page.close())))
})

test('worker to worker by their tabs; a worker that is stopped gets the link again, which carries on', async () => {
  const [a, b] = await openBoth()
  await Promise.all([a, b].map((page) => page.evaluate(() => window.start())))
  await connectWorkers(a, b)
  await expectCarried(a, b, 100, 60_000)
  await expectCarried(b, a, 300, 500)
  const before = await stateOf(a)

  await browsers[0].stopWorkers(a)
  const after = await until(a, ({ isOpen }) => isOpen, 5000)
  expect(after.adopted).toBe(1)
  expect(after.fingerprints).toEqual(before.fingerprints)
  await expectCarried(a, b, 100, 60_000)
  await expectCarried(b, a, 100, 60_000)
  expect((await stateOf(b)).closes).toEqual([])

  const second = await browsers[0].open(pages.url)
  await second.evaluate(() => window.start())
  await a.close()
  await until(second, ({ closes }) => closes.length === 1, 3000)
  await until(b, ({ closes }) => closes.length === 1, 3000)
  await connectWorkers(second, b)
  await expectCarried(second, b, 50, 60_000)

  await b.close()
  await until(second, ({ closes }) => closes.length === 2, 3000)
})
