/** What cuts a link, and what both ends learn of it. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import { ShoalError } from '../../src/core/errors.ts'
import { frameBytesMax, heartbeatEvery, linkBytesHigh, linkBytesMax, notReadingMax } from '../../src/core/limits.ts'
import { pieceByte } from '../../src/replication/frame.ts'
import type { Channel } from '../../src/transport/contract.ts'
import type { Cast } from './link-fixture.ts'
import { isOver, linked, makeCast, pass, run, setTable, stuffed, takeUp } from './link-fixture.ts'

let cast: Cast
beforeAll(async () => {
  cast = await makeCast()
})

describe('a link is cut', () => {
  const established = async (options: Parameters<typeof linked>[3] = {}) => {
    const table = setTable()
    const ends = await linked(table, cast.anna, cast.ben, options)
    await table.rest()
    return { table, ...ends }
  }
  /** As the software at the other end would if it were not ours. */
  const say = (pair: { readonly ends: readonly [Channel, Channel] }, ...bytes: readonly number[]): void =>
    pair.ends[1].send(Uint8Array.from(bytes))

  it.each<[string, readonly number[]]>([
    ['garbage', [0xde, 0xad]],
    ['an empty frame', []],
    ['a frame that is cut off', [19, 0x84, 1]],
    ['a piece without a body', [pieceByte, 3]],
    ['a piece with unknown flags', [pieceByte, 9, 1, 1]],
    ['a small piece in the middle', [pieceByte, 0, 16, 0x80]],
    ['a piece that is a piece', [pieceByte, 2, pieceByte, 2, 18, 0x80]],
    ['a farewell without a code', [3, 0x80]],
    ['an empty bundle', [8]],
    ['a bundle that is cut off', [8, 2, 18, 0x80, 5, 18]],
    ['a bundle in a bundle', [8, 3, 8, 1, 18]],
  ])('for %s, and both diaries say why', async (_, bytes) => {
    const { table, a, b, pair } = await established()
    say(pair, ...bytes)
    await table.until(() => isOver(a) && isOver(b))
    expect([a.code, b.code]).toEqual(['ERR_FRAME', 'ERR_FRAME'])
    expect(a.diary).toEqual([{ code: 'ERR_FRAME', message: expect.stringContaining(cast.ben.signer.id) }])
    expect(b.diary).toEqual([{ code: 'ERR_FRAME', message: expect.stringContaining(cast.anna.signer.id) }])
    expect(a.frames.length).toBeLessThanOrEqual(1)
    await table.rest()
    expect([pair.isOpen, table.clock.waiting]).toEqual([false, 0])
  })

  it('for pieces without end, long before they fill the memory', async () => {
    const { table, a, pair } = await established()
    const piece = new Uint8Array(frameBytesMax).fill(16)
    piece.set([pieceByte, 0])
    let sent = 0
    while (!isOver(a) && sent < 1000) {
      pair.ends[1].send(piece)
      sent += 1
      table.clock.pass(0)
    }
    expect([a.code, sent < 100]).toEqual(['ERR_FRAME', true])
  })

  it('not for a frame of the next version', async () => {
    const { table, a, b, pair } = await established()
    say(pair, 70, 0xff, 0xff)
    b.link.send({ type: 'askHeads' })
    await table.until(() => a.frames.length > 0)
    expect([a.frames, a.closes]).toEqual([[{ type: 'askHeads' }], []])
  })

  it('for what its owner refuses', async () => {
    const { table, a, b } = await established({
      one: {
        onFrame: () => {
          throw new ShoalError('ERR_TOO_MANY_WANTS', 'More wants than any honest node has.')
        },
      },
    })
    b.link.send({ type: 'askHeads' })
    b.link.send({ type: 'askHeads' })
    await table.until(() => isOver(a) && isOver(b))
    expect([a.code, b.code, a.frames.length]).toEqual(['ERR_TOO_MANY_WANTS', 'ERR_TOO_MANY_WANTS', 1])
  })

  it('when a newcomer speaks as a member', async () => {
    const table = setTable()
    const { a, pair } = await linked(table, cast.anna, cast.newcomer)
    pair.ends[1].send(Uint8Array.of(18, 0x80))
    await table.until(() => isOver(a))
    expect([a.code, a.frames]).toEqual(['ERR_FRAME_NOT_ALLOWED', []])
    expect(a.diary[0]?.message).toContain(cast.newcomer.signer.id)
  })

  it('when the other end sends but never reads', async () => {
    const table = setTable()
    const pair = table.pair()
    const jam = stuffed(pair.ends[0])
    const a = takeUp(cast.anna, jam.channel, table.clock)
    // one whose time stands still does not mind that it hears nothing
    const patient: Clock = { now: table.clock.now, monotonic: () => 0, after: () => () => undefined }
    const b = takeUp(cast.ben, pair.ends[1], table.clock, { clock: patient })
    await table.until(() => a.links.length + b.links.length === 2)
    await table.rest()
    const keepTalking = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 1000) {
        pair.ends[1].send(Uint8Array.of(5, 0x82, 0, 0))
        await pass(table, 1000, 50)
      }
    }
    jam.stuff()
    a.link.send(run(1, linkBytesHigh - 20_000))
    await keepTalking(notReadingMax + 10_000)
    // little waits: nobody is harmed
    expect(a.closes).toEqual([])
    a.link.send(run(2, 100_000))
    await keepTalking(notReadingMax - 2000)
    expect(a.closes).toEqual([])
    await keepTalking(2000 + 2 * heartbeatEvery)
    expect(a.code).toBe('ERR_NOT_READING')
    expect(a.diary).toEqual([{ code: 'ERR_NOT_READING', message: expect.stringContaining(cast.ben.signer.id) }])
    expect(a.link.buffered).toBe(0)
  })

  it('when more waits for it than a device can keep', async () => {
    const { a } = await established({ wire: { bytesPerSecond: 1000 } })
    const big = run(1, 8 * 1024 * 1024)
    for (let count = 0; count < linkBytesMax / (8 * 1024 * 1024) - 1; count++) a.link.send(big)
    expect(a.closes).toEqual([])
    a.link.send(big)
    a.link.send(big)
    expect(a.code).toBe('ERR_NOT_READING')
  })

  it('when the connection breaks, without a line in the diary', async () => {
    const { a, b, pair } = await established()
    pair.break()
    expect([a.code, b.code, a.diary]).toEqual(['ERR_CHANNEL_FAILED', 'ERR_CHANNEL_FAILED', []])
    a.link.send({ type: 'askHeads' })
    a.link.probe()
    a.link.close({ code: 'ERR_LEAVING', message: '' })
    expect([a.closes.length, a.link.buffered]).toEqual([1, 0])
  })

  it('by its owner, at once for both, with the reason', async () => {
    const { table, a, b, pair } = await established()
    a.link.close({ code: 'ERR_REMOVED', message: 'This device was\u0000\nremoved.' })
    a.link.send({ type: 'askHeads' })
    await table.until(() => isOver(b))
    expect(b.closes).toEqual([{ code: 'ERR_REMOVED', message: expect.stringContaining('This device was removed.') }])
    expect(b.diary.map(({ code }) => code)).toEqual(['ERR_REMOVED'])
    expect([a.closes.length, a.diary, b.frames]).toEqual([1, [], []])
    await table.rest()
    expect([pair.isOpen, table.clock.waiting]).toEqual([false, 0])
  })

  it('by an owner who does not want it from the start', async () => {
    const table = setTable()
    const pair = table.pair()
    const reasons: string[] = []
    takeUp(cast.anna, pair.ends[0], table.clock, {
      onProven: (link) => {
        link.close({ code: 'ERR_LINK_SURPLUS', message: 'There are enough links.' })
        const nothing = (): void => undefined
        return { onFrame: nothing, onDrain: nothing, onHeartbeat: nothing, onClose: ({ code }) => reasons.push(code) }
      },
    })
    const b = takeUp(cast.ben, pair.ends[1], table.clock)
    await table.until(() => isOver(b))
    expect([b.code, b.diary, reasons]).toEqual(['ERR_LINK_SURPLUS', [], ['ERR_LINK_SURPLUS']])
  })
})
