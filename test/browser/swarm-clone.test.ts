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
  await Promise.all([gate, oven, copy].map((tablet) => tablet?.discard()))
  await station.stop()
})

const expectAllEverywhere = async (wanted: readonly string[]): Promise<void> => {
  for (const tablet of [gate, oven, copy]) {
    await tablet?.untilHas(wanted)
    const payloads = (await tablet?.payloads()) ?? []
    expect(payloads.toSorted()).toEqual([...wanted].toSorted())
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
