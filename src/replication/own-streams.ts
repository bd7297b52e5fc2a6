/**
 * What others say of this node's own streams (RULES 17). Nobody else writes them: a head beyond ours, or on another chain, says that a copy of this
 * device is, or was, at work. A head is only a claim, and a liar must not keep a device from writing: the run behind it is asked for, since the
 * gate tells by its signature. Until then own runs are not sent on that link, and, for a short while, nothing new is to be written.
 */
import { equalBytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { isWrittenBy } from '../core/event-filter.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { cryptBase64 } from '../core/node-id.ts'
import type { Ingested, Log } from '../log/contract.ts'
import type { Link, StreamHead } from './contract.ts'

/** How long writing waits for the run behind a claim, once for each node that makes one. Milliseconds. */
const doubtMax = 2000
/** Claims of one link that came to nothing and are remembered. */
const failedMax = 1000

export interface OwnStreamsOptions {
  readonly log: Pick<Log, 'node' | 'head' | 'chain'>
  readonly clock: Pick<Clock, 'after'>
  /** Wants the run that holds `from`. */
  readonly ask: (link: Link, stream: StreamId, from: number) => void
  readonly report: (code: string, message: string) => void
}

export interface OwnStreams {
  isOwn(stream: StreamId): boolean
  /** A link told all its heads, or those that changed; these are of own streams. */
  told(link: Link, heads: readonly StreamHead[]): void
  /** Does it as soon as what the link told of own streams is no contradiction, or was looked into. */
  whenCleared(link: Link, action: () => void): void
  /** A want for proof is over, and so many runs came of it. */
  over(link: Link, stream: StreamId, runs: number): void
  /** What the gate said of an own run that came; `undefined`: it could not work. */
  answered(link: Link, stream: StreamId, answer: Ingested | undefined): void
  forget(link: Link): void
  /** Something is being looked into: nothing new should be written now. */
  readonly isInDoubt: boolean
  /** Resolves when that is over. */
  settled(): Promise<void>
  close(): void
}

interface Check {
  readonly claim: string
  /** Told meanwhile. */
  next: StreamHead | undefined
  /** Ends the wait of writers, where they wait for it. */
  letGo: () => void
}

interface Told {
  readonly checks: Map<StreamId, Check>
  /** To be compared, the newest of each stream. */
  readonly waiting: Map<StreamId, StreamHead>
  readonly failed: Set<string>
  readonly deferred: (() => void)[]
  hasHeads: boolean
  isComparing: boolean
  letGo: () => void
}

export const createOwnStreams = ({ log, clock, ask, report }: OwnStreamsOptions): OwnStreams => {
  const links = new Map<Link, Told>()
  /** Nodes that claimed what they could not show: nobody waits for them any more. */
  const doubted = new Set<NodeId>()
  const holding = new Set<Check>()
  let waiters: (() => void)[] = []

  const entryOf = (link: Link): Told => {
    const known = links.get(link)
    if (known !== undefined) return known
    const made: Told = {
      checks: new Map(),
      waiting: new Map(),
      failed: new Set(),
      deferred: [],
      hasHeads: false,
      isComparing: false,
      letGo: () => undefined,
    }
    links.set(link, made)
    // whoever says nothing of what it holds is served all the same
    made.letGo = clock.after(doubtMax, () => {
      made.hasHeads = true
      clear(made)
    })
    return made
  }

  const claimOf = ({ stream, count, chain }: StreamHead): string => `${stream}/${count}/${cryptBase64(chain)}`

  const release = (check: Check): void => {
    check.letGo()
    if (!holding.delete(check) || holding.size > 0) return
    const all = waiters
    waiters = []
    for (const waiter of all) waiter()
  }

  const clear = (told: Told): void => {
    if (told.isComparing || told.checks.size > 0) return
    for (const action of told.deferred.splice(0)) action()
  }

  const hold = (check: Check): void => {
    holding.add(check)
    check.letGo = clock.after(doubtMax, () => release(check))
  }

  const suspect = (link: Link, told: Told, head: StreamHead): void => {
    const claim = claimOf(head)
    const open = told.checks.get(head.stream)
    if (open !== undefined) {
      if (open.claim !== claim) open.next = head
      return
    }
    if (told.failed.has(claim)) return
    const check: Check = { claim, next: undefined, letGo: () => undefined }
    told.checks.set(head.stream, check)
    if (!doubted.has(link.node)) hold(check)
    const held = log.head(head.stream)?.count ?? 0
    ask(link, head.stream, Math.max(head.from, head.count > held ? held : head.count - 1))
  }

  /** Ours at its end, as far as that is known at once. */
  const compareAtOnce = ({ stream, count, chain }: StreamHead): 'same' | 'other' | 'unknown' => {
    const ours = log.head(stream)
    if (count === 0) return 'same'
    if (ours === undefined || count > ours.count) return 'other'
    if (count === ours.count) return equalBytes(chain, ours.chain) ? 'same' : 'other'
    // what we let go of ourselves cannot be compared any more
    return count < ours.from ? 'same' : 'unknown'
  }

  const compare = async (link: Link, told: Told): Promise<void> => {
    told.isComparing = true
    for (const [stream, head] of told.waiting) {
      told.waiting.delete(stream)
      const chain = await log.chain(stream, head.count).catch(() => undefined)
      if (links.get(link) !== told) return
      if (chain === undefined || !equalBytes(chain, head.chain)) suspect(link, told, head)
    }
    told.isComparing = false
    clear(told)
  }

  const take = (link: Link, told: Told, head: StreamHead): void => {
    const outcome = compareAtOnce(head)
    told.waiting.delete(head.stream)
    if (outcome === 'other') suspect(link, told, head)
    if (outcome === 'unknown') told.waiting.set(head.stream, head)
  }

  const end = (link: Link, stream: StreamId, isFailed: boolean): void => {
    const told = links.get(link)
    const check = told?.checks.get(stream)
    if (told === undefined || check === undefined) return
    told.checks.delete(stream)
    release(check)
    if (isFailed) {
      if (told.failed.size < failedMax) told.failed.add(check.claim)
      if (!doubted.has(link.node)) {
        const sentence = `${link.node} says that it holds other events of this device's stream ${stream} than this device, and does not show them.`
        report('ERR_OWN_HEAD', sentence)
      }
      doubted.add(link.node)
    }
    if (check.next !== undefined) take(link, told, check.next)
    if (told.waiting.size > 0 && !told.isComparing) void compare(link, told)
    clear(told)
  }

  return {
    isOwn: (stream) => isWrittenBy(stream, log.node),
    told: (link, heads) => {
      const told = entryOf(link)
      told.hasHeads = true
      for (const head of heads) take(link, told, head)
      if (told.waiting.size > 0 && !told.isComparing) void compare(link, told)
      clear(told)
    },
    whenCleared: (link, action) => {
      const told = entryOf(link)
      if (told.hasHeads && !told.isComparing && told.checks.size === 0) action()
      else told.deferred.push(action)
    },
    over: (link, stream, runs) => {
      if (runs === 0) end(link, stream, true)
    },
    answered: (link, stream, answer) => {
      const isShown = answer === undefined || answer.type === 'evidence' || answer.type === 'replaced'
      end(link, stream, !isShown && answer.type !== 'stored')
    },
    forget: (link) => {
      const told = links.get(link)
      for (const check of told?.checks.values() ?? []) release(check)
      told?.letGo()
      links.delete(link)
    },
    get isInDoubt() {
      return holding.size > 0
    },
    settled: () => (holding.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiters.push(resolve))),
    close: () => {
      for (const check of holding) release(check)
      for (const told of links.values()) told.letGo()
      links.clear()
    },
  }
}
