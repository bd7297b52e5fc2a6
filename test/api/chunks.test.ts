import { describe, expect, test } from 'vitest'
import { chunkChars, createChunks } from '../../src/api/chunks.ts'
import type { Lines } from '../../src/api/items.ts'
import { createManualClock, settle } from './manual-clock.ts'

const line = (length: number): string => JSON.stringify('x'.repeat(length - 2))

/** Yields these batches; counts how often it was asked. `'wait'` waits to be let on. */
const createSource = (batches: readonly (readonly string[] | 'wait')[]) => {
  let asked = 0
  let letOn: (() => void) | undefined
  let wasReturned = false
  async function* source(): Lines {
    try {
      for (const batch of batches) {
        if (batch === 'wait') await new Promise<void>((resolve) => (letOn = resolve))
        else {
          asked++
          yield batch
        }
      }
    } finally {
      wasReturned = true
    }
  }
  return {
    lines: source(),
    letOn: () => letOn?.(),
    get asked() {
      return asked
    },
    get wasReturned() {
      return wasReturned
    },
  }
}

const all = async (lines: Lines): Promise<string[]> => {
  const chunks = createChunks(lines, createManualClock())
  const found: string[] = []
  for (;;) {
    const chunk = await chunks.next()
    if (chunk.type === 'end') return found
    if (chunk.type === 'lines') found.push(chunk.lines)
  }
}

describe('chunks', () => {
  test('of many small batches are one chunk', async () => {
    const batches = Array.from({ length: 100 }, (_, index) => [`${index}`, `"${index}"`])
    expect(await all(createSource(batches).lines)).toEqual([batches.flat().join('\n')])
  })

  test('hold every line once, in order, and none is larger than it must be', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `${index}${'0'.repeat((index * 7919) % 300)}`)
    const found = await all(createSource([lines.slice(0, 4000), [], lines.slice(4000)]).lines)
    expect(found.join('\n').split('\n')).toEqual(lines)
    expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(chunkChars)
    expect(found.length).toBeLessThan(lines.join('\n').length / chunkChars + 3)
  })

  test('a line larger than a chunk is a chunk of its own', async () => {
    const lines = ['1', line(3 * chunkChars), '2']
    expect(await all(createSource([lines]).lines)).toEqual(lines)
  })

  test('an empty source ends', async () => {
    expect(await all(createSource([]).lines)).toEqual([])
    expect(await all(createSource([[], []]).lines)).toEqual([])
  })

  test('lines at hand go at once when nothing more is known', async () => {
    const source = createSource([['1'], [], 'wait', ['2']])
    const chunks = createChunks(source.lines, createManualClock())
    expect(await chunks.next()).toEqual({ type: 'lines', lines: '1' })
    const next = chunks.next()
    await settle()
    source.letOn()
    expect(await next).toEqual({ type: 'lines', lines: '2' })
  })

  test('lines at hand wait for slow ones only for a moment', async () => {
    const clock = createManualClock()
    const source = createSource([['1'], 'wait', ['2']])
    const chunks = createChunks(source.lines, clock)
    const first = chunks.next()
    await settle()
    clock.pass(5)
    expect(await first).toEqual({ type: 'lines', lines: '1' })
    const second = chunks.next()
    await settle()
    source.letOn()
    expect(await second).toEqual({ type: 'lines', lines: '2' })
    expect(await chunks.next()).toEqual({ type: 'end' })
    expect(clock.waiting).toBe(0)
  })

  test('silence is told again and again, and costs no line', async () => {
    const clock = createManualClock()
    const source = createSource(['wait', ['1']])
    const chunks = createChunks(source.lines, clock, 15_000)
    for (let round = 0; round < 3; round++) {
      const next = chunks.next()
      await settle()
      clock.pass(15_000)
      expect(await next).toEqual({ type: 'idle' })
    }
    const next = chunks.next()
    source.letOn()
    await settle()
    clock.pass(5)
    expect(await next).toEqual({ type: 'lines', lines: '1' })
  })

  test('nothing is asked of the source before a chunk is asked for, and then only what one needs', async () => {
    const source = createSource(Array.from({ length: 50 }, () => [line(chunkChars / 2)]))
    const chunks = createChunks(source.lines, createManualClock())
    await settle()
    expect(source.asked).toBe(0)
    await chunks.next()
    await settle()
    expect(source.asked).toBeLessThanOrEqual(3)
  })

  test('closing lets go of the source', async () => {
    const source = createSource([['1'], ['2']])
    const chunks = createChunks(source.lines, createManualClock())
    await chunks.next()
    chunks.close()
    await settle()
    expect(source.wasReturned).toBe(true)
    expect(await chunks.next()).toEqual({ type: 'end' })
  })

  test('what the source throws arrives once, after the lines before it', async () => {
    async function* failing(): Lines {
      yield ['1']
      throw new Error('broken')
    }
    const chunks = createChunks(failing(), createManualClock())
    expect(await chunks.next()).toEqual({ type: 'lines', lines: '1' })
    await expect(chunks.next()).rejects.toThrow('broken')
    expect(await chunks.next()).toEqual({ type: 'end' })
  })
})
