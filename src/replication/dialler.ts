/**
 * Makes channels out of offers and answers, by whatever way they travel. At any time there is at most one dialling with another node: an
 * offer that arrives twice counts once, and when both ends dial, the offer of the lower node id stands and the other is given up.
 */
import type { Clock } from '../core/clock.ts'
import type { NodeId } from '../core/event.ts'
import { cryptBase64 } from '../core/node-id.ts'
import type { Random } from '../core/random.ts'
import type { Channel, CloseReason, Dialling, Radio } from '../transport/contract.ts'
import type { DialStep, EndedBy } from './contract.ts'
import type { SignalNote } from './signal-note.ts'
import { noteIdBytes, notedSignalBytesMax } from './signal-note.ts'

/** An answer must have come by then; it carries all candidates, so the other end has to gather some first. Milliseconds. */
const answerTimeMax = 10_000
/** Offers being answered at once: each costs a connection of the platform. */
const incomingMax = 12
const offersRemembered = 512

/** Whom a dialling is with: a node, or a newcomer known by its presence in a room only. */
export interface Party {
  readonly key: string
  readonly node: NodeId | undefined
}

export interface Opened {
  readonly isOutgoing: boolean
  /** When it was dialled, or the offer came; monotonic milliseconds. */
  readonly begunAt: number
  /** As claimed; absent for a newcomer. */
  readonly node?: NodeId
}

export type Tell = (note: SignalNote) => void

export interface Dialler {
  /** Whether it began: not while one is under way with that party, nor without a radio. */
  dial(party: Party, tell: Tell): boolean
  /** An offer, an answer or a refusal from that party; `tell` goes back the way it came. */
  onNote(party: Party, note: SignalNote, tell: Tell): void
  isDialling(key: string): boolean
  /** Of all diallings. */
  parties(): readonly Party[]
  /** Of those that we began. */
  outgoing(): readonly Party[]
  giveUp(key: string): void
  close(): void
}

export interface DiallerOptions {
  /** Absent: a newcomer. */
  readonly self: NodeId | undefined
  readonly radio: Radio
  readonly clock: Clock
  readonly random: Random
  /** A code that refuses the offer, or `undefined` to answer it. */
  readonly refusal: (party: Party) => string | undefined
  readonly onChannel: (channel: Channel, opened: Opened) => void
  /** One that we began has come to nothing. */
  readonly onFail: (party: Party, reason: CloseReason) => void
  /** Of all, for whoever wants to know why there is no link. */
  readonly onStep?: (party: Party, step: DialStep) => void
}

interface Attempt {
  readonly id: string
  readonly party: Party
  readonly isOutgoing: boolean
  /** Monotonic milliseconds. */
  readonly begunAt: number
  /** As it was told. */
  offer: SignalNote | undefined
  dialling: Dialling | undefined
  cancelTimer: () => void
}

export const createDialler = (options: DiallerOptions): Dialler => {
  const { self, radio, clock, random, refusal, onChannel, onFail, onStep } = options
  const attempts = new Map<string, Attempt>()
  const offers = new Set<string>()
  let closed = false

  const end = (attempt: Attempt): boolean => {
    attempt.cancelTimer()
    if (attempts.get(attempt.party.key) !== attempt) return false
    attempts.delete(attempt.party.key)
    return true
  }
  const giveUp = (attempt: Attempt): void => {
    if (end(attempt)) attempt.dialling?.close()
  }
  const fail = (attempt: Attempt, reason: CloseReason, by: EndedBy = 'network'): void => {
    if (!end(attempt)) return
    attempt.dialling?.close()
    const { party, isOutgoing } = attempt
    onStep?.(party, {
      type: 'failed',
      isOutgoing,
      by: reason.code === 'ERR_NO_RADIO' && by === 'network' ? 'us' : by,
      reason,
    })
    if (isOutgoing) onFail(party, reason)
  }

  const begin = (attempt: Attempt, noteId: Uint8Array, tell: Tell): Dialling => {
    attempts.set(attempt.party.key, attempt)
    const { isOutgoing, party } = attempt
    const dialling = radio.dial({
      initiator: isOutgoing,
      onSignal: (signal) => {
        if (attempts.get(party.key) !== attempt) return
        if (signal.length > notedSignalBytesMax)
          return fail(
            attempt,
            { code: 'ERR_SIGNAL_SIZE', message: 'The signal of this device is too large to be carried.' },
            'us',
          )
        const note: SignalNote = { type: isOutgoing ? 'offer' : 'answer', node: self, id: noteId, signal }
        if (isOutgoing) attempt.offer = note
        onStep?.(party, { type: isOutgoing ? 'offered' : 'answered', isOutgoing, isOurs: true, signal })
        tell(note)
      },
      onOpen: (channel) => {
        if (end(attempt) && !closed)
          onChannel(channel, {
            isOutgoing,
            begunAt: attempt.begunAt,
            ...(party.node !== undefined && { node: party.node }),
          })
        else channel.close()
      },
      onFail: (reason) => fail(attempt, reason),
    })
    attempt.dialling = dialling
    return dialling
  }

  const newAttempt = (id: string, party: Party, isOutgoing: boolean): Attempt => ({
    id,
    party,
    isOutgoing,
    begunAt: clock.monotonic(),
    offer: undefined,
    dialling: undefined,
    cancelTimer: () => undefined,
  })

  const onOffer = (party: Party, note: Extract<SignalNote, { type: 'offer' | 'answer' }>, tell: Tell): void => {
    const id = cryptBase64(note.id)
    if (offers.has(id)) return
    offers.add(id)
    for (const oldest of offers) {
      if (offers.size <= offersRemembered) break
      offers.delete(oldest)
    }
    const under = attempts.get(party.key)
    // both dial: the other end decides likewise, and answers ours; told again, since it may have come to where nobody heard it yet
    if (under?.isOutgoing === true && self !== undefined && party.node !== undefined && self < party.node)
      return under.offer === undefined ? undefined : tell(under.offer)
    const incoming = [...attempts.values()].filter(({ isOutgoing }) => !isOutgoing).length
    const code = !radio.isReady
      ? 'ERR_NO_RADIO'
      : incoming >= incomingMax && under === undefined
        ? 'ERR_BUSY'
        : refusal(party)
    if (code !== undefined) return tell({ type: 'refuse', node: self, id: note.id, code })
    if (under !== undefined) giveUp(under)
    onStep?.(party, { type: 'offered', isOutgoing: false, isOurs: false, signal: note.signal })
    begin(newAttempt(id, party, false), note.id, tell).signal(note.signal)
  }

  return {
    dial: (party, tell) => {
      if (closed || !radio.isReady || attempts.has(party.key)) return false
      const noteId = random(noteIdBytes)
      const attempt = newAttempt(cryptBase64(noteId), party, true)
      begin(attempt, noteId, tell)
      if (attempts.get(party.key) === attempt)
        attempt.cancelTimer = clock.after(answerTimeMax, () =>
          fail(attempt, { code: 'ERR_NO_ANSWER', message: 'The other device did not answer within 10 s.' }),
        )
      return true
    },
    onNote: (party, note, tell) => {
      if (closed || note.type === 'greet') return
      if (note.type === 'offer') return onOffer(party, note, tell)
      const attempt = attempts.get(party.key)
      const isOurs = attempt?.isOutgoing === true && attempt.id === cryptBase64(note.id)
      if (note.type !== 'refuse') {
        if (!isOurs) return tell({ type: 'refuse', node: self, id: note.id, code: 'ERR_DIAL_OVER' })
        // from here the radio's own patience counts
        attempt.cancelTimer()
        onStep?.(party, { type: 'answered', isOutgoing: true, isOurs: false, signal: note.signal })
        attempt.dialling?.signal(note.signal)
      } else if (isOurs) fail(attempt, { code: note.code, message: 'The other device cannot take a link now.' }, 'them')
      // what we answered is no longer waited for
      else if (attempt?.isOutgoing === false && attempt.id === cryptBase64(note.id)) giveUp(attempt)
    },
    isDialling: (key) => attempts.has(key),
    parties: () => [...attempts.values()].map(({ party }) => party),
    outgoing: () => [...attempts.values()].filter(({ isOutgoing }) => isOutgoing).map(({ party }) => party),
    giveUp: (key) => {
      const attempt = attempts.get(key)
      if (attempt !== undefined) giveUp(attempt)
    },
    close: () => {
      closed = true
      for (const attempt of [...attempts.values()]) giveUp(attempt)
    },
  }
}
