import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareEvents, createCalls, foldCall } from '../../../src/apps/andon/calls.ts'
import type { AndonEvent, AndonType } from '../../../src/apps/andon/events.ts'
import { andonTypes, machineName, newAndonEvent, readAndonEvent } from '../../../src/apps/andon/events.ts'
import type { EventItem } from '../../../src/client/contract.ts'

const event = (type: AndonType, by: string, lamport: number, call = 'call-0001'): AndonEvent => ({
  type,
  call,
  machine: 'Press 2',
  by,
  at: 1_000_000 * lamport,
  lamport,
  stream: `${by}-0`,
  offset: lamport,
})
const fold = (...events: AndonEvent[]) => {
  const calls = createCalls()
  for (const one of events) calls.add(one)
  return calls.list()[0]
}

describe('a call', () => {
  it('is open, taken, resolved', () => {
    const [called, taken, resolved] = [event('called', 'a', 1), event('taken', 'b', 3), event('resolved', 'b', 4)]
    expect(fold(called)).toMatchObject({ state: 'open', machine: 'Press 2', called: { by: 'a', at: 1_000_000 } })
    expect(fold(called, taken)).toMatchObject({ state: 'taken', taken: { by: 'b', at: 3_000_000 } })
    expect(fold(called, taken, resolved)).toMatchObject({ state: 'resolved', ended: { by: 'b' }, taken: { by: 'b' } })
  })
  it('goes to the first of two takers by the order of events, and the other is known', () => {
    const called = event('called', 'a', 1)
    const [late, first] = [event('taken', 'c', 2), event('taken', 'b', 2)]
    expect(fold(called, late)).toMatchObject({ taken: { by: 'c' }, lateTakers: [] })
    expect(fold(called, late, first)).toMatchObject({ taken: { by: 'b' }, lateTakers: ['c'] })
  })
  it('that was taken when it was over tells the taker', () => {
    const over = fold(event('called', 'a', 1), event('cancelled', 'a', 2), event('taken', 'b', 3))
    expect(over).toMatchObject({ state: 'cancelled', lateTakers: ['b'] })
    expect(over?.taken).toBeUndefined()
  })
  it('is cancelled by its caller only', () => {
    expect(fold(event('called', 'a', 1), event('cancelled', 'b', 2))?.state).toBe('open')
    expect(fold(event('called', 'a', 1), event('cancelled', 'a', 2))?.state).toBe('cancelled')
  })
  it('counts each screen once, and not the caller', () => {
    const seen = fold(
      event('called', 'a', 1),
      event('seen', 'a', 2),
      event('seen', 'b', 3),
      event('seen', 'b', 4),
      event('seen', 'c', 5),
    )
    expect(seen?.seenBy).toEqual(['b', 'c'])
  })
  it('is not there before its first word', () => {
    expect(fold(event('seen', 'b', 2))).toBeUndefined()
    expect(fold(event('seen', 'b', 2), event('called', 'a', 1))).toMatchObject({ seenBy: ['b'] })
  })
})

describe('the order of arrival', () => {
  const events = fc.uniqueArray(
    fc.record({
      type: fc.constantFrom(...andonTypes),
      by: fc.constantFrom('a', 'b', 'c', 'd'),
      lamport: fc.integer({ min: 1, max: 12 }),
      call: fc.constantFrom('call-0001', 'call-0002'),
    }),
    { maxLength: 40, selector: ({ by, lamport }) => `${by}/${lamport}` },
  )
  it('changes nothing, nor does hearing twice', () => {
    fc.assert(
      fc.property(
        events.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        fc.nat(),
        ([list, shuffled], again) => {
          const made = list.map(({ type, by, lamport, call }) => event(type, by, lamport, call))
          const arriving = shuffled.map(({ type, by, lamport, call }) => event(type, by, lamport, call))
          const calls = createCalls()
          for (const one of arriving) expect(calls.add(one)).toBe(true)
          const twice = arriving[again % Math.max(1, arriving.length)]
          expect(twice !== undefined && calls.add(twice)).toBe(false)
          const ordered = made.toSorted(compareEvents)
          for (const id of ['call-0001', 'call-0002'])
            expect(calls.get(id)).toEqual(foldCall(ordered.filter((one) => one.call === id)))
        },
      ),
    )
  })
  it('never gives a call two takers, and a taker who is late is not the taker', () => {
    fc.assert(
      fc.property(events, (list) => {
        const calls = createCalls()
        for (const { type, by, lamport, call } of list) calls.add(event(type, by, lamport, call))
        for (const call of calls.list()) {
          expect(call.lateTakers).not.toContain(call.taken?.by)
          expect(new Set(call.seenBy).size).toBe(call.seenBy.length)
          expect(call.ended !== undefined).toBe(call.state === 'resolved' || call.state === 'cancelled')
        }
      }),
    )
  })
})

describe('an event of Andon', () => {
  const item = (payload: unknown): EventItem =>
    ({
      type: 'event',
      lamport: 7,
      stream: 'node-id-0',
      offset: 3,
      timestamp: 5,
      tags: ['andon'],
      payload,
    }) as unknown as EventItem
  it('is read back as it was made', () => {
    const { payload, tags } = newAndonEvent('called', 'call-0001', 'Press 2', 'material')
    expect(tags).toEqual(['andon', 'andon:call-0001', 'machine:Press 2'])
    expect(readAndonEvent(item(payload))).toMatchObject({
      type: 'called',
      call: 'call-0001',
      machine: 'Press 2',
      what: 'material',
      by: 'node-id',
      at: 5,
      lamport: 7,
    })
  })
  it('is nothing when it is something else', () => {
    const good = { type: 'called', call: 'call-0001', machine: 'Press 2' }
    const odd = [null, [], 'called', {}, { ...good, type: 'other' }, { ...good, call: '' }, { ...good, call: 7 }]
    for (const payload of [...odd, { ...good, machine: '' }, { ...good, machine: 'x'.repeat(61) }])
      expect(readAndonEvent(item(payload))).toBeUndefined()
    expect(readAndonEvent(item({ ...good, what: { a: 1 } }))).not.toHaveProperty('what')
  })
  it('names a machine as one would write it', () => {
    expect(machineName('  Press \n 2 ')).toBe('Press 2')
    expect(machineName('x'.repeat(99)).length).toBe(60)
  })
})
