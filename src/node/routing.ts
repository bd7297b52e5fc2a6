/**
 * Event routing as Actyx's settings have it: `streams` with `maxEvents`, `maxSize`, `maxAge`, and `routes` from a tag expression into a
 * stream by name. Names get stream numbers when first seen; a number is never given to another name, nor a stream's kind changed.
 */
import { parseQuery } from '../aql/parser.ts'
import { planQuery } from '../aql/plan.ts'
import { ShoalError, errorCode, errorMessage } from '../core/errors.ts'
import type { AppId, NodeId } from '../core/event.ts'
import type { EventFilter } from '../core/event-filter.ts'
import { streamsPerNodeMax } from '../core/limits.ts'
import type { Retention, Routing } from '../log/context.ts'
import type { LimitedStream } from '../swarm/swarm-event.ts'
import type { EventRouting } from './contract.ts'

/** 0 default, 1 membership, 2 what the node says of itself, 3 files; named streams follow. */
const firstNamedStream = 4
/** Higher numbers than this are given once those that were given before are not known any more. */
export const lastBeforeDamage = streamsPerNodeMax / 2
export const defaultStreamName = 'default'

const sizes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}
const ages: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3, w: 604_800e3 }

const refuse = (where: string, what: string): never => {
  throw new ShoalError('ERR_SETTINGS', `eventRouting${where}: ${what}`)
}

const measure = (text: unknown, units: Readonly<Record<string, number>>, where: string): number => {
  const found = typeof text === 'string' ? /^([1-9]\d{0,14})([A-Za-z]+)$/.exec(text) : null
  const name = found?.[2] ?? ''
  const unit = Object.hasOwn(units, name) ? units[name] : undefined
  if (found === null || unit === undefined) {
    return refuse(
      where,
      `"${String(text)}" is not a whole number with one of the units ${Object.keys(units).join(', ')}.`,
    )
  }
  return Number(found[1]) * unit
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const checkKeys = (value: Record<string, unknown>, known: readonly string[], where: string): void => {
  const unknown = Object.keys(value).find((key) => !known.includes(key))
  if (unknown !== undefined) refuse(where, `"${unknown}" is not known here; there is ${known.join(', ')}.`)
}

const checkName = (name: unknown, where: string): string =>
  typeof name === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,59}$/.test(name)
    ? name
    : refuse(where, `"${String(name)}" is not a stream name (letters, digits, _ and -, a letter or digit first).`)

const retentionOf = (settings: unknown, where: string): Retention | undefined => {
  if (!isRecord(settings)) return refuse(where, 'is not an object.')
  checkKeys(settings, ['maxEvents', 'maxSize', 'maxAge'], where)
  const { maxEvents, maxSize, maxAge } = settings
  if (maxEvents !== undefined && !(Number.isSafeInteger(maxEvents) && (maxEvents as number) >= 0)) {
    refuse(`${where}.maxEvents`, 'is not a whole number.')
  }
  const limits: Retention = {
    // as in Actyx, 0 means no bound
    ...(maxEvents === undefined || maxEvents === 0 ? {} : { eventsMax: maxEvents as number }),
    ...(maxSize === undefined ? {} : { bytesMax: measure(maxSize, sizes, `${where}.maxSize`) }),
    ...(maxAge === undefined ? {} : { ageMax: measure(maxAge, ages, `${where}.maxAge`) }),
  }
  return Object.keys(limits).length === 0 ? undefined : limits
}

/** Under which name a stream's number is kept; one whose kind changed is another stream. */
const keptName = (name: string, ephemeral: boolean): string => `${name}${ephemeral ? ' (ephemeral)' : ''}`

/** An event that is being routed has no place yet. */
const dependsOnPlace = (filter: EventFilter): boolean =>
  filter.type === 'keyRange' ||
  filter.type === 'timeRange' ||
  ((filter.type === 'and' || filter.type === 'or') && filter.of.some(dependsOnPlace))

/** Name, kind and number of every named stream this node has ever had. */
export type StreamNumbers = Readonly<Record<string, number>>

interface RoutedSettings {
  readonly eventRouting: EventRouting
  readonly streamNumbers: StreamNumbers
}

export interface PlannedRouting {
  readonly routing: Routing
  readonly numbers: StreamNumbers
}

/** Checks settings and gives numbers to new names. Throws `ERR_SETTINGS` saying where and what. */
export const planRouting = (settings: unknown, numbers: StreamNumbers, node: NodeId): PlannedRouting => {
  if (!isRecord(settings)) return refuse('', 'is not an object.')
  checkKeys(settings, ['streams', 'routes'], '')
  const { streams = {}, routes = [] } = settings
  if (!isRecord(streams)) return refuse('.streams', 'is not an object.')
  if (!Array.isArray(routes)) return refuse('.routes', 'is not a list.')
  const given: Record<string, number> = { ...numbers }
  const numbersEnd = Object.values(numbers).some((one) => one >= lastBeforeDamage)
    ? streamsPerNodeMax
    : lastBeforeDamage
  const retention = new Map<number, Retention>()
  // a stream is permanent or ephemeral for life: one whose kind changed goes on as another stream
  const numberOf = (name: string, ephemeral: boolean): number => {
    if (name === defaultStreamName && !ephemeral) return 0
    const kept = keptName(name, ephemeral)
    // names such as `constructor` are found on every object
    const known = Object.hasOwn(given, kept) ? given[kept] : undefined
    const number = known ?? Math.max(firstNamedStream - 1, ...Object.values(given)) + 1
    if (number >= numbersEnd) return refuse('', `${name} would be one stream more than other devices keep of this one.`)
    given[kept] = number
    return number
  }
  const kinds = new Map<string, Retention | undefined>()
  for (const [name, value] of Object.entries(streams)) {
    const where = `.streams.${name}`
    const limits = retentionOf(value, where)
    kinds.set(checkName(name, where), limits)
    if (limits !== undefined) retention.set(numberOf(name, true), limits)
  }
  const planned = routes.map((route: unknown, index) => {
    const where = `.routes[${index}]`
    if (!isRecord(route)) return refuse(where, 'is not an object.')
    checkKeys(route, ['from', 'into'], where)
    const name = checkName(route['into'], `${where}.into`)
    if (typeof route['from'] !== 'string') return refuse(`${where}.from`, 'is not a tag expression.')
    const streamNumber = numberOf(name, kinds.get(name) !== undefined)
    try {
      const query = parseQuery(`FROM ${route['from']}`)
      if (query.stages.length > 0 || query.source.order !== undefined)
        return refuse(`${where}.from`, 'A route is a tag expression, without ORDER or LIMIT.')
      // `me` cannot be meant: a route looks at events of every app
      const { filter } = planQuery(query, { node, appId: 'com.shoal' as AppId, now: 0 })
      if (dependsOnPlace(filter))
        return refuse(`${where}.from`, 'A route looks at tags and app ids, not at time or key.')
      return { filter, streamNumber }
    } catch (error) {
      if (errorCode(error) === 'ERR_SETTINGS') throw error
      return refuse(`${where}.from`, errorMessage(error))
    }
  })
  return { routing: { routes: planned, retention }, numbers: given }
}

/** As others are told: the ephemeral streams among the named ones, with their limits. */
export const limitedStreamsOf = ({ eventRouting, streamNumbers }: RoutedSettings): readonly LimitedStream[] =>
  Object.keys(eventRouting.streams ?? {}).flatMap((name) => {
    const limits = retentionOfName({ eventRouting }, name)
    const number = streamNumbers[keptName(name, true)]
    return limits === undefined || number === undefined ? [] : [{ number, name, ...limits }]
  })

/** What this device keeps of streams of that name; undefined: everything, or nothing is said of them. */
export const retentionOfName = (
  { eventRouting }: Pick<RoutedSettings, 'eventRouting'>,
  name: string,
): Retention | undefined => {
  const { streams = {} } = eventRouting
  return Object.hasOwn(streams, name) ? retentionOf(streams[name], `.streams.${name}`) : undefined
}
