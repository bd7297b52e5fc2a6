/** Dates and spans of AQL, in whole microseconds. */
import type { DurationUnit, Instant } from './ast.ts'

/** Month: mean synodic month of 2000. Year: mean tropical year of 2000. */
const unitMicros: Readonly<Record<DurationUnit, bigint>> = {
  s: 1_000_000n,
  m: 60_000_000n,
  h: 3_600_000_000n,
  D: 86_400_000_000n,
  W: 604_800_000_000n,
  M: 2_551_442_876_908n,
  Y: 31_556_925_250_733n,
}

const dayMicros = unitMicros.D
/** What four digits of a year can say, in UTC. */
const microsMin = BigInt(Date.parse('0000-01-01T00:00:00Z')) * 1000n
const microsMax = BigInt(Date.parse('9999-12-31T23:59:59.999Z')) * 1000n + 999n

export type ScannedTimestamp =
  | { readonly type: 'timestamp'; readonly micros: bigint; readonly end: number }
  /** What should have stood at `at`. */
  | { readonly type: 'mistake'; readonly at: number; readonly expected: string }

/** Whether a date, rather than a number, begins at `at`. */
export const isTimestampAt = (text: string, at: number): boolean => /^\d{4}-/.test(text.slice(at, at + 5))

const dateAndTime = /(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{9}|\d{6}|\d{3}))?)?)?/y
const zone = /Z|([+-])(\d\d):(\d\d)/y

/**
 * Reads the date at `at`: year, month, day; then time down to nanoseconds, of which what is left out is zero; then a zone.
 * Parts of a microsecond are cut off, as events have none.
 */
export const scanTimestamp = (text: string, at: number): ScannedTimestamp => {
  const mistake = (place: number, expected: string): ScannedTimestamp => ({ type: 'mistake', at: place, expected })
  dateAndTime.lastIndex = at
  const date = dateAndTime.exec(text)
  if (date === null) return mistake(at, 'a date such as 2012-12-31Z or 2012-12-31T09:30:00.000Z')
  zone.lastIndex = dateAndTime.lastIndex
  const offset = zone.exec(text)
  if (offset === null) return mistake(dateAndTime.lastIndex, 'a zone such as Z or +01:00')
  const end = zone.lastIndex

  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = date
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const [zoneHour = 0, zoneMinute = 0] = offset.slice(2, 4).map((part) => Number(part ?? 0))
  if (month < 1 || month > 12) return mistake(at + 5, 'a month from 01 to 12')
  const days = daysOf(year, month)
  if (day < 1 || day > days) return mistake(at + 8, `a day from 01 to ${days}`)
  if (hour > 23 || zoneHour > 23) return mistake(hour > 23 ? at + 11 : end - 5, 'an hour from 00 to 23')
  if (minute > 59 || zoneMinute > 59) return mistake(minute > 59 ? at + 14 : end - 2, 'a minute from 00 to 59')
  if (second > 59) return mistake(at + 17, 'a second from 00 to 59')

  const east = (zoneHour * 60 + zoneMinute) * (offset[1] === '-' ? -1 : 1)
  const millis = startOf(year, month, day) + ((hour * 60 + minute - east) * 60 + second) * 1000
  const micros = BigInt(millis) * 1000n + BigInt((date[7] ?? '').padEnd(6, '0').slice(0, 6))
  if (micros < microsMin || micros > microsMax) return mistake(at, 'a date of the years 0000 to 9999 in UTC')
  return { type: 'timestamp', micros, end }
}

/** Milliseconds. Not `Date.UTC`, which takes years below 100 for those of the last century. */
const startOf = (year: number, month: number, day: number): number => new Date(0).setUTCFullYear(year, month - 1, day)

const daysOf = (year: number, month: number): number => new Date(startOf(year, month + 1, 1) - 1).getUTCDate()

/** The shortest way to write an instant that `scanTimestamp` accepts. */
export const formatTimestamp = (micros: bigint): string => {
  const part = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const date = new Date(Number((micros - part) / 1000n)).toISOString()
  if (micros % dayMicros === 0n) return `${date.slice(0, 10)}Z`
  const digits = String(part).padStart(6, '0')
  const fraction = part === 0n ? '' : digits.endsWith('000') ? `.${digits.slice(0, 3)}` : `.${digits}`
  return `${date.slice(0, 19)}${fraction}Z`
}

/** `now` in microseconds, as all times. */
export const microsOf = (instant: Instant, now: number): bigint =>
  instant.type === 'date' ? instant.micros : BigInt(now) - instant.count * unitMicros[instant.unit]
