/**
 * Whether this device makes links at all: off, it neither holds links nor asks signalling stations, as if it had no network, while
 * everything on it goes on. One choice for all tabs, kept on the device. The worker is told, since it is the one that signals, and what it
 * remembers counts: a browser that is killed forgets the last seconds of the local storage.
 */
import { askLinks, tellLinks } from '../client/dial.ts'

export type Links = 'on' | 'off'

const key = 'shoal.links'

const read = (): Links => {
  try {
    return localStorage.getItem(key) === 'off' ? 'off' : 'on'
  } catch {
    return 'on'
  }
}

export interface LinkSetting {
  readonly current: Links
  set(links: Links): void
}

/** `onChange`: also for a choice made in another tab. */
export const watchLinkSetting = (onChange: (links: Links) => void): LinkSetting => {
  let current = read()
  let isSet = false
  const write = (links: Links): void => {
    try {
      localStorage.setItem(key, links)
    } catch {
      // for this tab, as long as it is open
    }
  }
  const show = (links: Links): void => {
    if (links === current) return
    current = links
    onChange(links)
  }
  const take = (links: Links): void => {
    if (links === current) return
    isSet = true
    tellLinks(links === 'on')
    show(links)
  }
  addEventListener('storage', (event) => {
    // no key: everything was cleared
    if (event.key === key || event.key === null) take(read())
  })
  void askLinks().then((isOn) => {
    if (isSet) return
    write(isOn ? 'on' : 'off')
    show(isOn ? 'on' : 'off')
  })
  navigator.serviceWorker.addEventListener('controllerchange', () => tellLinks(current === 'on'))
  return {
    get current() {
      return current
    },
    set: (links) => {
      write(links)
      take(links)
    },
  }
}
