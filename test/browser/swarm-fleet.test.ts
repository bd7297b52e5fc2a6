/** RULES 14 and 19 between real browsers: two admins shut out a device at the same moment, apart from each other; the founder's device is lost. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NodeId } from '../../src/core/event.ts'
import type { SwarmStatus } from '../../src/client/contract.ts'
import type { TestStation } from './browser.ts'
import { startStation } from './browser.ts'
import type { Tablet } from './tablets.ts'
import { linked, startTablets } from './tablets.ts'

let station: TestStation
let tablets: Tablet[]
let gate: Tablet
let oven: Tablet
let press: Tablet
let saw: Tablet
let code: string

beforeAll(async () => {
  station = await startStation()
  tablets = await startTablets(['gate', 'oven', 'press', 'saw'], station.url)
  ;[gate, oven, press, saw] = tablets as [Tablet, Tablet, Tablet, Tablet]
  code = await gate.found('Hall 3')
  const link = await gate.invite({ uses: 3 })
  await Promise.all([oven, press, saw].map((tablet) => tablet.join(link)))
  for (const tablet of tablets) await tablet.untilLinked(tablets.filter((other) => other !== tablet))
}, 120_000)
afterAll(async () => {
  await Promise.all(tablets.map((tablet) => tablet.discard()))
  await station.stop()
})

const idOf = async (tablet: Tablet): Promise<NodeId> => (await tablet.status()).node
const standingOf = ({ devices }: SwarmStatus, node: NodeId): string | undefined =>
  devices.find((device) => device.node === node)?.standing.type
const isAdmin = ({ role }: SwarmStatus): boolean => role === 'admin'

test('shut out by two admins who cannot reach each other: what it wrote since counts nowhere, whoever brings it', async () => {
  const [second, stolen] = [await idOf(oven), await idOf(saw)]
  await gate.page.evaluate((node) => window.shoal.swarm.promote(node), second)
  await oven.until('an admin', isAdmin)
  await saw.publish('honest')
  await Promise.all([gate, oven, press].map((tablet) => tablet.untilHas(['honest'])))

  await Promise.all([gate.setLinks('off'), oven.setLinks('off')])
  await press.until('with the saw only', (status) => linked(status).length === 1)
  await saw.publish('late')
  await press.untilHas(['late'])
  for (const admin of [gate, oven]) {
    await admin.page.evaluate((node) => window.shoal.swarm.revoke(node), stolen)
    expect(standingOf(await admin.status(), stolen)).toBe('revoked')
  }
  await Promise.all([gate.setLinks('on'), oven.setLinks('on')])

  const rest = [gate, oven, press]
  for (const tablet of rest) {
    await tablet.until(
      'without the saw',
      (status) => standingOf(status, stolen) === 'revoked' && linked(status).length === 2,
    )
    await tablet.publish(`after, from ${tablet.name}`)
  }
  const after = rest.map(({ name }) => `after, from ${name}`)
  for (const tablet of rest) await tablet.untilHas(after)
  await saw.until('told so', ({ standing }) => standing.type === 'revoked')
  expect(linked(await saw.status())).toHaveLength(0)
  const all = await Promise.all(rest.map((tablet) => tablet.payloads()))
  expect(new Set(all[0])).toEqual(new Set(['honest', ...after]))
  for (const payloads of all) expect(payloads).toEqual(all[0])
}, 180_000)

test("the founder's device is destroyed: another admin goes on; and with none left the recovery code makes one", async () => {
  const founder = await idOf(gate)
  await gate.kill()
  await oven.page.evaluate((node) => window.shoal.swarm.retire(node), founder)
  await press.until('the founder retired', (status) => standingOf(status, founder) === 'retired')
  expect(await oven.invite()).toContain('#/join/')

  const second = await idOf(oven)
  await oven.kill()
  await expect(press.invite()).rejects.toThrow(/admin/)
  const mistyped = code.replace(/[A-Z2-7]/, (letter) => (letter === 'A' ? 'B' : 'A'))
  await expect(press.page.evaluate((text) => window.shoal.swarm.recover(text), mistyped)).rejects.toThrow(/code/i)
  await press.page.evaluate((text) => window.shoal.swarm.recover(text), code)
  await press.until('an admin by the code', isAdmin)
  await press.page.evaluate((node) => window.shoal.swarm.revoke(node), second)
  expect(standingOf(await press.status(), second)).toBe('revoked')
  expect(await press.invite()).toContain('#/join/')
}, 120_000)
