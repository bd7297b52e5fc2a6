/** RULES 17 between real browsers: a profile that was copied. Both copies end with identities of their own, and nothing is lost. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestStation } from './browser.ts'
import { startStation } from './browser.ts'
import type { Tablet } from './tablets.ts'
import { startTablet, startTablets } from './tablets.ts'

let station: TestStation
let gate: Tablet
let oven: Tablet
let copy: Tablet | undefined
/** The identity that both copies began with. */
let was: string

beforeAll(async () => {
  station = await startStation()
  const [first, second] = await startTablets(['gate', 'oven'], station.url)
  if (first === undefined || second === undefined) throw new Error('two tablets')
  gate = first
  oven = second
  await gate.found('Hall 3')
  await oven.join(await gate.invite())
  await oven.untilLinked([gate])
  await oven.publish('before')
  await gate.untilHas(['before'])
  was = (await oven.status()).node
})
afterAll(async () => {
  for (const tablet of [gate, oven, copy]) await tablet?.discard()
  await station.stop()
})

const expectAllEverywhere = async (wanted: readonly string[]): Promise<void> => {
  for (const tablet of [gate, oven, copy]) {
    await tablet?.untilHas(wanted)
    const payloads = (await tablet?.payloads()) ?? []
    expect(new Set(payloads)).toEqual(new Set(wanted))
    expect(payloads).toHaveLength(wanted.length)
  }
}

test('the copy writes while the first one is off: what comes back is told, and each goes on under a name of its own', async () => {
  await oven.stop()
  copy = await startTablet('copy', station.url, { copyOf: oven.browser.profile })
  expect((await copy.status()).node).toBe(was)
  await copy.untilLinked([gate])
  await copy.publish('by the copy')
  await gate.untilHas(['by the copy'])

  await oven.start()
  const renewed = await oven.until('another device', ({ node }) => node !== was)
  expect(renewed.role).toBe('member')
  // who is asked to publish in the middle of it is answered, late at worst
  await oven.publish('by the first')
  // it hears that somebody goes on in its place
  await copy.until('another device, too', ({ node }) => node !== was && node !== renewed.node)
  await copy.publish('by the copy again')
  await expectAllEverywhere(['before', 'by the copy', 'by the first', 'by the copy again'])
  const { alerts } = await gate.status()
  expect(alerts.filter(({ type }) => type === 'renewed').map((alert) => ('was' in alert ? alert.was : ''))).toEqual([
    was,
    was,
  ])
}, 120_000)

test('both copies wrote apart: both branches are everywhere, alike', async () => {
  await oven.stop()
  const again = await startTablet('again', station.url, { copyOf: oven.browser.profile })
  await again.setLinks('off')
  await oven.start()
  await oven.setLinks('off')
  const one = (await oven.status()).node
  expect((await again.status()).node).toBe(one)
  await oven.publish('apart 1', 'apart 2')
  await again.publish('apart 3')
  await oven.setLinks('on')
  await gate.untilHas(['apart 1', 'apart 2'])
  await again.setLinks('on')
  await again.until('another device', ({ node }) => node !== one)
  await again.publish('apart 4')
  try {
    for (const tablet of [gate, oven, again]) await tablet.untilHas(['apart 1', 'apart 2', 'apart 3', 'apart 4'])
    await gate.untilSame(again)
    await gate.untilSame(oven)
    const payloads = await gate.payloads()
    expect(await again.payloads()).toEqual(payloads)
    expect(await oven.payloads()).toEqual(payloads)
    expect((await gate.status()).alerts.map(({ type }) => type)).toContain('fork')
  } finally {
    await again.discard()
  }
}, 120_000)
