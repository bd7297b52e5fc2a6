/**
 * What is said to the other end of a port within one turn crosses together: a crossing costs about as much as signing an event, and
 * publishers that are answered together ask again together.
 */
export interface Outbox<T> {
  send(item: T): void
  /** Sends what waits, at once: before the port is closed. */
  flush(): void
}

export const createOutbox = <T>(post: (items: readonly T[]) => void): Outbox<T> => {
  let waiting: T[] = []
  const flush = (): void => {
    if (waiting.length === 0) return
    const items = waiting
    waiting = []
    post(items)
  }
  return {
    send: (item) => {
      waiting.push(item)
      // two turns of the microtask queue: continuations of one answer may be a step apart
      if (waiting.length === 1) queueMicrotask(() => queueMicrotask(flush))
    },
    flush,
  }
}
