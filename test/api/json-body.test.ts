import { assert, constantFrom, json, nat, property, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../../src/api/json-body.ts'

const problem = (text: string): string => {
  try {
    parseJson(text)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error(`${text} was parsed`)
}

describe('text that is not JSON', () => {
  test.each([
    ['Jason vs. Freddy', 'expected value at line 1 column 1'],
    ['', 'unexpected end, expected value at line 1 column 1'],
    ['{', 'unexpected end, expected key or `}` at line 1 column 2'],
    ['{"a":1,}', 'expected key at line 1 column 8'],
    ['{"a" 1}', 'expected `:` at line 1 column 6'],
    ['{"a":[1 2]}', 'expected `,` or `]` at line 1 column 9'],
    ['{"a":1 "b":2}', 'expected `,` or `}` at line 1 column 8'],
    ['[1,]', 'expected value at line 1 column 4'],
    ['[,1]', 'expected value or `]` at line 1 column 2'],
    ['{"a":1}x', 'expected nothing more at line 1 column 8'],
    ['[01]', 'expected `,` or `]` at line 1 column 3'],
    ['{\n  "a": nope\n}', 'expected value at line 2 column 8'],
    ['["tab\there"]', 'expected value or `]` at line 1 column 2'],
    ['["bad \\x escape"]', 'expected value or `]` at line 1 column 2'],
    ['["open', 'expected value or `]` at line 1 column 2'],
  ])('%j', (text, message) => expect(problem(text)).toBe(message))

  test('is told apart from JSON by the same rule as the platform, wherever a letter is changed', () => {
    const letters = constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '0', 'e', '\n', '\u0001')
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    }
    assert(
      property(tuple(json(), nat(), letters), ([text, where, letter]) => {
        const at = where % (text.length + 1)
        const changed = text.slice(0, at) + letter + text.slice(at + 1)
        const told = isJson(changed) ? 'expected nothing at line 1 column 1' : problem(changed)
        expect(told).toMatch(/^(unexpected end, )?expected .+ at line \d+ column \d+$/)
      }),
      { numRuns: 2000 },
    )
  })

  test('may be nested without bound, or one string of ten million letters', () => {
    expect(problem('['.repeat(1_000_000))).toContain('column 1000001')
    expect(problem(`"${'a'.repeat(10_000_000)}`)).toContain('expected value at line 1 column 1')
  })
})
