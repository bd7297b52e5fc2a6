/** What the rivals stand on: their pages, built and served by themselves, and two Chromium processes on fresh profiles. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { root } from '../../src/station/preparation.mjs'
import type { TestBrowser } from '../../test/browser/browser.ts'
import { launchChromium, removeFolder, temporaryFolder } from '../../test/browser/browser.ts'
import { watchWire } from '../wire.ts'
import type { Loopback } from './loopback.ts'
import { serveLoopback } from './loopback.ts'

export type RivalName = 'yjs' | 'rxdb'

const buildPages = (outDir: string): Promise<unknown> =>
  build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      reportCompressedSize: false,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: {
        input: { yjs: join(root, 'bench/rivals/yjs-page.ts'), rxdb: join(root, 'bench/rivals/rxdb-page.ts') },
        output: { entryFileNames: '[name].js' },
      },
    },
  })

export interface RivalGround {
  readonly loopback: Loopback
  /** `side` 0 and 1: pages of two processes. */
  openPage(side: 0 | 1, rival: RivalName, query: string): Promise<Page>
  end(): Promise<void>
}

export const prepareRivalGround = async (): Promise<RivalGround> => {
  const folder = temporaryFolder()
  await buildPages(folder)
  for (const name of ['yjs', 'rxdb'] satisfies RivalName[]) {
    mkdirSync(join(folder, name))
    const script = `<script type="module" src="/${name}.js"></script>`
    writeFileSync(
      join(folder, name, 'index.html'),
      `<!doctype html><meta charset="utf-8"><title>${name}</title>${script}\n`,
    )
  }
  const loopback = await serveLoopback(folder)
  const launched: TestBrowser[] = []
  const launch = async (): Promise<TestBrowser> => {
    const browser = await launchChromium()
    launched.push(browser)
    await watchWire(browser.context)
    return browser
  }
  const end = async (): Promise<void> => {
    await Promise.all(launched.map((browser) => browser.close()))
    await loopback.end()
    removeFolder(folder)
  }
  try {
    const browsers = [await launch(), await launch()] as const
    return {
      loopback,
      openPage: async (side, rival, query) => {
        const page = await browsers[side].open(`${loopback.url}${rival}/?${query}`)
        await page.waitForFunction(() => 'rival' in window)
        return page
      },
      end,
    }
  } catch (error) {
    await end()
    throw error
  }
}
