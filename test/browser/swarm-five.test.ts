/** Five tablets in one swarm, and a sixth: how they come together, and what becomes of them when nobody is left who introduced them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestStation } from './browser.ts'
import { startStation } from './browser.ts'
import type { Tablet } from './tablets.ts'
import { linkByHand, linked, startTablets } from './tablets.ts'

const names = ['gate', 'oven', 'press', 'saw', 'paint', 'late'] as const

let station: TestStation
let tablets: Tablet[]
let invitation: string
const written: string[] = []

beforeAll(async () => {
  station = await startStation()
  tablets = await startTablets(names, station.url)
}, 120_000)
afterAll(async () => {
  await Promise.all(tablets.map((tablet) => tablet.discard()))
  await station.stop()
})

/** Each writes, and all have all of it. */
const expectSpread = async (among: readonly Tablet[], what: string): Promise<void> => {
  const said = among.map(({ name }) => `${what} from ${name}`)
  await Promise.all(among.map((tablet, index) => tablet.publish(said[index])))
  written.push(...said)
  await expectSame(among)
}
const expectSame = async (among: readonly Tablet[]): Promise<void> => {
  await Promise.all(among.map((tablet) => tablet.untilHas(written)))
  const all = await Promise.all(among.map((tablet) => tablet.payloads()))
  expect(all[0]).toHaveLength(written.length)
  for (const payloads of all) expect(payloads).toEqual(all[0])
}
/** All linked with each other. */
const expectWhole = async (among: readonly Tablet[]): Promise<void> => {
  await Promise.all(among.map((tablet) => tablet.untilLinked(among.filter((other) => other !== tablet))))
}

test('four come in by one link, at the same moment; each hears each', async () => {
  const [gate, ...others] = tablets.slice(0, 5) as [Tablet, ...Tablet[]]
  await gate.found('Hall 3')
  await gate.publish('first of all')
  written.push('first of all')
  invitation = await gate.invite({ uses: 4 })
  await Promise.all(others.map((tablet) => tablet.join(invitation)))
  await expectWhole(tablets.slice(0, 5))
  await expectSpread(tablets.slice(0, 5), 'together')
  expect((await gate.status()).devices).toHaveLength(5)
  // for the sixth, by which nobody will be introduced
  invitation = await gate.invite()
}, 120_000)

test('one is cut off, works on, and comes back: everything is everywhere, in the same order', async () => {
  const five = tablets.slice(0, 5)
  const [gate, oven, press] = five as [Tablet, Tablet, Tablet]
  await press.setLinks('off')
  await gate.until('without the press', (status) => linked(status).length === 3)
  for (const part of [1, 2, 3]) {
    const said = [press, gate, oven].map(({ name }) => `apart ${part} from ${name}`)
    await Promise.all([press, gate, oven].map((tablet, index) => tablet.publish(said[index])))
    written.push(...said)
  }
  expect((await press.payloads()).length).toBe(written.length - 6)
  await oven.untilHas(['apart 3 from gate'])
  expect((await oven.payloads()).length).toBe(written.length - 3)
  await press.setLinks('on')
  await expectSame(five)
  await expectWhole(five)
}, 60_000)

test('without the station nothing changes, and a link that breaks grows again through the mesh', async () => {
  await station.stop()
  const five = tablets.slice(0, 5)
  const [gate] = five as [Tablet]
  await gate.until('told that the station is gone', ({ stations }) =>
    stations.every(({ state }) => state !== 'connected'),
  )
  await expectSpread(five, 'without a station')
  const made = (await gate.connections()).made
  await gate.breakConnections(2)
  await gate.until('with two links less', (status) => linked(status).length === 2)
  await expectWhole(five)
  expect((await gate.connections()).made).toBeGreaterThan(made + 1)
  await expectSpread(five, 'after a break')
}, 120_000)

test('a sixth joins by its invitation and two codes, with whichever member; the mesh links it with the others', async () => {
  const [, , press] = tablets as [Tablet, Tablet, Tablet]
  const late = tablets[5] as Tablet
  const joined = late.join(invitation)
  await late.until('waiting for somebody', ({ joining }) => joining?.step === 'searching')
  await linkByHand(late, press)
  expect((await joined).name).toBe('Hall 3')
  await expectWhole(tablets)
  await expectSpread(tablets, 'six')
}, 120_000)

test('a tablet that was closed catches up: by two codes while no station is there, by itself when there is one', async () => {
  const [gate, oven, press, saw, paint] = tablets as [Tablet, Tablet, Tablet, Tablet, Tablet]
  await saw.stop()
  await gate.publish('while the saw was closed')
  written.push('while the saw was closed')
  await saw.start()
  expect(await saw.payloads()).toHaveLength(written.length - 1)
  // nobody can introduce it, and it says so
  await saw.until('alone', (status) => linked(status).length === 0 && status.stations[0]?.state === 'unreachable')
  await linkByHand(saw, oven)
  await expectSame([saw, gate])
  await expectWhole(tablets)

  await paint.kill()
  await press.publish('while the paint shop was closed')
  written.push('while the paint shop was closed')
  station = await startStation({ port: station.port })
  await paint.start()
  await expectSame(tablets)
  await expectWhole(tablets)
  await expectSpread(tablets, 'all again')
}, 180_000)
