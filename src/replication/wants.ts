/**
 * Which wants go to which link now. A stream is wanted from one link at a time, one want after the other, each from where the last one
 * ended, whether that is stored yet or not; streams take turns, those of membership first. A link that could not serve a stream is not
 * asked for it again at once, and not at all for the branch of a fork that is not taken here.
 *
 * Knows no clock and sends nothing: what it is told is all it knows.
 */
import type { NodeId, StreamId } from '../core/event.ts'
import { jumpAfter, wantBytesMax, wantBytesMin } from '../core/limits.ts'
import { parseStreamId } from '../core/node-id.ts'
import type { StreamHead } from './contract.ts'
import type { Held, Need, Source } from './need.ts'
import { blockedUntil, createNeed, eventBytesOf, failed, membershipStream } from './need.ts'

export interface WantsOptions<Key> {
  readonly held: (stream: StreamId) => Held
  readonly isMember: (node: NodeId) => boolean
  /** The stream that was signed, where this one is a branch of a fork, and where it begins there. */
  readonly originOf: (stream: StreamId) => { readonly stream: StreamId; readonly at: number } | undefined
  readonly self: NodeId
  /** All links, those too that have no room. */
  readonly sources: ReadonlyMap<Key, Source>
  /** A whole number below `bound`. */
  readonly pick: (bound: number) => number
}

export interface Assignment<Key> {
  readonly link: Key
  readonly stream: StreamId
  readonly from: number
  readonly bytes: number
  /** Events believed to be there. */
  readonly missing: number
}

export interface Plan<Key> {
  readonly assignments: readonly Assignment<Key>[]
  /** Authors to be asked about, with a link that holds something of theirs. */
  readonly strangers: readonly { readonly link: Key; readonly node: NodeId }[]
  /** Linked nodes hold more of our own stream than we do. */
  readonly beyond: readonly { readonly link: Key; readonly stream: StreamId }[]
}

export interface Wants<Key> {
  /** Somebody may have something of `stream`. */
  touch(stream: StreamId): void
  /** What failed before may go well now. */
  renew(streams: Iterable<StreamId>): void
  /** All that rests because of its author. */
  admit(nodes: readonly NodeId[]): void
  /** `room`: bytes that may be wanted in all. Each assignment counts as under way from now on. */
  plan(now: number, room: number): Plan<Key>
  /** A want is over; `runs` came of it. */
  over(link: Key, stream: StreamId, runs: number, now: number): void
  /** Whether a run that arrived is worth storing; then it counts as gathered. */
  gather(stream: StreamId, from: number, end: number, bytes: number): boolean
  /** A gathered run was stored, or was not taken for a reason that what follows it shares. */
  stored(stream: StreamId, now: number): void
  /** `here`: this device could not store it, which says nothing of the link. */
  rejected(stream: StreamId, link: Key, now: number, why: 'fork' | 'for now' | 'here'): void
  /** Whether what comes next of `stream` is to be taken although something is missing before it. */
  isJumping(stream: StreamId): boolean
  /** The link is gone. */
  forget(link: Key): void
  /** Whether `link` failed to serve what it says it has. */
  isDoubtful(link: Key, stream: StreamId): boolean
  readonly active: number
  readonly gathered: number
  /** Streams that wait for a link with room. */
  readonly waiting: number
}

/** Until the stream that a branch leaves is looked at again. Milliseconds. */
const branchWait = 500
/** Nobody is asked to jump while anybody has what comes next. */
const jumpScore = 2 ** 40

export const createWants = <Key>(options: WantsOptions<Key>): Wants<Key> => {
  const { held, isMember, originOf, self, sources, pick } = options
  const needs = new Map<StreamId, Need<Key>>()
  /** In the order of their turns. */
  const waiting = { first: new Set<StreamId>(), others: new Set<StreamId>() }
  /** Until when (monotonic milliseconds). */
  const resting = new Map<StreamId, number>()
  /** When the first of them has rested enough; earlier than that where it was woken meanwhile. */
  let restedAt = Infinity
  let active = 0
  let gathered = 0

  const rest = (stream: StreamId, until: number): void => {
    resting.set(stream, until)
    restedAt = Math.min(restedAt, until)
  }

  const wake = (now: number): void => {
    if (now < restedAt) return
    restedAt = Infinity
    for (const [stream, until] of resting) {
      const need = until <= now ? needs.get(stream) : undefined
      if (need !== undefined) wait(need)
      if (resting.has(stream)) restedAt = Math.min(restedAt, until)
    }
  }

  const demand = (stream: StreamId): Need<Key> | undefined => {
    const known = needs.get(stream)
    const parsed = known === undefined ? parseStreamId(originOf(stream)?.stream ?? stream) : undefined
    if (parsed === undefined) return known
    const made = createNeed<Key>(stream, parsed.node, parsed.number === membershipStream)
    needs.set(stream, made)
    return made
  }

  const wait = (need: Need<Key>): void => {
    if (need.active !== undefined || (need.isBroken && need.gathered > 0)) return
    resting.delete(need.stream)
    ;(need.isFirst ? waiting.first : waiting.others).add(need.stream)
  }

  const leave = (need: Need<Key>): void => {
    waiting.first.delete(need.stream)
    waiting.others.delete(need.stream)
    // failures are remembered: they are what keeps a stream from being wanted over and over
    const isForgettable = need.failures.size === 0 && need.cutOffSince === undefined && !resting.has(need.stream)
    if (need.active === undefined && need.gathered === 0 && isForgettable) needs.delete(need.stream)
  }

  const fail = (need: Need<Key>, link: Key, now: number, isFork: boolean): void =>
    failed(need, link, now, isFork ? sources.get(link)?.head(need.stream)?.chain : undefined)

  /** One past the last offset that is here or has arrived. */
  const position = (need: Need<Key>, { count }: Held): number =>
    need.gathered > 0 ? Math.max(need.reached, count) : count

  type Choice =
    | { readonly type: 'whole' | 'full' }
    | { readonly type: 'rest'; readonly until: number }
    | {
        readonly type: 'ask'
        readonly link: Key
        readonly from: number
        readonly bytes: number
        readonly missing: number
      }
    | { readonly type: 'stranger' | 'beyond'; readonly link: Key }

  /** What one plan has given out already. */
  type Used = Map<Key, { bytes: number; wants: number }>

  const isOpen = (link: Key, source: Source, used: Used): boolean =>
    source.wantsLeft > (used.get(link)?.wants ?? 0) && source.room > (used.get(link)?.bytes ?? 0)

  const choose = (need: Need<Key>, now: number, used: Used): Choice => {
    const mine = held(need.stream)
    const at = position(need, mine)
    let until = Infinity
    let isBehind = false
    let isFull = false
    let isCutOff = false
    const mayJump = need.cutOffSince !== undefined && now - need.cutOffSince >= jumpAfter && need.gathered === 0
    let best: { link: Key; source: Source; head: StreamHead; score: number } | undefined
    let ties = 0
    for (const [link, source] of sources) {
      const head = source.head(need.stream)
      if (head === undefined || head.count <= at) continue
      // what lies between is gone there; a stream that is new here may begin later
      if (head.from > at && !mine.isEmpty && !mayJump) {
        isCutOff = true
        continue
      }
      const blocked = blockedUntil(need, link, head)
      isBehind = true
      until = Math.min(until, blocked)
      if (blocked > now) continue
      if (need.author === self && mine.hole === 0) return { type: 'beyond', link }
      if (!isMember(need.author)) return { type: 'stranger', link }
      const origin = originOf(need.stream)
      // what it leaves comes first
      if (origin !== undefined && held(origin.stream).count < origin.at)
        return { type: 'rest', until: now + branchWait }
      if (!isOpen(link, source, used)) {
        isFull = true
        continue
      }
      // a seal costs a tenth of the small runs that it holds
      const score =
        source.wantedBytes +
        (used.get(link)?.bytes ?? 0) +
        source.roundTrip * 1000 +
        (head.sealedTo > at ? 0 : wantBytesMax) +
        (head.from > at ? jumpScore : 0)
      ties = best !== undefined && score === best.score ? ties + 1 : 1
      if (best === undefined || score < best.score || (score === best.score && pick(ties) === 0))
        best = { link, source, head, score }
    }
    if (isCutOff && !isBehind) need.cutOffSince ??= now
    else if (!mayJump) need.cutOffSince = undefined
    if (best === undefined) {
      if (isFull) return { type: 'full' }
      if (isCutOff && !isBehind) return { type: 'rest', until: (need.cutOffSince ?? now) + jumpAfter }
      return isBehind ? { type: 'rest', until } : { type: 'whole' }
    }
    const from = need.gathered === 0 ? Math.max(at, best.head.from) : at
    need.isJumping = from > at && !mine.isEmpty
    const missing = best.head.count - from
    // nothing is held behind its small hole: then the run that fills it is all that is wanted
    const bytes = mine.hole > 0 ? 1 : Math.max(wantBytesMin, Math.min(wantBytesMax, missing * need.eventBytes))
    return { type: 'ask', link: best.link, from, bytes, missing }
  }

  const judge = (need: Need<Key>, now: number): void => {
    const { trial } = need
    if (need.active !== undefined || need.gathered > 0) return
    need.isBroken = false
    need.trial = undefined
    need.isJumping = false
    if (trial !== undefined && held(need.stream).count > trial.count) need.failures.delete(trial.link)
    else if (trial !== undefined && (need.failures.get(trial.link)?.until ?? 0) <= now)
      fail(need, trial.link, now, false)
    wait(need)
  }

  return {
    touch: (stream) => {
      const need = demand(stream)
      if (need !== undefined) wait(need)
    },
    renew: (streams) => {
      for (const stream of streams) {
        const need = demand(stream)
        need?.failures.clear()
        if (need !== undefined) wait(need)
      }
    },
    admit: (nodes) => {
      const admitted = new Set(nodes)
      for (const stream of [...resting.keys()]) {
        const need = needs.get(stream)
        if (need !== undefined && admitted.has(need.author)) wait(need)
      }
    },
    plan: (now, room) => {
      const assignments: Assignment<Key>[] = []
      const strangers: { link: Key; node: NodeId }[] = []
      const beyond: { link: Key; stream: StreamId }[] = []
      wake(now)
      if (waiting.first.size + waiting.others.size === 0) return { assignments, strangers, beyond }
      let left = room
      const used: Used = new Map()
      let open = 0
      for (const [link, source] of sources) if (isOpen(link, source, used)) open += 1
      const go = (need: Need<Key>, choice: Extract<Choice, { type: 'ask' }>): void => {
        const { link, from, bytes, missing } = choice
        need.active = link
        need.trial ??= { link, count: held(need.stream).count }
        active += 1
        leave(need)
        left -= bytes
        assignments.push({ link, stream: need.stream, from, bytes, missing })
        const before = used.get(link) ?? { bytes: 0, wants: 0 }
        used.set(link, { bytes: before.bytes + bytes, wants: before.wants + 1 })
        const source = sources.get(link)
        if (source !== undefined && !isOpen(link, source, used)) open -= 1
      }
      for (const turns of [waiting.first, waiting.others]) {
        for (const stream of turns) {
          if (left <= 0 || open <= 0) break
          const need = needs.get(stream)
          const choice = need === undefined ? undefined : choose(need, now, used)
          if (need === undefined || choice === undefined) {
            turns.delete(stream)
            continue
          }
          switch (choice.type) {
            case 'full':
              continue
            case 'ask':
              go(need, choice)
              continue
            case 'stranger':
              strangers.push({ link: choice.link, node: need.author })
              rest(stream, Infinity)
              break
            case 'beyond':
              beyond.push({ link: choice.link, stream })
              rest(stream, Infinity)
              break
            case 'rest':
              rest(stream, choice.until)
              break
            case 'whole':
              break
          }
          leave(need)
        }
      }
      return { assignments, strangers, beyond }
    },
    over: (link, stream, runs, now) => {
      const need = needs.get(stream)
      if (need === undefined || need.active !== link) return
      need.active = undefined
      active -= 1
      if (runs === 0) {
        need.trial = undefined
        fail(need, link, now, false)
      }
      if (need.gathered === 0) judge(need, now)
      else wait(need)
    },
    gather: (stream, from, end, bytes) => {
      const need = demand(stream)
      if (need === undefined || need.isBroken) return false
      const mine = held(stream)
      const at = position(need, mine)
      const mayBeginHere = need.gathered === 0 && (mine.isEmpty || need.isJumping)
      if (end <= at || (from > at && !mayBeginHere)) {
        leave(need)
        return false
      }
      need.gathered += 1
      need.reached = Math.max(need.reached, end)
      need.eventBytes = eventBytesOf(bytes, end - from)
      gathered += 1
      return true
    },
    stored: (stream, now) => {
      const need = needs.get(stream)
      if (need === undefined || need.gathered === 0) return
      need.gathered -= 1
      gathered -= 1
      if (need.gathered > 0) return
      need.reached = 0
      judge(need, now)
    },
    rejected: (stream, link, now, why) => {
      const need = needs.get(stream)
      if (need === undefined) return
      // what came behind it fails for the same reason
      const isFirst = !need.isBroken
      need.isBroken = true
      if (why === 'here') need.trial = undefined
      else if (isFirst || why === 'fork') fail(need, link, now, why === 'fork')
      waiting.first.delete(stream)
      waiting.others.delete(stream)
    },
    forget: (link) => {
      for (const need of [...needs.values()]) {
        need.failures.delete(link)
        if (need.trial?.link === link) need.trial = undefined
        // what nobody else told of is forgotten by the next plan
        if (need.active === undefined && resting.has(need.stream)) wait(need)
        if (need.active !== link) continue
        need.active = undefined
        active -= 1
        wait(need)
      }
    },
    isJumping: (stream) => needs.get(stream)?.isJumping === true,
    isDoubtful: (link, stream) => {
      const need = needs.get(stream)
      const head = sources.get(link)?.head(stream)
      return need !== undefined && head !== undefined && blockedUntil(need, link, head) > 0
    },
    get active() {
      return active
    },
    get gathered() {
      return gathered
    },
    get waiting() {
      return waiting.first.size + waiting.others.size
    },
  }
}
