/** What the decoder of ours reads from frames as cameras make them: each case is a way in which people hold a device before a screen or poster. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { PixelDecoder } from '../../../src/ui/scan/reader.ts'
import { loadPixelDecoder } from '../../../src/ui/scan/reader.ts'
import { createRandom } from '../../sim/random.ts'
import { pictureOfQr } from '../qr-picture.ts'
import type { Frame } from './darkroom.ts'
import { blurred, covered, dark, developed, litFromSide, photograph } from './darkroom.ts'

/** As long as the longest offer, and as an invitation with one station. */
const codes = {
  offer: `AO${'QFZ5K3N2YXJM7ALPVD4BHTGC6WRSEIOU'.repeat(5).slice(0, 157)}`,
  invitation: `https://station.works.example/#/join/${'pGV0b2tlblDq8fXb7l0ZT4m9aJ2uZ6c1WXRpY2tldFkBBqRlc3dhcm1Y'.repeat(6).slice(0, 310)}`,
} as const
type Code = keyof typeof codes

let decode: PixelDecoder
beforeAll(async () => {
  decode = await loadPixelDecoder()
})
const shot = (code: Code, pose: Parameters<typeof photograph>[1]): Frame => photograph(pictureOfQr(codes[code]), pose)
/** A camera sees the next frame in a moment: what is trembling or noisy may need some. */
const read = (frames: readonly Frame[]): string | undefined => {
  for (const frame of frames) {
    const found = decode(developed(frame), false)
    if (found !== undefined) return found
  }
  return undefined
}

describe.each(Object.keys(codes) as Code[])('%s', (code) => {
  const text = codes[code]
  test.each([0, 7, 23, 45, 90, 137, 180, 251])('turned by %i degrees', (turned) => {
    expect(read([shot(code, { side: 480, turned })])).toBe(text)
  })
  test.each([0.15, 0.3, 0.5])('from the side: %f', (tilted) => {
    expect(read([shot(code, { side: 540, tilted, turned: 4 })])).toBe(text)
  })
  test.each([1, 2])('out of focus by %i pixels', (radius) => {
    expect(read([blurred(shot(code, { side: 640, turned: 3 }), radius)])).toBe(text)
  })
  test('in a dim hall', () => {
    const random = createRandom(7).fraction
    const dim = () => dark(shot(code, { side: 620, turned: 5 }), 0.18, 5, random)
    expect(read([dim(), dim(), dim()])).toBe(text)
  })
  test('lit from one side', () => {
    expect(read([litFromSide(shot(code, { side: 600, turned: -8 }))])).toBe(text)
  })
  test('with a reflection on it, and with a thumb', () => {
    const straight = shot(code, { side: 600, turned: 2 })
    expect(read([covered(straight, 600, [0.6, 0.55], 0.06, 255)])).toBe(text)
    expect(read([covered(straight, 600, [0.55, 0.65], 0.06, 70)])).toBe(text)
  })
})

test.each([
  ['offer', 160],
  ['invitation', 300],
] as const)('%s from afar: %i pixels are enough', (code, side) => {
  expect(read([shot(code, { side, turned: 2 })])).toBe(codes[code])
})

test('nothing is seen where there is nothing, and no frame holds a page up for long', () => {
  const random = createRandom(3).fraction
  const walls: Frame[] = [
    { ...shot('offer', { side: 1 }), luma: Float32Array.from({ length: 1280 * 720 }, () => random() * 255) },
    covered(shot('offer', { side: 500 }), 500, [0.5, 0.5], 0.35, 128),
    photograph(pictureOfQr(codes.offer), { side: 40 }),
  ]
  for (const wall of walls) {
    const begun = performance.now()
    expect(read([wall])).toBeUndefined()
    expect(performance.now() - begun).toBeLessThan(1500)
  }
})
