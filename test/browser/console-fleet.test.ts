/** A fleet by its screens, before a fake node: posters, the page of a device, replacing and shutting out, alerts, the recovery code. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { otherId, recoveryCode, selfId } from '../ui/fake-scenes.ts'
import type { TestBrowser } from './browser.ts'
import { launchChromium } from './browser.ts'
import type { ConsolePage } from './console-page.ts'
import { serveConsolePage } from './console-page.ts'

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
const deviceHash = (index: number): string => `#/devices?device=${encodeURIComponent(otherId(index))}`
const asked = (page: Page): Promise<readonly string[]> => page.evaluate(() => window.fake.shoal.swarm.asked)

beforeAll(async () => {
  served = await serveConsolePage()
  browser = await launchChromium()
  await browser.context.addInitScript(() => {
    window.print = () => undefined
    for (const key of ['shoal.looked', 'shoal.home', 'shoal.begins', 'shoal.profiled', 'shoal.language'])
      localStorage.removeItem(key)
  })
})
afterAll(async () => {
  await browser.close()
  await served.close()
})

test('a poster names twenty tablets, counts them as they come in, and shows no code once all are in', async () => {
  const page = await open('swarm=eight', '#/invite')
  await page.locator('shoal-poster-form [value=many]').check()
  await page.locator('shoal-poster-form #uses').selectOption('5')
  await page.locator('shoal-poster-form #pattern').fill('Line 3 –')
  expect(await page.locator('shoal-poster-form [data-test=preview]').innerText()).toBe(
    'Line 3 – 1, Line 3 – 2 to Line 3 – 5',
  )
  await page.locator('shoal-poster-form summary').click()
  await page.locator('shoal-poster-form #home').selectOption('/events')
  await page.locator('shoal-poster-form #language').selectOption('de')
  await page.locator('shoal-poster-form [data-test=invite]').click()
  const sent = JSON.parse((await asked(page)).at(-1)?.replace('invite ', '') ?? '') as unknown
  expect(sent).toEqual({
    uses: 5,
    expiresIn: 86_400_000,
    role: 'member',
    profile: { name: 'Line 3 – {n}', home: '/events', language: 'de' },
  })
  const counter = page.locator('shoal-poster .shown [data-test=counter]')
  await counter.filter({ hasText: 'Nobody is in yet' }).waitFor()
  const comeIn = (index: number): Promise<void> =>
    page.evaluate((at) => window.fake.shoal.swarm.comeIn('invitation-1', 30 + at, `Line 3 – ${at}`), index)
  await comeIn(1)
  await comeIn(2)
  await counter.filter({ hasText: /2 of 5 are in\s*Line 3 – 2 a moment ago/ }).waitFor()

  await page.locator('shoal-poster [data-test=full]').click()
  const full = page.locator('shoal-poster dialog')
  const { width = 0, height = 0 } = (await full.boundingBox()) ?? {}
  expect({ width, height }).toEqual(page.viewportSize())
  for (const index of [3, 4]) await comeIn(index)
  await full.locator('[data-test=counter]', { hasText: '4 of 5 are in' }).waitFor()
  await comeIn(5)
  // the last one closes the code, also where it fills the screen
  await page.locator('shoal-poster [data-test=over-used]', { hasText: 'All 5 are in' }).waitFor()
  expect(await page.locator('.qr').count()).toBe(0)
  expect(await full.count()).toBe(0)
  await page.locator('shoal-invite a', { hasText: 'Make another' }).click()
  await page.locator('shoal-invitation-list a.used', { hasText: '5 of 5 are in' }).click()
  await page.locator('shoal-poster [data-test=over-used]').waitFor()
  expect(await page.locator('shoal-poster .chip').allInnerTexts()).toEqual(
    [5, 4, 3, 2, 1].map((index) => `Line 3 – ${index}`),
  )
  await page.close()
})

test('what is over shows no code, and what was made elsewhere says where', async () => {
  const page = await open('swarm=fleet', '#/invite')
  const list = page.locator('shoal-invitation-list')
  expect(await list.locator('a').count()).toBe(5)
  for (const [id, words] of [
    ['used', 'All 3 are in'],
    ['expired', 'was valid until'],
    ['withdrawn', 'was withdrawn'],
    ['elsewhere', 'Made on Station office'],
  ] as const) {
    await page.evaluate((poster) => (location.hash = `#/invite?poster=${poster}`), id)
    await page.locator('shoal-poster .note', { hasText: words }).waitFor()
    expect([id, await page.locator('.qr').count()]).toEqual([id, 0])
  }
  await page.close()
})

test('an invitation is withdrawn by two taps that lie apart, and its code is gone', async () => {
  const page = await open('swarm=fleet', '#/invite?poster=poster')
  await page.locator('shoal-poster [data-test=withdraw]').click()
  expect(await asked(page)).toEqual([])
  await page.locator('shoal-poster button', { hasText: 'Keep it' }).click()
  await page.locator('shoal-poster [data-test=withdraw]').click()
  await page.locator('shoal-poster [data-test=withdraw-now]').click()
  await page.locator('shoal-poster [data-test=over-withdrawn]').waitFor()
  expect(await asked(page)).toEqual(['withdraw poster'])
  expect(await page.locator('.qr').count()).toBe(0)
  await page.close()
})

test('the poster on paper has all that an operator needs, on one page', async () => {
  const page = await open('swarm=fleet', '#/invite?poster=poster')
  await page.locator('shoal-poster button', { hasText: 'Print poster' }).click()
  await page.emulateMedia({ media: 'print' })
  const sheet = page.locator('.shoal-sheet')
  expect(await sheet.locator('h1').innerText()).toBe('Join Werk Nord, Halle 3')
  expect(await sheet.locator('.steps li svg').count()).toBe(3)
  const words = await sheet.innerText()
  expect(words).toMatch(/For 20 devices\. Valid until .*Linie 3 – 1, Linie 3 – 2 to Linie 3 – 20/)
  expect(words).toContain('https://station.works.example/#/join/')
  const margin = { top: '16mm', right: '16mm', bottom: '16mm', left: '16mm' }
  const pdf = (await page.pdf({ format: 'A4', margin })).toString('latin1')
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBe(1)
  const { width = 0 } = (await sheet.locator('.qr').boundingBox()) ?? {}
  // CSS millimetres: it has to be read from two metres away
  expect(width / (96 / 25.4)).toBeGreaterThan(100)
  await page.close()
})

test('a broken device is replaced by scanning one code, and the screen says when nothing is lost', async () => {
  const page = await open('swarm=fleet', deviceHash(5))
  await page.evaluate(
    (node) => window.fake.shoal.swarm.remain(node, { known: 100_204, held: 61_000, devices: 0 }),
    otherId(5),
  )
  await page.locator('shoal-remains .note.warn', { hasText: '61,000 of 100,204 known events are here' }).waitFor()
  await page.locator('shoal-device-actions [data-test=replace]').click()
  await page.locator('shoal-replacement [data-test=replace-new]').click()
  await page.locator('shoal-replacement .qr').waitFor()
  expect(JSON.parse((await asked(page)).at(-1)?.replace('invite ', '') ?? '')).toEqual({
    replaces: otherId(5),
    uses: 1,
    expiresIn: 86_400_000,
  })
  await page.evaluate(() => window.fake.shoal.swarm.comeIn('invitation-1', 40, 'Warehouse 2'))
  await page.locator('shoal-device [data-test=standing]', { hasText: 'Warehouse 2 has taken its place' }).waitFor()
  expect(await page.locator('.qr').count()).toBe(0)
  await page.evaluate(
    (node) => window.fake.shoal.swarm.remain(node, { known: 100_204, held: 100_204, devices: 4 }),
    otherId(5),
  )
  await page
    .locator('shoal-remains .note.good', { hasText: 'Nothing is lost: all 100,204 events are on 4 other devices.' })
    .waitFor()
  await page.locator('shoal-device [data-test=standing] a').click()
  await page.locator('shoal-device h1', { hasText: 'Warehouse 2' }).waitFor()
  await page.locator('shoal-device', { hasText: 'It has taken the place of Warehouse.' }).waitFor()
  await page.close()
})

test('a device that is here takes the place of another', async () => {
  const page = await open('swarm=eight', deviceHash(5))
  await page.locator('shoal-device-actions [data-test=replace]').click()
  await page.locator('shoal-replacement [data-test=replace-here]').click()
  await page.locator('shoal-replacement select').selectOption({ label: 'Milling' })
  expect(await asked(page)).toEqual([])
  await page.locator('shoal-replacement [data-test=replace-now]').click()
  await page.locator('shoal-device [data-test=standing]', { hasText: 'Milling has taken its place' }).waitFor()
  expect(await asked(page)).toEqual([`replace ${otherId(5)} ${otherId(7)}`])
  await page.close()
})

test('a lost device is retired, later closed; each says what it means first, and what does not count', async () => {
  const page = await open('swarm=eight', deviceHash(5))
  const actions = page.locator('shoal-device-actions')
  await actions.locator('[data-test=retire]').click()
  await actions.locator('button', { hasText: 'Cancel' }).click()
  expect(
    await actions
      .locator('[data-test=retire]')
      .evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button),
  ).toBe(true)
  await actions.locator('[data-test=retire]').click()
  await actions.locator('[data-test=retire-now]').click()
  await page
    .locator('shoal-device [data-test=standing]', { hasText: 'Taken out of service by Press line tablet' })
    .waitFor()
  await page.evaluate(
    (node) => window.fake.shoal.swarm.remain(node, { known: 1210, held: 1204, devices: 2 }),
    otherId(5),
  )
  await page.locator('shoal-remains', { hasText: '6 are missing' }).waitFor()
  await actions.locator('[data-test=close]').click()
  await actions
    .locator('.note.bad', { hasText: '6 events of it are known of and not here. They will not count.' })
    .waitFor()
  await actions.locator('[data-test=close-now]').click()
  await page.locator('shoal-device [data-test=standing]', { hasText: 'Out of service for good' }).waitFor()
  expect(await asked(page)).toEqual([`retire ${otherId(5)}`, `close ${otherId(5)}`])
  await page.locator('shoal-device a', { hasText: 'All devices' }).click()
  await page.locator('shoal-device-list .gone', { hasText: 'Warehouse' }).waitFor()
  await page.close()
})

test('a stolen device is shut out by a tick and a tap, from when it was stolen', async () => {
  const page = await open('swarm=eight', deviceHash(5))
  await page.locator('shoal-device-actions [data-test=revoke]').click()
  const form = page.locator('shoal-revocation')
  expect(await form.locator('[data-test=revoke-now]').isDisabled()).toBe(true)
  await form.locator('[data-test=sure]').check()
  await form.locator('[value=before]').check()
  await form.locator('#since').fill('2026-05-03T06:00')
  await form.locator('[data-test=revoke-now]').click()
  await page
    .locator('shoal-device-actions [data-test=done]', { hasText: 'Warehouse is shut out. 1,204 of its events count' })
    .waitFor()
  const since = await page.evaluate(() => new Date('2026-05-03T06:00').getTime() * 1000)
  expect(await asked(page)).toEqual([`revoke ${otherId(5)} {"since":${since}}`])
  expect(await page.locator('shoal-device-actions li').count()).toBe(0)
  await page.close()
})

test('rank and role say why something cannot be done, and the recovery code does it all the same', async () => {
  const page = await open('swarm=member', deviceHash(6))
  await page
    .locator('shoal-device-actions [data-test=obstacle]', {
      hasText: 'Only an admin device can do this. Here that is: Station office.',
    })
    .waitFor()
  for (const button of await page.locator('shoal-device-actions .act').all())
    expect(await button.isDisabled()).toBe(true)
  await page.evaluate(
    ([self, above]) => {
      const { swarm } = window.fake.shoal
      swarm.set({
        role: 'admin',
        devices: swarm.current.devices.map((device) =>
          device.node === self
            ? { ...device, role: 'admin' }
            : device.node === above
              ? { ...device, depth: 0 }
              : device,
        ),
      })
    },
    [selfId, otherId(6)] as const,
  )
  const actions = page.locator('shoal-device-actions')
  await actions.locator('#why-revoke', { hasText: 'Station office ranks above this device' }).waitFor()
  expect(await actions.locator('[data-test=revoke]').isDisabled()).toBe(true)
  expect(await actions.locator('[data-test=retire]').isDisabled()).toBe(false)
  await actions.locator('button', { hasText: 'With the recovery code' }).click()
  await page.locator('shoal-revocation #code').fill(recoveryCode)
  await page.locator('shoal-revocation [data-test=sure]').check()
  await page.locator('shoal-revocation [data-test=revoke-now]').click()
  await page.locator('shoal-device [data-test=standing]', { hasText: 'Shut out by' }).waitFor()
  expect((await asked(page)).at(-1)).toBe(`revoke ${otherId(6)} {"recoveryCode":"${recoveryCode}"}`)
  await page.close()
})

test('the recovery code is typed as it stands on the paper, or pasted, and the wrong group is named', async () => {
  const page = await open('swarm=member', '#/invite')
  await page.locator('shoal-invite a', { hasText: 'Enter the recovery code' }).click()
  const groups = recoveryCode.split('-')
  const field = (index: number) => page.locator(`shoal-recover #group-${index}`)
  await field(0).click()
  // one after the other, without touching the screen again
  await page.keyboard.type(groups.slice(0, 2).join('').toLowerCase().replaceAll('0', 'o'))
  expect(await field(1).inputValue()).toBe(groups[1])
  await field(2).fill(['AAAAA', ...groups.slice(3)].join(' '))
  expect(await field(11).inputValue()).toBe(groups[11])
  await page.locator('shoal-recover [data-test=recover]').click()
  // the node's word: group 3
  await page.locator('shoal-recover [data-test=wrong]', { hasText: 'Something is wrong in group 3' }).waitFor()
  expect(await field(2).getAttribute('aria-invalid')).toBe('true')
  await field(2).fill('AUAAA')
  await page.locator('shoal-recover [data-test=wrong]', { hasText: 'Group 3: “U” does not occur' }).waitFor()
  await field(2).fill(groups[2] ?? '')
  await page.locator('shoal-recover [data-test=recover]').click()
  await page.locator('shoal-recover [data-test=end]', { hasText: 'This device is an admin now' }).waitFor()
  expect((await asked(page)).at(-1)).toBe(`recover ${recoveryCode}`)
  // a secret does not stay behind a view that was left
  await page.locator('nav a.devices').click()
  await page.evaluate(() => (location.hash = '#/recover'))
  await page.locator('shoal-recover', { hasText: 'an admin already' }).waitFor()
  await page.close()
})

test('alerts are counted in the navigation, show their evidence to who asks, and a second admin is one tap', async () => {
  const page = await open('swarm=alerts')
  expect(await page.locator('nav a.overview .count').innerText()).toBe('8')
  await page.locator('nav a.overview').click()
  const alerts = page.locator('shoal-alerts li')
  expect(await alerts.count()).toBe(8)
  const fork = page.locator('shoal-alerts [data-alert=fork]')
  expect(await fork.locator('dl').isVisible()).toBe(false)
  await fork.locator('summary').click()
  expect(await fork.locator('dd').allInnerTexts()).toEqual([`${otherId(4)}-0`, `${otherId(33)}-0`, '2,048'])
  await page.locator('shoal-alerts [data-test=promote]', { hasText: 'Quality desk' }).click()
  await page.locator('shoal-alerts .note.good', { hasText: 'Quality desk is an admin now.' }).waitFor()
  expect(await asked(page)).toEqual([`promote ${otherId(4)}`])
  await page.locator('shoal-alerts [data-alert=unclosed] a').click()
  await page.locator('shoal-device h1', { hasText: 'Gate' }).waitFor()
  await page.close()
})

test('a device that was shut out says so on every screen, who said it, and how to get out what is here', async () => {
  const page = await open('swarm=revoked&events=40', '#/')
  const own = page.locator('shoal-own-standing section')
  await own.filter({ hasText: 'This device was shut out' }).waitFor()
  const words = await own.innerText()
  expect(words).toContain('Said by Station office on')
  expect(words).toContain('Still here: 40 events.')
  expect(words).toContain('31 of them are on no other device')
  await own.locator('shoal-export button').waitFor()
  await own.locator('a', { hasText: 'Come back by a new invitation' }).click()
  await page.locator('shoal-join').waitFor()
  expect(await own.isVisible()).toBe(true)
  await page.evaluate(() => window.fake.shoal.swarm.show('member'))
  await own.waitFor({ state: 'detached' })
  await page.close()
})

test('language and home of the invitation are applied once, and what is chosen afterwards stands', async () => {
  const page = await open('swarm=eight&profile', '#/')
  await page.locator('nav a.events[aria-current]').waitFor()
  expect(await page.locator('nav a.devices span').innerText()).toBe('Geräte')
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
  await page.locator('.choices button').last().click()
  // another page of the same device
  const again = await page.context().newPage()
  await again.addInitScript(() => {
    localStorage.setItem('shoal.profiled', 'kd0Yq3JmB7eU5xR1wTzH2nLfVgC9aSoP8iE4uKyXbN.')
    localStorage.setItem('shoal.begins', 'events')
    localStorage.setItem('shoal.language', 'en')
  })
  await again.goto(`${served.url}?swarm=eight&profile#/`)
  await again.locator('nav a.events[aria-current]').waitFor()
  expect(await again.locator('nav a.devices span').innerText()).toBe('Devices')
  await again.close()
  await page.close()
})

test('leaving is said to have worked', async () => {
  const page = await open('swarm=eight', '#/devices')
  await page.locator('shoal-devices summary', { hasText: 'Leave this swarm' }).click()
  await page.locator('shoal-leave [data-test=leave]').click()
  await page.locator('shoal-leave [data-test=leave-now]').click()
  const left = page.locator('shoal-banners [data-test=left]')
  expect(await left.innerText()).toContain('This device has left “Werk Nord, Halle 3”.')
  await left.locator('button').click()
  await left.waitFor({ state: 'detached' })
  await page.close()
})

test('what was published says on how many devices it is', async () => {
  const page = await open('swarm=eight', '#/publish')
  await page.locator('shoal-publish button.first').click()
  const line = page.locator('shoal-safety-line [data-test=safe]')
  expect(await line.innerText()).toBe('Also on 2 other devices')
  await page.close()
})

test('nothing on the way broke the page', () => {
  expect(complaints).toEqual([])
})
