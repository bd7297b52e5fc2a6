/**
 * The vectors of all members: kept, passed on by anti-entropy (a node tells one linked node at a time which it knows and is sent what is
 * newer), and what follows from them: on how many devices an event is safe, and below which lamport nothing can change any more (RULES 21).
 */
import { fraction } from '../core/back-off.ts'
import type { Clock } from '../core/clock.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { ShoalError } from '../core/errors.ts'
import { isWrittenBy } from '../core/event-filter.ts'
import { linkBytesHigh, seenWithin, vectorEvery } from '../core/limits.ts'
import type { Random } from '../core/random.ts'
import type { TokenBucket } from '../core/token-bucket.ts'
import { createTokenBucket } from '../core/token-bucket.ts'
import type { Signer } from '../crypto/keys.ts'
import type { Log } from '../log/contract.ts'
import type { Members } from '../swarm/contract.ts'
import type { Link, MemberFrame, StreamHead, VectorFrame } from './contract.ts'
import type { Vector, VectorMap } from './vector.ts'
import { frameOf, readVector, signVector, vectorStreamsMax } from './vector.ts'

/** What is known is compared with one linked node this often. Milliseconds. */
const gossipEvery = 5000
/** In a swarm of more than this many, vectors come less often, so that their traffic does not grow with the square. */
const membersAtFullPace = 100
/** Vectors in one frame are about this many streams in all. */
const streamsPerFrame = 1000
/** Of one linked node, entries of vectors that wait to be looked at; what comes beyond them is told again by the next comparison. */
const queuedMax = 100_000
/** Comparisons of one linked node that are answered: an honest one makes a few, one more every five seconds. */
const comparisons = { perSecond: 1, atOnce: 20 }
/** A linked node that went on for so long after that is no honest one. */
const overPaceMax = 200

export interface KnownVector {
  readonly vector: Vector
  /** The one before, so that a difference to it can be sent. */
  readonly before: Vector | undefined
  /** Highest lamport of a vector of this node whose own streams were held here as far as it said. */
  readonly counted: number
  /** Microseconds since the epoch, our clock. */
  readonly heardAt: number
}

export interface VectorDependencies {
  readonly log: Pick<Log, 'heads' | 'presentCount' | 'cutOf' | 'status'>
  readonly signer: Signer
  readonly members: Pick<Members, 'isMember' | 'list'>
  /** Whether a member is gone for good: it neither holds anything up nor counts. */
  readonly hasLeft: (node: NodeId) => boolean
  readonly clock: Clock
  readonly random: Random
  readonly report: (code: string, sentence: string) => void
  /** Kept across restarts, newest of each node; may be lost. */
  readonly kept: readonly Vector[]
  readonly keep: (vectors: readonly Vector[]) => void
  /** Microseconds since the epoch, our clock, of the last frame of a node over a direct link. */
  readonly heardDirectly: (node: NodeId) => number | undefined
}

export interface Vectors {
  attach(link: Link): void
  detach(link: Link): void
  /** `vectorHeads` and `vectors`. */
  onFrame(link: Link, frame: MemberFrame): void
  known(node: NodeId): KnownVector | undefined
  /** Microseconds, our clock: when `node` was last heard of, directly or by a vector. */
  seenAt(node: NodeId): number | undefined
  horizon(): { readonly lamport: number; readonly waitingFor: readonly NodeId[] }
  /** Whether a word of `node` is recent enough to be counted on. */
  isRecent(node: NodeId): boolean
  close(): void
}

const mapOf = (heads: ReadonlyMap<StreamId, Pick<StreamHead, 'count'>>): VectorMap =>
  new Map([...heads].flatMap(([stream, { count }]) => (count > 0 ? [[stream, count] as const] : [])))

/** A linked node. */
interface Partner {
  /** What it knows, as far as it has said or been sent. */
  readonly seqs: Map<NodeId, number>
  readonly allowance: TokenBucket
  queued: number
  overPace: number
}

export const createVectors = (dependencies: VectorDependencies): Vectors => {
  const { log, signer, members, clock, random } = dependencies
  const known = new Map<NodeId, KnownVector>()
  const links = new Map<Link, Partner>()
  let ownSeq = 0
  /** When the next own one is due: the first at once, but in a large swarm that was switched on at the same moment not all of them. */
  let dueAt: number | undefined
  let closed = false
  let working: Promise<unknown> = Promise.resolve()

  /**
   * Whether the streams of its own node are present here as far as it says: only then nothing older of that node can still come to light.
   * What is stored is not enough, since readers see it later (RULES 12).
   */
  const isHeld = ({ node, map }: Vector): boolean => {
    for (const [stream, count] of map) {
      if (!isWrittenBy(stream, node)) continue
      if (log.presentCount(stream) < Math.min(count, log.cutOf(stream) ?? count)) return false
    }
    return true
  }

  const enter = (vector: Vector): void => {
    const before = known.get(vector.node)
    if (before !== undefined && before.vector.seq >= vector.seq) return
    const counted = Math.max(before?.counted ?? 0, isHeld(vector) ? vector.lamport : 0)
    known.set(vector.node, { vector, before: before?.vector, counted, heardAt: clock.now() })
  }
  for (const vector of dependencies.kept) {
    if (vector.node === signer.id) ownSeq = Math.max(ownSeq, vector.seq)
    else if (members.isMember(vector.node)) {
      enter(vector)
      const entry = known.get(vector.node)
      // it was heard then, not now
      if (entry !== undefined) known.set(vector.node, { ...entry, heardAt: Math.min(clock.now(), vector.time) })
    }
  }

  const seqs = (): (readonly [NodeId, number])[] => [...known].map(([node, { vector }]) => [node, vector.seq])
  // in one lane with the vectors, so that an answer never overtakes them
  const tell = (link: Link): void => link.send({ type: 'vectorHeads', seqs: seqs() }, 'bulk')

  const sendNewer = (link: Link, theirs: Map<NodeId, number>): void => {
    let batch: VectorFrame[] = []
    let streams = 0
    const flush = (): void => {
      if (batch.length > 0) link.send({ type: 'vectors', vectors: batch }, 'bulk')
      batch = []
      streams = 0
    }
    for (const [node, { vector, before }] of known) {
      const seq = theirs.get(node) ?? 0
      // also its own, where it has forgotten it: it goes on above that, or nobody would believe it for as long as its clock is back
      if (seq >= vector.seq) continue
      theirs.set(node, vector.seq)
      const frame = frameOf(vector, before?.seq === seq ? before : undefined)
      batch.push(frame)
      streams += frame.map.length + 4
      if (streams >= streamsPerFrame) flush()
    }
    flush()
  }

  const say = async (): Promise<void> => {
    const map = mapOf(log.heads())
    // nobody would take it
    if (map.size > vectorStreamsMax) return
    ownSeq = Math.max(ownSeq + 1, Math.floor(clock.now() / 1000))
    dueAt = clock.monotonic() + pace()
    enter(await signVector({ seq: ownSeq, lamport: log.status().lamport, time: clock.now(), map }, signer))
  }

  /** Nodes look at the signature before they pass a whole vector on. */
  const refuseForged = (link: Link, { node }: VectorFrame): void => {
    const message = `It passed on a vector that ${node} has not signed.`
    dependencies.report('ERR_VECTOR', `The ${link.kind} link to ${link.node} was cut: ${message}`)
    link.close({ code: 'ERR_VECTOR', message })
  }

  const take = async (link: Link, frames: readonly VectorFrame[]): Promise<void> => {
    const fresh: Vector[] = []
    for (const frame of frames) {
      const partner = links.get(link)
      if (closed || partner === undefined) break
      if (!members.isMember(frame.node)) continue
      partner.seqs.set(frame.node, Math.max(partner.seqs.get(frame.node) ?? 0, frame.seq))
      const held = known.get(frame.node)
      if (frame.node === signer.id) {
        // a vector of ours that we do not remember: go on above it
        if (frame.base !== undefined) continue
        const own = await readVector(frame, undefined)
        if (own === undefined) refuseForged(link, frame)
        else ownSeq = Math.max(ownSeq, own.seq)
        continue
      }
      if (held !== undefined && held.vector.seq >= frame.seq) continue
      const base = held?.vector.seq === frame.base ? held?.vector : held?.before
      const vector = await readVector(frame, base)
      if (vector === undefined) {
        // a difference to one we do not hold is asked for again, whole
        if (frame.base === undefined) refuseForged(link, frame)
        continue
      }
      enter(vector)
      fresh.push(vector)
    }
    if (fresh.length > 0) dependencies.keep(fresh)
  }

  const pace = (): number => vectorEvery * Math.max(1, members.list().length / membersAtFullPace)

  const gossip = async (): Promise<void> => {
    for (const [node, entry] of known) {
      if (entry.counted < entry.vector.lamport && isHeld(entry.vector))
        known.set(node, { ...entry, counted: entry.vector.lamport })
    }
    if (links.size === 0) return
    const now = clock.monotonic()
    dueAt ??= now + fraction(random) * (pace() - vectorEvery)
    if (now >= dueAt) {
      await say()
      const own = known.get(signer.id)
      if (own !== undefined) dependencies.keep([own.vector])
    }
    if (closed) return
    const all = [...links.keys()]
    const link = all[(random(1)[0] ?? 0) % all.length]
    if (link !== undefined) tell(link)
  }
  const compare = (link: Link, seqsThere: readonly (readonly [NodeId, number])[]): void => {
    const partner = links.get(link)
    if (partner === undefined || closed || link.buffered > linkBytesHigh) return
    const told = seqsThere.filter(([node]) => members.isMember(node))
    partner.seqs.clear()
    for (const [node, seq] of told) partner.seqs.set(node, seq)
    sendNewer(link, partner.seqs)
    const isNewerThere = told.some(([node, seq]) => node !== signer.id && (known.get(node)?.vector.seq ?? 0) < seq)
    if (isNewerThere) tell(link)
  }

  /** One after the other. */
  const then = (action: () => unknown): void => {
    working = working.then(action).catch((error: unknown) => dependencies.report('VECTORS', String(error)))
  }

  let cancel: () => void = () => undefined
  const again = (): void => {
    cancel = clock.after(gossipEvery, () => {
      then(gossip)
      then(() => closed || again())
    })
  }
  again()

  const seenAt = (node: NodeId): number | undefined => {
    const direct = dependencies.heardDirectly(node)
    const entry = known.get(node)
    // a clock that runs ahead must not make a device look fresh for ever
    const told = entry === undefined ? undefined : Math.min(entry.vector.time, entry.heardAt)
    return direct === undefined ? told : Math.max(direct, told ?? 0)
  }

  return {
    attach: (link) => {
      links.set(link, {
        seqs: new Map(),
        allowance: createTokenBucket(clock, comparisons),
        queued: 0,
        overPace: 0,
      })
      tell(link)
    },
    detach: (link) => {
      links.delete(link)
    },
    onFrame: (link, frame) => {
      const partner = links.get(link)
      if (partner === undefined) return
      if (frame.type === 'vectorHeads') {
        if (partner.allowance.take()) return then(() => compare(link, frame.seqs))
        partner.overPace += 1
        if (partner.overPace > overPaceMax)
          throw new ShoalError('ERR_VECTOR_FLOOD', 'It compares vectors far more often than it may.')
      } else if (frame.type === 'vectors') {
        const entries = frame.vectors.reduce((sum, { map }) => sum + map.length + 4, 0)
        if (partner.queued + entries > queuedMax && partner.queued > 0) return
        partner.queued += entries
        then(() => take(link, frame.vectors).finally(() => (partner.queued -= entries)))
      }
    },
    known: (node) => known.get(node),
    seenAt,
    isRecent: (node) => {
      const seen = seenAt(node)
      return seen !== undefined && clock.now() - seen < seenWithin * 1000
    },
    horizon: () => {
      const waitingFor: NodeId[] = []
      let lamport = log.status().lamport
      for (const { admission } of members.list()) {
        const { node } = admission.certificate
        if (node === signer.id || dependencies.hasLeft(node)) continue
        const entry = known.get(node)
        const counted = entry === undefined ? 0 : isHeld(entry.vector) ? entry.vector.lamport : entry.counted
        if (entry === undefined || counted < entry.vector.lamport) waitingFor.push(node)
        lamport = Math.min(lamport, counted)
      }
      return { lamport, waitingFor }
    },
    close: () => {
      closed = true
      cancel()
    },
  }
}
