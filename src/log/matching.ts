/** Which events of a decoded run pass a filter: decided once for each set of tags, and only where needed for each event. */
import type { EventFilter, Filterable } from '../core/event-filter.ts'
import { isWrittenBy, matches } from '../core/event-filter.ts'
import type { AppId, LogEvent, StreamId } from '../core/event.ts'
import type { Block } from './body.ts'

type Decision = 'yes' | 'no' | 'depends'

const decide = (filter: EventFilter, tags: readonly string[], stream: StreamId): Decision => {
  switch (filter.type) {
    case 'all':
      return 'yes'
    case 'none':
      return 'no'
    case 'tag':
      return tags.includes(filter.tag) ? 'yes' : 'no'
    case 'node':
      return isWrittenBy(stream, filter.node) ? 'yes' : 'no'
    case 'appId':
    case 'keyRange':
    case 'timeRange':
      return 'depends'
    case 'and': {
      let all: Decision = 'yes'
      for (const part of filter.of) {
        const decision = decide(part, tags, stream)
        if (decision === 'no') return 'no'
        if (decision === 'depends') all = 'depends'
      }
      return all
    }
    case 'or': {
      let any: Decision = 'no'
      for (const part of filter.of) {
        const decision = decide(part, tags, stream)
        if (decision === 'yes') return 'yes'
        if (decision === 'depends') any = 'depends'
      }
      return any
    }
  }
}

const placeOf = (block: Block, stream: StreamId, index: number): Filterable => ({
  lamport: block.lamports[index] ?? 0,
  stream,
  timestamp: block.times[index] ?? 0,
  tags: block.tagSets[block.setOf?.[index] ?? 0] ?? [],
  appId: block.apps[block.appOf?.[index] ?? 0] as AppId,
})

/** `shift`: offset within what its author signed at which `stream` begins. */
export const eventOf = (block: Block, stream: StreamId, index: number, shift: number): LogEvent => ({
  ...placeOf(block, stream, index),
  offset: block.from + index - shift,
  payload: block.payload(index),
})

/** Indexes within the block, ascending, of the events with offsets in [from, to) that pass. */
export const matchingIndexes = (
  filter: EventFilter,
  stream: StreamId,
  block: Block,
  from: number,
  to: number,
): readonly number[] => {
  const decisions: (Decision | undefined)[] = []
  const indexes: number[] = []
  const end = Math.min(block.count, to - block.from)
  for (let index = Math.max(0, from - block.from); index < end; index++) {
    const set = block.setOf?.[index] ?? 0
    const decision = (decisions[set] ??= decide(filter, block.tagSets[set] ?? [], stream))
    if (decision === 'yes' || (decision === 'depends' && matches(filter, placeOf(block, stream, index))))
      indexes.push(index)
  }
  return indexes
}
