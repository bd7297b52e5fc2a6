import * as fc from 'fast-check'
import { decodeQR } from 'qr/decode.js'
import { expect, it } from 'vitest'
import { drawQr } from '../../src/ui/qr-code.ts'
import { pictureOfQr } from './qr-picture.ts'

/** The modules that the rectangles of a path cover. */
const modulesOf = (path: string, size: number): boolean[][] => {
  const modules = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  const rectangles = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)]
  expect(rectangles.map(([all]) => all).join('')).toBe(path)
  for (const [, x, y, width, back] of rectangles) {
    expect(width).toBe(back)
    for (let step = 0; step < Number(width); step++) {
      const row = modules[Number(y)]
      // none is drawn twice
      expect(row?.[Number(x) + step]).toBe(false)
      if (row) row[Number(x) + step] = true
    }
  }
  return modules
}

it('draws what reads as the text, whatever characters are in it, each module once', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }), (text) => {
      const { size, path } = drawQr(text)
      modulesOf(path, size)
      expect(decodeQR(pictureOfQr(text), { effort: Infinity, timeLimit: Infinity })).toBe(text)
    }),
    { numRuns: 30 },
  )
})

it('draws a code of capitals and digits smaller than other text', () => {
  const code = `AO${'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.repeat(5).slice(0, 157)}`
  const versionOf = (text: string): number => (drawQr(text).size - 17) / 4
  // what 94 bytes of an offer make
  expect(versionOf(code)).toBe(7)
  expect(versionOf(code.toLowerCase())).toBeGreaterThan(8)
})

it('corrects as much as fits without a larger code', () => {
  const modules = drawQr('AO234567')
  expect(modules.size).toBe(21)
  const picture = pictureOfQr('AO234567', 8)
  // a coin on it
  for (let y = 130; y < 170; y++)
    for (let x = 110; x < 150; x++) picture.data.fill(128, (y * picture.width + x) * 4, (y * picture.width + x) * 4 + 3)
  expect(decodeQR(picture, { effort: Infinity, timeLimit: Infinity })).toBe('AO234567')
})

it('fits the largest invitation', () => {
  expect(drawQr(`https://station.works.example:4454/#/join/${'aB3-'.repeat(250)}`).size).toBeLessThanOrEqual(177)
})
