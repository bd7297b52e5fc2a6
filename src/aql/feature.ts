/** Which parts of AQL a query uses, and where each may be used: the gate that Actyx has, with its words. */
import { ShoalError } from '../core/errors.ts'
import type { Query, TagExpr } from './ast.ts'

export type Endpoint = 'query' | 'subscribe' | 'subscribe_monotonic'

interface FeatureRule {
  /** Beta ones must be named by the query that uses them. */
  readonly level: 'released' | 'beta'
  readonly forbiddenOn: readonly Endpoint[]
}

const live: readonly Endpoint[] = ['subscribe', 'subscribe_monotonic']

export const featureRules = {
  timeRange: { level: 'released', forbiddenOn: [] },
  eventKeyRange: { level: 'released', forbiddenOn: [] },
  multiEmission: { level: 'beta', forbiddenOn: live },
  aggregate: { level: 'beta', forbiddenOn: ['subscribe_monotonic'] },
  subQuery: { level: 'beta', forbiddenOn: live },
  limit: { level: 'released', forbiddenOn: ['subscribe_monotonic'] },
  binding: { level: 'released', forbiddenOn: [] },
  interpolation: { level: 'beta', forbiddenOn: [] },
  fromArray: { level: 'beta', forbiddenOn: live },
  spread: { level: 'beta', forbiddenOn: [] },
} as const satisfies Readonly<Record<string, FeatureRule>>

export type Feature = keyof typeof featureRules

const endpointNames: Readonly<Record<Endpoint, string>> = {
  query: 'Query',
  subscribe: 'Subscribe',
  subscribe_monotonic: 'SubscribeMonotonic',
}

export const featuresOf = (query: Query): ReadonlySet<Feature> => {
  const found = new Set<Feature>()
  const visit = (expr: TagExpr): void => {
    if (expr.type === 'time') found.add('timeRange')
    if (expr.type === 'key') found.add('eventKeyRange')
    if (expr.type === 'interpolation') found.add('interpolation')
    if (expr.type === 'and' || expr.type === 'or') expr.of.forEach(visit)
  }
  visit(query.source.where)
  if (query.stages.some((stage) => stage.type === 'limit')) found.add('limit')
  return found
}

/** Throws `ERR_BAD_REQUEST` for a beta feature that the query does not name, `ERR_UNSUPPORTED_FEATURE` for one that this endpoint does not have. Unknown names may be of the future. */
export const checkFeatures = (query: Query, endpoint: Endpoint): void => {
  const named = new Set([
    ...query.features,
    ...query.pragmas.flatMap(({ name, text }) => (name === 'features' ? text.split(/\s+/) : [])),
  ])
  const used = featuresOf(query)
  const inOrder = (Object.keys(featureRules) as Feature[]).filter((feature) => used.has(feature))
  const disabled = inOrder.filter((feature) => featureRules[feature].level === 'beta' && !named.has(feature))
  if (disabled.length > 0) {
    throw new ShoalError('ERR_BAD_REQUEST', `The query uses beta features that are not enabled: ${disabled.join(' ')}.`)
  }
  const forbidden = inOrder.find((feature) => {
    const { forbiddenOn }: FeatureRule = featureRules[feature]
    return forbiddenOn.includes(endpoint)
  })
  if (forbidden !== undefined) {
    const place = endpointNames[endpoint]
    throw new ShoalError(
      'ERR_UNSUPPORTED_FEATURE',
      `Feature(s) \`${forbidden}\` are not supported on endpoint ${place}.`,
    )
  }
}
