/** Codes that people carry between two devices: taken, damaged, late, swapped, repeated. */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { readHandCode, writeHandCode } from '../../src/replication/hand-code.ts'
import { createHandLinks } from '../../src/replication/hand-link.ts'
import type { Channel } from '../../src/transport/contract.ts'
import { createMemoryAir } from '../../src/transport/memory-radio.ts'
import { createManualClock } from '../api/manual-clock.ts'

const twoDevices = () => {
  const clock = createManualClock()
  const air = createMemoryAir({ clock })
  const device = (name: string) => {
    const radio = air.radio(name)
    const channels: { readonly channel: Channel; readonly isOutgoing: boolean }[] = []
    const hand = createHandLinks({
      radio,
      clock,
      onChannel: (channel, { isOutgoing }) => channels.push({ channel, isOutgoing }),
    })
    return { radio, channels, hand }
  }
  /** What a promise gives, the clock going on. */
  const of = async <T>(promise: Promise<T>): Promise<T> => {
    promise.catch(() => undefined)
    clock.pass(10)
    return promise
  }
  return { clock, a: device('a'), b: device('b'), of }
}
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

test('an offer, its answer, and there is a channel; the codes fit a small QR code and survive being carried', async () => {
  const { clock, a, b, of } = twoDevices()
  const offer = await of(a.hand.code())
  expect(offer).toMatch(/^AO[A-Z2-7]+$/)
  const carried = ` ${offer
    .toLowerCase()
    .match(/.{1,20}/g)!
    .join('\n')} `
  const answer = await of(b.hand.code(carried))
  expect(answer).toMatch(/^AA[A-Z2-7]+$/)
  // pasted a second time: the same answer, no second connection
  expect(await of(b.hand.code(offer))).toBe(answer)
  expect(await of(a.hand.code(answer))).toBe('')
  expect(await of(a.hand.code(answer))).toBe('')
  clock.pass(100)
  expect([a.channels, b.channels].map((channels) => channels.map(({ isOutgoing }) => isOutgoing))).toEqual([
    [true],
    [false],
  ])
  await expect(a.hand.code(answer)).rejects.toThrow(code('ERR_CODE_EXPIRED'))
  expect(clock.waiting).toBeLessThanOrEqual(2)
  // 94 bytes are the largest of the offers we have met; QR version 6 holds 195 such characters
  expect(writeHandCode({ type: 'offer', name: 'AAAAAAAAAA', signal: new Uint8Array(94) }).length).toBeLessThan(170)
})

test('wrong texts are told apart', async () => {
  const { a, b, of } = twoDevices()
  const offer = await of(a.hand.code())
  const answer = await of(b.hand.code(offer))
  const damaged = offer.slice(0, 30) + (offer[30] === 'A' ? 'B' : 'A') + offer.slice(31)
  for (const [text, sentence] of [
    ['', /no code/],
    ['hello', /no code/],
    ['https://example.org/#join', /no code/],
    [offer.slice(0, -3), /missing or wrong/],
    [damaged, /missing or wrong/],
    [`B${offer.slice(1)}`, /another version/],
    [offer.replace('AO', 'AA'), /missing or wrong/],
    ['A'.repeat(1_000_000), /too long/],
  ] as const) {
    await expect(b.hand.code(text)).rejects.toThrow(code('ERR_CODE'))
    await expect(b.hand.code(text)).rejects.toThrow(sentence)
  }
  await expect(a.hand.code(offer)).rejects.toThrow(/made here/)
  await expect(a.hand.answer(answer)).rejects.toThrow(/is an answer/)
  expect(() => a.hand.accept(offer)).toThrow(/no answer/)
  await expect(b.hand.code(answer)).rejects.toThrow(code('ERR_CODE_EXPIRED'))
  for (let i = 0; i < 300; i++)
    expect(() => readHandCode(`AO${randomBytes(60).toString('base64')}`)).toThrow(code('ERR_CODE'))
})

test('after ten minutes a code is no longer waited for, and the radio is free again', async () => {
  const { clock, a, b, of } = twoDevices()
  const answer = await of(b.hand.code(await of(a.hand.code())))
  clock.pass(599_000)
  const inTime = await of(a.hand.code())
  clock.pass(2000)
  await expect(a.hand.code(answer)).rejects.toThrow(code('ERR_CODE_EXPIRED'))
  const late = await of(b.hand.code(inTime))
  expect(await of(a.hand.code(late))).toBe('')
  clock.pass(100)
  expect([a.channels.length, b.channels.length]).toEqual([1, 1])
})

test('without a radio there is no code; the oldest of many is given up; closing ends all', async () => {
  const { clock, a, b, of } = twoDevices()
  a.radio.setReady(false)
  await expect(of(a.hand.code())).rejects.toThrow(code('ERR_NO_RADIO'))
  const offer = await of(b.hand.code())
  await expect(of(a.hand.code(offer))).rejects.toThrow(code('ERR_NO_RADIO'))
  a.radio.setReady(true)
  // the failed attempt is not what answers now
  const answer = await of(a.hand.code(offer))
  for (let i = 0; i < 4; i++) await of(b.hand.code())
  await expect(b.hand.code(answer)).rejects.toThrow(code('ERR_CODE_EXPIRED'))
  const another = await of(b.hand.code())
  const reply = await of(a.hand.code(another))
  b.hand.close()
  await expect(b.hand.code(reply)).rejects.toThrow(code('ERR_CODE_EXPIRED'))
  clock.pass(1000)
  expect([a.channels, b.channels]).toEqual([[], []])
})
