/** Many light nodes in one page, as `window.crowd`. */
import type { StreamId } from '../../src/core/event.ts'

export interface Crowd {
  /** One more node joins; resolves when it is linked. */
  add(invitation: string): Promise<void>
  /** Closes them all. */
  clear(): Promise<void>
  /** Events of the stream that the node with the fewest of them has. */
  least(stream: StreamId): number
}

declare global {
  interface Window {
    crowd: Crowd
  }
}
