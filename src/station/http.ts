/** Listening on this machine's own addresses only: a page elsewhere on the LAN would have no secure context, hence no node. */
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { ShoalError } from '../core/errors.ts'

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

const graceMs = 2000

const listen = (answering: Answering, host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(answering.request)
    server.on('upgrade', answering.upgrade)
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE'
      const reason = taken ? 'is already in use: is Shoal running already?' : `cannot be opened (${cause.message}).`
      const message = `Port ${port} ${reason} Choose another one with --port, for example --port ${port === 65_535 ? 4454 : port + 1}.`
      reject(new ShoalError(taken ? 'ERR_PORT_IN_USE' : 'ERR_PORT', message, { cause }))
    })
    server.listen({ host, port }, () => resolve(server))
  })

const stopped = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cutOff)
      resolve()
    })
    server.closeIdleConnections()
  })

const hasNoSuchAddress = (error: unknown): boolean =>
  error instanceof ShoalError && error.code === 'ERR_PORT' && /EADDRNOTAVAIL|EAFNOSUPPORT/.test(String(error.cause))

/** `localhost` is 127.0.0.1 to some programs and ::1 to others; both lead here where the machine has both. */
export const listenOnLoopback = async (answering: Answering, port: number): Promise<Listening> => {
  const first = await listen(answering, '127.0.0.1', port)
  const servers = [first]
  const chosen = (first.address() as AddressInfo).port
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map(stopped))
  }
  try {
    servers.push(await listen(answering, '::1', chosen))
  } catch (error) {
    if (!hasNoSuchAddress(error)) {
      await stop()
      throw error
    }
  }
  return { port: chosen, stop }
}
