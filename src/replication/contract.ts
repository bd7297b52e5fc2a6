/**
 * What two nodes say to each other once a channel is open. A link carries frames (one type byte, then a CBOR array); `hello` and `proof` go
 * first and nothing else is answered before both have passed in both directions (RULES 20). See `docs/protocol.md`.
 */
import type { NodeId, StreamId } from '../core/event.ts'
import type { Head } from '../log/contract.ts'
import type { ChannelKind, CloseReason } from '../transport/contract.ts'

/** Version of this protocol; a node accepts this one and the one before. */
export const protocolVersion = 1

export interface StreamHead extends Head {
  readonly stream: StreamId
  /** Of a branch of a fork (RULES 18): the stream as its author signed it, and the offset there at which the branch begins. Its runs are sent verbatim. */
  readonly origin?: { readonly stream: StreamId; readonly at: number }
}

/** A signed vector (RULES 21): the signature covers node, seq, lamport, time and the hash of the whole map. */
export interface VectorFrame {
  readonly node: NodeId
  readonly seq: number
  readonly lamport: number
  /** Microseconds since the epoch, by the clock of `node`. */
  readonly time: number
  /** Absent: `map` is whole; else it holds what changed since that `seq`. */
  readonly base: number | undefined
  /** Stream → count of events stored durably. */
  readonly map: readonly (readonly [StreamId, number])[]
  readonly mapHash: Uint8Array
  readonly signature: Uint8Array
}

/** What may follow on a link between two members. */
export type MemberFrame =
  /** `full`: all streams of the sender, whatever it told before; else those that changed. */
  | { readonly type: 'heads'; readonly full: boolean; readonly heads: readonly StreamHead[] }
  /** Of the full heads, every 10 s: whoever computes another one asks for them with `askHeads`. */
  | { readonly type: 'headsDigest'; readonly digest: Uint8Array }
  | { readonly type: 'askHeads' }
  /** Send runs of `stream` from the one that holds `from`, about `bytes` of them, but at least one; they go as `run`, then `sent`. */
  | {
      readonly type: 'want'
      readonly id: number
      readonly stream: StreamId
      readonly from: number
      readonly bytes: number
    }
  /** A run verbatim; cut into pieces by the link where it is larger than a frame. `id` 0: sent unasked. */
  | { readonly type: 'run'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** All that answers a want has been sent; nothing of it when the sender does not hold it (any more). */
  | { readonly type: 'sent'; readonly id: number }
  | { readonly type: 'askAdmissions'; readonly nodes: readonly NodeId[] }
  /** Admissions (`swarm/contract.ts`), each preceded by those it rests on. */
  | { readonly type: 'admissions'; readonly admissions: readonly Uint8Array[] }
  /** The newest `seq` the sender knows of each node. */
  | { readonly type: 'vectorHeads'; readonly seqs: readonly (readonly [NodeId, number])[] }
  | { readonly type: 'vectors'; readonly vectors: readonly VectorFrame[] }
  /** Nodes the sender has links with now, and whether it takes more. */
  | { readonly type: 'neighbours'; readonly nodes: readonly NodeId[]; readonly open: boolean }
  /**
   * A signal on its way through the mesh, sealed for `to` by its author: node ids, and an id by which duplicates are dropped. Handed on to
   * `via[0]` first, where `via` is not empty.
   */
  | {
      readonly type: 'relay'
      readonly id: Uint8Array
      readonly from: NodeId
      readonly to: NodeId
      readonly via: readonly NodeId[]
      readonly sealed: Uint8Array
    }

/** What may follow on a link between a member and a newcomer; the second proves no membership, and gets nothing else. */
export type JoinFrame =
  /** `ticket` as in the invitation; `claim`, signed by the token, shows that it was given to this device: the token itself is told to nobody. */
  | {
      readonly type: 'joinRequest'
      readonly claim: Uint8Array
      readonly ticket: Uint8Array
      readonly boxKey: Uint8Array
      readonly displayName: string
    }
  /** All that a node needs to be a member; nothing is recorded by the sender yet. */
  | {
      readonly type: 'joinOffer'
      /** The newcomer's own admission is the last. */
      readonly admissions: readonly Uint8Array[]
      readonly swarmKey: Uint8Array
      readonly keyEpoch: number
      readonly swarmName: string
      /** URLs of signalling stations. */
      readonly stations: readonly string[]
      /** Which one it is among those that come in by the invitation, from 1: for its name. */
      readonly number?: number
    }
  /** The newcomer has it on disk: only now the member publishes the admission and the token counts as used. */
  /** Also the first word of one whose link was cut before `joined`: by then it shows its admission in the hello, so its link is a member's. */
  | { readonly type: 'joinCommitted' }
  /** `lamport` of the event that tells the swarm: the newcomer's own events come after it, or the stability horizon would lie (RULES 21). */
  | { readonly type: 'joined'; readonly lamport: number }
  | { readonly type: 'joinRefused'; readonly code: string; readonly message: string }
  /**
   * On the link of a member that goes on under another identity (RULES 17), in the place of `joinRequest`; answered by `joinOffer`. With
   * `admissions`, what it was offered and has on disk by now: answered by `joined`.
   */
  | { readonly type: 'renewRequest'; readonly renewal: Uint8Array; readonly admissions: readonly Uint8Array[] }

export type LinkFrame = MemberFrame | JoinFrame

/** `control` overtakes `bulk`. */
export type Lane = 'control' | 'bulk'

/** A connection whose other end has proved who it is. */
export interface Link {
  readonly node: NodeId
  readonly kind: ChannelKind
  /** Whether the other end is a member; a newcomer may only send `JoinFrame`s. */
  readonly isMember: boolean
  /** We asked for this connection. */
  readonly isOutgoing: boolean
  /** Milliseconds, of recent heartbeats; undefined before the first. */
  readonly roundTrip: number | undefined
  /** Their wall clock minus ours, in microseconds; undefined before the first heartbeat. */
  readonly clockOffset: number | undefined
  /** Microseconds since the epoch of the last frame from there. */
  readonly heardAt: number
  /** Bytes waiting here to be sent; bulk stops growing it above `linkBytesHigh`. */
  readonly buffered: number
  readonly bytesSent: number
  readonly bytesReceived: number
  /**
   * Dropped once closed. Absent `lane`: `run` and `sent` go as bulk, others as control. Throws `ERR_FRAME_NOT_ALLOWED` for what a link for joining
   * does not carry, `ERR_FRAME_SIZE` for a frame that the other end would refuse (4 MiB; a run 8 MiB).
   */
  send(frame: LinkFrame, lane?: Lane): void
  /** Sends an immediate heartbeat; a link that does not answer it within `wakeAnswerMax` is closed. */
  probe(): void
  /** Tells the other end why, then closes. */
  close(reason: CloseReason): void
}

/** What a link's owner is told. */
export interface LinkListener {
  onFrame(frame: LinkFrame): void
  /** `buffered` fell below `linkBytesLow`. */
  onDrain(): void
  /** The heartbeat's figures changed. */
  onHeartbeat(): void
  /** Once, whoever ended it, also after our own `close`; nothing comes after it. */
  onClose(reason: CloseReason): void
}

/** How far a linked node and we are apart, in events. */
export interface Lag {
  /** We hold, it lacks. */
  readonly lacksOfOurs: number
  /** It holds, we lack. */
  readonly weLack: number
}

/** Exchanges heads, wants and runs over all links at once; the only part of the node that feeds `log.ingest`. */
export interface Replicator {
  /** A member's link is open. Its frames come by `onFrame` until `detach`. */
  attach(link: Link): void
  detach(link: Link): void
  /** Heads, wants, runs and admissions; others are not its business. Throws a `ShoalError` for what no honest node sends: the link is closed with it. */
  onFrame(link: Link, frame: MemberFrame): void
  onDrain(link: Link): void
  lag(link: Link): Lag | undefined
  /** Heads of the node at the other end as it told them; for "safe on N devices". */
  headsOf(link: Link): ReadonlyMap<StreamId, StreamHead> | undefined
  /** Events known to be at linked nodes and not here, by stream; streams that are whole are left out. */
  toReplicate(): ReadonlyMap<StreamId, number>
  /** Whether somebody says that he holds other events of ours than we do, and that is being looked into (RULES 17); resolves when it was. */
  readonly own: { readonly isInDoubt: boolean; settled(): Promise<void> }
  /** Called when any of these answers may have changed, at most every 250 ms. */
  onChange(listener: () => void): () => void
  close(): void
}

/** Who ended an attempt: this device, the other one, or nobody: nothing came through. */
export type EndedBy = 'us' | 'them' | 'network'

/**
 * What happens while a connection with another node is made. `offered`, `answered`: with the signal of this end, `ours`, or of the other one.
 * What follows once it is open is the link's business.
 */
export type DialStep =
  | {
      readonly type: 'offered' | 'answered'
      readonly isOutgoing: boolean
      readonly isOurs: boolean
      readonly signal: Uint8Array
    }
  | { readonly type: 'failed'; readonly isOutgoing: boolean; readonly by: EndedBy; readonly reason: CloseReason }

/** What makes links: decides with whom, and carries signals by stations and through the mesh. */
export interface Finder {
  /** A member's link is open, or has closed. */
  attach(link: Link): void
  detach(link: Link): void
  /** `neighbours` and `relay`. Throws as the replicator does. */
  onFrame(link: Link, frame: MemberFrame): void
  /** A node begins anew on its channel, and proves who it is: it is not dialled meanwhile. */
  proving(node: NodeId): void
  /** Who was `proving`, or behind a channel that the finder made, has proved nothing. */
  unproven(node: NodeId, reason: CloseReason): void
  /** With whom a linked node has links, as it said. */
  neighboursOf(node: NodeId): readonly NodeId[] | undefined
  /** Whether it is with us at a station, and the linked nodes that are linked with it. */
  whereabouts(node: NodeId): { readonly isInRoom: boolean; readonly through: readonly NodeId[] }
  /** Keys of the rooms where newcomers may wait (open invitations); members greet them there. */
  welcome(roomKeys: readonly Uint8Array[]): void
  /** The device woke up. */
  wake(): void
  close(): void
}
