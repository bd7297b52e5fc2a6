/** Event routing in Actyx's units: what is understood, and what is refused with the place where it stands. */
import { describe, expect, it } from 'vitest'
import { matches } from '../../src/core/event-filter.ts'
import type { Filterable } from '../../src/core/event-filter.ts'
import { nodeIdFromBytes, streamOf } from '../../src/core/node-id.ts'
import { lastBeforeDamage, planRouting } from '../../src/node/routing.ts'

const node = nodeIdFromBytes(new Uint8Array(32).fill(9))
const plan = (settings: unknown, numbers = {}) => planRouting(settings, numbers, node)
const limitsOf = (stream: unknown) => plan({ streams: { s: stream } }).routing.retention.get(4)

describe('retention settings', () => {
  it.each([
    ['1B', 1],
    ['500B', 500],
    ['2kB', 2000],
    ['3MB', 3e6],
    ['4GB', 4e9],
    ['2KiB', 2048],
    ['3MiB', 3 * 2 ** 20],
    ['1GiB', 2 ** 30],
  ])('maxSize %s is %i bytes', (text, bytes) => {
    expect(limitsOf({ maxSize: text })).toEqual({ bytesMax: bytes })
  })

  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['3w', 3 * 604_800_000],
  ])('maxAge %s is %i ms', (text, ms) => {
    expect(limitsOf({ maxAge: text })).toEqual({ ageMax: ms })
  })

  it('all three hold together; 0 events means no bound, as nothing does', () => {
    const all = { maxEvents: 7, maxSize: '1MB', maxAge: '1w' }
    expect(limitsOf(all)).toEqual({ eventsMax: 7, bytesMax: 1e6, ageMax: 604_800_000 })
    expect(limitsOf({ maxEvents: 0, maxAge: '1s' })).toEqual({ ageMax: 1000 })
    expect(limitsOf({ maxEvents: 0 })).toBeUndefined()
    expect(limitsOf({})).toBeUndefined()
  })
})

describe('names and numbers', () => {
  it('there are as many as other devices keep of one, and no more', () => {
    const named = (count: number) => Array.from({ length: count }, (_, n) => ({ from: "'x'", into: `name-${n}` }))
    expect(Math.max(...Object.values(plan({ routes: named(124) }).numbers))).toBe(127)
    expect(() => plan({ routes: named(125) })).toThrow(/name-124 would be one stream more/)
    // half of them are for after the numbers were lost
    const lost = { 'before the damage': lastBeforeDamage }
    expect(Math.max(...Object.values(plan({ routes: named(127) }, lost).numbers))).toBe(255)
    expect(() => plan({ routes: named(128) }, lost)).toThrow(/name-127 would be one stream more/)
  })

  it('a name gets the next number when first seen, and keeps it; kinds do not share one', () => {
    const first = plan({
      streams: { a: { maxEvents: 1 } },
      routes: [
        { from: "'x'", into: 'b' },
        { from: "'y'", into: 'a' },
      ],
    })
    expect(first.routing.routes.map(({ streamNumber }) => streamNumber)).toEqual([5, 4])
    const second = plan(
      {
        routes: [
          { from: "'y'", into: 'a' },
          { from: "'x'", into: 'b' },
        ],
      },
      first.numbers,
    )
    expect(second.routing.routes.map(({ streamNumber }) => streamNumber)).toEqual([6, 5])
    expect(second.routing.retention.size).toBe(0)
    expect(plan({ streams: { a: { maxEvents: 9 } } }, second.numbers).routing.retention).toEqual(
      new Map([[4, { eventsMax: 9 }]]),
    )
    expect(plan({}, second.numbers).numbers).toEqual(second.numbers)
  })

  it('default is stream 0', () => {
    expect(plan({ routes: [{ from: 'allEvents', into: 'default' }] }).routing.routes[0]?.streamNumber).toBe(0)
  })

  it('names that every object knows are names like others', () => {
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty']
    const { routing, numbers } = plan({ routes: names.map((into) => ({ from: 'allEvents', into })) })
    expect(routing.routes.map(({ streamNumber }) => streamNumber)).toEqual([4, 5, 6, 7])
    expect(Object.values(numbers)).toEqual([4, 5, 6, 7])
  })

  it('a route is a tag expression as queries have it', () => {
    const { routing } = plan({ routes: [{ from: "'a' & ('b' | appId(com.example.x))", into: 's' }] })
    const event = (tags: string[], appId: string) =>
      ({ tags, appId, lamport: 1, timestamp: 1, stream: streamOf(node, 0) }) as unknown as Filterable
    const passes = (tags: string[], appId = 'com.example.y'): boolean =>
      routing.routes.some(({ filter }) => matches(filter, event(tags, appId)))
    expect([passes(['a']), passes(['a', 'b']), passes(['a'], 'com.example.x'), passes(['b'])]).toEqual([
      false,
      true,
      true,
      false,
    ])
  })
})

describe('what is refused, and where', () => {
  it.each<[unknown, RegExp]>([
    [null, /^eventRouting:/],
    [[], /^eventRouting:/],
    [{ stream: {} }, /"stream" is not known/],
    [{ streams: [] }, /^eventRouting\.streams:/],
    [{ routes: {} }, /^eventRouting\.routes:/],
    [{ streams: { s: 1 } }, /^eventRouting\.streams\.s:/],
    [{ streams: { s: { maxevents: 1 } } }, /"maxevents" is not known/],
    [{ streams: { s: { maxEvents: -1 } } }, /^eventRouting\.streams\.s\.maxEvents:/],
    [{ streams: { s: { maxEvents: 1.5 } } }, /maxEvents/],
    [{ streams: { s: { maxEvents: '5' } } }, /maxEvents/],
    [{ streams: { s: { maxSize: '5' } } }, /^eventRouting\.streams\.s\.maxSize:/],
    [{ streams: { s: { maxSize: '5 MB' } } }, /maxSize/],
    [{ streams: { s: { maxSize: '5mb' } } }, /maxSize/],
    [{ streams: { s: { maxSize: '0MB' } } }, /maxSize/],
    [{ streams: { s: { maxSize: '-5MB' } } }, /maxSize/],
    [{ streams: { s: { maxSize: '5constructor' } } }, /maxSize/],
    [{ streams: { s: { maxSize: 5 } } }, /maxSize/],
    [{ streams: { s: { maxAge: '5y' } } }, /^eventRouting\.streams\.s\.maxAge:/],
    [{ streams: { s: { maxAge: '1.5h' } } }, /maxAge/],
    [{ streams: { 'a b': {} } }, /not a stream name/],
    [{ streams: { '': {} } }, /not a stream name/],
    [JSON.parse('{"streams":{"__proto__":{}}}'), /not a stream name/],
    [{ routes: [1] }, /^eventRouting\.routes\[0\]:/],
    [{ routes: [{ from: 'allEvents' }] }, /^eventRouting\.routes\[0\]\.into:/],
    [{ routes: [{ from: 5, into: 'a' }] }, /^eventRouting\.routes\[0\]\.from:/],
    [{ routes: [{ from: "'a", into: 'a' }] }, /^eventRouting\.routes\[0\]\.from:/],
    [{ routes: [{ from: 'allEvents LIMIT 5', into: 'a' }] }, /^eventRouting\.routes\[0\]\.from: A route is/],
    [{ routes: [{ from: 'allEvents ORDER DESC', into: 'a' }] }, /without ORDER/],
    [{ routes: [{ from: "'a' & from(5)", into: 'a' }] }, /not at time or key/],
    [{ routes: [{ from: "'a' | to(2024-01-01Z)", into: 'a' }] }, /not at time or key/],
    [{ routes: [{ from: "'a'", into: 'a', when: 1 }] }, /"when" is not known/],
    [{ routes: [{ from: "'a'", into: 'a b' }] }, /not a stream name/],
  ])('%j', (settings, sentence) => {
    expect(() => plan(settings)).toThrow(sentence)
    expect(() => plan(settings)).toThrow(expect.objectContaining({ code: 'ERR_SETTINGS' }) as Error)
  })
})
