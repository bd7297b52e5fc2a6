/** What this node saw of its attempts to link with others, so that a person can be told why there is no link. In memory only. */
import type { Clock } from '../core/clock.ts'
import type { NodeId } from '../core/event.ts'
import type { DialStep, EndedBy } from '../replication/contract.ts'
import type { CloseReason } from '../transport/contract.ts'
import { addressesOf } from '../transport/signal.ts'
import type { AttemptStatus } from './connectivity-contract.ts'

/** Members of a large swarm; whoever was tried longest ago is forgotten. */
const nodesMax = 2048

export interface Attempts {
  readonly attempt?: AttemptStatus
  /** The last that failed; until there is a link. */
  readonly failed?: AttemptStatus
  readonly failures: number
}

export interface AttemptBook {
  /** While a connection is made; without a node: with somebody who has not said who it is. */
  dialled(node: NodeId | undefined, step: DialStep): void
  /** A connection is open, its other end has yet to prove who it is. */
  opened(node: NodeId | undefined, isOutgoing: boolean): void
  /** What was opened is no link, or is none any more. */
  failed(node: NodeId | undefined, reason: CloseReason, by: EndedBy): void
  linked(node: NodeId): void
  of(node: NodeId): Attempts
  readonly stranger: AttemptStatus | undefined
}

/** Ends that say nothing of why there is no link: there is another one, or somebody went as he should. */
const isOrdinary = (code: string): boolean => code === 'ERR_LINK_SURPLUS' || code === 'ERR_RESTARTED'

export const createAttemptBook = (clock: Clock): AttemptBook => {
  const book = new Map<NodeId | undefined, Attempts>()

  const write = (node: NodeId | undefined, attempts: Attempts): void => {
    book.delete(node)
    book.set(node, attempts)
    for (const oldest of book.keys()) {
      if (book.size <= nodesMax) break
      book.delete(oldest)
    }
  }
  const of = (node: NodeId | undefined): Attempts => book.get(node) ?? { failures: 0 }
  const fail = (node: NodeId | undefined, { code, message }: CloseReason, by: EndedBy, isOutgoing?: boolean): void => {
    if (isOrdinary(code)) return
    const { attempt, failures } = of(node)
    const at = clock.now()
    const begun = attempt ?? { step: 'opened', isOutgoing: isOutgoing ?? false, at }
    const ended: AttemptStatus = { ...begun, failure: { code, message, by, at } }
    write(node, { attempt: ended, failed: ended, failures: failures + 1 })
  }

  return {
    dialled: (node, step) => {
      if (step.type === 'failed') return fail(node, step.reason, step.by, step.isOutgoing)
      const { type, isOutgoing, isOurs, signal } = step
      const { attempt, ...kept } = of(node)
      const addresses = addressesOf(signal)
      const before = type === 'offered' ? undefined : attempt
      write(node, {
        attempt: {
          step: type,
          isOutgoing,
          at: clock.now(),
          ...(before?.ours !== undefined && { ours: before.ours }),
          ...(before?.theirs !== undefined && { theirs: before.theirs }),
          ...(addresses !== undefined && { [isOurs ? 'ours' : 'theirs']: addresses }),
        },
        ...kept,
      })
    },
    opened: (node, isOutgoing) => {
      const { attempt, ...kept } = of(node)
      const { failure: _, ...rest } = attempt ?? {}
      write(node, { attempt: { ...rest, step: 'opened', isOutgoing, at: clock.now() }, ...kept })
    },
    failed: (node, reason, by) => fail(node, reason, by),
    linked: (node) => {
      const { attempt } = of(node)
      const { failure: _, ...rest } = attempt ?? {}
      write(node, { attempt: { isOutgoing: false, ...rest, step: 'opened', at: clock.now() }, failures: 0 })
    },
    of,
    get stranger() {
      return of(undefined).failed
    },
  }
}
