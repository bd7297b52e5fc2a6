/**
 * The relay at `/signal`: hands sealed notes from one to another of those who know the name of a room (see the contract). Everything is
 * bounded, since anybody who reaches the station may connect; it asks nobody who they are, keeps nothing and logs no content.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import { createTokenBucket } from '../core/token-bucket.ts'
import type { RefusalCode, StationWord } from '../transport/signalling-contract.ts'
import {
  beatEvery,
  isNoteBody,
  isPresenceId,
  isRoomName,
  notesAtOnce,
  notesPerSecond,
  parseWord,
  refusedCloseCode,
  roomsPerConnectionMax,
  signallingVersion,
  stationSilenceMax,
  wordCharsMax,
} from '../transport/signalling-contract.ts'
import { sendError } from './answers.ts'
import type { Occupant, RoomLimits } from './signalling-rooms.ts'
import { createSignallingRooms, roomLimits } from './signalling-rooms.ts'

export interface SignallingLimits extends RoomLimits {
  readonly connections: number
  readonly connectionsPerAddress: number
  readonly notesPerSecond: number
  readonly notesAtOnce: number
  /** Bytes waiting for a reader; who does not read is cut. */
  readonly bufferedBytes: number
  /** Milliseconds. */
  readonly beatEvery: number
  readonly silenceMax: number
}

export const signallingLimits: SignallingLimits = {
  ...roomLimits,
  connections: 2000,
  // a whole plant may come from one address, when there is a router or a proxy in between
  connectionsPerAddress: 500,
  notesPerSecond,
  notesAtOnce,
  bufferedBytes: 1024 * 1024,
  beatEvery,
  silenceMax: stationSilenceMax,
}

/** Entering tells everybody in the room: all rooms twice at once, then now and then. */
const enters = { perSecond: 1, atOnce: 2 * roomsPerConnectionMax }
/** Connections that are only there to be told why they may not stay; beyond them even that is spared. */
const refusedAtOnceMax = 50
/** A connection told to end is cut after this. Milliseconds. */
const farewellMs = 1000

export interface Signalling {
  readonly connections: number
  readonly rooms: number
  /** Of a request for `/signal` only. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

/** A request for `/signal` that wants no WebSocket. */
export const upgradeRequired = (response: ServerResponse): void => {
  response.setHeader('Upgrade', 'websocket')
  sendError(response, 426, {
    code: 'ERR_UPGRADE_REQUIRED',
    message:
      'This is where devices find each other, by WebSocket: put this address, with ws or wss, among the stations.',
  })
}

/** Answers an upgrade that nobody takes; the socket has no HTTP response any more. */
export const refuseUpgrade = (socket: Duplex, status: string, code: string, message: string): void => {
  const body = JSON.stringify({ code, message })
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}

interface Connection extends Occupant {
  beat(now: number): void
  end(code: RefusalCode, message: string): void
}

/** `report`: of whoever was refused or cut off, by his address and never by what he said. */
export const createSignalling = (
  overrides: Partial<SignallingLimits> = {},
  report: (code: RefusalCode, sentence: string) => void = () => undefined,
): Signalling => {
  const limits = { ...signallingLimits, ...overrides }
  const acceptor = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: wordCharsMax,
  })
  const rooms = createSignallingRooms(limits)
  const connections = new Map<Connection, string>()
  const perAddress = new Map<string, number>()
  let refusedNow = 0

  const farewell = (socket: WebSocket, code: RefusalCode, message: string): void => {
    socket.send(JSON.stringify({ type: 'refused', code, message } satisfies StationWord))
    socket.close(refusedCloseCode, code)
    const cut = setTimeout(() => socket.terminate(), farewellMs)
    socket.once('close', () => clearTimeout(cut))
  }

  const accept = (socket: WebSocket, address: string): void => {
    let greeted = false
    let ended = false
    let heardAt = performance.now()
    const allowance = createTokenBucket(
      { monotonic: () => performance.now() },
      { perSecond: limits.notesPerSecond, atOnce: limits.notesAtOnce },
    )
    const entering = createTokenBucket({ monotonic: () => performance.now() }, enters)

    const forget = (): void => {
      if (!connections.delete(connection)) return
      ended = true
      const others = (perAddress.get(address) ?? 1) - 1
      if (others === 0) perAddress.delete(address)
      else perAddress.set(address, others)
      rooms.leaveAll(connection)
    }

    const connection: Connection = {
      say: (word) => {
        if (ended) return
        if (socket.bufferedAmount <= limits.bufferedBytes) return socket.send(JSON.stringify(word))
        // it would not read a farewell either
        report('ERR_SIGNAL_SLOW', `A connection from ${address} was cut: it does not read.`)
        socket.terminate()
        forget()
      },
      beat: (now) => {
        if (now - heardAt <= limits.silenceMax) return connection.say({ type: 'beat' })
        connection.end('ERR_SIGNAL_SILENT', 'Nothing was heard from you for a while. Connect again.')
      },
      end: (code, message) => {
        if (ended) return
        if (code !== 'ERR_SIGNAL_ENDING') report(code, `A connection from ${address} was cut: ${message}`)
        farewell(socket, code, message)
        forget()
      },
    }
    connections.set(connection, address)
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1)

    const malformed = (what: string): void => connection.end('ERR_SIGNAL_MALFORMED', `${what} See the protocol.`)

    const spend = (): boolean => {
      heardAt = performance.now()
      if (allowance.take()) return true
      connection.end(
        'ERR_SIGNAL_RATE',
        `More than ${limits.notesPerSecond} notes a second. Connect again, and go slower.`,
      )
      return false
    }

    const obey = (word: Readonly<Record<string, unknown>>): void => {
      const { type, room } = word
      if (!greeted) {
        if (type !== 'hello') return malformed('The first word must be "hello".')
        if (word['v'] !== signallingVersion)
          return connection.end(
            'ERR_SIGNAL_VERSION',
            `This station speaks version ${signallingVersion} of the signalling protocol. Update the station and the device to the same release.`,
          )
        greeted = true
        return connection.say({ type: 'hello', v: signallingVersion })
      }
      if (type === 'ask') return connection.say({ type: 'beat' })
      if (type !== 'enter' && type !== 'leave' && type !== 'note') return
      if (!isRoomName(room)) return malformed('A room is named by 43 characters of crypt-base64.')
      if (type === 'leave') return rooms.leave(connection, room)
      if (type === 'enter') {
        if (!entering.take())
          return connection.end('ERR_SIGNAL_RATE', 'Rooms are entered again and again. Connect again, and go slower.')
        const refusal = rooms.enter(connection, room)
        return refusal === undefined ? undefined : connection.say({ type: 'refused', room, ...refusal })
      }
      const { to, body } = word
      if (!isPresenceId(to) || !isNoteBody(body)) return malformed('A note needs an id and a sealed body.')
      rooms.note(connection, room, to, body)
    }

    socket.on('message', (data: Buffer, isBinary) => {
      if (ended || !spend()) return
      const word = isBinary ? undefined : parseWord(data.toString())
      if (word === undefined) malformed('Frames are JSON objects as text.')
      else obey(word)
    })
    // a browser cannot send these: they are paid for like words, and not answered
    socket.on('ping', spend)
    socket.on('pong', spend)
    socket.on('close', forget)
    // too large or no WebSocket frame at all: `ws` closes with the code that says so
    socket.on('error', ({ message }) => {
      if (!ended) report('ERR_SIGNAL_SIZE', `A connection from ${address} was cut: ${message}.`)
      forget()
    })
  }

  const refuse = (socket: WebSocket, message: string): void => {
    refusedNow += 1
    socket.once('close', () => (refusedNow -= 1))
    socket.on('error', () => socket.terminate())
    farewell(socket, 'ERR_SIGNAL_FULL', message)
  }

  const pulse = setInterval(() => {
    const now = performance.now()
    for (const connection of [...connections.keys()]) connection.beat(now)
  }, limits.beatEvery)
  pulse.unref()

  return {
    get connections() {
      return connections.size
    },
    get rooms() {
      return rooms.count
    },
    upgrade: (request, socket, head) => {
      const address = request.socket.remoteAddress ?? ''
      const mine = perAddress.get(address) ?? 0
      const problem =
        connections.size >= limits.connections
          ? 'This station serves as many devices as it can. Try again later or use another station.'
          : mine >= limits.connectionsPerAddress
            ? 'There are too many connections to this station from your address. Try again later.'
            : undefined
      if (problem !== undefined && refusedNow >= refusedAtOnceMax)
        return refuseUpgrade(socket, '503 Service Unavailable', 'ERR_SIGNAL_FULL', problem)
      acceptor.handleUpgrade(request, socket, head, (opened) =>
        problem === undefined ? accept(opened, address) : refuse(opened, problem),
      )
    },
    close: () => {
      clearInterval(pulse)
      for (const connection of [...connections.keys()])
        connection.end('ERR_SIGNAL_ENDING', 'The station is being stopped.')
    },
  }
}
