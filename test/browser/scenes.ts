/** What there is to look at before a fake node: every state of every view of the swarm, the fleet, and Andon. */
import type { Page } from 'playwright-core'
import { otherId, selfId } from '../ui/fake-scenes.ts'

/** The page of a device; 0 is this one. */
const deviceHash = (index: number): string =>
  `#/devices?device=${encodeURIComponent(index === 0 ? selfId : otherId(index))}`

export interface Scene {
  readonly name: string
  /** See `test/ui/page/main.ts`. */
  readonly scene: string
  readonly hash: string
  /** There when it may be looked at. */
  readonly shows: string
  readonly prepare?: (page: Page) => Promise<void>
}

export const scenes: readonly Scene[] = [
  { name: 'welcome', scene: '', hash: '#/', shows: 'shoal-welcome .choice' },
  { name: 'founding', scene: '', hash: '#/welcome/found', shows: 'shoal-founding button.first' },
  { name: 'recovery', scene: 'swarm=founded', hash: '#/recovery', shows: 'shoal-recovery [data-test=code]' },
  { name: 'join', scene: '', hash: '#/join/abc', shows: 'shoal-join [data-test=join]' },
  { name: 'joining', scene: 'swarm=joining', hash: '#/', shows: 'shoal-join-progress ol' },
  { name: 'join-stuck', scene: 'swarm=stuck', hash: '#/', shows: 'shoal-join-progress .note' },
  { name: 'join-failed', scene: 'swarm=failed', hash: '#/', shows: 'shoal-join-progress .note' },
  { name: 'devices-alone', scene: 'swarm=former', hash: '#/devices', shows: 'shoal-former-logs li' },
  { name: 'devices-2', scene: 'swarm=two', hash: '#/devices', shows: 'shoal-device-list li' },
  { name: 'devices-8', scene: 'swarm=eight&slept', hash: '#/devices', shows: 'shoal-device-list li' },
  { name: 'devices-40', scene: 'swarm=forty', hash: '#/devices', shows: 'shoal-device-list li' },
  { name: 'devices-trouble', scene: 'swarm=trouble&wake=none', hash: '#/devices', shows: 'shoal-device-list li' },
  {
    name: 'devices-open',
    scene: 'swarm=lonely',
    hash: '#/devices',
    shows: 'shoal-by-hand .qr',
    prepare: async (page) => {
      for (const summary of await page.locator('shoal-devices summary').all()) await summary.click()
      await page.locator('shoal-by-hand [data-test=begin]').click()
      // without a camera nobody is asked to allow it
      const without = page.locator('shoal-by-hand [data-test=without]')
      await page.locator('shoal-by-hand .qr').or(without).first().waitFor()
      if (await without.isVisible()) await without.click()
      await page.locator('shoal-leave [data-test=leave]').click()
    },
  },
  { name: 'andon', scene: 'swarm=eight&day', hash: '#/', shows: 'shoal-andon-day tr' },
  { name: 'andon-first', scene: 'swarm=two', hash: '#/', shows: 'shoal-andon-machines input' },
  { name: 'andon-called', scene: 'swarm=eight&day&own', hash: '#/', shows: 'shoal-andon-call .open' },
  { name: 'andon-taken', scene: 'swarm=eight&day&own=taken&late', hash: '#/', shows: 'shoal-andon-call .taken' },
  { name: 'andon-lonely', scene: 'swarm=lonely&day&own=lonely', hash: '#/', shows: 'shoal-andon [data-test=offline]' },
  { name: 'alarm', scene: 'swarm=eight&alarm', hash: '#/overview', shows: 'shoal-andon-alarm .take' },
  {
    name: 'alarm-long',
    scene: 'swarm=eight&alarm=Verpackungslinie+2+Nord&two',
    hash: '#/overview',
    shows: 'shoal-andon-alarm .more',
  },
  { name: 'invite', scene: 'swarm=fleet', hash: '#/invite', shows: 'shoal-invitation-list li' },
  {
    name: 'invite-many',
    scene: 'swarm=eight',
    hash: '#/invite',
    shows: 'shoal-poster-form [data-test=preview]',
    prepare: async (page) => {
      await page.locator('shoal-poster-form [value=many]').check()
      await page.locator('shoal-poster-form #pattern').fill('Line 3 – {n}')
      await page.locator('shoal-poster-form summary').click()
    },
  },
  { name: 'poster', scene: 'swarm=fleet', hash: '#/invite?poster=poster', shows: 'shoal-poster .qr' },
  {
    name: 'poster-full',
    scene: 'swarm=fleet',
    hash: '#/invite?poster=poster',
    shows: 'shoal-poster dialog .qr',
    prepare: (page) => page.locator('shoal-poster [data-test=full]').click(),
  },
  {
    name: 'poster-used',
    scene: 'swarm=fleet',
    hash: '#/invite?poster=used',
    shows: 'shoal-poster [data-test=over-used]',
  },
  {
    name: 'poster-elsewhere',
    scene: 'swarm=fleet',
    hash: '#/invite?poster=elsewhere',
    shows: 'shoal-poster [data-test=over-open]',
    prepare: (page) => page.locator('shoal-poster [data-test=withdraw]').click(),
  },
  { name: 'invite-member', scene: 'swarm=member', hash: '#/invite', shows: 'shoal-invite .card' },
  { name: 'devices-fleet', scene: 'swarm=fleet', hash: '#/devices', shows: 'shoal-device-list .gone' },
  { name: 'device', scene: 'swarm=fleet', hash: deviceHash(1), shows: 'shoal-remains .note' },
  { name: 'device-self', scene: 'swarm=fleet', hash: deviceHash(0), shows: 'shoal-remains .note' },
  {
    name: 'device-member',
    scene: 'swarm=member',
    hash: deviceHash(6),
    shows: 'shoal-device-actions [data-test=obstacle]',
  },
  { name: 'device-replaced', scene: 'swarm=fleet', hash: deviceHash(61), shows: 'shoal-remains .note' },
  {
    name: 'device-close',
    scene: 'swarm=fleet',
    hash: deviceHash(62),
    shows: 'shoal-device-actions [data-test=close-now]',
    prepare: (page) => page.locator('shoal-device-actions [data-test=close]').click(),
  },
  { name: 'device-revoked', scene: 'swarm=fleet', hash: deviceHash(64), shows: 'shoal-remains .note' },
  { name: 'device-unknown', scene: 'swarm=fleet', hash: '#/devices?device=nobody', shows: 'shoal-device .card' },
  {
    name: 'device-revoke',
    scene: 'swarm=fleet',
    hash: deviceHash(1),
    shows: 'shoal-revocation #since',
    prepare: async (page) => {
      await page.locator('shoal-device-actions [data-test=revoke]').click()
      await page.locator('shoal-revocation [value=before]').check()
      await page.locator('shoal-revocation [data-test=sure]').check()
    },
  },
  {
    name: 'device-replace',
    scene: 'swarm=fleet',
    hash: deviceHash(1),
    shows: 'shoal-replacement .qr',
    prepare: async (page) => {
      await page.locator('shoal-device-actions [data-test=replace]').click()
      await page.locator('shoal-replacement [data-test=replace-new]').click()
    },
  },
  { name: 'alerts', scene: 'swarm=alerts', hash: '#/overview', shows: 'shoal-alerts li' },
  { name: 'retired', scene: 'swarm=retired&events=40', hash: '#/overview', shows: 'shoal-own-standing section' },
  { name: 'revoked', scene: 'swarm=revoked&events=40', hash: '#/', shows: 'shoal-own-standing section' },
  {
    name: 'recover',
    scene: 'swarm=member',
    hash: '#/recover',
    shows: 'shoal-recover [data-test=wrong]',
    prepare: async (page) => {
      await page.locator('shoal-recover #group-0').fill('SHOR4-7KQ2M-X9RTU')
      await page.locator('shoal-recover #group-5').focus()
    },
  },
]
