/** What the end-to-end tests of the console do with it, as a person would: by what is on the screen. */
import { readFileSync } from 'node:fs'
import type { Download, Page } from 'playwright-core'
import { whenRunning } from './pages.ts'

export interface PickedFile {
  readonly name: string
  readonly content: string
}

/** Opens a view, on a console that downloads instead of opening the system's own dialog. */
export const openView = async (page: Page, url: string, view: string): Promise<void> => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'))
  await page.goto(`${url}#/${view}`)
  await page.reload()
  await whenRunning(page)
}

/** By the navigation; on a handheld some of it stands behind “More”. */
export const goTo = async (page: Page, view: string): Promise<void> => {
  const link = page.locator(`shoal-console nav a.${view}`)
  if (!(await link.isVisible())) await page.locator('shoal-console nav .more').click()
  await link.click()
}

/** Offers a file to the import; resolves when its mapping is on the screen. */
export const pickFile = async (page: Page, { name, content }: PickedFile): Promise<void> => {
  const another = page.locator('shoal-import button', { hasText: 'Another file' })
  if (await another.isVisible()) await another.click()
  const mimeType = name.endsWith('.csv') ? 'text/csv' : 'application/x-ndjson'
  await page.locator('shoal-import input[type=file]').setInputFiles({ name, mimeType, buffer: Buffer.from(content) })
  await page.locator('shoal-import [data-test=start]').waitFor()
}

const figure = async (page: Page, name: string): Promise<number> =>
  Number((await page.locator(`shoal-import [data-test=${name}]`).innerText()).replaceAll(',', ''))

export interface ImportOutcome {
  readonly end: string
  readonly stored: number
  readonly bad: number
}

export const importOutcome = async (page: Page): Promise<ImportOutcome> => {
  const ended = page.locator('shoal-import [data-test^=ended]')
  await ended.waitFor({ timeout: 60_000 })
  const end = ((await ended.getAttribute('data-test')) ?? '').replace('ended-', '')
  return { end, stored: await figure(page, 'stored'), bad: await figure(page, 'bad') }
}

export const runImport = async (page: Page, file: PickedFile): Promise<ImportOutcome> => {
  await pickFile(page, file)
  await page.locator('shoal-import [data-test=start]').click()
  return importOutcome(page)
}

/** Asks in the query view; the number of events that it says it found. */
export const ask = async (page: Page, aql: string): Promise<number> => {
  await goTo(page, 'query')
  await page.locator('shoal-query textarea').fill(aql)
  await page.locator('shoal-query button.first').click()
  const done = page.locator('shoal-query .count[data-test=done]', { hasText: / events? in / })
  await done.waitFor()
  return Number((await done.innerText()).replaceAll(',', '').split(' ')[0])
}

export const downloaded = async (download: Promise<Download>): Promise<string> =>
  readFileSync(await (await download).path(), 'utf8')

/** Tags and payloads of everything in the log, in its order, as exact JSON text. */
export const logTexts = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const exact = (value: unknown): string => {
      if (Object.is(value, -0)) return '-0'
      if (typeof value !== 'object' || value === null) return JSON.stringify(value)
      if (Array.isArray(value)) return `[${value.map(exact).join()}]`
      return `{${Object.entries(value)
        .map(([key, item]) => `${JSON.stringify(key)}:${exact(item)}`)
        .join()}}`
    }
    const items = await window.shoal.query('FROM allEvents')
    return items.flatMap((item) => (item.type === 'event' ? [exact([item.tags, item.payload])] : []))
  })

/**
 * Makes the store of the running worker answer as on a full device. Chromium's own override of the quota is accepted and has no effect
 * (tried with 156), so the refusal is made one step earlier: at IndexedDB's `put` and `add`, in the words of the specification.
 */
export const fillDevice = async (page: Page): Promise<{ free(): Promise<void> }> => {
  const [worker] = page.context().serviceWorkers()
  if (worker === undefined) throw new Error('no service worker is running')
  await worker.evaluate(() => {
    const store = IDBObjectStore.prototype
    const { put, add } = store
    const refuse = (): never => {
      throw new DOMException('The device is full.', 'QuotaExceededError')
    }
    Object.assign(globalThis, {
      free: () => {
        Object.assign(store, { put, add })
      },
    })
    Object.assign(store, { put: refuse, add: refuse })
  })
  return {
    free: () => worker.evaluate(() => (globalThis as unknown as { free(): void }).free()),
  }
}
