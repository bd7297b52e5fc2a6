/** One connection and what a test does with it: the same in a page, by WebRTC itself, and in a worker, by its radio. */
import { channelBulkBytes } from '../../../src/core/limits.ts'
import type { Channel, CloseReason, DialOptions, Dialling } from '../../../src/transport/contract.ts'

export interface Wire {
  /** Signals as lists of numbers, which any border lets pass. */
  offer(): Promise<number[]>
  answer(offer: number[]): Promise<number[]>
  accept(answer: number[]): void
  opened(): Promise<void>
  /** Sends numbered frames as a link does, no more under way than it allows; resolves when all have left, with the milliseconds. */
  send(count: number, bytes: number, most?: number): Promise<number>
  /** Resolves when so many have come; whether in order and whole, and the milliseconds from the first to the last. */
  arrived(count: number): Promise<{ readonly inOrder: boolean; readonly ms: number }>
  /** Forgets what has come. */
  clear(): void
  close(): void
  state(): WireState
}

export interface WireState {
  readonly isOpen: boolean
  readonly closes: readonly string[]
  /** As hexadecimal text: ours, theirs. */
  readonly fingerprints: readonly string[]
  readonly adopted: number
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

export const createWire = (dial: (options: DialOptions) => Dialling): Wire & { adopt(channel: Channel): void } => {
  let dialling: Dialling | undefined
  let channel: Channel | undefined
  let adopted = 0
  let drained = (): void => undefined
  let changed = (): void => undefined
  const closes: string[] = []
  let numbers: number[] = []
  let isWhole = true
  let first = 0
  let last = 0

  const take = (next: Channel): void => {
    channel = next
    next.listen({
      onFrame: (frame) => {
        last = performance.now()
        if (numbers.length === 0) first = last
        numbers.push(new DataView(frame.buffer, frame.byteOffset).getUint32(0))
        isWhole &&= frame.every((byte, at) => at < 4 || byte === 7)
        changed()
      },
      onDrain: () => drained(),
      onClose: ({ code }: CloseReason) => {
        closes.push(code)
        channel = undefined
        changed()
      },
    })
    changed()
  }
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise<void>((resolve) => (changed = resolve))
  }
  const start = (initiator: boolean): Promise<number[]> =>
    new Promise((resolve, reject) => {
      dialling = dial({
        initiator,
        onSignal: (signal) => resolve([...signal]),
        onOpen: take,
        onFail: ({ message }) => reject(new Error(message)),
      })
    })
  return {
    offer: () => start(true),
    answer: (offer) => {
      const answer = start(false)
      dialling?.signal(Uint8Array.from(offer))
      return answer
    },
    accept: (answer) => dialling?.signal(Uint8Array.from(answer)),
    opened: () => until(() => channel !== undefined),
    send: async (count, bytes, most = channelBulkBytes) => {
      const from = performance.now()
      const frame = new Uint8Array(bytes).fill(7)
      const view = new DataView(frame.buffer)
      for (let number = 0; number < count && channel !== undefined; number++) {
        if (channel.buffered >= most) await new Promise<void>((resolve) => (drained = resolve))
        view.setUint32(0, number)
        channel.send(frame)
      }
      while (channel !== undefined && channel.buffered > 0) await new Promise((resolve) => setTimeout(resolve, 2))
      return performance.now() - from
    },
    arrived: async (count) => {
      await until(() => numbers.length >= count)
      return { inOrder: isWhole && numbers.every((number, index) => number === index), ms: last - first }
    },
    clear: () => {
      numbers = []
    },
    close: () => channel?.close(),
    state: () => ({
      isOpen: channel !== undefined,
      closes,
      fingerprints: [channel?.fingerprints?.ours, channel?.fingerprints?.theirs].map((one) =>
        one === undefined ? '' : hex(one),
      ),
      adopted,
    }),
    adopt: (next) => {
      adopted++
      take(next)
    },
  }
}
