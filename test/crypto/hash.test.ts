import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sha256, sha256Small } from '../../src/crypto/hash.ts'

describe('SHA-256', () => {
  it('is what everybody else computes, small and large, also of a view', async () => {
    const source = new Uint8Array(70_000).map((_, index) => (index * 31) % 251)
    for (const length of [0, 1, 55, 56, 64, 2047, 2048, 2049, 65_536]) {
      const bytes = source.subarray(3, 3 + length)
      const wanted = new Uint8Array(createHash('sha256').update(bytes).digest())
      expect(await sha256(bytes)).toEqual(wanted)
      expect(sha256Small(bytes)).toEqual(wanted)
    }
  })
})
