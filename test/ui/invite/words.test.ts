import { describe, expect, it } from 'vitest'
import type { InvitationStatus } from '../../../src/client/contract.ts'
import { createText } from '../../../src/ui/text.ts'
import {
  counterWords,
  createArrivals,
  invitationTitle,
  namesWords,
  patternFor,
  sortedInvitations,
  stateOf,
} from '../../../src/ui/invite/words.ts'
import { otherId, statusOf } from '../fake-scenes.ts'

const now = 1_700_000_000_000_000
const second = 1_000_000
const { devices } = statusOf('eight', now)
const [text, german] = [createText('en'), createText('de')]
const invitation = (rest: Partial<InvitationStatus> = {}): InvitationStatus => ({
  id: 'a',
  admin: otherId(6),
  role: 'member',
  uses: 3,
  admitted: [],
  expires: now + second,
  isWithdrawn: false,
  ...rest,
})

describe('an invitation', () => {
  const three = [otherId(1), otherId(2), otherId(3)]
  it('lets in until it is used up, expired or withdrawn', () => {
    expect(stateOf(invitation(), now)).toBe('open')
    expect(stateOf(invitation(), now + second)).toBe('expired')
    expect(stateOf(invitation({ admitted: three.slice(1) }), now)).toBe('open')
    expect(stateOf(invitation({ admitted: three }), now)).toBe('used')
    expect(stateOf(invitation({ admitted: [...three, otherId(4)] }), now)).toBe('used')
    expect(stateOf(invitation({ admitted: three, isWithdrawn: true }), now)).toBe('withdrawn')
  })
  it('is named after what comes in by it', () => {
    expect(invitationTitle(invitation(), devices, text)).toBe('3 devices')
    expect(invitationTitle(invitation({ uses: 1 }), devices, german)).toBe('Ein Gerät')
    expect(invitationTitle(invitation({ profile: { name: 'Line 3 – {n}' } }), devices, text)).toBe('Line 3 – …')
    expect(invitationTitle(invitation({ uses: 1, profile: { name: 'Line {n}' } }), devices, text)).toBe('Line 1')
    expect(invitationTitle(invitation({ replaces: otherId(5) }), devices, text)).toBe('In place of Warehouse')
  })
  it('stands above those that are over, the newest first', () => {
    const list = [invitation({ id: '1', isWithdrawn: true }), invitation({ id: '2' }), invitation({ id: '3' })]
    expect(sortedInvitations(list, now).map(({ id }) => id)).toEqual(['3', '2', '1'])
  })
})

describe('names', () => {
  it('tell several devices apart, whatever was typed', () => {
    expect(patternFor('  ', 20)).toBeUndefined()
    expect(patternFor(' Line  3 ', 20)).toBe('Line 3 {n}')
    expect(patternFor('Line {n} a', 20)).toBe('Line {n} a')
    expect(patternFor('Gate', 1)).toBe('Gate')
  })
  it('are shown from the first to the last', () => {
    expect(namesWords('L{n}', 20, text)).toBe('L1, L2 to L20')
    expect(namesWords('L{n}', 20, german)).toBe('L1, L2 bis L20')
    expect(namesWords('L{n}', 3, text)).toBe('L1, L2, L3')
    expect(namesWords('L{n}', 2, text)).toBe('L1, L2')
    expect(namesWords('Gate', 1, text)).toBe('Gate')
  })
})

describe('the counter', () => {
  const at = (admitted: InvitationStatus['admitted'], arrivals: ReturnType<typeof createArrivals>, time: number) =>
    counterWords({ uses: 20, admitted }, devices, { arrivals, now: time, text })
  it('says who came in last, and when where it was seen', () => {
    const arrivals = createArrivals()
    arrivals.learn([invitation({ admitted: [otherId(1)] })], now)
    expect(at([], arrivals, now)).toEqual({ count: 'Nobody is in yet', latest: '' })
    // it was in before anybody looked
    expect(at([otherId(1)], arrivals, now)).toEqual({ count: '1 of 20 are in', latest: 'the last one is Assembly 1' })
    arrivals.learn([invitation({ admitted: [otherId(1), otherId(2)] })], now + second)
    const both = [otherId(1), otherId(2)]
    expect(at(both, arrivals, now + 2 * second).latest).toBe('Assembly 2 a moment ago')
    expect(at(both, arrivals, now + 121 * second).latest).toBe('Assembly 2 2 minutes ago')
    // what is told again is not news
    arrivals.learn([invitation({ admitted: both })], now + 500 * second)
    expect(at(both, arrivals, now + 501 * second).latest).toBe('Assembly 2 8 minutes ago')
  })
  it('takes an invitation that appears later for one that began with nobody', () => {
    const arrivals = createArrivals()
    arrivals.learn([], now)
    arrivals.learn([invitation({ admitted: [otherId(3)] })], now + second)
    expect(at([otherId(3)], arrivals, now + second).latest).toBe('Shift lead a moment ago')
  })
})
