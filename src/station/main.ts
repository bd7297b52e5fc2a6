/** The station: it serves the app on this machine, says which node it is, and lets devices find each other at `/signal`. */
import { existsSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { errorMessage } from '../core/errors.ts'
import { headersOfEveryAnswer, noWorker, sendError } from './answers.ts'
import { serveApp } from './app-files.ts'
import { isDescription, sendDescription } from './description.ts'
import type { Answering } from './http.ts'
import { listenOnLoopback } from './http.ts'
import { openNodeId } from './node-key.ts'
import { createSignalling, refuseUpgrade, upgradeRequired } from './signalling.ts'

export interface StationOptions {
  /** 0 means: any free one. */
  readonly port: number
  readonly dataFolder: string
  readonly appFolder: string
  /** Of whoever was refused or cut off at `/signal`. */
  readonly report?: (code: string, sentence: string) => void
}

export interface Station {
  readonly port: number
  readonly nodeId: string
  stop(): Promise<void>
}

const isBelow = (url: string, path: string): boolean =>
  url.startsWith(path) && /^(?:[/?]|$)/.test(url.slice(path.length))

const isSignal = (url: string): boolean => /^\/signal(?:\?|$)/.test(url)

export const startStation = async ({ port, dataFolder, appFolder, report }: StationOptions): Promise<Station> => {
  const nodeId = openNodeId(dataFolder)
  const app = serveApp(appFolder)
  const signalling = createSignalling({}, report)
  const request: RequestListener = (asked, response) => {
    for (const [name, value] of Object.entries(headersOfEveryAnswer)) response.setHeader(name, value)
    response.setHeader('Shoal-Node', nodeId)
    const url = asked.url ?? '/'
    if (isBelow(url, '/api/v2')) return noWorker(response)
    if (isBelow(url, '/api'))
      return sendError(response, 404, { code: 'ERR_NOT_FOUND', message: 'The API is at /api/v2.' })
    if (isSignal(url)) return upgradeRequired(response)
    if (isDescription(url)) return sendDescription(response, nodeId)
    app(asked, response)
  }
  const upgrade: Answering['upgrade'] = (asked, socket, head) =>
    isSignal(asked.url ?? '/')
      ? signalling.upgrade(asked, socket, head)
      : refuseUpgrade(socket, '404 Not Found', 'ERR_NOT_FOUND', 'WebSockets are at /signal.')
  const { port: chosen, stop } = await listenOnLoopback({ request, upgrade }, port)
  return {
    port: chosen,
    nodeId,
    stop: async () => {
      signalling.close()
      await stop()
    },
  }
}

/** A signal to npm reaches npm and its shell, not us: without this the station would stay behind and keep the port. */
const endWithParent = (end: () => void): void => {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    end()
  }, 500)
}

/** Of each code one line a minute: who is cut off again and again must not fill a disk with it. Milliseconds. */
const sameAfter = 60_000

const printReports = (): ((code: string, sentence: string) => void) => {
  const printedAt = new Map<string, number>()
  return (code, sentence) => {
    const now = performance.now()
    if (now - (printedAt.get(code) ?? -sameAfter) < sameAfter) return
    printedAt.set(code, now)
    console.error(`${code}: ${sentence}`)
  }
}

/** What `npm start` runs: a station until it is told to end. */
export const runStation = async (options: StationOptions): Promise<void> => {
  if (!existsSync(join(options.appFolder, 'index.html')))
    throw new Error(`There is no built app in ${options.appFolder}.`)
  const station = await startStation({ report: printReports(), ...options })
  console.log(
    `Shoal is at http://localhost:${station.port}/ (station ${station.nodeId}, data in ${options.dataFolder})`,
  )
  let ending = false
  // Ctrl-C arrives twice under npm: from the terminal and passed on
  const end = (): void => {
    if (ending) return
    ending = true
    station.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(errorMessage(error))
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  if (process.env['npm_lifecycle_event'] !== undefined) endWithParent(end)
}
