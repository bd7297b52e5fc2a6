import { describe, expect, it } from 'vitest'
import type { EventItem, Json } from '../../src/client/contract.ts'
import { cellText, pathName, resultColumns, valueAt } from '../../src/ui/result-columns.ts'

const events = (...payloads: Json[]): EventItem[] => payloads.map((payload) => ({ ...({} as EventItem), payload }))

describe('columns of a result', () => {
  it('are the leaves of the payloads in the order they appear', () => {
    const columns = resultColumns(events({ a: 1, b: { c: 2, d: [1] } }, { a: 1, e: null }))
    expect(columns.map(pathName)).toEqual(['a', 'b.c', 'b.d', 'e'])
  })
  it('are one for payloads that are no objects', () => {
    expect(resultColumns(events(1, 'x', [2]))).toEqual([[]])
    expect(cellText(valueAt([2], []))).toBe('[2]')
  })
  it('keep the frequent ones when there are too many', () => {
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`k${n}`, n]))
    const columns = resultColumns(events(wide, { k39: 1, k38: 1 }, { k39: 1 })).map(pathName)
    expect(columns.length).toBe(14)
    expect(columns).toContain('k38')
    expect(columns).toContain('k39')
  })
  it('tell apart keys with dots, and read own keys only', () => {
    const payload = JSON.parse('{"a.b":1,"a":{"b":2},"__proto__":3}') as Json
    const columns = resultColumns(events(payload))
    expect(columns.map((path) => cellText(valueAt(payload, path)))).toEqual(['1', '2', '3'])
    expect(valueAt({}, ['toString'])).toBeUndefined()
  })
})
