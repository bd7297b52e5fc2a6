import type { ApiError } from '../../src/api/contract.ts'
import { createApi } from '../../src/api/routes.ts'
import { linesOf, requestOf, tokenFor } from './answers.ts'
import type { Asking } from './answers.ts'
import { createManualClock } from './manual-clock.ts'
import { openNode } from './nodes.ts'

/** A node, its API, and an app that asks it. */
export const setUp = async () => {
  const clock = createManualClock()
  const node = await openNode(clock)
  const api = createApi(node)
  const token = await tokenFor(api)
  const ask = (path: string, asking: Asking = {}): Promise<Response> =>
    api.handle(requestOf(`/api/v2${path}`, { token, ...asking }))
  const query = async (aql: string, more: object = {}): Promise<Record<string, unknown>[]> => {
    const answer = await ask('/events/query', { body: { query: aql, order: 'asc', ...more } })
    return linesOf(await answer.text()) as Record<string, unknown>[]
  }
  const publish = (...data: readonly object[]) => ask('/events/publish', { body: { data } })
  return { clock, node, api, token, ask, query, publish }
}

export const errorOf = async (answer: Response): Promise<ApiError> => (await answer.json()) as ApiError
