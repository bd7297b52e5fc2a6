/** A code as the console draws it, in pixels. */
import { drawQr, quietZone } from '../../src/ui/qr-code.ts'

export interface Picture {
  readonly width: number
  readonly height: number
  /** Red, green, blue and opacity of each pixel. */
  readonly data: Uint8ClampedArray<ArrayBuffer>
}

/** `scale`: pixels on the side of a module. */
export const pictureOfQr = (text: string, scale = 4): Picture => {
  const { size, path } = drawQr(text)
  const side = (size + 2 * quietZone) * scale
  const data = new Uint8ClampedArray(side * side * 4).fill(255)
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    const left = (Number(x) + quietZone) * scale
    for (let row = 0; row < scale; row++) {
      const top = (Number(y) + quietZone) * scale + row
      for (let column = left; column < left + Number(width) * scale; column++)
        data.fill(0, (top * side + column) * 4, (top * side + column) * 4 + 3)
    }
  }
  return { width: side, height: side, data }
}
