/**
 * A query's answer: awaited as a whole, or iterated at the reader's pace. Its upper bound is pinned before it is asked, so that asking
 * again on a new line yields the same items in the same order, of which those received already are passed over. A former log needs no
 * bound: nothing is added to it.
 */
import type { EventItem, Item, OffsetsResponse } from '../api/contract.ts'
import { ShoalError } from '../core/errors.ts'
import type { OffsetMap, QueryOptions, QueryResult } from './contract.ts'
import { callOnce } from './calls.ts'
import type { Link } from './link.ts'

type QueryItem = QueryResult extends AsyncIterable<infer T> ? T : never

interface Chunk {
  readonly items: readonly QueryItem[]
  readonly more: () => void
}

const queryText = (aql: string, options: QueryOptions, upperBound: OffsetMap | undefined): string =>
  JSON.stringify({
    query: aql,
    order: options.order ?? 'asc',
    ...(options.lowerBound === undefined ? {} : { lowerBound: options.lowerBound }),
    ...(upperBound === undefined ? {} : { upperBound }),
    ...(options.swarmId === undefined ? {} : { swarmId: options.swarmId }),
  })

const isSameEvent = (a: Item, b: Item): boolean =>
  a.type === b.type &&
  (a.type !== 'event' || (a.stream === (b as EventItem).stream && a.offset === (b as EventItem).offset))

const changed = (): ShoalError =>
  new ShoalError('ERR_QUERY_CHANGED', 'The log lost events while the worker restarted under this query; ask again.')

/** Reads chunks off the link; `take` answers undefined at the end. */
const createReader = (link: Link, aql: string, options: QueryOptions, upperBound: OffsetMap | undefined) => {
  const chunks: Chunk[] = []
  let received = 0
  let lastReceived: QueryItem | undefined
  let toPass = 0
  let ended: { readonly error?: ShoalError } | undefined
  let wake: (() => void) | undefined

  const end = (error?: ShoalError): void => {
    ended ??= error === undefined ? {} : { error }
    wake?.()
  }
  const cancel = link.ask({
    call: 'query',
    patient: false,
    body: () => {
      toPass = received
      return queryText(aql, options, upperBound)
    },
    onNext: (lines, more) => {
      const all = lines.split('\n').map((line) => JSON.parse(line) as QueryItem)
      const passed = Math.min(toPass, all.length)
      const last = all[passed - 1]
      if (passed > 0 && passed === toPass && last !== undefined && lastReceived !== undefined)
        if (!isSameEvent(last, lastReceived)) {
          cancel()
          return end(changed())
        }
      toPass -= passed
      const items = all.slice(passed)
      if (items.length === 0) return more()
      received += items.length
      lastReceived = items.at(-1)
      chunks.push({ items, more })
      wake?.()
    },
    onEnd: (error) => end(error ?? (toPass > 0 ? changed() : undefined)),
  })
  const take = async (): Promise<readonly QueryItem[] | undefined> => {
    while (chunks.length === 0 && ended === undefined) await new Promise<void>((resolve) => (wake = resolve))
    const chunk = chunks.shift()
    if (chunk === undefined) {
      if (ended?.error !== undefined) throw ended.error
      return undefined
    }
    chunk.more()
    return chunk.items
  }
  return { take, cancel, end }
}

const presentOf = async (link: Link): Promise<OffsetMap> =>
  (JSON.parse(await callOnce(link, 'offsets', 'null')) as OffsetsResponse).present

export const createQuery = (link: Link, aql: string, options: QueryOptions): QueryResult => {
  const iterate = async function* (): AsyncGenerator<QueryItem, void> {
    const { signal } = options
    signal?.throwIfAborted()
    const upperBound = options.upperBound ?? (options.swarmId === undefined ? await presentOf(link) : undefined)
    signal?.throwIfAborted()
    const reader = createReader(link, aql, options, upperBound)
    const abort = (): void => {
      reader.cancel()
      reader.end()
    }
    signal?.addEventListener('abort', abort)
    try {
      for (let items = await reader.take(); items !== undefined; items = await reader.take()) {
        for (const item of items) {
          signal?.throwIfAborted()
          yield item
        }
      }
      signal?.throwIfAborted()
    } finally {
      signal?.removeEventListener('abort', abort)
      reader.cancel()
    }
  }
  const collect = async (): Promise<QueryItem[]> => {
    const items: QueryItem[] = []
    for await (const item of iterate()) items.push(item)
    return items
  }
  let collected: Promise<QueryItem[]> | undefined
  return {
    [Symbol.asyncIterator]: iterate,
    // oxlint-disable-next-line unicorn/no-thenable -- the contract: a query can be awaited as well as iterated
    then: (onDone, onFailed) => (collected ??= collect()).then(onDone, onFailed),
  }
}
