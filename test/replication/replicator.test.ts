/** Two and five real logs over links in memory: everything that was published anywhere is everywhere, and what it took. */
import { describe, expect, it } from 'vitest'
import { lamportLeapMax } from '../../src/core/limits.ts'
import type { NodeId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import { subscribeMonotonic } from '../../src/api/subscriptions.ts'
import { at, drafts, makeRun, makeStream, newSigner, payloads, publish, rowsFrom, signAgain } from '../log/fixture.ts'
import { settle } from '../api/manual-clock.ts'
import type { LogSwarm, SwarmDevice } from './log-swarm.ts'
import { createLogSwarm, sameHeads } from './log-swarm.ts'

const pair = async (): Promise<{ swarm: LogSwarm; a: SwarmDevice; b: SwarmDevice }> => {
  const swarm = createLogSwarm()
  return { swarm, a: await swarm.add(), b: await swarm.add() }
}

const isPresent = (device: SwarmDevice): boolean =>
  [...device.log.heads()].every(([stream, { count }]) => device.log.present()[stream] === count - 1)

/** Same heads and nothing held back, everywhere. */
const isWhole = (devices: readonly SwarmDevice[]): boolean =>
  devices.every((device) => sameHeads(device, devices[0] as SwarmDevice) && isPresent(device))

const codes = (device: SwarmDevice): string[] => device.reports.map(({ code }) => code)

/** Lets timers of minutes pass quickly. */
const pass = async (swarm: LogSwarm, ms: number, step = 50): Promise<void> => {
  for (let passed = 0; passed < ms; passed += step) await swarm.turn(step)
}

/** `count` publications of `size` events each. */
const publishMany = async (device: SwarmDevice, count: number, size: number): Promise<void> => {
  for (let index = 0; index < count; index++) await publish(device.log, drafts(size, 'many', index * size))
}

/** Events of about 170 KB that do not deflate well. */
const publishLarge = async (device: SwarmDevice, count: number): Promise<void> => {
  for (let index = 0; index < count; index++) {
    const payload = Array.from({ length: 9000 }, (_, n) => Math.sin(n + index * 9000))
    await publish(device.log, [{ tags: [], payload }])
  }
}

const copies = (devices: readonly SwarmDevice[]): number =>
  Math.max(0, ...devices.flatMap(({ received }) => [...received.values()]))

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

describe('a link that does not deliver', () => {
  it('standing still: its wants go elsewhere, it rests, and is asked again', async () => {
    const swarm = createLogSwarm()
    const [a, b, c] = [await swarm.add(), await swarm.add(), await swarm.add()]
    await publishMany(a, 4, 1024)
    swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    const slow = swarm.connect(a, c)
    await swarm.until(() => slow.ends[0].queue.some(({ lane }) => lane === 'bulk'))
    slow.pace = 0
    await pass(swarm, 2000)
    swarm.connect(b, c)
    const events = c.log.status().events
    await pass(swarm, 5000)
    expect(c.log.status().events).toBe(events)
    await swarm.until(() => isWhole([b, c]), 20_000, 50)
    expect(copies([c])).toBe(1)
  })

  it('slow: as fast as it goes, nothing piles up, the other end waits for `drained`', async () => {
    const { swarm, a, b } = await pair()
    await publishLarge(a, 60)
    const wire = swarm.connect(a, b)
    let most = 0
    wire.filter = () => {
      most = Math.max(most, wire.ends[0].buffered)
      return true
    }
    wire.pace = 0.1
    await swarm.until(() => isWhole([a, b]), 20_000, 5)
    expect(a.log.status().bytes).toBeGreaterThan(4_000_000)
    expect(most).toBeGreaterThan(700_000)
    expect(most).toBeLessThan(1_700_000)
  })

  it('says it holds what it does not: asked less and less often, no harm to others', async () => {
    const { swarm, a, b } = await pair()
    const stranger = await newSigner()
    b.members.known.add(stranger.id)
    const wire = swarm.connect(a, b)
    let wants = 0
    wire.filter = (frame) => {
      if (frame.type === 'want') wants += 1
      return true
    }
    const head = {
      stream: streamOf(stranger.id, 0),
      from: 0,
      count: 2 ** 52,
      sealedTo: 2 ** 51,
      chain: new Uint8Array(32),
    }
    wire.ends[0].send({ type: 'heads', full: false, heads: [head] })
    await publishMany(a, 3, 10)
    await pass(swarm, 9000)
    expect(wants).toBeGreaterThan(1)
    expect(wants).toBeLessThan(6)
    expect(isPresent(b) && b.log.status().events === 30).toBe(true)
    // what it cannot give does not count as lacking
    expect(b.replicator.lag(wire.ends[1])?.weLack).toBe(0)
  })

  it('whole heads are told at most once a second, however often they are asked for', async () => {
    const { swarm, a, b } = await pair()
    const wire = swarm.connect(a, b)
    await swarm.turn()
    let told = 0
    wire.filter = (frame, from) => {
      if (frame.type === 'heads' && frame.full && from === a) told += 1
      return true
    }
    for (let count = 0; count < 300; count++) {
      wire.ends[1].send({ type: 'askHeads' })
      await swarm.turn(10)
    }
    expect(told).toBeGreaterThan(1)
    expect(told).toBeLessThan(5)
  })

  it('too many wants close the link', async () => {
    const { swarm, a, b } = await pair()
    await publishMany(a, 1, 1)
    const wire = swarm.connect(a, b)
    for (let id = 1; id <= 70; id++) wire.ends[1].send({ type: 'want', id, stream: a.stream, from: 0, bytes: 1 })
    await swarm.turn()
    expect(wire.ends[0].reason?.code).toBe('ERR_TOO_MANY_WANTS')
  })
})

describe('authors', () => {
  it('unknown ones are asked about, then their runs are taken', async () => {
    const swarm = createLogSwarm()
    const a = await swarm.add({ knows: [] })
    const b = await swarm.add({ knows: [a.signer.id] })
    const stranger = await newSigner()
    a.members.known.add(b.signer.id).add(stranger.id)
    const { small } = await makeStream(stranger, 3, 2)
    await a.log.ingest(small.map(({ bytes }) => bytes))
    const wire = swarm.connect(a, b)
    let asked = 0
    wire.filter = (frame) => {
      if (frame.type === 'askAdmissions') asked += 1
      return true
    }
    await swarm.until(() => isWhole([a, b]))
    expect(b.log.status().events).toBe(6)
    expect(asked).toBe(1)
  })

  it('whom the other end does not know either is asked about again after a while, and by whoever comes', async () => {
    const swarm = createLogSwarm()
    const a = await swarm.add({ knows: [] })
    const b = await swarm.add({ knows: [a.signer.id] })
    const stranger = await newSigner()
    a.members.known.add(b.signer.id).add(stranger.id)
    const { small } = await makeStream(stranger, 1, 2)
    await a.log.ingest(small.map(({ bytes }) => bytes))
    a.members.known.delete(stranger.id)
    const wire = swarm.connect(a, b)
    const asked: number[] = []
    wire.filter = (frame) => {
      if (frame.type === 'askAdmissions') asked.push(swarm.clock.monotonic())
      return true
    }
    await pass(swarm, 25_000)
    expect(asked.length).toBeGreaterThan(1)
    expect(asked.length).toBeLessThan(5)
    expect(b.log.status().events).toBe(0)
    await b.members.learn([new TextEncoder().encode(stranger.id)])
    await swarm.until(() => isWhole([a, b]))
  })

  it('one that counts 2^32 ahead waits without being wanted over and over; others go on', async () => {
    const { swarm, a, b } = await pair()
    const author = await newSigner()
    for (const device of [a, b]) device.members.known.add(author.id)
    await a.log.ingest([(await makeRun(await newSignerKnown([a, b]), { rows: rowsFrom([{ lamport: 9 }], 0) })).bytes])
    await a.log.ingest([(await makeRun(author, { rows: rowsFrom([{ lamport: lamportLeapMax + 9 }], 0) })).bytes])
    // only the far one is told
    const wire = swarm.connect(a, b)
    let wants = 0
    wire.filter = (frame, from) => {
      if (frame.type === 'want' && frame.stream === streamOf(author.id, 0)) wants += 1
      return from === a || frame.type !== 'want' || wants < 20
    }
    await publish(a.log, drafts(1))
    await pass(swarm, 10_000)
    expect(b.log.status().lamport).toBeGreaterThan(0)
    expect(wants).toBeLessThan(6)
  })
})

const newSignerKnown = async (devices: readonly SwarmDevice[]) => {
  const signer = await newSigner()
  for (const device of devices) device.members.known.add(signer.id)
  return signer
}

describe('lies and contradictions', () => {
  it('a run that was tampered with closes the link it came by; the others go on', async () => {
    const swarm = createLogSwarm()
    const [a, b, c] = [await swarm.add(), await swarm.add(), await swarm.add()]
    await publishMany(a, 2, 2000)
    swarm.connect(a, c)
    await swarm.until(() => isWhole([a, c]))
    const bad = swarm.connect(a, b)
    bad.filter = (frame) => {
      if (frame.type === 'run') frame.bytes[frame.bytes.length - 1] = (frame.bytes.at(-1) ?? 0) ^ 1
      return true
    }
    await swarm.until(() => bad.isCut)
    expect(bad.ends[1].reason?.code).toBe('ERR_BODY')
    swarm.connect(c, b)
    await swarm.until(() => isWhole([b, c]))
  })

  it.each(['no run at all', 'another swarm', 'forged', 'not JSON'])(
    '%s: the link is closed with its code',
    async (what) => {
      const { swarm, a, b } = await pair()
      const author = await newSignerKnown([a, b])
      const wire = swarm.connect(a, b)
      await swarm.turn()
      const { small } = await makeStream(author, 1, 1)
      const run = at(small, 0)
      const notJson = { ...at(rowsFrom([{}], 0), 0), shape: '\n', leaves: ['{'] }
      const [bytes, code] = await {
        'no run at all': () => [new Uint8Array(99), 'ERR_MALFORMED'] as const,
        'another swarm': async () =>
          [(await signAgain(author, run, { swarm: 'other' })).bytes, 'ERR_OTHER_SWARM'] as const,
        forged: async () => [(await signAgain(await newSigner(), run, {})).bytes, 'ERR_FORGED'] as const,
        'not JSON': async () => [(await makeRun(author, { rows: [notJson] })).bytes, 'ERR_MALFORMED'] as const,
      }[what as 'forged']()
      wire.ends[0].send({ type: 'run', id: 0, bytes: new Uint8Array(bytes) })
      await swarm.until(() => wire.isCut, 1000)
      expect(wire.ends[1].reason?.code).toBe(code)
      expect(b.log.status().events).toBe(0)
    },
  )

  it('a fork: each keeps its branch, the other one is evidence, and it is not wanted over and over', async () => {
    const swarm = createLogSwarm()
    const devices = [await swarm.add(), await swarm.add(), await swarm.add()]
    const [a, b, c] = devices as [SwarmDevice, SwarmDevice, SwarmDevice]
    const author = await newSignerKnown(devices)
    const { small, rows } = await makeStream(author, 4, 2)
    const twin = (from: number) =>
      rows.slice(from, from + 2).map((row) => ({ ...row, shape: '\n', leaves: [`"twin ${from}"`] }))
    const others = [await makeRun(author, { rows: twin(4), from: 4, chainBefore: at(small, 1).header.chainAfter })]
    others.push(await makeRun(author, { rows: twin(6), from: 6, chainBefore: at(others, 0).header.chainAfter }))
    for (const device of [a, c]) await device.log.ingest([...small.slice(0, 2), ...others].map(({ bytes }) => bytes))
    await b.log.ingest(small.slice(0, 3).map(({ bytes }) => bytes))
    let wants = 0
    for (const other of [a, c])
      swarm.connect(other, b).filter = (frame, from) => {
        if (frame.type === 'want' && from === b) wants += 1
        return true
      }
    await publish(a.log, drafts(1))
    await pass(swarm, 20_000)
    expect(b.log.heads().get(streamOf(author.id, 0))?.count).toBe(6)
    expect(b.log.heads().get(a.stream)?.count).toBe(1)
    expect(codes(b)).toContain('ERR_FORK')
    expect(wants).toBeLessThan(4)
    expect(swarm.wires.every(({ isCut }) => !isCut)).toBe(true)
    // what is shown as lacking is only what can be had
    expect(b.replicator.toReplicate().size).toBe(0)
  })

  it('more of our own stream than we hold: reported once, not wanted', async () => {
    const { swarm, a, b } = await pair()
    const wire = swarm.connect(a, b)
    const head = { stream: b.stream, from: 0, count: 5, sealedTo: 0, chain: new Uint8Array(32) }
    wire.filter = (frame) => frame.type !== 'want'
    for (let round = 0; round < 3; round++) {
      wire.ends[0].send({ type: 'heads', full: false, heads: [{ ...head, count: 5 + round }] })
      await pass(swarm, 1000)
    }
    expect(wire.isCut).toBe(false)
    expect(codes(b).filter((code) => code === 'ERR_OWN_STREAM')).toHaveLength(1)
  })

  it('a quarantined run of another is repaired, and only that', async () => {
    const { swarm, a } = await pair()
    let b = at(swarm.devices, 1)
    await publishMany(a, 4, 10)
    swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    const runs = b.disk.tables.get('runs')
    const key = [...(runs?.keys() ?? [])].sort()[1] ?? ''
    runs?.set(key, new Uint8Array(runs.get(key)?.map((byte, index) => (index > 200 ? byte ^ 1 : byte)) ?? []))
    b = await swarm.revive(b)
    expect(await payloads(b.log)).toHaveLength(30)
    expect(b.log.heads().get(a.stream)?.count).toBe(10)
    swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    expect(await payloads(b.log)).toEqual(await payloads(a.log))
    expect([...b.received.values()]).toEqual([1])
  })
})

describe('seals', () => {
  it('are fetched from anybody when nothing else is to be done, each once', async () => {
    const { swarm, a, b } = await pair()
    const wire = swarm.connect(a, b)
    for (let index = 0; index < 30; index++) {
      await publish(a.log, drafts(100, 'x', index * 100))
      await swarm.until(() => isWhole([a, b]))
    }
    expect(a.log.heads().get(a.stream)?.sealedTo).toBeGreaterThan(1900)
    expect(b.log.heads().get(a.stream)?.sealedTo).toBe(0)
    const before = b.received.size
    await pass(swarm, 10_000)
    expect(b.log.heads()).toEqual(a.log.heads())
    expect(b.log.status().sealedRuns).toBe(a.log.status().sealedRuns)
    expect(b.received.size - before).toBe(a.log.status().sealedRuns)
    expect(copies([b])).toBe(1)
    const frames = wire.frames
    await pass(swarm, 9000)
    // heartbeats are not ours: nothing but the digest goes on
    expect(wire.frames - frames).toBeLessThanOrEqual(2)
  })

  it('a newcomer gets seals only, not the small runs they hold', async () => {
    const { swarm, a, b } = await pair()
    await publishMany(a, 25, 100)
    const held = a.log.status()
    swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    await pass(swarm, 10_000)
    expect(b.log.status()).toMatchObject({ runs: held.runs, sealedRuns: held.sealedRuns })
    expect(b.received.size).toBe(held.runs)
  })
})

describe('ephemeral streams of others', () => {
  it('start where their holder still has them', async () => {
    const { swarm, a, b } = await pair()
    const author = await newSignerKnown([a, b])
    const { small } = await makeStream(author, 5, 2, { ephemeral: true })
    await a.log.ingest(small.slice(2).map(({ bytes }) => bytes))
    swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    expect(b.log.heads().get(streamOf(author.id, 0))).toMatchObject({ from: 4, count: 10 })
  })
})

describe('ephemeral streams that everybody has let go of in between', () => {
  it('go on where others still have them, after a while; whoever still has the rest is asked before', async () => {
    const swarm = createLogSwarm()
    const [a, b, c] = [await swarm.add(), await swarm.add(), await swarm.add()]
    const author = await newSignerKnown([a, b, c])
    const stream = streamOf(author.id, 0)
    const { small } = await makeStream(author, 8, 2, { ephemeral: true })
    const bytes = small.map((run) => run.bytes)
    await a.log.ingest(bytes.slice(5))
    await b.log.ingest(bytes.slice(0, 2))
    await c.log.ingest(bytes.slice(0, 4))
    swarm.connect(a, b)
    await pass(swarm, 20_000)
    expect(b.log.head(stream)?.count).toBe(4)
    // here is one that has a little more
    swarm.connect(c, b)
    await swarm.until(() => b.log.head(stream)?.count === 8)
    await pass(swarm, 20_000)
    expect(b.log.head(stream)?.count).toBe(8)
    await swarm.until(() => b.log.head(stream)?.count === 16, 60_000, 50)
    expect(b.log.head(stream)?.from).toBe(10)
    await swarm.until(() => isPresent(b))
    const again = await b.reopen()
    expect(again.log.head(stream)).toMatchObject({ from: 10, count: 16 })
    expect(await payloads(again.log)).toHaveLength(6)
  })

  it('a permanent stream never does', async () => {
    const { swarm, a, b } = await pair()
    const author = await newSignerKnown([a, b])
    const { small } = await makeStream(author, 4, 2)
    await b.log.ingest([at(small, 0).bytes])
    const wire = swarm.connect(a, b)
    wire.ends[0].send({
      type: 'heads',
      full: false,
      heads: [
        { stream: streamOf(author.id, 0), from: 4, count: 8, sealedTo: 4, chain: at(small, 3).header.chainAfter },
      ],
    })
    wire.filter = (frame, from) => {
      if (frame.type === 'want' && from === b)
        wire.ends[0].send({ type: 'run', id: frame.id, bytes: at(small, 2).bytes }, 'control')
      return frame.type !== 'want'
    }
    await pass(swarm, 60_000)
    expect(b.log.heads().get(streamOf(author.id, 0))).toMatchObject({ from: 0, count: 2 })
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
