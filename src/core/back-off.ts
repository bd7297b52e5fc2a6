/** How long to wait before the next attempt. */
import type { Random } from './random.ts'

/** In [0, 1), from four bytes. */
export const fraction = (random: Random): number => {
  const bytes = random(4)
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32
}

/** Doubles with every failure up to `max` milliseconds; anything between half and all of it, so that those who failed together do not try together. */
export const backOff = (failures: number, { first, max }: { first: number; max: number }, random: Random): number =>
  Math.min(max, first * 2 ** Math.min(failures, 30)) * (0.5 + fraction(random) / 2)
