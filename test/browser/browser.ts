/**
 * What the end-to-end tests drive: a real Chromium on a profile that outlives it, and the built station as a process of its own.
 * Both end by their own process id, gently or (`kill`) in the middle of whatever they are doing.
 */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { root } from '../../src/station/preparation.mjs'
import { chromiumFlags, findChromium } from '../chromium.mjs'

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'shoal-test-'))

/** What a killed browser's last processes still write into is left to the system: it is a temporary folder. */
export const removeFolder = (folder: string): void => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
  }
}

export interface TestStation {
  readonly port: number
  /** `http://localhost:<port>/` */
  readonly url: string
  readonly pid: number
  /** Everything it printed so far. */
  output(): string
  /** By SIGTERM; resolves with its exit code when it has ended. */
  stop(): Promise<number | null>
}

export interface TestStationOptions {
  /** 0, the default: any free port. Give the port of an earlier station to come back at the same origin. */
  readonly port?: number
  readonly dataFolder?: string
  /** Another built app than `dist/app`, for instance a changed copy of it, to test an update. */
  readonly appFolder?: string
  /** Beside those that follow from the rest. */
  readonly flags?: readonly string[]
  /** Put before its own: a command that runs the one after it, for instance in another network. */
  readonly command?: readonly string[]
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode)
    else child.once('exit', (code) => resolve(code))
  })

export const startStation = async (options: TestStationOptions = {}): Promise<TestStation> => {
  const ownFolder = options.dataFolder === undefined ? temporaryFolder() : undefined
  const flags = {
    '--port': String(options.port ?? 0),
    '--data': options.dataFolder ?? ownFolder ?? '',
    '--app': options.appFolder ?? join(root, 'dist', 'app'),
  }
  const start = [process.execPath, join(root, 'src', 'station', 'start.mjs'), ...Object.entries(flags).flat()]
  const [program = '', ...args] = [...(options.command ?? []), ...start, ...(options.flags ?? [])]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  const port = await new Promise<number>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += chunk.toString()
      const found = /http:\/\/localhost:(\d+)\//.exec(printed)
      if (found !== null) resolve(Number(found[1]))
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the station ended with ${code}: ${printed}`)))
  })
  return {
    port,
    url: `http://localhost:${port}/`,
    pid: child.pid ?? 0,
    output: () => printed,
    stop: async () => {
      child.kill('SIGTERM')
      const code = await ended(child)
      if (ownFolder !== undefined) removeFolder(ownFolder)
      return code
    },
  }
}

export interface TestBrowser {
  readonly context: BrowserContext
  readonly profile: string
  readonly pid: number
  open(url: string): Promise<Page>
  /** Ends every service worker, as the browser does by itself after 30 s without work. The next fetch starts it anew. */
  stopWorkers(page: Page): Promise<void>
  /** SIGKILL to the browser: what was not on disk by then is lost. Launch again with `persistentDir: profile`. */
  kill(): Promise<void>
  close(): Promise<void>
}

export interface TestBrowserOptions {
  /** The profile to use and to leave behind. Without one a fresh profile is made and removed on `close`. */
  readonly persistentDir?: string
  readonly flags?: readonly string[]
  /** Starts Chromium with the arguments it is given; Chromium itself where absent. */
  readonly program?: string
  /** Granted to every page, and all others refused. */
  readonly permissions?: readonly string[]
}

/** Chromium writes the process id behind the host name into its profile's lock. */
const browserPid = (profile: string): number => {
  const pid = Number(/-(\d+)$/.exec(readlinkSync(join(profile, 'SingletonLock')))?.[1])
  if (!(pid > 1)) throw new Error(`no process id in the lock of ${profile}`)
  return pid
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export const launchChromium = async (options: TestBrowserOptions = {}): Promise<TestBrowser> => {
  const executablePath = options.program ?? findChromium()
  if (executablePath === undefined)
    throw new Error('no Chromium was found: run the tests by npm test, which brings one')
  const profile = options.persistentDir ?? temporaryFolder()
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: [...chromiumFlags, ...(options.flags ?? [])],
    headless: true,
    serviceWorkers: 'allow',
    viewport: { width: 1280, height: 800 },
    ...(options.permissions !== undefined && { permissions: [...options.permissions] }),
  })
  const pid = browserPid(profile)
  return {
    context,
    profile,
    pid,
    open: async (url) => {
      const page = await context.newPage()
      await page.goto(url)
      return page
    },
    stopWorkers: async (page) => {
      const session = await context.newCDPSession(page)
      await session.send('ServiceWorker.enable')
      await session.send('ServiceWorker.stopAllWorkers')
      await session.detach()
    },
    kill: async () => {
      const closed = new Promise<void>((resolve) => {
        context.once('close', () => resolve())
      })
      process.kill(pid, 'SIGKILL')
      await closed
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    close: async () => {
      await context.close()
      if (options.persistentDir === undefined) removeFolder(profile)
    },
  }
}
