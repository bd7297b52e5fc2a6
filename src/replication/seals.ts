/** Seals of what is held in small runs, wanted from anybody when nothing else is to be done (RULES 5): one seal a want, a stream at a time. */
import type { StreamId } from '../core/event.ts'
import { isWrittenBy } from '../core/event-filter.ts'
import { wantBackOffFirst, wantBackOffMax } from '../core/limits.ts'
import type { Log } from '../log/contract.ts'
import type { Session } from './session.ts'

export interface SealWant<Key> {
  readonly link: Key
  readonly stream: StreamId
  readonly from: number
}

export interface Seals<Key> {
  /** Somebody told a head of these. */
  touch(streams: readonly StreamId[]): void
  plan(now: number, most: number): readonly SealWant<Key>[]
  over(link: Key, stream: StreamId, now: number): void
  forget(link: Key): void
}

interface SealsOptions<Key> {
  readonly log: Pick<Log, 'head' | 'node'>
  readonly sessions: ReadonlyMap<Key, Session>
  readonly pick: (bound: number) => number
}

interface Trial<Key> {
  readonly link: Key
  readonly sealedTo: number
}

export const createSeals = <Key>({ log, sessions, pick }: SealsOptions<Key>): Seals<Key> => {
  const candidates = new Set<StreamId>()
  const active = new Map<StreamId, Trial<Key>>()
  /** What the last want brought, to be looked at when the next is planned: its seal may still be on its way into the store. */
  const tried = new Map<StreamId, { readonly sealedTo: number; readonly until: number; readonly times: number }>()

  const isBehind = (stream: StreamId, session: Session): boolean => {
    const mine = log.head(stream)
    const head = session.theirs.get(stream)
    return (
      mine !== undefined &&
      head !== undefined &&
      head.sealedTo > mine.sealedTo &&
      head.sealedTo <= mine.count &&
      head.from <= mine.sealedTo
    )
  }

  return {
    touch: (streams) => {
      for (const stream of streams) if (!isWrittenBy(stream, log.node)) candidates.add(stream)
    },
    plan: (now, most) => {
      const wants: SealWant<Key>[] = []
      for (const stream of candidates) {
        if (active.size >= most) break
        const from = log.head(stream)?.sealedTo ?? 0
        const last = tried.get(stream)
        if (active.has(stream) || (last !== undefined && last.sealedTo === from && now < last.until)) continue
        const links = [...sessions].filter(([, session]) => session.restsUntil <= now && isBehind(stream, session))
        const link = links[pick(Math.max(1, links.length))]?.[0]
        if (link === undefined) {
          candidates.delete(stream)
          tried.delete(stream)
          continue
        }
        active.set(stream, { link, sealedTo: from })
        wants.push({ link, stream, from })
      }
      return wants
    },
    over: (link, stream, now) => {
      const trial = active.get(stream)
      if (trial?.link !== link) return
      active.delete(stream)
      const last = tried.get(stream)
      const times = last?.sealedTo === trial.sealedTo ? last.times + 1 : 1
      const until = now + Math.min(wantBackOffMax, wantBackOffFirst * 2 ** (times - 1))
      tried.set(stream, { sealedTo: trial.sealedTo, until, times })
    },
    forget: (link) => {
      for (const [stream, trial] of active) if (trial.link === link) active.delete(stream)
    },
  }
}
