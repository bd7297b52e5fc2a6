import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonDepth, jsonProblem, jsonText } from '../../src/ui/json-text.ts'

const values = fc.oneof(
  fc.jsonValue({ stringUnit: 'binary' }),
  fc.constantFrom(-0, [-0], '\ud800', '\ufffd', {}, [], JSON.parse('{"__proto__":{"a":-0},"toJSON":1,"":[]}')),
)

describe('JSON text', () => {
  it('is parsed back to an equal value, on one line and indented', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.parse(jsonText(value))).toEqual(value)
        expect(JSON.parse(jsonText(value, 2))).toEqual(value)
        expect(jsonText(value)).not.toContain('\n')
      }),
    )
    expect(Object.is(JSON.parse(jsonText({ a: [-0] })).a[0], -0)).toBe(true)
    expect(jsonText(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}')
  })
  it('agrees with the engine on what is JSON', () => {
    const mangled = fc
      .tuple(values, fc.nat(), fc.constantFrom('', ',', '"', '}', '1', '\\', ' ', 'x', '\n'))
      .map(([value, at, insert]) => {
        const text = jsonText(value, 1)
        const cut = at % (text.length + 1)
        return text.slice(0, cut) + insert + text.slice(insert === '' ? cut + 1 : cut)
      })
    fc.assert(
      fc.property(fc.oneof(mangled, fc.string()), (text) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        expect(jsonProblem(text) === undefined).toBe(valid)
      }),
      { numRuns: 2000 },
    )
  })
  it('points at the place', () => {
    expect(jsonProblem('{\n  "a": 1,\n  b: 2\n}')).toEqual({ line: 3, column: 3, found: 'b' })
    expect(jsonProblem('[1, 2')).toEqual({ line: 1, column: 6, found: '' })
    expect(jsonProblem('{"a":1,}')).toEqual({ line: 1, column: 8, found: '}' })
    expect(jsonProblem('01')).toEqual({ line: 1, column: 2, found: '1' })
    expect(jsonProblem('["\n"]')).toEqual({ line: 1, column: 3, found: '\n' })
  })
  it('measures depth', () => {
    expect([jsonDepth(1), jsonDepth([]), jsonDepth({ a: [[]] })]).toEqual([0, 1, 3])
  })
})
