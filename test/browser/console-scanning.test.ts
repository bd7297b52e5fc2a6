/** Scanning and linking by hand before a fake node and a fake camera: what is seen, what is said of it, and that the camera is off afterwards. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { handCode } from '../ui/fake-swarm.ts'
import { pictureOfQr } from '../ui/qr-picture.ts'
import type { TestBrowser } from './browser.ts'
import { launchChromium } from './browser.ts'
import type { ConsolePage } from './console-page.ts'
import { serveConsolePage } from './console-page.ts'
import type { FakeCamera } from './fake-camera.ts'
import { createFakeCamera } from './fake-camera.ts'

declare global {
  interface Window {
    /** Every picture of a camera that this page was given. */
    cameras: MediaStreamTrack[]
    /** Locks of the screen that are held. */
    locks: number
  }
}

let served: ConsolePage
let camera: FakeCamera
let browser: TestBrowser
let lost: TestBrowser
const complaints: string[] = []

const watchDevice = (): void => {
  window.cameras = []
  window.locks = 0
  const { mediaDevices, wakeLock } = navigator
  const ask = mediaDevices.getUserMedia.bind(mediaDevices)
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await ask(constraints)
    window.cameras.push(...stream.getVideoTracks())
    return stream
  }
  const request = wakeLock.request.bind(wakeLock)
  wakeLock.request = async (type) => {
    const lock = await request(type)
    window.locks++
    lock.addEventListener('release', () => window.locks--)
    return lock
  }
}

beforeAll(async () => {
  served = await serveConsolePage()
  camera = createFakeCamera()
  browser = await launchChromium({ flags: camera.flags })
  await browser.context.addInitScript(watchDevice)
  await browser.context.grantPermissions(['camera', 'screen-wake-lock'])
  // it has no camera, and nobody there to allow one
  lost = await launchChromium()
})
afterAll(async () => {
  await Promise.all([browser.close(), lost.close()])
  camera.discard()
  await served.close()
})

const open = async (scene: string, hash: string, from = browser): Promise<Page> => {
  const page = await served.open(from.context, scene, hash)
  page.on('pageerror', (error) => complaints.push(error.message))
  return page
}
const scanner = (page: Page, name: string): Locator => page.locator(`shoal-scanner [data-test=${name}]`)
const panel = (page: Page, name: string): Locator => page.locator(`shoal-by-hand [data-test=${name}]`)
const asked = (page: Page): Promise<readonly string[]> => page.evaluate(() => window.fake.shoal.swarm.asked)
const camerasOn = (page: Page): Promise<number> =>
  page.evaluate(() => window.cameras.filter(({ readyState }) => readyState === 'live').length)
const untilCamerasOn = (page: Page, count: number): Promise<unknown> =>
  page.waitForFunction(
    (wanted) => window.cameras.filter(({ readyState }) => readyState === 'live').length === wanted,
    count,
  )
const openPairing = async (page: Page): Promise<void> => {
  const folded = page.locator('shoal-devices details.card:not([open])', { has: page.locator('shoal-by-hand') })
  await page.locator('shoal-by-hand').waitFor({ state: 'attached' })
  if ((await folded.count()) > 0) await folded.locator('summary').first().click()
}
const startScan = async (page: Page): Promise<void> => {
  const ask = scanner(page, 'open')
  await ask.or(page.locator('shoal-scanner video')).first().waitFor()
  if (await ask.isVisible()) await ask.click()
  await page.locator('shoal-scanner video').waitFor()
}

test('an invitation is read by the camera after everything else was named; then the camera is off', async () => {
  camera.show(pictureOfQr('https://menu.example/today'))
  const page = await open('slow', '#/welcome/join')
  await page.locator('shoal-join [data-test=scan]').click()
  await startScan(page)
  for (const [code, sentence] of [
    ['https://menu.example/today', /web address \(menu\.example\).*Wanted is the code of an invitation/],
    ['WIFI:T:WPA;S:Halle 3;P:secret;;', /Wi-Fi code of “Halle 3”/],
    [handCode('O', 1), /first code for linking two devices.*Wanted is the code of an invitation/],
    ['4006381333931', /no code of Shoal: “4006381333931”/],
  ] as const) {
    camera.show(pictureOfQr(code))
    await scanner(page, 'wrong').filter({ hasText: sentence }).waitFor()
    expect(await scanner(page, 'wrong').textContent()).not.toContain('secret')
  }
  expect(await camerasOn(page)).toBe(1)
  camera.show(pictureOfQr('https://station.works.example/#/join/abcDEF-123'))
  await page.locator('shoal-join [data-test=swarm-name]', { hasText: 'Werk Nord' }).waitFor()
  expect(await camerasOn(page)).toBe(0)
  expect(await page.locator('shoal-join textarea').count()).toBe(0)
  await page.locator('shoal-join [data-test=join]').click()
  await page.locator('shoal-join-progress ol').first().waitFor()
  expect(await asked(page)).toEqual(['join https://station.works.example/#/join/abcDEF-123'])
  await page.close()
})

test('the camera is on only while what it sees is on the screen', async () => {
  camera.showNothing()
  const page = await open('swarm=two', '#/devices')
  await openPairing(page)
  await panel(page, 'scan').click()
  await startScan(page)
  await untilCamerasOn(page, 1)
  await page.evaluate(() => (location.hash = '#/overview'))
  await untilCamerasOn(page, 0)
  await page.evaluate(() => (location.hash = '#/devices'))
  // a view begins at its top, and this is further down
  await page.locator('shoal-scanner').scrollIntoViewIfNeeded()
  await untilCamerasOn(page, 1)
  // another app comes to the front
  const setVisibility = (state: string): Promise<void> =>
    page.evaluate((next) => {
      Object.defineProperty(document, 'visibilityState', { value: next, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await setVisibility('hidden')
  await untilCamerasOn(page, 0)
  await setVisibility('visible')
  await untilCamerasOn(page, 1)
  // the device takes it away
  await page.evaluate(() => window.cameras.at(-1)?.dispatchEvent(new Event('ended')))
  await scanner(page, 'why').filter({ hasText: 'stopped working' }).waitFor()
  await untilCamerasOn(page, 0)
  await page.locator('shoal-scanner button', { hasText: 'Try again' }).click()
  await untilCamerasOn(page, 1)
  await page.locator('shoal-scanner button', { hasText: 'Cancel' }).click()
  await untilCamerasOn(page, 0)
  // this Chromium knows no codes: ours was loaded
  expect(
    await page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => /decode/.test(name))),
  ).toBe(true)
  await page.close()
})

test('the other ways: a picture of the code, and why there is no camera', async () => {
  const page = await open('slow', '#/welcome/join', lost)
  await page.locator('shoal-join [data-test=scan]').click()
  await scanner(page, 'open').click()
  await scanner(page, 'why')
    .filter({ hasText: /has no camera/ })
    .waitFor()
  for (const [error, sentence] of [
    ['NotAllowedError', /not allowed here/],
    ['NotReadableError', /Another app is using/],
    ['TypeError', /stopped working/],
  ] as const) {
    // as a person, another app and a broken driver make it
    await page.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(name === 'TypeError' ? new TypeError() : new DOMException('', name))
    }, error)
    await page.locator('shoal-scanner button', { hasText: 'Try again' }).click()
    await scanner(page, 'why').filter({ hasText: sentence }).waitFor()
  }
  const picture = await page.evaluate((bytes) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: bytes.width, height: bytes.height })
    const image = new ImageData(Uint8ClampedArray.from(bytes.data), bytes.width, bytes.height)
    canvas.getContext('2d')?.putImageData(image, 0, 0)
    return canvas.toDataURL('image/png').split(',')[1] ?? ''
  }, pixelsFor('https://station.works.example/#/join/xyz'))
  const pick = async (name: string, mimeType: string, buffer: Buffer): Promise<void> =>
    page.locator('shoal-scanner input[type=file]').setInputFiles({ name, mimeType, buffer })
  await pick('note.png', 'image/png', Buffer.from('no picture'))
  await scanner(page, 'wrong').filter({ hasText: 'cannot be read as a picture' }).waitFor()
  await pick('code.png', 'image/png', Buffer.from(picture, 'base64'))
  await page.locator('shoal-join [data-test=swarm-name]', { hasText: 'Werk Nord' }).waitFor()
  expect(await page.locator('shoal-scanner').count()).toBe(0)
  await page.close()
})
const pixelsFor = (text: string) => {
  const { width, height, data } = pictureOfQr(text)
  return { width, height, data: [...data] }
}

test('where the browser reads codes itself, ours is not loaded; where it breaks, ours takes over', async () => {
  camera.show(pictureOfQr('https://station.works.example/#/join/abc'))
  const page = await browser.context.newPage()
  await page.addInitScript(() => {
    let looks = 0
    Object.assign(window, {
      looks: () => looks,
      BarcodeDetector: class {
        static getSupportedFormats(): Promise<readonly string[]> {
          return Promise.resolve(['ean_13', 'qr_code'])
        }
        detect = async () => {
          looks++
          if (looks > 3) throw new DOMException('Barcode detection service unavailable.', 'NotSupportedError')
          return []
        }
      },
    })
  })
  await page.goto(`${served.url}?slow#/welcome/join`)
  await page.locator('shoal-join [data-test=scan]').click()
  await page.locator('shoal-join [data-test=swarm-name]').waitFor()
  expect(await page.evaluate(() => (window as unknown as { looks(): number }).looks())).toBe(4)
  await page.close()
})

test('both show: whoever scans then answers the other; the screen stays on until it is done', async () => {
  const page = await open('swarm=eight', '#/devices')
  await openPairing(page)
  await panel(page, 'begin').click()
  await panel(page, 'allow').or(panel(page, 'showing')).first().waitFor()
  if (await panel(page, 'allow').isVisible()) await panel(page, 'allow').click()
  await panel(page, 'next').waitFor()
  await page.waitForFunction(() => window.locks === 1)
  const own = await panel(page, 'code').textContent()
  camera.show(pictureOfQr(own ?? ''))
  await panel(page, 'next').click()
  await scanner(page, 'wrong').filter({ hasText: 'made on this device' }).waitFor()
  camera.show(pictureOfQr('https://station.works.example/#/join/abc'))
  await scanner(page, 'wrong')
    .filter({ hasText: /invitation to a swarm.*Wanted is the answer/ })
    .waitFor()
  camera.show(pictureOfQr(handCode('O', 5)))
  await panel(page, 'answering').waitFor()
  expect(await camerasOn(page)).toBe(0)
  await page.evaluate(() => {
    const { swarm } = window.fake.shoal
    const link = { kind: 'webrtc', since: Date.now() * 1000, bytesSent: 0, bytesReceived: 0 } as const
    swarm.set({ devices: swarm.current.devices.map((device, index) => (index === 1 ? { ...device, link } : device)) })
  })
  await panel(page, 'linked').filter({ hasText: 'Linked with Assembly 1' }).waitFor()
  await page.waitForFunction(() => window.locks === 0)
  await page.close()
})

test('who is to scan the first code is told what else it sees; cancelling ends the camera', async () => {
  const page = await open('swarm=two', '#/devices')
  await openPairing(page)
  camera.show(pictureOfQr(handCode('A', 2)))
  await panel(page, 'scan').click()
  await startScan(page)
  await scanner(page, 'wrong')
    .filter({ hasText: /answer code.*Wanted is the code that the other device shows/ })
    .waitFor()
  await page.locator('shoal-scanner button', { hasText: 'Cancel' }).click()
  await untilCamerasOn(page, 0)
  await panel(page, 'begin').waitFor()
  expect(await page.evaluate(() => window.locks)).toBe(0)
  await page.close()
})

test('two devices are linked by two pasted texts', async () => {
  const page = await open('swarm=lonely', '#/devices', lost)
  await openPairing(page)
  await panel(page, 'begin').click()
  await panel(page, 'without').click()
  const [field, take] = [page.locator('shoal-by-hand textarea'), panel(page, 'take')]
  await page.locator('shoal-by-hand details.text summary').click()
  expect(await panel(page, 'code').innerText()).toMatch(/^AO/)
  for (const [text, sentence] of [
    ['nonsense', /no such code/],
    ['https://station.works.example/#/join/abc', /invitation to a swarm/],
  ] as const) {
    await field.fill(text)
    await take.click()
    await page.locator('shoal-by-hand .note.bad', { hasText: sentence }).waitFor()
  }
  await field.fill(handCode('A', 1))
  await take.click()
  await panel(page, 'linking').waitFor()
  await panel(page, 'again').click()
  await page.locator('shoal-by-hand details.text summary').click()
  await field.fill(handCode('O', 3))
  await take.click()
  await panel(page, 'answering').waitFor()
  expect(await panel(page, 'code').textContent()).toMatch(/^AA/)
  await page.close()
})

test('a code says how long it lives, and another one takes its place before it ends', async () => {
  const page = await lost.context.newPage()
  await page.clock.install()
  await page.goto(`${served.url}?swarm=two#/devices`)
  await openPairing(page)
  await panel(page, 'begin').click()
  await panel(page, 'without').click()
  await panel(page, 'showing')
    .filter({ hasText: /Valid for another 10 min/ })
    .waitFor()
  const first = await panel(page, 'code').textContent()
  await page.clock.fastForward('07:30')
  await panel(page, 'showing')
    .filter({ hasText: /Valid for another 3 min/ })
    .waitFor()
  expect(await panel(page, 'code').textContent()).toBe(first)
  await page.clock.fastForward('00:40')
  await panel(page, 'showing')
    .filter({ hasText: /Valid for another 10 min/ })
    .waitFor()
  expect(await panel(page, 'code').textContent()).not.toBe(first)
  expect((await asked(page)).filter((call) => call === 'code ')).toHaveLength(2)
  // a link that does not come up is not waited for in silence
  await page.locator('shoal-by-hand details.text summary').click()
  await page.locator('shoal-by-hand textarea').fill(handCode('A', 1))
  await panel(page, 'take').click()
  await panel(page, 'linking').waitFor()
  expect(await panel(page, 'slow').count()).toBe(0)
  await page.clock.fastForward('00:30')
  await panel(page, 'slow').waitFor()
  await panel(page, 'again').click()
  // an answer is not renewed: it belongs to one code
  await page.locator('shoal-by-hand details.text summary').click()
  await page.locator('shoal-by-hand textarea').fill(handCode('O', 3))
  await panel(page, 'take').click()
  await panel(page, 'answering')
    .filter({ hasText: /Valid for another 10 min/ })
    .waitFor()
  await page.clock.fastForward('10:01')
  await panel(page, 'answering').filter({ hasText: 'no longer valid' }).waitFor()
  await page.close()
})

test('no page complained', () => {
  expect(complaints).toEqual([])
})
