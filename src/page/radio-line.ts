/**
 * This page's line to whichever worker is active. A worker that dies takes its ports along without a sign, and one that computes is slow
 * and not dead: so after a silence a second port is opened beside the first, and what answers there tells which of both it was.
 */
import type { Clock } from '../core/clock.ts'
import { radioTimes } from '../transport/radio-contract.ts'
import type { RadioOrder, RadioOutbox, RadioPort, RadioReport, RadioTimes } from '../transport/radio-contract.ts'
import { createRadioOutbox } from '../transport/radio-contract.ts'
import type { RadioChannels } from './radio-channels.ts'

export interface RadioLineOptions {
  readonly clock: Clock
  readonly channels: RadioChannels
  /** The page's id. */
  readonly page: string
  readonly isVisible: () => boolean
  /** A port to the active worker, announced there as `shoal-radio`. */
  readonly openPort: () => Promise<RadioPort>
  readonly times?: RadioTimes
}

export interface RadioLine {
  readonly isConnected: boolean
  /** The page was shown or hidden. */
  visibility(): void
  wake(): void
  /** The worker may have gone. */
  doubt(): void
  /** Another worker took over. */
  replaced(): void
  /** Says goodbye; `doubt` comes back. */
  leave(): void
}

interface Line {
  readonly port: RadioPort
  readonly outbox: RadioOutbox<RadioReport>
  readonly openedAt: number
  desk: string | undefined
  heardAt: number
}

export const createRadioLine = (options: RadioLineOptions): RadioLine => {
  const { clock, channels, page, isVisible, openPort, times = radioTimes } = options
  let line: Line | undefined
  let candidate: Line | undefined
  let isDialling = false
  let isAway = false
  let dialFrom = 0
  let failures = 0
  let turn = 0
  let stopTimer: (() => void) | undefined

  const drop = (dropped: Line | undefined): void => {
    if (dropped === undefined) return
    dropped.port.onmessage = null
    dropped.port.close()
  }
  const dropCandidate = (): void => {
    drop(candidate)
    candidate = undefined
  }
  const offer = (): void =>
    line?.outbox.send({ type: 'offer', page, isVisible: isVisible(), channels: channels.list() })

  const adopt = (): void => {
    drop(line)
    line = candidate
    candidate = undefined
    failures = 0
    channels.attach(line?.outbox)
    offer()
  }

  const hear = (from: Line, order: RadioOrder): void => {
    if (order.type === 'welcome') {
      from.desk = order.desk
      // the same worker was slow, and has still to say so on the older port: `look` judges
      if (from === candidate && line?.desk !== order.desk) adopt()
      else if (from === line) {
        channels.attach(line.outbox)
        offer()
      }
      return
    }
    if (from !== line) return
    if (order.type === 'alive') line.outbox.send({ type: 'alive' })
    else if (order.type === 'retire') dialFrom = clock.monotonic() + times.retirement
    else channels.order(order)
  }

  const listen = (port: RadioPort): Line => {
    const now = clock.monotonic()
    const fresh: Line = { port, outbox: createRadioOutbox(port), openedAt: now, desk: undefined, heardAt: now }
    port.onmessage = ({ data }: MessageEvent<readonly RadioOrder[]>) => {
      fresh.heardAt = clock.monotonic()
      for (const order of data) hear(fresh, order)
    }
    port.addEventListener('close', () => {
      if (fresh === line) {
        line = undefined
        channels.attach(undefined)
      } else if (fresh === candidate) candidate = undefined
    })
    return fresh
  }

  const dialNow = (): void => {
    isDialling = true
    const own = ++turn
    openPort().then(
      (port) => {
        if (own !== turn) return port.close()
        isDialling = false
        dropCandidate()
        candidate = listen(port)
        lookAfter(times.lead)
      },
      () => {
        if (own !== turn) return
        isDialling = false
        dialFrom = Math.max(dialFrom, clock.monotonic() + times.dialWait)
      },
    )
  }

  const lookAfter = (ms: number): void => {
    stopTimer?.()
    stopTimer = clock.after(ms, look)
  }
  const look = (): void => {
    stopTimer = undefined
    if (isAway) return
    const now = clock.monotonic()
    const isSilent = line === undefined || now - line.heardAt > times.workerSilence
    if (candidate !== undefined) {
      const { openedAt, desk } = candidate
      const wait = Math.min(times.dialWaitMax, times.dialWait * 2 ** Math.min(failures, 8))
      if (desk !== undefined && line !== undefined && line.heardAt > openedAt) dropCandidate()
      else if (desk !== undefined && now - openedAt >= times.lead) adopt()
      else if (now - openedAt > wait) {
        failures++
        dropCandidate()
      }
    } else if (isSilent && !isDialling && now >= dialFrom) dialNow()
    lookAfter(candidate === undefined ? times.beat / 2 : Math.min(times.lead, times.beat / 2))
  }
  const dialAtOnce = (): void => {
    isAway = false
    if (candidate === undefined && !isDialling && clock.monotonic() >= dialFrom) dialNow()
    lookAfter(times.beat / 2)
  }

  dialAtOnce()
  return {
    get isConnected() {
      return line !== undefined
    },
    visibility: () => line?.outbox.send({ type: 'visibility', isVisible: isVisible() }),
    wake: () => line?.outbox.send({ type: 'wake' }),
    doubt: dialAtOnce,
    replaced: () => {
      dialFrom = 0
      // what is under way may lead to the old worker
      turn++
      isDialling = false
      dropCandidate()
      dialAtOnce()
    },
    leave: () => {
      isAway = true
      turn++
      isDialling = false
      stopTimer?.()
      dropCandidate()
      line?.outbox.send({ type: 'leave' })
      line?.outbox.flush()
      drop(line)
      line = undefined
      channels.attach(undefined)
    },
  }
}
