/**
 * What a page's WebRTC data channels receive, noted in the page by whoever asks before it loads: the same instrument on our page and
 * on the rivals', so that "from the first frame" means the same for all.
 */
import type { BrowserContext, Page } from 'playwright-core'
import { perSecond, shown } from './figure.ts'

export interface Wire {
  /** By `performance.now()`, when the first channel opened; 0 before. */
  openedAt: number
  /** When the first frame came in; 0 before. */
  firstAt: number
  /** When the newest one did. */
  lastAt: number
  frames: number
  /** Of binary frames their bytes, of texts their characters. */
  bytes: number
}

declare global {
  interface Window {
    wire: Wire
  }
}

/** Runs in the page, before any of its scripts; so it may use nothing of this file. */
const watch = (): void => {
  const wire: Wire = { openedAt: 0, firstAt: 0, lastAt: 0, frames: 0, bytes: 0 }
  window.wire = wire
  const listen = (channel: RTCDataChannel): RTCDataChannel => {
    channel.addEventListener('open', () => {
      wire.openedAt ||= performance.now()
    })
    channel.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      wire.lastAt = performance.now()
      wire.firstAt ||= wire.lastAt
      wire.frames += 1
      wire.bytes += typeof data === 'string' ? data.length : data.byteLength
    })
    return channel
  }
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      this.addEventListener('datachannel', ({ channel }) => listen(channel))
    }
    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      return listen(super.createDataChannel(label, options))
    }
  }
}

export const watchWire = (context: BrowserContext): Promise<unknown> => context.addInitScript(watch)

export const wireOf = (page: Page): Promise<Wire> => page.evaluate(() => ({ ...window.wire }))

/** How long a replica took to hold what another one holds. */
export interface CatchUp {
  readonly events: number
  /** From the first frame that came in until all events were readable and durable. */
  readonly milliseconds: number
  /** Of these until the last frame had come in. */
  readonly receiving: number
  readonly bytes: number
}

export const shownCatchUp = (result: CatchUp): string =>
  `${shown(result.milliseconds)} ms (frames for ${shown(result.receiving)}), ${shown(perSecond(result))} events/s, ${shown(result.bytes / result.events)} B/event on the wire`
