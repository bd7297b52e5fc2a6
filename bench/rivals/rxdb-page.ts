/** An RxDB collection of events, one document each, in its free persistent store (Dexie), replicated by its WebRTC plugin. */
import type { RxCollection } from 'rxdb'
import { createRxDatabase, defaultHashSha256 } from 'rxdb'
import {
  getConnectionHandlerSimplePeer,
  isMasterInWebRTCReplication,
  replicateWebRTC,
} from 'rxdb/plugins/replication-webrtc'
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie'
import type { FactoryEvent } from '../events.ts'
import { difference, makeEvents } from '../list.ts'
import type { Rival } from './contract.ts'

interface EventDocument extends FactoryEvent {
  readonly id: string
}

const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 12 },
    tags: { type: 'array', items: { type: 'string' } },
    payload: { type: 'object' },
  },
  required: ['id', 'tags', 'payload'],
} as const

// its documentation asks for this where there is no Node.js
Object.assign(window, {
  process: {
    env: {},
    nextTick: (action: (...args: unknown[]) => void, ...args: unknown[]) => queueMicrotask(() => action(...args)),
  },
})

/** Documents asked for, or sent, at once; the library's own choice is 20. */
const batchSize = Number(new URLSearchParams(location.search).get('batch'))

let collection: RxCollection<EventDocument>
let storedDocuments = 0

const openCollection = async (
  name: string,
): Promise<{ readonly token: string; readonly close: () => Promise<unknown> }> => {
  const database = await createRxDatabase({ name, storage: getRxStorageDexie(), multiInstance: false })
  const { events } = await database.addCollections({ events: { schema } })
  if (events === undefined) throw new Error('RxDB made no collection')
  collection = events
  return { token: await database.storageToken, close: () => database.close() }
}

/** Which of two replicas asks the other is drawn by lot, from their tokens. The empty one draws until it asks: that is quicker than to be sent to. */
const openEmpty = async (name: string, other: string): Promise<string> => {
  for (let draw = 0; ; draw++) {
    const { token, close } = await openCollection(`${name}-${draw}`)
    if (!(await isMasterInWebRTCReplication(defaultHashSha256, token, other))) return token
    await close()
  }
}

const rival: Rival = {
  open: async ({ name, events, seed, other }) => {
    if (other !== undefined) return openEmpty(name, other)
    const { token } = await openCollection(name)
    const documents = makeEvents(events, seed).map((event, index) => ({
      id: String(index).padStart(8, '0'),
      tags: [...event.tags],
      payload: event.payload,
    }))
    for (let at = 0; at < documents.length; at += 1000) await collection.bulkInsert(documents.slice(at, at + 1000))
    return token
  },

  link: async (url, room) => {
    const pool = await replicateWebRTC<EventDocument, never>({
      collection,
      topic: room,
      connectionHandlerCreator: getConnectionHandlerSimplePeer({ signalingServerUrl: url }) as never,
      pull: { batchSize },
      push: { batchSize },
    })
    pool.error$.subscribe((error) => console.error(error))
  },

  whenComplete: (events) =>
    new Promise((resolve) => {
      // told after the transaction of these documents is complete
      collection.eventBulks$.subscribe((bulk) => {
        storedDocuments += bulk.events.length
        if (storedDocuments >= events) resolve()
      })
    }),

  verify: async (events, seed) => {
    const documents = await collection.find({ sort: [{ id: 'asc' }] }).exec()
    return difference(
      documents.map((document) => document.toMutableJSON()),
      events,
      seed,
    )
  },
}

window.rival = rival
