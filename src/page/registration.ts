/** Registering the worker, and what becomes of it. */
import { Workbox } from 'workbox-window'
import { replaceWorker } from '../client/dial.ts'

const scriptPath = '/sw.js'
/** A first worker that has not taken control by then was refused it; the app starts uncontrolled. Milliseconds. */
const controlWaitMax = 10_000
/** An app that stays open for weeks hears of a new version by asking. */
const updateEveryMs = 30 * 60_000

/** The only script URL this page ever makes from a string. */
const scriptUrl = (): string => {
  const policy = window.trustedTypes?.createPolicy('shoal', {
    createScriptURL: (url: string) => {
      if (url !== scriptPath) throw new TypeError(`not a script of Shoal: ${url}`)
      return url
    },
  })
  return (policy?.createScriptURL(scriptPath) ?? scriptPath) as string
}

export interface Registering {
  readonly onWaiting: () => void
  /** A newer worker controls this page. Not called when the first one does. */
  readonly onReplaced: () => void
  readonly onControlled: () => void
}

export interface Registered {
  takeOver(): void
}

/** Resolves when this page is controlled, or will not be (after shift-reload). Rejects when the browser refuses the worker. */
export const registerWorker = async ({ onWaiting, onReplaced, onControlled }: Registering): Promise<Registered> => {
  const workers = navigator.serviceWorker
  const known = await workers.getRegistration('/')
  let isFirst = (known?.active ?? null) === null
  const controlled = new Promise<void>((resolve) => {
    workers.addEventListener('controllerchange', () => {
      resolve()
      onControlled()
      if (!isFirst) onReplaced()
      isFirst = false
    })
  })
  const workbox = new Workbox(scriptUrl(), { scope: '/', updateViaCache: 'none' })
  workbox.addEventListener('waiting', onWaiting)
  const registration = await workbox.register({ immediate: true })

  const update = (): void => {
    // offline is no news
    if (document.visibilityState === 'visible') void workbox.update().catch(() => undefined)
  }
  setInterval(update, updateEveryMs)
  addEventListener('online', update)

  if (workers.controller === null && isFirst)
    await Promise.race([controlled, new Promise((resolve) => setTimeout(resolve, controlWaitMax))])
  return {
    takeOver: () => {
      if (registration !== undefined) replaceWorker(registration)
    },
  }
}
