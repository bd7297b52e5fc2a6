/** Subscriptions as an app of the public API makes them: by `fetch` in a page. */
import type { Page } from 'playwright-core'

interface Heard {
  /** In the order told; begins anew with each journey in time. */
  payloads: unknown[]
  travels: number
  /** Why nothing more comes. */
  end: string | undefined
}

declare global {
  interface Window {
    /** What `window.shoal` told a test. */
    heard: unknown[]
    /** What came over `fetch`, one for each subscription. */
    listening: Heard[]
  }
}

export interface Listener {
  payloads(): Promise<unknown[]>
  /** How often it was told that what it knows is out of order. */
  travels(): Promise<number>
  untilAll(count: number): Promise<void>
  /** Waits until the node ends it. */
  ended(): Promise<{ readonly type: string; readonly payloads: readonly unknown[] }>
}

/** Runs in the page; answers the place in `window.listening` once the past has been told. */
const listen = async (path: 'subscribe' | 'subscribe_monotonic'): Promise<number> => {
  window.listening ??= []
  const heard: Heard = { payloads: [], travels: 0, end: undefined }
  const index = window.listening.push(heard) - 1
  const headers = { 'Content-Type': 'application/json', Authorization: '' }
  const manifest = { appId: 'com.example.listener', displayName: 'Listener', version: '1.0.0' }
  const auth = await fetch('/api/v2/auth', { method: 'POST', headers, body: JSON.stringify(manifest) })
  headers.Authorization = `Bearer ${((await auth.json()) as { token: string }).token}`
  const body = JSON.stringify({ session: `listener ${index}`, query: "FROM 't'", lowerBound: {} })

  const follow = async (onPast: () => void): Promise<'travelled' | 'ended'> => {
    const answer = await fetch(`/api/v2/events/${path}`, { method: 'POST', headers, body })
    if (!answer.ok || answer.body === null) throw new Error(`${answer.status} ${await answer.text()}`)
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return 'ended'
      const lines = (rest + value).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '') continue
        const item = JSON.parse(line) as { readonly type: string; readonly payload?: unknown }
        if (item.type === 'event') heard.payloads.push(item.payload)
        else if (item.type === 'offsets') onPast()
        else if (item.type === 'timeTravel') {
          heard.travels++
          heard.payloads = []
          return 'travelled'
        }
      }
    }
  }
  await new Promise<void>((resolve, reject) => {
    const run = async (): Promise<void> => {
      while ((await follow(resolve)) === 'travelled');
      heard.end = 'ended'
    }
    run().catch((error: unknown) => {
      heard.end = String(error)
      reject(error)
    })
  })
  return index
}

const start = async (page: Page, path: 'subscribe' | 'subscribe_monotonic'): Promise<Listener> => {
  const index = await page.evaluate(listen, path)
  const heard = (): Promise<Heard> => page.evaluate((at) => window.listening[at] as Heard, index)
  return {
    payloads: async () => (await heard()).payloads,
    travels: async () => (await heard()).travels,
    untilAll: async (count) => {
      await page.waitForFunction(([at, all]) => (window.listening[at]?.payloads.length ?? 0) >= all, [
        index,
        count,
      ] as const)
    },
    ended: async () => {
      await page.waitForFunction((at) => window.listening[at]?.end !== undefined, index)
      const { end, payloads } = await heard()
      return { type: end ?? '', payloads }
    },
  }
}

export const listenOverHttp = (page: Page): Promise<Listener> => start(page, 'subscribe')

/** Begins anew whenever it is told that what it knows is out of order, as a fold does. */
export const listenMonotonic = (page: Page): Promise<Listener> => start(page, 'subscribe_monotonic')
