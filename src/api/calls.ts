/**
 * What the API can do, whatever carries it: HTTP, a port, a WebSocket. Requests arrive checked (`requests.ts`); a call that cannot
 * begin throws at once, so that a carrier can still answer with a status. Aborting the signal ends a stream.
 */
import { checkFeatures } from '../aql/feature.ts'
import type { Endpoint } from '../aql/feature.ts'
import { parseQuery } from '../aql/parser.ts'
import { planQuery } from '../aql/plan.ts'
import { ShoalError, errorCode, errorMessage } from '../core/errors.ts'
import type { AppId, EventDraft, NodeId, OffsetMap } from '../core/event.ts'
import { jsonText } from '../core/json-text.ts'
import { payloadCharsMax } from '../core/limits.ts'
import { normaliseTags } from '../core/tags.ts'
import type { Log, ReadOptions } from '../log/contract.ts'
import type { Node, NodeDetails } from '../node/contract.ts'
import type {
  NodeInfo,
  OffsetsResponse,
  PublishResponse,
  QueryRequest,
  SubscribeMonotonicRequest,
  SubscribeRequest,
} from './contract.ts'
import { badRequest } from './errors.ts'
import type { Lines } from './items.ts'
import { diagnosticLine, eventLine, gapLine, offsetsLine, outOfRange } from './items.ts'
import { isWithin } from './offset-map.ts'
import type { Connectivity } from '../node/connectivity-contract.ts'
import type { DiaryEntry, DiaryFilter, EventRouting } from '../node/contract.ts'
import type { DiaryExport } from '../node/fleet-contract.ts'
import type { PublishBody } from './requests.ts'
import type { Question } from './subscriptions.ts'
import { subscribe, subscribeMonotonic } from './subscriptions.ts'

export interface Calls {
  offsets(): OffsetsResponse
  publish(body: PublishBody, appId: AppId): Promise<PublishResponse>
  query(request: QueryRequest, appId: AppId, signal: AbortSignal): Lines
  subscribe(request: SubscribeRequest, appId: AppId, signal: AbortSignal): Lines
  subscribeMonotonic(request: SubscribeMonotonicRequest, appId: AppId, signal: AbortSignal): Lines
  info(): Promise<NodeInfo>
  details(): Promise<NodeDetails>
  rename(displayName: string): Promise<void>
  /** Sets what is given; answers what holds then. */
  eventRouting(settings: EventRouting | undefined): Promise<EventRouting>
  progress(key: string): Promise<number>
  diary(filter: DiaryFilter): readonly DiaryEntry[]
  exportDiary(filter: DiaryFilter): DiaryExport
  /** `tryNow`: links and stations that are missing are tried at once. */
  connectivity(tryNow: boolean): Connectivity
}

/** Which event of a refused publication was wrong; looked for only then. */
const blame = (drafts: readonly EventDraft[], error: unknown): unknown => {
  const code = errorCode(error)
  if (code !== 'ERR_BAD_REQUEST' && code !== 'ERR_NOT_JSON' && code !== 'ERR_PAYLOAD_TOO_LARGE') return error
  const index = drafts.findIndex(({ tags, payload }) => {
    try {
      normaliseTags(tags)
      return jsonText(payload).length > payloadCharsMax
    } catch {
      return true
    }
  })
  const message = index < 0 ? errorMessage(error) : `event ${index} of \`data\`: ${errorMessage(error)}`
  return code === 'ERR_NOT_JSON' ? badRequest(message) : new ShoalError(code, message, { cause: error })
}

const info = ({ connectedNodes, uptime, version, swarmState }: NodeDetails): NodeInfo => ({
  connectedNodes,
  uptime,
  version,
  swarmState,
})

async function* failWith(message: string): Lines {
  yield [diagnosticLine('error', message)]
}

export const createCalls = (node: Node): Calls => {
  const { log, clock } = node
  /** What is wrong with the text throws here; the answer is for the log that is read, `me` who this device is in it. */
  const ask = (endpoint: Endpoint, text: string, appId: AppId) => {
    const query = parseQuery(text)
    checkFeatures(query, endpoint)
    return (me: NodeId): Question => planQuery(query, { node: me, appId, now: clock.now() })
  }

  async function* answer(
    from: Pick<Log, 'read'>,
    options: ReadOptions & { readonly upperBound: OffsetMap; readonly signal: AbortSignal },
  ): Lines {
    for await (const batch of from.read(options)) {
      yield batch.type === 'gap' ? [gapLine(batch)] : batch.events.map(eventLine)
    }
    if (!options.signal.aborted) yield [offsetsLine(options.upperBound)]
  }

  const answerFrom = (
    from: Pick<Log, 'read' | 'present'>,
    { filter, order, limit }: Question,
    request: QueryRequest,
    signal: AbortSignal,
  ): Lines => {
    const present = from.present()
    const { lowerBound, upperBound = present } = request
    if (!isWithin(upperBound, present)) return failWith(outOfRange)
    return answer(from, {
      filter,
      order: order ?? request.order,
      upperBound,
      signal,
      ...(lowerBound && { lowerBound }),
      ...(limit !== undefined && { limit }),
    })
  }

  async function* answerFromFormer(
    swarmId: string,
    question: (me: NodeId) => Question,
    request: QueryRequest,
    signal: AbortSignal,
  ): Lines {
    const former = await node.swarm.openFormer(swarmId)
    try {
      if (!signal.aborted) yield* answerFrom(former, question(former.node), request, signal)
    } finally {
      await former.close()
    }
  }

  return {
    offsets: () => ({ present: log.present(), toReplicate: node.toReplicate() }),
    publish: async ({ data, receipt, progress }, appId) => {
      try {
        return { data: await log.append(data, { appId, ...(receipt && { receipt }), ...(progress && { progress }) }) }
      } catch (error) {
        throw blame(data, error)
      }
    },
    query: (request, appId, signal) => {
      const question = ask('query', request.query, appId)
      const { swarmId } = request
      return swarmId === undefined
        ? answerFrom(log, question(node.id), request, signal)
        : answerFromFormer(swarmId, question, request, signal)
    },
    subscribe: ({ query, lowerBound = {}, delivered = 0 }, appId, signal) => {
      const question = ask('subscribe', query, appId)(node.id)
      const { limit } = question
      const left = limit === undefined ? question : { ...question, limit: Math.max(0, limit - delivered) }
      return subscribe(log, left, lowerBound, signal)
    },
    subscribeMonotonic: ({ query, lowerBound }, appId, signal) => {
      const { filter } = ask('subscribe_monotonic', query, appId)(node.id)
      if (!isWithin(lowerBound, log.present())) throw badRequest(outOfRange)
      return subscribeMonotonic(log, filter, lowerBound, signal)
    },
    info: async () => info(await node.details()),
    details: () => node.details(),
    rename: (displayName) => node.rename(displayName),
    eventRouting: async (settings) => {
      if (settings !== undefined) await node.setEventRouting(settings)
      return node.eventRouting()
    },
    progress: (key) => log.progress(key),
    diary: (filter) => node.diary(filter),
    exportDiary: (filter) => node.exportDiary(filter),
    connectivity: (tryNow) => {
      if (tryNow) node.tryLinks()
      return node.connectivity()
    },
  }
}
