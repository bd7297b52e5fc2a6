/** The public calls over a link. */
import { portVersion } from '../api/port-contract.ts'
import type { OffsetsResponse, PublishResponse } from '../api/contract.ts'
import type { Clock } from '../core/clock.ts'
import { jsonText } from '../core/json-text.ts'
import type { EventRouting } from '../node/contract.ts'
import type { Connectivity, ConnectOptions, DiaryEntry, DiaryExport, NodeDetails, Shoal } from './contract.ts'
import { callOnce, createReceipt, publishText } from './calls.ts'
import type { Dial, Link, LinkTimes } from './link.ts'
import { createLink } from './link.ts'
import { createQuery } from './query.ts'
import { createSubscription } from './subscription.ts'
import { createSwarm } from './swarm.ts'

export interface ConnectToOptions extends ConnectOptions {
  readonly clock: Clock
  /** Fills the bytes; the platform's `crypto.getRandomValues` unless a test wants the same ones again. */
  readonly random?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array
  readonly times?: LinkTimes
}

/** A connection that can be used at once: calls wait until a worker answers. `link` is for whoever learns of the worker's fate first. */
export const connectTo = (dial: Dial, options: ConnectToOptions): { readonly shoal: Shoal; readonly link: Link } => {
  const { clock } = options
  const random = options.random ?? ((bytes) => crypto.getRandomValues(bytes))
  const appId = options.appId ?? 'com.example.page'
  const link = createLink(dial, { type: 'shoal-connect', version: portVersion, appId }, clock, options.times)
  const shoal: Shoal = {
    swarm: createSwarm(link, clock),
    get state() {
      return link.state
    },
    get problem() {
      return link.problem
    },
    onState: (listener) => link.onState(listener),
    publish: async (events, given = {}) => {
      const receipt = given.receipt ?? createReceipt(clock.now() / 1000, random)
      const answer = await callOnce(link, 'publish', publishText(events, { ...given, receipt }))
      return (JSON.parse(answer) as PublishResponse).data
    },
    query: (aql, given = {}) => createQuery(link, aql, given),
    subscribe: (aql, given, onItem) => createSubscription(link, aql, given, onItem),
    offsets: async () => JSON.parse(await callOnce(link, 'offsets', 'null')) as OffsetsResponse,
    info: async () => JSON.parse(await callOnce(link, 'info', 'null')) as NodeDetails,
    rename: async (displayName) => {
      await callOnce(link, 'rename', JSON.stringify({ displayName }))
    },
    eventRouting: async (settings) =>
      JSON.parse(
        await callOnce(link, 'event_routing', jsonText(settings === undefined ? {} : { eventRouting: settings })),
      ) as EventRouting,
    progress: async (key) => JSON.parse(await callOnce(link, 'progress', JSON.stringify({ key }))) as number,
    diary: async (filter = {}) => JSON.parse(await callOnce(link, 'diary', jsonText(filter))) as readonly DiaryEntry[],
    exportDiary: async (filter = {}) =>
      JSON.parse(await callOnce(link, 'diary_export', jsonText(filter))) as DiaryExport,
    connectivity: async (given = {}) =>
      JSON.parse(await callOnce(link, 'connectivity', jsonText(given))) as Connectivity,
    close: () => link.close(),
  }
  return { shoal, link }
}
