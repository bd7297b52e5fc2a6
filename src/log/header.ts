/**
 * The signed header of a run (RULES 1). Deterministic CBOR of one array, in the order of the rule; the bytes are kept and forwarded
 * as they are and never written again.
 */
import { decode, encode } from 'cborg'
import { concatBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { StreamId } from '../core/event.ts'
import { lamportLeapMax, rawBytesMax, runEventsMax } from '../core/limits.ts'
import { parseStreamId } from '../core/node-id.ts'

export const runVersion = 1

/** Body codecs. Unknown ones are verified, stored and forwarded, and read as a diagnostic. */
export const codecPlain = 0
export const codecDeflated = 1

export const flagSealed = 1
export const flagEphemeral = 2

export interface Header {
  readonly swarm: string
  readonly topic: string
  readonly stream: StreamId
  readonly from: number
  readonly count: number
  readonly firstLamport: number
  readonly lastLamport: number
  /** Microseconds since the epoch, of the earliest and the latest event. */
  readonly minTime: number
  readonly maxTime: number
  readonly chainBefore: Uint8Array
  readonly chainAfter: Uint8Array
  readonly codec: number
  readonly flags: number
  /** Set where the body is encrypted for a topic. */
  readonly keyId: string | null
  /** Bytes of the body before it was deflated. */
  readonly rawSize: number
  /** SHA-256 of the body as stored and sent. */
  readonly bodyHash: Uint8Array
  /** Room for later; unknown entries are ignored. */
  readonly ext: Readonly<Record<string, unknown>>
}

const encoder = new TextEncoder()
const signedPrefix = encoder.encode('shoal.run.1')

/** What the author signs. */
export const signedBytes = (header: Uint8Array): Uint8Array<ArrayBuffer> => concatBytes(signedPrefix, header)

export const encodeHeader = (header: Header): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    encode([
      runVersion,
      header.swarm,
      header.topic,
      header.stream,
      header.from,
      header.count,
      header.firstLamport,
      header.lastLamport,
      header.minTime,
      header.maxTime,
      header.chainBefore,
      header.chainAfter,
      header.codec,
      header.flags,
      header.keyId,
      header.rawSize,
      header.bodyHash,
      header.ext,
    ]),
  )

const refuse = (what: string): never => {
  throw new ShoalError('ERR_MALFORMED', `The header of a run is malformed: ${what}.`)
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isDigest = (value: unknown): value is Uint8Array => value instanceof Uint8Array && value.length === 32
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Throws `ERR_RUN_VERSION` for a version not known here, `ERR_MALFORMED` for everything else that does not fit. */
export const decodeHeader = (bytes: Uint8Array): Header => {
  let fields: unknown
  try {
    fields = decode(bytes, { rejectDuplicateMapKeys: true })
  } catch (cause) {
    throw new ShoalError('ERR_MALFORMED', 'The header of a run is malformed: no CBOR.', { cause })
  }
  if (!Array.isArray(fields)) return refuse('no array')
  const [version, swarm, topic, stream, from, count, firstLamport, lastLamport, minTime, maxTime, ...rest] =
    fields as unknown[]
  if (version !== runVersion) {
    throw new ShoalError('ERR_RUN_VERSION', `A run of version ${String(version)} needs a newer Shoal than this one.`)
  }
  const [chainBefore, chainAfter, codec, flags, keyId, rawSize, bodyHash, ext] = rest
  if (typeof swarm !== 'string' || typeof topic !== 'string') return refuse('no swarm or topic')
  if (typeof stream !== 'string' || parseStreamId(stream) === undefined) return refuse('no stream')
  if (!isCount(from) || !isCount(count) || count < 1 || count > runEventsMax) return refuse('bounds')
  if (!isCount(firstLamport) || !isCount(lastLamport) || lastLamport - firstLamport < count - 1)
    return refuse('lamports')
  if (!Number.isSafeInteger(from + count) || !Number.isSafeInteger(lastLamport + lamportLeapMax))
    return refuse('numbers too large')
  if (!isCount(minTime) || !isCount(maxTime) || maxTime < minTime) return refuse('times')
  if (!isDigest(chainBefore) || !isDigest(chainAfter) || !isDigest(bodyHash)) return refuse('digests')
  if (!isCount(codec) || !isCount(flags) || !(keyId === null || typeof keyId === 'string')) return refuse('codec')
  if (!isCount(rawSize) || rawSize > rawBytesMax) return refuse('a body larger than any run may be')
  if (!isRecord(ext)) return refuse('ext')
  return {
    swarm,
    topic,
    stream: stream as StreamId,
    from,
    count,
    firstLamport,
    lastLamport,
    minTime,
    maxTime,
    chainBefore,
    chainAfter,
    codec,
    flags,
    keyId,
    rawSize,
    bodyHash,
    ext,
  }
}
