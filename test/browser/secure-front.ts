/** An https front before a station, with a certificate of our own making, for what only happens where certificates do. */
import { X509Certificate, createHash } from 'node:crypto'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { createServer } from 'node:https'
import { openAuthority } from '../../src/station/authority.ts'
import { removeFolder, temporaryFolder } from './browser.ts'

export interface SecureFront {
  /** `https://localhost:<port>/` */
  readonly url: string
  /** A browser that is started with it trusts the certificate; one without does not. */
  readonly trustFlag: string
  stop(): void
}

/** `rewrite`: of a JSON answer of the station. */
export const startSecureFront = async (stationPort: number): Promise<SecureFront> => {
  const folder = temporaryFolder()
  const authority = await openAuthority(folder, 'localhost', Date.now(), () => undefined)
  const { chain, key } = await authority.issue(['localhost'], Date.now())
  removeFolder(folder)
  const server = createServer({ cert: chain, key }, (asked, answered) => {
    const passed = request(
      { port: stationPort, host: '127.0.0.1', path: asked.url, method: asked.method, headers: asked.headers },
      (response) => {
        answered.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(answered)
      },
    )
    passed.on('error', () => answered.destroy())
    asked.pipe(passed)
  })
  server.on('upgrade', (asked, socket, head) => {
    const onward = connect(stationPort, '127.0.0.1', () => {
      const headers = Object.entries(asked.headers).map(([name, value]) => `${name}: ${String(value)}`)
      onward.write(`${[`GET ${asked.url} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n`)
      onward.write(head)
      onward.pipe(socket).pipe(onward)
    })
    for (const end of [socket, onward]) end.on('error', () => [socket, onward].forEach((one) => one.destroy()))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const spki = new X509Certificate(chain).publicKey.export({ type: 'spki', format: 'der' })
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/`,
    trustFlag: `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
