/**
 * What becomes of a node that was restored or cloned (RULES 17), from the proof to the new identity. The proof is a run of its own streams that it
 * has not written, or somebody's renewal of its own name. From then on nothing is written; a next identity is made, a linked member is asked to
 * admit it, the membership is put on disk, the member tells the swarm, and one transaction makes this log that of the new identity: its runs,
 * those of the old name among them, its receipts and settings stay where they are. The node is then opened anew. Goes on after a restart
 * wherever it was cut off; see decision 0014.
 */
import type { Clock } from '../core/clock.ts'
import { errorCode, errorMessage, ShoalError } from '../core/errors.ts'
import { parseStreamId } from '../core/node-id.ts'
import type { Log, RunSketch } from '../log/contract.ts'
import { receiptWrites } from '../log/kept-receipts.ts'
import type { JoinFrame, Link } from '../replication/contract.ts'
import type { Store, Write } from '../store/contract.ts'
import { followPath } from '../swarm/admission.ts'
import type { Members } from '../swarm/contract.ts'
import type { NewMembership } from '../swarm/membership.ts'
import { lamportWrite, membershipWrites } from '../swarm/membership.ts'
import { isSameRenewal, parseRenewal, signRenewal } from '../swarm/renewal.ts'
import { nameFromAfar, stationUrls, swarmNameCharsMax } from '../swarm/text.ts'
import type { Identity } from './identity.ts'
import { openNextIdentity } from './identity.ts'
import type { RenewalNote } from './renewal-note.ts'
import { noteDelete, noteWrite, readNote } from './renewal-note.ts'
import type { WriteGate } from './write-gate.ts'

/** A member answers within a second; another one is asked then. Milliseconds. */
const answerTimeMax = 10_000
/** Who refused, or did not answer, is asked again after this. Milliseconds. */
const askAgainAfter = 30_000
/** What could not be written is tried again after this. Milliseconds. */
const writeAgainAfter = 5000

export interface RenewalDependencies {
  readonly identity: Identity
  readonly members: Members
  readonly log: Pick<Log, 'status' | 'onOwnFork'>
  readonly gate: WriteGate
  readonly store: Store
  readonly clock: Clock
  /** What the new identity takes over besides what is in the log: the settings of the device. */
  readonly carriedOver: () => readonly Write[]
  /** Of members, those that are open now. */
  readonly links: () => readonly Link[]
  readonly report: (code: string, message: string) => void
  /** This log is that of another identity from now on: the node is to be closed, and opened anew. Called once. */
  readonly onRenewed: () => void
}

export interface NodeRenewal {
  /** Of a member's link; false: it is no answer to a renewal. */
  onFrame(link: Link, frame: JoinFrame): boolean
  /** Links have come or gone. */
  look(): void
  close(): void
}

type Offer = Extract<JoinFrame, { readonly type: 'joinOffer' }>

export const openRenewal = async (dependencies: RenewalDependencies): Promise<NodeRenewal> => {
  const { identity, members, log, gate, store, clock, report } = dependencies
  const self = identity.signer.id
  let note: RenewalNote | undefined = await readNote(store)
  let next: Identity | undefined
  let asked: Link | undefined
  /** When each may be asked again, monotonic milliseconds. */
  const rested = new WeakMap<Link, number>()
  let pausedUntil = 0
  let isBusy = false
  let isOver = false
  let cancelAnswer = (): void => undefined
  let cancelAgain = (): void => undefined

  const again = (ms: number): void => {
    cancelAgain()
    cancelAgain = clock.after(ms, look)
  }

  const keep = async (made: RenewalNote): Promise<void> => {
    await store.write([noteWrite(made)], 'strict')
    note = made
  }

  /** Nothing it writes may depend on this having reached the disk: `note` says it in memory. */
  const prove = (shown: RenewalNote['shown'], how: string): void => {
    if (note !== undefined || isOver) return
    gate.stop()
    note = { ...(shown !== undefined && { shown }) }
    report(
      'RENEWING',
      `${how}: this device was restored from an earlier state, or copied. It writes nothing more as ${self} and gets an identity of its own.`,
    )
    look()
  }

  const prepare = async (): Promise<{ readonly next: Identity; readonly renewal: Uint8Array }> => {
    next ??= await openNextIdentity(identity.vault)
    const kept = note?.renewal
    if (kept !== undefined && parseRenewal(kept).node === next.signer.id) return { next, renewal: kept }
    const renewal = await signRenewal(
      {
        swarm: members.swarm,
        was: self,
        node: next.signer.id,
        boxKey: next.boxKey,
        lamport: log.status().lamport,
        ...(note?.shown !== undefined && { shown: note.shown }),
      },
      identity.signer,
      next.signer,
    )
    await keep({ shown: note?.shown, renewal })
    return { next, renewal }
  }

  const rest = (link: Link): void => {
    cancelAnswer()
    rested.set(link, clock.monotonic() + askAgainAfter)
    if (asked === link) asked = undefined
    again(0)
  }

  const ask = async (): Promise<void> => {
    const { renewal } = await prepare()
    const link = dependencies.links().find((one) => (rested.get(one) ?? 0) <= clock.monotonic())
    if (link === undefined) return again(askAgainAfter)
    asked = link
    cancelAnswer = clock.after(answerTimeMax, () => {
      report('ERR_JOIN_TIMEOUT', `${link.node} did not answer a wish to go on as another one; another member is asked.`)
      rest(link)
    })
    link.send({ type: 'renewRequest', renewal, admissions: note?.membership?.path ?? [] })
  }

  /** One thing at a time; what fails is tried again. */
  const inTurn = (action: () => Promise<void>): void => {
    if (isBusy || isOver) return
    isBusy = true
    action()
      .catch((error: unknown) => {
        report(errorCode(error), `The renewal of this device could not go on: ${errorMessage(error)}`)
        asked = undefined
        cancelAnswer()
        pausedUntil = clock.monotonic() + writeAgainAfter
        again(writeAgainAfter)
      })
      .finally(() => {
        isBusy = false
        // its link went meanwhile
        if (asked !== undefined) look()
      })
  }

  const look = (): void => {
    if (note === undefined || isOver || isBusy || clock.monotonic() < pausedUntil) return
    if (asked !== undefined && dependencies.links().includes(asked)) return
    cancelAnswer()
    inTurn(ask)
  }

  const judge = async (offer: Offer): Promise<NewMembership> => {
    const { next: identityNext, renewal } = await prepare()
    const entry = await followPath(offer.admissions, members.swarm, identityNext.signer.id)
    const made = entry?.admission.renewal
    if (entry === undefined || made === undefined || !isSameRenewal(made, parseRenewal(renewal)))
      throw new ShoalError(
        'ERR_JOIN_OFFER',
        'What a member offered is not good: its admissions do not lead to the next identity.',
      )
    return {
      path: offer.admissions,
      swarmKey: { key: offer.swarmKey, epoch: offer.keyEpoch },
      hints: { swarmName: nameFromAfar(offer.swarmName, swarmNameCharsMax), stations: stationUrls(offer.stations) },
    }
  }

  const take = async (link: Link, offer: Offer): Promise<void> => {
    const { renewal } = await prepare()
    try {
      await keep({ shown: note?.shown, renewal, membership: await judge(offer) })
    } catch (error) {
      if (errorCode(error) !== 'ERR_JOIN_OFFER') throw error
      report('ERR_JOIN_OFFER', `${link.node}: ${errorMessage(error)}`)
      return rest(link)
    }
    if (asked !== link || isOver) return
    link.send({ type: 'renewRequest', renewal, admissions: note?.membership?.path ?? [] })
  }

  const move = async (lamport: number): Promise<void> => {
    const membership = note?.membership
    if (membership === undefined || next === undefined) return
    // what was let through before the proof is on its way to the disk, with its receipts
    await gate.drained()
    const receipts = await receiptWrites(store, self)
    await store.write(
      [
        ...membershipWrites(membership),
        ...dependencies.carriedOver(),
        ...receipts,
        // what the next identity writes comes after the event that tells of it, and after all that is here
        lamportWrite(Math.max(lamport, log.status().lamport)),
        noteDelete,
      ],
      'strict',
    )
    isOver = true
    cancelAnswer()
    cancelAgain()
    report('RENEWED', `This device goes on as ${next.signer.id}; it was ${self}. Everything it wrote is kept.`)
    dependencies.onRenewed()
  }

  const checkRenewed = (): void => {
    const mine = next?.signer.id
    const other = members.list().find(({ admission: { renewal } }) => renewal?.was === self && renewal.node !== mine)
      ?.admission.certificate.node
    if (other !== undefined && note === undefined) prove(undefined, `${other} goes on in the place of this device`)
  }

  const stops = [
    log.onOwnFork(({ stream, from, count, chainAfter }: RunSketch) => {
      const number = parseStreamId(stream)?.number ?? 0
      const how = `There are events ${from} to ${from + count - 1} of ${stream} that this device has not written`
      prove({ number, count: from + count, chain: chainAfter }, how)
    }),
    members.onLearn(checkRenewed),
  ]
  if (note !== undefined) gate.stop()
  else checkRenewed()

  return {
    onFrame: (link, frame) => {
      if (note === undefined) return false
      // an answer that came late
      if (link !== asked) return frame.type === 'joinOffer' || frame.type === 'joined' || frame.type === 'joinRefused'
      switch (frame.type) {
        case 'joinOffer':
          if (note.membership === undefined) inTurn(() => take(link, frame))
          return true
        case 'joined':
          inTurn(() => move(frame.lamport))
          return true
        case 'joinRefused':
          report(frame.code, `${link.node} did not let this device go on as another one: ${frame.message}`)
          rest(link)
          return true
        default:
          return false
      }
    },
    look,
    close: () => {
      isOver = true
      for (const stop of stops) stop()
      cancelAnswer()
      cancelAgain()
    },
  }
}
