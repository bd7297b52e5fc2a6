/** Heads of very many streams: in parts, each small enough for one frame. */
import { expect, it } from 'vitest'
import type { NodeId, StreamId } from '../../src/core/event.ts'
import { headsPerFrame } from '../../src/core/limits.ts'
import { nodeIdFromBytes, streamOf } from '../../src/core/node-id.ts'
import type { Head } from '../../src/log/contract.ts'
import { createAnnouncements } from '../../src/replication/announcements.ts'
import type { Link, MemberFrame } from '../../src/replication/contract.ts'
import { decodeFrame, encodeFrame } from '../../src/replication/frame.ts'
import { createSession, step } from '../../src/replication/session.ts'
import { createManualClock } from '../api/manual-clock.ts'
import { start } from '../log/fixture.ts'

const frameBytesMax = 4 * 1024 * 1024
const count = 2 * headsPerFrame + 100

it('all are told and known, none of them in a frame that closes the link', () => {
  const node = (index: number): NodeId =>
    nodeIdFromBytes(Uint8Array.from({ length: 32 }, (_, at) => (index >> (8 * (at % 4))) & 0xff))
  const heads = new Map<StreamId, Head>()
  for (let index = 0; index < count; index++) {
    const chain = Uint8Array.from({ length: 32 }, (_, at) => (index >> (8 * (at % 4))) & 0xff)
    heads.set(streamOf(node(index >> 7), index & 127), { from: 0, count: 2 ** 40 + index, sealedTo: 2 ** 40, chain })
  }
  const log = { head: (stream: StreamId) => heads.get(stream), heads: () => heads, originOf: () => undefined }
  const clock = createManualClock(start)
  const told: MemberFrame[] = []
  const sizes: number[] = []
  const link = {
    buffered: 0,
    send: (frame: MemberFrame) => {
      const bytes = encodeFrame(frame)
      sizes.push(bytes.length)
      told.push(decodeFrame(bytes) as MemberFrame)
    },
  } as unknown as Link
  const sessions = new Map([[link, createSession(0)]])
  const announcements = createAnnouncements({ log, clock, sessions })
  const there = createSession(0)
  const take = (): void => {
    for (const frame of told.splice(0)) step(there, { type: 'frame', frame, now: 0 })
  }
  announcements.tellAll(link)
  take()
  expect(sizes.length).toBeGreaterThan(1)
  expect(Math.max(...sizes)).toBeLessThan(frameBytesMax / 2)
  expect(there.theirs.size).toBe(count)
  // told again it is the same, and what is gone is forgotten
  const [gone = '' as StreamId] = heads.keys()
  heads.delete(gone)
  for (const [stream, head] of heads) heads.set(stream, { ...head, count: head.count + 1 })
  announcements.tellAll(link)
  take()
  expect(there.theirs.size).toBe(count - 1)
  expect(there.theirs.get(gone)).toBeUndefined()
  announcements.stored({ streams: new Set(heads.keys()), appended: [] })
  sizes.length = 0
  clock.pass(1000)
  clock.pass(10_000)
  take()
  expect(Math.max(0, ...sizes)).toBeLessThan(frameBytesMax / 2)
  const digest = there.theirs.digest()
  announcements.tellDigest()
  expect(told).toEqual([{ type: 'headsDigest', digest }])
})
