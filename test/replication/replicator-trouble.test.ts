/** Links that do not deliver, authors nobody knows, lies and forks: each costs little, and the others go on. */
import { describe, expect, it } from 'vitest'
import { lamportLeapMax } from '../../src/core/limits.ts'
import type { StreamId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import { at, drafts, makeRun, makeStream, newSigner, payloads, publish, rowsFrom, signAgain } from '../log/fixture.ts'
import { createLogSwarm } from './log-swarm.ts'
import { copyMemoryDisk } from '../../src/store/memory.ts'
import type { RunSketch } from '../../src/log/contract.ts'
import {
  pair,
  isPresent,
  isWhole,
  codes,
  pass,
  publishMany,
  publishLarge,
  copies,
  newSignerKnown,
} from './swarm-steps.ts'

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

  it('more of our own stream than we hold: reported once, each claim is to be proved once, and nothing is stored', async () => {
    const { swarm, a, b } = await pair()
    const wire = swarm.connect(a, b)
    const head = { stream: b.stream, from: 0, count: 5, sealedTo: 0, chain: new Uint8Array(32) }
    let wanted = 0
    wire.filter = (frame) => {
      if (frame.type === 'want') wanted += 1
      return true
    }
    for (let round = 0; round < 3; round++) {
      wire.ends[0].send({ type: 'heads', full: false, heads: [{ ...head, count: 5 + round }] })
      await pass(swarm, 1000)
    }
    await pass(swarm, 20_000)
    expect(wire.isCut).toBe(false)
    expect(codes(b).filter((code) => code === 'ERR_OWN_STREAM')).toHaveLength(1)
    expect(wanted).toBe(3)
    expect(b.log.heads().size).toBe(0)
  })

  it('RULES 17: a restored image is shown the run that it wrote before, and told; it takes none of it', async () => {
    const swarm = createLogSwarm()
    const [a, b] = [await swarm.add(), await swarm.add()]
    await publish(b.log, drafts(3))
    const image = copyMemoryDisk(b.disk)
    await publish(b.log, drafts(2))
    swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    b.replicator.close()
    const restored = await swarm.add({ disk: image, signer: b.signer, knows: [a.signer.id] })
    const told: RunSketch[] = []
    restored.log.onOwnFork((run) => told.push(run))
    swarm.connect(a, restored)
    await swarm.until(() => told.length > 0, 2000)
    expect(told).toMatchObject([{ stream: b.stream, from: 3, count: 2 }])
    await pass(swarm, 20_000)
    expect(restored.log.heads().get(b.stream)?.count).toBe(3)
    expect(told.length).toBeLessThan(3)
  })

  it('RULES 19: who has heard of a cut wants, counts and passes on nothing beyond it, until it is lifted', async () => {
    const swarm = createLogSwarm()
    const cuts = new Map<StreamId, number>()
    const [a, b] = [await swarm.add(), await swarm.add({ cutOf: (stream) => cuts.get(stream) })]
    const c = await swarm.add()
    await publishMany(a, 4, 10)
    cuts.set(a.stream, 25)
    await b.log.recut()
    swarm.connect(a, b)
    swarm.connect(b, c)
    await swarm.until(() => c.log.count(a.stream) > 0)
    await pass(swarm, 30_000)
    expect(b.log.count(a.stream)).toBe(25)
    expect([b.replicator.toReplicate().size, [...b.replicator.toReplicate()]]).toEqual([0, []])
    // it got the run that holds the last event which counts, and no other
    expect(c.log.count(a.stream)).toBe(30)
    // what came along with what was wanted
    expect([...(b.disk.tables.get('evidence')?.keys() ?? [])]).toEqual([expect.stringMatching(/^ERR_REVOKED\/came\//)])
    cuts.clear()
    await b.log.recut()
    await swarm.until(() => isWhole([a, b, c]))
    expect(c.log.count(a.stream)).toBe(40)
    cuts.set(a.stream, 0)
    await b.log.recut()
    expect(b.log.heads().size).toBe(0)
    await pass(swarm, 20_000)
    expect(b.log.heads().size).toBe(0)
    expect(swarm.wires.every(({ isCut }) => !isCut)).toBe(true)
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
