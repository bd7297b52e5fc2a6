import { expect, it } from 'vitest'
import type { Call } from '../../../src/apps/andon/calls.ts'
import { elapsed, hereTime, reachOf, reachWords, reasonWords } from '../../../src/apps/andon/words.ts'
import type { DeviceStatus } from '../../../src/client/contract.ts'
import type { NodeId } from '../../../src/core/event.ts'
import { createText } from '../../../src/ui/text.ts'

const second = 1_000_000
const now = 100 * 24 * 3600 * second
const text = createText('en')
const device = (node: string, lastSeen?: number, clockOffset?: number): DeviceStatus => ({
  node: node as NodeId,
  isSelf: node === 'caller',
  role: 'member',
  admittedBy: 'a',
  standing: { type: 'active' },
  depth: 1,
  ...(lastSeen === undefined ? {} : { lastSeen }),
  ...(clockOffset === undefined
    ? {}
    : { link: { kind: 'webrtc', since: 0, bytesSent: 0, bytesReceived: 0, clockOffset } as const }),
})
const call = (seenBy: readonly string[], at = now - 60 * second): Call => ({
  id: 'call-0001',
  machine: 'Saw',
  state: 'open',
  called: { by: 'caller', at },
  seenBy,
  lateTakers: [],
})
const week = 7 * 24 * 3600 * second
const devices = [
  device('caller', now),
  device('b', now, 0),
  device('c', now - 1000),
  device('gone', now - week),
  device('new'),
]

it('counts screens, and who was there this week and has not answered', () => {
  expect(reachOf(call([]), devices, now)).toEqual({ screens: 0, asleep: 2 })
  expect(reachOf(call(['b']), devices, now)).toEqual({ screens: 1, asleep: 1 })
  expect(reachOf(call(['b', 'c', 'gone']), devices, now)).toEqual({ screens: 3, asleep: 0 })
})

it('calls nobody asleep before there was time to answer', () => {
  expect(reachOf(call(['b'], now - second), devices, now)).toEqual({ screens: 1, asleep: undefined })
})

it('calls nobody asleep who cannot answer, because this device has no link itself', () => {
  const alone = [device('caller', now), device('b', now - 300 * second), device('c', now - 200 * second)]
  expect(reachOf(call(['b']), alone, now)).toEqual({ screens: 1, asleep: undefined, cutOffSince: now - 200 * second })
  expect(reachOf(call(['b', 'c']), alone, now)).toEqual({ screens: 2, asleep: 0 })
})

it('leaves out who is no longer in use', () => {
  const shutOut = { ...device('c', now), standing: { type: 'revoked' } } as const
  expect(reachOf(call([]), [device('caller', now), device('b', now, 0), shutOut], now).asleep).toBe(1)
})

it('says it in words', () => {
  const cutOff = reachWords({ screens: 1, asleep: undefined, cutOffSince: now }, text)
  expect(cutOff).toBe(`On 1 screen, not known since ${text.hour(now)}: this device has no link`)
  expect(reachWords({ screens: 7, asleep: 3 }, text)).toBe('On 7 screens, 3 asleep')
  expect(reachWords({ screens: 1, asleep: 0 }, text)).toBe('On 1 screen')
  expect(reachWords({ screens: 0, asleep: undefined }, text)).toBe('Not yet seen by anybody')
  expect(reasonWords('material', createText('de'))).toBe('Material')
  expect(reasonWords('Door 4', text)).toBe('Door 4')
  expect(reasonWords(undefined, text)).toBe('')
})

it('measures by the clock of this device, where the other is known to differ', () => {
  expect(hereTime({ by: 'b', at: 50 * second }, [device('b', now, -12 * second)])).toBe(62 * second)
  expect(hereTime({ by: 'b', at: 50 * second }, devices)).toBe(50 * second)
})

it('writes a time as a stopwatch does', () => {
  expect([-5, 0, 7, 754, 3765].map((seconds) => elapsed(seconds * second))).toEqual([
    '0:00',
    '0:00',
    '0:07',
    '12:34',
    '1:02:45',
  ])
})
