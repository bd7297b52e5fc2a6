/** Opening ports: on this machine's own addresses for the node and its API; on those of the LAN, bounded, for what tablets need. */
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server as NetServer, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ShoalError } from '../core/errors.ts'
import type { Gate, LanBounds } from './bounds.ts'
import type { LanCertificates } from './lan-certificates.ts'

export interface Listening {
  readonly port: number
  /** Answers under way may end; whoever is slower than that is cut off. */
  stop(): Promise<void>
}

/** What answers requests, and what takes over sockets that ask to speak something else. */
export interface Answering {
  readonly request: RequestListener
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** Where to listen; `flag` is what the person would change. */
export interface Place {
  readonly host: string
  readonly port: number
  readonly flag: string
}

const graceMs = 2000

const portProblem = ({ host, port, flag }: Place, cause: NodeJS.ErrnoException): ShoalError => {
  const other = port === 65_535 ? 4454 : port + 1
  switch (cause.code) {
    case 'EADDRINUSE':
      return new ShoalError(
        'ERR_PORT_IN_USE',
        `Port ${port} is already in use: is Shoal running already? Choose another one with ${flag}, for example ${flag} ${other}.`,
        { cause },
      )
    case 'EACCES':
      return new ShoalError(
        'ERR_PORT_RIGHTS',
        `This account may not open port ${port}. Give Node.js that right (Linux: sudo setcap cap_net_bind_service=+ep "$(readlink -f "$(which node)")"), or listen on another one with ${flag} and have the network forward ${port} to it.`,
        { cause },
      )
    case 'EADDRNOTAVAIL':
      return new ShoalError('ERR_PORT', `This machine has no address ${host}: see --listen.`, { cause })
    default:
      return new ShoalError(
        'ERR_PORT',
        `Port ${port} cannot be opened (${cause.message}). Choose another one with ${flag}, for example ${flag} ${other}.`,
        { cause },
      )
  }
}

const open = <S extends NetServer>(server: S, place: Place): Promise<S> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(portProblem(place, cause)))
    server.listen({ host: place.host, port: place.port }, () => resolve(server))
  })

const portOf = (server: NetServer): number => (server.address() as AddressInfo).port

const stopped = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cutOff)
      resolve()
    })
    server.closeIdleConnections()
  })

const isMissingAddress = (error: unknown): boolean =>
  error instanceof ShoalError && /EADDRNOTAVAIL|EAFNOSUPPORT/.test(String(error.cause))

/** `localhost` is 127.0.0.1 to some programs and ::1 to others; both lead here where the machine has both. */
export const listenOnLoopback = async ({ request, upgrade }: Answering, port: number): Promise<Listening> => {
  const listen = (host: string, on: number): Promise<Server> =>
    open(createServer(request).on('upgrade', upgrade), { host, port: on, flag: '--port' })
  const first = await listen('127.0.0.1', port)
  const servers = [first]
  const chosen = portOf(first)
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map(stopped))
  }
  try {
    servers.push(await listen('::1', chosen))
  } catch (error) {
    if (!isMissingAddress(error)) {
      await stop()
      throw error
    }
  }
  return { port: chosen, stop }
}

export interface LanDoor {
  /** Undefined: every address of this machine, as they come and go. */
  readonly host: string | undefined
  readonly port: number
  readonly flag: string
  readonly gate: Gate
  readonly bounds: LanBounds
  /** Absent: plain HTTP. */
  readonly certificates?: LanCertificates
  /** Of a TLS handshake that failed. */
  readonly onHandshakeFailure?: (error: NodeJS.ErrnoException, address: string) => void
}

const looksEveryMs = 2000

/** Everything that comes here comes from somebody unknown. */
export const listenOnLan = async (
  { request, upgrade }: Answering,
  { host, port, flag, gate, bounds, certificates, onHandshakeFailure }: LanDoor,
): Promise<Listening> => {
  const limits = {
    maxHeaderSize: bounds.headerBytes,
    headersTimeout: bounds.headersMs,
    requestTimeout: bounds.requestMs,
    connectionsCheckingInterval: Math.min(looksEveryMs, bounds.headersMs),
    keepAliveTimeout: 5000,
  }
  const makeSecure = (shown: LanCertificates): Server => {
    const secure = (): { minVersion: 'TLSv1.2'; cert: string; key: string } => ({
      minVersion: 'TLSv1.2',
      cert: shown.current.chain,
      key: shown.current.key,
    })
    const server = createSecureServer({
      ...limits,
      ...secure(),
      handshakeTimeout: bounds.handshakeMs,
      // not asked by a client that comes by an address, which names no name
      SNICallback: (name, answer) => answer(null, shown.contextFor(name)),
    })
    shown.onChange(() => server.setSecureContext(secure()))
    return server
  }
  const make = (): Server => {
    const server = certificates === undefined ? createServer(limits) : makeSecure(certificates)
    // before TLS, which costs most
    server.prependListener('connection', (socket: Socket) => gate.admit(socket))
    server.on('request', gate.guard(request))
    server.on('upgrade', (asked: IncomingMessage, socket: Duplex, head: Buffer) => {
      gate.release(asked.socket)
      upgrade(asked, socket, head)
    })
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      onHandshakeFailure?.(error, socket.remoteAddress ?? ''),
    )
    server.maxRequestsPerSocket = 1000
    server.maxHeadersCount = 100
    server.setTimeout(bounds.idleMs)
    return server
  }
  const server = await (async () => {
    if (host !== undefined) return open(make(), { host, port, flag })
    try {
      return await open(make(), { host: '::', port, flag })
    } catch (error) {
      // a machine without IPv6
      if (!isMissingAddress(error)) throw error
      return open(make(), { host: '0.0.0.0', port, flag })
    }
  })()
  return { port: portOf(server), stop: () => stopped(server) }
}
