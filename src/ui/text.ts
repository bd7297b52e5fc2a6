/** Words, numbers and dates in the language of the person at the device. */
import { de } from './strings/de.ts'
import { en } from './strings/en.ts'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]
export type StringKey = keyof typeof en

const strings: Readonly<Record<Language, Readonly<Record<StringKey, string>>>> = { en, de }

export interface Text {
  readonly language: Language
  /** Numbers among the values are written in the language's way; `{count|event|events}` is the word that goes with a number. */
  say(key: StringKey, values?: Readonly<Record<string, string | number>>): string
  number(value: number, digits?: number): string
  bytes(value: number): string
  /** Microseconds since the epoch. */
  time(micros: number): string
  /** Hours and minutes. */
  hour(micros: number): string
  date(micros: number): string
  dateTime(micros: number): string
  /** "3 minutes ago"; both in microseconds since the epoch. */
  ago(micros: number, now: number): string
  duration(seconds: number): string
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

export const createText = (language: Language): Text => {
  const known = strings[language]
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
  const plural = new Intl.PluralRules(language)
  const clock = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  })
  const full = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
  const short = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hour12: false })
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'long' })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const number = (value: number, digits = 0): string =>
    digits === 0
      ? whole.format(value)
      : new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)
  const unit = (value: number, name: string, digits: number): string =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value)

  return {
    language,
    say: (key, values = {}) =>
      known[key].replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name: string, one?: string, other?: string) => {
        const value = values[name]
        if (one !== undefined) return plural.select(Number(value)) === 'one' ? one : (other ?? one)
        return typeof value === 'number' ? number(value) : (value ?? '')
      }),
    number,
    bytes: (value) => {
      const power = Math.max(0, Math.min(byteUnits.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3)))
      const scaled = value / 1000 ** power
      return unit(scaled, byteUnits[power] ?? 'byte', power === 0 || scaled >= 100 ? 0 : 1)
    },
    time: (micros) => clock.format(micros / 1000),
    hour: (micros) => short.format(micros / 1000),
    date: (micros) => day.format(micros / 1000),
    dateTime: (micros) => full.format(micros / 1000),
    ago: (micros, now) => {
      const seconds = Math.min(0, (micros - now) / 1_000_000)
      if (seconds > -60) return relative.format(Math.round(seconds), 'second')
      if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute')
      if (seconds > -48 * 3600) return relative.format(Math.round(seconds / 3600), 'hour')
      return relative.format(Math.round(seconds / 86_400), 'day')
    },
    duration: (seconds) => {
      if (seconds < 1) return unit(Math.round(seconds * 1000), 'millisecond', 0)
      if (seconds < 60) return unit(seconds, 'second', seconds < 10 ? 1 : 0)
      if (seconds < 3600) return unit(Math.round(seconds / 60), 'minute', 0)
      const minutes = Math.round(seconds / 60)
      const hours = Math.floor(minutes / 60)
      return hours < 48
        ? `${unit(hours, 'hour', 0)} ${unit(minutes % 60, 'minute', 0)}`
        : unit(Math.round(hours / 24), 'day', 0)
    },
  }
}
