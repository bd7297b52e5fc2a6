/**
 * A subscription that outlives the worker: it keeps the offset of the last event delivered of each stream, and asks from there on each
 * new line. Within a stream events arrive in the order of their offsets, so each is delivered exactly once.
 */
import type { Item } from '../api/contract.ts'
import { ShoalError } from '../core/errors.ts'
import type { StreamId } from '../core/event.ts'
import type { SubscribeOptions } from './contract.ts'
import type { Link } from './link.ts'

/** The page's own mistake: reported as uncaught, and never the subscription's end. */
export const reportUncaught = (error: unknown): void => {
  queueMicrotask(() => {
    throw error
  })
}

export const createSubscription = (
  link: Link,
  aql: string,
  options: SubscribeOptions,
  onItem: (item: Item) => void,
): (() => void) => {
  const cursor = new Map(Object.entries(options.lowerBound ?? {}) as [StreamId, number][])
  let isOver = false
  let delivered = 0
  let hasOffsets = false
  let failure: ShoalError | undefined

  const advance = (stream: StreamId, offset: number): boolean => {
    if (offset <= (cursor.get(stream) ?? -1)) return false
    cursor.set(stream, offset)
    return true
  }
  const hand = (item: Item): void => {
    try {
      onItem(item)
    } catch (error) {
      reportUncaught(error)
    }
  }
  const deliver = (item: Item): void => {
    switch (item.type) {
      case 'event':
        if (!advance(item.stream, item.offset)) return
        delivered++
        return hand(item)
      case 'offsets':
        for (const [stream, offset] of Object.entries(item.offsets) as [StreamId, number][]) advance(stream, offset)
        // asked again, the node says it again
        if (!hasOffsets) hand(item)
        hasOffsets = true
        return
      case 'diagnostic':
        if (item.severity === 'error') failure = new ShoalError('ERR_SUBSCRIPTION', item.message)
        return hand(item)
      case 'timeTravel':
        return hand(item)
    }
  }
  const cancel = link.ask({
    call: 'subscribe',
    patient: true,
    body: () => JSON.stringify({ query: aql, lowerBound: Object.fromEntries(cursor), delivered }),
    onNext: (lines, more) => {
      for (const line of lines.split('\n')) {
        if (isOver) return
        deliver(JSON.parse(line) as Item)
      }
      more()
    },
    onEnd: (error) => {
      if (isOver) return
      isOver = true
      const reason = error ?? failure
      if (reason === undefined || reason.code === 'ERR_CLOSED') return
      try {
        options.onError?.(reason)
      } catch (thrown) {
        reportUncaught(thrown)
      }
    },
  })
  return () => {
    isOver = true
    cancel()
  }
}
