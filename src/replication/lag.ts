/** How far two nodes are apart, in events, by their heads. */
import type { Head, Log } from '../log/contract.ts'
import type { StreamId } from '../core/event.ts'
import type { Lag, StreamHead } from './contract.ts'
import type { HeadBook } from './head-book.ts'

/** Events of `head` that `held` does not reach; what was let go of by their holder does not count. */
const beyond = (head: Head, held: Head | undefined): number =>
  Math.max(0, head.count - Math.max(head.from, held?.count ?? 0))

/** A head as far as it counts here: its holder may not have heard yet where the stream was cut (RULES 19). */
export const counting = (log: Pick<Log, 'cutOf'>, head: StreamHead): StreamHead => {
  const cut = log.cutOf(head.stream) ?? Infinity
  return cut >= head.count
    ? head
    : { ...head, from: Math.min(head.from, cut), count: cut, sealedTo: Math.min(head.sealedTo, cut) }
}

/** Events that are there and not here. */
export const lacking = (log: Pick<Log, 'head' | 'cutOf'>, head: StreamHead): number =>
  beyond(counting(log, head), log.head(head.stream))

export const lagOf = (
  log: Pick<Log, 'head' | 'heads' | 'cutOf'>,
  theirs: HeadBook,
  isDoubtful: (stream: StreamId) => boolean,
): Lag => {
  let lacksOfOurs = 0
  let weLack = 0
  for (const [stream, head] of log.heads()) lacksOfOurs += beyond(head, theirs.get(stream))
  for (const head of theirs.all.values()) if (!isDoubtful(head.stream)) weLack += lacking(log, head)
  return { lacksOfOurs, weLack }
}
