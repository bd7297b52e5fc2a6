/** Asking an API as an app does, and taking its answers apart. */
import type { Api } from '../../src/api/routes.ts'

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown
  readonly token?: string
  readonly signal?: AbortSignal
}

export const requestOf = (path: string, { method, headers = {}, body, token, signal }: Asking = {}): Request =>
  new Request(`http://localhost:4454${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  })

export const tokenFor = async (api: Api, appId = 'com.example.test'): Promise<string> => {
  const body = { appId, displayName: 'Test', version: '1.0.0' }
  const answer = await api.handle(requestOf('/api/v2/auth', { body }))
  const { token } = (await answer.json()) as { token: string }
  return token
}

/** Blank lines are keep-alives. */
export const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)

/** Reads a body as it comes. */
export const openLines = (answer: Response) => {
  if (answer.body === null) throw new Error('no body')
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let held = ''
  let hasEnded = false
  return {
    /** Up to the line that passes; the rest stays for the next call. */
    until: async (isLast: (item: Record<string, unknown>) => boolean): Promise<Record<string, unknown>[]> => {
      const found: Record<string, unknown>[] = []
      for (;;) {
        const end = held.indexOf('\n')
        if (end < 0) {
          if (hasEnded) return found
          const { done, value } = await reader.read()
          hasEnded = done
          held += value ?? ''
          continue
        }
        const line = held.slice(0, end)
        held = held.slice(end + 1)
        if (line === '') continue
        const item = JSON.parse(line) as Record<string, unknown>
        found.push(item)
        if (isLast(item)) return found
      }
    },
    cancel: () => reader.cancel(),
  }
}
