/** What is checked of a request before anybody looks at its body. */
import { ShoalError } from '../core/errors.ts'
import type { AppId } from '../core/event.ts'
import { publishBytesMax } from '../core/limits.ts'
import type { Tokens } from '../crypto/token.ts'
import { badRequest } from './errors.ts'
import { tooLarge } from './requests.ts'

/** The token as it stands: `+` is a letter of it and no blank. */
const queryToken = (query: string): string | undefined => {
  const part = query
    .slice(1)
    .split('&')
    .find((pair) => pair.startsWith('access_token='))
  if (part === undefined) return undefined
  const raw = part.slice('access_token='.length)
  try {
    return decodeURIComponent(raw)
  } catch {
    return raw
  }
}

const headerToken = (header: string | null): string => {
  if (header === null) throw new ShoalError('ERR_MISSING_AUTH_HEADER', '"Authorization" header is missing.')
  const [scheme = '', token = ''] = header.trim().split(/\s+/)
  if (scheme.toLowerCase() === 'bearer') return token
  throw new ShoalError(
    'ERR_UNSUPPORTED_AUTH_TYPE',
    `Unsupported authentication type '${scheme}'. Only "Bearer" is supported.`,
  )
}

export const authenticate = async (request: Request, url: URL, tokens: () => Promise<Tokens>): Promise<AppId> => {
  const token = queryToken(url.search) ?? headerToken(request.headers.get('authorization'))
  return (await tokens()).check(token)
}

export const checkAccept = (request: Request, produced: string): void => {
  const accept = request.headers.get('accept')
  if (accept === null) return
  const anyOfKind = `${produced.split('/')[0]}/*`
  const isCovered = accept.split(',').some((part) => {
    const type = part.split(';')[0]?.trim().toLowerCase()
    return type === '*/*' || type === produced || type === anyOfKind
  })
  if (isCovered) return
  throw new ShoalError(
    'ERR_NOT_ACCEPTABLE',
    `Content with type '${accept}' was requested but the resource is only capable of generating content of the following type(s): */*, ${produced}.`,
  )
}

/** No content type at all is taken for JSON. */
export const checkContentType = (request: Request): void => {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type === undefined || type === 'application/json') return
  throw new ShoalError('ERR_UNSUPPORTED_MEDIA_TYPE', "The request's content-type is not supported.")
}

/** Stops reading where the limit is passed: a length that was announced may be missing or a lie. */
export const readBody = async (request: Request): Promise<string> => {
  const limit = `${publishBytesMax} bytes`
  if (Number(request.headers.get('content-length') ?? 0) > publishBytesMax) throw tooLarge('The request', limit)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    // Firefox gives no stream of a request.
    if (!(request.body instanceof ReadableStream)) {
      const bytes = await request.arrayBuffer()
      if (bytes.byteLength > publishBytesMax) throw tooLarge('The request', limit)
      return decoder.decode(bytes)
    }
    let text = ''
    let length = 0
    for await (const part of bytesOf(request.body)) {
      length += part.length
      if (length > publishBytesMax) throw tooLarge('The request', limit)
      text += decoder.decode(part, { stream: true })
    }
    return text + decoder.decode()
  } catch (error) {
    if (error instanceof ShoalError) throw error
    throw badRequest(error instanceof TypeError ? 'the body is not UTF-8' : 'the body could not be read')
  }
}

/** Safari cannot iterate a stream. */
async function* bytesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // Also where reading stopped early: nobody wants the rest.
    await reader.cancel().catch(() => {})
  }
}
