/** RULES 20: nothing but hello and proof is answered before both have passed; what each kind of outsider gets, and what the diary says. */
import { beforeAll, describe, expect, it } from 'vitest'
import { encode } from 'cborg'
import { concatBytes } from '../../src/core/bytes.ts'
import { proofTimeMax } from '../../src/core/limits.ts'
import { byeByte, decodeFrame, helloByte, proofByte } from '../../src/replication/frame.ts'
import { decodeHello } from '../../src/replication/handshake.ts'
import type { Cast, EndOptions, Person } from './link-fixture.ts'
import { isOver, linked, makeCast, meddle, prints, rawEnd, setTable, takeUp } from './link-fixture.ts'

let cast: Cast
beforeAll(async () => {
  cast = await makeCast()
})

/** Two who meet and do not come together. The other may have believed in us before it was refused, but it got nothing. */
const refused = async (
  one: Person,
  other: Person,
  isSealed = false,
  options: EndOptions = {},
  others: EndOptions = {},
) => {
  const table = setTable()
  const pair = table.pair({ isSealed })
  const a = takeUp(one, pair.ends[0], table.clock, options)
  const b = takeUp(other, pair.ends[1], table.clock, others)
  await table.until(() => isOver(a) && isOver(b))
  await table.rest()
  expect([a.links, a.closes, a.frames, b.frames]).toEqual([[], [], [], []])
  expect([a.failures.length, b.failures.length + b.closes.length, pair.isOpen]).toEqual([1, 1, false])
  expect(table.clock.waiting).toBe(0)
  return { a, b }
}

describe.each([
  ['with fingerprints', false],
  ['sealed', true],
])('a link %s', (_, isSealed) => {
  it('opens between two members, who show who they are', async () => {
    const table = setTable()
    const { a, b } = await linked(table, cast.anna, cast.ben, { isSealed })
    expect(a.link).toMatchObject({ node: cast.ben.signer.id, isMember: true, isOutgoing: true, kind: 'memory' })
    expect(b.link).toMatchObject({ node: cast.anna.signer.id, isMember: true, isOutgoing: false })
    expect(a.claims[0]).toMatchObject({ node: cast.ben.signer.id, purpose: 'member', build: 'test 1', version: 1 })
    expect(a.claims[0]?.path).toEqual(cast.ben.path)
    expect(a.claims[0]?.entry).toMatchObject({ depth: 1 })
    a.link.send({ type: 'sent', id: 1 })
    b.link.send({ type: 'sent', id: 2 })
    await table.until(() => a.frames.length > 0 && b.frames.length > 0)
    expect([a.frames, b.frames]).toEqual([[{ type: 'sent', id: 2 }], [{ type: 'sent', id: 1 }]])
    expect([a.diary, b.diary]).toEqual([[], []])
  })

  it('opens between a newcomer and a member, for joining and nothing else', async () => {
    const table = setTable()
    const { a, b } = await linked(table, cast.newcomer, cast.ben, { isSealed })
    expect([a.link.isMember, b.link.isMember]).toEqual([true, false])
    expect(b.claims[0]).toMatchObject({ purpose: 'newcomer', entry: undefined, path: [] })
    a.link.send({ type: 'joinCommitted' })
    b.link.send({ type: 'joined', lamport: 7 })
    await table.until(() => a.frames.length > 0 && b.frames.length > 0)
    const refusal = expect.objectContaining({ code: 'ERR_FRAME_NOT_ALLOWED' })
    expect(() => a.link.send({ type: 'askHeads' })).toThrow(refusal)
    expect(() => b.link.send({ type: 'heads', full: true, heads: [] })).toThrow(refusal)
  })

  it('is refused to who shows somebody else’s admission', async () => {
    const { a, b } = await refused(cast.anna, cast.stranger, isSealed)
    expect(a.failures[0]).toMatchObject({ code: 'ERR_NOT_A_MEMBER' })
    expect(b.code).toBe('ERR_NOT_A_MEMBER')
    expect(a.diary).toEqual([{ code: 'ERR_NOT_A_MEMBER', message: expect.stringContaining(cast.stranger.signer.id) }])
    expect(b.diary.map(({ code }) => code)).toEqual(['ERR_NOT_A_MEMBER'])
  })

  it('is refused between two swarms, two newcomers, and a device and itself', async () => {
    expect((await refused(cast.anna, cast.neighbour, isSealed)).a.code).toBe('ERR_OTHER_SWARM')
    expect((await refused(cast.newcomer, cast.newcomer, isSealed)).a.code).toBe('ERR_OWN_IDENTITY')
    const other = { ...cast.stranger, purpose: 'newcomer' as const }
    expect((await refused(cast.newcomer, other, isSealed)).a.code).toBe('ERR_NOT_A_MEMBER')
    expect((await refused(cast.anna, cast.anna, isSealed)).a.code).toBe('ERR_OWN_IDENTITY')
  })

  it('is refused to another node than the one that was called', async () => {
    const { a } = await refused(cast.anna, cast.ben, isSealed, { expected: cast.stranger.signer.id })
    expect(a.code).toBe('ERR_UNEXPECTED_NODE')
  })

  it('is refused to a newcomer’s false host', async () => {
    const { a } = await refused(cast.newcomer, cast.stranger, isSealed)
    expect(a.code).toBe('ERR_NOT_A_MEMBER')
  })

  it('is refused to who signs with another key than it names', async () => {
    const thief = { ...cast.ben, signer: { id: cast.ben.signer.id, sign: cast.stranger.signer.sign } }
    const { a } = await refused(cast.anna, thief, isSealed)
    expect(a.code).toBe('ERR_PROOF')
    expect(a.diary[0]?.message).not.toContain(cast.ben.signer.id)
  })

  it('opens to the version before and after, and tells who is two versions away which side to update', async () => {
    const table = setTable()
    const { a, b } = await linked(table, cast.anna, cast.ben, {
      isSealed,
      one: { versions: [2, 1] },
      other: { versions: [3, 2] },
    })
    expect([a.claims[0]?.version, b.claims[0]?.version]).toEqual([2, 2])
    const apart = await refused(cast.anna, cast.ben, isSealed, { versions: [4, 3] }, { versions: [2, 1] })
    expect(apart.a.failures[0]).toMatchObject({ code: 'ERR_PROTOCOL_VERSION' })
    expect(apart.b.failures[0]).toMatchObject({ code: 'ERR_PROTOCOL_VERSION' })
    expect(apart.a.diary[0]?.message).toContain('on the other device')
    expect(apart.b.diary[0]?.message).toMatch(/on this device|on the older of both/)
  })

  it('is given up when the proof does not come', async () => {
    const table = setTable()
    const pair = table.pair({ isSealed })
    const a = takeUp(cast.anna, pair.ends[0], table.clock)
    const mute = rawEnd(pair.ends[1])
    await table.until(() => mute.frames.length === 1)
    table.clock.pass(proofTimeMax - 1)
    await table.rest()
    expect(a.failures).toEqual([])
    table.clock.pass(1)
    await table.until(() => isOver(a))
    await table.rest()
    expect(a.code).toBe('ERR_PROOF_TIMEOUT')
    expect(mute.frames.map((frame) => frame[0])).toEqual([helloByte, byeByte])
    expect(mute.closes).toHaveLength(1)
  })
})

describe('before the proof', () => {
  it.each<[string, readonly number[], string]>([
    ['a ping', [4, 0x81, 1], 'ERR_FRAME_BEFORE_PROOF'],
    ['heads', [16, 0x82, 0xf5, 0x80], 'ERR_FRAME_BEFORE_PROOF'],
    ['a proof without a hello', [proofByte, 0x80], 'ERR_FRAME_BEFORE_PROOF'],
    ['garbage', [0xde, 0xad, 0xbe, 0xef], 'ERR_FRAME_BEFORE_PROOF'],
    ['a hello that is none', [helloByte, 0xff], 'ERR_FRAME'],
    ['a hello with fields missing', [helloByte, 0x81, 0x81, 1], 'ERR_FRAME'],
    ['a hello of another time', [helloByte, 0x81, 0x81, 0x18, 99], 'ERR_PROTOCOL_VERSION'],
  ])('%s is not answered, but cut', async (_, bytes, code) => {
    const table = setTable()
    const pair = table.pair()
    const a = takeUp(cast.anna, pair.ends[0], table.clock)
    const b = rawEnd(pair.ends[1])
    b.send(...bytes)
    await table.until(() => isOver(a))
    await table.rest()
    expect([a.code, a.diary.map((entry) => entry.code), a.links]).toEqual([code, [code], []])
    expect(b.frames.map((frame) => frame[0])).toEqual([helloByte, byeByte])
    expect(decodeFrame(b.frames[1] ?? new Uint8Array())).toMatchObject({ type: 'bye', code })
  })

  it('what a stranger says in its farewell does not reach the diary, not even as a code', async () => {
    const table = setTable()
    const pair = table.pair()
    const a = takeUp(cast.anna, pair.ends[0], table.clock)
    rawEnd(pair.ends[1])
    pair.ends[1].send(
      concatBytes(Uint8Array.of(byeByte), encode(['ERR_CALL_0049_123_AND_PAY', 'Call +49 123 and pay.'])),
    )
    await table.until(() => isOver(a))
    expect(a.diary).toEqual([{ code: 'ERR_REFUSED', message: expect.not.stringContaining('pay') }])
  })

  it('a connection that closes fails without a line in the diary', async () => {
    const table = setTable()
    const pair = table.pair()
    const a = takeUp(cast.anna, pair.ends[0], table.clock)
    pair.ends[1].close()
    await table.until(() => isOver(a))
    expect([a.code, a.diary]).toEqual(['ERR_CHANNEL_CLOSED', []])
  })

  it('given up by its owner, nobody is told anything more', async () => {
    const table = setTable()
    const pair = table.pair()
    const a = takeUp(cast.anna, pair.ends[0], table.clock)
    a.attempt.close({ code: 'ERR_LEAVING', message: '' })
    const b = takeUp(cast.ben, pair.ends[1], table.clock)
    await table.until(() => isOver(b))
    await table.rest()
    expect([a.failures, a.links, table.clock.waiting]).toEqual([[], [], 0])
  })
})

describe('who stands between', () => {
  it('with connections of its own to both and hands everything on gets nothing', async () => {
    const table = setTable()
    const left = table.pair({ fingerprints: prints(1, 66) })
    const right = table.pair({ fingerprints: prints(66, 2) })
    const seen: (number | undefined)[] = []
    meddle(left.ends[1], right.ends[0], (frame) => {
      seen.push(frame[0])
      return [frame]
    })
    const a = takeUp(cast.anna, left.ends[0], table.clock)
    const b = takeUp(cast.ben, right.ends[1], table.clock)
    await table.until(() => isOver(a) && isOver(b))
    expect([a.links, b.links]).toEqual([[], []])
    expect([a.code, b.code]).toContain('ERR_PROOF')
    expect([...a.diary, ...b.diary].map(({ code }) => code)).toContain('ERR_PROOF')
    // and it has seen nothing but hellos, proofs and farewells
    expect(seen.filter((byte) => ![helloByte, proofByte, byeByte].includes(byte ?? -1))).toEqual([])
  })

  it('and puts its own key into sealed hellos is found out', async () => {
    const table = setTable()
    const left = table.pair({ isSealed: true })
    const right = table.pair({ isSealed: true })
    meddle(left.ends[1], right.ends[0], (frame) => {
      if (frame[0] !== helloByte) return [frame]
      const { sealKey } = decodeHello(frame, [1])
      const at = frame.findIndex((_, index) => sealKey?.every((byte, k) => frame[index + k] === byte) === true)
      return [frame.map((byte, index) => (index === at ? byte ^ 1 : byte))]
    })
    const a = takeUp(cast.anna, left.ends[0], table.clock)
    const b = takeUp(cast.ben, right.ends[1], table.clock)
    await table.until(() => isOver(a) && isOver(b))
    expect([a.links, b.links]).toEqual([[], []])
    expect([a.code, b.code]).toContain('ERR_SEAL')
  })

  it('and sends everything back to where it came from meets an own identity', async () => {
    const table = setTable()
    const pair = table.pair()
    const a = takeUp(cast.anna, pair.ends[0], table.clock)
    pair.ends[1].listen({
      onFrame: (frame) => pair.ends[1].send(frame),
      onDrain: () => undefined,
      onClose: () => undefined,
    })
    await table.until(() => isOver(a))
    expect(a.code).toBe('ERR_OWN_IDENTITY')
  })

  it('and answers with a hello of its own and our proof sent back proves nothing', async () => {
    const table = setTable()
    const pair = table.pair()
    const a = takeUp(cast.anna, pair.ends[0], table.clock)
    // its own hello, then what we signed, with the hash it must answer put in
    const other = table.pair()
    const helper = takeUp(cast.ben, other.ends[0], table.clock)
    const far = rawEnd(other.ends[1])
    await table.until(() => far.frames.length > 0)
    const b = rawEnd(pair.ends[1])
    pair.ends[1].send(far.frames[0] ?? new Uint8Array())
    await table.until(() => b.frames.some((frame) => frame[0] === proofByte))
    const ours = b.frames.find((frame) => frame[0] === proofByte) ?? new Uint8Array()
    pair.ends[1].send(ours)
    await table.until(() => isOver(a))
    expect([a.code, a.links]).toEqual(['ERR_PROOF', []])
    helper.attempt.close({ code: 'ERR_LEAVING', message: '' })
  })

  it('and repeats a whole earlier exchange is not believed', async () => {
    const table = setTable()
    const first = table.pair()
    const second = table.pair()
    const recorded: Uint8Array<ArrayBuffer>[] = []
    meddle(first.ends[1], second.ends[0], (frame, direction) => {
      if (direction === 'b→a') recorded.push(frame)
      return [frame]
    })
    const a = takeUp(cast.anna, first.ends[0], table.clock)
    const b = takeUp(cast.ben, second.ends[1], table.clock)
    await table.until(() => a.links.length + b.links.length === 2)
    const again = table.pair()
    const victim = takeUp(cast.anna, again.ends[0], table.clock)
    for (const frame of recorded.slice(0, 2)) again.ends[1].send(frame)
    await table.until(() => isOver(victim))
    expect([victim.code, victim.links]).toEqual(['ERR_PROOF', []])
  })
})
