/**
 * What waits to leave on one link. Heartbeats first, then control, then bulk; bulk is handed over only while little waits in the
 * channel, so control never waits behind more than that.
 */
import { channelBulkBytes, channelControlBytes, frameBytesMax } from '../core/limits.ts'
import type { Lane } from './contract.ts'
import { bundle, bundledBytesMax, bundleHeadBytes, bundleLengthBytes, cutPiece, wholeBytesMax } from './fragments.ts'

export interface Lanes {
  /** That have not been handed over. */
  readonly bytes: number
  put(frame: Uint8Array<ArrayBuffer>, lane: Lane): void
  /** Before everything else; for frames that fit into one. */
  putFirst(frame: Uint8Array<ArrayBuffer>): void
  /** Hands over what may go now. */
  pump(): void
  clear(): void
}

export interface LanesOptions {
  /** Bytes handed over that have not left the device. */
  readonly ahead: () => number
  readonly transmit: (frame: Uint8Array<ArrayBuffer>) => void
}

/** First in, first out, without moving what waits. */
interface Queue {
  readonly frames: Uint8Array<ArrayBuffer>[]
  first: number
  /** Of the first frame, this much went in pieces. */
  cut: number
}

/** A few heartbeats find room in a channel that is full of control. */
const channelFirstBytes = channelControlBytes + frameBytesMax + 4096

const createQueue = (): Queue => ({ frames: [], first: 0, cut: 0 })

const gone = new Uint8Array()

const dropFirst = (queue: Queue): void => {
  // not kept in memory until the list is tidied
  queue.frames[queue.first] = gone
  queue.first += 1
  queue.cut = 0
  if (queue.first < 256 && queue.first < queue.frames.length) return
  queue.frames.splice(0, queue.first)
  queue.first = 0
}

export const createLanes = ({ ahead, transmit }: LanesOptions): Lanes => {
  const first = createQueue()
  const queues: Record<Lane, Queue> = { control: createQueue(), bulk: createQueue() }
  let bytes = 0

  /** Small frames that leave together. */
  let batch: Uint8Array<ArrayBuffer>[] = []
  let batchBytes = bundleHeadBytes

  const flush = (): void => {
    const [only] = batch
    const going = batch
    batch = []
    batchBytes = bundleHeadBytes
    if (only !== undefined) transmit(going.length === 1 ? only : bundle(going))
  }
  const hand = (frame: Uint8Array<ArrayBuffer>): void => {
    const cost = frame.length + bundleLengthBytes
    if (frame.length > bundledBytesMax || batchBytes + cost > wholeBytesMax) flush()
    if (frame.length > bundledBytesMax) return transmit(frame)
    batch.push(frame)
    batchBytes += cost
  }

  /** Hands over the next frame or piece of it. */
  const advance = (queue: Queue, lane: Lane, room: number): boolean => {
    const frame = queue.frames[queue.first]
    if (frame === undefined || ahead() + batchBytes > room) return false
    if (frame.length <= wholeBytesMax) {
      dropFirst(queue)
      bytes -= frame.length
      hand(frame)
      return true
    }
    const { piece, next } = cutPiece(frame, queue.cut, lane)
    bytes -= next - queue.cut
    queue.cut = next
    if (next === frame.length) dropFirst(queue)
    hand(piece)
    return true
  }

  return {
    get bytes() {
      return bytes
    },
    put: (frame, lane) => {
      queues[lane].frames.push(frame)
      bytes += frame.length
    },
    putFirst: (frame) => {
      first.frames.push(frame)
      bytes += frame.length
    },
    pump: () => {
      while (
        advance(first, 'control', channelFirstBytes) ||
        advance(queues.control, 'control', channelControlBytes) ||
        advance(queues.bulk, 'bulk', channelBulkBytes)
      );
      flush()
    },
    clear: () => {
      for (const queue of [first, queues.control, queues.bulk]) {
        queue.frames.length = 0
        queue.first = 0
        queue.cut = 0
      }
      bytes = 0
    },
  }
}
