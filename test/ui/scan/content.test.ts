/** What was scanned is named, so that people know what to look for instead. */
import { expect, test } from 'vitest'
import { readScanned, wrongCode } from '../../../src/ui/scan/content.ts'
import { createText } from '../../../src/ui/text.ts'

const offer = `AO${'QFZ5K3N2'.repeat(18)}`
const answer = `AA${'QFZ5K3N2'.repeat(19)}`
const invitation = 'https://station.works.example/#/join/pGV0b2tlblDq8fXb7l0ZT4m9'
const here = 'https://shoal.plant.example'

test.each([
  [invitation, 'invitation', ''],
  [`Come in!\n${invitation}\nThe gate`, 'invitation', ''],
  ['https://shoal.plant.example/#/join/abc', 'invitation', ''],
  [offer, 'offer', ''],
  [
    ` ${offer
      .toLowerCase()
      .match(/.{1,20}/g)!
      .join('\n')}`,
    'offer',
    '',
  ],
  [answer, 'answer', ''],
  ['https://shoal.plant.example/#/devices', 'here', 'shoal.plant.example'],
  ['http://example.org/menu?table=4', 'web', 'example.org'],
  ['WIFI:T:WPA;S:Halle\\;3 \\"Nord\\";P:geheim;;', 'wifi', 'Halle;3 "Nord"'],
  ['BEGIN:VCARD\nVERSION:3.0\nN:Doe\nEND:VCARD', 'contact', ''],
  ['tel:+4912345', 'contact', ''],
  ['AOK', 'other', 'AOK'],
  ['javascript:alert(1)', 'other', 'javascript:alert(1)'],
  [`Palette\u0000\u202e ${'9'.repeat(80)}`, 'other', `Palette ${'9'.repeat(31)}…`],
] as const)('%j', (text, type, name) => {
  expect(readScanned(text, here)).toEqual({ type, name })
})

test.each(['en', 'de'] as const)(
  'every wrong code has a sentence that says what it is and what is wanted (%s)',
  (language) => {
    const text = createText(language)
    const said = new Set<string>()
    for (const wanted of ['invitation', 'offer', 'answer'] as const) {
      for (const code of [
        invitation,
        offer,
        answer,
        'https://example.org',
        'WIFI:S:Gast;;',
        'mailto:a@b.c',
        '4006381333931',
      ]) {
        const sentence = wrongCode(code, wanted, text)
        expect(sentence === undefined).toBe(readScanned(code).type === wanted)
        if (sentence !== undefined) said.add(sentence)
      }
    }
    expect(said.size).toBe(18)
    expect([...said].join()).toMatch(language === 'de' ? /„Gast“/ : /“Gast”/)
    for (const sentence of said) expect(sentence).not.toMatch(/[{}]/)
  },
)
