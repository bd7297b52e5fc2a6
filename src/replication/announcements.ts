/**
 * What this node tells of its heads: all of them to a new link, then what has changed. What changes within a turn goes in one frame, the
 * same one to every link; those who lack nothing of it are told later. A small own run goes unasked to whoever lacks just that, and
 * stands for its head. Everything happens after the publisher was answered.
 */
import type { Clock } from '../core/clock.ts'
import type { StreamId } from '../core/event.ts'
import {
  headsDelay,
  headsDelayMax,
  headsDelayShare,
  headsLazyDelay,
  headsLazyDelayMax,
  headsLazyPerStream,
  headsPerFrame,
  headsRelayEvery,
  linkBytesLow,
  pushBytesMax,
  pushRunsMax,
} from '../core/limits.ts'
import type { Head, Log, RunRecord, Stored } from '../log/contract.ts'
import type { Link, MemberFrame, StreamHead } from './contract.ts'
import { createHeadBook } from './head-book.ts'
import type { Session } from './session.ts'

export interface Announcements {
  tellAll(link: Link): void
  stored(stored: Stored): void
  /** So that everybody can find out whether it knows all heads. */
  tellDigest(): void
  forget(link: Link): void
  close(): void
}

export interface AnnouncementsOptions {
  readonly log: Pick<Log, 'head' | 'heads' | 'originOf'>
  readonly clock: Clock
  readonly sessions: ReadonlyMap<Link, Session>
}

export const createAnnouncements = ({ log, clock, sessions }: AnnouncementsOptions): Announcements => {
  const ours = createHeadBook()
  const changed = new Set<StreamId>()
  /** Changed in another way than by an own run at its end, for which the run itself would stand. */
  const rebuilt = new Set<StreamId>()
  let fresh = new Map<StreamId, RunRecord[]>()
  /** Of what others wrote. */
  let isRelaying = false
  const lazy = new Map<Link, Set<StreamId>>()
  let cancelSoon: (() => void) | undefined
  let cancelLazy: (() => void) | undefined

  const toldOf = (stream: StreamId, head: Head): StreamHead => {
    const fork = log.originOf(stream)
    return { stream, ...head, ...(fork !== undefined && { origin: { stream: fork.stream, at: fork.from } }) }
  }

  const refresh = (stream: StreamId): StreamHead | undefined => {
    const head = log.head(stream)
    if (head === undefined) {
      // cut off, from its beginning
      ours.delete(stream)
      return undefined
    }
    const told = toldOf(stream, head)
    ours.set(told)
    return told
  }

  const refreshAll = (): void => {
    const heads = log.heads()
    for (const [stream, head] of heads) ours.set(toldOf(stream, head))
    for (const stream of [...ours.all.keys()]) if (!heads.has(stream)) ours.delete(stream)
  }
  refreshAll()

  /** The fresh runs that bring a node which holds `known` events up to `head`; `undefined` where that takes more. */
  const pushable = (head: StreamHead, known: number): readonly RunRecord[] | undefined => {
    const runs = fresh.get(head.stream)?.filter(({ from }) => from >= known) ?? []
    let at = known
    for (const { from, count, bytes } of runs) {
      if (from !== at || bytes.length > pushBytesMax) return undefined
      at += count
    }
    return at === head.count && runs.length <= pushRunsMax ? runs : undefined
  }

  const tell = (link: Link, frames: Map<string, MemberFrame>, streams: readonly StreamId[]): void => {
    if (streams.length === 0) return
    if (streams.length > headsPerFrame) {
      tell(link, frames, streams.slice(0, headsPerFrame))
      return tell(link, frames, streams.slice(headsPerFrame))
    }
    const key = streams.join()
    // one frame for all who are told the same
    let frame = frames.get(key)
    if (frame === undefined) {
      frame = { type: 'heads', full: false, heads: streams.flatMap((stream) => ours.get(stream) ?? []) }
      frames.set(key, frame)
    }
    link.send(frame, 'control')
  }

  /** With many links telling takes a while: then it is done less often, so that publishers hardly ever wait behind it. */
  let delay = headsDelay
  let soonAt = Infinity
  let relayedAt = -Infinity
  /** Own runs at once; what others wrote after the last time by a measure. */
  const flushSoon = (isOwn: boolean): void => {
    const at = Math.max(clock.monotonic() + delay, isOwn ? 0 : relayedAt + headsRelayEvery)
    if (at >= soonAt) return
    cancelSoon?.()
    soonAt = at
    cancelSoon = clock.after(at - clock.monotonic(), flush)
  }
  const flush = (): void => {
    const began = clock.monotonic()
    cancelSoon = undefined
    soonAt = Infinity
    if (isRelaying) relayedAt = began
    isRelaying = false
    tellChanged()
    delay = Math.min(headsDelayMax, Math.max(headsDelay, (clock.monotonic() - began) * headsDelayShare))
  }

  const tellChanged = (): void => {
    const heads = [...changed].flatMap((stream) => refresh(stream) ?? [])
    changed.clear()
    const frames = new Map<string, MemberFrame>()
    for (const [link, session] of sessions) {
      const soon: StreamId[] = []
      const later = lazy.get(link) ?? new Set()
      for (const head of heads) {
        const { stream } = head
        const known = Math.max(session.theirs.get(stream)?.count ?? 0, session.pushedTo.get(stream) ?? 0)
        if (known >= head.count) {
          later.add(stream)
          continue
        }
        const runs = link.buffered < linkBytesLow ? pushable(head, known) : undefined
        if (runs === undefined) {
          soon.push(stream)
          later.delete(stream)
          continue
        }
        session.pushedTo.set(stream, head.count)
        if (rebuilt.has(stream)) later.add(stream)
        for (const { bytes } of runs) link.send({ type: 'run', id: 0, bytes }, 'control')
      }
      if (later.size > 0) lazy.set(link, later)
      tell(link, frames, soon)
    }
    fresh = new Map()
    rebuilt.clear()
    // in a large swarm most streams change again before anybody needs to know
    const later = Math.min(headsLazyDelayMax, Math.max(headsLazyDelay, ours.size * headsLazyPerStream))
    if (lazy.size > 0) cancelLazy ??= clock.after(later, flushLazy)
  }

  const flushLazy = (): void => {
    cancelLazy = undefined
    const frames = new Map<string, MemberFrame>()
    for (const [link, streams] of lazy) if (sessions.has(link)) tell(link, frames, [...streams])
    lazy.clear()
  }

  const flushAll = (): void => {
    cancelSoon?.()
    if (cancelSoon !== undefined) flush()
    cancelLazy?.()
    flushLazy()
  }

  return {
    tellAll: (link) => {
      flushAll()
      refreshAll()
      const session = sessions.get(link)
      session?.pushedTo.clear()
      const all = [...ours.all.values()]
      // the first part makes the other end forget what it knew, those that follow add to it
      for (let at = 0; at === 0 || at < all.length; at += headsPerFrame)
        link.send({ type: 'heads', full: at === 0, heads: all.slice(at, at + headsPerFrame) }, 'control')
    },
    stored: ({ streams, appended }) => {
      // a new link is told everything
      if (sessions.size === 0) return
      for (const stream of streams) {
        changed.add(stream)
        if (!appended.some((run) => run.stream === stream)) rebuilt.add(stream)
      }
      for (const run of appended) {
        const runs = fresh.get(run.stream)
        if (runs === undefined) fresh.set(run.stream, [run])
        else if (runs.length <= pushRunsMax) runs.push(run)
      }
      isRelaying ||= appended.length === 0
      flushSoon(appended.length > 0)
    },
    tellDigest: () => {
      flushAll()
      refreshAll()
      if (sessions.size === 0) return
      const frame: MemberFrame = { type: 'headsDigest', digest: ours.digest() }
      for (const link of sessions.keys()) link.send(frame, 'control')
    },
    forget: (link) => lazy.delete(link),
    close: () => {
      cancelSoon?.()
      cancelLazy?.()
    },
  }
}
