import { expect, it } from 'vitest'
import { parseQuery } from '../../src/aql/parser.ts'
import { ShoalError } from '../../src/core/errors.ts'
import { errorText } from '../../src/ui/error-text.ts'
import { createText } from '../../src/ui/text.ts'
import { placeIn } from '../../src/ui/views/query-error.ts'

const [english, german] = [createText('en'), createText('de')]
const refusal = (aql: string): unknown => {
  try {
    return parseQuery(aql)
  } catch (error) {
    return error
  }
}

it('says in German where a query stops making sense, and keeps the richer sentence in English', () => {
  const error = refusal("FROM 'a' & & 'b'")
  expect(errorText(error, english)).toMatch(/^Line 1, column 12: found `&`, expected /)
  const said = errorText(error, german)
  expect(said).toBe('Die Abfrage ist in Zeile 1, Spalte 12 nicht zu lesen: „&“ gehört dort nicht hin.')
  expect(placeIn(said)).toEqual({ line: 1, column: 12 })
  expect(errorText(refusal("FROM 'a' SELECT _"), german)).toMatch(/Zeile 1, Spalte 10 etwas, das es noch nicht gibt/)
  expect(errorText(refusal('FROM'), german)).toBe('Die Abfrage ist in Zeile 1, Spalte 5 nicht zu lesen.')
})

it('translates by the code, and leaves what no code says behind it', () => {
  expect(errorText(new ShoalError('ERR_RANK', 'Too high.'), german)).toContain('steht über diesem')
  expect(errorText(new ShoalError('ERR_RANK', 'Too high.'), english)).toBe('Too high. (ERR_RANK)')
  expect(errorText(new ShoalError('ERR_SETTINGS', 'maxAge: no such unit.'), german)).toBe(
    'Diese Einstellung geht nicht: maxAge: no such unit.',
  )
  expect(errorText(new ShoalError('ERR_NEW', 'Something new.'), german)).toBe('Something new. (ERR_NEW)')
})
