/** Streams with more than one history (RULES 18): what linked nodes tell of them, and whether one of theirs is not known here yet. */
import { equalBytes } from '../core/bytes.ts'
import { isWrittenBy } from '../core/event-filter.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { cryptBase64 } from '../core/node-id.ts'
import type { Ingested, Log, RunSketch } from '../log/contract.ts'
import type { Link, StreamHead } from './contract.ts'
import { createForkSearch } from './fork-search.ts'
import type { Session } from './session.ts'

export interface LinesOptions {
  readonly log: Pick<Log, 'node' | 'head' | 'count' | 'originOf'>
  readonly sessions: ReadonlyMap<Link, Session>
  readonly isMember: (node: NodeId) => boolean
  /** Wants the run that holds `from`. */
  readonly ask: (link: Link, stream: StreamId, from: number) => void
}

export interface Lines {
  /** The stream that was signed, where this one is a branch, and where it begins there: as the gate has seen it, or as somebody tells. */
  originOf(stream: StreamId): StreamHead['origin']
  /** A link told this head. */
  compare(link: Link, head: StreamHead): void
  /** A run that came contradicts all that is held, from `from` on. */
  contradicted(link: Link, stream: StreamId, from: number): void
  answered(link: Link, sketch: RunSketch, answer: Ingested | undefined): void
  over(link: Link, stream: StreamId, runs: number): void
  forget(link: Link): void
}

export const createLines = ({ log, sessions, isMember, ask }: LinesOptions): Lines => {
  const search = createForkSearch<Link>(ask)

  const originOf = (stream: StreamId): StreamHead['origin'] => {
    const fork = log.originOf(stream)
    if (fork !== undefined) return { stream: fork.stream, at: fork.from }
    for (const { theirs } of sessions.values()) {
      const origin = theirs.get(stream)?.origin
      if (origin !== undefined) return origin
    }
    return undefined
  }

  const mayLook = (stream: StreamId): boolean => {
    const signed = originOf(stream)?.stream ?? stream
    return !isWrittenBy(signed, log.node) && isMember(signed.slice(0, 43) as NodeId)
  }

  const look = (link: Link, stream: StreamId, high: number): void => {
    const head = sessions.get(link)?.theirs.get(stream)
    if (head !== undefined && mayLook(stream)) search.begin(link, stream, high, cryptBase64(head.chain))
  }

  /** Perhaps what is held here under another name is this branch, and a line that is not known here bears that name there. */
  const lookAround = (link: Link, branch: StreamId, signed: StreamId, at: number): void => {
    const lines: [StreamId, number][] = [[signed, 0]]
    for (const { stream, origin } of sessions.get(link)?.theirs.all.values() ?? [])
      if (origin?.stream === signed && origin.at < at && stream !== branch) lines.push([stream, origin.at])
    for (const [stream, begins] of lines)
      if (log.count(stream) > at - begins) search.begin(link, stream, at - begins + 1, branch, at - begins)
  }

  return {
    originOf,
    compare: (link, { stream, count, chain, origin }) => {
      if (origin !== undefined && log.originOf(stream) === undefined) {
        if (mayLook(origin.stream)) lookAround(link, stream, origin.stream, origin.at)
        return
      }
      const mine = log.head(stream)
      if (mine !== undefined && mine.count === count && !equalBytes(mine.chain, chain)) look(link, stream, count)
    },
    contradicted: look,
    answered: search.answered,
    over: search.over,
    forget: search.forget,
  }
}
