/**
 * JSON text of a value, exactly: `JSON.parse(jsonText(x))` is `x` again for everything that `JSON.parse` can return, −0, lone
 * surrogates and a key named `__proto__` included. What JSON cannot say is an error and not, as with `JSON.stringify`, silently
 * `null` or left out: an event must not lie.
 */
import { ShoalError } from './errors.ts'
import { payloadDepthMax } from './limits.ts'

const keyTexts = new Map<string, string>()
const keyTextsMax = 4096

/** Text of an object key with its quotes; remembered, since events repeat their keys. */
export const keyText = (key: string): string => {
  const known = keyTexts.get(key)
  if (known !== undefined) return known
  const text = JSON.stringify(key)
  if (key.length <= 128 && keyTexts.size < keyTextsMax) keyTexts.set(key, text)
  return text
}

const refuse = (what: string, path: string): never => {
  throw new ShoalError(
    'ERR_NOT_JSON',
    `${what} at ${path === '' ? 'the top of the payload' : path} cannot be written as JSON.`,
  )
}

const describe = (value: unknown): string =>
  typeof value === 'function' ? 'A function' : typeof value === 'symbol' ? 'A symbol' : `The value ${String(value)}`

const inObject = (value: unknown): value is { toJSON: (key: string) => unknown } =>
  typeof (value as { toJSON?: unknown }).toJSON === 'function'

/** Throws `ERR_NOT_JSON` naming the place, also for nesting deeper than `payloadDepthMax`. `toJSON` is honoured, as JavaScript does. */
export const jsonText = (value: unknown, path = '', depth = 0): string => {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) return refuse(describe(value), path)
      return Object.is(value, -0) ? '-0' : String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      break
    default:
      return refuse(describe(value), path)
  }
  if (value === null) return 'null'
  if (depth >= payloadDepthMax) return refuse(`Nesting deeper than ${payloadDepthMax} levels`, path.slice(0, 60))
  if (Array.isArray(value)) {
    let text = '['
    for (let i = 0; i < value.length; i++) {
      if (i > 0) text += ','
      text += jsonText(value[i], `${path}[${i}]`, depth + 1)
    }
    return `${text}]`
  }
  if (!Object.hasOwn(value, 'toJSON') && inObject(value)) return jsonText(value.toJSON(''), path, depth + 1)
  let text = '{'
  for (const key of Object.keys(value)) {
    if (text.length > 1) text += ','
    text += `${keyText(key)}:${jsonText((value as Record<string, unknown>)[key], `${path}.${key}`, depth + 1)}`
  }
  return `${text}}`
}
