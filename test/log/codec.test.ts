/** The body's codec by itself: rows in, the same rows out, however they are grouped. `lossless.test.ts` goes through the whole log. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AppId, EventDraft, Json } from '../../src/core/event.ts'
import { jsonText } from '../../src/core/json-text.ts'
import { normaliseTags } from '../../src/core/tags.ts'
import { decodeBody, encodeBody } from '../../src/log/body.ts'
import type { Row } from '../../src/log/row.ts'
import { charsOf, shred, weave } from '../../src/log/shape.ts'
import { at, makeRun, newSigner, start } from './fixture.ts'
import { parseRun, readRun } from '../../src/log/run.ts'
import { nested, payload, publication } from './payload.ts'

const apps = ['com.example.a', 'b', 'com.example-1.c.d'] as AppId[]

const rowsOf = (drafts: readonly EventDraft[], times: readonly number[], leaps: readonly number[]): Row[] => {
  let lamport = 0
  return drafts.map(({ tags, payload: value }, index) => ({
    lamport: (lamport += 1 + (leaps[index % leaps.length] ?? 0)),
    timestamp: start + (times[index % times.length] ?? 0),
    tags: normaliseTags(tags),
    appId: apps[(leaps[index % leaps.length] ?? 0) % apps.length] ?? at(apps, 0),
    ...shred(value),
  }))
}

const plain = (row: Row) => ({ ...row, tags: [...row.tags], payload: weave(row), shape: undefined, leaves: undefined })

const roundTrip = (rows: readonly Row[], commits: readonly number[]) => {
  const times = rows.map(({ timestamp }) => timestamp)
  const header = {
    from: 17,
    count: rows.length,
    firstLamport: at(rows, 0).lamport,
    lastLamport: at(rows, -1).lamport,
    minTime: Math.min(...times),
    maxTime: Math.max(...times),
  }
  return decodeBody(encodeBody(rows, commits, header.minTime), header)
}

/** What does not come back of one column of these values, beside a constant one and in two shapes, asked for in either order. */
const lostIn = (values: readonly Json[], tags: (index: number) => string[] = () => []): string[] => {
  const drafts = values.map((value, index): EventDraft => ({ tags: tags(index), payload: { value, constant: 'c' } }))
  const mixed = values.map((value, index): EventDraft => ({
    tags: tags(index),
    payload: index % 2 === 0 ? { value } : { other: [value], value },
  }))
  return [drafts, mixed].flatMap((some) => {
    const wanted = some.map(({ payload: value }) => jsonText(value))
    const rows = rowsOf(some, [0], [0])
    const forwards = roundTrip(rows, [some.length])
    const backwards = roundTrip(rows, [some.length])
    return [
      ...wanted.filter((text, index) => forwards.payload(index) !== text),
      ...wanted.filter((_, index) => weave(backwards.row(some.length - 1 - index)) !== wanted[some.length - 1 - index]),
    ]
  })
}

describe('a body', () => {
  it('gives back every row: lamports, times in any order, tags, apps, payloads, commits', () => {
    const anyRows = fc.record({
      drafts: publication,
      times: fc.array(fc.oneof(fc.nat(1000), fc.integer({ min: -1e15, max: 1e15 })), { minLength: 1, maxLength: 5 }),
      leaps: fc.array(fc.oneof(fc.nat(3), fc.nat(2 ** 31), fc.constant(2 ** 40)), { minLength: 1, maxLength: 5 }),
      cuts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 40, maxLength: 40 }),
    })
    fc.assert(
      fc.property(anyRows, ({ drafts, times, leaps, cuts }) => {
        const rows = rowsOf(drafts, times, leaps)
        const commits: number[] = []
        for (let left = rows.length; left > 0; left -= at(commits, -1))
          commits.push(Math.min(left, cuts[commits.length] ?? left))
        const block = roundTrip(rows, commits)
        expect(block.from).toBe(17)
        expect([...block.commits]).toEqual(commits)
        expect(rows.map((_, index) => plain(block.row(index)))).toEqual(rows.map(plain))
        expect([...block.lamports]).toEqual(rows.map(({ lamport }) => lamport))
        expect([...block.times]).toEqual(rows.map(({ timestamp }) => timestamp))
        rows.forEach((row, index) => {
          expect(block.payload(index)).toBe(weave(row))
          expect(block.tagSets[block.setOf?.[index] ?? 0]).toEqual([...row.tags])
          expect(block.apps[block.appOf?.[index] ?? 0]).toBe(row.appId)
        })
      }),
      { numRuns: 150, endOnFailure: true },
    )
  })

  it('is the same plain and deflated, through a signed record', async () => {
    const signer = await newSigner()
    const drafts = fc.sample(publication, { numRuns: 10, seed: 7 })
    for (const some of drafts) {
      for (const sealed of [false, true]) {
        const rows = rowsOf(some, [0, 5, 3], [0, 2])
        const run = parseRun((await makeRun(signer, { rows, sealed })).bytes)
        const block = await readRun(run)
        expect(rows.map((_, index) => plain(block.row(index)))).toEqual(rows.map(plain))
      }
    }
  })

  it('says the same twice for the same rows: seals are compared byte by byte', () => {
    const [drafts] = fc.sample(publication, { numRuns: 1, seed: 3 })
    const rows = rowsOf(drafts ?? [], [0, 1], [1])
    const other = rows.map((row) => ({ ...row, tags: [...row.tags], leaves: [...row.leaves] }))
    expect(encodeBody(rows, [rows.length], start)).toEqual(encodeBody(other, [rows.length], start))
  })
})

describe('columns', () => {
  const many = (count: number, value: (index: number) => Json): Json[] =>
    Array.from({ length: count }, (_, index) => value(index))

  it.each<[string, Json[]]>([
    ['one value', [1]],
    ['the same for all', many(50, () => 'x')],
    ['the same but one', many(50, (index) => (index === 49 ? 'y' : 'x'))],
    ['a counter', many(100, (index) => 1_000_000 + index)],
    ['a counter downwards, below zero', many(100, (index) => 10 - index)],
    ['a counter that stumbles over text', many(100, (index) => (index === 77 ? 'x' : 1_000_000 + index))],
    ['a counter that stumbles over −0', many(100, (index) => (index === 77 ? -0 : 1_000_000 + index))],
    ['a counter with a fraction', many(100, (index) => (index === 40 ? 1_000_040.5 : 1_000_000 + index))],
    ['a counter past 15 digits', many(100, (index) => 999_999_999_999_950 + index)],
    ['a counter in strings', many(100, (index) => String(1_000_000 + index))],
    ['numbers with exponents', many(100, (index) => 1e21 * (index + 1))],
    ['large numbers that alternate', many(60, (index) => (index % 2 === 0 ? 1 : -1) * 999_999_999_999_999)],
    ['instants in milliseconds', many(60, (index) => new Date(1.7e12 + index * 1234).toISOString())],
    ['instants in seconds', many(60, (index) => `2024-02-29T12:00:${String(index).padStart(2, '0')}Z`)],
    [
      'instants in microseconds',
      many(60, (index) => `2024-02-29T12:00:00.${String(index * 17).padStart(6, '0')}+05:30`),
    ],
    ['instants without a zone', many(60, (index) => `2024-02-29 12:00:${String(index).padStart(2, '0')}`)],
    [
      'instants across midnight, years and backwards',
      many(60, (index) => new Date(Date.UTC(1970, 0, 1) - index * 3_600_000).toISOString()),
    ],
    [
      'the first and the last of the calendar',
      ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z'],
    ],
    [
      'one invalid date among good ones',
      many(60, (index) => (index === 30 ? '2023-02-29T00:00:00Z' : '2024-02-28T00:00:00Z')),
    ],
    ['leap seconds and 24 o’clock', ['2024-01-01T00:00:00Z', '2024-12-31T23:59:60Z', '2024-01-01T24:00:00Z']],
    ['zones that change', many(60, (index) => `2024-01-01T00:00:00${index < 59 ? 'Z' : '+00:00'}`)],
    ['zones that are none', many(10, () => '2024-01-01T00:00:00+99:99').concat('2024-01-01T00:00:01+99:99')],
    ['fractions that change', many(10, (index) => `2024-01-01T00:00:00.${index < 9 ? '123' : '1234'}Z`)],
    ['what looks like the codec itself', ['=', '@', ':', 't', 'd', 'T0Z', '', '\n', '0', '-1', '="x"']],
    ['lists, objects, nothing', [[], {}, null, [[]], [{}], { value: {} }, false]],
  ])('%s', (_, values) => {
    expect(lostIn(values)).toEqual([])
    expect(lostIn(values, (index) => [`tag-${index % 3}`])).toEqual([])
    expect(lostIn(values, (index) => (index % 2 === 0 ? [] : ['a', `t${index}`]))).toEqual([])
  })

  it('what the tags say already, and what they nearly say', () => {
    const machine = (index: number): string => `press-${index % 5}`
    const stranger = (index: number): string => (index === 95 ? 'other' : machine(index))
    expect(lostIn(many(100, machine), (index) => [machine(index)])).toEqual([])
    expect(lostIn(many(100, stranger), (index) => [machine(index)])).toEqual([])
    expect(lostIn(many(100, machine), (index) => [machine(Math.floor(index / 2))])).toEqual([])
  })
})

describe('shredding', () => {
  it('weaves back to the text of every value, whatever was shredded before', () => {
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 12 }), (values) => {
        for (const value of [...values, ...values.toReversed()]) {
          const shredded = shred(value)
          expect(weave(shredded)).toBe(jsonText(value))
          expect(charsOf(shredded)).toBe(jsonText(value).length)
          expect(shredded.shape.split('\n')).toHaveLength(shredded.leaves.length + 1)
        }
      }),
      { numRuns: 200, endOnFailure: true },
    )
  })

  it('of values that are alike but not the same', () => {
    const alike: Json[] = [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      { a: 1 },
      { a: { b: 1 } },
      { a: {} },
      { a: [] },
      { a: null },
      { a: { b: {} } },
      { '': 1 },
      { a: 1, b: 2, c: 3 },
      JSON.parse('{"__proto__":1,"a":2}') as Json,
      JSON.parse('{"a":2,"__proto__":{"b":1}}') as Json,
      nested(8, 'object'),
      nested(9, 'object'),
      nested(9, 'object', {}),
    ]
    for (let round = 0; round < 3; round++) for (const value of alike) expect(weave(shred(value))).toBe(jsonText(value))
  })

  it('honours toJSON as the text of JSON does', () => {
    const price = { cents: 5, toJSON: () => '0.05' }
    const inherited = Object.create(price, { cents: { value: 5, enumerable: true } }) as Json
    for (const value of [{ at: new Date(0) as unknown as Json }, inherited, { price: inherited }, [inherited]])
      expect(weave(shred(value))).toBe(jsonText(value))
  })
})
