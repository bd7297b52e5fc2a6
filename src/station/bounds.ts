/**
 * What one address of the LAN, and all of them together, may ask of the station: connections, requests, bytes, time. Whoever exceeds it is
 * refused or cut, and the others go on.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { isIPv4 } from 'node:net'
import type { Socket } from 'node:net'
import { errorMessage } from '../core/errors.ts'
import { createTokenBucket } from '../core/token-bucket.ts'
import type { TokenBucket } from '../core/token-bucket.ts'
import { sendError } from './answers.ts'
import { addressBytes } from './name-constraints.ts'
import type { Report } from './private-file.ts'

export interface LanBounds {
  /** Those that carry HTTP; a WebSocket is counted at `/signal`. */
  readonly connections: number
  readonly connectionsPerAddress: number
  readonly requestsPerSecond: number
  readonly requestsAtOnce: number
  readonly headerBytes: number
  /** Milliseconds: for the TLS handshake, for the headers, for a whole request, for a whole answer, of silence. */
  readonly handshakeMs: number
  readonly headersMs: number
  readonly requestMs: number
  readonly answerMs: number
  readonly idleMs: number
}

export const lanBounds: LanBounds = {
  connections: 2000,
  // a whole plant may come from one address, when there is a router in between; a browser opens six
  connectionsPerAddress: 300,
  // the app is some sixty files
  requestsPerSecond: 100,
  requestsAtOnce: 3000,
  headerBytes: 8192,
  handshakeMs: 10_000,
  headersMs: 10_000,
  requestMs: 15_000,
  answerMs: 120_000,
  idleMs: 30_000,
}

/** Addresses whose pace is remembered; the one longest unheard is forgotten first. */
const addressesMax = 4096

/** One for each device: whoever has an IPv6 network has 2^64 addresses in it. */
export const addressKey = (address: string): string => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return isIPv4(plain) ? plain : addressBytes(plain).slice(0, 8).join('.')
}

export interface Gate {
  /** Of a connection that has just come: false where it was refused, and is gone. */
  admit(socket: Socket): boolean
  /** It carries HTTP no more. */
  release(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void
  /** One more request of this address: whether there is room for it. */
  take(address: string | undefined): boolean
  /** Refuses what is too much, bodies, and answers that take for ever; hands on the others. */
  guard(listener: RequestListener): RequestListener
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0

export const createGate = (bounds: LanBounds, report: Report, now = () => performance.now()): Gate => {
  const perAddress = new Map<string, number>()
  const admitted = new Map<string, string>()
  const paces = new Map<string, TokenBucket>()

  const nameOf = ({ remoteAddress = '', remotePort = 0 }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string =>
    `${remoteAddress} ${remotePort}`

  const forget = (name: string): void => {
    const key = admitted.get(name)
    if (key === undefined) return
    admitted.delete(name)
    const others = (perAddress.get(key) ?? 1) - 1
    if (others === 0) perAddress.delete(key)
    else perAddress.set(key, others)
  }

  const take = (address: string | undefined): boolean => {
    const key = addressKey(address ?? '')
    const pace =
      paces.get(key) ??
      createTokenBucket({ monotonic: now }, { perSecond: bounds.requestsPerSecond, atOnce: bounds.requestsAtOnce })
    paces.delete(key)
    paces.set(key, pace)
    const [oldest] = paces.keys()
    if (paces.size > addressesMax && oldest !== undefined) paces.delete(oldest)
    return pace.take()
  }

  /** The answer first; then the connection goes, and with it whatever still comes. */
  const dismiss = (
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    code: string,
    message: string,
  ) => {
    response.setHeader('Connection', 'close')
    response.once('finish', () => request.socket.destroySoon())
    sendError(response, status, { code, message })
  }

  return {
    admit: (socket) => {
      const { remoteAddress } = socket
      if (remoteAddress === undefined) {
        socket.destroy()
        return false
      }
      const key = addressKey(remoteAddress)
      const mine = perAddress.get(key) ?? 0
      if (admitted.size >= bounds.connections || mine >= bounds.connectionsPerAddress) {
        report(
          'ERR_LAN_CONNECTIONS',
          `A connection from ${remoteAddress} was refused: there are ${mine} of it, and ${admitted.size} in all.`,
        )
        socket.destroy()
        return false
      }
      const name = nameOf(socket)
      admitted.set(name, key)
      perAddress.set(key, mine + 1)
      socket.once('close', () => forget(name))
      return true
    },
    release: (socket) => forget(nameOf(socket)),
    take,
    guard: (listener) => (request, response) => {
      const { remoteAddress } = request.socket
      if (!take(remoteAddress)) {
        report(
          'ERR_LAN_RATE',
          `More than ${bounds.requestsPerSecond} requests a second come from ${remoteAddress ?? 'an address that is gone'}.`,
        )
        response.setHeader('Retry-After', '10')
        return dismiss(request, response, 429, 'ERR_RATE', 'Too many requests come from your address. Wait a moment.')
      }
      if (hasBody(request))
        return dismiss(request, response, 413, 'ERR_BODY', 'Nothing is sent to a station: files can only be read.')
      const tooLong = setTimeout(() => request.socket.destroy(), bounds.answerMs)
      response.once('close', () => clearTimeout(tooLong))
      try {
        listener(request, response)
      } catch (error) {
        // what one request brings about ends with it
        report('ERR_INTERNAL', `A request of ${remoteAddress ?? 'somebody'} failed: ${errorMessage(error)}`)
        if (response.headersSent) request.socket.destroy()
        else dismiss(request, response, 500, 'ERR_INTERNAL', 'The station could not answer this.')
      }
    },
  }
}
