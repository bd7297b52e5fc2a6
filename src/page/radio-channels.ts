/** The connections of this page: makes and holds them as the worker orders, and reports what happens on them. */
import type { Clock } from '../core/clock.ts'
import type { Channel, Dialling } from '../transport/contract.ts'
import type { HeldChannel, RadioOrder, RadioOutbox, RadioReport } from '../transport/radio-contract.ts'
import type { WebRtcDial } from '../transport/webrtc.ts'

/** Milliseconds between two looks at what has left. */
const lookEvery = 4

export interface RadioChannels {
  order(order: RadioOrder): void
  /** Reports go there from now on. Without one nobody is there: what arrives is dropped, diallings are given up, connections are held. */
  attach(outbox: RadioOutbox<RadioReport> | undefined): void
  list(): readonly HeldChannel[]
  closeAll(): void
}

interface Held {
  readonly channel: Channel
  /** Bytes of which the worker does not know yet that they have left. */
  untold: number
}

export const createRadioChannels = (dial: WebRtcDial, clock: Clock): RadioChannels => {
  const held = new Map<number, Held>()
  const dials = new Map<number, Dialling>()
  let outbox: RadioOutbox<RadioReport> | undefined
  let lastId = 0
  let isLooking = false

  const tell = (id: number, own: Held): void => {
    const { buffered } = own.channel
    if (own.untold <= buffered) return
    outbox?.send({ type: 'left', channel: id, bytes: own.untold - buffered })
    own.untold = buffered
  }
  const look = (): void => {
    isLooking = false
    let isLeft = false
    for (const [id, own] of held) {
      tell(id, own)
      isLeft ||= own.untold > 0
    }
    if (isLeft) lookLater()
  }
  const lookLater = (): void => {
    if (isLooking) return
    isLooking = true
    clock.after(lookEvery, look)
  }

  const hold = (channel: Channel): HeldChannel | undefined => {
    const { fingerprints } = channel
    if (fingerprints === undefined) return undefined
    const id = ++lastId
    const own = { channel, untold: 0 }
    held.set(id, own)
    channel.listen({
      onFrame: (frame) => {
        const isWhole = frame.byteLength === frame.buffer.byteLength
        outbox?.frame(id, isWhole ? frame.buffer : frame.slice().buffer)
      },
      onDrain: () => tell(id, own),
      onClose: (reason) => {
        held.delete(id)
        outbox?.send({ type: 'closed', channel: id, reason })
      },
    })
    return { id, fingerprints, isInitiator: channel.isInitiator === true, buffered: 0 }
  }

  const start = ({ dial: id, initiator, within }: Extract<RadioOrder, { readonly type: 'dial' }>): void => {
    const dialling = dial({
      initiator,
      within,
      onSignal: (signal) => outbox?.send({ type: 'signal', dial: id, signal }),
      onOpen: (channel) => {
        dials.delete(id)
        const opened = hold(channel)
        if (opened === undefined) channel.close()
        else outbox?.send({ type: 'open', dial: id, channel: opened })
      },
      onFail: (reason) => {
        dials.delete(id)
        outbox?.send({ type: 'fail', dial: id, reason })
      },
    })
    dials.set(id, dialling)
  }

  return {
    order: (order) => {
      switch (order.type) {
        case 'dial':
          return start(order)
        case 'signal':
          return dials.get(order.dial)?.signal(order.signal)
        case 'abandon':
          dials.get(order.dial)?.close()
          dials.delete(order.dial)
          return
        case 'frames': {
          const own = held.get(order.channel)
          if (own === undefined) return
          for (const frame of order.frames) {
            own.untold += frame.byteLength
            own.channel.send(new Uint8Array(frame))
          }
          return lookLater()
        }
        case 'close': {
          const own = held.get(order.channel)
          held.delete(order.channel)
          return own?.channel.close()
        }
        default:
          // the rest is about the port itself
          return
      }
    },
    attach: (next) => {
      outbox = next
      for (const dialling of dials.values()) dialling.close()
      dials.clear()
    },
    list: () =>
      [...held].map(([id, own]) => {
        const { fingerprints, isInitiator = false, buffered } = own.channel
        own.untold = buffered
        // `hold` refused those without
        return { id, fingerprints: fingerprints as NonNullable<typeof fingerprints>, isInitiator, buffered }
      }),
    closeAll: () => {
      for (const { channel } of held.values()) channel.close()
      held.clear()
    },
  }
}
