import { describe, expect, it } from 'vitest'
import type { DeviceStatus, SwarmStatus } from '../../../src/client/contract.ts'
import { remainsWords } from '../../../src/ui/devices/remains-panel.ts'
import { actionsOf, standingWords } from '../../../src/ui/devices/standing-words.ts'
import { createText } from '../../../src/ui/text.ts'
import { otherId, statusOf } from '../fake-scenes.ts'

const now = Date.UTC(2026, 4, 3, 12) * 1000
const [text, german] = [createText('en'), createText('de')]
const swarm = statusOf('eight', now)
const [self, member] = swarm.devices as readonly [DeviceStatus, DeviceStatus]
const founder = swarm.devices[6] as DeviceStatus
const by = otherId(3)

describe('the standing of a device', () => {
  const words = (standing: DeviceStatus['standing'], count: number | undefined, language = text): string =>
    standingWords({ standing }, swarm, { count, text: language })
  it('says who said it, when, and what counts', () => {
    expect(words({ type: 'retired', by, at: now }, 1204)).toBe(
      'Taken out of service by Shift lead on May 3, 2026. Its 1,204 events count, and what still turns up will count.',
    )
    expect(words({ type: 'closed', by, at: now }, 1)).toContain('Its 1 event counts; what turns up later does not.')
    expect(words({ type: 'revoked', by, at: now }, 12, german)).toBe(
      'Ausgeschlossen von Shift lead am 3. Mai 2026. 12 Ereignisse von ihm zählen; danach nichts mehr.',
    )
    expect(words({ type: 'left' }, 7)).toBe('Left the swarm. Its 7 events count.')
    expect(words({ type: 'left' }, undefined)).toBe('Left the swarm')
    expect(words({ type: 'active' }, 7)).toBe('In use')
  })
  it('names the recovery code where the root spoke, and who took the place', () => {
    expect(words({ type: 'revoked', by: swarm.swarmId as typeof by, at: now }, 2)).toContain('by the recovery code on')
    expect(words({ type: 'retired', by, at: now, replacedBy: otherId(5) }, undefined)).toBe(
      'Out of service. Warehouse has taken its place.',
    )
  })
})

describe('what an admin may do', () => {
  const names = (device: DeviceStatus, status: SwarmStatus = swarm): readonly string[] =>
    actionsOf(device, status, text).map(({ name, obstacle }) => (obstacle === undefined ? name : `${name}: no`))
  it('depends on how the device stands', () => {
    expect(names(self)).toEqual([])
    expect(names(member)).toEqual(['replace', 'promote', 'retire', 'revoke'])
    expect(names({ ...member, role: 'admin' })).toEqual(['replace', 'retire', 'revoke'])
    expect(names({ ...member, standing: { type: 'retired' } })).toEqual(['replace', 'close', 'revoke'])
    expect(names({ ...member, standing: { type: 'retired', replacedBy: by } })).toEqual(['close', 'revoke'])
    expect(names({ ...member, standing: { type: 'closed' } })).toEqual(['revoke'])
    expect(names({ ...member, standing: { type: 'revoked' } })).toEqual([])
  })
  it('ends where the other one ranks as high, or higher, and says who could', () => {
    const above = { ...founder, role: 'admin', depth: 0 } as const
    const lower = {
      ...swarm,
      devices: swarm.devices.map((device) => (device.isSelf ? { ...device, depth: 1 } : device)),
    }
    expect(actionsOf(above, lower, text).at(-1)).toMatchObject({ name: 'revoke', byCode: true })
    expect(actionsOf(above, lower, text).at(-1)?.obstacle).toContain('ranks above')
    expect(actionsOf(above, swarm, text).at(-1)?.obstacle).toContain('ranks as high')
    // a member has no rank to speak of
    expect(names(member, lower)).toEqual(['replace', 'promote', 'retire', 'revoke'])
  })
  it('is nothing for a member, nor for an admin that is out of service', () => {
    const asMember = actionsOf(member, { ...swarm, role: 'member' }, text)
    expect(asMember.every(({ obstacle }) => obstacle?.includes('Press line tablet, Station office'))).toBe(true)
    const retired = swarm.devices.map((device) =>
      device.isSelf ? { ...device, standing: { type: 'retired' } as const } : device,
    )
    expect(names(member, { ...swarm, devices: retired })).toContain('retire: no')
  })
})

describe('what remains of a device', () => {
  it('is never called safe with this device alone', () => {
    expect(remainsWords({ known: 100_204, held: 100_204, devices: 3 }, text)).toEqual({
      tone: 'good',
      sentence: 'Nothing is lost: all 100,204 events are on 3 other devices.',
    })
    expect(remainsWords({ known: 1, held: 1, devices: 1 }, german).sentence).toBe(
      'Nichts ist verloren: Sein einziges Ereignis ist auf 1 anderen Gerät.',
    )
    expect(remainsWords({ known: 5, held: 5, devices: 0 }, text).tone).toBe('warn')
    expect(remainsWords({ known: 5, held: 3, devices: 2 }, text)).toMatchObject({ tone: 'warn' })
    expect(remainsWords({ known: 5, held: 3, devices: 2 }, text).sentence).toContain('2 are missing')
    expect(remainsWords({ known: 0, held: 0, devices: 0 }, text).tone).toBe('good')
  })
})
