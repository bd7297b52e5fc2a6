import { ShoalError } from '../core/errors.ts'

/** Longest piece of a query that a sentence repeats. */
const foundCharsMax = 24

export type AqlErrorCode = 'ERR_BAD_REQUEST' | 'ERR_UNSUPPORTED_FEATURE'

/** Everything the parser can throw: where, what was there, and what could have been. `ERR_UNSUPPORTED_FEATURE` for AQL that this version does not run yet. */
export class AqlError extends ShoalError {
  /** 1-based, in characters (code points) of the line. */
  readonly line: number
  readonly column: number
  /** As shown to people: quoted text, or the name of a part of the language. Empty where something else than syntax is wrong. */
  readonly expected: readonly string[]

  constructor(code: AqlErrorCode, place: Place, problem: string, expected: readonly string[]) {
    super(code, `Line ${place.line}, column ${place.column}: ${problem}`)
    this.line = place.line
    this.column = place.column
    this.expected = expected
  }
}

export interface Place {
  readonly line: number
  readonly column: number
}

const placeOf = (text: string, at: number): Place => {
  const lines = text.slice(0, at).split(/\r\n|\n|\r/)
  const last = lines.at(-1) ?? ''
  return { line: lines.length, column: [...last].length + 1 }
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

/** `found` is quoted, shortened; where it is empty the query ended too early. */
export const syntaxError = (text: string, at: number, found: string, expected: readonly string[]): AqlError => {
  const letters = [...found]
  const shown = letters.length > foundCharsMax ? `${letters.slice(0, foundCharsMax).join('')}…` : found
  const what = found === '' ? 'the end of the query' : `\`${shown}\``
  return new AqlError('ERR_BAD_REQUEST', placeOf(text, at), `found ${what}, expected ${listed(expected)}.`, expected)
}

/** For what is well-formed and still cannot be. */
export const meaningError = (text: string, at: number, problem: string): AqlError =>
  new AqlError('ERR_BAD_REQUEST', placeOf(text, at), problem, [])

export const unsupportedError = (text: string, at: number, part: string): AqlError =>
  new AqlError(
    'ERR_UNSUPPORTED_FEATURE',
    placeOf(text, at),
    `${part} is not supported by this version; use FROM with a tag expression, ORDER and LIMIT.`,
    [],
  )
