/** Every frame comes back as it went; whatever else comes is refused with one code, or passed over. */
import * as fc from 'fast-check'
import { encode } from 'cborg'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/core/bytes.ts'
import { ShoalError } from '../../src/core/errors.ts'
import { nodeIdFromBytes, streamOf } from '../../src/core/node-id.ts'
import type { WireFrame } from '../../src/replication/frame.ts'
import { controlBytesMax, decodeFrame, encodeFrame, laterFirst, laterLast } from '../../src/replication/frame.ts'

const sized = (least: number, most = least) =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((made) => new Uint8Array(made))
const natural = fc.oneof(fc.nat(300), fc.maxSafeNat())
const node = sized(32).map(nodeIdFromBytes)
const stream = fc.tuple(node, natural).map(([id, number]) => streamOf(id, number))
const word = fc.string({ unit: 'grapheme', maxLength: 40 })
const code = fc.constantFrom('ERR_TICKET_SPENT', 'ERR_X1')
const some = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 5 })
const type = <T extends string>(name: T) => fc.constant(name)

const head = fc
  .record({ stream, at: fc.array(natural, { minLength: 3, maxLength: 3 }), chain: sized(32) })
  .map(({ stream: of, at, chain }) => {
    const [from = 0, sealedTo = 0, count = 0] = at.toSorted((a, b) => a - b)
    return { stream: of, from, count, sealedTo, chain }
  })
const vector = fc.record({
  node,
  seq: natural,
  lamport: natural,
  time: natural,
  base: fc.option(natural, { nil: undefined }),
  map: some(fc.tuple(stream, natural)),
  mapHash: sized(32),
  signature: sized(64),
})

const frame: fc.Arbitrary<WireFrame> = fc.oneof(
  fc.record({ type: type('heads'), full: fc.boolean(), heads: some(head) }),
  fc.record({ type: type('headsDigest'), digest: sized(32) }),
  fc.record({ type: type('askHeads') }),
  fc.record({ type: type('want'), id: natural, stream, from: natural, bytes: natural }),
  fc.record({ type: type('run'), id: natural, bytes: sized(1, 2000) }),
  fc.record({ type: type('sent'), id: natural }),
  fc.record({ type: type('askAdmissions'), nodes: some(node) }),
  fc.record({ type: type('admissions'), admissions: some(sized(1, 700)) }),
  fc.record({ type: type('vectorHeads'), seqs: some(fc.tuple(node, natural)) }),
  fc.record({ type: type('vectors'), vectors: some(vector) }),
  fc.record({ type: type('neighbours'), nodes: some(node), open: fc.boolean() }),
  fc.record({ type: type('relay'), id: sized(16), from: node, to: node, via: some(node), sealed: sized(0, 900) }),
  fc.record({
    type: type('joinRequest'),
    claim: sized(64),
    ticket: sized(1, 400),
    boxKey: sized(32),
    displayName: word,
  }),
  fc.record({
    type: type('joinOffer'),
    admissions: some(sized(1, 700)),
    swarmKey: sized(32),
    keyEpoch: natural,
    swarmName: word,
    stations: some(fc.webUrl()),
  }),
  fc.record({
    type: type('joinOffer'),
    admissions: some(sized(1, 700)),
    swarmKey: sized(32),
    keyEpoch: natural,
    swarmName: word,
    stations: some(fc.webUrl()),
    number: natural,
  }),
  fc.record({ type: type('joinCommitted') }),
  fc.record({ type: type('joined'), lamport: natural }),
  fc.record({ type: type('joinRefused'), code, message: word }),
  fc.record({ type: type('renewRequest'), renewal: sized(1, 400), admissions: some(sized(1, 700)) }),
  fc.record({ type: type('ping'), id: natural }),
  fc.record({ type: type('pong'), id: natural, time: natural }),
  fc.record({ type: type('bye'), code, message: word }),
)

/** What came of it: a frame, nothing (of the next version), or the only error there may be. */
const outcome = (bytes: Uint8Array<ArrayBuffer>): string => {
  try {
    return decodeFrame(bytes)?.type ?? 'passed over'
  } catch (error) {
    if (error instanceof ShoalError && error.code === 'ERR_FRAME') return 'refused'
    throw error
  }
}

describe('frames', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(frame, (sent) => {
        expect(decodeFrame(encodeFrame(sent))).toEqual(sent)
      }),
      { numRuns: 1000 },
    )
  })

  it('of random bytes are refused with ERR_FRAME', () => {
    const byte = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.nat(255))
    fc.assert(
      fc.property(byte, sized(0, 80), (first, rest) => {
        expect(outcome(concatBytes(Uint8Array.of(first), rest))).toBeTypeOf('string')
      }),
      { numRuns: 3000 },
    )
  })

  it('that were changed on the way are read, or refused with ERR_FRAME', () => {
    const change = fc.record({ at: fc.nat(), to: fc.nat(255), cut: fc.boolean() })
    fc.assert(
      fc.property(frame, fc.array(change, { minLength: 1, maxLength: 3 }), (sent, changes) => {
        let bytes = encodeFrame(sent)
        for (const { at, to, cut } of changes) {
          const place = at % Math.max(1, bytes.length)
          bytes = cut ? bytes.slice(0, place) : bytes.map((byte, index) => (index === place ? to : byte))
        }
        expect(outcome(bytes)).toBeTypeOf('string')
      }),
      { numRuns: 3000 },
    )
  })

  it('with fields of a later version behind the known ones are read', () => {
    const later = concatBytes(Uint8Array.of(21), encode([7, 'later']))
    expect(decodeFrame(later)).toEqual({ type: 'sent', id: 7 })
  })

  it('of types kept for the next version are passed over, others are refused', () => {
    expect(outcome(Uint8Array.of(laterFirst, 0xff))).toBe('passed over')
    expect(outcome(Uint8Array.of(laterLast))).toBe('passed over')
    for (const byte of [0, 1, 2, 6, 7, 28, 63, 96, 255]) expect(outcome(Uint8Array.of(byte, 0x80))).toBe('refused')
  })

  it.each<[string, number, unknown]>([
    ['a negative number', 21, [-1]],
    ['a fraction', 21, [1.5]],
    ['a number beyond 2^53', 21, [2n ** 60n]],
    ['a map', 21, [{ id: 1 }]],
    ['no array', 21, 7],
    ['too few fields', 19, [1]],
    ['a head that begins behind its end', 16, [true, [[new Uint8Array(33), 5, 4, 0, new Uint8Array(32)]]]],
    ['a stream number with leading zeros', 19, [1, concatBytes(new Uint8Array(32), Uint8Array.of(0x80, 0)), 0, 1]],
    ['a short node id', 22, [[new Uint8Array(31)]]],
    ['an odd map', 24, [[new Uint8Array(32)]]],
    ['a code that is a sentence', 36, ['format your disk', '']],
    ['a long farewell', 3, ['ERR_X', 'x'.repeat(400)]],
    [
      'a signal larger than any',
      27,
      [Uint8Array.of(1), new Uint8Array(32), new Uint8Array(32), [], new Uint8Array(18_000)],
    ],
  ])('with %s are refused', (_, byte, fields) => {
    expect(outcome(concatBytes(Uint8Array.of(byte), encode(fields)))).toBe('refused')
  })

  it('nested a thousand deep, announcing a billion items, or cut off, are refused and not built', () => {
    const nested = new Uint8Array(1000).fill(0x81)
    nested[0] = 16
    expect(outcome(nested)).toBe('refused')
    expect(outcome(Uint8Array.of(16, 0x9a, 0x3b, 0x9a, 0xca, 0x00))).toBe('refused')
    expect(outcome(Uint8Array.of(16, 0x82, 0xf5, 0x9b, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))).toBe('refused')
    // lengths not in their shortest form, and of unknown length
    expect(outcome(Uint8Array.of(21, 0x98, 1, 1))).toBe('refused')
    expect(outcome(Uint8Array.of(21, 0x9f, 1, 0xff))).toBe('refused')
    const many = encode([Array.from({ length: 600_000 }, () => 0)])
    expect(outcome(concatBytes(Uint8Array.of(22), many))).toBe('refused')
  })

  it('too large for the other end are refused by who would send them', () => {
    const admissions = Array.from({ length: controlBytesMax / 4096 + 1 }, () => new Uint8Array(4096))
    expect(() => encodeFrame({ type: 'admissions', admissions })).toThrow(
      expect.objectContaining({ code: 'ERR_FRAME_SIZE' }),
    )
    expect(outcome(new Uint8Array(controlBytesMax + 1).fill(21))).toBe('refused')
  })

  it('a farewell with a code that is none is one all the same', () => {
    const sent = encodeFrame({ type: 'bye', code: 'out of words', message: 'x'.repeat(1000) })
    expect(decodeFrame(sent)).toEqual({ type: 'bye', code: 'ERR_UNNAMED', message: 'x'.repeat(300) })
  })

  it('a run is read without copying it', () => {
    const bytes = encodeFrame({ type: 'run', id: 300, bytes: new Uint8Array(1000).fill(9) })
    const read = decodeFrame(bytes)
    expect(read?.type === 'run' && read.bytes.buffer === bytes.buffer).toBe(true)
  })
})
