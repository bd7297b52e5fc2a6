/**
 * The page over plain http that hands out the station's authority: what it is, its fingerprint, what to tap on each kind of device. It looks by
 * itself whether the device trusts the station by now, and moves on to the app.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { headersOfEveryAnswer, sendError } from './answers.ts'
import { authorityFiles } from './authority-files.ts'
import type { Authority } from './authority.ts'
import style from './ca-page.css?raw'
import probe from './ca-page-probe.mjs?raw'
import type { CaPageWords, PlatformWords } from './ca-page-words.ts'
import { caPageWords } from './ca-page-words.ts'

export interface CaPageOptions {
  /** Asked at each request, since it may be followed by another. */
  readonly authority: () => Authority
  /** Where tablets go once they trust it. */
  readonly origin: string
  /** This page by the origin's name. */
  readonly address: string
}

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)

const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  escaped(text.replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole))

type Language = keyof typeof caPageWords

const languageOf = (request: IncomingMessage): Language => {
  const asked = new URLSearchParams((request.url ?? '').split('?')[1]).get('language')
  if (asked === 'en' || asked === 'de') return asked
  return /^\s*de\b/i.test(request.headers['accept-language'] ?? '') ? 'de' : 'en'
}

const states = ['looking', 'untrusted', 'unreachable', 'trusted'] as const

const platformPart = (
  { id, name, file, get, steps }: PlatformWords,
  values: Readonly<Record<string, string>>,
): string =>
  `<details data-platform="${id}"><summary>${escaped(name)}</summary>
<p><a class="get" href="/${file}">${escaped(get)}</a></p>
<ol>${steps.map((step) => `<li>${filled(step, values)}</li>`).join('\n')}</ol>
</details>`

const pageOf = (language: Language, { authority, origin, address }: CaPageOptions): string => {
  const words: CaPageWords = caPageWords[language]
  const { name, fingerprint } = authority()
  const values = { origin, name }
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(words.title)}</title>
<link rel="stylesheet" href="/ca-page.css">
<script type="module" src="/ca-page.js"></script>
</head>
<body data-origin="${escaped(origin)}" data-reach="${escaped(`${address}reach`)}" data-state="looking">
<h1>${escaped(words.title)}</h1>
<p>${escaped(words.lead)}</p>
<div class="state" role="status">
${states.map((state) => `<p data-when="${state}"${state === 'looking' ? '' : ' hidden'}>${filled(words[state], values)}</p>`).join('\n')}
<noscript><p>${filled(words.noScript, values)}</p></noscript>
</div>
<h2>1. ${escaped(words.compareTitle)}</h2>
<p class="fingerprint">${escaped(name)}<br>SHA-256 ${fingerprint}</p>
<p>${escaped(words.compare)}</p>
<h2>2. ${escaped(words.howTitle)}</h2>
<div>
${words.platforms.map((platform) => platformPart(platform, values)).join('\n')}
</div>
<p class="soft">${filled(words.why, values)}</p>
<p><a href="/?language=${language === 'en' ? 'de' : 'en'}" lang="${language === 'en' ? 'de' : 'en'}">${escaped(words.otherLanguage)}</a></p>
</body>
</html>
`
}

const policyOf = ({ origin, address }: CaPageOptions): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${origin} ${new URL(address).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const send = (
  request: IncomingMessage,
  response: ServerResponse,
  contentType: string,
  body: string | Uint8Array,
): void => {
  response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}

export const serveCaPage =
  (options: CaPageOptions): RequestListener =>
  (request, response) => {
    for (const [name, value] of Object.entries(headersOfEveryAnswer)) response.setHeader(name, value)
    // of no use over plain http, where browsers only complain about it
    response.removeHeader('Cross-Origin-Opener-Policy')
    response.setHeader('Content-Security-Policy', policyOf(options))
    response.setHeader('Cache-Control', 'no-store')
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      return sendError(response, 405, { code: 'ERR_METHOD_NOT_ALLOWED', message: 'Files can only be read.' })
    }
    const [path = '/'] = (request.url ?? '/').split('?')
    const file = path.startsWith('/shoal')
      ? authorityFiles(options.authority()).find(({ name }) => path === `/${name}`)
      : undefined
    if (file !== undefined) {
      // an iPad offers to install a profile that it opens, and only keeps one that it downloads
      if (!file.name.endsWith('.mobileconfig'))
        response.setHeader('Content-Disposition', `attachment; filename="${file.name}"`)
      return send(request, response, file.contentType, file.bytes)
    }
    switch (path) {
      case '/':
        return send(request, response, 'text/html; charset=utf-8', pageOf(languageOf(request), options))
      case '/ca-page.css':
        return send(request, response, 'text/css; charset=utf-8', style)
      case '/ca-page.js':
        return send(request, response, 'text/javascript; charset=utf-8', probe)
      case '/reach':
        // asked by this very page, opened by another name of the same machine
        response.setHeader('Access-Control-Allow-Origin', '*')
        return send(request, response, 'text/plain; charset=utf-8', 'here')
      default:
        return sendError(response, 404, { code: 'ERR_NOT_FOUND', message: 'There is nothing at this address.' })
    }
  }
