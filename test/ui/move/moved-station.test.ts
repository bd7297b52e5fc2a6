/** When a page is told that its station has moved, and where its invitation then leads. */
import { expect, test } from 'vitest'
import { linkAt, movedTo } from '../../../src/ui/move/moved-station.ts'

const here = { protocol: 'https:', origin: 'https://old.example:4443' }

test('moved is who stands at another https origin than the station says', () => {
  expect(movedTo('https://new.example', here)).toBe('https://new.example')
  expect(movedTo('https://old.example:4444', here)).toBe('https://old.example:4444')
  expect(movedTo('https://old.example:4443', here)).toBeUndefined()
  expect(movedTo('https://new.example', { protocol: 'http:', origin: 'http://localhost:4454' })).toBeUndefined()
})

test('what is no origin leads nowhere', () => {
  for (const said of [
    null,
    undefined,
    7,
    {},
    '',
    'new.example',
    'http://new.example',
    'javascript:alert(1)',
    'https://new.example/path',
    'https://a@new.example',
    `https://${'a'.repeat(300)}.example`,
  ])
    expect([said, movedTo(said, here)]).toEqual([said, undefined])
})

test('an invitation keeps everything but its origin', () => {
  expect(linkAt('https://new.example', 'https://old.example:4443/#/join/abc')).toBe('https://new.example/#/join/abc')
})
