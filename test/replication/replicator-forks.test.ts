/** RULES 18 between nodes: whoever holds which history of a stream, in the end all read all of them, under the same names. */
import { describe, expect, it } from 'vitest'
import { cryptBase64, streamOf } from '../../src/core/node-id.ts'
import type { StreamId } from '../../src/core/event.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import type { Log } from '../../src/log/contract.ts'
import type { Run } from '../../src/log/run.ts'
import { at, makeRun, makeStream, payloads, rowsFrom } from '../log/fixture.ts'
import type { LogSwarm, SwarmDevice } from './log-swarm.ts'
import { createLogSwarm } from './log-swarm.ts'
import { newSignerKnown, pass } from './swarm-steps.ts'

const bytesOf = (runs: readonly Run[]) => runs.map(({ bytes }) => bytes)

/** `count` commits of two events that go on after the first `after` of `base`. */
const goOn = async (
  author: Signer,
  base: readonly Run[],
  after: number,
  count: number,
  name: string,
): Promise<Run[]> => {
  const before = base[after - 1]?.header
  let chainBefore: Uint8Array = before?.chainAfter ?? new Uint8Array(32)
  const runs: Run[] = []
  for (let commit = 0; commit < count; commit++) {
    const lamport = (before?.lastLamport ?? -1) + 1 + 2 * commit
    const rows = rowsFrom([{ payload: `${name} ${2 * commit}` }, { payload: `${name} ${2 * commit + 1}` }], lamport)
    const run = await makeRun(author, { rows, from: 2 * (after + commit), chainBefore })
    runs.push(run)
    chainBefore = run.header.chainAfter
  }
  return [...base.slice(0, after), ...runs]
}

const view = async (log: Log, author: Signer) => ({
  order: await payloads(log),
  forks: log.forks().map(({ stream, alias, from }) => [stream, alias, from]),
  heads: [...log.heads()]
    .filter(([stream]) => stream.startsWith(author.id) || log.originOf(stream) !== undefined)
    .map(([stream, { count, chain }]) => [stream, count, cryptBase64(chain)]),
})

const chain = (swarm: LogSwarm, devices: readonly SwarmDevice[]): void => {
  for (let index = 1; index < devices.length; index++) swarm.connect(at(devices, index - 1), at(devices, index))
}

/** Until everybody shows so many events. */
const untilAll = (swarm: LogSwarm, events: number): Promise<void> =>
  swarm.until(
    () =>
      swarm.devices.every(
        ({ log }) => Object.values(log.present()).reduce((sum, last) => sum + last + 1, 0) === events,
      ),
    60_000,
    10,
  )

describe('RULES 18: histories meet', () => {
  it.each([
    ['of the same length', 3, 4, 4],
    ['of which one is longer', 2, 3, 9],
    ['that differ from the first event on', 0, 3, 3],
    ['that differ long ago', 1, 40, 3],
  ])('two %s', async (_, after, one, two) => {
    for (let round = 0; round < 3; round++) {
      const swarm = createLogSwarm()
      const devices = [await swarm.add(), await swarm.add(), await swarm.add()]
      const author = await newSignerKnown(devices)
      const { small } = await makeStream(author, 4, 2)
      const [first, second] = [
        await goOn(author, small, after, one, 'one'),
        await goOn(author, small, after, two, 'two'),
      ]
      await at(devices, 0).log.ingest(bytesOf(first))
      await at(devices, 2).log.ingest(bytesOf(second))
      chain(swarm, devices)
      await untilAll(swarm, 2 * (after + one + two))
      const views = await Promise.all(devices.map(({ log }) => view(log, author)))
      for (const other of views) expect(other).toEqual(views[0])
      expect(views[0]?.forks).toHaveLength(1)
      await pass(swarm, 20_000)
      expect(swarm.wires.every(({ isCut }) => !isCut)).toBe(true)
      for (const { replicator } of devices) expect([...replicator.toReplicate()]).toEqual([])
    }
  })

  it('three, sealed differently, on nodes of which some die; then both lines grow', async () => {
    const swarm = createLogSwarm()
    for (let index = 0; index < 5; index++) await swarm.add()
    const author = await newSignerKnown(swarm.devices)
    const { small } = await makeStream(author, 6, 2)
    const lines = [small, await goOn(author, small, 2, 5, 'two'), await goOn(author, small, 4, 3, 'three')]
    for (const [index, runs] of lines.entries()) await at(swarm.devices, 2 * index).log.ingest(bytesOf(runs))
    const rows = (await makeStream(author, 6, 2)).rows
    const sealed = await makeRun(author, { rows, commits: [2, 2, 2, 2, 2, 2], sealed: true })
    await at(swarm.devices, 0).log.ingest([sealed.bytes])
    chain(swarm, swarm.devices)
    await pass(swarm, 30)
    const revived = await swarm.revive(at(swarm.devices, 1))
    const [a, c] = [at(swarm.devices, 0), at(swarm.devices, 1)]
    swarm.connect(a, revived)
    swarm.connect(revived, c)
    await untilAll(swarm, 12 + 10 + 6)
    let views = await Promise.all(swarm.devices.map(({ log }) => view(log, author)))
    for (const other of views) expect(other).toEqual(views[0])
    expect(views[0]?.forks).toHaveLength(2)
    // whoever writes under the name of a clone goes on
    const grown = await goOn(author, at(lines, 1), 7, 2, 'more')
    await at(swarm.devices, 4).log.ingest(bytesOf(grown))
    await untilAll(swarm, 12 + 10 + 6 + 4)
    views = await Promise.all(swarm.devices.map(({ log }) => view(log, author)))
    for (const other of views) expect(other).toEqual(views[0])
    // a newcomer gets all of it
    const late = await swarm.add()
    late.members.known.add(author.id)
    swarm.connect(at(swarm.devices, 3), late)
    await untilAll(swarm, 12 + 10 + 6 + 4)
    expect(await view(late.log, author)).toEqual(views[0])
  })

  it('a head that names a fork which is none costs a few wants and nothing else', async () => {
    const swarm = createLogSwarm()
    const [a, b] = [await swarm.add(), await swarm.add()]
    const author = await newSignerKnown([a, b])
    const { small } = await makeStream(author, 4, 2)
    for (const { log } of [a, b]) await log.ingest(bytesOf(small))
    const wire = swarm.connect(a, b)
    let wants = 0
    wire.filter = (frame, from) => {
      if (frame.type === 'want' && from === b) wants += 1
      return true
    }
    const alias = streamOf(author.id, 0).replace(author.id, cryptBase64(new Uint8Array(32).fill(7))) as StreamId
    const origin = { stream: streamOf(author.id, 0), at: 4 }
    const head = { stream: alias, from: 0, count: 9, sealedTo: 0, chain: new Uint8Array(32), origin }
    wire.ends[0].send({ type: 'heads', full: false, heads: [head] })
    await pass(swarm, 60_000)
    expect(wants).toBeLessThan(20)
    expect(b.log.forks()).toEqual([])
    expect(wire.isCut).toBe(false)
    expect(await payloads(b.log)).toHaveLength(8)
  })
})
