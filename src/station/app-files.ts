/** The built app over HTTP: hashed files for ever, everything else asked for anew each time, and the page itself for every navigation. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import sirv from 'sirv'
import { sendError } from './answers.ts'

const setHeaders = (response: ServerResponse, pathname: string): void => {
  const hashed = pathname.startsWith('/assets/')
  response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (pathname === '/sw.js') response.setHeader('Service-Worker-Allowed', '/')
}

/** A person going to `/check`, as against a script that misses a file: only the former is helped by the page. */
const isNavigation = (request: IncomingMessage): boolean => {
  const [pathname = '/'] = (request.url ?? '/').split('?')
  const wantsPage = request.headers.accept?.includes('text/html') ?? false
  return wantsPage && !pathname.startsWith('/assets/') && !/\.\w+$/.test(pathname)
}

export const serveApp = (folder: string): ((request: IncomingMessage, response: ServerResponse) => void) => {
  // `dev` means: look at the disk at each request. The list made at start would be wrong after the next build.
  const files = sirv(folder, { dev: true, etag: true, setHeaders })
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      return sendError(response, 405, { code: 'ERR_METHOD_NOT_ALLOWED', message: 'Files can only be read.' })
    }
    files(request, response, () => {
      const notFound = () =>
        sendError(response, 404, { code: 'ERR_NOT_FOUND', message: 'There is nothing at this address.' })
      if (!isNavigation(request)) return notFound()
      request.url = '/index.html'
      files(request, response, notFound)
    })
  }
}
