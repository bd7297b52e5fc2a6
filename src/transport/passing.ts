/** A channel that changes hands on one device: from a join to the node that comes of it. What arrives in between waits. */
import type { Channel, CloseReason } from './contract.ts'
import type { Reception } from './reception.ts'
import { checkFrame, createReception, failed } from './reception.ts'

export interface PassableChannel {
  /** As its first owner has it; after `pass` it is dead to it, without a word to the other end. */
  readonly channel: Channel
  /** As the next owner has it, to be listened to anew. Where it has ended, the next owner is told so. */
  pass(): Channel
}

/** `under`: not listened to yet. */
export const createPassableChannel = (under: Channel): PassableChannel => {
  let current: Reception | undefined
  let ended: CloseReason | undefined

  const take = (): Channel => {
    const own = createReception(() => {
      own.end(failed('More arrived than is kept for somebody who does not listen.'))
      under.close()
    })
    current?.mute()
    current = own
    if (ended !== undefined) own.end(ended)
    return {
      kind: under.kind,
      fingerprints: under.fingerprints,
      ...(under.isInitiator !== undefined && { isInitiator: under.isInitiator }),
      get buffered() {
        return own.isOver ? 0 : under.buffered
      },
      send: (frame) => {
        checkFrame(frame)
        if (own.isOver) return
        under.send(frame)
        own.level(under.buffered)
      },
      listen: (listener) => own.listen(listener),
      close: () => {
        if (own.isOver) return
        own.mute()
        under.close()
      },
    }
  }

  const channel = take()
  under.listen({
    onFrame: (frame) => current?.frame(frame),
    onDrain: () => current?.level(under.buffered),
    onClose: (reason) => {
      ended = reason
      current?.end(reason)
    },
  })
  return { channel, pass: take }
}
