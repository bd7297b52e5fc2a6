/** The service worker: glue only. It hosts the node, answers `/api/v2` and the app's files, and serves ports to the pages. */
import type {
  ConnectMessage,
  LinksMessage,
  PingMessage,
  RetireMessage,
  TakeOverMessage,
} from '../src/api/port-contract.ts'
import type { Api } from '../src/api/routes.ts'
import { createApi } from '../src/api/routes.ts'
import type { Random } from '../src/core/random.ts'
import { createSigner } from '../src/crypto/keys.ts'
import type { Node } from '../src/node/contract.ts'
import { createNode } from '../src/node/node.ts'
import { systemClock } from '../src/node/system-clock.ts'
import { openIndexedDbShelf } from '../src/store/indexeddb-shelf.ts'
import type { RadioMessage } from '../src/transport/radio-contract.ts'
import { openRelaySocket } from '../src/transport/relay-socket.ts'
import { createLifelines } from './lifelines.ts'
import { createLinkSwitch } from './link-switch.ts'
import { createNodeHost } from './node-host.ts'
import { createPages } from './pages.ts'
import { callRadios, createRadioDesk } from './radio-desk.ts'
import { keepShell, serveShell } from './shell.ts'

declare const self: ServiceWorkerGlobalScope

/** Where an Actyx app looks for its node when it is not told; the worker sees that too. */
const actyxOrigin = 'http://localhost:4454'
const apiPath = '/api/v2/'

const lifelines = createLifelines()
const shelf = openIndexedDbShelf()
const links = createLinkSwitch(shelf, openRelaySocket)
const desk = createRadioDesk({ clock: systemClock, id: crypto.randomUUID() })
const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length))
const host = createNodeHost({
  shelf,
  openNode: (own, onReplaced) =>
    createNode({
      shelf: own,
      clock: systemClock,
      random,
      radio: desk.radio,
      openRelaySocket: links.openRelaySocket,
      build: __SHOAL_BUILD__,
      defaultStations: [new URL('/signal', self.location.origin.replace(/^http/, 'ws')).href],
      pageUrl: new URL('/', self.location.origin).href,
      onReplaced,
    }),
  mayOpen: () => self.serviceWorker.state !== 'redundant',
  onLost: () => {
    pages.dismiss()
    // who subscribed by the public API asks again, and hears the successor
    serving.abort()
    serving = new AbortController()
  },
})
/** Aborts when the node that answers now is over. */
let serving = new AbortController()
const pages = createPages(() => host.again(), __SHOAL_BUILD__)

/** Quicker than the store, which has a log to recover. On the very first start there is no key yet, and the node makes it. */
const earlyId = async (node: Promise<Node>) => {
  const vault = await shelf.openVault(await shelf.current())
  const pair = await vault.load('signing')
  return pair === undefined ? (await node).id : (await createSigner(pair)).id
}

let api: { readonly node: Promise<Node>; readonly api: Api } | undefined
const answerApi = (request: Request, url: URL): Promise<Response> => {
  const node = host.node()
  if (api?.node !== node) api = { node, api: createApi(node, { earlyId: earlyId(node) }) }
  if (!url.pathname.includes('/events/subscribe')) return api.api.handle(request)
  const signal = AbortSignal.any([request.signal, lifelines.signal, serving.signal])
  return api.api.handle(new Request(request, { signal }))
}

const route = (request: Request): Response | Promise<Response> | undefined => {
  const url = new URL(request.url)
  const isOurs = url.origin === self.location.origin
  if ((isOurs || url.origin === actyxOrigin) && url.pathname.startsWith(apiPath)) return answerApi(request, url)
  if (isOurs && url.pathname === '/shoal/lifeline') return lifelines.open()
  return serveShell(request, url)
}

keepShell()

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
  // opening checks the store's format and takes the fence; whoever asks meanwhile waits for the same opening
  host.node().catch(() => undefined)
})

self.addEventListener('fetch', (event) => {
  let answer
  try {
    answer = route(event.request)
  } catch (error) {
    console.error(error)
    answer = Response.error()
  }
  if (answer !== undefined) event.respondWith(answer)
})

self.addEventListener('message', (event) => {
  const message = event.data as
    | ConnectMessage
    | LinksMessage
    | PingMessage
    | RadioMessage
    | RetireMessage
    | TakeOverMessage
  switch (message.type) {
    case 'shoal-connect': {
      const [port] = event.ports
      if (port !== undefined) pages.serve(port, message)
      return
    }
    case 'shoal-radio': {
      const [port] = event.ports
      if (port !== undefined) desk.offer(port, message.version)
      // whoever offers to hold links wants a node to hold them for
      host.node().catch(() => undefined)
      return
    }
    case 'shoal-links': {
      const { isOn } = message
      if (isOn !== undefined) return event.waitUntil(links.set(isOn).catch(() => undefined))
      const [port] = event.ports
      return event.waitUntil(links.isOn().then((is) => port?.postMessage(is)))
    }
    case 'shoal-retire':
      desk.retire()
      return lifelines.retire()
    case 'shoal-take-over':
      return event.waitUntil(self.skipWaiting())
    case 'shoal-ping':
      // its arrival is all it is for
      return
  }
})

void callRadios(self.clients)
