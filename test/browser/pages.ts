/** What the end-to-end tests do to a page again and again. */
import type { Page } from 'playwright-core'
import type { PageState } from '../../src/page/contract.ts'

declare global {
  interface HTMLElementTagNameMap {
    'shoal-console': HTMLElement & { readonly page?: PageState }
  }
  interface Window {
    /** What a test gathers inside the page. */
    gathered: { seen: unknown[]; acknowledged: number[]; failures: string[] }
  }
}

/** The node has answered and the console is there. */
export const whenRunning = async (page: Page): Promise<void> => {
  await page.waitForFunction(
    () =>
      window.shoal?.state === 'connected' &&
      document.querySelector('shoal-console')?.page?.current.worker === 'running',
  )
}

/** Subscribes to everything and gathers it in `window.gathered.seen`, as [stream, offset, payload]. */
export const gather = (page: Page): Promise<void> =>
  page.evaluate(() => {
    window.gathered = { seen: [], acknowledged: [], failures: [] }
    const { seen, failures } = window.gathered
    window.shoal.subscribe('FROM allEvents', { onError: (error) => failures.push(error.message) }, (item) => {
      if (item.type === 'event') seen.push([item.stream, item.offset, item.payload])
    })
  })

export const gathered = (page: Page): Promise<Window['gathered']> => page.evaluate(() => window.gathered)

/** All payloads, as a query answers them. */
export const allPayloads = (page: Page): Promise<unknown[]> =>
  page.evaluate(async () => {
    const items = await window.shoal.query('FROM allEvents')
    return items.filter((item) => item.type === 'event').map((item) => item.payload)
  })

/** Loads the page anew, past its worker, as a person does with shift and the reload button. */
export const shiftReload = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  const loaded = page.waitForEvent('load')
  await session.send('Page.reload', { ignoreCache: true })
  await loaded
  await session.detach()
}
