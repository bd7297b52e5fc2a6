/** One page that offers itself as radio, as the worker sees it: its port, the connections it holds for us, those it is making. */
import type { Clock } from '../src/core/clock.ts'
import { dialTimeMax } from '../src/core/limits.ts'
import type { Channel, CloseReason, DialOptions, Dialling } from '../src/transport/contract.ts'
import type { HeldChannel, RadioOrder, RadioPort, RadioReport } from '../src/transport/radio-contract.ts'
import { createRadioOutbox } from '../src/transport/radio-contract.ts'
import type { Reception } from '../src/transport/reception.ts'
import { checkFrame, createReception, failed } from '../src/transport/reception.ts'

/** So many beats may be unanswered; a frozen page need not find thousands of them. */
const beatsOwedMax = 4

export interface RadioPageOptions {
  readonly port: RadioPort
  readonly clock: Clock
  readonly desk: string
  /** Other pages' ids differ from it; of one page there is one record. */
  onOffer(page: RadioPage, channels: readonly Channel[]): void
  /** It became visible or hidden, or was heard again. */
  onChange(): void
  onWake(): void
  /** It said goodbye, or its port closed. */
  onLeave(page: RadioPage): void
}

export interface RadioPage {
  /** Undefined until it has given its offer. */
  readonly id: string | undefined
  readonly isVisible: boolean
  /** Milliseconds on the clock. */
  readonly heardAt: number
  readonly channels: number
  dial(id: number, options: DialOptions): Dialling
  beat(): void
  /** Asks for its offer. */
  welcome(): void
  retire(): void
  /** Closes the connection it has held longest; its owner is told. */
  letOneGo(reason: CloseReason): void
  /** Its connections and diallings are over for us, whatever it does with them. */
  lose(reason: CloseReason): void
  close(): void
}

interface Held {
  readonly reception: Reception
  buffered: number
}

export const createRadioPage = (options: RadioPageOptions): RadioPage => {
  const { port, clock, desk } = options
  const outbox = createRadioOutbox<RadioOrder>(port)
  const held = new Map<number, Held>()
  const dials = new Map<number, DialOptions>()
  let id: string | undefined
  let isVisible = false
  let heardAt = clock.monotonic()
  let owed = 0

  const hold = ({ id: channel, fingerprints, isInitiator, buffered }: HeldChannel, isAdopted: boolean): Channel => {
    const end = (reason: CloseReason): void => {
      held.delete(channel)
      outbox.send({ type: 'close', channel })
      own.reception.end(reason)
    }
    const own: Held = {
      buffered,
      reception: createReception(() => {
        // meant for the worker of before: whoever listens at last lets the other end say anew what it has to know
        if (isAdopted) own.reception.forget()
        else end(failed('More arrived than is kept for somebody who does not listen.'))
      }),
    }
    held.set(channel, own)
    const { reception } = own
    reception.level(buffered)
    return {
      kind: 'webrtc',
      fingerprints,
      isInitiator,
      get buffered() {
        return reception.isOver ? 0 : own.buffered
      },
      send: (frame) => {
        checkFrame(frame)
        if (reception.isOver) return
        own.buffered += frame.length
        reception.level(own.buffered)
        outbox.frame(channel, frame.slice().buffer)
      },
      listen: (listener) => reception.listen(listener),
      close: () => {
        if (reception.isOver) return
        reception.mute()
        held.delete(channel)
        outbox.send({ type: 'close', channel })
      },
    }
  }
  const lose = (reason: CloseReason): void => {
    const channels = [...held.values()]
    const asked = [...dials.values()]
    held.clear()
    dials.clear()
    for (const { reception } of channels) reception.end(reason)
    for (const { onFail } of asked) onFail(reason)
  }

  const hear = (report: RadioReport): void => {
    switch (report.type) {
      case 'alive':
        owed = 0
        return
      case 'offer':
        lose(failed('The tab that has the radio started over.'))
        id = report.page
        isVisible = report.isVisible
        return options.onOffer(
          page,
          report.channels.map((channel) => hold(channel, true)),
        )
      case 'visibility':
        isVisible = report.isVisible
        return options.onChange()
      case 'wake':
        return options.onWake()
      case 'leave':
        return options.onLeave(page)
      case 'signal':
        return dials.get(report.dial)?.onSignal(report.signal)
      case 'open': {
        const asked = dials.get(report.dial)
        if (asked === undefined) return outbox.send({ type: 'close', channel: report.channel.id })
        dials.delete(report.dial)
        return asked.onOpen(hold(report.channel, false))
      }
      case 'fail': {
        const asked = dials.get(report.dial)
        dials.delete(report.dial)
        return asked?.onFail(report.reason)
      }
      case 'frames': {
        const own = held.get(report.channel)
        for (const frame of report.frames) own?.reception.frame(new Uint8Array(frame))
        return
      }
      case 'left': {
        const own = held.get(report.channel)
        if (own === undefined) return
        own.buffered -= report.bytes
        return own.reception.level(own.buffered)
      }
      case 'closed': {
        const own = held.get(report.channel)
        held.delete(report.channel)
        return own?.reception.end(report.reason)
      }
    }
  }
  port.onmessage = ({ data }: MessageEvent<readonly RadioReport[]>) => {
    heardAt = clock.monotonic()
    for (const report of data) hear(report)
    options.onChange()
  }
  port.addEventListener('close', () => options.onLeave(page))

  const page: RadioPage = {
    get id() {
      return id
    },
    get isVisible() {
      return isVisible
    },
    get heardAt() {
      return heardAt
    },
    get channels() {
      return held.size
    },
    dial: (dial, asked) => {
      dials.set(dial, asked)
      outbox.send({ type: 'dial', dial, initiator: asked.initiator, within: asked.within ?? dialTimeMax })
      return {
        signal: (signal) => {
          if (dials.has(dial)) outbox.send({ type: 'signal', dial, signal: signal.slice() })
        },
        close: () => {
          if (dials.delete(dial)) outbox.send({ type: 'abandon', dial })
        },
      }
    },
    beat: () => {
      if (owed >= beatsOwedMax) return
      owed++
      outbox.send({ type: 'alive' })
    },
    welcome: () => outbox.send({ type: 'welcome', desk }),
    retire: () => outbox.send({ type: 'retire' }),
    letOneGo: (reason) => {
      const [first] = held
      if (first === undefined) return
      const [channel, { reception }] = first
      held.delete(channel)
      outbox.send({ type: 'close', channel })
      reception.end(reason)
    },
    lose,
    close: () => {
      lose(failed('The tab that had the radio is gone.'))
      port.onmessage = null
      port.close()
    },
  }
  return page
}
