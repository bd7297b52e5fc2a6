/** Seals are fetched when there is time; ephemeral streams begin where others still have them. */
import { describe, expect, it } from 'vitest'
import { streamOf } from '../../src/core/node-id.ts'
import { at, drafts, makeStream, payloads, publish } from '../log/fixture.ts'
import { createLogSwarm } from './log-swarm.ts'
import { pair, isPresent, isWhole, pass, publishMany, copies, newSignerKnown } from './swarm-steps.ts'

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
