import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, createByteReader, createByteWriter, equalBytes } from '../../src/core/bytes.ts'
import { crc32 } from '../../src/core/crc32.ts'

const malformed = expect.objectContaining({ code: 'ERR_MALFORMED' }) as Error

describe('bytes', () => {
  it('numbers and parts come back as they were written, and take no more room than they must', () => {
    const number = fc.oneof(
      fc.maxSafeNat(),
      fc.nat(300),
      fc.constantFrom(0, 127, 128, 2 ** 32, Number.MAX_SAFE_INTEGER),
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(number, fc.uint8Array({ maxLength: 300 }))), (parts) => {
        const writer = createByteWriter(1)
        for (const part of parts) {
          if (typeof part === 'number') writer.varint(part)
          else writer.sized(part)
        }
        const reader = createByteReader(writer.done())
        expect(parts.map((part) => (typeof part === 'number' ? reader.varint() : reader.sized().slice()))).toEqual(
          parts,
        )
        expect(reader.left).toBe(0)
      }),
    )
    const length = (value: number): number => {
      const writer = createByteWriter()
      writer.varint(value)
      return writer.done().length
    }
    expect([0, 127, 128, 16_383, 16_384, Number.MAX_SAFE_INTEGER].map(length)).toEqual([1, 1, 2, 2, 3, 8])
  })

  it.each<[string, number[], (reader: ReturnType<typeof createByteReader>) => unknown]>([
    ['a number that is cut off', [0x80, 0x80], (reader) => reader.varint()],
    ['a number beyond 2^53−1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], (reader) => reader.varint()],
    ['a number without end', Array.from({ length: 2000 }, () => 0xff), (reader) => reader.varint()],
    ['bytes that are not there', [1, 2], (reader) => reader.bytes(3)],
    ['a part longer than the rest', [9, 1, 2], (reader) => reader.sized()],
    ['nothing', [], (reader) => reader.sized()],
  ])('%s: malformed', (_, bytes, read) => {
    expect(() => read(createByteReader(Uint8Array.from(bytes)))).toThrow(malformed)
  })

  it('are equal, and joined, as their elements are', () => {
    const any = fc.uint8Array({ maxLength: 4 })
    fc.assert(
      fc.property(any, any, (a, b) => {
        const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
        expect(equalBytes(a, b)).toBe(text(a) === text(b))
        expect(text(concatBytes(a, b, a))).toBe(text(a) + text(b) + text(a))
      }),
    )
  })

  it('CRC-32 as everybody computes it', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe('cbf43926')
    expect(crc32(new Uint8Array())).toBe('00000000')
    expect(crc32(new Uint8Array([0]))).toBe('d202ef8d')
  })
})
