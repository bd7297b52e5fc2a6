/** The station: it serves the app on this machine and, when asked to, on the LAN, says which node it is, and lets devices find each other at `/signal`. */
import { existsSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { errorMessage } from '../core/errors.ts'
import {
  headersOfEveryAnswer,
  isApi,
  isSignal,
  isStationFacts,
  noWorker,
  sendError,
  sendStationFacts,
} from './answers.ts'
import { serveApp } from './app-files.ts'
import type { Answering } from './http.ts'
import { listenOnLoopback } from './http.ts'
import type { Lan, LanFlags, LanOptions } from './lan.ts'
import { openNodeId } from './node-key.ts'
import type { OriginFlags } from './origin.ts'
import type { Report } from './private-file.ts'
import { createSignalling, refuseUpgrade, upgradeRequired } from './signalling.ts'

export interface StationOptions {
  /** 0 means: any free one. */
  readonly port: number
  readonly dataFolder: string
  readonly appFolder: string
  /** Absent: on this machine only. */
  readonly lan?: LanFlags
  readonly lanOptions?: Pick<LanOptions, 'bounds' | 'now' | 'renewEvery' | 'readEvery' | 'onAddresses'>
  /** Of whoever was refused or cut off, and of what a person should see to. */
  readonly report?: Report
}

export interface Station {
  readonly port: number
  readonly nodeId: string
  readonly lan: Lan | undefined
  stop(): Promise<void>
}

/** Loaded when it is needed: with its libraries it is most of the station, and on this machine alone nothing of it is. */
const loadLan = () => import('./lan-parts.ts')

const silent: Report = () => undefined

export const startStation = async (options: StationOptions): Promise<Station> => {
  const { port, dataFolder, appFolder, lan: lanFlags, report = silent } = options
  const nodeId = openNodeId(dataFolder, report)
  const app = serveApp(appFolder)
  const signalling = createSignalling({}, report)
  let lan: Lan | undefined
  const request: RequestListener = (asked, response) => {
    for (const [name, value] of Object.entries(headersOfEveryAnswer)) response.setHeader(name, value)
    response.setHeader('Shoal-Node', nodeId)
    const url = asked.url ?? '/'
    if (isApi(url)) return noWorker(response)
    if (/^\/api(?:[/?]|$)/.test(url))
      return sendError(response, 404, { code: 'ERR_NOT_FOUND', message: 'The API is at /api/v2.' })
    if (isStationFacts(url))
      return sendStationFacts(response, { origin: lan?.origin.href ?? null, trust: lan?.caPage?.byName ?? null })
    if (isSignal(url)) return upgradeRequired(response)
    app(asked, response)
  }
  const upgrade: Answering['upgrade'] = (asked, socket, head) =>
    isSignal(asked.url ?? '/')
      ? signalling.upgrade(asked, socket, head)
      : refuseUpgrade(socket, '404 Not Found', 'ERR_NOT_FOUND', 'WebSockets are at /signal.')
  const loopback = await listenOnLoopback({ request, upgrade }, port)
  const stop = async (): Promise<void> => {
    signalling.close()
    await Promise.all([loopback.stop(), lan?.stop()])
  }
  try {
    if (lanFlags !== undefined)
      lan = await (
        await loadLan()
      ).startLan({ ...options.lanOptions, flags: lanFlags, dataFolder, nodeId, app, signalling, report })
  } catch (error) {
    await stop()
    throw error
  }
  return { port: loopback.port, nodeId, lan, stop }
}

/** A signal to npm that ends npm itself reaches neither its shell nor us: without this the station would stay behind and keep the port. */
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

const printReports = (): Report => {
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
  const { dataFolder } = options
  const print = async (lan: Lan): Promise<void> => {
    const { lanSummary } = await loadLan()
    console.log(lanSummary(lan, { dataFolder, isTerminal: process.stdout.isTTY }))
  }
  const station: Station = await startStation({
    report: printReports(),
    ...options,
    lanOptions: { ...options.lanOptions, onAddresses: () => void (station.lan && print(station.lan)) },
  })
  console.log(`Shoal is at http://localhost:${station.port}/ (station ${station.nodeId}, data in ${dataFolder})`)
  if (station.lan !== undefined) await print(station.lan)
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

/** What `npm start -- ca export DIR` runs. */
export const exportAuthority = async (dataFolder: string, flags: OriginFlags, folder: string): Promise<void> => {
  const { exportTo } = await loadLan()
  console.log(await exportTo(folder, dataFolder, flags, printReports()))
}
