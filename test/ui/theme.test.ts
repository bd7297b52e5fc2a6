import { describe, expect, it } from 'vitest'
import { tokens } from '../../src/ui/theme.ts'

const blocks = tokens.cssText.split(/color-scheme: (?:light|dark);/).slice(1)
const [light, dark] = [blocks[0] ?? '', blocks[1] ?? '']

const colour = (block: string, name: string): string => {
  const found =
    new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`).exec(block)?.[1] ??
    new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`).exec(tokens.cssText)?.[1]
  if (found === undefined) throw new Error(`no colour ${name}`)
  return found
}
const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['ground', 'surface', 'sunken']
const texts: [string, string][] = [
  ...grounds.flatMap((ground): [string, string][] =>
    ['ink', 'ink-soft', 'accent', 'good', 'warn', 'bad'].map((ink) => [ink, ground]),
  ),
  ['accent-ink', 'accent'],
  ...['accent', 'good', 'warn', 'bad'].flatMap((tone): [string, string][] => [
    [tone, `${tone}-soft`],
    ['ink', `${tone}-soft`],
  ]),
  ['deep-ink', 'deep-1'],
  ['deep-soft', 'deep-1'],
  ['deep-soft', 'deep-2'],
  ['alarm-ink', 'alarm'],
  ['alarm-ink', 'taken'],
]
const edges: [string, string][] = [
  ['line-strong', 'surface'],
  ['line-strong', 'ground'],
  ['focus', 'ground'],
  ['focus', 'surface'],
  ['sun', 'deep-2'],
]

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s colours', (_, block) => {
  it('are readable (WCAG AA, 4.5)', () => {
    const weak = texts.filter(([ink, ground]) => contrast(colour(block, ink), colour(block, ground)) < 4.5)
    expect(weak).toEqual([])
  })
  it('show edges and focus (WCAG AA, 3)', () => {
    const weak = edges.filter(([edge, ground]) => contrast(colour(block, edge), colour(block, ground)) < 3)
    expect(weak).toEqual([])
  })
})
