/** Request bodies, read and checked. What is wrong is `ERR_BAD_REQUEST` with a sentence that names the field. */
import { ShoalError } from '../core/errors.ts'
import type { EventDraft, NodeId, OffsetMap } from '../core/event.ts'
import { publishBytesMax, publishEventsMax, queryCharsMax } from '../core/limits.ts'
import type { AppendOptions } from '../log/contract.ts'
import type { Order, PublishRequest, QueryRequest, SubscribeMonotonicRequest, SubscribeRequest } from './contract.ts'
import type { DiaryFilter, EventRouting } from '../node/contract.ts'
import { severities } from '../node/contract.ts'
import { badRequest } from './errors.ts'
import { parseJson, placeOf } from './json-body.ts'
import { readOffsetMap } from './offset-map.ts'

export type Fields = Readonly<Record<string, unknown>>

/** `receipt` and `progress` are ours: an Actyx client sends neither. */
export interface PublishBody extends PublishRequest {
  readonly receipt?: string
  readonly progress?: NonNullable<AppendOptions['progress']>
}

export const tooLarge = (what: string, limit: string): ShoalError =>
  new ShoalError('ERR_PAYLOAD_TOO_LARGE', `${what} is too large; the limit is ${limit}. Send it in smaller parts.`)

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const readFields = (text: string, name: string): Fields => {
  if (text.length > publishBytesMax) throw tooLarge('The request', `${publishBytesMax} bytes`)
  const value = parseJson(text)
  if (!isObject(value)) throw badRequest(`invalid type: ${describe(value)}, expected struct ${name}`)
  return value
}

export const describe = (value: unknown): string => {
  if (typeof value === 'string') return `string ${JSON.stringify(value.slice(0, 100))}`
  if (Array.isArray(value)) return 'sequence'
  if (value === null) return 'null'
  return typeof value === 'object' ? 'map' : `${typeof value} \`${JSON.stringify(value)}\``
}

/** The place is that of the closing brace, where the absence is noticed. */
export const missing = (name: string, text: string): ShoalError =>
  badRequest(`missing field \`${name}\` at ${placeOf(text, text.trimEnd().length - 1)}`)

export const readText = (fields: Fields, name: string, text: string): string => {
  const value = fields[name]
  if (value === undefined) throw missing(name, text)
  if (typeof value !== 'string')
    throw badRequest(`invalid type: ${describe(value)}, expected a string in field \`${name}\``)
  return value
}

/** `null` is absent. */
export const readOptionalText = (fields: Fields, name: string, text: string): string | undefined =>
  fields[name] === undefined || fields[name] === null ? undefined : readText(fields, name, text)

const readQuery = (fields: Fields, text: string): string => {
  const query = readText(fields, 'query', text)
  if (query.length > queryCharsMax) throw tooLarge('The query', `${queryCharsMax} characters`)
  return query
}

/** `null` is absent. */
const readBound = (fields: Fields, name: string, text: string): OffsetMap | undefined => {
  const value = fields[name]
  return value === undefined || value === null ? undefined : readOffsetMap(value, name, text)
}

const isOrder = (value: unknown): value is Order => value === 'asc' || value === 'desc' || value === 'stream-asc'

export const readQueryRequest = (text: string): QueryRequest => {
  const fields = readFields(text, 'QueryRequest')
  const query = readQuery(fields, text)
  const order = fields['order']
  if (order === undefined) throw missing('order', text)
  if (!isOrder(order)) {
    throw badRequest(`unknown order ${describe(order)}, expected one of \`asc\`, \`desc\`, \`stream-asc\``)
  }
  const lowerBound = readBound(fields, 'lowerBound', text)
  const upperBound = readBound(fields, 'upperBound', text)
  const swarmId = readOptionalText(fields, 'swarmId', text)
  return {
    query,
    order,
    ...(lowerBound && { lowerBound }),
    ...(upperBound && { upperBound }),
    ...(swarmId !== undefined && { swarmId }),
  }
}

export const readSubscribeRequest = (text: string): SubscribeRequest => {
  const fields = readFields(text, 'SubscribeRequest')
  const query = readQuery(fields, text)
  const lowerBound = readBound(fields, 'lowerBound', text)
  const { delivered } = fields
  return { query, ...(lowerBound && { lowerBound }), ...(isCount(delivered) && { delivered }) }
}

export const readSubscribeMonotonicRequest = (text: string): SubscribeMonotonicRequest => {
  const fields = readFields(text, 'SubscribeMonotonicRequest')
  const session = readText(fields, 'session', text)
  const query = readQuery(fields, text)
  const lowerBound = readBound(fields, 'lowerBound', text)
  if (lowerBound === undefined) throw missing('lowerBound', text)
  return { session, query, lowerBound }
}

const isDraft = (value: unknown): value is EventDraft =>
  isObject(value) && Array.isArray(value['tags']) && value['payload'] !== undefined

const wrongDraft = (value: unknown, index: number): ShoalError => {
  const place = `event ${index} of \`data\``
  if (!isObject(value)) return badRequest(`invalid type: ${describe(value)}, expected ${place} to be an object`)
  if (value['payload'] === undefined) return badRequest(`missing field \`payload\` in ${place}`)
  if (value['tags'] === undefined) return badRequest(`missing field \`tags\` in ${place}`)
  return badRequest(`invalid type: ${describe(value['tags'])}, expected \`tags\` of ${place} to be an array of strings`)
}

export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const readProgress = (value: unknown): NonNullable<AppendOptions['progress']> => {
  if (isObject(value)) {
    const { key, from, to } = value
    if (typeof key === 'string' && key !== '' && isCount(from) && isCount(to)) return { key, from, to }
  }
  throw badRequest('`progress` is {"key":<non-empty string>,"from":<integer>,"to":<integer>}')
}

/** Tags and payloads are looked at by whoever writes them; here only that they are there. One pass over the events, none over their content. */
export const readPublishBody = (text: string): PublishBody => {
  const { data, receipt, progress } = readFields(text, 'PublishRequest')
  if (data === undefined) throw missing('data', text)
  if (!Array.isArray(data))
    throw badRequest(`invalid type: ${describe(data)}, expected \`data\` to be an array of events`)
  if (data.length > publishEventsMax)
    throw tooLarge(`A publication of ${data.length} events`, `${publishEventsMax} events`)
  data.forEach((draft, index) => {
    if (!isDraft(draft)) throw wrongDraft(draft, index)
  })
  if (receipt !== undefined && receipt !== null && typeof receipt !== 'string') {
    throw badRequest(`invalid type: ${describe(receipt)}, expected \`receipt\` to be a string`)
  }
  return {
    data: data as readonly EventDraft[],
    ...(typeof receipt === 'string' && { receipt }),
    ...(progress !== undefined && progress !== null && { progress: readProgress(progress) }),
  }
}

/** `undefined`: asked for, not changed. What is in it is for the node to judge. */
export const readEventRouting = (text: string): EventRouting | undefined =>
  readFields(text, 'Request')['eventRouting'] as EventRouting | undefined

/** A body that is one string: `{"displayName":…}`, `{"key":…}`. */
export const readNamed = (text: string, name: string): string => {
  const value = readText(readFields(text, 'Request'), name, text)
  if (value === '') throw badRequest(`\`${name}\` is empty`)
  return value
}

const readTexts = (fields: Fields, name: string): readonly string[] | undefined => {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw badRequest(`invalid type: ${describe(value)}, expected an array of strings in field \`${name}\``)
}

const readOptionalNumber = (fields: Fields, name: string): number | undefined => {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return value
  throw badRequest(`invalid type: ${describe(value)}, expected a number in field \`${name}\``)
}

export const readDiaryFilter = (body: string): DiaryFilter => {
  const fields = readFields(body, 'DiaryFilter')
  const severity = readOptionalText(fields, 'severity', body)
  const known = severities.find((one) => one === severity)
  if (severity !== undefined && known === undefined)
    throw badRequest(`${describe(severity)} is no severity; there are ${severities.join(', ')}`)
  const codes = readTexts(fields, 'codes')
  const device = readOptionalText(fields, 'device', body)
  const text = readOptionalText(fields, 'text', body)
  const from = readOptionalNumber(fields, 'from')
  const to = readOptionalNumber(fields, 'to')
  return {
    ...(known !== undefined && { severity: known }),
    ...(codes !== undefined && { codes }),
    // one that no device has finds no entry
    ...(device !== undefined && { device: device as NodeId }),
    ...(text !== undefined && { text }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}
