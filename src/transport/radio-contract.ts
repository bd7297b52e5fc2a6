/**
 * What a page that offers itself as radio and the worker say to each other over a MessagePort. Each crossing carries a list: what was said
 * in one turn. Either side that restarts meets the other anew: a page gives an `offer` on every port, and whoever reads it knows nothing of
 * what was before.
 */
import type { CloseReason, Fingerprints } from './contract.ts'

/** Grows when either side could no longer understand the other; the worker lets a page of another version alone. */
export const radioVersion = 1

/** Milliseconds. */
export const radioTimes = {
  /** The worker says that it is alive, and the page answers: also hidden, where its own timers are slow. */
  beat: 500,
  /** A worker that said nothing for this long may be gone: the page dials it anew, beside the old port. */
  workerSilence: 1500,
  /** The same worker on two ports: how long the older one may take to speak as well before it is given up. */
  lead: 300,
  /** A new port that stays silent is given up after this, then after twice this, up to `dialWaitMax`. */
  dialWait: 1000,
  dialWaitMax: 8000,
  /** A page that said nothing for this long is no radio now. */
  pageSilence: 2000,
  /** Its links are kept for as long where no other page could take over. */
  pageSilenceMax: 10_000,
  /** A page that said nothing for this long is forgotten. */
  pageForget: 60_000,
  /** A tab that lost its office keeps its links for this long, then lets go one after the other, so that a mesh never loses all at once. */
  grace: 2000,
  letGoEvery: 250,
  /** More than one wake-up within this is one. */
  wakeEvery: 500,
  /** How long nothing is dialled while the worker retires, unless its successor takes over. */
  retirement: 10_000,
} as const
export type RadioTimes = typeof radioTimes

/** Page → worker by `ServiceWorker.postMessage`, with a port transferred. */
export interface RadioMessage {
  readonly type: 'shoal-radio'
  readonly version: number
}
/** Worker → every page by `Client.postMessage`: it has just started and knows no radio. */
export interface RadioCall {
  readonly type: 'shoal-radio-wanted'
}

/** A connection that a page holds. Ids are the page's. */
export interface HeldChannel {
  readonly id: number
  readonly fingerprints: Fingerprints
  /** This end dialled. */
  readonly isInitiator: boolean
  /** Bytes that have not left the device. */
  readonly buffered: number
}

/** Page → worker. Ids of diallings are the worker's. */
export type RadioReport =
  /** The answer to `welcome`: all that this page holds. */
  | {
      readonly type: 'offer'
      readonly page: string
      readonly isVisible: boolean
      readonly channels: readonly HeldChannel[]
    }
  | { readonly type: 'alive' }
  | { readonly type: 'visibility'; readonly isVisible: boolean }
  /** The device woke up, came back to the screen, or changed its network. */
  | { readonly type: 'wake' }
  /** The page closes. */
  | { readonly type: 'leave' }
  | { readonly type: 'signal'; readonly dial: number; readonly signal: Uint8Array<ArrayBuffer> }
  | { readonly type: 'open'; readonly dial: number; readonly channel: HeldChannel }
  | { readonly type: 'fail'; readonly dial: number; readonly reason: CloseReason }
  /** Transferred. */
  | { readonly type: 'frames'; readonly channel: number; readonly frames: ArrayBuffer[] }
  /** Bytes that have left the device since the last time this was said. */
  | { readonly type: 'left'; readonly channel: number; readonly bytes: number }
  | { readonly type: 'closed'; readonly channel: number; readonly reason: CloseReason }

/** Worker → page. */
export type RadioOrder =
  /** Sent first on every port, and to a page that was silent: give an `offer`. `desk` is another one in every life of a worker. */
  | { readonly type: 'welcome'; readonly desk: string }
  /** To be answered with the same. */
  | { readonly type: 'alive' }
  /** The worker makes room for its successor: one message would keep it. */
  | { readonly type: 'retire' }
  | { readonly type: 'dial'; readonly dial: number; readonly initiator: boolean; readonly within: number }
  | { readonly type: 'signal'; readonly dial: number; readonly signal: Uint8Array<ArrayBuffer> }
  | { readonly type: 'abandon'; readonly dial: number }
  /** Transferred. */
  | { readonly type: 'frames'; readonly channel: number; readonly frames: ArrayBuffer[] }
  | { readonly type: 'close'; readonly channel: number }

/** What is needed of a MessagePort, in whichever library it is declared. */
export interface RadioPort {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(value: unknown, transfer: Transferable[]): void
  close(): void
  /** Not every browser tells. */
  addEventListener(type: 'close', listener: () => void): void
}

export interface RadioOutbox<T> {
  send(item: T): void
  /** A frame of a channel, which is given away. */
  frame(channel: number, frame: ArrayBuffer): void
  flush(): void
}

/** Sends what is said within one turn together; frames of one channel that follow each other are one item. */
export const createRadioOutbox = <T extends RadioReport | RadioOrder>(port: RadioPort): RadioOutbox<T> => {
  type Item = T | Extract<RadioReport & RadioOrder, { readonly type: 'frames' }>
  let waiting: Item[] = []
  let transfer: ArrayBuffer[] = []
  const flush = (): void => {
    if (waiting.length === 0) return
    const items = waiting
    const buffers = transfer
    waiting = []
    transfer = []
    port.postMessage(items, buffers)
  }
  const put = (item: Item): void => {
    waiting.push(item)
    if (waiting.length === 1) queueMicrotask(flush)
  }
  return {
    send: put,
    frame: (channel, frame) => {
      transfer.push(frame)
      const last = waiting.at(-1)
      if (last?.type === 'frames' && last.channel === channel) last.frames.push(frame)
      else put({ type: 'frames', channel, frames: [frame] })
    },
    flush,
  }
}
