/**
 * The worker's radio. Pages offer themselves; the desk appoints one of those that answer, a visible one before a hidden one, one that holds
 * links before one that does not, the present one before another. Diallings go to the appointed page; a link stays with the page that made
 * it until that page falls silent while another could take over, or has been without office for a while.
 */
import type { Clock } from '../src/core/clock.ts'
import type { Channel, CloseReason, DialOptions, Dialling, Radio } from '../src/transport/contract.ts'
import type { RadioCall, RadioPort, RadioTimes } from '../src/transport/radio-contract.ts'
import { radioTimes, radioVersion } from '../src/transport/radio-contract.ts'
import { failed } from '../src/transport/reception.ts'
import type { RadioPage } from './radio-page.ts'
import { createRadioPage } from './radio-page.ts'

export interface RadioDesk {
  readonly radio: Radio
  /** A page's port, by `shoal-radio`; `version` as it came. */
  offer(port: RadioPort, version: unknown): void
  /** This worker makes room for its successor. */
  retire(): void
}

export interface RadioDeskOptions {
  readonly clock: Clock
  /** Another one in every life of the worker. */
  readonly id: string
  readonly times?: RadioTimes
}

interface Entry {
  readonly page: RadioPage
  isSilent: boolean
  /** Without office since. */
  idleFrom: number | undefined
}

const tookOver = failed('Another tab has taken over the radio.')
const fellSilent = failed('The tab that has the radio does not answer.')
const noRadio: CloseReason = {
  code: 'ERR_NO_RADIO',
  message: 'No tab is open that could make connections; open Shoal in one.',
}

export const createRadioDesk = ({ clock, id, times = radioTimes }: RadioDeskOptions): RadioDesk => {
  const entries = new Set<Entry>()
  const readyListeners = new Set<(isReady: boolean) => void>()
  const wakeListeners = new Set<() => void>()
  const adopters = new Set<(channel: Channel) => void>()
  let orphans: Channel[] = []
  let appointed: Entry | undefined
  let lastDial = 0
  let wokeAt = -Infinity
  let tickedAt = clock.monotonic()
  let beatAt = -Infinity
  let letGoAt = 0
  let isTicking = false

  const rank = (entry: Entry): number =>
    (entry.page.isVisible ? 4 : 0) + (entry.page.channels > 0 ? 2 : 0) + (entry === appointed ? 1 : 0)

  const wake = (): void => {
    wokeAt = clock.monotonic()
    for (const listener of wakeListeners) listener()
  }

  const appoint = (): void => {
    let best: Entry | undefined
    for (const entry of entries) {
      if (entry.page.id === undefined || entry.isSilent) continue
      if (best === undefined || rank(entry) > rank(best)) best = entry
    }
    if (best === appointed) return
    const wasReady = appointed !== undefined
    if (appointed !== undefined) appointed.idleFrom = clock.monotonic()
    appointed = best
    if (best !== undefined) best.idleFrom = undefined
    if (wasReady !== (best !== undefined)) for (const listener of readyListeners) listener(!wasReady)
  }

  /** Links go with the tab that held them, which is no fault of theirs: they are to be made again at once. */
  const loseWith = (entry: Entry, end: () => void): void => {
    const isLoss = entry.page.channels > 0
    end()
    if (isLoss && appointed !== undefined) clock.after(0, wake)
  }

  const remove = (entry: Entry): void => {
    if (!entries.delete(entry)) return
    // a successor first: who loses a link dials at once
    appoint()
    loseWith(entry, () => entry.page.close())
  }

  const judge = (entry: Entry, now: number): void => {
    const silence = now - entry.page.heardAt
    if (silence <= times.pageSilence) return
    if (silence > times.pageForget) return remove(entry)
    if (!entry.isSilent) {
      entry.isSilent = true
      appoint()
    }
    if (appointed !== undefined || silence > times.pageSilenceMax) loseWith(entry, () => entry.page.lose(fellSilent))
  }

  const letGo = (now: number): void => {
    if (appointed === undefined || now < letGoAt) return
    for (const entry of entries) {
      if (entry === appointed || entry.page.channels === 0) continue
      entry.idleFrom ??= now
      if (now - entry.idleFrom < times.grace) continue
      letGoAt = now + times.letGoEvery
      return entry.page.letOneGo(tookOver)
    }
  }

  const tick = (): void => {
    const now = clock.monotonic()
    // it was us who did not listen
    const isLate = now - tickedAt > times.beat / 2 + times.beat
    tickedAt = now
    if (!isLate) {
      for (const entry of [...entries]) judge(entry, now)
      letGo(now)
    }
    if (now - beatAt >= times.beat) {
      beatAt = now
      for (const { page } of entries) page.beat()
    }
    isTicking = entries.size > 0
    if (isTicking) clock.after(times.beat / 2, tick)
  }

  const adopt = (channel: Channel): void => {
    const [adopter] = adopters
    if (adopter === undefined) orphans.push(channel)
    else adopter(channel)
  }

  const offer = (port: RadioPort, version: unknown): void => {
    if (version !== radioVersion) return port.close()
    const page = createRadioPage({
      port,
      clock,
      desk: id,
      onOffer: (offered, channels) => {
        // of one page the newest port counts
        for (const other of [...entries]) if (other !== entry && other.page.id === offered.id) remove(other)
        entry.isSilent = false
        appoint()
        for (const channel of channels) adopt(channel)
      },
      onChange: () => {
        if (entry.isSilent) {
          entry.isSilent = false
          // what it still holds is not known here any more
          if (page.channels === 0) page.welcome()
        }
        appoint()
      },
      onWake: () => {
        if (clock.monotonic() - wokeAt >= times.wakeEvery) wake()
      },
      onLeave: () => remove(entry),
    })
    const entry: Entry = { page, isSilent: false, idleFrom: undefined }
    entries.add(entry)
    page.welcome()
    if (isTicking) return
    tickedAt = clock.monotonic()
    tick()
  }

  const dial = (options: DialOptions): Dialling => {
    if (appointed !== undefined) return appointed.page.dial(++lastDial, options)
    const stop = clock.after(0, () => options.onFail(noRadio))
    return { signal: () => undefined, close: stop }
  }

  const add = <T>(to: Set<T>, listener: T): (() => void) => {
    to.add(listener)
    return () => to.delete(listener)
  }
  return {
    radio: {
      get isReady() {
        return appointed !== undefined
      },
      onReady: (listener) => add(readyListeners, listener),
      onWake: (listener) => add(wakeListeners, listener),
      dial,
      onAdopt: (listener) => {
        const waiting = orphans
        orphans = []
        for (const channel of waiting) listener(channel)
        return add(adopters, listener)
      },
      keep: (channel) => void orphans.push(channel),
    },
    offer,
    retire: () => {
      for (const { page } of entries) page.retire()
    },
  }
}

/** What is needed of a worker's `clients`. */
export interface RadioClients {
  matchAll(options: {
    readonly includeUncontrolled: true
    readonly type: 'window'
  }): Promise<readonly { postMessage(call: RadioCall): void }[]>
}

/** Once, when a worker starts: pages whose old worker died need not find that out by its silence. */
export const callRadios = async (clients: RadioClients): Promise<void> => {
  const pages = await clients.matchAll({ includeUncontrolled: true, type: 'window' })
  for (const page of pages) page.postMessage({ type: 'shoal-radio-wanted' })
}
