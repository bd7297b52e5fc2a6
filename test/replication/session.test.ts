/** One link's state machine: what goes in, what comes out. */
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { ShoalError } from '../../src/core/errors.ts'
import type { NodeId, StreamId } from '../../src/core/event.ts'
import {
  answerBytes,
  headsAnswerEvery,
  headsMax,
  linkBytesHigh,
  linkRestTime,
  rawBytesMax,
  streamsPerNodeMax,
  wantBytesMin,
  wantSilenceMax,
  wantTimeMax,
  wantsQueuedMax,
} from '../../src/core/limits.ts'
import { cryptBase64, streamOf } from '../../src/core/node-id.ts'
import type { RunRecord, RunSketch } from '../../src/log/contract.ts'
import type { MemberFrame, StreamHead } from '../../src/replication/contract.ts'
import type { Session, SessionEffect } from '../../src/replication/session.ts'
import { createSession, step } from '../../src/replication/session.ts'

const nodeOf = (number: number): NodeId => cryptBase64(new Uint8Array(32).fill(number)) as NodeId
const stream = streamOf(nodeOf(1), 0)
const other = streamOf(nodeOf(2), 0)
const chain = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
const head = (of: StreamId, count: number, more: Partial<StreamHead> = {}): StreamHead => ({
  stream: of,
  from: 0,
  count,
  sealedTo: 0,
  chain: chain(count),
  ...more,
})
const record = (from: number, count: number, size = 100): RunRecord => ({
  stream,
  from,
  count,
  bytes: new Uint8Array(size),
})
const sketch = (from: number, count: number, of = stream): RunSketch => ({
  stream: of,
  from,
  count,
  isSealed: false,
  chainAfter: chain(from + count),
})

let session: Session
let now: number
beforeEach(() => {
  now = 1000
  session = createSession(now)
})

const frame = (given: MemberFrame, of?: RunSketch): readonly SessionEffect[] =>
  step(session, { type: 'frame', frame: given, now, sketch: of })
const want = (id: number, from = 0, bytes = 1000): readonly SessionEffect[] =>
  frame({ type: 'want', id, stream, from, bytes })
const read = (id: number, runs: readonly RunRecord[], known = 100, buffered = 0): readonly SessionEffect[] =>
  step(session, { type: 'read', id, runs, head: known, buffered })
const ask = (bytes = 1000): readonly SessionEffect[] =>
  step(session, { type: 'ask', stream, from: 0, bytes, purpose: 'events', now })
const tick = (bytesReceived = 0): readonly SessionEffect[] => step(session, { type: 'tick', now, bytesReceived })
const sent = (effects: readonly SessionEffect[]): string[] =>
  effects.flatMap((effect) =>
    effect.type === 'send'
      ? [`${effect.frame.type}${'id' in effect.frame ? ` ${String(effect.frame.id)}` : ''} ${effect.lane}`]
      : [],
  )

describe('their heads', () => {
  it('are kept, told once, and whole ones forget what they do not name', () => {
    const heads = [head(stream, 3), head(other, 4)]
    expect(frame({ type: 'heads', full: true, heads })).toEqual([{ type: 'told', streams: [stream, other] }])
    expect(frame({ type: 'heads', full: false, heads })).toEqual([])
    expect(frame({ type: 'heads', full: false, heads: [head(other, 5)] })).toEqual([{ type: 'told', streams: [other] }])
    frame({ type: 'heads', full: true, heads: [head(other, 5)] })
    expect([...session.theirs.all.keys()]).toEqual([other])
  })

  it('the digest is that of what was told, in any order; another one asks, once a second', () => {
    frame({ type: 'heads', full: true, heads: [head(stream, 3), head(other, 4)] })
    const same = createSession(0)
    step(same, { type: 'frame', frame: { type: 'heads', full: false, heads: [head(other, 9)] }, now })
    step(same, { type: 'frame', frame: { type: 'heads', full: true, heads: [head(other, 4), head(stream, 3)] }, now })
    const digest = same.theirs.digest()
    expect(frame({ type: 'headsDigest', digest })).toEqual([])
    frame({ type: 'heads', full: false, heads: [head(stream, 4)] })
    expect(sent(frame({ type: 'headsDigest', digest }))).toEqual(['askHeads control'])
    expect(frame({ type: 'headsDigest', digest })).toEqual([])
    now += headsAnswerEvery
    expect(sent(frame({ type: 'headsDigest', digest }))).toEqual(['askHeads control'])
  })

  it('whoever has told nothing yet is asked', () => {
    expect(sent(frame({ type: 'headsDigest', digest: session.theirs.digest() }))).toEqual(['askHeads control'])
  })

  it('are passed over, and runs as well, of streams that nobody keeps of one author', () => {
    const beyond = streamOf(nodeOf(3), streamsPerNodeMax)
    const told = [head(stream, 4), head(beyond, 4)]
    expect(frame({ type: 'heads', full: true, heads: told })).toEqual([{ type: 'told', streams: [stream] }])
    expect(frame({ type: 'run', id: 0, bytes: new Uint8Array(9) }, sketch(0, 5, beyond))).toEqual([])
    expect([...session.theirs.all.keys()]).toEqual([stream])
  })

  it('are bounded', () => {
    const authorOf = (number: number): NodeId => {
      const key = new Uint8Array(32)
      new DataView(key.buffer).setUint32(0, number)
      return cryptBase64(key) as NodeId
    }
    const heads = Array.from({ length: streamsPerNodeMax }, (_, number) => number)
    const tell = (author: number): unknown =>
      frame({ type: 'heads', full: false, heads: heads.map((number) => head(streamOf(authorOf(author), number), 1)) })
    const flood = (): void => {
      for (let author = 0; author <= headsMax / streamsPerNodeMax; author++) tell(author)
    }
    expect(flood).toThrow(expect.objectContaining({ code: 'ERR_TOO_MANY_HEADS' }))
  })

  it('ours are told when asked for, not more than once a second, but then all the same', () => {
    expect(frame({ type: 'askHeads' })).toEqual([{ type: 'tellHeads' }])
    expect(frame({ type: 'askHeads' })).toEqual([])
    now += headsAnswerEvery
    expect(tick()).toEqual([{ type: 'tellHeads' }])
    expect(tick()).toEqual([])
  })
})

describe('what they want', () => {
  it('is read in parts and sent verbatim until it is enough', () => {
    expect(want(7, 5, 2 * answerBytes)).toEqual([{ type: 'read', id: 7, stream, from: 5, bytes: answerBytes }])
    const effects = read(7, [record(0, 10, 200_000), record(10, 10, 100_000)])
    expect(sent(effects)).toEqual(['run 7 bulk', 'run 7 bulk'])
    expect(effects.at(-1)).toMatchObject({ type: 'read', from: 20, bytes: 2 * answerBytes - 300_000 })
    expect(sent(read(7, [record(20, 10, 300_000)]))).toEqual(['run 7 bulk', 'sent 7 bulk'])
  })

  it('ends where the stream does; nothing at all is answered as well', () => {
    want(1)
    expect(sent(read(1, [record(0, 10)], 10))).toEqual(['run 1 control', 'sent 1 control'])
    want(2)
    expect(sent(read(2, [], 0))).toEqual(['sent 2 control'])
  })

  it('little and fresh overtakes, much does not', () => {
    want(1, 0, wantBytesMin)
    expect(sent(read(1, [record(0, 1)], 1))).toEqual(['run 1 control', 'sent 1 control'])
    want(2, 0, wantBytesMin + 1)
    expect(sent(read(2, [record(0, 1)], 1))).toEqual(['run 2 bulk', 'sent 2 bulk'])
  })

  it('one after the other', () => {
    want(1)
    expect(want(2)).toEqual([])
    expect(read(1, [record(0, 100)]).at(-1)).toMatchObject({ type: 'read', id: 2 })
  })

  it('waits while the link is full, and goes on when it has drained', () => {
    want(1, 0, 10_000_000)
    expect(read(1, [record(0, 10, 200_000)], 100, linkBytesHigh - 100_000).some(({ type }) => type === 'read')).toBe(
      false,
    )
    expect(step(session, { type: 'drained' })).toEqual([{ type: 'read', id: 1, stream, from: 10, bytes: answerBytes }])
    expect(step(session, { type: 'drained' })).toEqual([])
  })

  it('is bounded', () => {
    for (let id = 1; id <= wantsQueuedMax + 1; id++) want(id)
    expect(() => want(99)).toThrow(expect.objectContaining({ code: 'ERR_TOO_MANY_WANTS' }))
  })

  it('what was read for a want that is over is not sent', () => {
    expect(read(3, [record(0, 1)])).toEqual([])
  })
})

describe('what we want', () => {
  const run = (id: number, from: number, count: number, size = 100, of = stream) =>
    frame({ type: 'run', id, bytes: new Uint8Array(size) }, sketch(from, count, of))

  it('is asked for, gathered, and over', () => {
    expect(ask()).toEqual([
      { type: 'send', frame: { type: 'want', id: 1, stream, from: 0, bytes: 1000 }, lane: 'control' },
    ])
    expect(session.wantedBytes).toBe(1000)
    expect(run(1, 0, 10, 300)).toMatchObject([{ type: 'gather', asked: { id: 1, runs: 1 } }])
    expect(session.wantedBytes).toBe(700)
    run(1, 10, 10, 5000)
    expect(session.wantedBytes).toBe(0)
    expect(frame({ type: 'sent', id: 1 })).toMatchObject([{ type: 'over', asked: { runs: 2 } }])
    expect([session.wantedBytes, session.asked.size]).toEqual([0, 0])
    expect(frame({ type: 'sent', id: 1 })).toEqual([])
  })

  it('a run of another stream, or far more than was asked for, is no answer', () => {
    ask()
    expect(() => run(1, 0, 1, 100, other)).toThrow(expect.objectContaining({ code: 'ERR_WRONG_RUN' }))
    expect(() => {
      for (let round = 0; round < 20; round++) run(1, round, 1, rawBytesMax / 8)
    }).toThrow(expect.objectContaining({ code: 'ERR_WRONG_RUN' }))
    expect(() => frame({ type: 'run', id: 1, bytes: new Uint8Array(9) })).toThrow(
      expect.objectContaining({ code: 'ERR_MALFORMED' }),
    )
  })

  it('silence gives it up and lets the link rest; a trickle of bytes holds it for a minute', () => {
    ask()
    ask()
    now += wantSilenceMax - 1
    expect(tick()).toEqual([])
    now += 1
    expect(tick()).toMatchObject([{ type: 'over' }, { type: 'over' }])
    expect([session.wantedBytes, session.restsUntil]).toEqual([0, now + linkRestTime])
    ask()
    const began = now
    for (let received = 0; session.asked.size > 0; received += 5000) {
      now += 1000
      tick(received)
    }
    expect(now - began).toBe(wantTimeMax)
  })

  it('what comes too late is gathered all the same', () => {
    ask()
    now += wantSilenceMax
    tick()
    expect(run(1, 0, 1)).toMatchObject([{ type: 'gather', asked: undefined }])
  })

  it('a run sent unasked tells the head of its sender', () => {
    frame({ type: 'heads', full: true, heads: [head(stream, 3, { sealedTo: 2 })] })
    expect(run(0, 3, 2)).toMatchObject([
      { type: 'gather', asked: undefined },
      { type: 'told', streams: [stream] },
    ])
    expect(session.theirs.get(stream)).toEqual(head(stream, 5, { sealedTo: 2 }))
    expect(run(0, 3, 2)).toMatchObject([{ type: 'gather' }])
    run(0, 0, 4, 10, other)
    expect(session.theirs.get(other)).toEqual(head(other, 4))
  })
})

describe('whatever comes', () => {
  const anyFrame: fc.Arbitrary<MemberFrame> = fc.oneof(
    fc.record({
      type: fc.constant('want' as const),
      id: fc.nat(9),
      stream: fc.constantFrom(stream, other),
      from: fc.nat(),
      bytes: fc.nat(),
    }),
    fc.record({
      type: fc.constant('run' as const),
      id: fc.nat(9),
      bytes: fc.uint8Array({ maxLength: 50 }),
    }),
    fc.record({ type: fc.constant('sent' as const), id: fc.nat(9) }),
    fc.record({ type: fc.constant('headsDigest' as const), digest: fc.constant(chain(1)) }),
    fc.constant({ type: 'askHeads' as const }),
    fc.record({
      type: fc.constant('heads' as const),
      full: fc.boolean(),
      heads: fc.array(fc.constantFrom(head(stream, 9), head(other, 2 ** 52))),
    }),
  )
  type Move = { frame: MemberFrame } | { ask: number } | { readonly wait: number } | { read: number } | { drain: true }
  const move: fc.Arbitrary<Move> = fc.oneof(
    { weight: 5, arbitrary: anyFrame.map((given) => ({ frame: given })) },
    fc.nat(3_000_000).map((bytes) => ({ ask: bytes })),
    fc.nat(20_000).map((ms) => ({ wait: ms })),
    { weight: 3, arbitrary: fc.nat(5).map((runs) => ({ read: runs })) },
    fc.constant({ drain: true as const }),
  )

  it('throws nothing but codes, counts what it wants right, reads for one want at a time', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
        const mine = createSession(0)
        let time = 0
        let reading: number | undefined
        const take = (effects: readonly SessionEffect[]): void => {
          for (const effect of effects) {
            if (effect.type !== 'read') continue
            if (reading !== undefined || effect.bytes <= 0) throw new Error('reads twice, or nothing')
            reading = effect.id
          }
        }
        for (const one of moves) {
          try {
            if ('frame' in one) {
              take(step(mine, { type: 'frame', frame: one.frame, now: time, sketch: sketch(0, 5) }))
            } else if ('ask' in one) {
              take(step(mine, { type: 'ask', stream, from: 0, bytes: one.ask, purpose: 'events', now: time }))
            } else if ('wait' in one) {
              time += one.wait
              take(step(mine, { type: 'tick', now: time, bytesReceived: 0 }))
            } else if ('drain' in one) take(step(mine, { type: 'drained' }))
            else if (reading !== undefined) {
              const id = reading
              reading = undefined
              const runs = Array.from({ length: one.read }, (_, index) => record(index, 1))
              take(step(mine, { type: 'read', id, runs, head: 1000, buffered: one.read === 4 ? linkBytesHigh : 0 }))
            }
          } catch (error) {
            if (error instanceof ShoalError) return
            throw error
          }
          const left = [...mine.asked.values()].reduce(
            (sum, { bytes, received }) => sum + Math.max(0, bytes - received),
            0,
          )
          expect(mine.wantedBytes).toBe(left)
        }
      }),
      { numRuns: 400 },
    )
  })
})
