/** The console before a fake node (`test/ui/page`), for what a real one shows only with dozens of devices and hours of time. */
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { build, preview } from 'vite'
import type { Call } from '../../src/apps/andon/calls.ts'
import { removeFolder, temporaryFolder } from './browser.ts'

const folder = fileURLToPath(new URL('../ui/page', import.meta.url))

export interface ConsolePage {
  readonly url: string
  /** `scene`: the part behind `?`, see `test/ui/page/main.ts`. */
  open(context: BrowserContext, scene: string, hash?: string): Promise<Page>
  close(): Promise<void>
}

export const serveConsolePage = async (): Promise<ConsolePage> => {
  // built, since a page of some hundred modules takes a second to load, and most tests load dozens
  const outDir = temporaryFolder()
  const common = { root: folder, configFile: `${folder}/vite.config.ts`, logLevel: 'error' } as const
  await build({
    ...common,
    build: { outDir, emptyOutDir: true, minify: false, target: 'es2022', modulePreload: false },
  })
  const served = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } })
  const url = served.resolvedUrls?.local[0] ?? ''
  return {
    url,
    open: async (context, scene, hash = '#/') => {
      const page = await context.newPage()
      await page.goto(`${url}?${scene}${hash}`)
      await page.waitForFunction(() => document.querySelector('shoal-console')?.shadowRoot?.querySelector('main'))
      return page
    },
    close: async () => {
      await served.close()
      removeFolder(outDir)
    },
  }
}

/** An event of another device comes in. */
export const arrive = (
  page: Page,
  by: number,
  type: 'called' | 'seen' | 'taken' | 'resolved' | 'cancelled',
  call: Call['id'],
  machine: string,
  lamport?: number,
): Promise<void> =>
  page.evaluate(
    ([from, kind, id, name, order]) => {
      const { shoal, otherId, andonEvent } = window.fake
      shoal.arrive(otherId(from), andonEvent(kind, id, name), order === undefined ? {} : { lamport: order })
    },
    [by, type, call, machine, lamport] as const,
  )
