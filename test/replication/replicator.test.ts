/** Two and five real logs over links in memory: everything that was published anywhere is everywhere, and what it took. */
import { describe, expect, it } from 'vitest'
import { subscribeMonotonic } from '../../src/api/subscriptions.ts'
import type { NodeId } from '../../src/core/event.ts'
import { settle } from '../api/manual-clock.ts'
import { at, drafts, makeStream, newSigner, payloads, publish } from '../log/fixture.ts'
import { createLogSwarm } from './log-swarm.ts'
import { pair, isWhole, codes, pass, publishMany, publishLarge, copies } from './swarm-steps.ts'

describe('two devices', () => {
  it('what one published before and after they met is on the other, in order', async () => {
    const { swarm, a, b } = await pair()
    await publish(a.log, drafts(3))
    swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    await publish(a.log, drafts(2, 'later', 3))
    await publish(b.log, drafts(1, 'other', 5))
    await swarm.until(() => isWhole([a, b]) && a.log.status().events === 6)
    expect(await payloads(b.log)).toEqual(await payloads(a.log))
  })

  it('an event arrives within a few turns, once, unasked, and tells its head', async () => {
    const { swarm, a, b } = await pair()
    const wire = swarm.connect(a, b)
    await publish(a.log, drafts(1))
    await swarm.until(() => isWhole([a, b]))
    await pass(swarm, 1000)
    const types: string[] = []
    wire.filter = (frame, from) => {
      types.push(`${from === a ? 'a' : 'b'} ${frame.type}`)
      return true
    }
    await publish(a.log, drafts(1, 'x', 1))
    const began = swarm.clock.monotonic()
    await swarm.until(() => isWhole([a, b]))
    expect(swarm.clock.monotonic() - began).toBeLessThan(20)
    expect(types).toEqual(['a run'])
    await pass(swarm, 1000)
    // that it is stored there is said later, together with what else happened
    expect(types).toEqual(['a run', 'b heads'])
    expect(a.replicator.lag(wire.ends[0])).toEqual({ lacksOfOurs: 0, weLack: 0 })
    expect(b.replicator.lag(wire.ends[1])).toEqual({ lacksOfOurs: 0, weLack: 0 })
    expect(copies([a, b])).toBe(1)
  })

  it('says how far they are apart', async () => {
    const { swarm, a, b } = await pair()
    await publishMany(a, 3, 5)
    await publish(b.log, drafts(2))
    const wire = swarm.connect(a, b)
    wire.filter = (frame) => frame.type === 'heads'
    expect(a.replicator.lag(wire.ends[0])).toBeUndefined()
    let changes = 0
    a.replicator.onChange(() => changes++)
    // one frame each way, and the want after it cuts the link
    wire.pace = 1
    await swarm.turn(250)
    expect(a.replicator.lag(wire.ends[0])).toEqual({ lacksOfOurs: 15, weLack: 2 })
    expect(b.replicator.toReplicate()).toEqual(new Map([[a.stream, 15]]))
    expect(b.replicator.headsOf(wire.ends[1])?.get(a.stream)).toMatchObject({ count: 15 })
    expect(changes).toBe(1)
    await swarm.turn()
    expect(wire.isCut).toBe(true)
    expect(a.replicator.lag(wire.ends[0])).toBeUndefined()
    expect(b.replicator.toReplicate().size).toBe(0)
  })

  it('lost deltas are found out by the digest', async () => {
    const { swarm, a, b } = await pair()
    const wire = swarm.connect(a, b)
    await swarm.turn()
    // runs that are too large to go unasked, and the word of them is lost
    wire.ends[0].queue.length = 0
    await publish(a.log, [{ tags: [], payload: 'x'.repeat(9000) }])
    await swarm.turn(5)
    expect(wire.ends[0].queue.length).toBe(1)
    wire.ends[0].queue.length = 0
    await pass(swarm, 5000)
    expect(b.log.status().events).toBe(0)
    await swarm.until(() => isWhole([a, b]), 15_000, 50)
  })

  it('a hundred small streams and one long one: everything, with one copy of each run', async () => {
    const { swarm, a, b } = await pair()
    const others = await Promise.all(Array.from({ length: 100 }, async () => makeStream(await newSigner(), 2, 3)))
    for (const { small } of others) {
      const node = at(small, 0).header.stream.slice(0, 43) as NodeId
      for (const device of [a, b]) device.members.known.add(node)
      await a.log.ingest(small.map(({ bytes }) => bytes))
    }
    await publishMany(a, 5, 1024)
    swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    expect(b.log.status().events).toBe(600 + 5 * 1024)
    expect(copies([b])).toBe(1)
  })
})

describe('catching up', () => {
  it('is one batch and one time travel for a subscriber; bytes on the wire are about those stored', async () => {
    const { swarm, a, b } = await pair()
    for (let index = 0; index < 20; index++) {
      const events = Array.from({ length: 512 }, (_, n) => ({
        tags: ['machine:1'],
        payload: { n, reading: Math.sin(n + index * 512), state: n % 7 === 0 ? 'idle' : 'running' },
      }))
      await publish(a.log, events)
    }
    await publish(b.log, drafts(5))
    let advances = 0
    b.log.onPresent(() => advances++)
    const stop = new AbortController()
    const lines: string[] = []
    const telling = (async () => {
      for await (const part of subscribeMonotonic(b.log, { type: 'all' }, {}, stop.signal)) lines.push(...part)
    })()
    await settle()
    const wire = swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    await telling
    stop.abort()
    expect(lines.filter((line) => line.includes('"timeTravel"'))).toHaveLength(1)
    expect(advances).toBe(1)
    const stored = a.log.status().bytes
    expect(wire.bytes / stored).toBeLessThanOrEqual(1.3)
    expect(copies([a, b])).toBe(1)
  })

  it('cut at any frame it goes on where it was, nothing twice in the log', async () => {
    const { swarm, a, b } = await pair()
    await publishMany(a, 30, 100)
    for (let cut = 1; !isWhole([a, b]); cut++) {
      const wire = swarm.connect(a, b)
      let frames = 0
      wire.filter = () => ++frames <= cut
      await swarm.until(() => wire.isCut || isWhole([a, b]))
      expect(cut).toBeLessThan(60)
    }
    expect(await payloads(b.log)).toEqual(await payloads(a.log))
  })

  it('killed at any commit it goes on where it was', async () => {
    const swarm = createLogSwarm()
    const a = await swarm.add()
    let b = await swarm.add()
    await publishMany(a, 30, 100)
    for (let kill = 1; !isWhole([a, b]); kill++) {
      let commits = 0
      b.mayHang = true
      b.disk.fate = () =>
        ++commits < kill % 4
          ? 'commit'
          : commits === kill % 4
            ? kill % 2 === 0
              ? 'die-after'
              : 'die-before'
            : 'die-before'
      swarm.connect(a, b)
      for (let turns = 0; turns < 40 && !isWhole([a, b]); turns++) await swarm.turn()
      if (isWhole([a, b])) break
      b.disk.fate = () => 'commit'
      b = await swarm.revive(b)
      expect(kill).toBeLessThan(60)
    }
    expect(await payloads(b.log)).toEqual(await payloads(a.log))
    b = await swarm.revive(b)
    expect(await payloads(b.log)).toEqual(await payloads(a.log))
  })

  it('a full device says so and goes on when there is room again', async () => {
    const { swarm, a, b } = await pair()
    await publishMany(a, 3, 100)
    b.disk.fate = () => 'full'
    swarm.connect(a, b)
    await pass(swarm, 3000)
    expect(codes(b)).toContain('ERR_STORE_FULL')
    expect(codes(b).length).toBeLessThan(5)
    expect(b.log.status().events).toBe(0)
    b.disk.fate = () => 'commit'
    await swarm.until(() => isWhole([a, b]), 60_000, 50)
  })

  it('publishing goes on meanwhile, between two transactions', async () => {
    const { swarm, a, b } = await pair()
    await publishLarge(a, 24)
    let commits = 0
    b.disk.fate = () => {
      commits += 1
      return 'commit'
    }
    swarm.connect(a, b)
    await swarm.until(() => b.log.status().events > 0)
    const [before, events] = [commits, b.log.status().events]
    await Promise.all([publish(b.log, drafts(1)), swarm.until(() => isWhole([a, b]))])
    expect(b.log.heads().get(b.stream)?.count).toBe(1)
    expect(events).toBeLessThan(12)
    expect(commits - before).toBeGreaterThan(5)
  })
})

describe('five devices', () => {
  it('in a ring, publishing at once: same order everywhere, about one copy of each run', async () => {
    const swarm = createLogSwarm(7)
    for (let index = 0; index < 5; index++) await swarm.add()
    const { devices } = swarm
    for (let index = 0; index < 5; index++) swarm.connect(at(devices, index), at(devices, (index + 1) % 5))
    for (let round = 0; round < 8; round++) {
      await Promise.all(devices.map((device, index) => publish(device.log, drafts(1 + index, `d${index}`, round))))
      for (let turns = 0; turns < 4; turns++) await swarm.turn(3)
    }
    await swarm.until(() => isWhole(devices))
    const expected = await payloads(at(devices, 0).log)
    expect(expected).toHaveLength(8 * 15)
    for (const { log } of devices) expect(await payloads(log)).toEqual(expected)
    const copied = devices.flatMap(({ received }) => [...received.values()])
    expect(copied.reduce((sum, times) => sum + times, 0) / copied.length).toBeLessThanOrEqual(1.2)
  })

  it('two halves that worked apart become one', async () => {
    const swarm = createLogSwarm(9)
    for (let index = 0; index < 5; index++) await swarm.add()
    const { devices } = swarm
    for (const [one, other] of [
      [0, 1],
      [2, 3],
      [3, 4],
      [2, 4],
    ] as const)
      swarm.connect(at(devices, one), at(devices, other))
    for (const device of devices) await publishMany(device, 6, 40)
    await swarm.until(() => isWhole(devices.slice(0, 2)) && isWhole(devices.slice(2)))
    expect(isWhole(devices)).toBe(false)
    swarm.connect(at(devices, 1), at(devices, 2))
    swarm.connect(at(devices, 0), at(devices, 4))
    await swarm.until(() => isWhole(devices))
    const expected = await payloads(at(devices, 0).log)
    expect(expected).toHaveLength(5 * 240)
    for (const { log } of devices) expect(await payloads(log)).toEqual(expected)
    expect(copies(devices)).toBeLessThanOrEqual(2)
  })
})
