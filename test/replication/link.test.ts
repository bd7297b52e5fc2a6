/** A link once it is proved: lanes, pieces, bundles, heartbeats. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import {
  channelControlBytes,
  frameBytesMax,
  heartbeatEvery,
  linkBytesHigh,
  linkBytesLow,
  silenceMax,
  wakeAnswerMax,
} from '../../src/core/limits.ts'
import { streamOf } from '../../src/core/node-id.ts'
import type { LinkFrame, StreamHead } from '../../src/replication/contract.ts'
import type { Cast } from './link-fixture.ts'
import { isOver, linked, makeCast, pass, random, run, setTable, stuffed, takeUp } from './link-fixture.ts'

let cast: Cast
beforeAll(async () => {
  cast = await makeCast()
})

const headsOf = (count: number): LinkFrame => ({
  type: 'heads',
  full: true,
  heads: Array.from({ length: count }, (_, number): StreamHead => ({
    stream: streamOf(cast.anna.signer.id, number),
    from: 0,
    count: number,
    sealedTo: 0,
    chain: new Uint8Array(32),
  })),
})

describe.each([
  ['with fingerprints', false],
  ['sealed', true],
])('lanes, %s', (_, isSealed) => {
  it('a heartbeat passes a megabyte of bulk, and control overtakes it too', async () => {
    const table = setTable()
    const pair = table.pair({ isSealed, wire: { bytesPerSecond: 10_000_000, delay: 2 } })
    const sent: { readonly length: number; readonly behind: number }[] = []
    const channel = {
      ...stuffed(pair.ends[0]).channel,
      get buffered() {
        return pair.ends[0].buffered
      },
      send: (frame: Uint8Array<ArrayBuffer>) => {
        sent.push({ length: frame.length, behind: pair.ends[0].buffered })
        pair.ends[0].send(frame)
      },
    }
    const a = takeUp(cast.anna, channel, table.clock)
    const b = takeUp(cast.ben, pair.ends[1], table.clock)
    await table.until(() => a.links.length + b.links.length === 2, 1)
    for (let id = 1; id <= 16; id++) a.link.send(run(id, 100_000))
    a.link.send(headsOf(3000))
    const before = sent.length
    a.link.probe()
    const beats = a.heartbeats
    await table.until(() => a.heartbeats > beats, 1)
    const ping = sent.findIndex(({ length }, index) => index >= before && length < 64)
    // before it went only what was being sealed, and ahead of it on the wire lies a small part of what waits
    const sealing = sent.slice(before, ping).reduce((sum, { length }) => sum + length, 0)
    expect(ping).toBeGreaterThanOrEqual(before)
    expect(sealing).toBeLessThanOrEqual(channelControlBytes + frameBytesMax)
    expect(sent[ping]?.behind).toBeLessThanOrEqual(channelControlBytes + frameBytesMax)
    expect(1_600_000).toBeGreaterThan(4 * (channelControlBytes + frameBytesMax))
    await table.until(() => b.frames.length === 17 || isOver(b), 1)
    const order = b.frames.map((frame) => (frame.type === 'run' ? frame.id : frame.type))
    expect(order.indexOf('heads')).toBeLessThan(4)
    expect(order.filter((one) => one !== 'heads')).toEqual(Array.from({ length: 16 }, (__, index) => index + 1))
    expect(isOver(a) || isOver(b)).toBe(false)
  })

  it('a run of eight megabytes goes in pieces that a channel carries, and arrives whole', async () => {
    const table = setTable()
    const { a, b } = await linked(table, cast.anna, cast.ben, { isSealed })
    const bytes = new Uint8Array(8 * 1024 * 1024)
    for (let at = 0; at < bytes.length; at += 65_536) bytes.set(random(65_536), at)
    a.link.send({ type: 'run', id: 5, bytes })
    a.link.send({ type: 'sent', id: 5 })
    await table.until(() => b.frames.length === 2)
    const [got, sent] = b.frames
    expect(got?.type === 'run' && Buffer.compare(got.bytes, bytes)).toBe(0)
    expect(sent).toEqual({ type: 'sent', id: 5 })
    expect(b.link.bytesReceived).toBeGreaterThan(bytes.length)
    expect(b.link.bytesReceived).toBeLessThan(bytes.length * 1.002)
    expect(a.link.bytesSent).toBeGreaterThan(bytes.length)
  })

  it('small frames sent in a row leave together, in order', async () => {
    const table = setTable()
    const pair = table.pair({ isSealed })
    const jam = stuffed(pair.ends[0])
    const a = takeUp(cast.anna, jam.channel, table.clock)
    const b = takeUp(cast.ben, pair.ends[1], table.clock)
    await table.until(() => a.links.length + b.links.length === 2)
    await table.rest()
    const before = jam.sent.length
    const length = (id: number): number => (id % 50 === 0 ? 9000 : 100 + (id % 9) * 400)
    for (let id = 1; id <= 600; id++) a.link.send(run(id, length(id)))
    expect(jam.sent.length).toBe(before)
    await table.until(() => b.frames.length === 600)
    expect(b.frames.map((frame) => frame.type === 'run' && [frame.id, frame.bytes.length])).toEqual(
      Array.from({ length: 600 }, (__, index) => [index + 1, length(index + 1)]),
    )
    expect(jam.sent.length - before).toBeLessThan(60)
    expect(jam.sent.every((frame) => frame.length <= frameBytesMax)).toBe(true)
  })

  it('its owner is told when what waits has fallen low', async () => {
    const table = setTable()
    const { a } = await linked(table, cast.anna, cast.ben, { isSealed, wire: { bytesPerSecond: 2_000_000 } })
    for (let id = 1; id <= 20; id++) a.link.send(run(id, 60_000))
    expect(a.link.buffered).toBeGreaterThan(linkBytesHigh)
    expect(a.drains).toBe(0)
    await table.until(() => a.drains > 0 || isOver(a), 1)
    expect(a.closes).toEqual([])
    expect(a.link.buffered).toBeLessThan(linkBytesLow)
    await pass(table, 1000)
    expect(a.drains).toBe(1)
  })
})

describe('heartbeats', () => {
  it('tell the round trip and how far the clocks are apart', async () => {
    const table = setTable()
    let ahead = 5_000_000
    let ownJump = 0
    const clock: Clock = { ...table.clock, now: () => table.clock.now() + ownJump }
    const theirs: Clock = { ...table.clock, now: () => table.clock.now() + ahead }
    const pair = table.pair({ wire: { delay: 20 } })
    const a = takeUp(cast.anna, pair.ends[0], table.clock, { clock })
    const b = takeUp(cast.ben, pair.ends[1], table.clock, { clock: theirs })
    await table.until(() => a.links.length + b.links.length === 2, 1)
    expect([a.link.roundTrip, a.link.clockOffset]).toEqual([undefined, undefined])
    // the first beat of the end that is through earlier waits for the other's proof; the quicker ones count
    await pass(table, 5 * heartbeatEvery)
    expect(a.heartbeats).toBeGreaterThan(0)
    expect(a.link.roundTrip).toBeGreaterThanOrEqual(40)
    expect(a.link.roundTrip).toBeLessThan(60)
    expect(a.link.clockOffset).toBeGreaterThan(5_000_000 - 10_000)
    expect(a.link.clockOffset).toBeLessThan(5_000_000 + 10_000)
    expect(b.link.clockOffset).toBeLessThan(-5_000_000 + 10_000)
    expect(a.link.heardAt).toBeGreaterThan(table.clock.now() - (heartbeatEvery + 100) * 1000)

    const year = 365 * 86_400_000_000
    ownJump = year
    expect(a.link.clockOffset).toBeLessThan(-year + 5_020_000)
    ownJump = 0
    await pass(table, 10 * heartbeatEvery, 20)
    ahead = -year
    await pass(table, heartbeatEvery + 100, 20)
    expect(a.link.clockOffset).toBeLessThan(-year + 20_000)
    expect(isOver(a) || isOver(b)).toBe(false)
  })

  it('of an idle link keep it open for an hour', async () => {
    const table = setTable()
    const { a, b } = await linked(table, cast.anna, cast.ben, { wire: { delay: 5 } })
    await pass(table, 3_600_000, 100)
    expect([a.closes, b.closes]).toEqual([[], []])
  })

  it('that are not answered end the link in time, and not before', async () => {
    const table = setTable()
    const { a, b, pair } = await linked(table, cast.anna, cast.ben)
    await pass(table, 1000)
    pair.cut()
    await pass(table, silenceMax - 1010)
    expect([a.closes, b.closes]).toEqual([[], []])
    await pass(table, heartbeatEvery)
    expect([a.code, b.code]).toEqual(['ERR_SILENT', 'ERR_SILENT'])
    expect(a.diary).toEqual([{ code: 'ERR_SILENT', message: expect.stringContaining(cast.ben.signer.id) }])
    pair.mend()
    await pass(table, 100)
    expect([a.closes.length, b.closes.length]).toEqual([1, 1])
  })

  it('after waking up are asked for at once: a dead link ends within two seconds, a living one stays', async () => {
    const table = setTable()
    const dead = await linked(table, cast.anna, cast.ben)
    const alive = await linked(table, cast.anna, cast.ben, { wire: { delay: 300 } })
    await table.rest()
    dead.pair.cut()
    for (const { a } of [dead, alive]) a.link.probe()
    await pass(table, wakeAnswerMax - 10)
    expect([dead.a.closes, alive.a.closes]).toEqual([[], []])
    await pass(table, 20)
    expect([dead.a.code, alive.a.closes]).toEqual(['ERR_SILENT', []])
  })

  it('do not blame the other end for our own sleep', async () => {
    const table = setTable()
    let slept = 0
    const clock: Clock = { ...table.clock, monotonic: () => table.clock.monotonic() + slept }
    const { a, pair } = await linked(table, cast.anna, cast.ben, { one: { clock } })
    await table.rest()
    slept = 3_600_000
    await pass(table, 10_000)
    expect(a.closes).toEqual([])
    slept = 7_200_000
    pair.cut()
    await pass(table, heartbeatEvery + wakeAnswerMax + 10)
    expect(a.code).toBe('ERR_SILENT')
  })

  it('are answered a bounded number of times while nothing leaves', async () => {
    const table = setTable()
    const pair = table.pair()
    const jam = stuffed(pair.ends[0])
    const a = takeUp(cast.anna, jam.channel, table.clock)
    const b = takeUp(cast.ben, pair.ends[1], table.clock)
    await table.until(() => a.links.length + b.links.length === 2)
    await table.rest()
    jam.stuff()
    for (let id = 1; id <= 8; id++) a.link.send(run(id, 100_000))
    for (let round = 0; round < 40; round++) a.link.send(headsOf(100))
    const before = a.link.buffered
    for (let id = 0; id < 5000; id++) pair.ends[1].send(Uint8Array.of(4, 0x81, 1))
    await table.rest()
    expect(a.link.buffered - before).toBeLessThan(10_000)
    expect(isOver(a)).toBe(false)
  })
})
