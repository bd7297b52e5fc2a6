import { describe, expect, it } from 'vitest'
import { de } from '../../src/ui/strings/de.ts'
import { en } from '../../src/ui/strings/en.ts'
import type { StringKey } from '../../src/ui/text.ts'
import { createText } from '../../src/ui/text.ts'

/** Once each: how many words bend with a number differs between languages. */
const holes = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)(?:\|[^}]*)?\}/g)].map(([, name]) => name ?? ''))].toSorted()

describe('the strings', () => {
  it('fill in the same values in every language', () => {
    for (const key of Object.keys(en) as StringKey[]) expect([key, ...holes(de[key])]).toEqual([key, ...holes(en[key])])
  })
  it('are translated', () => {
    const same = (Object.keys(en) as StringKey[]).filter((key) => de[key] === en[key])
    // Words that German took over as they are.
    expect(same).toEqual([
      'andon.what.material',
      'devices.role.admin',
      'invite.latest',
      'device.role.admin',
      'nav.import',
      'overview.log',
      'events.live',
      'details.app',
      'details.lamport',
      'table.tags',
      'publish.tags',
      'import.perSecond',
      'map.as.text',
    ])
  })
})

describe('text', () => {
  it('writes numbers, sizes and times in the language', () => {
    const german = createText('de')
    expect(german.say('query.count', { count: 14492, time: german.duration(1.25) })).toBe(
      '14.492 Ereignisse in 1,3 Sek.',
    )
    expect(createText('en').say('query.count', { count: 14492, time: '1 s' })).toBe('14,492 events in 1 s')
    expect(german.say('export.done', { count: 1 })).toBe('1 Ereignis exportiert')
    expect(createText('en').say('export.done', { count: 0 })).toBe('0 events exported')
    expect(german.bytes(18_400_000)).toBe('18,4 MB')
    expect(createText('en').bytes(999)).toBe('999 byte')
    expect(createText('en').duration(3 * 3600)).toBe('3 hr 0 min')
    expect(createText('en').duration(20 * 3600 - 3)).toBe('20 hr 0 min')
    expect(createText('en').duration(0.04)).toBe('40 ms')
  })
})
