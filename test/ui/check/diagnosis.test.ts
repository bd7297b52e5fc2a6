/** The table of troubles, judged; and said in words. */
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../src/ui/check/diagnosis.ts'
import { findingWords, reportText } from '../../../src/ui/check/finding-words.ts'
import { createText } from '../../../src/ui/text.ts'
import { apart, cases, good, node, oven, reach, self, unconnected, url } from './troubles.ts'

describe('a diagnosis', () => {
  it.each(cases)('%s', (_, seen, cause, level) => {
    const { main } = diagnose({ ...good, ...seen })
    expect([main.cause, main.level]).toEqual([cause, level])
  })

  it('names first what the rest follows from', () => {
    const { main, findings } = diagnose({
      ...good,
      node: node({ devices: [reach({ seenAt: 'nowhere' })], stations: [{ url, state: 'unreachable' }] }),
      origin: { url: 'https://x', answers: 'no', isUntrusted: true },
      stations: [{ url, answers: 'no' }],
      storage: { isWritable: true, used: 1, quota: 6e9, isKept: false },
    })
    expect(main.cause).toBe('certificate-untrusted')
    expect(findings.map(({ cause }) => cause)).toEqual([
      'certificate-untrusted',
      'signalling-unreachable',
      'device-away',
      'storage-evictable',
    ])
  })

  it('does not judge others before they were tried', () => {
    const { isTried: _, ...untried } = { ...good, ...apart(reach(unconnected([0, 2], [1, 0]))) }
    expect(diagnose(untried).main.cause).toBe('fine')
  })
})

describe('the words of a check', () => {
  it.each(['en', 'de'] as const)('fill every gap, in %s', (language) => {
    const text = createText(language)
    for (const [, part] of cases) {
      const seen = { ...good, ...part }
      for (const finding of diagnose(seen).findings) {
        const { title, text: meaning, tries } = findingWords(finding, seen, text)
        for (const words of [title, meaning, ...tries]) expect(words).not.toMatch(/[{}]|undefined|NaN|^\s*$| {2}/)
      }
    }
  })
  it('name the device, the address and the time', () => {
    const seen = { ...good, ...apart(reach(unconnected([0, 2], [1, 0]))) }
    expect(findingWords(diagnose(seen).main, seen, createText('en')).text).toContain('Oven and this device')
    const clock = { ...good, ...apart(), origin: { url: 'https://x', answers: 'yes', clockOffset: 7_200_000 } } as const
    expect(findingWords(diagnose(clock).main, clock, createText('de')).title).toContain('2 Std.')
  })
  it('are a report that a technician can read, with ids cut short', () => {
    const seen = { ...good, ...apart(reach(unconnected([0, 2], [1, 0]))) }
    const report = reportText(
      diagnose(seen),
      seen,
      { build: 'b1', browser: 'Chromium', time: '2026-11-22' },
      createText('en'),
    )
    expect(report).toContain('isolation: The network probably keeps devices apart')
    expect(report).toContain('A01Zb0kQ - station, answered 0+2/1+0 ERR_CHANNEL_FAILED, 1')
    expect(report).not.toContain(oven)
    expect(report).not.toContain(self)
  })
})
