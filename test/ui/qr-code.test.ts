import * as fc from 'fast-check'
import { encode } from 'uqr'
import { expect, it } from 'vitest'
import { drawQr } from '../../src/ui/qr-code.ts'

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

it('draws the modules of the code, each once', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 300 }), (text) => {
      const { size, path } = drawQr(text)
      expect(modulesOf(path, size)).toEqual(encode(text, { ecc: 'M', boostEcc: true, border: 0 }).data)
    }),
    { numRuns: 30 },
  )
})

it('fits the largest invitation', () => {
  expect(drawQr(`https://station.works.example:4454/#/join/${'aB3-'.repeat(250)}`).size).toBeLessThanOrEqual(177)
})
