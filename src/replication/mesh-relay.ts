/**
 * Carries notes between nodes that have no link with each other, over those that have: sealed under a key of the swarm for exactly this
 * author, receiver and id, along a way that its author chose. The way back travels in the sealed part, so that the answer needs no map.
 */
import { concatBytes, createByteReader, createByteWriter } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { ShoalError, errorMessage } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { linkBytesHigh } from '../core/limits.ts'
import { bytesFromNodeId, cryptBase64, nodeIdFromBytes } from '../core/node-id.ts'
import type { Random } from '../core/random.ts'
import type { TokenBucket } from '../core/token-bucket.ts'
import { createTokenBucket } from '../core/token-bucket.ts'
import { createSecretBox, deriveSecret } from '../crypto/secret-box.ts'
import type { Link, MemberFrame } from './contract.ts'
import type { SignalNote } from './signal-note.ts'
import { readNote, writeNote } from './signal-note.ts'

type RelayFrame = Extract<MemberFrame, { type: 'relay' }>

/** Nodes between two ends; with five links each, four steps reach hundreds. */
export const hopsMax = 4
/** Frames remembered by id, against those that run in circles or arrive by two ways. */
const seenMax = 4096
/** Of one link. A node that has just come dials a handful of others through it, and each dialling is three frames. */
const pace = { perSecond: 20, atOnce: 100 }
/** A link that went on long after its pace was used up is no honest one. */
const overPaceMax = 2000
const idBytes = 16

/** How to reach the author of a note: by `first`, then along `via`. */
export interface Way {
  readonly first: NodeId
  readonly via: readonly NodeId[]
}

export interface MeshRelay {
  attach(link: Link): void
  detach(link: Link): void
  /** False: the first node of the way is not linked (any more), or its link is congested. */
  send(to: NodeId, way: Way, note: SignalNote): boolean
  onFrame(link: Link, frame: RelayFrame): void
}

export interface MeshRelayOptions {
  readonly self: NodeId
  /** 32 bytes. */
  readonly swarmKey: Uint8Array
  readonly keyEpoch: number
  readonly clock: Clock
  readonly random: Random
  readonly onNote: (from: NodeId, note: SignalNote, back: Way) => void
  readonly report: (code: string, message: string) => void
}

interface Use {
  readonly allowance: TokenBucket
  overPace: number
}

const aboutOf = ({ id, from, to }: Pick<RelayFrame, 'id' | 'from' | 'to'>): Uint8Array =>
  concatBytes(id, bytesFromNodeId(from), bytesFromNodeId(to))

/** The nodes between, nearest to the author first, then the note. */
const wrap = (between: readonly NodeId[], note: SignalNote): Uint8Array => {
  const writer = createByteWriter(256)
  writer.varint(between.length)
  for (const node of between) writer.bytes(bytesFromNodeId(node))
  writer.bytes(writeNote(note))
  return writer.done()
}

const unwrap = (bytes: Uint8Array): { readonly between: readonly NodeId[]; readonly note: SignalNote } | undefined => {
  try {
    const reader = createByteReader(bytes)
    const hops = reader.varint()
    if (hops > hopsMax) return undefined
    const between = Array.from({ length: hops }, () => nodeIdFromBytes(reader.bytes(32)))
    const note = readNote(reader.bytes(reader.left))
    return note === undefined ? undefined : { between, note }
  } catch (error) {
    if (error instanceof ShoalError) return undefined
    throw error
  }
}

export const createMeshRelay = (options: MeshRelayOptions): MeshRelay => {
  const { self, clock, random, onNote, report } = options
  const box = createSecretBox(deriveSecret(`shoal.relay.1.${options.keyEpoch}`, options.swarmKey), random)
  const links = new Map<NodeId, Link>()
  const uses = new WeakMap<Link, Use>()
  const seen = new Set<string>()

  const useOf = (link: Link): Use => {
    const known = uses.get(link)
    if (known !== undefined) return known
    const use: Use = { allowance: createTokenBucket(clock, pace), overPace: 0 }
    uses.set(link, use)
    return use
  }

  const isNew = (id: Uint8Array): boolean => {
    const name = cryptBase64(id)
    if (seen.has(name)) return false
    seen.add(name)
    for (const oldest of seen) {
      if (seen.size <= seenMax) break
      seen.delete(oldest)
    }
    return true
  }

  const forward = (next: NodeId, frame: RelayFrame): boolean => {
    const link = links.get(next)
    // a congested link must not be made to hold what others send through us
    if (link === undefined || link.buffered > linkBytesHigh) return false
    link.send(frame, 'control')
    return true
  }

  const open = async (arrivedBy: NodeId, frame: RelayFrame): Promise<void> => {
    const plain = await box.open(frame.sealed, aboutOf(frame))
    const content = plain === undefined ? undefined : unwrap(plain)
    if (content === undefined || content.note.node !== frame.from) return
    // back the way it came: from who handed it to us on
    const at = content.between.lastIndexOf(arrivedBy)
    onNote(frame.from, content.note, { first: arrivedBy, via: content.between.slice(0, Math.max(0, at)).toReversed() })
  }

  return {
    attach: (link) => {
      links.set(link.node, link)
    },
    detach: (link) => {
      if (links.get(link.node) === link) links.delete(link.node)
    },
    send: (to, { first, via }, note) => {
      if (!links.has(first)) return false
      const id = random(idBytes)
      isNew(id)
      const between = first === to ? [] : [first, ...via]
      const sealing = box.seal(wrap(between, note), aboutOf({ id, from: self, to }))
      sealing
        .then((sealed) => forward(first, { type: 'relay', id, from: self, to, via, sealed }))
        .catch((error: unknown) => report('ERR_INTERNAL', `A signal could not be sealed: ${errorMessage(error)}`))
      return true
    },
    onFrame: (link, frame) => {
      const use = useOf(link)
      if (!use.allowance.take()) {
        use.overPace += 1
        if (use.overPace > overPaceMax)
          throw new ShoalError('ERR_RELAY_FLOOD', 'The other device sends more signals to be handed on than it may.')
        return
      }
      if (frame.via.length > hopsMax || frame.id.length !== idBytes) return
      if (frame.from === self || !isNew(frame.id)) return
      if (frame.to === self) {
        open(link.node, frame).catch((error: unknown) =>
          report('ERR_INTERNAL', `A signal could not be taken: ${errorMessage(error)}`),
        )
        return
      }
      const [next = frame.to, ...via] = frame.via
      if (next === link.node) return
      // who is linked with its receiver needs no further way
      if (forward(frame.to, { ...frame, via: [] })) return
      if (next !== frame.to) forward(next, { ...frame, via })
    },
  }
}
