/** Two tablets: how they come together, what they exchange, what is told once, and how they part. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestStation } from './browser.ts'
import { startStation } from './browser.ts'
import { listenMonotonic, listenOverHttp } from './listening.ts'
import type { Tablet } from './tablets.ts'
import { linked, startTablet } from './tablets.ts'

let station: TestStation
let gate: Tablet
let oven: Tablet
/** The oven's own swarm, of before it knew any other one. */
let alone: string
const pastOfOven = ['alone 1', 'alone 2']

beforeAll(async () => {
  station = await startStation()
  const starting = [startTablet('gate', station.url), startTablet('oven', station.url)] as const
  ;[gate, oven] = await Promise.all(starting)
  await gate.found('Hall 3')
  await gate.publish('gate 1', 'gate 2')
  await oven.publish(...pastOfOven)
  alone = (await oven.status()).swarmId
})
afterAll(async () => {
  await Promise.all([gate.discard(), oven.discard()])
  await station.stop()
})

const count = (name: string, events: number): string[] => Array.from({ length: events }, (_, n) => `${name} ${n}`)

const expectSame = async (): Promise<readonly unknown[]> => {
  const [here, there] = await Promise.all([gate.payloads(), oven.payloads()])
  expect(there).toEqual(here)
  expect(new Set(here).size).toBe(here.length)
  return here
}

test('a link that is opened and confirmed lets a tablet in; what is written on one is on the other; what listened hears the move', async () => {
  const heardBefore = await oven.page.evaluate(() => {
    window.heard = []
    window.shoal.subscribe("FROM 't'", {}, (item) => {
      if (item.type === 'event') window.heard.push(item.payload)
    })
    return window.shoal.info().then(({ nodeId }) => nodeId)
  })
  const http = await listenOverHttp(oven.page)
  const link = await gate.invite()
  expect(link).toMatch(new RegExp(`^${station.url}#/join/`))
  await oven.page.goto(link)
  await oven.page.locator('shoal-join [data-test=swarm-name]', { hasText: 'Hall 3' }).waitFor()
  await oven.page.locator('shoal-join #device').fill('Oven 1')
  await oven.page.locator('shoal-join [data-test=join]').click()
  await oven.page.locator('shoal-banners [data-test=joined]', { hasText: 'Hall 3' }).waitFor()
  await oven.untilHas(['gate 1', 'gate 2'])
  expect(oven.page.url()).not.toContain(link.split('/').at(-1))

  // the public API says that it is over, our own client goes on with the new log
  expect(await http.ended()).toMatchObject({ type: 'ended', payloads: pastOfOven })
  const again = await listenOverHttp(oven.page)
  await oven.untilLinked([gate])
  await gate.until('told the name', ({ devices }) => devices.some(({ displayName }) => displayName === 'Oven 1'))
  expect((await oven.status()).node).not.toBe(heardBefore)

  for (const n of [1, 2, 3]) {
    await gate.publish(`from gate ${n}`)
    await oven.untilHas([`from gate ${n}`])
    await oven.publish(`from oven ${n}`)
    await gate.untilHas([`from oven ${n}`])
  }
  const all = await expectSame()
  expect(all).toHaveLength(8)
  expect(await oven.page.evaluate(() => window.heard)).toEqual([...pastOfOven, ...all])
  expect(await again.payloads()).toEqual(all)
  // nobody else can use it
  await gate.until('used up', ({ devices }) => devices.length === 2)
})

test('a log of before is kept, and read by the name of its swarm', async () => {
  const former = await oven.page.evaluate(() => window.shoal.swarm.former())
  expect(former).toMatchObject([{ swarmId: alone }])
  const payloads = await oven.page.evaluate(async (swarmId) => {
    const items = await window.shoal.query("FROM 't'", { swarmId })
    return items.flatMap((item) => (item.type === 'event' ? [item.payload] : []))
  }, alone)
  expect(payloads).toEqual(pastOfOven)
  expect(await oven.payloads()).not.toContain('alone 1')
})

test('what was written apart arrives as one batch: one time travel for whoever asked for none', async () => {
  await oven.setLinks('off')
  await gate.until('alone', (status) => linked(status).length === 0)
  // both write at the same lamports, in more than one run
  for (const part of [0, 1, 2, 3, 4]) {
    await Promise.all([gate.publish(`gate apart ${part}`), oven.publish(...count(`oven apart ${part}`, 100))])
  }
  const listeners = await Promise.all([listenMonotonic(gate.page), listenMonotonic(oven.page)])
  await oven.setLinks('on')
  await gate.untilHas(['oven apart 4 99'])
  await oven.untilHas(['gate apart 4'])
  const all = await expectSame()
  expect(all).toHaveLength(8 + 5 + 500)
  for (const listener of listeners) {
    await listener.untilAll(all.length)
    expect(await listener.payloads()).toEqual(all)
    expect(await listener.travels()).toBe(1)
  }
}, 90_000)

test('a tablet leaves, is alone with an empty log, and comes back by a pasted text', async () => {
  const before = await gate.payloads()
  const left = await oven.status()
  const http = await listenOverHttp(oven.page)
  await oven.publish('last word')
  await oven.page.evaluate(() => window.shoal.swarm.leave())
  await oven.until('alone', ({ state, node }) => state === 'alone' && node !== left.node)
  expect((await http.ended()).type).toBe('ended')
  expect(await oven.payloads()).toEqual([])
  await gate.untilHas(['last word'])
  await gate.until('told that it left', ({ devices }) => devices.length === 1)

  const link = await gate.invite()
  await oven.page.goto(`${station.url}#/welcome/join`)
  await oven.page.locator('shoal-join textarea').fill(`Come in!\n\n${link}\n\nThe gate`)
  await oven.page.locator('shoal-join [data-test=join]').click()
  await oven.page.locator('shoal-banners [data-test=joined]', { hasText: 'Hall 3' }).waitFor()
  await oven.untilHas(['last word'])
  await oven.publish('back again')
  await gate.untilHas(['back again'])
  expect(await expectSame()).toEqual([...before, 'last word', 'back again'])
  const former = await oven.page.evaluate(() => window.shoal.swarm.former())
  expect(former.map(({ swarmId, node }) => [swarmId, node])).toContainEqual([left.swarmId, left.node])
})
