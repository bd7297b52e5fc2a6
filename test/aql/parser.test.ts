import { describe, expect, test } from 'vitest'
import { queryCharsMax, queryDepthMax } from '../../src/core/limits.ts'
import { AqlError } from '../../src/aql/error.ts'
import { parseQuery } from '../../src/aql/parser.ts'
import { printQuery } from '../../src/aql/print.ts'
import { where } from './event-list.ts'

const errorOf = (text: string): AqlError => {
  try {
    parseQuery(text)
  } catch (error) {
    if (error instanceof AqlError) return error
    throw error
  }
  throw new Error(`parsed: ${text}`)
}

describe('what is written around a tag expression', () => {
  test('nothing', () => {
    const source = { type: 'events', where: { type: 'allEvents' } }
    expect(parseQuery('FROM allEvents')).toEqual({ pragmas: [], features: [], source, stages: [] })
  })

  test('pragmas, features, order, limits, END and comments, all at once', () => {
    const query = parseQuery(
      'PRAGMA features := limit\r\n-- a comment\r\nPRAGMA note\r\none\r\n\r\ntwo\r\nENDPRAGMA\r\n' +
        "FEATURES( eventKeyRange\tzøg ) FROM -- where from\n'a'ORDER STREAM LIMIT 20 -- not 30\rLIMIT 3 END--",
    )
    expect(query.pragmas).toEqual([
      { name: 'features', text: 'limit' },
      { name: 'note', text: 'one\n\ntwo' },
    ])
    expect(query.features).toEqual(['eventKeyRange', 'zøg'])
    expect(query.source).toEqual({ type: 'events', where: { type: 'tag', tag: 'a' }, order: 'stream-asc' })
    expect(query.stages).toEqual([
      { type: 'limit', count: 20n },
      { type: 'limit', count: 3n },
    ])
  })

  test('as the SDK asks, with a horizon and a blank at the end', () => {
    const stream = `${'.'.repeat(43)}-0`
    const query = parseQuery(`FEATURES(eventKeyRange) FROM ('a' & isLocal | 'b''s') & from(17/${stream}) `)
    expect(printQuery(query)).toBe(
      `FEATURES(eventKeyRange) FROM ((('a' & isLocal) | 'b''s') & KEY >= 17/${stream}) END`,
    )
  })
})

describe('tag expressions', () => {
  test('& binds tighter than |, and chains are one node', () => {
    const tag = (name: string) => ({ type: 'tag', tag: name })
    expect(where("'a' | 'b' & 'c' & 'd' | 'e'")).toEqual({
      type: 'or',
      of: [tag('a'), { type: 'and', of: [tag('b'), tag('c'), tag('d')] }, tag('e')],
    })
  })

  test('other spellings of operators', () => {
    expect(where("'a' ∧ KEY ≤ 5 ∨ TIME ≥ 2020-01-01Z")).toEqual(where("'a' & KEY <= 5 | TIME >= 2020-01-01Z"))
  })

  test('an app id may contain what elsewhere begins a comment', () => {
    expect(where('appId( --a.-- )')).toEqual({ type: 'appId', appId: '--a.--' })
  })

  test('a tag is NFC', () => {
    expect(where("'e\u0301'")).toEqual({ type: 'tag', tag: '\u00e9' })
  })

  test('braces in backticks are numbers of letters, everything else there is itself', () => {
    const parts = [{ type: 'text', text: 'a "\'} --\u{1f600}`{' }]
    expect(where('`a "\'} --{U+1F600}{U+60}{U+7b}`')).toEqual({ type: 'interpolation', parts })
  })

  test('10,000 operands cost no stack', () => {
    const tags = Array.from({ length: 10_000 }, (_, index) => `'${index % 9}'`)
    for (const [type, symbol] of [
      ['and', '&'],
      ['or', '|'],
    ] as const) {
      const expr = where(tags.join(symbol))
      expect(expr.type === type && expr.of.length).toBe(10_000)
    }
    const alternating = where(tags.map((tag, index) => tag + (index % 2 === 0 ? '&' : '|')).join('') + "'x'")
    expect(alternating.type === 'or' && alternating.of.length).toBe(5001)
  })

  test('depth is bounded, also that of the tree as it would be printed', () => {
    const nested = (levels: number) => `FROM ${'('.repeat(levels)}'a'${')'.repeat(levels)}`
    expect(parseQuery(nested(queryDepthMax)).source.where).toEqual({ type: 'tag', tag: 'a' })
    expect(errorOf(nested(queryDepthMax + 1))).toMatchObject({ line: 1, column: 6 + queryDepthMax })
    expect(errorOf(nested(20_000)).message).toContain(`more than ${queryDepthMax} deep`)

    // two levels of the tree to each parenthesis
    const twofold = (levels: number, innermost = "'c'") =>
      `FROM ${"'a' | 'b' & (".repeat(levels)}${innermost}${')'.repeat(levels)}`
    const deepest = parseQuery(twofold(queryDepthMax / 2))
    expect(parseQuery(printQuery(deepest))).toEqual(deepest)
    expect(errorOf(twofold(queryDepthMax / 2, "'c' & 'd'")).message).toContain('nested')
  })
})

describe('errors say line, column, what was found and what was expected', () => {
  const afterAtom = ['`&`', '`|`', 'ORDER', 'LIMIT', 'END', 'the end of the query']
  const atoms = ['`(`', 'a tag', 'allEvents', 'isLocal', 'appId', 'from', 'to', 'KEY', 'TIME']
  const aWhole = 'a whole number from 1'

  test.each<[string, number, number, string, string[]]>([
    ['', 1, 1, 'the end of the query', ['PRAGMA', 'FEATURES', 'FROM']],
    ['FROM', 1, 5, 'the end of the query', atoms],
    ['FROM x', 1, 6, '`x`', atoms],
    ["FROM 'a'\n  & -- and\n  ?", 3, 3, '`?`', atoms],
    ["FROM '😀' '\n'", 1, 10, "`'\n'`", afterAtom],
    ["FROM 'a'\r\n'b'\rX", 2, 1, "`'b'`", afterAtom],
    ["FROM ('a' | 'b'", 1, 16, 'the end of the query', ['`&`', '`|`', '`)`']],
    ["FROM 'a' END 'b'", 1, 14, "`'b'`", ['the end of the query']],
    ["FROM 'a' LIMIT", 1, 15, 'the end of the query', [aWhole]],
    ["FROM 'a' LIMIT 0", 1, 16, '`0`', [aWhole]],
    ["FROM 'a' LIMIT -1", 1, 16, '`-`', [aWhole]],
    ["FROM 'a' ORDER asc", 1, 16, '`asc`', ['ASC', 'DESC', 'STREAM']],
    ["FROM 'a", 1, 8, 'the end of the query', ["' to end the text that begins at 'a"]],
    ['FROM `a', 1, 8, 'the end of the query', ['` to end the tag']],
    ["FROM ''", 1, 6, "`''`", ['a tag that is not empty']],
    ['FROM ``', 1, 6, '````', ['a tag that is not empty']],
    ['FROM appId()', 1, 12, '`)`', ['an app id']],
    ['FROM appId(a..b)', 1, 12, '`a..b`', ['an app id such as com.example.app']],
    ['FROM KEY = 5', 1, 10, '`=`', ['`<`', '`<=`', '`>`', '`>=`']],
    ['FROM KEY > x', 1, 12, '`x`', ['a lamport or event key']],
    ['FROM from(x)', 1, 11, '`x`', ['a date with zone', 'a lamport or event key']],
    ['FROM from(1/!)', 1, 13, '`!`', ['a stream id']],
    ['FROM from(1/abc-0)', 1, 13, '`abc-0`', ['a stream id']],
    [
      'FROM KEY > 18446744073709551616',
      1,
      12,
      '`18446744073709551616`',
      ['a natural number up to 18446744073709551615'],
    ],
    ['FROM TIME > 5', 1, 14, 'the end of the query', ['a unit (s, m, h, D, W, M or Y) and `ago`']],
    ['FROM TIME > 5q ago', 1, 14, '`q`', ['a unit (s, m, h, D, W, M or Y) and `ago`']],
    ['FROM TIME > now', 1, 13, '`now`', ['a date with zone', 'a span such as `7s ago`']],
    ['FROM TIME > 2021-02-29Z', 1, 21, '`29Z`', ['a day from 01 to 28']],
    ['FROM TIME > 2021-02-28', 1, 23, 'the end of the query', ['a zone such as Z or +01:00']],
    ['FROM TIME > 2021-02-28T24:00Z', 1, 24, '`24:00Z`', ['an hour from 00 to 23']],
    ['FROM TIME > 2021-02-28T23:00+01:60', 1, 33, '`60`', ['a minute from 00 to 59']],
    ['FROM TIME > 0000-01-01+00:01', 1, 13, '`0000-01-01+00:01`', ['a date of the years 0000 to 9999 in UTC']],
    ['FEATURES(a,b) FROM x', 1, 11, '`,`', ['`)`', 'the name of a feature']],
    ['PRAGMA', 1, 7, 'the end of the query', ['the name of a pragma']],
    ['PRAGMA x\ny\nFROM allEvents', 2, 1, '`y`', ['`:=` and a line of text', 'a new line, text and a line ENDPRAGMA']],
  ])('%j', (text, line, column, found, expected) => {
    const error = errorOf(text)
    expect(error).toMatchObject({ code: 'ERR_BAD_REQUEST', line, column, expected })
    expect(error.message).toContain(`Line ${line}, column ${column}: found ${found}, expected ${expected[0]}`)
    for (const name of expected) expect(error.message).toContain(name)
  })

  test('what is long is not repeated whole', () => {
    const error = errorOf(`FROM ${'x'.repeat(5000)}`)
    expect(error.message).toContain(`\`${'x'.repeat(24)}…\``)
  })

  test('a query has a longest length', () => {
    const text = (length: number) => `FROM '${'x'.repeat(length - 7)}'`
    expect(parseQuery(text(queryCharsMax)).stages).toEqual([])
    expect(errorOf(text(queryCharsMax + 1))).toMatchObject({ line: 1, column: 1, code: 'ERR_BAD_REQUEST' })
  })

  test('a letter that does not exist', () => {
    expect(errorOf('FROM `a{U+d800}`').message).toBe('Line 1, column 8: invalid unicode scalar value `U+d800`.')
  })
})

test.each([
  ["FROM 'a'\n FILTER _", 2, 2, 'FILTER'],
  ["FROM 'a' LIMIT 5 SELECT _", 1, 18, 'SELECT'],
  ["FROM 'a' ORDER ASC AGGREGATE LAST(_)", 1, 20, 'AGGREGATE'],
  ["FROM 'a' LET x := 1", 1, 10, 'LET'],
  ['FROM [1]', 1, 6, 'FROM with an array'],
  ['FROM `a{_}`', 1, 8, 'A value in a tag'],
  ['PRAGMA events\n{"payload":1}\nENDPRAGMA\nFROM allEvents', 1, 8, 'PRAGMA events'],
])('%j is named as not supported yet', (text, line, column, part) => {
  const error = errorOf(text)
  expect(error).toMatchObject({ code: 'ERR_UNSUPPORTED_FEATURE', line, column, expected: [] })
  expect(error.message).toContain(`${part} is not supported by this version`)
})
