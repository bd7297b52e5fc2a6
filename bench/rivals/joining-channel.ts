/**
 * y-webrtc sends a whole document as one frame and drops it unsaid when that is larger than the 256 KiB a data channel takes, which is
 * some 600 events. So that there is something to compare with, it gets connections here that cut large frames and join them again, and
 * that wait while much is on its way. It is given them by its own option `peerOpts.wrtc`; nothing of it is changed.
 */
const pieceBytes = 64 * 1024
const highBytes = 8 * 1024 * 1024
const lowBytes = 1024 * 1024

/** The first byte says whether more follows. */
const cut = (frame: Uint8Array): Uint8Array<ArrayBuffer>[] => {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for (let at = 0; at === 0 || at < frame.length; at += pieceBytes) {
    const part = frame.subarray(at, at + pieceBytes)
    const piece = new Uint8Array(part.length + 1)
    piece[0] = at + pieceBytes < frame.length ? 1 : 0
    piece.set(part, 1)
    pieces.push(piece)
  }
  return pieces
}

const joined = (pieces: readonly Uint8Array[]): ArrayBuffer => {
  const frame = new Uint8Array(pieces.reduce((sum, { length }) => sum + length - 1, 0))
  let at = 0
  for (const piece of pieces) {
    frame.set(piece.subarray(1), at)
    at += piece.length - 1
  }
  return frame.buffer
}

const join = (channel: RTCDataChannel): RTCDataChannel => {
  const send = channel.send.bind(channel) as (piece: Uint8Array<ArrayBuffer>) => void
  const waiting: Uint8Array<ArrayBuffer>[] = []
  const flush = (): void => {
    while (waiting.length > 0 && channel.readyState === 'open' && channel.bufferedAmount < highBytes)
      send(waiting.shift() as Uint8Array<ArrayBuffer>)
  }
  channel.addEventListener('bufferedamountlow', flush)
  let pieces: Uint8Array[] = []
  let listener: ((event: { readonly data: ArrayBuffer }) => void) | null = null
  channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
    const piece = new Uint8Array(data)
    pieces.push(piece)
    if (piece[0] === 1) return
    const frame = joined(pieces)
    pieces = []
    listener?.({ data: frame })
  })
  Object.defineProperties(channel, {
    send: {
      value: (frame: Uint8Array): void => {
        waiting.push(...cut(frame))
        flush()
      },
    },
    // simple-peer sets its own, far lower, and stops above it
    bufferedAmountLowThreshold: { set: () => {}, get: () => lowBytes },
    onmessage: {
      set: (given: typeof listener) => {
        listener = given
      },
    },
  })
  const threshold = Object.getOwnPropertyDescriptor(RTCDataChannel.prototype, 'bufferedAmountLowThreshold')
  threshold?.set?.call(channel, lowBytes)
  return channel
}

export const joiningConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration)
    // before simple-peer has seen it
    this.addEventListener('datachannel', ({ channel }) => join(channel))
  }
  override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
    return join(super.createDataChannel(label, options))
  }
}
