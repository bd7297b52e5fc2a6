import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareKeys } from '../../src/core/event.ts'
import type { EventKey } from '../../src/core/event.ts'
import { isWrittenBy } from '../../src/core/event-filter.ts'
import {
  bytesFromNodeId,
  bytesOfCryptBase64,
  cryptBase64,
  isAppId,
  isNodeId,
  nodeIdFromBytes,
  parseStreamId,
  streamOf,
} from '../../src/core/node-id.ts'
import { tagCharsMax, tagsPerEventMax } from '../../src/core/limits.ts'
import { normaliseTags } from '../../src/core/tags.ts'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('ids', () => {
  it('a node id is its key, 43 characters, and sorts like it', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const [first, second] = [nodeIdFromBytes(a), nodeIdFromBytes(b)]
        expect(first).toMatch(/^[./0-9A-Za-z]{43}$/)
        expect(bytesFromNodeId(first)).toEqual(a)
        expect(isNodeId(first)).toBe(true)
        expect(first < second).toBe(Buffer.compare(a, b) < 0)
      }),
    )
  })

  it('any bytes come back; a text that stands for none does not pass', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(bytesOfCryptBase64(cryptBase64(bytes))).toEqual(bytes)
      }),
    )
    for (const text of ['=', 'a b', 'é', '/', '.1', 'abc+']) expect(bytesOfCryptBase64(text)).toBeUndefined()
    // of the 64 letters that may come last only 16 leave no bits behind
    const [id] = [nodeIdFromBytes(new Uint8Array(32))]
    const valid = [...'./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'].filter((letter) =>
      isNodeId(id.slice(0, 42) + letter),
    )
    expect(valid).toHaveLength(16)
  })

  it('a stream id has a node and a number, and one way to be written', () => {
    const node = nodeIdFromBytes(new Uint8Array(32).fill(7))
    for (const number of [0, 1, 4, 10, 2 ** 53 - 1])
      expect(parseStreamId(streamOf(node, number))).toEqual({ node, number })
    for (const text of [
      '',
      node,
      `${node}-`,
      `${node}-01`,
      `${node}--1`,
      `${node}-1.5`,
      `${node}-9007199254740993`,
      `${node} 1`,
      `x${node}-1`,
      `${node}-1 `,
    ])
      expect(parseStreamId(text)).toBeUndefined()
    expect(isWrittenBy(streamOf(node, 12), node)).toBe(true)
    expect(isWrittenBy(node, node)).toBe(false)
  })

  it.each([
    ['com.example.app', true],
    ['a', true],
    ['a-b.c-9', true],
    ['', false],
    ['A', false],
    ['a..b', false],
    ['.a', false],
    ['a.', false],
    ['a_b', false],
    ['x'.repeat(257), false],
    ['a\n', false],
  ])('%j as an app id: %s', (text, expected) => {
    expect(isAppId(text)).toBe(expected)
  })

  it('RULES 10: the key of an event is (lamport, stream)', () => {
    const any = fc.record({ lamport: fc.nat(3), stream: fc.constantFrom('a', 'b', 'c') }) as fc.Arbitrary<EventKey>
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(Math.sign(compareKeys(a, b))).toBe(-Math.sign(compareKeys(b, a)) + 0)
        expect(compareKeys(a, b) === 0).toBe(a.lamport === b.lamport && a.stream === b.stream)
        expect(compareKeys(a, b) > 0 || compareKeys(b, c) > 0 || compareKeys(a, c) <= 0).toBe(true)
      }),
    )
  })
})

describe('tags', () => {
  it('become NFC, sorted, without duplicates; again makes no difference', () => {
    const tag = fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }).filter((text) => text.isWellFormed())
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 6 }), (tags) => {
        const normal = normaliseTags(tags)
        expect([...normal]).toEqual([...new Set(tags.map((text) => text.normalize('NFC')))].sort())
        expect([...normaliseTags(normal)]).toEqual([...normal])
      }),
    )
  })

  it.each<[string, unknown[]]>([
    ['empty', ['']],
    ['no text', [1]],
    ['a lone surrogate', ['\ud800']],
    ['too long', ['x'.repeat(tagCharsMax + 1)]],
    ['too many', Array.from({ length: tagsPerEventMax + 1 }, (_, index) => `t${index}`)],
  ])('refused: %s', (_, tags) => {
    expect(() => normaliseTags(tags as string[])).toThrow(expect.objectContaining({ code: 'ERR_BAD_REQUEST' }) as Error)
  })
})
