/** Order has nothing to do with anybody's clock, and nobody can count so far ahead that the others cannot follow (RULES 10, 11): alike on every node. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { lamportLeapMax } from '../../src/core/limits.ts'
import type { AppId, LogEvent, NodeId, Published } from '../../src/core/event.ts'
import type { Node } from '../../src/node/contract.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import { lamportWrite } from '../../src/swarm/membership.ts'
import type { Crowd } from './crowd.ts'
import { createCrowd } from './crowd.ts'
import type { Device } from './device.ts'

vi.setConfig({ testTimeout: 120_000 })

const appId = 'com.example.sim' as AppId
const year = 365.25 * 24 * 3600 * 1000

let crowd: Crowd
beforeEach(() => {
  crowd = createCrowd({ seed: 11, nodes: 6 })
})
afterEach(() => crowd.end())

const nodeOf = (device: Device): Node => {
  const node = device.node()
  if (node === undefined || device.problem !== undefined)
    throw device.problem ?? new Error(`${device.name} does not run`)
  return node
}

const publish = async (device: Device, text: string): Promise<Published> => {
  const writing = nodeOf(device).log.append([{ tags: ['told'], payload: text }], { appId })
  await crowd.time.pass(50)
  const [published] = await writing
  if (published === undefined) throw new Error('nothing was published')
  return published
}

/** In the order of the log. */
const told = async (node: Node): Promise<LogEvent[]> => {
  const events: LogEvent[] = []
  const upperBound = node.log.present()
  for await (const batch of node.log.read({ filter: { type: 'all' }, order: 'asc', lowerBound: {}, upperBound })) {
    if (batch.type === 'gap') throw new Error(`a gap at ${batch.stream}/${batch.from}`)
    events.push(...batch.events.filter(({ tags }) => tags.includes('told')))
  }
  return events
}

/** Texts in their order, of all that run; equal when all see the same. */
const seenBy = (devices: readonly Device[]): Promise<string[][]> =>
  Promise.all(
    devices.map(async (device) => (await told(nodeOf(device))).map(({ payload }) => JSON.parse(payload) as string)),
  )

/** Whatever is under way has arrived: full heads go round every 10 s. */
const settle = (): Promise<void> => crowd.time.pass(30_000)

it('clocks are years off: events are in the order in which they were heard of, everywhere', async () => {
  await crowd.form(20_000)
  const { devices } = crowd
  const offsets = [0, 3 * year, -5 * year, 20 * year, -20 * year, 0.5 * year]
  devices.forEach((device, index) => device.clock.jump(offsets[index] ?? 0))
  const texts: string[] = []
  const times = new Map<string, number[]>()
  for (let round = 0; round < 30; round++) {
    const device = devices[(round * 7) % devices.length]
    if (device === undefined) continue
    // somebody notices, and sets it right; another one is put wrong
    if (round === 10) devices[1]?.clock.setRight()
    if (round === 15) devices[0]?.clock.jump(-30 * year)
    if (round === 20) {
      devices[3]?.kill('power')
      devices[3]?.start()
      await crowd.time.pass(5000)
    }
    const { timestamp } = await publish(device, `${round} by ${device.name}`)
    texts.push(`${round} by ${device.name}`)
    times.set(device.name, [...(times.get(device.name) ?? []), timestamp])
    await crowd.time.pass(2000)
  }
  await settle()
  for (const seen of await seenBy(devices)) expect(seen).toEqual(texts)
  // what a device says of the time grows, unless its clock was found to be far ahead
  const steps = [...times].map(([name, own]) => {
    const backwards = own.filter((timestamp, index) => timestamp <= (own[index - 1] ?? Number.NEGATIVE_INFINITY))
    return [name, backwards.length]
  })
  const wasAhead = [devices[0]?.name, devices[1]?.name]
  expect(steps).toEqual(steps.map(([name]) => [name, wasAhead.includes(`${name}`) ? 1 : 0]))
})

/** As if somebody had written it into the store: from the next start on it counts from there. */
const poison = async (device: Device, lamport: number): Promise<void> => {
  device.kill()
  await openMemoryStore(device.disk)().then(async (store) => {
    await store.write([lamportWrite(lamport)], 'strict')
    await store.close()
  })
  device.start()
  await crowd.time.pass(10_000)
}

const reported = async (device: Device, author: NodeId): Promise<boolean> =>
  (await nodeOf(device).details()).diary.some(
    ({ code, message }) => code === 'ERR_LAMPORT_LEAP' && message.includes(author),
  )

it('one counts beyond all reach: what it wrote before counts everywhere, what it writes since nowhere, and nobody follows', async () => {
  await crowd.form(20_000)
  const { devices } = crowd
  const [liar, ...others] = devices as readonly [Device, ...Device[]]
  await publish(liar, 'before')
  await settle()
  await poison(liar, 2 ** 40)
  const { id } = nodeOf(liar)
  const leap = await publish(liar, 'from far ahead')
  expect(leap.lamport).toBeGreaterThan(2 ** 40)
  await settle()
  const texts = ['before']
  for (const device of others) {
    const { lamport } = await publish(device, `by ${device.name}`)
    texts.push(`by ${device.name}`)
    expect(lamport).toBeLessThan(lamportLeapMax)
    await crowd.time.pass(2000)
  }
  await settle()
  for (const seen of await seenBy(others)) expect(seen).toEqual(texts)
  expect(await Promise.all(others.map((device) => reported(device, id)))).toEqual(others.map(() => true))
})

it('two leap, the second one from where the first has led it: who hears them the other way round takes both in the end', async () => {
  await crowd.form(20_000)
  const { devices, network } = crowd
  const [first, second, ...others] = devices as readonly [Device, Device, ...Device[]]
  // the second one does not know the first step, as if it had been forgotten there
  network.groupOf.set(first.name, 1)
  await poison(first, lamportLeapMax - 1000)
  await publish(first, 'the first step')
  await poison(second, 2 * lamportLeapMax - 3000)
  await publish(second, 'the second step')
  await settle()
  const { id } = nodeOf(second)
  expect(await Promise.all(others.map((device) => reported(device, id)))).toEqual(others.map(() => true))
  expect(await seenBy(others)).toEqual(others.map(() => []))

  network.groupOf.clear()
  await settle()
  await settle()
  for (const device of others) {
    await publish(device, `by ${device.name}`)
    await crowd.time.pass(2000)
  }
  await settle()
  const texts = ['the first step', 'the second step', ...others.map(({ name }) => `by ${name}`)]
  for (const seen of await seenBy(devices)) expect(seen).toEqual(texts)
})
