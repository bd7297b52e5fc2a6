import { describe, expect, it } from 'vitest'
import type { EventFilter, Filterable } from '../../src/core/event-filter.ts'
import { matches } from '../../src/core/event-filter.ts'

const node = 'a'.repeat(42)
const event = {
  lamport: 10,
  stream: `${node}.-2`,
  timestamp: 1000,
  tags: ['a', 'b'],
  appId: 'com.app',
} as unknown as Filterable
const at = (lamport: number, stream = event.stream as string) => ({ lamport, stream }) as never

describe('a filter', () => {
  it.each<[EventFilter, boolean]>([
    [{ type: 'all' }, true],
    [{ type: 'none' }, false],
    [{ type: 'tag', tag: 'b' }, true],
    [{ type: 'tag', tag: 'B' }, false],
    [{ type: 'appId', appId: 'com.app' as never }, true],
    [{ type: 'appId', appId: 'com' as never }, false],
    [{ type: 'node', node: `${node}.` as never }, true],
    [{ type: 'node', node: node as never }, false],
    [{ type: 'keyRange', from: at(10) }, true],
    [{ type: 'keyRange', from: at(10, `${event.stream}\0`) }, false],
    [{ type: 'keyRange', to: at(10) }, false],
    [{ type: 'keyRange', to: at(10, `${event.stream}\0`) }, true],
    [{ type: 'keyRange', from: at(9), to: at(11) }, true],
    [{ type: 'keyRange', from: at(11) }, false],
    [{ type: 'timeRange', from: 1000 }, true],
    [{ type: 'timeRange', from: 1001 }, false],
    [{ type: 'timeRange', to: 1000 }, false],
    [{ type: 'timeRange', to: 1001 }, true],
    [{ type: 'timeRange' }, true],
    [{ type: 'and', of: [] }, true],
    [{ type: 'or', of: [] }, false],
    [
      {
        type: 'and',
        of: [
          { type: 'tag', tag: 'a' },
          { type: 'tag', tag: 'c' },
        ],
      },
      false,
    ],
    [
      {
        type: 'or',
        of: [
          { type: 'tag', tag: 'c' },
          { type: 'tag', tag: 'a' },
        ],
      },
      true,
    ],
  ])('%j: %s', (filter, expected) => {
    expect(matches(filter, event)).toBe(expected)
  })
})
