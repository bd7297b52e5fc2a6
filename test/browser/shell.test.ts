/** The page before anything is done with it, and the harness itself: a killed browser comes back on its profile. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestBrowser, TestStation } from './browser.ts'
import { launchChromium, removeFolder, startStation, temporaryFolder } from './browser.ts'

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

test('the page loads within its own policy and without an error', async () => {
  const page = await browser.context.newPage()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (entry) => entry.type() === 'error' && troubles.push(entry.text()))
  page.on('requestfailed', (request) => troubles.push(`${request.url()} failed`))
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(station.url)) foreign.push(request.url())
  })
  // the network never idles: the lifeline stays open
  await page.goto(station.url)
  await page.waitForFunction(() => window.shoal.state === 'connected')
  await page.waitForTimeout(500)
  expect(troubles).toEqual([])
  expect(foreign).toEqual([])
  await page.close()
})

test('the policy forbids script from text, from markup and from elsewhere', async () => {
  const page = await browser.open(station.url)
  const refusals = await page.evaluate(async () => {
    const refused = (action: () => unknown): boolean => {
      try {
        action()
        return false
      } catch (error) {
        return error instanceof TypeError || error instanceof EvalError
      }
    }
    const imageRefused = new Promise<boolean>((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => {
        if (event.effectiveDirective === 'img-src') resolve(true)
      })
    })
    const markup = '<b>text</b>'
    const image = new Image()
    image.src = 'http://127.0.0.1:9/picture.png'
    return {
      script: refused(() => (document.createElement('script').textContent = '1')),
      source: refused(() => (document.createElement('script').src = '/sw.js')),
      markup: refused(() => (document.createElement('div').innerHTML = markup)),
      policy: refused(() => window.trustedTypes?.createPolicy('other', {})),
      image: await imageRefused,
    }
  })
  expect(refusals).toEqual({ script: true, source: true, markup: true, policy: true, image: true })
  await page.close()
})

test('the manifest makes the app installable, and every icon has the size it claims', async () => {
  const page = await browser.open(station.url)
  const session = await browser.context.newCDPSession(page)
  const { errors, data } = await session.send('Page.getAppManifest')
  expect(errors).toEqual([])
  const manifest = JSON.parse(data ?? '') as {
    icons: { src: string; sizes: string; purpose: string }[]
    display: string
  }
  expect(manifest.display).toBe('standalone')
  const bitmaps = manifest.icons.filter((icon) => icon.sizes !== 'any')
  expect(bitmaps.map((icon) => `${icon.purpose} ${icon.sizes}`).sort()).toEqual([
    'any 192x192',
    'any 512x512',
    'maskable 192x192',
    'maskable 512x512',
  ])
  for (const icon of bitmaps) {
    const size = await page.evaluate(async (src) => {
      const bitmap = await createImageBitmap(await (await fetch(src)).blob())
      return `${bitmap.width}x${bitmap.height}`
    }, icon.src)
    expect(size).toBe(icon.sizes)
  }
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  expect(installabilityErrors.map((error) => error.errorId)).not.toContain('manifest-missing-suitable-icon')
  await page.close()
})

test('a browser killed by SIGKILL comes back on its profile with what was committed', async () => {
  const profile = temporaryFolder()
  const first = await launchChromium({ persistentDir: profile })
  const page = await first.open(station.url)
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('harness', 1)
      request.addEventListener('upgradeneeded', () => request.result.createObjectStore('t'))
      request.addEventListener('success', () => resolve(request.result))
      request.addEventListener('error', () => reject(request.error ?? new Error('cannot open')))
    })
    await new Promise<void>((resolve) => {
      const writing = db.transaction('t', 'readwrite', { durability: 'strict' })
      writing.objectStore('t').put('kept', 'key')
      writing.addEventListener('complete', () => resolve())
    })
  })
  await first.kill()
  const second = await launchChromium({ persistentDir: profile })
  const again = await second.open(station.url)
  const found = await again.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open('harness', 1)
        request.addEventListener('success', () => {
          const reading = request.result.transaction('t').objectStore('t').get('key')
          reading.addEventListener('success', () => resolve(reading.result))
        })
      }),
  )
  expect(found).toBe('kept')
  await second.close()
  removeFolder(profile)
})
