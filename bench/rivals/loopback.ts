/**
 * What the rivals' pages are served by, and what introduces them to each other: files and two signalling protocols on one loopback
 * port, each as its library documents it for those who run their own.
 */
import type { IncomingMessage, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomUUID } from 'node:crypto'
import sirv from 'sirv'
import type { RawData, WebSocket } from 'ws'
import { WebSocketServer } from 'ws'

export interface Loopback {
  /** `http://localhost:<port>/` */
  readonly url: string
  /** `ws://localhost:<port>/yjs` */
  readonly yjs: string
  /** `ws://localhost:<port>/rxdb` */
  readonly rxdb: string
  end(): Promise<void>
}

const told = (socket: WebSocket, value: unknown): void => socket.send(JSON.stringify(value))

const parsed = (data: RawData): Readonly<Record<string, unknown>> =>
  JSON.parse((data as Buffer).toString('utf8')) as Record<string, unknown>

type Speaker = (socket: WebSocket) => void

/** y-webrtc: whoever has subscribed to a topic gets what anybody publishes to it. */
const speakYjs = (): Speaker => {
  const topics = new Map<string, Set<WebSocket>>()
  const subscribed = (topic: string): Set<WebSocket> => {
    const known = topics.get(topic) ?? new Set()
    topics.set(topic, known)
    return known
  }
  const named = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
  return (socket) => {
    socket.on('close', () => topics.forEach((sockets) => sockets.delete(socket)))
    socket.on('message', (data) => {
      const note = parsed(data)
      if (note['type'] === 'ping') told(socket, { type: 'pong' })
      for (const topic of named(note['topics'])) {
        if (note['type'] === 'subscribe') subscribed(topic).add(socket)
        else subscribed(topic).delete(socket)
      }
      if (note['type'] !== 'publish') return
      const sockets = subscribed(String(note['topic']))
      for (const receiver of sockets) told(receiver, { ...note, clients: sockets.size })
    })
  }
}

/** RxDB: the station gives out ids, tells a room who is in it, and hands signals on. */
const speakRxdb = (): Speaker => {
  const sockets = new Map<string, WebSocket>()
  const rooms = new Map<string, Set<string>>()
  const tellRoom = (room: ReadonlySet<string>): void => {
    for (const id of room) {
      const socket = sockets.get(id)
      if (socket !== undefined) told(socket, { type: 'joined', otherPeerIds: [...room] })
    }
  }
  return (socket) => {
    const id = randomUUID().slice(0, 12)
    sockets.set(id, socket)
    told(socket, { type: 'init', yourPeerId: id })
    socket.on('close', () => {
      sockets.delete(id)
      for (const room of rooms.values()) if (room.delete(id)) tellRoom(room)
    })
    socket.on('message', (data) => {
      const note = parsed(data)
      if (note['type'] === 'join') {
        const name = String(note['room'])
        const room = rooms.get(name) ?? new Set()
        rooms.set(name, room.add(id))
        tellRoom(room)
      }
      const receiver = note['type'] === 'signal' ? sockets.get(String(note['receiverPeerId'])) : undefined
      if (receiver !== undefined) told(receiver, note)
    })
  }
}

const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, () => resolve((server.address() as AddressInfo).port))
  })

export const serveLoopback = async (folder: string): Promise<Loopback> => {
  const files = sirv(folder, { dev: true })
  const server = createServer((request, response) =>
    files(request, response, () => {
      response.writeHead(404).end()
    }),
  )
  const sockets = new WebSocketServer({ noServer: true })
  const speakers: Readonly<Record<string, Speaker | undefined>> = { '/yjs': speakYjs(), '/rxdb': speakRxdb() }
  server.on('upgrade', (request: IncomingMessage, stream, head) => {
    const speak = speakers[request.url ?? '']
    if (speak === undefined) stream.destroy()
    else sockets.handleUpgrade(request, stream, head, speak)
  })
  const port = await listening(server)
  return {
    url: `http://localhost:${port}/`,
    yjs: `ws://localhost:${port}/yjs`,
    rxdb: `ws://localhost:${port}/rxdb`,
    end: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
