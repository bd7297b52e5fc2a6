import { equalBytes } from '../../src/core/bytes.ts'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deflate, inflate } from '../../src/crypto/deflate.ts'

const limit = { code: 'ERR_INFLATE_LIMIT' }

describe('deflate', () => {
  it('comes back as it was, here and elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        const packed = await deflate(bytes)
        expect(await inflate(packed, bytes.length)).toEqual(bytes)
        expect(new Uint8Array(inflateRawSync(packed))).toEqual(bytes)
        expect(await inflate(new Uint8Array(deflateRawSync(bytes)), bytes.length)).toEqual(bytes)
      }),
      { numRuns: 30 },
    )
  })

  it('of a megabyte, too', async () => {
    const bytes = new Uint8Array(1 << 20).map((_, index) => (index * index) % 253)
    expect(equalBytes(await inflate(await deflate(bytes), bytes.length), bytes)).toBe(true)
  })

  it('RULES 1: a bomb stops where it was announced', async () => {
    const packed = await deflate(new Uint8Array(100_000_000))
    expect(packed.length).toBeLessThan(200_000)
    const before = process.memoryUsage().arrayBuffers
    await expect(inflate(packed, 1000)).rejects.toMatchObject(limit)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
    await expect(inflate(await deflate(new Uint8Array(101)), 100)).rejects.toMatchObject(limit)
    await expect(inflate(await deflate(new Uint8Array(100)), 100)).resolves.toHaveLength(100)
  })

  it('what is not deflated is malformed, and so is what was cut off', async () => {
    const packed = await deflate(new TextEncoder().encode('x'.repeat(100) + Math.PI))
    for (const bytes of [new Uint8Array([0xff, 0xff, 0xff]), packed.slice(0, -1), packed.slice(0, 3), new Uint8Array()])
      await expect(inflate(bytes, 10_000)).rejects.toMatchObject({ code: 'ERR_MALFORMED' })
  })
})
