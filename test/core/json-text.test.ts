/** RULES 13: "lossless JSON" means the ECMAScript value after `JSON.parse`. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/event.ts'
import { jsonText } from '../../src/core/json-text.ts'
import { payloadDepthMax } from '../../src/core/limits.ts'
import { nested, payload } from '../log/payload.ts'

describe('RULES 13: the text of a value', () => {
  it('parses to the value again', () => {
    fc.assert(
      fc.property(payload, (value) => {
        const text = jsonText(value)
        const parsed = JSON.parse(text) as Json
        expect(Object.is(jsonText(parsed), text) || jsonText(parsed) === text).toBe(true)
        expect(parsed).toEqual(value)
        expect(text).not.toMatch(/[\n\r\t]/)
      }),
      { numRuns: 300 },
    )
  })

  it('is that of JSON.stringify where that is lossless', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify([value]).includes('-0') && !hasNegativeZero(value))
        expect(jsonText(value)).toBe(JSON.stringify(value))
      }),
    )
  })

  it.each([
    [-0, '-0'],
    [[-0, { a: -0 }], '[-0,{"a":-0}]'],
    ['\ud800', '"\\ud800"'],
    [{ '\udfff': 1 }, '{"\\udfff":1}'],
    [
      JSON.parse('{"__proto__":{"x":1},"toJSON":1,"constructor":null}'),
      '{"__proto__":{"x":1},"toJSON":1,"constructor":null}',
    ],
    [JSON.parse('{"b":1,"2":1,"1":1}'), '{"1":1,"2":1,"b":1}'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['\u2028', '"\u2028"'],
  ])('%j is %s', (value, text) => {
    expect(jsonText(value)).toBe(text)
  })

  it.each<[unknown, RegExp]>([
    [undefined, /undefined at the top/],
    [{ a: [1, { b: undefined }] }, /undefined at \.a\[1\]\.b/],
    [[Number.NaN], /NaN at \[0\]/],
    [{ a: Infinity }, /Infinity at \.a/],
    [1n, /1 at the top/],
    [{ a: () => 1 }, /function at \.a/i],
    [[Symbol('x')], /symbol at \[0\]/i],
    [{ toJSON: () => 1 }, /function at \.toJSON/i],
    [nested(payloadDepthMax + 1), /deeper than 512/],
  ])('refuses what JSON cannot say, and names the place', (value, sentence) => {
    expect(() => jsonText(value)).toThrow(sentence)
    expect(() => jsonText(value)).toThrow(expect.objectContaining({ code: 'ERR_NOT_JSON' }) as Error)
  })

  it('a toJSON without end is refused, too', () => {
    class Endless {
      toJSON(): unknown {
        return new Endless()
      }
    }
    expect(() => jsonText(new Endless())).toThrow(/deeper than 512/)
  })
})

const hasNegativeZero = (value: unknown): boolean =>
  Object.is(value, -0) || (typeof value === 'object' && value !== null && Object.values(value).some(hasNegativeZero))
