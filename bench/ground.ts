/** What every scene stands on: the built app with the bench's own pages beside it, served by the built station, and a browser on a fresh profile. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CDPSession, Page } from 'playwright-core'
import type { Plugin } from 'vite'
import { build } from 'vite'
import { root } from '../src/station/preparation.mjs'
import type { TestBrowser, TestStation } from '../test/browser/browser.ts'
import { launchChromium, removeFolder, startStation, temporaryFolder } from '../test/browser/browser.ts'
import { whenRunning } from '../test/browser/pages.ts'

const definitions = { __SHOAL_BUILD__: JSON.stringify('bench'), __SHOAL_PRECACHE__: '[]' }
const target = 'es2022'
const common = {
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  define: definitions,
  resolve: { alias: { 'simple-peer': 'simple-peer/simplepeer.min.js' } },
} as const

/** Beside the app, under its origin and its policy; no part of what is built for people. */
const buildLab = (outDir: string): Promise<unknown> =>
  build({
    ...common,
    build: {
      outDir,
      emptyOutDir: true,
      target,
      minify: false,
      reportCompressedSize: false,
      modulePreload: false,
      rolldownOptions: {
        input: {
          page: join(root, 'bench/lab/page.ts'),
          worker: join(root, 'bench/lab/worker.ts'),
          crowd: join(root, 'bench/crowd/page.ts'),
        },
        output: { entryFileNames: '[name].js' },
      },
    },
  })

/** By name, of `src/core/limits.ts`. */
export type Limits = Readonly<Record<string, number>>

const withLimits = (limits: Limits): Plugin => ({
  name: 'bench-limits',
  enforce: 'pre',
  transform: (code, id) => {
    if (!id.endsWith('/src/core/limits.ts')) return undefined
    return Object.entries(limits).reduce((text, [name, value]) => {
      const line = new RegExp(`^export const ${name} = .*$`, 'm')
      if (!line.test(text)) throw new Error(`there is no limit ${name}`)
      return text.replace(line, `export const ${name} = ${value}`)
    }, code)
  },
})

/** The same worker with names that a profile can show, with its waits counted or with other limits. Precaches nothing. */
const buildWorker = async (folder: string, isReadable: boolean, limits: Limits): Promise<void> => {
  const outDir = temporaryFolder()
  const parts = { ...(isReadable ? { waits: 'bench/lab/waits.ts' } : {}), sw: 'sw/worker.ts' }
  for (const [name, input] of Object.entries(parts))
    await build({
      ...common,
      plugins: [withLimits(limits)],
      build: {
        outDir,
        emptyOutDir: false,
        target,
        minify: !isReadable,
        reportCompressedSize: false,
        rolldownOptions: { input: join(root, input), output: { format: 'iife', entryFileNames: `${name}.js` } },
      },
    })
  const texts = Object.keys(parts).map((name) => readFileSync(join(outDir, `${name}.js`), 'utf8'))
  writeFileSync(join(folder, 'sw.js'), texts.join('\n'))
  removeFolder(outDir)
}

const pageOf = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/bench/${script}.js"></script>\n`

export interface Ground {
  readonly station: TestStation
  end(): Promise<void>
}

export interface GroundOptions {
  readonly appFolder: string | undefined
  readonly isReadable: boolean
  /** For the worker only, other ones than it is built with for people. */
  readonly limits?: Limits
}

export const prepareGround = async ({ appFolder, isReadable, limits }: GroundOptions): Promise<Ground> => {
  const folder = temporaryFolder()
  cpSync(appFolder ?? join(root, 'dist', 'app'), folder, { recursive: true })
  mkdirSync(join(folder, 'bench'))
  await buildLab(join(folder, 'bench'))
  for (const name of ['page', 'crowd']) writeFileSync(join(folder, 'bench', `${name}.html`), pageOf(name))
  if (isReadable || limits !== undefined) await buildWorker(folder, isReadable, limits ?? {})
  const station = await startStation({ appFolder: folder })
  return {
    station,
    end: async () => {
      await station.stop()
      removeFolder(folder)
    },
  }
}

export interface Scene {
  readonly browser: TestBrowser
  /** The console, connected, at the view that subscribes to nothing; `window.lab` drives its `window.shoal`. */
  openConsole(): Promise<Page>
  /** A page without a connection, with `window.lab`. */
  openLab(): Promise<Page>
  closePages(): Promise<void>
  /** Ends the worker and sees it stopped; disconnects `page`, the only one open, which would start it again. */
  stopWorker(page: Page): Promise<void>
}

interface Version {
  readonly versionId: string
  readonly runningStatus: string
}

const stopAll = async (session: CDPSession): Promise<void> => {
  const running = new Map<string, string>()
  session.on('ServiceWorker.workerVersionUpdated', ({ versions }: { readonly versions: readonly Version[] }) => {
    for (const { versionId, runningStatus } of versions) running.set(versionId, runningStatus)
  })
  await session.send('ServiceWorker.enable')
  await session.send('ServiceWorker.stopAllWorkers')
  const giveUpAt = performance.now() + 10_000
  while (running.size === 0 || [...running.values()].some((status) => status !== 'stopped')) {
    if (performance.now() > giveUpAt) throw new Error(`the worker does not stop: ${[...running.values()].join(', ')}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const whenLabIsThere = async (page: Page): Promise<Page> => {
  await page.waitForFunction(() => 'lab' in window)
  return page
}

/** A browser on a fresh profile for `action`. */
export const onScene = async <T>({ station }: Ground, action: (scene: Scene) => Promise<T>): Promise<T> => {
  const browser = await launchChromium()
  try {
    return await action({
      browser,
      openConsole: async () => {
        const page = await browser.open(`${station.url}#/import`)
        await whenRunning(page)
        await page.evaluate(`import('/bench/page.js').then(() => undefined)`)
        return whenLabIsThere(page)
      },
      openLab: async () => whenLabIsThere(await browser.open(`${station.url}bench/page.html`)),
      closePages: async () => {
        // the blank one that the browser began with stays, or the browser would go too
        for (const page of browser.context.pages()) if (page.url().startsWith(station.url)) await page.close()
      },
      stopWorker: async (page) => {
        await page.evaluate(() => window.lab.disconnect())
        const session = await browser.context.newCDPSession(page)
        await stopAll(session)
        await session.detach()
      },
    })
  } finally {
    await browser.close()
  }
}
