/** The way to our origin's service worker: dialling, and keeping it alive. The only file of the client that knows a service worker exists. */
import type { LinksMessage, PingMessage, RetireMessage, TakeOverMessage } from '../api/port-contract.ts'
import { ShoalError } from '../core/errors.ts'
import type { Dial } from './link.ts'

/** The worker answers it with a body that never ends, and says nothing unless it retires. */
export const lifelinePath = '/shoal/lifeline'
/** The worker stops 30 s after the last sign of life; two may be lost. */
const pingEveryMs = 10_000
/** At least this from one lifeline to the next: a worker that is being replaced refuses them. */
const lifelineAgainMs = 2000
/**
 * How long nothing is sent to a worker that retires, unless its successor takes over earlier. Chromium starts the successor when the
 * old worker has stopped; one message in between starts it again, and then the successor waits for minutes.
 */
const retirementMaxMs = 10_000

const container = (): ServiceWorkerContainer => {
  const found = globalThis.navigator?.serviceWorker
  if (found === undefined)
    throw new ShoalError(
      'ERR_NO_WORKER',
      'This page has no service worker. Open Shoal over https or from localhost, outside private mode.',
    )
  return found
}

/** Also reaches the worker from a page that is not controlled, after shift-reload. */
export const dialWorker: Dial = async (connect) => {
  const { active } = await container().ready
  if (active === null) throw new Error('the worker is being replaced')
  const { port1, port2 } = new MessageChannel()
  active.postMessage(connect, [port2])
  return port1
}

/** Lets the worker that waits take over from the active one, in all tabs. */
export const replaceWorker = async (): Promise<void> => {
  const { active, waiting } = await container().ready
  active?.postMessage({ type: 'shoal-retire' } satisfies RetireMessage)
  waiting?.postMessage({ type: 'shoal-take-over' } satisfies TakeOverMessage)
}

/** Whether the worker may make links, as it keeps it on the medium. */
export const askLinks = async (): Promise<boolean> => {
  const { active } = await container().ready
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise<boolean>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<boolean>) => resolve(data)
  })
  active?.postMessage({ type: 'shoal-links' } satisfies LinksMessage, [port2])
  return answer
}

/** Tells the worker whether this device may make links. */
export const tellLinks = (isOn: boolean): void => {
  void container().ready.then(({ active }) => active?.postMessage({ type: 'shoal-links', isOn } satisfies LinksMessage))
}

export interface Fate {
  /** The worker may have stopped. */
  readonly onDoubt: () => void
  /** Another worker took over. */
  readonly onReplaced: () => void
}

export interface WorkerAccess {
  /** Not while the worker retires. */
  readonly dial: Dial
  /** Keeps the worker alive while this page is open, and tells what it learns of its fate. The answer stops. */
  keepAlive(fate: Fate): () => void
}

export const createWorkerAccess = (): WorkerAccess => {
  /** While the worker retires. */
  let retirement: Promise<void> | undefined

  const awaitSuccessor = (): Promise<void> => {
    retirement ??= new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        retirement = undefined
        resolve()
      }
      const timer = setTimeout(end, retirementMaxMs)
      container().addEventListener('controllerchange', end, { once: true })
    })
    return retirement
  }

  const dial: Dial = async (connect) => {
    await retirement
    return dialWorker(connect)
  }

  /** Resolves when it has ended; true when by retirement. */
  const readLifeline = async (signal: AbortSignal): Promise<boolean> => {
    try {
      const { body } = await fetch(lifelinePath, { signal })
      const first = await body?.getReader().read()
      return first?.value !== undefined
    } catch {
      // its end is the sign, however it comes
      return false
    }
  }

  const keepAlive = ({ onDoubt, onReplaced }: Fate): (() => void) => {
    const workers = globalThis.navigator?.serviceWorker
    // dialling says so
    if (workers === undefined) return () => undefined
    const stop = new AbortController()
    const { signal } = stop
    let again: ReturnType<typeof setTimeout> | undefined
    let isHolding = false

    const ping = (): void => {
      if (document.visibilityState !== 'visible' || retirement !== undefined) return
      void workers.ready.then(({ active }) => active?.postMessage({ type: 'shoal-ping' } satisfies PingMessage))
    }
    const holdLifeline = async (): Promise<void> => {
      if (signal.aborted || isHolding || workers.controller === null) return
      isHolding = true
      const from = performance.now()
      if (await readLifeline(signal)) await awaitSuccessor()
      isHolding = false
      if (signal.aborted) return
      onDoubt()
      clearTimeout(again)
      again = setTimeout(() => void holdLifeline(), Math.max(0, lifelineAgainMs - (performance.now() - from)))
    }
    const wakeUp = (): void => {
      if (document.visibilityState !== 'visible') return
      ping()
      onDoubt()
    }

    const timer = setInterval(ping, pingEveryMs)
    document.addEventListener('visibilitychange', wakeUp, { signal })
    globalThis.addEventListener('pageshow', wakeUp, { signal })
    workers.addEventListener(
      'controllerchange',
      () => {
        onReplaced()
        void holdLifeline()
      },
      { signal },
    )
    signal.addEventListener('abort', () => {
      clearInterval(timer)
      clearTimeout(again)
    })
    void holdLifeline()
    return () => stop.abort()
  }
  return { dial, keepAlive }
}
