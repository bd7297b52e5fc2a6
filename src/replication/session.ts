/**
 * One link's side of replication, as a state machine: an input changes the state it is given and answers what is to be done. It knows
 * no clock, no bytes of the log and no other link.
 *
 *   they tell heads     → the planner of wants is told what may be had here
 *   they want           → runs are read, a few at a time and never more than the link carries off, sent verbatim, then `sent`
 *   we want (`ask`)     → `want` goes out; its runs are gathered until `sent`
 *   nothing comes       → our wants are given up, and the link rests
 */
import { equalBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { isKeptStream } from '../core/kept-stream.ts'
import {
  answerBytes,
  askAdmissionsMax,
  headsAnswerEvery,
  headsMax,
  linkBytesHigh,
  linkRestTime,
  pushBytesMax,
  rawBytesMax,
  wantBytesMin,
  wantSilenceMax,
  wantTimeMax,
  wantsQueuedMax,
} from '../core/limits.ts'
import type { RunRecord, RunSketch } from '../log/contract.ts'
import type { Lane, MemberFrame, StreamHead } from './contract.ts'
import type { HeadBook } from './head-book.ts'
import { createHeadBook } from './head-book.ts'

/** `events`: what is lacking; `seal`: one seal of what is held already; `proof`: a run that shows whether a head that is told is true. */
export type Purpose = 'events' | 'seal' | 'proof'

/** A want of ours under way. */
export interface Asked {
  readonly id: number
  readonly stream: StreamId
  readonly purpose: Purpose
  /** About so many are asked for. */
  readonly bytes: number
  received: number
  runs: number
}

type Want = Extract<MemberFrame, { readonly type: 'want' }>

/** A want of theirs that is being answered. */
interface Answering {
  readonly id: number
  readonly stream: StreamId
  next: number
  left: number
  isReading: boolean
  lane: Lane | undefined
}

export interface Session {
  /** Heads of the other end, as far as it told them. */
  readonly theirs: HeadBook
  /** Whether it has told all of them once. */
  hasHeads: boolean
  readonly asked: Map<number, Asked>
  /** Sum of what is asked for and has not arrived. */
  wantedBytes: number
  /** Monotonic milliseconds: until then nothing is asked of it. */
  restsUntil: number
  /** Sent unasked: up to here it will know soon. */
  readonly pushedTo: Map<StreamId, number>
  nextId: number
  readonly queue: Want[]
  answering: Answering | undefined
  /** The link carries enough for now. */
  isFull: boolean
  /** When bytes, and when a whole run, came last. */
  heardAt: number
  runAt: number
  bytesReceived: number
  toldAt: number
  /** They asked for whole heads too early. */
  owesHeads: boolean
  askedHeadsAt: number
}

export const createSession = (now: number): Session => ({
  theirs: createHeadBook(),
  hasHeads: false,
  asked: new Map(),
  wantedBytes: 0,
  restsUntil: 0,
  pushedTo: new Map(),
  nextId: 1,
  queue: [],
  answering: undefined,
  isFull: false,
  heardAt: now,
  runAt: now,
  bytesReceived: 0,
  toldAt: -headsAnswerEvery,
  owesHeads: false,
  askedHeadsAt: -headsAnswerEvery,
})

export type SessionInput =
  | {
      readonly type: 'frame'
      readonly frame: MemberFrame
      readonly now: number
      readonly sketch?: RunSketch | undefined
    }
  /** What was read for the want that is being answered; `head`: count of the stream here. */
  | {
      readonly type: 'read'
      readonly id: number
      readonly runs: readonly RunRecord[]
      readonly head: number
      readonly buffered: number
    }
  | { readonly type: 'drained' }
  | {
      readonly type: 'ask'
      readonly stream: StreamId
      readonly from: number
      readonly bytes: number
      readonly purpose: Purpose
      readonly now: number
    }
  /** Every second or so. `bytesReceived` counts all frames of the link. */
  | { readonly type: 'tick'; readonly now: number; readonly bytesReceived: number }

export type SessionEffect =
  | { readonly type: 'send'; readonly frame: MemberFrame; readonly lane: Lane }
  | {
      readonly type: 'read'
      readonly id: number
      readonly stream: StreamId
      readonly from: number
      readonly bytes: number
    }
  /** Whole heads are to be sent. */
  | { readonly type: 'tellHeads' }
  /** They told new heads of these streams. */
  | { readonly type: 'told'; readonly streams: readonly StreamId[] }
  /** A run arrived; `asked` unless it was sent unasked or given up meanwhile. */
  | {
      readonly type: 'gather'
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly sketch: RunSketch
      readonly asked: Asked | undefined
    }
  /** A want of ours is over: all was sent that was going to be, or it was given up. */
  | { readonly type: 'over'; readonly asked: Asked }
  | { readonly type: 'answerAdmissions'; readonly nodes: readonly NodeId[] }
  | { readonly type: 'learn'; readonly admissions: readonly Uint8Array[] }

const refuse = (code: string, message: string): never => {
  throw new ShoalError(code, message)
}

const endOf = ({ from, count }: { readonly from: number; readonly count: number }): number => from + count

const takeHeads = (session: Session, full: boolean, heads: readonly StreamHead[]): SessionEffect[] => {
  const { theirs } = session
  const streams: StreamId[] = []
  if (full) {
    const named = new Set(heads.map(({ stream }) => stream))
    for (const stream of [...theirs.all.keys()]) {
      if (named.has(stream)) continue
      theirs.delete(stream)
      // or what is planned of it would be remembered for ever
      streams.push(stream)
    }
    session.hasHeads = true
  }
  for (const head of heads) if (isKeptStream(head.stream) && theirs.set(head)) streams.push(head.stream)
  if (theirs.size > headsMax) refuse('ERR_TOO_MANY_HEADS', `A node tells of at most ${headsMax} streams.`)
  return full || streams.length > 0 ? [{ type: 'told', streams }] : []
}

/** The next step of answering their wants, if it may be taken now. */
const answer = (session: Session): SessionEffect[] => {
  if (session.answering === undefined) {
    const want = session.queue.shift()
    if (want === undefined) return []
    const { id, stream, from, bytes } = want
    session.answering = { id, stream, next: from, left: bytes, isReading: false, lane: undefined }
  }
  const { answering } = session
  if (answering.isReading || session.isFull) return []
  answering.isReading = true
  const bytes = Math.max(1, Math.min(answering.left, answerBytes))
  return [{ type: 'read', id: answering.id, stream: answering.stream, from: answering.next, bytes }]
}

const sendRead = (session: Session, input: Extract<SessionInput, { readonly type: 'read' }>): SessionEffect[] => {
  const { answering } = session
  if (answering === undefined || answering.id !== input.id || !answering.isReading) return []
  answering.isReading = false
  const size = input.runs.reduce((sum, { bytes }) => sum + bytes.length, 0)
  // little that is fresh must not wait behind much that is old
  answering.lane ??= answering.left <= wantBytesMin && size <= pushBytesMax ? 'control' : 'bulk'
  const { id, lane } = answering
  const effects = input.runs.map(({ bytes }): SessionEffect => ({
    type: 'send',
    frame: { type: 'run', id, bytes },
    lane,
  }))
  answering.left -= size
  answering.next = Math.max(answering.next, ...input.runs.map(endOf))
  session.isFull = input.buffered + size > linkBytesHigh
  if (size === 0 || answering.left <= 0 || answering.next >= input.head) {
    effects.push({ type: 'send', frame: { type: 'sent', id }, lane })
    session.answering = undefined
  }
  return [...effects, ...answer(session)]
}

const takeRun = (
  session: Session,
  frame: Extract<MemberFrame, { type: 'run' }>,
  now: number,
  sketch: RunSketch | undefined,
): SessionEffect[] => {
  if (sketch === undefined) return refuse('ERR_MALFORMED', 'What was sent as a run is none.')
  const { bytes, id } = frame
  session.heardAt = now
  session.runAt = now
  const end = endOf(sketch)
  if (!isKeptStream(sketch.stream)) return []
  if (id === 0) {
    // it tells the head of its sender as well
    const before = session.theirs.get(sketch.stream)
    const known = before?.count ?? 0
    if (end > known) {
      const { stream, from, chainAfter: chain } = sketch
      session.theirs.set({ stream, from: before?.from ?? from, count: end, sealedTo: before?.sealedTo ?? from, chain })
      if (session.theirs.size > headsMax) refuse('ERR_TOO_MANY_HEADS', `A node tells of at most ${headsMax} streams.`)
    }
    return [
      { type: 'gather', bytes, sketch, asked: undefined },
      ...(end > known ? [{ type: 'told', streams: [sketch.stream] } as const] : []),
    ]
  }
  const asked = session.asked.get(id)
  let placed = sketch
  if (asked !== undefined) {
    const origin = session.theirs.get(asked.stream)?.origin
    if ((origin?.stream ?? asked.stream) !== sketch.stream)
      refuse('ERR_WRONG_RUN', 'A run of another stream answers a want.')
    // the branch of a fork is read from where it begins
    if (origin !== undefined) placed = { ...sketch, stream: asked.stream, from: sketch.from - origin.at }
    const before = Math.min(asked.received, asked.bytes)
    asked.received += bytes.length
    asked.runs += 1
    session.wantedBytes -= Math.min(asked.received, asked.bytes) - before
    if (asked.received > asked.bytes + rawBytesMax) refuse('ERR_WRONG_RUN', 'Far more was sent than was wanted.')
  }
  return [{ type: 'gather', bytes, sketch: placed, asked }]
}

const endAsked = (session: Session, asked: Asked): SessionEffect => {
  session.asked.delete(asked.id)
  session.wantedBytes -= Math.max(0, asked.bytes - asked.received)
  return { type: 'over', asked }
}

const takeFrame = (
  session: Session,
  { frame, now, sketch }: Extract<SessionInput, { type: 'frame' }>,
): SessionEffect[] => {
  switch (frame.type) {
    case 'heads':
      return takeHeads(session, frame.full, frame.heads)
    case 'headsDigest':
      if (session.hasHeads && equalBytes(frame.digest, session.theirs.digest())) return []
      if (now - session.askedHeadsAt < headsAnswerEvery) return []
      session.askedHeadsAt = now
      return [{ type: 'send', frame: { type: 'askHeads' }, lane: 'control' }]
    case 'askHeads':
      return askHeads(session, now)
    case 'want':
      if (session.queue.length >= wantsQueuedMax)
        return refuse('ERR_TOO_MANY_WANTS', `More than ${wantsQueuedMax} wants wait for their answer.`)
      session.queue.push(frame)
      return answer(session)
    case 'run':
      return takeRun(session, frame, now, sketch)
    case 'sent': {
      session.heardAt = now
      session.runAt = now
      const asked = session.asked.get(frame.id)
      return asked === undefined ? [] : [endAsked(session, asked)]
    }
    case 'askAdmissions':
      return [{ type: 'answerAdmissions', nodes: frame.nodes.slice(0, askAdmissionsMax) }]
    case 'admissions':
      return [{ type: 'learn', admissions: frame.admissions }]
    default:
      return []
  }
}

const askHeads = (session: Session, now: number): SessionEffect[] => {
  session.owesHeads = now - session.toldAt < headsAnswerEvery
  if (session.owesHeads) return []
  session.toldAt = now
  return [{ type: 'tellHeads' }]
}

const tick = (session: Session, now: number, bytesReceived: number): SessionEffect[] => {
  // heartbeats alone are no progress
  if (bytesReceived - session.bytesReceived > 1024) session.heardAt = now
  session.bytesReceived = bytesReceived
  const effects = session.owesHeads ? askHeads(session, now) : []
  if (session.asked.size === 0) return effects
  if (now - session.heardAt < wantSilenceMax && now - session.runAt < wantTimeMax) return effects
  session.restsUntil = now + linkRestTime
  return [...effects, ...[...session.asked.values()].map((asked) => endAsked(session, asked))]
}

/** Throws a `ShoalError` for what no honest node sends; the link is to be closed with it. */
export const step = (session: Session, input: SessionInput): readonly SessionEffect[] => {
  switch (input.type) {
    case 'frame':
      return takeFrame(session, input)
    case 'read':
      return sendRead(session, input)
    case 'drained':
      session.isFull = false
      return session.answering === undefined ? [] : answer(session)
    case 'ask': {
      const { stream, from, bytes, purpose, now } = input
      const id = session.nextId++
      if (session.asked.size === 0) {
        session.heardAt = now
        session.runAt = now
      }
      session.asked.set(id, { id, stream, purpose, bytes, received: 0, runs: 0 })
      session.wantedBytes += bytes
      return [{ type: 'send', frame: { type: 'want', id, stream, from, bytes }, lane: 'control' }]
    }
    case 'tick':
      return tick(session, input.now, input.bytesReceived)
  }
}
