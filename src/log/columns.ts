/**
 * Columns of leaves as lines of text. Each begins with a line that says its kind; the encoder takes the first that fits.
 *
 *   =   one leaf for all rows
 *   @   a leaf for each tag set, in the order of the run's sets: what the payload says of a machine its tags often say too
 *   t   instants: a line `<separator><fraction digits><zone>`, then for each row the difference to the one before (first: to 1970)
 *   d   whole numbers: for each row the difference to the one before (first: to 0)
 *   :   a leaf for each row
 */
import { ShoalError } from '../core/errors.ts'

/**
 * A decoded column. The leaf of a row is `lines[start + i]`, i being 0 (`by` constant), the rank of the row among those of its shape,
 * or the index of its tag set.
 */
export interface Column {
  readonly by: 'constant' | 'rank' | 'set'
  readonly lines: readonly string[]
  readonly start: number
}

const malformed = (what: string): never => {
  throw new ShoalError('ERR_MALFORMED', `The body of a run is malformed: ${what}.`)
}

const wholeNumber = /^(?:0|-?[1-9]\d{0,14})$/

const instantPattern = /^"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(?:\.(\d{3}|\d{6}))?(Z|[+-]\d\d:\d\d)?"$/

interface Instants {
  /** `T` or a blank. */
  readonly separator: string
  readonly digits: number
  readonly zone: string
}

/** Years 0000 to 9999, in seconds since 1970. */
const firstSecond = -62_167_219_200
const pastLastSecond = 253_402_300_800
const daySeconds = 86_400

const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'))

/** Texts of instants given in units of 10^−digits seconds. The date is written once a day: `toISOString` is what costs here. */
const writeInstants = ({ separator, digits, zone }: Instants, units: readonly number[]): string[] => {
  const scale = 10 ** digits
  let day = Number.NaN
  let date = ''
  return units.map((unit) => {
    const seconds = Math.floor(unit / scale)
    const today = Math.floor(seconds / daySeconds)
    if (today !== day) {
      day = today
      date = `"${new Date(day * daySeconds * 1000).toISOString().slice(0, 10)}${separator}`
    }
    const time = seconds - day * daySeconds
    const hours = twoDigits[Math.floor(time / 3600)] as string
    const minutes = twoDigits[Math.floor(time / 60) % 60] as string
    const fraction = digits === 0 ? '' : `.${String(unit - seconds * scale).padStart(digits, '0')}`
    return `${date}${hours}:${minutes}:${twoDigits[time % 60] as string}${fraction}${zone}"`
  })
}

const differences = (values: readonly number[]): string[] => {
  let before = 0
  return values.map((value) => {
    const difference = String(value - before)
    before = value
    return difference
  })
}

const encodeInstants = (leaves: readonly string[]): string[] | undefined => {
  const first = instantPattern.exec(leaves[0] ?? '')
  if (first === null) return undefined
  const format = { separator: first[2] ?? '', digits: first[4]?.length ?? 0, zone: first[5] ?? '' }
  const scale = 10 ** format.digits
  const units: number[] = []
  for (const leaf of leaves) {
    const found = instantPattern.exec(leaf)
    const milliseconds = found === null ? Number.NaN : Date.parse(`${found[1]}T${found[3]}Z`)
    const value = (milliseconds / 1000) * scale + Number(found?.[4] ?? 0)
    if (!Number.isSafeInteger(value)) return undefined
    units.push(value)
  }
  // what a calendar would normalise (30 February, another zone in between) is kept as it is
  const written = writeInstants(format, units)
  if (leaves.some((leaf, index) => leaf !== written[index])) return undefined
  return ['t', `${format.separator}${format.digits}${format.zone}`, ...differences(units)]
}

/** Whether a few neighbours, taken from all over the column, differ by less than they are. */
const looksLikeCounter = (leaves: readonly string[]): boolean => {
  let plain = 0
  let packed = 0
  const step = Math.max(1, Math.floor(leaves.length / 16))
  for (let index = step; index < leaves.length; index += step) {
    const [before, here] = [leaves[index - 1] ?? '', leaves[index] ?? '']
    if (!wholeNumber.test(before) || !wholeNumber.test(here)) return false
    plain += here.length
    packed += String(Number(here) - Number(before)).length
  }
  return packed < plain * 0.6
}

const encodeDifferences = (leaves: readonly string[]): string[] | undefined => {
  if (!looksLikeCounter(leaves)) return undefined
  const values: number[] = []
  for (const leaf of leaves) {
    if (!wholeNumber.test(leaf)) return undefined
    values.push(Number(leaf))
  }
  return ['d', ...differences(values)]
}

const encodeBySet = (leaves: readonly string[], sets: readonly number[], setCount: number): string[] | undefined => {
  if (setCount > leaves.length / 2) return undefined
  const bySet: (string | undefined)[] = Array.from({ length: setCount })
  for (let index = 0; index < leaves.length; index++) {
    const set = sets[index] ?? 0
    const known = bySet[set]
    if (known === undefined) bySet[set] = leaves[index]
    else if (known !== leaves[index]) return undefined
  }
  return ['@', ...bySet.map((leaf) => leaf ?? '')]
}

const isConstant = (leaves: readonly string[]): boolean => {
  const first = leaves[0]
  for (const leaf of leaves) if (leaf !== first) return false
  return true
}

/** The lines of a column, joined. `sets` holds the tag set index of each row that `leaves` are of. */
export const encodeColumn = (leaves: readonly string[], sets: readonly number[], setCount: number): string => {
  if (isConstant(leaves)) return `=\n${leaves[0] ?? ''}`
  const packed = encodeBySet(leaves, sets, setCount) ?? encodeInstants(leaves) ?? encodeDifferences(leaves)
  return packed === undefined ? `:\n${leaves.join('\n')}` : packed.join('\n')
}

/** A reader over `lines` that takes one column after another. */
export const createColumnReader = (lines: readonly string[], setCount: number) => {
  let at = 0
  const take = (count: number): number => {
    const start = at
    at += count
    if (at > lines.length) malformed('a column is cut off')
    return start
  }
  const sums = (count: number): number[] => {
    const start = take(count)
    const all: number[] = []
    let sum = 0
    for (let index = start; index < start + count; index++) {
      sum += Number(lines[index])
      all.push(Number.isSafeInteger(sum) ? sum : malformed('a difference that is no number'))
    }
    return all
  }
  const instants = (rows: number): Column => {
    const format = /^([T ])([036])(|Z|[+-]\d\d:\d\d)$/.exec(lines[take(1)] ?? '')
    if (format === null) return malformed('instants of unknown format')
    const shape = { separator: format[1] ?? '', digits: Number(format[2]), zone: format[3] ?? '' }
    const units = sums(rows)
    const scale = 10 ** shape.digits
    if (units.some((unit) => unit < firstSecond * scale || unit >= pastLastSecond * scale))
      malformed('an instant outside the calendar')
    return { by: 'rank', lines: writeInstants(shape, units), start: 0 }
  }
  return {
    get done() {
      return at === lines.length
    },
    column: (rows: number): Column => {
      switch (lines[take(1)]) {
        case '=':
          return { by: 'constant', lines, start: take(1) }
        case '@':
          return { by: 'set', lines, start: take(setCount) }
        case 't':
          return instants(rows)
        case 'd':
          return { by: 'rank', lines: sums(rows).map(String), start: 0 }
        case ':':
          return { by: 'rank', lines, start: take(rows) }
        default:
          return malformed('a column of unknown kind')
      }
    },
  }
}
