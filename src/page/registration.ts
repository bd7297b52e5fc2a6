/** Registering the worker, and what becomes of it. */
import { Workbox } from 'workbox-window'
import { workerUrl } from './script-url.ts'

/** A first worker that has not taken control by then was refused it; the app starts uncontrolled. Milliseconds. */
const controlWaitMax = 10_000
/** An app that stays open for weeks hears of a new version by asking. */
const updateEveryMs = 30 * 60_000

export interface Registering {
  readonly onWaiting: () => void
  /** A newer worker controls this page. Not called when the first one does. */
  readonly onReplaced: () => void
  readonly onControlled: () => void
}

/** Resolves when the app may start: this page is controlled, or will not be (after shift-reload). Rejects when the browser refuses the worker. */
export const registerWorker = async ({ onWaiting, onReplaced, onControlled }: Registering): Promise<void> => {
  const workers = navigator.serviceWorker
  const known = await workers.getRegistration('/')
  const hasWorker = (known?.active ?? null) !== null
  let isFirst = !hasWorker
  const controlled = new Promise<void>((resolve) => {
    workers.addEventListener('controllerchange', () => {
      resolve()
      onControlled()
      if (!isFirst) onReplaced()
      isFirst = false
    })
  })
  const workbox = new Workbox(workerUrl(), { scope: '/', updateViaCache: 'none' })
  workbox.addEventListener('waiting', onWaiting)
  const registering = workbox.register({ immediate: true }).then(() => {
    const update = (): void => {
      // offline is no news
      if (document.visibilityState === 'visible') workbox.update().catch(() => undefined)
    }
    setInterval(update, updateEveryMs)
    addEventListener('online', update)
  })
  if (hasWorker) {
    // without a network it waits seconds for a look at the station; the worker that is there serves meanwhile
    registering.catch((error: unknown) => console.warn(error))
    return
  }
  await registering
  if (workers.controller === null)
    await Promise.race([controlled, new Promise((resolve) => setTimeout(resolve, controlWaitMax))])
}
