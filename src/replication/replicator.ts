/**
 * Exchanges heads, wants and runs over all links: runs what the sessions (one a link, `session.ts`) and the planner (`wants.ts`) say, over
 * the log and the links. Keeps nothing: the log is all there is, so it may be cut off anywhere and goes on from there.
 */
import type { Clock } from '../core/clock.ts'
import { errorCode, errorMessage } from '../core/errors.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import {
  catchUpEvents,
  catchUpStreams,
  fullHeadsEvery,
  gatheredBytesMax,
  replicationTellEvery,
  sealIdle,
  sealWantsMax,
  wantedBytesMax,
  wantsMax,
} from '../core/limits.ts'
import type { Random } from '../core/random.ts'
import type { Ingested, Log } from '../log/contract.ts'
import type { Members } from '../swarm/contract.ts'
import type { Link, MemberFrame, Replicator } from './contract.ts'
import { createAdmissionDesk } from './admission-desk.ts'
import { createAnnouncements } from './announcements.ts'
import { counting, lagOf, lacking } from './lag.ts'
import type { Arrived } from './intake.ts'
import { createIntake, isDishonest } from './intake.ts'
import { createLines } from './lines.ts'
import { createOwnStreams } from './own-streams.ts'
import { createSeals } from './seals.ts'
import type { Purpose, Session, SessionEffect, SessionInput } from './session.ts'
import { createSession, step } from './session.ts'
import type { Source } from './need.ts'
import { createStrangers } from './strangers.ts'
import { createWants } from './wants.ts'

export interface ReplicatorDependencies {
  readonly log: Log
  readonly members: Members
  readonly clock: Clock
  readonly random: Random
  /** For the diary. */
  readonly report: (code: string, message: string) => void
}

/** Milliseconds. */
const tickEvery = 1000

/** Not to be had in a better way for now: unknown author, unknown version, cut off. */
const isHopeless = ({ type }: Ingested): boolean => type === 'deferred' || type === 'refused' || type === 'evidence'
/** Said of a link before it told its first round trip. Milliseconds. */
const roundTripGuess = 5

export const createReplicator = (dependencies: ReplicatorDependencies): Replicator => {
  const { log, members, clock, random, report } = dependencies
  const sessions = new Map<Link, Session>()
  const sources = new Map<Link, Source>()
  const unknown = createStrangers()
  const told = new Set<string>()
  const listeners = new Set<() => void>()
  let isCatchingUp = false
  let isClosed = false
  let cancelTick: (() => void) | undefined
  let cancelTell: (() => void) | undefined
  let ticks = 0
  let busyAt = clock.monotonic()

  const now = (): number => clock.monotonic()
  const pick = (bound: number): number => {
    const [a = 0, b = 0, c = 0, d = 0] = random(4)
    return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) % bound
  }

  const changed = (): void => {
    if (listeners.size === 0 || isClosed) return
    cancelTell ??= clock.after(replicationTellEvery, () => {
      cancelTell = undefined
      for (const listener of listeners) listener()
    })
  }

  const wants = createWants<Link>({
    held: (stream) => {
      const count = log.count(stream)
      return { count, hole: log.hole(stream), isEmpty: count === 0 && log.head(stream) === undefined }
    },
    isMember: (node) => members.isMember(node),
    originOf: (stream) => lines.originOf(stream),
    self: log.node,
    sources,
    pick,
  })
  const seals = createSeals<Link>({ log, sessions, pick })
  const announcements = createAnnouncements({ log, clock, sessions })

  /** The link is closed by us; whoever attached it detaches it then, which does no harm twice. */
  const cut = (link: Link, code: string, message: string): void => {
    report(code, `The ${link.kind} link to ${link.node} was cut: ${message}`)
    detach(link)
    link.close({ code, message })
  }

  const desk = createAdmissionDesk({
    members,
    report,
    onForged: (link, node, why) => {
      if (sessions.has(link)) cut(link, 'ERR_ADMISSION', `It passed on a forged admission of ${node}: ${why}.`)
    },
  })

  const onAnswer = ({ link, sketch, isCounted, isProof }: Arrived<Link>, answer: Ingested | undefined): void => {
    const { stream } = sketch
    const at = now()
    if (answer === undefined) wants.rejected(stream, link, at, 'here')
    else if (isDishonest(answer) && answer.type === 'refused') {
      wants.rejected(stream, link, at, 'for now')
      if (sessions.has(link)) cut(link, answer.code, `It sent a run that no honest node passes on: ${answer.message}`)
    } else if (isProof) lines.answered(link, sketch, answer)
    else if (answer.type === 'evidence' && answer.code === 'ERR_FORK') {
      wants.rejected(stream, link, at, 'fork')
      lines.contradicted(link, stream, sketch.from)
    } else if (answer.type === 'evidence' && answer.code !== 'ERR_REVOKED') wants.rejected(stream, link, at, 'fork')
    else if (isHopeless(answer) || (answer.type === 'gap' && isCounted)) wants.rejected(stream, link, at, 'for now')
    if (isCounted) wants.stored(stream, at)
    if (own.isOwn(stream)) own.answered(link, stream, answer)
  }

  const intake = createIntake<Link>({
    log,
    clock,
    report,
    mayJump: wants.isJumping,
    onAnswer,
    onBatch: () => {
      changed()
      plan()
    },
  })

  const gather = (link: Link, effect: Extract<SessionEffect, { type: 'gather' }>): void => {
    const { bytes, sketch, asked } = effect
    const { stream, from, count } = sketch
    const author = (lines.originOf(stream)?.stream ?? stream).slice(0, 43) as NodeId
    if (!members.isMember(author) || intake.bytes > 2 * gatheredBytesMax) return
    const isAside = asked !== undefined && asked.purpose !== 'events'
    // an own run that comes back is looked at only where it may mend or prove something
    if (own.isOwn(stream) && log.hole(stream) === 0 && asked?.purpose !== 'proof') return
    if (isAside || wants.gather(stream, from, from + count, bytes.length))
      intake.add({ link, bytes, sketch, isCounted: !isAside, isProof: asked?.purpose === 'proof' })
  }

  const read = async (link: Link, effect: Extract<SessionEffect, { type: 'read' }>): Promise<void> => {
    const { id, stream, from, bytes } = effect
    const runs = await log.runs(stream, from, bytes).catch((error: unknown) => {
      report(errorCode(error), `Runs of ${stream} could not be read: ${errorMessage(error)}`)
      return []
    })
    const head = log.head(stream)?.count ?? 0
    run(link, { type: 'read', id, runs, head, buffered: link.buffered })
  }

  const perform = (link: Link, effect: SessionEffect): void => {
    switch (effect.type) {
      case 'send':
        return link.send(effect.frame, effect.lane)
      case 'read': {
        const go = () =>
          void read(link, effect).catch((error: unknown) => cut(link, errorCode(error), errorMessage(error)))
        return own.isOwn(effect.stream) ? own.whenCleared(link, go) : go()
      }
      case 'tellHeads':
        return announcements.tellAll(link)
      case 'told':
        // most of what is told is held already; what is told no more has to be forgotten
        for (const stream of effect.streams) {
          const head = sessions.get(link)?.theirs.get(stream)
          if (head === undefined || head.count > log.count(stream)) wants.touch(stream)
          if (head !== undefined) lines.compare(link, head)
        }
        seals.touch(effect.streams)
        own.told(
          link,
          effect.streams.filter(own.isOwn).flatMap((stream) => sessions.get(link)?.theirs.get(stream) ?? []),
        )
        return changed()
      case 'gather':
        return gather(link, effect)
      case 'over': {
        const { asked } = effect
        if (asked.purpose === 'events') wants.over(link, asked.stream, asked.runs, now())
        else if (asked.purpose === 'proof' && own.isOwn(asked.stream)) own.over(link, asked.stream, asked.runs)
        else if (asked.purpose === 'proof') lines.over(link, asked.stream, asked.runs)
        else seals.over(link, asked.stream, now())
        return
      }
      case 'answerAdmissions':
        return desk.answer(link, effect.nodes)
      case 'learn':
        return desk.learn(link, effect.admissions)
    }
  }

  const run = (link: Link, input: SessionInput): void => {
    const session = sessions.get(link)
    if (session === undefined) return
    for (const effect of step(session, input)) perform(link, effect)
  }

  const ask = (link: Link, stream: StreamId, from: number, bytes: number, purpose: Purpose): void =>
    run(link, { type: 'ask', stream, from, bytes, purpose, now: now() })

  const own = createOwnStreams({
    log,
    clock,
    report,
    ask: (link, stream, from) => ask(link, stream, from, 1, 'proof'),
  })

  const lines = createLines({
    log,
    sessions,
    isMember: (node) => members.isMember(node),
    ask: (link, stream, from) => ask(link, stream, from, 1, 'proof'),
  })

  const reportOnce = (key: string, code: string, message: string): void => {
    if (told.has(key) || told.size > 10_000) return
    told.add(key)
    report(code, message)
  }

  const plan = (): void => {
    if (isClosed) return
    let wanted = 0
    for (const { wantedBytes } of sessions.values()) wanted += wantedBytes
    const { assignments, strangers, beyond } = wants.plan(
      now(),
      intake.isStuck ? 0 : gatheredBytesMax - intake.bytes - wanted,
    )
    if (assignments.reduce((sum, { missing }) => sum + missing, 0) > catchUpEvents) isCatchingUp = true
    for (const { link, stream, from, bytes } of assignments) ask(link, stream, from, bytes, 'events')
    unknown.ask(strangers, now())
    for (const { link, stream } of beyond) {
      const sentence = `${link.node} holds more of this device's own stream ${stream} than it does itself: a copy of this device is, or was, at work.`
      reportOnce(`${link.node} ${stream}`, 'ERR_OWN_STREAM', sentence)
    }
    if (wants.active + wants.waiting + wants.gathered > 0) busyAt = now()
    if (wants.active + wants.waiting > catchUpStreams) isCatchingUp = true
    const isIdle = wants.active === 0 && wants.gathered === 0 && wants.waiting === 0
    intake.settle(isIdle, isCatchingUp)
    if (isIdle) isCatchingUp = false
  }

  /** Frames come in crowds: planned once for those of one turn. */
  let isPlanning = false
  const planSoon = (): void => {
    if (isPlanning) return
    isPlanning = true
    void Promise.resolve().then(() => {
      isPlanning = false
      plan()
    })
  }

  const askForSeals = (): void => {
    if (now() - busyAt < sealIdle) return
    for (const { link, stream, from } of seals.plan(now(), sealWantsMax)) ask(link, stream, from, 1, 'seal')
  }

  const tick = (): void => {
    ticks += 1
    for (const link of [...sessions.keys()]) run(link, { type: 'tick', now: now(), bytesReceived: link.bytesReceived })
    if (ticks % (fullHeadsEvery / tickEvery) === 0) announcements.tellDigest()
    const due = unknown.due(now())
    if (due.length > 0) wants.admit(due)
    plan()
    askForSeals()
    cancelTick = sessions.size > 0 && !isClosed ? clock.after(tickEvery, tick) : undefined
  }

  const stopWatching = [
    log.onFork(({ stream }) => {
      // what none of the lines known before could follow from
      const others = log.forks().filter((fork) => fork.stream === stream)
      wants.renew([stream, ...others.map(({ alias }) => alias)])
      planSoon()
    }),
    log.onStored((stored) => {
      announcements.stored(stored)
      if (stored.isRecut === true) {
        wants.renew(stored.streams)
        planSoon()
      }
      changed()
    }),
    members.onLearn((nodes) => {
      wants.admit(nodes)
      plan()
    }),
  ]

  const attach = (link: Link): void => {
    if (isClosed || sessions.has(link)) return
    const session = createSession(now())
    session.bytesReceived = link.bytesReceived
    sessions.set(link, session)
    sources.set(link, {
      head: (stream) => {
        const head = session.theirs.get(stream)
        return head === undefined ? undefined : counting(log, head)
      },
      get room() {
        return wantedBytesMax - session.wantedBytes
      },
      get wantsLeft() {
        return session.restsUntil > now() ? 0 : wantsMax - session.asked.size
      },
      get wantedBytes() {
        return session.wantedBytes
      },
      get roundTrip() {
        return link.roundTrip ?? roundTripGuess
      },
    })
    announcements.tellAll(link)
    cancelTick ??= clock.after(tickEvery, tick)
    changed()
  }

  const detach = (link: Link): void => {
    if (!sessions.delete(link)) return
    sources.delete(link)
    announcements.forget(link)
    own.forget(link)
    for (const { sketch, isCounted } of intake.drop(link)) if (isCounted) wants.stored(sketch.stream, now())
    wants.forget(link)
    seals.forget(link)
    lines.forget(link)
    plan()
    changed()
  }

  return {
    attach,
    detach,
    own,
    onFrame: (link, frame: MemberFrame) => {
      const sketch = frame.type === 'run' ? log.sketch(frame.bytes) : undefined
      run(link, { type: 'frame', frame, now: now(), sketch })
      planSoon()
    },
    onDrain: (link) => run(link, { type: 'drained' }),
    lag: (link) => {
      const session = sessions.get(link)
      return session?.hasHeads === true
        ? lagOf(log, session.theirs, (stream) => wants.isDoubtful(link, stream))
        : undefined
    },
    headsOf: (link) => {
      const session = sessions.get(link)
      return session?.hasHeads === true ? session.theirs.all : undefined
    },
    toReplicate: () => {
      const all = new Map<StreamId, number>()
      for (const [link, { theirs }] of sessions) {
        for (const head of theirs.all.values()) {
          const count = lacking(log, head)
          if (count > (all.get(head.stream) ?? 0) && !wants.isDoubtful(link, head.stream)) all.set(head.stream, count)
        }
      }
      return all
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {
      isClosed = true
      for (const stop of stopWatching) stop()
      cancelTick?.()
      cancelTell?.()
      announcements.close()
      own.close()
      intake.close()
      sessions.clear()
      sources.clear()
    },
  }
}
