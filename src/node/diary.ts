/** What happened to this node, in sentences, newest last: for the technician. Bounded; kept across restarts. */
import { decode, encode } from 'cborg'
import type { Clock } from '../core/clock.ts'
import { createTokenBucket } from '../core/token-bucket.ts'
import type { Store, Write } from '../store/contract.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { isNodeId, parseStreamId } from '../core/node-id.ts'
import type { DiaryEntry, LinkStatus, Severity } from './contract.ts'
import { severities } from './contract.ts'
import { withoutSecrets } from './redaction.ts'

const entriesMax = 200
/** Of one code: whoever can cause one kind of entry as often as it likes must not push out all others. */
const entriesOfCodeMax = 40
/** Beyond it entries are counted, not written. */
const pace = { perSecond: 0.5, atOnce: 60 }
/** The same sentence again within this time is one entry: a loop must not wear out the flash. Microseconds. */
const repeatAfter = 60_000_000

/** Nothing to do: it went as it should, or mends itself. */
const infos = new Set([
  'DIARY',
  'JOINING',
  'RETENTION',
  'ERR_BUSY',
  'ERR_CHANNEL_CLOSED',
  'ERR_DIAL_OVER',
  'ERR_FULL',
  'ERR_LEAVING',
  'ERR_LINKS_OFF',
  'ERR_LINK_SURPLUS',
  'ERR_MEMBER_LEFT',
  'ERR_NOBODY',
  'ERR_RESTARTED',
])
/** Somebody has to look at it. */
const errors = new Set([
  'ERR_FORGED',
  'ERR_FORK',
  'ERR_INTERNAL',
  'ERR_LAMPORT_LEAP',
  'ERR_OTHER_SWARM',
  'ERR_OWN_HEAD',
  'ERR_OWN_IDENTITY',
  'ERR_OWN_STREAM',
  'ERR_PROOF',
  'ERR_PROTOCOL_VERSION',
  'ERR_RETIRED',
  'ERR_REVOKED',
  'EVIDENCE',
  'MAINTENANCE',
  'MEMBERSHIP',
  'QUARANTINED',
  'SETTINGS',
  'SWARM_RECORD',
])

/** By its code alone, so that an entry of a version that knew no severities has the same one. */
export const severityOf = (code: string): Severity =>
  infos.has(code) ? 'info' : errors.has(code) || code.startsWith('ERR_STORE_') ? 'error' : 'warning'

/** Who reports names devices and streams by their whole ids, and links by what carries them. */
const about = (message: string): Pick<DiaryEntry, 'device' | 'stream' | 'link'> => {
  const words = message.match(/[./0-9A-Za-z]{43}(?:-\d+)?/g) ?? []
  const stream = words.find((word) => parseStreamId(word) !== undefined)
  const device =
    words.find((word) => isNodeId(word)) ?? (stream === undefined ? undefined : parseStreamId(stream)?.node)
  const link = /\b(webrtc|websocket|port|memory) link\b/.exec(message)?.[1]
  return {
    ...(device !== undefined && { device: device as NodeId }),
    ...(stream !== undefined && { stream: stream as StreamId }),
    ...(link !== undefined && { link: link as LinkStatus['kind'] }),
  }
}

export interface Diary {
  entries(): readonly DiaryEntry[]
  report(code: string, message: string): void
}

/** A damaged entry must not keep a node from starting. */
const readEntry = (value: Uint8Array): DiaryEntry | undefined => {
  try {
    const entry = decode(value) as Partial<DiaryEntry> | null
    if (typeof entry?.time !== 'number' || typeof entry.code !== 'string' || typeof entry.message !== 'string')
      return undefined
    const { time, code, message } = entry
    const severity = severities.find((one) => one === entry.severity) ?? severityOf(code)
    return { time, code, severity, message, ...about(message) }
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
    report: (code, said) => {
      const message = withoutSecrets(said)
      const time = clock.now()
      const same = entries.findLast(({ entry }) => entry.code === code && entry.message === message)
      if (same !== undefined && Math.abs(time - same.entry.time) < repeatAfter) return
      if (!allowance.take()) {
        leftOut += 1
        return
      }
      if (leftOut > 0) {
        const sentence = `${leftOut} entries before this were left out: too many came at once.`
        put({ time, code: 'DIARY', severity: 'info', message: sentence })
        leftOut = 0
      }
      put({ time, code, severity: severityOf(code), message, ...about(message) })
    },
  }
}
