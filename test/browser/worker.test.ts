/** The node in the worker, as a page and as others find it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isNodeId } from '../../src/core/node-id.ts'
import type { TestBrowser, TestStation } from './browser.ts'
import { launchChromium, startStation } from './browser.ts'
import { allPayloads, shiftReload, whenRunning } from './pages.ts'

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

const askId = async (): Promise<{ status: number; text: string; node: string | null }> => {
  const answer = await fetch('/api/v2/node/id')
  return { status: answer.status, text: await answer.text(), node: answer.headers.get('shoal-node') }
}

test('the first load is controlled, and /api/v2 is the node of this browser', async () => {
  const page = await browser.open(station.url)
  await whenRunning(page)
  expect(await page.evaluate(() => document.querySelector('shoal-console')?.page?.current.controlled)).toBe(true)
  const answer = await page.evaluate(askId)
  expect(answer.status).toBe(200)
  expect(isNodeId(answer.text)).toBe(true)
  expect(answer.node).toBe(answer.text)
  const { nodeId } = await page.evaluate(() => window.shoal.info())
  expect(nodeId).toBe(answer.text)
  const ofStation = (await fetch(station.url)).headers.get('shoal-node')
  expect(answer.text).not.toBe(ofStation)
  await page.close()
})

test('an Actyx app that asks http://localhost:4454, as it does unless told otherwise, gets the same node', async () => {
  const page = await browser.open(station.url)
  await whenRunning(page)
  const { nodeId } = await page.evaluate(() => window.shoal.info())
  const asked = await page.evaluate(async () => {
    const base = 'http://localhost:4454/api/v2'
    const manifest = { appId: 'com.example.app', displayName: 'App', version: '1.0.0' }
    const headers = { 'Content-Type': 'application/json' }
    const auth = await fetch(`${base}/auth`, { method: 'POST', headers, body: JSON.stringify(manifest) })
    const { token } = (await auth.json()) as { token: string }
    const authorized = { ...headers, Authorization: `Bearer ${token}` }
    const body = JSON.stringify({ data: [{ tags: ['actyx'], payload: { n: 1 } }] })
    const published = await fetch(`${base}/events/publish`, { method: 'POST', headers: authorized, body })
    return { id: await (await fetch(`${base}/node/id`)).text(), status: published.status }
  })
  expect(asked).toEqual({ id: nodeId, status: 200 })
  expect(await allPayloads(page)).toContainEqual({ n: 1 })
  await page.close()
})

test('calls made in the very first moment, before any worker exists, are answered', async () => {
  const fresh = await launchChromium()
  const page = await fresh.context.newPage()
  await page.goto(station.url, { waitUntil: 'commit' })
  await page.waitForFunction(() => window.shoal !== undefined)
  const [published] = await page.evaluate(() => window.shoal.publish([{ tags: ['first'], payload: 'early' }]))
  expect(published?.offset).toBeGreaterThanOrEqual(0)
  expect(await allPayloads(page)).toContain('early')
  await fresh.close()
})

test('another process finds no node at the station, and is told where it is', async () => {
  const page = await browser.open(station.url)
  await whenRunning(page)
  const answer = await fetch(`${station.url}api/v2/node/id`)
  expect(answer.status).toBe(409)
  expect(await answer.json()).toMatchObject({ code: 'ERR_NO_WORKER' })
  await page.close()
})

test('after shift-reload the page is not controlled: its fetch is told so, and its window.shoal works', async () => {
  const page = await browser.open(station.url)
  await whenRunning(page)
  await shiftReload(page)
  await whenRunning(page)
  expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBe(null)
  expect(await page.evaluate(() => document.querySelector('shoal-console')?.page?.current.controlled)).toBe(false)
  expect((await page.evaluate(askId)).status).toBe(409)
  const seen = page.evaluate(
    () =>
      new Promise((resolve) => {
        const stop = window.shoal.subscribe("FROM 'uncontrolled'", {}, (item) => {
          if (item.type !== 'event') return
          stop()
          resolve(item.payload)
        })
      }),
  )
  const [published] = await page.evaluate(() =>
    window.shoal.publish([{ tags: ['uncontrolled'], payload: 'still here' }]),
  )
  expect(published?.lamport).toBeGreaterThan(0)
  expect(await seen).toBe('still here')
  expect(await allPayloads(page)).toContain('still here')
  await page.reload()
  await whenRunning(page)
  expect((await page.evaluate(askId)).status).toBe(200)
  expect(await allPayloads(page)).toContain('still here')
  await page.close()
})

test('a page older than the worker is refused with the reason, and no call of it writes', async () => {
  const page = await browser.open(station.url)
  await whenRunning(page)
  const answers = await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready
    const { port1, port2 } = new MessageChannel()
    const heard: unknown[] = []
    const refused = new Promise<void>((resolve) => {
      port1.onmessage = ({ data }) => {
        heard.push(...(data as unknown[]))
        resolve()
      }
    })
    active?.postMessage({ type: 'shoal-connect', version: 0, appId: 'com.example.old' }, [port2])
    await refused
    port1.postMessage([{ type: 'request', id: 1, call: 'publish', body: '{"data":[{"tags":["t"],"payload":"old"}]}' }])
    await window.shoal.offsets()
    await new Promise((resolve) => setTimeout(resolve, 300))
    return heard
  })
  expect(answers).toEqual([
    { type: 'refused', code: 'ERR_CLIENT_OUTDATED', message: expect.stringMatching(/[Rr]eload/) as string },
  ])
  expect(await allPayloads(page)).not.toContain('old')
  await page.close()
})

test('a log written by a newer Shoal is not touched: calls say that this tab must be reloaded', async () => {
  const fresh = await launchChromium()
  const page = await fresh.open(station.url)
  await whenRunning(page)
  await page.evaluate(() => window.shoal.publish([{ tags: ['t'], payload: 1 }]))
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('shoal')
      request.addEventListener('success', () => resolve(request.result))
      request.addEventListener('error', () => reject(request.error ?? new Error('cannot open')))
    })
    const writing = db.transaction('meta', 'readwrite')
    // CBOR of {"format": 9, "minReader": 9, "minWriter": 9}
    const text = 'a366666f726d617409696d696e52656164657209696d696e57726974657209'
    const bytes = Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    writing.objectStore('meta').put(bytes, 'format')
    await new Promise((resolve) => writing.addEventListener('complete', resolve))
    db.close()
  })
  await fresh.stopWorkers(page)
  const refusal = await page.evaluate(() =>
    window.shoal.publish([{ tags: ['t'], payload: 2 }]).then(
      () => 'published',
      (error: { code: string; message: string }) => `${error.code} ${error.message}`,
    ),
  )
  expect(refusal).toMatch(/^ERR_STORE_FORMAT .*[Rr]eload/)
  const standing = await page.evaluate(() => document.querySelector('shoal-console')?.page?.current)
  expect(standing).toMatchObject({ worker: 'refused' })
  await fresh.close()
})
