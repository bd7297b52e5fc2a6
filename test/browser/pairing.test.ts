/**
 * Devices that come together with nothing in between: no station knows of anybody, no signalling. They see each other's codes through cameras
 * that look at what is really on the other screen.
 */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readHandCode } from '../../src/replication/hand-code.ts'
import { unpackSignal } from '../../src/transport/signal.ts'
import { drawQr } from '../../src/ui/qr-code.ts'
import { startStation } from './browser.ts'
import type { FakeCamera } from './fake-camera.ts'
import { createFakeCamera } from './fake-camera.ts'
import { pictureOfQr } from '../ui/qr-picture.ts'
import { pixelsOf } from './pixels.ts'
import type { Tablet } from './tablets.ts'
import { linked, smallFlags, startTablet } from './tablets.ts'

interface Device {
  readonly tablet: Tablet
  readonly camera: FakeCamera
}

let gate: Device
let oven: Device
let saw: Device

const startDevice = async (name: string, url: string): Promise<Device> => {
  const camera = createFakeCamera()
  return { camera, tablet: await startTablet(name, url, { flags: [...smallFlags, ...camera.flags] }) }
}

beforeAll(async () => {
  const station = await startStation()
  gate = await startDevice('gate', station.url)
  ;[oven, saw] = await Promise.all([startDevice('oven', station.url), startDevice('saw', station.url)])
  // from here on there is nothing but what is on the devices
  await station.stop()
  await gate.tablet.found('Hall 3')
  await gate.tablet.page.evaluate(() => window.shoal.rename('Gate 1'))
  await gate.tablet.publish('of the gate')
}, 120_000)
afterAll(async () => {
  for (const { tablet, camera } of [gate, oven, saw]) {
    await tablet.discard()
    camera.discard()
  }
})

const goTo = (page: Page, hash: string): Promise<void> => page.evaluate((to) => void (location.hash = to), hash)
const panel = (page: Page, name: string): Locator => page.locator(`shoal-by-hand [data-test=${name}]`)
const qr = (page: Page): Locator => page.locator('shoal-by-hand .qr')

/** The camera of one device is held before what is on the screen of another one. Answers the text of it. */
const holdBefore = async (device: Device, page: Page): Promise<string> => {
  await qr(page).waitFor()
  const code = await panel(page, 'code').textContent()
  device.camera.show(await pixelsOf(page, await qr(page).screenshot()))
  return code ?? ''
}

/** As two people do it who stand beside each other: `first` shows, `second` scans. Answers the codes that were shown. */
const pair = async (first: Device, second: Device): Promise<readonly string[]> => {
  const [one, other] = [first.tablet.page, second.tablet.page]
  second.camera.showNothing()
  await panel(one, 'begin').click()
  await panel(one, 'allow').or(qr(one)).first().waitFor()
  // asked before the code is made, once
  if (await panel(one, 'allow').isVisible()) await panel(one, 'allow').click()
  await panel(other, 'scan').click()
  const open = other.locator('shoal-scanner [data-test=open]')
  await open.or(other.locator('shoal-scanner video')).first().waitFor()
  if (await open.isVisible()) await open.click()
  await other.locator('shoal-scanner video').waitFor()
  const offer = await holdBefore(second, one)
  first.camera.showNothing()
  await panel(one, 'next').click()
  await one.locator('shoal-scanner video').waitFor()
  return [offer, await holdBefore(first, other)]
}

const openPairing = async (page: Page): Promise<void> => {
  await goTo(page, '#/devices')
  const folded = page.locator('shoal-devices details.card:not([open])', { has: page.locator('shoal-by-hand') })
  await page.locator('shoal-devices shoal-by-hand').waitFor({ state: 'attached' })
  if ((await folded.count()) > 0) await folded.locator('summary').first().click()
}

/** Joins by a code that its camera sees, and is where it may link by hand. */
const scanInvitation = async (device: Device, link: string): Promise<void> => {
  const { page } = device.tablet
  device.camera.show(pictureOfQr(link))
  await goTo(page, '#/welcome/join')
  await page.locator('shoal-join [data-test=scan]').click()
  const open = page.locator('shoal-scanner [data-test=open]')
  if (await open.isVisible()) await open.click()
  await page.locator('shoal-join [data-test=swarm-name]', { hasText: 'Hall 3' }).waitFor()
  await page.locator('shoal-join [data-test=join]').click()
  const folded = page.locator('shoal-join-progress details.card:not([open])')
  await page.locator('shoal-join-progress details.card').waitFor()
  if ((await folded.count()) > 0) await folded.locator('summary').first().click()
}

test('a newcomer scans an invitation and then a code of a member, whose camera sees the answer: it is in, and both are linked', async () => {
  await scanInvitation(oven, await gate.tablet.invite({ uses: 5 }))
  await openPairing(gate.tablet.page)
  await panel(gate.tablet.page, 'begin').waitFor()
  const [offer, answer] = await pair(gate, oven)
  expect([offer, answer]).toEqual([expect.stringMatching(/^AO[A-Z2-7]+$/), expect.stringMatching(/^AA[A-Z2-7]+$/)])
  await oven.tablet.until('a member', ({ state, joining }) => state === 'member' && joining === undefined)
  await gate.tablet.untilLinked([oven.tablet])
  await oven.tablet.untilHas(['of the gate'])
  await oven.tablet.publish('of the oven')
  await gate.tablet.untilHas(['of the oven'])
  await panel(gate.tablet.page, 'linked').waitFor()
})

test('a third one shows to the newcomer of before, and finds the rest through the mesh', async () => {
  await scanInvitation(saw, await gate.tablet.invite())
  await openPairing(oven.tablet.page)
  const codes = await pair(saw, oven)
  await saw.tablet.until('a member', ({ state, joining }) => state === 'member' && joining === undefined)
  await saw.tablet.untilLinked([oven.tablet, gate.tablet])
  await saw.tablet.untilHas(['of the gate', 'of the oven'])
  await panel(oven.tablet.page, 'linked').waitFor()
  for (const code of codes) expect(code).toMatch(/^A[OA][A-Z2-7]+$/)
})

test('members whose links are all gone are linked again by two codes, of a size that is easily scanned', async () => {
  for (const { tablet } of [gate, oven, saw]) await tablet.setLinks('off')
  for (const { tablet } of [gate, oven, saw]) await tablet.until('alone', (status) => linked(status).length === 0)
  for (const { tablet } of [gate, oven, saw]) await tablet.setLinks('on')
  await openPairing(gate.tablet.page)
  await openPairing(saw.tablet.page)
  if (await panel(gate.tablet.page, 'again').isVisible()) await panel(gate.tablet.page, 'again').click()
  const [offer = '', answer = ''] = await pair(saw, gate)
  await gate.tablet.untilLinked([saw.tablet])
  await panel(saw.tablet.page, 'linked').locator('.note', { hasText: 'Linked with Gate 1' }).waitFor()
  const [offered, answered] = [readHandCode(offer), readHandCode(answer)]
  expect(offered.signal.length).toBeLessThanOrEqual(94)
  // two bytes more name its offer
  expect(answered.signal.length).toBeLessThanOrEqual(96)
  // whoever may use the camera tells plain addresses, which also reach where names of mDNS do not
  expect((await unpackSignal(offered.signal)).sdp).toMatch(/^a=candidate:.* typ host/m)
  expect((await unpackSignal(offered.signal)).sdp).not.toContain('.local')
  for (const code of [offer, answer]) expect((drawQr(code).size - 17) / 4).toBeLessThanOrEqual(7)
})

test('an answer to a code that is no longer waited for links nobody, and is said to be too late', async () => {
  const { page } = gate.tablet
  await openPairing(page)
  await openPairing(saw.tablet.page)
  for (const one of [page, saw.tablet.page])
    if (await panel(one, 'again').isVisible()) await panel(one, 'again').click()
  saw.camera.showNothing()
  await panel(page, 'begin').click()
  await panel(saw.tablet.page, 'scan').click()
  await holdBefore(saw, page)
  await panel(saw.tablet.page, 'answering').waitFor()
  // four codes more, and the first is given up
  for (let code = 0; code < 4; code++) await page.evaluate(() => window.shoal.swarm.code())
  gate.camera.showNothing()
  await panel(page, 'next').click()
  await holdBefore(gate, saw.tablet.page)
  await page.locator('shoal-by-hand .note.bad', { hasText: 'no longer waited for' }).waitFor()
  expect(await panel(page, 'linking').or(panel(page, 'linked')).count()).toBe(0)
  // and a new code is a tap away
  await panel(page, 'cancel').click()
  await panel(page, 'begin').waitFor()
})
