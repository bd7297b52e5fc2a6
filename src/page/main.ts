/** The page's entry: sees whether Shoal can run here, registers the worker, and starts the console with the node of this browser. */
import { connectSoon } from '../client/connect.ts'
import { errorMessage } from '../core/errors.ts'
import { showBlocked } from './blocked.ts'
import { isDistrust } from './distrust.ts'
import type { PageState } from './contract.ts'
import { startPage } from './page-state.ts'
import { startRadio } from './radio.ts'
import type { Obstacle } from './texts.ts'

const hasStorage = (): boolean => {
  try {
    return (globalThis.indexedDB ?? null) !== null
  } catch {
    return false
  }
}

const findObstacle = (): Obstacle | undefined => {
  if (!isSecureContext) return 'insecure'
  if (!('serviceWorker' in navigator)) return 'no-worker'
  return hasStorage() ? undefined : 'no-storage'
}

/** Once there is something to keep: asked on an empty device, browsers that ask people would ask them too early. */
const persistWhenUseful = (page: PageState): void => {
  const stop = window.shoal.subscribe('FROM allEvents LIMIT 1', {}, (item) => {
    if (item.type !== 'event') return
    stop()
    if (page.current.persistence === 'unasked') void page.persist()
  })
}

/** This tab holds links for the worker, as long as the operator has not switched them off. */
const offerRadio = (page: PageState): void => {
  const radio = startRadio()
  const follow = (): void => radio?.turn(page.current.links === 'on')
  follow()
  page.onChange(follow)
}

const start = async (): Promise<void> => {
  const shoal = connectSoon()
  window.shoal = shoal
  const { page, controlled } = startPage(shoal)
  try {
    await controlled
  } catch (error) {
    showBlocked(isDistrust(error) ? 'untrusted' : 'not-registered', errorMessage(error))
    return
  }
  offerRadio(page)
  await import('../ui/console.ts')
  const view = Object.assign(document.createElement('shoal-console'), { shoal, page })
  document.querySelector('shoal-console')?.replaceWith(view)
  persistWhenUseful(page)
}

document.documentElement.dataset['build'] = __SHOAL_BUILD__
const obstacle = findObstacle()
if (obstacle === undefined) start().catch((error: unknown) => showBlocked('failed', errorMessage(error)))
else showBlocked(obstacle)
