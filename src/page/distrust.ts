/** A browser that does not trust the certificate of our origin shows the page, where somebody went past its warning, and refuses the worker. */
import { probePath } from './script-url.ts'

/** Whether that is why the worker was refused, as far as browsers tell. */
export const isDistrust = (error: unknown): boolean => {
  if (location.protocol !== 'https:' || !(error instanceof DOMException) || error.name !== 'SecurityError') return false
  // Chromium names the worker and the reason; the others say little, and have this name for little else
  return /certificate/i.test(error.message) || !/ServiceWorker/.test(error.message)
}

/** The address of the page on which the station tells how a device comes to trust it; undefined where there is none. */
export const findTrustPage = async (): Promise<string | undefined> => {
  try {
    const facts = (await (await fetch(probePath, { cache: 'no-store' })).json()) as { readonly trust?: unknown } | null
    const { trust } = facts ?? {}
    return typeof trust === 'string' && /^http:\/\/[\w.:[\]-]+\/$/.test(trust) ? trust : undefined
  } catch {
    return undefined
  }
}
