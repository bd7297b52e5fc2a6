/** A Y.Array of events, replicated by y-webrtc and kept by y-indexeddb. */
import { IndexeddbPersistence } from 'y-indexeddb'
import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'
import type { FactoryEvent } from '../events.ts'
import { joiningConnection } from './joining-channel.ts'
import { difference, makeEvents } from '../list.ts'
import type { Rival } from './contract.ts'

let doc: Y.Doc
let kept: IndexeddbPersistence

const list = (): Y.Array<FactoryEvent> => doc.getArray<FactoryEvent>('events')

/** y-indexeddb writes in the turn of each change; a read asked for after that comes when the write is complete. */
const whenStored = (): Promise<void> =>
  new Promise((resolve, reject) => {
    if (kept.db === null) throw new Error('y-indexeddb has no database')
    const transaction = kept.db.transaction(['updates'], 'readonly')
    transaction.objectStore('updates').count()
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('IndexedDB aborted')))
  })

const rival: Rival = {
  open: async ({ name, events, seed }) => {
    doc = new Y.Doc()
    kept = new IndexeddbPersistence(name, doc)
    await kept.whenSynced
    if (events > 0) list().push(makeEvents(events, seed))
    await whenStored()
    return ''
  },

  link: (url, room) => {
    const isStock = new URLSearchParams(location.search).has('stock')
    const wrtc = { RTCPeerConnection: joiningConnection, RTCSessionDescription, RTCIceCandidate }
    const peerOpts = isStock ? {} : { wrtc }
    return new Promise((resolve) => {
      new WebrtcProvider(room, doc, { signaling: [url], peerOpts }).on('status', () => resolve())
    })
  },

  whenComplete: (events) =>
    new Promise((resolve, reject) => {
      // y-indexeddb listens since before, so it has been given the change by now
      doc.on('update', () => {
        if (list().length >= events) whenStored().then(resolve, reject)
      })
    }),

  verify: async (events, seed) => difference(list().toArray(), events, seed),
}

window.rival = rival
