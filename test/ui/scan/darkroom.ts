/** What happens to a picture of a code between a screen and a camera, in pixels. */
import type { Picture } from '../qr-picture.ts'

/** Grey levels of one frame of a camera. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly luma: Float32Array
}

export interface Pose {
  /** Pixels on the side of the code, with its quiet zone. */
  readonly side: number
  /** Degrees, clockwise. */
  readonly turned?: number
  /** 0: straight on; 0.3: the right side is about 30 % smaller than the left one. */
  readonly tilted?: number
}

const [width, height] = [1280, 720]

/** The code in the middle of a wall that is neither black nor white, as a lens sees it: each pixel an average of what it covers. */
export const photograph = (picture: Picture, { side, turned = 0, tilted = 0 }: Pose, wall = 130): Frame => {
  const luma = new Float32Array(width * height).fill(wall)
  const [sin, cos] = [Math.sin((turned * Math.PI) / 180), Math.cos((turned * Math.PI) / 180)]
  const finer = 3
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let part = 0; part < finer * finer; part++) {
        const across = (x + ((part % finer) + 0.5) / finer - width / 2) / side
        const down = (y + (Math.floor(part / finer) + 0.5) / finer - height / 2) / side
        // turned back, then the perspective undone: what lies right is further away
        const u = across * cos + down * sin
        const v = -across * sin + down * cos
        const nearness = 1 - tilted * u
        const [left, top] = [u / nearness + 0.5, v / nearness + 0.5]
        const isOn = left >= 0 && left < 1 && top >= 0 && top < 1
        const at = (Math.floor(top * picture.height) * picture.width + Math.floor(left * picture.width)) * 4
        sum += isOn ? (picture.data[at] ?? 0) : wall
      }
      luma[y * width + x] = sum / (finer * finer)
    }
  }
  return { width, height, luma }
}

const changed = (frame: Frame, change: (level: number, x: number, y: number) => number): Frame => ({
  ...frame,
  luma: frame.luma.map((level, at) => change(level, at % frame.width, Math.floor(at / frame.width))),
})

/** Out of focus, or held in a trembling hand: three box blurs are close to a lens. Pixels. */
export const blurred = (frame: Frame, radius: number): Frame => {
  let luma = frame.luma
  for (let pass = 0; pass < 3; pass++) {
    for (const [step, length, lines, next] of [
      [1, frame.width, frame.height, frame.width],
      [frame.width, frame.height, frame.width, 1],
    ] as const) {
      const out = new Float32Array(luma.length)
      for (let line = 0; line < lines; line++) {
        for (let at = 0; at < length; at++) {
          let sum = 0
          let count = 0
          for (let by = -radius; by <= radius; by++) {
            if (at + by < 0 || at + by >= length) continue
            sum += luma[line * next + (at + by) * step] ?? 0
            count++
          }
          out[line * next + at * step] = sum / count
        }
      }
      luma = out
    }
  }
  return { ...frame, luma }
}

/** A dim hall, and what a sensor makes of it: little contrast, and noise. */
export const dark = (frame: Frame, light: number, noise: number, random: () => number): Frame =>
  changed(frame, (level) => 8 + level * light + (random() + random() + random() - 1.5) * noise * 2)

/** One lamp from the side. */
export const litFromSide = (frame: Frame): Frame =>
  changed(frame, (level, x) => level * (0.25 + (0.75 * x) / frame.width))

/** A reflection of a lamp in the glass, or a thumb: a disc of one colour. `at` and `radius` as parts of the side of the code. */
export const covered = (
  frame: Frame,
  side: number,
  at: readonly [number, number],
  radius: number,
  colour: number,
): Frame => {
  const [left, top] = [frame.width / 2 + (at[0] - 0.5) * side, frame.height / 2 + (at[1] - 0.5) * side]
  return changed(frame, (level, x, y) => (Math.hypot(x - left, y - top) < radius * side ? colour : level))
}

/** As a canvas hands it out. */
export const developed = ({ width: across, height: down, luma }: Frame): Picture => {
  const data = new Uint8ClampedArray(across * down * 4)
  for (const [at, level] of luma.entries()) {
    data.fill(level, at * 4, at * 4 + 3)
    data[at * 4 + 3] = 255
  }
  return { width: across, height: down, data }
}
