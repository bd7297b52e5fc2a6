/** The quick way of the gate says the same as the plain one: what is hashed of a run, and whether its payloads are JSON. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AppId } from '../../src/core/event.ts'
import { normaliseTags } from '../../src/core/tags.ts'
import { decodeBody, encodeBody } from '../../src/log/body.ts'
import type { Row } from '../../src/log/row.ts'
import { rowsBytes } from '../../src/log/row.ts'
import { isJsonText, isScalar } from '../../src/log/scalar.ts'
import { shred, weave } from '../../src/log/shape.ts'
import { payload } from './payload.ts'

const decodeRows = (rows: readonly Row[], commits: readonly number[]) => {
  const times = rows.map(({ timestamp }) => timestamp)
  const header = {
    from: 7,
    count: rows.length,
    firstLamport: rows[0]?.lamport ?? 0,
    lastLamport: rows.at(-1)?.lamport ?? 0,
    minTime: Math.min(...times),
    maxTime: Math.max(...times),
  }
  return decodeBody(encodeBody(rows, commits, header.minTime), header)
}

const rowsWith = (
  payloads: readonly { shape: string; leaves: readonly string[] }[],
  tags: readonly string[][],
): Row[] =>
  payloads.map((shredded, index) => ({
    lamport: 2 ** 33 + index * 3,
    timestamp: 1_700_000_000_000_000 + index,
    tags: normaliseTags(tags[index % tags.length] ?? []),
    appId: (index % 3 === 0 ? 'com.one' : 'com.two') as AppId,
    ...shredded,
  }))

const tag = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 }).filter((text) => text.isWellFormed())
const tagSets = fc.array(fc.array(tag, { maxLength: 4 }), { minLength: 1, maxLength: 4 })
const value = fc.oneof(
  payload as fc.Arbitrary<unknown>,
  fc.record({ n: fc.integer(), at: fc.constant('2026-03-02T05:00:00.000Z'), name: fc.string({ unit: 'grapheme' }) }),
  fc.record({ count: fc.nat(9), deep: fc.record({ a: fc.jsonValue({ maxDepth: 1 }) }) }),
)

describe('what is hashed', () => {
  it('is the same, woven from bytes, as written from rows', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), tagSets, fc.nat(5), (payloads, tags, cut) => {
        const rows = rowsWith(
          payloads.map((one) => shred(one as never)),
          tags,
        )
        const first = Math.min(rows.length, cut)
        const commits = [first, rows.length - first].filter((length) => length > 0)
        const content = decodeRows(rows, commits).content()
        expect(content.isJson).toBe(true)
        let at = 0
        const expected = commits.map((length) => rowsBytes(rows.slice(at, (at += length))))
        expect(content.commits(commits)).toEqual(expected)
      }),
      { numRuns: 120 },
    )
  })

  it('holds for counters and instants, which are written as differences', () => {
    const rows = rowsWith(
      Array.from({ length: 200 }, (_, index) =>
        shred({
          cycle: 1_000_000 + index * 7,
          at: new Date(1.7e12 + index * 997).toISOString(),
          same: 'x',
          n: index % 5,
        }),
      ),
      [['a'], ['b', 'c']],
    )
    expect(decodeRows(rows, [200]).content().commits([200])).toEqual([rowsBytes(rows)])
  })
})

describe('what is JSON', () => {
  const pieces = fc.constantFrom(
    '{"a":',
    '[',
    ',',
    ']',
    '}',
    '"',
    '1',
    ' ',
    '',
    'x',
    '\\',
    '[1,',
    '"b":',
    'null',
    '{',
    ':',
  )
  const leaf = fc.constantFrom(
    '1',
    '-0',
    '01',
    '1.',
    '"x"',
    '"',
    '',
    'true',
    'nul',
    '1,2',
    '[1',
    '2]',
    '[1]',
    '{}',
    ' 1',
    '"\\n"',
    '"\\x"',
    '1e5',
    '1e',
    '"a"b"',
    '\t',
    'é',
    '"é"',
  )

  it('what is proved from shapes and leaves holds for each payload', () => {
    let proved = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(pieces, leaf), { maxLength: 5 }),
        pieces,
        fc.array(leaf, { minLength: 5, maxLength: 5 }),
        (parts, end, others) => {
          const shape = parts.map(([piece]) => `${piece}\n`).join('') + end
          const first = { shape, leaves: parts.map(([, text]) => text) }
          const second = { shape, leaves: parts.map((_, index) => others[index] ?? '') }
          const rows = rowsWith([first, second, first], [['t']])
          const block = decodeRows(rows, [3])
          if (!block.content().isJson) return
          proved += 1
          for (const row of rows) expect(isJsonText(weave(row))).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
    expect(proved).toBeGreaterThan(20)
  })

  it('a leaf of two values, a place inside a string, and a place where no value may stand prove nothing', () => {
    for (const [shape, leaves] of [
      ['[\n]', ['1,2']],
      ['"\n"', ['abc']],
      ['{\n:1}', ['"a"']],
      ['[1\n]', ['2']],
      ['\n\n', ['1', '2']],
      ['["a\n\n"]', ['1', '1']],
    ] as const)
      expect(
        decodeRows(
          rowsWith(
            [
              { shape, leaves },
              { shape, leaves },
            ],
            [['t']],
          ),
          [2],
        ).content().isJson,
      ).toBe(false)
  })

  it('a scalar is what JSON.parse takes for a number, a word or a string', () => {
    const bytes = (text: string) => new TextEncoder().encode(text)
    fc.assert(
      fc.property(fc.oneof(leaf, fc.double().map(String), fc.json({ maxDepth: 0 }), fc.string()), (text) => {
        const encoded = bytes(`##${text}##`)
        expect(isScalar(encoded, 2, encoded.length - 2) && !isJsonText(text)).toBe(false)
      }),
      { numRuns: 3000 },
    )
    for (const text of ['0', '-1', '12.5', '1e+9', '2E-3', 'true', 'false', 'null', '""', '"äöü"'])
      expect(isScalar(bytes(text), 0, bytes(text).length)).toBe(true)
  })
})
