/** RULES 20: where a channel has no fingerprints every frame after the hello is sealed, and none can be changed, left out, doubled or moved. */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LinkFrame } from '../../src/replication/contract.ts'
import { helloByte, sealedByte } from '../../src/replication/frame.ts'
import type { Cast, Meddling } from './link-fixture.ts'
import { isOver, linked, makeCast, meddle, setTable, takeUp } from './link-fixture.ts'

let cast: Cast
beforeAll(async () => {
  cast = await makeCast()
})

/** Two who are linked through somebody who begins to meddle afterwards. */
const throughMiddle = async (change: Meddling) => {
  const table = setTable()
  const left = table.pair({ isSealed: true })
  const right = table.pair({ isSealed: true })
  let isMeddling = false
  const seen: Uint8Array[] = []
  meddle(left.ends[1], right.ends[0], (frame, direction) => {
    seen.push(frame)
    return isMeddling ? change(frame, direction) : [frame]
  })
  const a = takeUp(cast.anna, left.ends[0], table.clock)
  const b = takeUp(cast.ben, right.ends[1], table.clock)
  await table.until(() => a.links.length > 0 && b.links.length > 0)
  await table.rest()
  isMeddling = true
  return { table, a, b, seen }
}

describe('a sealed link', () => {
  it('shows nothing but hellos, and carries much in order', async () => {
    const { table, a, b, seen } = await throughMiddle((frame) => [frame])
    const sent: string[] = []
    const brief = (frame: LinkFrame): string =>
      frame.type === 'run' ? `${frame.id} ${createHash('sha256').update(frame.bytes).digest('hex')}` : frame.type
    for (let id = 1; id <= 300; id++) {
      const frame: LinkFrame = { type: 'run', id, bytes: new Uint8Array((id * 7919) % 90_000).fill(id) }
      if (frame.bytes.length === 0) continue
      sent.push(brief(frame))
      a.link.send(frame)
    }
    const secret = new TextEncoder().encode('Halle 3 ist geheim')
    a.link.send({
      type: 'relay',
      id: secret,
      from: cast.anna.signer.id,
      to: cast.ben.signer.id,
      via: [],
      sealed: secret,
    })
    await table.until(() => b.frames.length === sent.length + 1)
    expect(b.frames.filter(({ type }) => type === 'run').map(brief)).toEqual(sent)
    expect([...new Set(seen.map((frame) => frame[0]))].toSorted((x, y) => (x ?? 0) - (y ?? 0))).toEqual([
      helloByte,
      sealedByte,
    ])
    expect(seen.some((frame) => Buffer.from(frame).includes(Buffer.from(secret)))).toBe(false)
    expect(seen.every((frame) => frame.length <= 65_536)).toBe(true)
  })

  it.each<[string, (frames: Uint8Array<ArrayBuffer>[]) => Uint8Array<ArrayBuffer>[]]>([
    [
      'changed by a bit',
      ([first, ...rest]) => [
        ...(first === undefined ? [] : [first.map((byte, at) => (at === 9 ? byte ^ 1 : byte))]),
        ...rest,
      ],
    ],
    ['left out', ([, ...rest]) => rest],
    ['doubled', (frames) => frames.flatMap((frame) => [frame, frame])],
    ['moved', (frames) => frames.toReversed()],
    ['cut off', (frames) => frames.map((frame) => frame.slice(0, -1))],
    ['put in', (frames) => [Uint8Array.of(sealedByte, 1, 2, 3), ...frames]],
    ['put in unsealed', (frames) => [Uint8Array.of(21, 0x81, 5), ...frames]],
  ])('is cut when a frame was %s', async (_, change) => {
    const held: Uint8Array<ArrayBuffer>[] = []
    const { table, a, b } = await throughMiddle((frame, direction) => {
      if (direction === 'b→a') return [frame]
      held.push(frame)
      return held.length === 3 ? change(held) : []
    })
    for (let id = 1; id <= 3; id++) {
      a.link.send({ type: 'sent', id })
      // what is sent in the same turn would leave as one
      await Promise.resolve()
    }
    await table.until(() => isOver(b) && isOver(a))
    expect(b.code).toBe('ERR_SEAL')
    expect(b.diary).toEqual([{ code: 'ERR_SEAL', message: expect.stringContaining(cast.anna.signer.id) }])
    expect(a.code).toBe('ERR_SEAL')
    // a false frame is never taken for a true one
    expect(b.frames.every((frame) => frame.type === 'sent' && frame.id <= 3)).toBe(true)
  })

  it('says farewell behind what was sent before', async () => {
    const table = setTable()
    const { a, b } = await linked(table, cast.anna, cast.ben, { isSealed: true })
    for (let id = 1; id <= 50; id++) a.link.send({ type: 'sent', id })
    a.link.close({ code: 'ERR_LINK_SURPLUS', message: 'There are enough links.' })
    await table.until(() => isOver(b))
    expect(b.frames).toHaveLength(50)
    expect(b.closes).toEqual([
      { code: 'ERR_LINK_SURPLUS', message: expect.stringContaining('There are enough links.') },
    ])
    expect(a.closes).toHaveLength(1)
    expect([a.diary, b.diary]).toEqual([[], []])
    await table.rest()
    expect(table.clock.waiting).toBe(0)
  })

  it('uses other keys on every connection', async () => {
    const first = await throughMiddle((frame) => [frame])
    const second = await throughMiddle((frame) => [frame])
    for (const { a, b, table } of [first, second]) {
      a.link.send({ type: 'sent', id: 1 })
      await table.until(() => b.frames.length === 1)
    }
    const texts = [first, second].map(({ seen }) => seen.map((frame) => Buffer.from(frame).toString('hex')))
    expect(texts[0]?.filter((text) => texts[1]?.includes(text))).toEqual([])
  })
})
