/** The app's own files: precached at install, so that a cold worker without a network serves the same app. */
import { matchPrecache, precache } from 'workbox-precaching'

const pagePath = '/index.html'

export const keepShell = (): void => precache(__SHOAL_PRECACHE__)

const precached = new Set(__SHOAL_PRECACHE__.map((entry) => entry.url))

/** Any address of ours is the app, unless it names a file. */
const servePage = async (request: Request, { pathname }: URL): Promise<Response> =>
  (await matchPrecache(precached.has(pathname) ? pathname : pagePath)) ?? fetch(request)

/** Undefined: not ours, the network answers. */
export const serveShell = (request: Request, url: URL): Promise<Response> | undefined => {
  if (request.method !== 'GET' || url.origin !== location.origin) return undefined
  const namesFile = /\.\w+$/.test(url.pathname)
  if (request.mode === 'navigate' && (!namesFile || precached.has(url.pathname))) return servePage(request, url)
  if (!precached.has(url.pathname)) return undefined
  return matchPrecache(url.pathname).then((found) => found ?? fetch(request))
}
