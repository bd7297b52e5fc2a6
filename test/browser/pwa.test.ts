/** The app without its station, and the worker's life while nobody does anything. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { readFileSync, readdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { expect, test } from 'vitest'
import { portVersion } from '../../src/api/port-contract.ts'
import { root } from '../../src/station/preparation.mjs'
import { chromiumFlags, findChromium } from '../chromium.mjs'
import { launchChromium, removeFolder, startStation, temporaryFolder } from './browser.ts'
import { allPayloads, whenRunning } from './pages.ts'

test('with the station stopped and the network off, a cold worker serves the app and everything stored', async () => {
  const station = await startStation()
  const browser = await launchChromium()
  const page = await browser.open(station.url)
  await whenRunning(page)
  await page.evaluate(() => window.shoal.publish([{ tags: ['kept'], payload: 'before' }]))
  await station.stop()
  await browser.context.setOffline(true)
  await browser.stopWorkers(page)

  const waits: number[] = []
  for (const path of ['', 'check', 'some/where']) {
    await browser.stopWorkers(page)
    const from = performance.now()
    await page.goto(station.url + path)
    await whenRunning(page)
    waits.push(Math.round(performance.now() - from))
  }
  console.log(`offline, cold worker: usable after ${waits.join(', ')} ms`)
  // the best of three: other tests may share this computer
  expect(Math.min(...waits)).toBeLessThan(1000)
  expect(await allPayloads(page)).toEqual(['before'])
  await page.evaluate(() => window.shoal.publish([{ tags: ['kept'], payload: 'offline' }]))
  await page.reload()
  await whenRunning(page)
  expect(await allPayloads(page)).toEqual(['before', 'offline'])
  expect(await page.evaluate(async () => (await fetch('/api/v2/node/id')).status)).toBe(200)
  await browser.close()
})

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html', '.css': 'text/css' }

/** Asks once at the beginning and once at the end over the same port: only a worker that lived all the time answers twice. */
const watcher = `
const { active } = await navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)
const { port1, port2 } = new MessageChannel()
const answers = []
port1.onmessage = ({ data }) => answers.push(...data.map(({ type }) => type))
active.postMessage({ type: 'shoal-connect', version: ${portVersion}, appId: 'com.example.watcher' }, [port2])
while (!answers.includes('ready')) await new Promise((resolve) => setTimeout(resolve, 50))
await new Promise((resolve) => setTimeout(resolve, 40_000))
port1.postMessage([{ type: 'probe', id: 1 }])
await new Promise((resolve) => setTimeout(resolve, 3000))
await fetch('/report', { method: 'POST', body: answers.includes('alive') ? 'alive' : 'dead' })
`

/** Whether the worker lived through 40 s of idleness under a page with these scripts. No debugger is near: one would keep it alive. */
const livesIdle = async (scripts: readonly string[]): Promise<string> => {
  const app = join(root, 'dist', 'app')
  let report: (fate: string) => void = () => undefined
  const reported = new Promise<string>((resolve) => (report = resolve))
  const origin = createServer((request, response) => {
    const path = request.url ?? '/'
    if (path === '/report') {
      let fate = ''
      request.on('data', (chunk: Buffer) => (fate += chunk.toString()))
      request.on('end', () => {
        response.end()
        report(fate)
      })
      return
    }
    response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream')
    if (path === '/watcher.js') return response.end(watcher)
    if (path === '/watch.html')
      return response.end(scripts.map((src) => `<script type="module" src="${src}"></script>`).join(''))
    try {
      return response.end(readFileSync(join(app, path)))
    } catch {
      return response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => origin.listen(0, 'localhost', resolve))
  const { port } = origin.address() as AddressInfo
  const profile = temporaryFolder()
  const flags = ['--headless=new', `--user-data-dir=${profile}`, '--remote-debugging-port=0', ...chromiumFlags]
  const browser = spawn(findChromium() ?? '', [...flags, `http://localhost:${port}/watch.html`], { stdio: 'ignore' })
  const fate = await reported
  browser.kill('SIGKILL')
  await new Promise((resolve) => browser.once('exit', resolve))
  origin.closeAllConnections()
  origin.close()
  removeFolder(profile)
  return fate
}

test('an idle page keeps its worker alive beyond its 30 s; without our page it dies', async () => {
  const entry = readdirSync(join(root, 'dist', 'app', 'assets')).find((name) => /^index-.*\.js$/.test(name)) ?? ''
  const fates = await Promise.all([livesIdle(['/watcher.js']), livesIdle(['/watcher.js', `/assets/${entry}`])])
  expect(fates).toEqual(['dead', 'alive'])
}, 120_000)
