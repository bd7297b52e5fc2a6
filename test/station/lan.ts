/** A station on an address that is not this machine's `localhost`, and clients that trust its authority or not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request as httpRequest } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LanFlags } from '../../src/station/lan.ts'
import type { Station, StationOptions } from '../../src/station/main.ts'
import { startStation } from '../../src/station/main.ts'

export const temporary = (): string => mkdtempSync(join(tmpdir(), 'shoal-test-'))
export const discard = (folder: string): void => rmSync(folder, { recursive: true, force: true })

/** Reached like one of the LAN: it is no other's, and not what `localhost` means. */
export const lanHost = '127.0.0.2'

export interface TestLan {
  readonly station: Station
  readonly dataFolder: string
  readonly reports: readonly string[]
  stop(): Promise<void>
}

/** An app of a few bytes: what is tested is who reaches it. */
export const tinyApp = (folder: string): string => {
  const app = join(folder, 'app')
  mkdirSync(join(app, 'assets'), { recursive: true })
  writeFileSync(join(app, 'index.html'), '<!doctype html><title>app</title>')
  writeFileSync(join(app, 'assets', 'big.js'), 'x'.repeat(4_000_000))
  writeFileSync(join(folder, 'secret.txt'), 'not served')
  return app
}

export const startLanStation = async (
  flags: LanFlags = {},
  { dataFolder = temporary(), ...options }: Partial<StationOptions> = {},
): Promise<TestLan> => {
  const reports: string[] = []
  const station = await startStation({
    port: 0,
    dataFolder,
    appFolder: tinyApp(dataFolder),
    report: (code, sentence) => void reports.push(`${code}: ${sentence}`),
    lan: { name: 'shoal.test', httpsPort: 0, caPort: 0, listen: lanHost, ...flags },
    ...options,
  })
  return { station, dataFolder, reports, stop: () => station.stop() }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

export interface Asking {
  readonly ca?: string | undefined
  readonly servername?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  readonly body?: string
  readonly host?: string
}

const collect =
  (resolve: (answer: Answer) => void): ((response: IncomingMessage) => void) =>
  (response) => {
    let body = ''
    response.on('data', (chunk: Buffer) => (body += chunk.toString()))
    response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
  }

/** Rejects where the certificate is not trusted, or for another name. */
export const askSecurely = (
  port: number,
  path: string,
  { ca, servername = 'shoal.test', headers = {}, method = 'GET', body, host = lanHost }: Asking = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(
      { host, port, path, method, servername, ca, agent: false, headers: { host: `${servername}:4443`, ...headers } },
      collect(resolve),
    )
    asked.on('error', reject)
    asked.end(body)
  })

export const askPlainly = (
  port: number,
  path: string,
  { headers = {}, method = 'GET', host = lanHost }: Asking = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = httpRequest({ host, port, path, method, headers, agent: false }, collect(resolve))
    asked.on('error', reject)
    asked.end()
  })
