/** The service worker as the DevTools see it: its heap, and where its time goes. */
import type { CDPSession } from 'playwright-core'
import type { TestBrowser } from '../test/browser/browser.ts'

interface Answer {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}

interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface Heap {
  /** Bytes of JavaScript objects. */
  readonly usedSize: number
  /** Bytes of ArrayBuffers, where the browser tells. */
  readonly backingStorageSize?: number
}

type Send = (method: string, params?: object) => Promise<unknown>

/** Playwright's sessions lead to pages only, so the worker is spoken to through the browser's own. */
const withWorker = async <T>(browser: TestBrowser, action: (send: Send) => Promise<T>): Promise<T> => {
  const session: CDPSession | undefined = await browser.context.browser()?.newBrowserCDPSession()
  if (session === undefined) throw new Error('this browser has no DevTools session of its own')
  const { targetInfos } = await session.send('Target.getTargets')
  const target = targetInfos.find(({ type }) => type === 'service_worker')
  if (target === undefined) throw new Error('no service worker runs')
  const { sessionId } = await session.send('Target.attachToTarget', { targetId: target.targetId, flatten: false })
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result, error } = JSON.parse(message) as Answer
    const asked = id === undefined ? undefined : waiting.get(id)
    if (id === undefined || asked === undefined) return
    waiting.delete(id)
    if (error === undefined) asked.resolve(result)
    else asked.reject(new Error(error.message))
  })
  let lastId = 0
  const send: Send = (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = (lastId += 1)
      waiting.set(id, { resolve, reject })
      session
        .send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) })
        .catch(reject)
    })
  try {
    return await action(send)
  } finally {
    await session.detach()
  }
}

export const heapOfWorker = (browser: TestBrowser): Promise<Heap> =>
  withWorker(browser, async (send) => (await send('Runtime.getHeapUsage')) as Heap)

const microsecondsBySelf = ({ nodes, samples, timeDeltas }: Profile): ReadonlyMap<string, number> => {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const times = new Map<string, number>()
  samples.forEach((id, index) => {
    const frame = frames.get(id)
    const place = frame === undefined || frame.url === '' ? '' : ` (line ${frame.lineNumber + 1})`
    const name = `${frame?.functionName || '(anonymous)'}${place}`
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  })
  return times
}

const top = (profile: Profile): string[] => {
  const times = microsecondsBySelf(profile)
  const whole = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 25)
    .map(
      ([name, time]) =>
        `${((time / whole) * 100).toFixed(1).padStart(5)} %  ${(time / 1000).toFixed(0).padStart(6)} ms  ${name}`,
    )
}

/** Runs `action` under the worker's profiler; prints the functions with the most time of their own. */
export const profiled = <T>(browser: TestBrowser, title: string, action: () => Promise<T>): Promise<T> =>
  withWorker(browser, async (send) => {
    await send('Profiler.enable')
    await send('Profiler.setSamplingInterval', { interval: 200 })
    await send('Profiler.start')
    const result = await action()
    const { profile } = (await send('Profiler.stop')) as { readonly profile: Profile }
    console.log([`profile of the worker, ${title}:`, ...top(profile)].join('\n           '))
    return result
  })
