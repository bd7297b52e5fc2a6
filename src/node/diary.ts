/** What happened to this node, in sentences, newest last: for the technician. Bounded; kept across restarts. */
import { decode, encode } from 'cborg'
import type { Clock } from '../core/clock.ts'
import { createTokenBucket } from '../core/token-bucket.ts'
import type { Store, Write } from '../store/contract.ts'
import type { DiaryEntry } from './contract.ts'

const entriesMax = 200
/** Of one code: whoever can cause one kind of entry as often as it likes must not push out all others. */
const entriesOfCodeMax = 40
/** Beyond it entries are counted, not written. */
const pace = { perSecond: 0.5, atOnce: 60 }
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
  const allowance = createTokenBucket(clock, pace)
  let leftOut = 0

  /** The place of the entry that has to go for a new one of `code`; -1 for none. */
  const placeToGive = (code: string): number => {
    if (entries.filter(({ entry }) => entry.code === code).length >= entriesOfCodeMax)
      return entries.findIndex(({ entry }) => entry.code === code)
    return entries.length >= entriesMax ? 0 : -1
  }
  const put = (entry: DiaryEntry): void => {
    const place = placeToGive(entry.code)
    const gone = place < 0 ? [] : entries.splice(place, 1)
    last += 1
    const key = String(last).padStart(16, '0')
    entries.push({ key, entry })
    const writes: Write[] = [
      { type: 'put', table: 'diary', key, value: new Uint8Array(encode(entry)) },
      ...gone.map((one): Write => ({ type: 'delete', table: 'diary', key: one.key })),
    ]
    // a diary that cannot be written must not stop the node
    store.write(writes, 'relaxed').catch(() => undefined)
  }

  return {
    entries: () => entries.map(({ entry }) => entry),
    report: (code, message) => {
      const time = clock.now()
      const same = entries.findLast(({ entry }) => entry.code === code && entry.message === message)
      if (same !== undefined && Math.abs(time - same.entry.time) < repeatAfter) return
      if (!allowance.take()) {
        leftOut += 1
        return
      }
      if (leftOut > 0) {
        put({ time, code: 'DIARY', message: `${leftOut} entries before this were left out: too many came at once.` })
        leftOut = 0
      }
      put({ time, code, message })
    },
  }
}
