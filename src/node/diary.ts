/** What happened to this node, in sentences, newest last: for the technician. Bounded; kept across restarts. */
import { decode, encode } from 'cborg'
import type { Clock } from '../core/clock.ts'
import type { Store, Write } from '../store/contract.ts'
import type { DiaryEntry } from './contract.ts'

const entriesMax = 200
/** The same sentence again within this time is one entry: a loop must not wear out the flash. Microseconds. */
const repeatAfter = 60_000_000

export interface Diary {
  entries(): readonly DiaryEntry[]
  report(code: string, message: string): void
}

/** A damaged entry must not keep a node from starting. */
const readEntry = (value: Uint8Array): DiaryEntry | undefined => {
  try {
    const entry = decode(value) as Partial<DiaryEntry> | null
    return typeof entry?.time === 'number' && typeof entry.code === 'string' && typeof entry.message === 'string'
      ? { time: entry.time, code: entry.code, message: entry.message }
      : undefined
  } catch {
    return undefined
  }
}

export const openDiary = async (store: Store, clock: Clock): Promise<Diary> => {
  const kept = await store.range('diary', { reverse: true, limit: entriesMax })
  const entries = kept.toReversed().flatMap(([key, value]) => {
    const entry = readEntry(value)
    return entry === undefined ? [] : [{ key, entry }]
  })
  let last = Number(kept[0]?.[0] ?? 0)
  return {
    entries: () => entries.map(({ entry }) => entry),
    report: (code, message) => {
      const time = clock.now()
      const same = entries.findLast(({ entry }) => entry.code === code && entry.message === message)
      if (same !== undefined && Math.abs(time - same.entry.time) < repeatAfter) return
      const entry: DiaryEntry = { time, code, message }
      last += 1
      const key = String(last).padStart(16, '0')
      entries.push({ key, entry })
      const writes: Write[] = [{ type: 'put', table: 'diary', key, value: new Uint8Array(encode(entry)) }]
      while (entries.length > entriesMax) {
        const oldest = entries.shift()
        if (oldest !== undefined) writes.push({ type: 'delete', table: 'diary', key: oldest.key })
      }
      // a diary that cannot be written must not stop the node
      store.write(writes, 'relaxed').catch(() => undefined)
    },
  }
}
