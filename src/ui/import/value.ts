/** How the text of a cell becomes a JSON value. What could mean two things stays text. */

export const valueTypes = ['auto', 'number', 'comma', 'text', 'boolean'] as const
/** `comma`: a number with a decimal comma, as German spreadsheets write it. */
export type ValueType = (typeof valueTypes)[number]

export type Converted = { readonly type: 'value'; readonly value: string | number | boolean } | { readonly type: 'bad' }

/** No leading zero, no plus, no spaces: `007` is an article number. */
const plain = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/
const plainComma = /^-?(?:0|[1-9]\d*)(?:,\d+)?$/
/** More digits than a double holds would come back changed, unless a double printed them. */
const digitsMax = 15

const significant = (text: string): number =>
  text
    .replace(/[eE].*$/, '')
    .replace(/[^\d]/g, '')
    .replace(/^0+/, '').length

export const isPlainNumber = (text: string): boolean => {
  if (!plain.test(text)) return false
  const number = Number(text)
  if (!Number.isFinite(number) || Object.is(number, -0)) return false
  return significant(text) <= digitsMax || String(number) === text
}

const isCommaNumber = (text: string): boolean => plainComma.test(text) && significant(text) <= digitsMax

const truths = new Set(['true', 'yes', 'ja', 'wahr', '1'])
const falsehoods = new Set(['false', 'no', 'nein', 'falsch', '0'])

/** `text` is not empty: an empty cell is no field at all. */
export const convert = (text: string, as: ValueType): Converted => {
  const trimmed = text.trim()
  switch (as) {
    case 'text':
      return { type: 'value', value: text }
    case 'auto':
      if (isPlainNumber(text)) return { type: 'value', value: Number(text) }
      return { type: 'value', value: text === 'true' ? true : text === 'false' ? false : text }
    case 'number':
      return trimmed !== '' && Number.isFinite(Number(trimmed)) && /^[-+.\deE]+$/.test(trimmed)
        ? { type: 'value', value: Number(trimmed) }
        : { type: 'bad' }
    case 'comma':
      return /^[-+]?\d[\d.]*(?:,\d+)?$/.test(trimmed)
        ? { type: 'value', value: Number(trimmed.replaceAll('.', '').replace(',', '.')) }
        : { type: 'bad' }
    case 'boolean': {
      const word = trimmed.toLowerCase()
      if (truths.has(word)) return { type: 'value', value: true }
      return falsehoods.has(word) ? { type: 'value', value: false } : { type: 'bad' }
    }
  }
}

/** The type that reads every sample without doubt; `text` where one of them could mean something else as a number. */
export const proposeType = (samples: readonly string[], delimiter: string): ValueType => {
  const filled = samples.filter((sample) => sample.trim() !== '')
  if (filled.length === 0) return 'auto'
  if (filled.every(isPlainNumber) || filled.every((sample) => /^(true|false)$/.test(sample))) return 'auto'
  const withComma = filled.some((sample) => sample.includes(','))
  return delimiter !== ',' && withComma && filled.every(isCommaNumber) ? 'comma' : 'text'
}
