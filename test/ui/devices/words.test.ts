import { describe, expect, it } from 'vitest'
import type { DeviceStatus } from '../../../src/client/contract.ts'
import type { NodeId } from '../../../src/core/event.ts'
import {
  clockWords,
  deviceName,
  horizonWords,
  presenceOf,
  safetySentence,
  thereWithin,
} from '../../../src/ui/devices/words.ts'
import { createText } from '../../../src/ui/text.ts'

const [english, german] = [createText('en'), createText('de')]
const device = (node: string, rest: Partial<DeviceStatus> = {}): DeviceStatus => ({
  node: node as NodeId,
  isSelf: false,
  role: 'member',
  admittedBy: 'a',
  standing: { type: 'active' },
  depth: 1,
  ...rest,
})
const second = 1_000_000

describe('the clock of another device', () => {
  it('agrees within a second, else runs ahead or behind', () => {
    expect(clockWords(-900_000, english)).toBe('as here')
    expect(clockWords(-12 * second, english)).toBe('12 sec behind')
    expect(clockWords(95 * second, english)).toBe('2 min ahead')
    expect(clockWords(-12 * second, german)).toBe('geht 12 Sek. nach')
  })
})

describe('a device', () => {
  it('is called by its id until it has said its name', () => {
    expect(deviceName(device('V1n8Zb0kQ7mT'), english)).toBe('Device V1n8Zb')
    expect(deviceName(device('V1n8Zb0kQ7mT', { displayName: 'Gate' }), english)).toBe('Gate')
  })
  it('is linked, known, away, or was never heard of', () => {
    const now = 1000 * second
    const link = { kind: 'webrtc', since: 0, bytesSent: 0, bytesReceived: 0 } as const
    expect(presenceOf(device('a', { link }), true, now)).toBe('linked')
    expect(presenceOf(device('a', { lastSeen: now - thereWithin }), true, now)).toBe('known')
    expect(presenceOf(device('a', { lastSeen: now - thereWithin - 1 }), true, now)).toBe('away')
    // who has no link itself reaches nobody, however lately it heard of them
    expect(presenceOf(device('a', { lastSeen: now }), false, now)).toBe('away')
    expect(presenceOf(device('a'), true, now)).toBe('never')
  })
})

describe('what would be lost', () => {
  const devices = [device('a', { isSelf: true }), device('b')]
  it('is said in one sentence', () => {
    expect(safetySentence({ onlyHere: 12, devices }, english).title).toBe('12 events are only on this device')
    expect(safetySentence({ onlyHere: 1, devices }, german).title).toBe('1 Ereignis ist nur auf diesem Gerät')
    expect(safetySentence({ onlyHere: 0, devices }, english)).toMatchObject({
      tone: 'good',
      title: 'All events are also on other devices',
    })
  })
  it('is never called safe without another device', () => {
    expect(safetySentence({ onlyHere: 0, devices: devices.slice(0, 1) }, english).tone).toBe('warn')
  })
})

describe('the horizon', () => {
  const devices = ['a', 'b', 'c', 'd', 'e'].map((node) => device(node, { displayName: node.toUpperCase() }))
  const waitingFor = devices.map(({ node }) => node)
  it('says up to where the order is final, and whom it waits for', () => {
    expect(horizonWords({ lamport: 4812, waitingFor: [] }, devices, english)).toContain('Up to Lamport 4,812')
    expect(horizonWords({ lamport: 0, waitingFor: waitingFor.slice(0, 2) }, devices, english)).toBe(
      'Not yet heard of all from A, B.',
    )
    expect(horizonWords({ lamport: 0, waitingFor }, devices, english)).toContain('A, B, C and 2 others')
  })
})
