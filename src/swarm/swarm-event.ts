/**
 * What the swarm writes about itself, as events under the app id `com.shoal`. Stream 1 of a member holds its words on membership, stream 2 what
 * it says of itself; apps cannot write there. Tags are `shoal:swarm` and `shoal:swarm:<type>`; payloads are the types below, bytes as base64.
 */
import type { AppId, EventDraft, Json, LogEvent, NodeId, Published } from '../core/event.ts'
import { isNodeId, parseStreamId } from '../core/node-id.ts'
import { signatureBytes } from '../crypto/keys.ts'
import type { Log } from '../log/contract.ts'
import { admissionBytesMax } from './admission.ts'
import { displayNameCharsMax, nameFromAfar, stationUrls, swarmNameCharsMax } from './text.ts'
import { ticketBytesMax } from './ticket.ts'

export const swarmAppId = 'com.shoal' as AppId
export const swarmTag = 'shoal:swarm'
export const membershipStream = 1
export const descriptionStream = 2
/** JSON text of a payload that is looked at, in UTF-16 code units; the largest, an admission, has about 5,600. */
const payloadCharsMax = 16 * 1024
const roomKeyBytes = 32

/**
 * An ephemeral stream, by its number and its name, with what its author keeps of it. Others keep of it what their own settings say of a stream
 * of that name, else the same (RULES 8).
 */
export interface LimitedStream {
  readonly number: number
  readonly name: string
  readonly eventsMax?: number
  readonly bytesMax?: number
  /** Milliseconds. */
  readonly ageMax?: number
}

const limitedStreamsMax = 200
/** Streams of one device that a cut may name; an honest one has as many as its event routing names, and three more. */
export const cutStreamsMax = 500
const streamNameCharsMax = 60

const limitedStreams = (value: unknown): readonly LimitedStream[] => {
  if (!Array.isArray(value)) return []
  return value.slice(0, limitedStreamsMax).flatMap((one: unknown): LimitedStream[] => {
    if (typeof one !== 'object' || one === null) return []
    const { number, name, eventsMax, bytesMax, ageMax } = one as Record<string, unknown>
    if (!Number.isSafeInteger(number) || typeof name !== 'string' || name.length > streamNameCharsMax) return []
    const limits = { eventsMax, bytesMax, ageMax }
    const given = Object.entries(limits).filter(([, limit]) => limit !== undefined)
    if (!given.every(([, limit]) => Number.isSafeInteger(limit) && (limit as number) > 0)) return []
    return [
      {
        number: number as number,
        name,
        ...(Object.fromEntries(given) as Partial<Record<keyof typeof limits, number>>),
      },
    ]
  })
}

export type CutList = readonly (readonly [streamNumber: number, count: number])[]

const cutList = (value: unknown): CutList | undefined => {
  if (!Array.isArray(value) || value.length > cutStreamsMax) return undefined
  const cuts = value.flatMap((one: unknown): [number, number][] => {
    if (!Array.isArray(one)) return []
    const [number, count] = one as unknown[]
    return isOffset(number) && isOffset(count) ? [[number, count]] : []
  })
  return cuts.length === value.length ? cuts : undefined
}

const isOffset = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

export type SwarmEvent =
  /** The swarm's name, by an admin; the newest counts. */
  | { readonly type: 'founded'; readonly name: string }
  /** An invitation's public half, by the admin who made it; `roomKey` is that of the room where newcomers wait. Not the token. */
  | { readonly type: 'invited'; readonly ticket: Uint8Array; readonly roomKey: Uint8Array }
  /** By the member that admitted, or that met first whom another one had admitted; `node` repeats whom, for queries. */
  | { readonly type: 'admitted'; readonly node: NodeId; readonly admission: Uint8Array }
  /** The author left the swarm; its events stay. */
  | { readonly type: 'left' }
  /** A device is lost or broken, by an admin. */
  | { readonly type: 'retired'; readonly node: NodeId }
  /** What it wrote at or beyond these offsets will not count, by an admin; of each stream its number and one past the last. */
  | { readonly type: 'closed'; readonly node: NodeId; readonly cuts: CutList }
  /** It is hostile, by an admin that ranks higher, or, signed by the root, by any member. */
  | {
      readonly type: 'revoked'
      readonly node: NodeId
      readonly cuts: CutList
      readonly rootSignature?: Uint8Array
    }
  /** `node` goes on in the place of `old`, by an admin. */
  | { readonly type: 'replaced'; readonly old: NodeId; readonly node: NodeId }
  /** Nobody comes in any more by this invitation, by an admin. */
  | { readonly type: 'withdrawn'; readonly tokenId: Uint8Array }
  /** URLs of the swarm's signalling stations, by an admin; the newest counts. */
  | { readonly type: 'stations'; readonly urls: readonly string[] }
  /** What the author is called, and which of its streams it does not keep whole. */
  | { readonly type: 'described'; readonly displayName: string; readonly streams?: readonly LimitedStream[] }

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

const bytesOf = (text: unknown, bytesMax: number): Uint8Array | undefined => {
  if (typeof text !== 'string' || text.length > Math.ceil(bytesMax / 3) * 4) return undefined
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined
  }
}

const draftOf = (event: SwarmEvent): EventDraft => ({
  tags: [swarmTag, `${swarmTag}:${event.type}`],
  payload: Object.fromEntries(
    Object.entries(event).map(([key, value]: [string, Json | Uint8Array]) => [
      key,
      value instanceof Uint8Array ? base64(value) : value,
    ]),
  ),
})

/** All of `events` go to one stream: that of the first. */
export const appendSwarmEvents = (
  log: Pick<Log, 'append'>,
  events: readonly [SwarmEvent, ...SwarmEvent[]],
): Promise<readonly Published[]> => {
  const streamNumber = events[0].type === 'described' ? descriptionStream : membershipStream
  return log.append(events.map(draftOf), { appId: swarmAppId, streamNumber })
}

const read = (payload: Readonly<Record<string, unknown>>): SwarmEvent | undefined => {
  switch (payload['type']) {
    case 'founded': {
      const name = nameFromAfar(payload['name'], swarmNameCharsMax)
      return name === '' ? undefined : { type: 'founded', name }
    }
    case 'invited': {
      const ticket = bytesOf(payload['ticket'], ticketBytesMax)
      const roomKey = bytesOf(payload['roomKey'], roomKeyBytes)
      return ticket === undefined || roomKey?.length !== roomKeyBytes ? undefined : { type: 'invited', ticket, roomKey }
    }
    case 'admitted': {
      const { node } = payload
      const admission = bytesOf(payload['admission'], admissionBytesMax)
      if (admission === undefined || typeof node !== 'string' || !isNodeId(node)) return undefined
      return { type: 'admitted', node, admission }
    }
    case 'left':
      return { type: 'left' }
    case 'retired':
    case 'closed':
    case 'revoked': {
      const { type, node } = payload
      if (typeof node !== 'string' || !isNodeId(node)) return undefined
      if (type === 'retired') return { type, node }
      const cuts = cutList(payload['cuts'])
      if (cuts === undefined) return undefined
      if (type === 'closed') return { type, node, cuts }
      const rootSignature = bytesOf(payload['rootSignature'], signatureBytes)
      return { type: 'revoked', node, cuts, ...(rootSignature?.length === signatureBytes && { rootSignature }) }
    }
    case 'replaced': {
      const { old, node } = payload
      if (typeof old !== 'string' || !isNodeId(old) || typeof node !== 'string' || !isNodeId(node)) return undefined
      return old === node ? undefined : { type: 'replaced', old, node }
    }
    case 'withdrawn': {
      const tokenId = bytesOf(payload['tokenId'], 32)
      return tokenId?.length === 32 ? { type: 'withdrawn', tokenId } : undefined
    }
    case 'stations':
      return { type: 'stations', urls: stationUrls(payload['urls']) }
    case 'described': {
      const displayName = nameFromAfar(payload['displayName'], displayNameCharsMax)
      return displayName === ''
        ? undefined
        : { type: 'described', displayName, streams: limitedStreams(payload['streams']) }
    }
    default:
      return undefined
  }
}

/** Whether a stream is one where members speak of the swarm. */
export const isSwarmStream = (stream: string): boolean =>
  stream.endsWith(`-${membershipStream}`) || stream.endsWith(`-${descriptionStream}`)

/** Who wrote `event`, and what it says; undefined for what is none of the swarm's, malformed, or in the wrong stream. Never throws. */
export const readSwarmEvent = (event: LogEvent): { readonly author: NodeId; readonly said: SwarmEvent } | undefined => {
  const place = parseStreamId(event.stream)
  if (place === undefined || event.appId !== swarmAppId || event.payload.length > payloadCharsMax) return undefined
  try {
    const payload: unknown = JSON.parse(event.payload)
    if (typeof payload !== 'object' || payload === null) return undefined
    const said = read(payload as Record<string, unknown>)
    const number = said?.type === 'described' ? descriptionStream : membershipStream
    return said === undefined || place.number !== number ? undefined : { author: place.node, said }
  } catch {
    return undefined
  }
}
