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

/** Leaf text by (rank of the row among those of its shape, index of the row in the run). */
export type Column = (rank: number, row: number) => string

const malformed = (what: string): never => {
  throw new ShoalError('ERR_MALFORMED', `The body of a run is malformed: ${what}.`)
}

const instantPattern = /^"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(?:\.(\d{3}|\d{6}))?(Z|[+-]\d\d:\d\d)?"$/

interface Instants {
  /** `T` or a blank. */
  readonly separator: string
  readonly digits: number
  readonly zone: string
}

const writeInstant = ({ separator, digits, zone }: Instants, units: number): string => {
  const scale = 10 ** digits
  const seconds = Math.floor(units / scale)
  const text = new Date(seconds * 1000).toISOString()
  const fraction = digits === 0 ? '' : `.${String(units - seconds * scale).padStart(digits, '0')}`
  return `"${text.slice(0, 10)}${separator}${text.slice(11, 19)}${fraction}${zone}"`
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
    // what a calendar would normalise (30 February, another zone in between) is kept as it is
    if (!Number.isSafeInteger(value) || writeInstant(format, value) !== leaf) return undefined
    units.push(value)
  }
  return ['t', `${format.separator}${format.digits}${format.zone}`, ...differences(units)]
}

const wholeNumber = /^(?:0|-?[1-9]\d{0,14})$/

const encodeDifferences = (leaves: readonly string[]): string[] | undefined => {
  let plain = 0
  const values: number[] = []
  for (const leaf of leaves) {
    if (!wholeNumber.test(leaf)) return undefined
    plain += leaf.length
    values.push(Number(leaf))
  }
  const lines = differences(values)
  let packed = 0
  for (const line of lines) packed += line.length
  // a counter shrinks to a few digits; anything else deflates better as it is
  return packed < plain * 0.6 ? ['d', ...lines] : undefined
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

/** `sets` holds the tag set index of each row that `leaves` are of. */
export const encodeColumn = (
  leaves: readonly string[],
  sets: readonly number[],
  setCount: number,
): readonly string[] => {
  const first = leaves[0] ?? ''
  if (leaves.every((leaf) => leaf === first)) return ['=', first]
  return encodeBySet(leaves, sets, setCount) ?? encodeInstants(leaves) ?? encodeDifferences(leaves) ?? [':', ...leaves]
}

/** A reader over `lines` that takes one column after another. */
export const createColumnReader = (
  lines: readonly string[],
  setOf: readonly number[] | undefined,
  setCount: number,
) => {
  let at = 0
  const take = (count: number): number => {
    const start = at
    at += count
    if (at > lines.length) malformed('a column is cut off')
    return start
  }
  const sums = (count: number): number[] => {
    const start = take(count)
    let sum = 0
    return Array.from({ length: count }, (_, index) => {
      sum += Number(lines[start + index])
      return Number.isSafeInteger(sum) ? sum : malformed('a difference that is no number')
    })
  }
  const instants = (rows: number): Column => {
    const format = /^([T ])([036])(|Z|[+-]\d\d:\d\d)$/.exec(lines[take(1)] ?? '')
    if (format === null) return malformed('instants of unknown format')
    const shape = { separator: format[1] ?? '', digits: Number(format[2]), zone: format[3] ?? '' }
    const units = sums(rows)
    const bound = 8.64e12 * 10 ** shape.digits
    if (units.some((unit) => Math.abs(unit) > bound)) malformed('an instant outside the calendar')
    return (rank) => writeInstant(shape, units[rank] ?? 0)
  }
  return {
    get done() {
      return at === lines.length
    },
    column: (rows: number): Column => {
      switch (lines[take(1)]) {
        case '=': {
          const leaf = lines[take(1)] ?? ''
          return () => leaf
        }
        case '@': {
          const start = take(setCount)
          return (_, row) => lines[start + (setOf?.[row] ?? 0)] ?? ''
        }
        case 't':
          return instants(rows)
        case 'd': {
          const values = sums(rows)
          return (rank) => String(values[rank] ?? 0)
        }
        case ':': {
          const start = take(rows)
          return (rank) => lines[start + rank] ?? ''
        }
        default:
          return malformed('a column of unknown kind')
      }
    },
  }
}
