/** The service worker as the DevTools see it: its heap, and where its time goes. */
import type { CDPSession, Page } from 'playwright-core'
import type { TestBrowser } from '../test/browser/browser.ts'
import { shown } from './figure.ts'
import type { Scene } from './ground.ts'
import type { Timed } from './lab/contract.ts'
import type { Wait } from './lab/waits.ts'

interface Answer {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface ProfileNode {
  readonly id: number
  readonly children?: readonly number[]
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

/** What the browser does itself is named with who asked for it. */
const nameOf = (node: ProfileNode, caller: ProfileNode | undefined): string => {
  const { functionName, url, lineNumber } = node.callFrame
  const name = functionName || '(anonymous)'
  if (url !== '') return `${name} (${url.slice(url.lastIndexOf('/') + 1)}:${lineNumber + 1})`
  return caller === undefined || caller.callFrame.url === '' ? name : `${name} in ${nameOf(caller, undefined)}`
}

const microsecondsBySelf = ({ nodes, samples, timeDeltas }: Profile): ReadonlyMap<string, number> => {
  const callers = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)))
  const names = new Map(nodes.map((node) => [node.id, nameOf(node, callers.get(node.id))]))
  const times = new Map<string, number>()
  samples.forEach((id, index) => {
    const name = names.get(id) ?? ''
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  })
  return times
}

/** Microseconds. */
const interval = 200

/** The functions with the most time of their own. */
const top = (profile: Profile, count: number): string[] => {
  const times = microsecondsBySelf(profile)
  const whole = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(
      ([name, time]) =>
        `${((time / whole) * 100).toFixed(1).padStart(5)} %  ${(time / 1000).toFixed(0).padStart(6)} ms  ${name}`,
    )
}

const waitsOf = async (send: Send): Promise<ReadonlyMap<string, Wait>> => {
  const answer = (await send('Runtime.evaluate', { expression: 'benchWaits' })) as { result: { value: string } }
  return new Map(Object.entries(JSON.parse(answer.result.value) as Record<string, Wait>))
}

const waitLines = (before: ReadonlyMap<string, Wait>, after: ReadonlyMap<string, Wait>): string[] =>
  [...after].map(([name, wait]) => {
    const count = wait.count - (before.get(name)?.count ?? 0)
    const milliseconds = wait.milliseconds - (before.get(name)?.milliseconds ?? 0)
    const mean = count === 0 ? 0 : milliseconds / count
    return `${String(count).padStart(7)} ×  ${mean.toFixed(2).padStart(7)} ms  ${name}`
  })

/** Runs `action` first as it is, for the worker's waits, then again under the profilers of worker and page. */
export const profiled = (
  scene: Scene,
  page: Page,
  title: string,
  action: (turn: number) => Promise<Timed>,
): Promise<void> =>
  withWorker(scene.browser, async (send) => {
    const before = await waitsOf(send)
    const unwatched = await action(1)
    const waits = waitLines(before, await waitsOf(send))
    const session = await page.context().newCDPSession(page)
    await session.send('Profiler.enable')
    await session.send('Profiler.setSamplingInterval', { interval })
    await session.send('Profiler.start')
    await send('Profiler.enable')
    await send('Profiler.setSamplingInterval', { interval })
    await send('Profiler.start')
    const watched = await action(2)
    const inWorker = (await send('Profiler.stop')) as { readonly profile: Profile }
    const inPage = (await session.send('Profiler.stop')) as { readonly profile: Profile }
    await session.detach()
    const of = ({ milliseconds, events }: Timed): string => `${shown(milliseconds)} ms for ${shown(events)} events`
    const head = `${title}: ${of(unwatched)}; under the profiler ${of(watched)}`
    const worker = ['self time in the worker', ...top(inWorker.profile, 30)]
    const inThePage = ['self time in the page', ...top(inPage.profile, 12)]
    console.log([head, 'waits of the worker', ...waits, ...worker, ...inThePage].join('\n  '))
  })
