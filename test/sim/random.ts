/** Randomness from a seed: the same seed, the same run (mulberry32, 32 bits of state). */
export interface Random {
  /** 0 ≤ x < 1. */
  fraction(): number
  /** `from` ≤ x ≤ `to`, whole. */
  between(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  /** A key of `weights`, as often as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T
  /** Another one, whose numbers do not depend on how often this one is asked. */
  split(): Random
}

export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (from: number, to: number): number => from + Math.floor(fraction() * (to - from + 1))
  return {
    fraction,
    between,
    chance: (probability) => fraction() < probability,
    pick: (from) => {
      const picked = from[between(0, from.length - 1)]
      if (picked === undefined) throw new Error('nothing to pick from')
      return picked
    },
    weighted: <T extends string>(weights: Readonly<Record<T, number>>): T => {
      const entries = Object.entries(weights) as [T, number][]
      let left = fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [key, weight] of entries) {
        left -= weight
        if (left < 0) return key
      }
      return (entries.at(-1) as [T, number])[0]
    },
    split: () => createRandom(between(0, 2 ** 32 - 1)),
  }
}
