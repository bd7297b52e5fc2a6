/**
 * The vectors of all members: kept, passed on by anti-entropy (a node tells one linked node at a time which it knows and is sent what is
 * newer), and what follows from them: on how many devices an event is safe, and below which lamport nothing can change any more (RULES 21).
 */
import type { Clock } from '../core/clock.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { isWrittenBy } from '../core/event-filter.ts'
import { seenWithin, vectorEvery } from '../core/limits.ts'
import type { Signer } from '../crypto/keys.ts'
import type { Log } from '../log/contract.ts'
import type { Members } from '../swarm/contract.ts'
import type { Link, MemberFrame, StreamHead, VectorFrame } from './contract.ts'
import type { Vector, VectorMap } from './vector.ts'
import { frameOf, readVector, signVector } from './vector.ts'

/** What is known is compared with one linked node this often. Milliseconds. */
const gossipEvery = 5000
/** In a swarm of more than this many, vectors come less often, so that their traffic does not grow with the square. */
const membersAtFullPace = 100
/** Vectors in one frame are about this many streams in all. */
const streamsPerFrame = 1000

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
  readonly log: Pick<Log, 'heads' | 'status'>
  readonly signer: Signer
  readonly members: Pick<Members, 'isMember' | 'list'>
  /** Whether a member is gone for good: it neither holds anything up nor counts. */
  readonly hasLeft: (node: NodeId) => boolean
  readonly clock: Clock
  readonly random: (length: number) => Uint8Array
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

export const createVectors = (dependencies: VectorDependencies): Vectors => {
  const { log, signer, members, clock, random } = dependencies
  const known = new Map<NodeId, KnownVector>()
  /** What each linked node knows, as far as it has said or been sent. */
  const links = new Map<Link, Map<NodeId, number>>()
  let ownSeq = 0
  let ownAt = -Infinity
  let closed = false
  let working: Promise<unknown> = Promise.resolve()

  /** Whether we hold the streams of its own node as far as it says: only then nothing older of that node can still arrive. */
  const isHeld = ({ node, map }: Vector): boolean => {
    const heads = log.heads()
    for (const [stream, count] of map)
      if (isWrittenBy(stream, node) && (heads.get(stream)?.count ?? 0) < count) return false
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
    ownSeq = Math.max(ownSeq + 1, Math.floor(clock.now() / 1000))
    ownAt = clock.monotonic()
    enter(await signVector({ seq: ownSeq, lamport: log.status().lamport, time: clock.now(), map }, signer))
  }

  const take = async (link: Link, frames: readonly VectorFrame[]): Promise<void> => {
    const fresh: Vector[] = []
    for (const frame of frames) {
      if (closed) return
      links.get(link)?.set(frame.node, Math.max(links.get(link)?.get(frame.node) ?? 0, frame.seq))
      const held = known.get(frame.node)
      if (frame.node === signer.id) {
        // a vector of ours that we do not remember: go on above it
        const own = frame.base === undefined ? await readVector(frame, undefined) : undefined
        if (own !== undefined) ownSeq = Math.max(ownSeq, own.seq)
        continue
      }
      if (!members.isMember(frame.node) || (held !== undefined && held.vector.seq >= frame.seq)) continue
      const base = held?.vector.seq === frame.base ? held?.vector : held?.before
      const vector = await readVector(frame, base)
      if (vector === undefined) {
        // a difference to one we do not hold is asked for again, whole; what is signed wrongly is not worth a link
        if (frame.base === undefined)
          dependencies.report(
            'ERR_VECTOR',
            `A vector of ${frame.node} that came from ${link.node} is not what it signed.`,
          )
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
    if (clock.monotonic() - ownAt >= pace()) {
      await say()
      const own = known.get(signer.id)
      if (own !== undefined) dependencies.keep([own.vector])
    }
    if (closed) return
    const all = [...links.keys()]
    const link = all[(random(1)[0] ?? 0) % all.length]
    if (link !== undefined) tell(link)
  }
  let cancel: () => void = () => undefined
  const again = (): void => {
    cancel = clock.after(gossipEvery, () => {
      working = working
        .then(gossip)
        .catch((error: unknown) => dependencies.report('VECTORS', String(error)))
        .then(() => {
          if (!closed) again()
        })
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
      links.set(link, new Map())
      tell(link)
    },
    detach: (link) => {
      links.delete(link)
    },
    onFrame: (link, frame) => {
      if (frame.type === 'vectorHeads') {
        working = working.then(() => {
          const theirs = links.get(link)
          if (theirs === undefined || closed) return
          theirs.clear()
          for (const [node, seq] of frame.seqs) theirs.set(node, seq)
          sendNewer(link, theirs)
          const isNewerThere = frame.seqs.some(
            ([node, seq]) => node !== signer.id && members.isMember(node) && (known.get(node)?.vector.seq ?? 0) < seq,
          )
          if (isNewerThere) tell(link)
        })
      } else if (frame.type === 'vectors') {
        working = working
          .then(() => take(link, frame.vectors))
          .catch((error: unknown) => dependencies.report('VECTORS', String(error)))
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
