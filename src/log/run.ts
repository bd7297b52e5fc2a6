/**
 * A run as stored and sent: varint header length, header, signature (64 bytes), body. The only unit that is stored, sent, verified.
 */
import { concatBytes, createByteReader, createByteWriter, equalBytes } from '../core/bytes.ts'
import { ShoalError } from '../core/errors.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { parseStreamId } from '../core/node-id.ts'
import { deflate, inflate } from '../crypto/deflate.ts'
import { sha256 } from '../crypto/hash.ts'
import type { Signer } from '../crypto/keys.ts'
import { signatureBytes, verify } from '../crypto/keys.ts'
import type { Block, DecodedBlock } from './body.ts'
import { decodeBody, encodeBody } from './body.ts'
import type { RunRecord, RunSketch } from './contract.ts'
import type { Header } from './header.ts'
import {
  codecDeflated,
  codecPlain,
  decodeHeader,
  encodeHeader,
  flagEphemeral,
  flagSealed,
  signedBytes,
} from './header.ts'
import type { Row } from './row.ts'
import { chainLink, chainOver, rowsBytes } from './row.ts'

export interface Run {
  readonly header: Header
  readonly headerBytes: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
  readonly body: Uint8Array<ArrayBuffer>
  /** The whole record. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface RunDraft {
  readonly swarm: string
  readonly topic: string
  readonly stream: StreamId
  readonly from: number
  readonly rows: readonly Row[]
  /** Lengths of the commits that `rows` consist of. */
  readonly commits: readonly number[]
  readonly chainBefore: Uint8Array
  /** Given where the rows were read from verified runs; else computed. */
  readonly chainAfter?: Uint8Array
  readonly sealed: boolean
  readonly ephemeral: boolean
}

const chainOf = async (draft: RunDraft): Promise<Uint8Array> => {
  if (draft.chainAfter !== undefined) return draft.chainAfter
  let chain = draft.chainBefore
  let at = 0
  for (const length of draft.commits) chain = await chainOver(chain, draft.rows.slice(at, (at += length)))
  return chain
}

/** Packs and signs. The signature is made before any transaction begins (RULES 6). */
export const signRun = async (draft: RunDraft, signer: Signer): Promise<Run> => {
  const { rows } = draft
  let minTime = Infinity
  let maxTime = -Infinity
  for (const { timestamp } of rows) {
    if (timestamp < minTime) minTime = timestamp
    if (timestamp > maxTime) maxTime = timestamp
  }
  const raw = encodeBody(rows, draft.commits, minTime)
  const pack = async (): Promise<{ body: Uint8Array<ArrayBuffer>; bodyHash: Uint8Array<ArrayBuffer> }> => {
    const body = draft.sealed ? await deflate(raw) : raw
    return { body, bodyHash: await sha256(body) }
  }
  const [chainAfter, { body, bodyHash }] = await Promise.all([chainOf(draft), pack()])
  const header: Header = {
    swarm: draft.swarm,
    topic: draft.topic,
    stream: draft.stream,
    from: draft.from,
    count: rows.length,
    firstLamport: rows[0]?.lamport ?? 0,
    lastLamport: rows.at(-1)?.lamport ?? 0,
    minTime,
    maxTime,
    chainBefore: draft.chainBefore,
    chainAfter,
    codec: draft.sealed ? codecDeflated : codecPlain,
    flags: (draft.sealed ? flagSealed : 0) | (draft.ephemeral ? flagEphemeral : 0),
    keyId: null,
    rawSize: raw.length,
    bodyHash,
    ext: {},
  }
  const headerBytes = encodeHeader(header)
  return assembleRun(header, headerBytes, await signer.sign(signedBytes(headerBytes)), body)
}

export const assembleRun = (
  header: Header,
  headerBytes: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  body: Uint8Array<ArrayBuffer>,
): Run => {
  const prefix = createByteWriter(8)
  prefix.varint(headerBytes.length)
  return { header, headerBytes, signature, body, bytes: concatBytes(prefix.done(), headerBytes, signature, body) }
}

/** Takes a record apart; nothing in it is believed yet. Throws `ERR_MALFORMED` or `ERR_RUN_VERSION`. */
export const parseRun = (bytes: Uint8Array): Run => {
  const own = new Uint8Array(bytes)
  const reader = createByteReader(own)
  const headerBytes = reader.sized() as Uint8Array<ArrayBuffer>
  const signature = reader.bytes(signatureBytes) as Uint8Array<ArrayBuffer>
  const body = reader.bytes(reader.left) as Uint8Array<ArrayBuffer>
  return { header: decodeHeader(headerBytes), headerBytes, signature, body, bytes: own }
}

export const authorOf = (header: Header): NodeId => {
  const parsed = parseStreamId(header.stream)
  if (parsed === undefined) throw new ShoalError('ERR_MALFORMED', `"${header.stream}" is not a stream id.`)
  return parsed.node
}

export const recordOf = ({ header: { stream, from, count }, bytes }: Run): RunRecord => ({ stream, from, count, bytes })

export const sketchOf = ({ header }: Run): RunSketch => {
  const { stream, from, count, chainAfter } = header
  return { stream, from, count, isSealed: isSealed(header), chainAfter }
}

/** What a record says it is, whoever made it; `undefined` when it cannot be read. */
export const sketchRun = (record: Uint8Array): RunSketch | undefined => {
  try {
    return sketchOf(parseRun(record))
  } catch {
    return undefined
  }
}

/** Whether the author signed this header and the body is the one it names. */
export const verifyRun = async (run: Run): Promise<'ok' | 'signature' | 'body'> => {
  const [signed, bodyHash] = await Promise.all([
    verify(authorOf(run.header), signedBytes(run.headerBytes), run.signature),
    sha256(run.body),
  ])
  if (!signed) return 'signature'
  return equalBytes(bodyHash, run.header.bodyHash) ? 'ok' : 'body'
}

/** Whether this version can read the body. What it cannot read it still stores and forwards. */
export const isReadable = (header: Header): boolean =>
  header.keyId === null && (header.codec === codecPlain || header.codec === codecDeflated)

/** Inflates and checks against the header; throws `ERR_MALFORMED` or `ERR_INFLATE_LIMIT`. */
export const readRun = async ({ header, body }: Run): Promise<DecodedBlock> => {
  const raw = header.codec === codecDeflated ? await inflate(body, header.rawSize) : body
  if (raw.length !== header.rawSize)
    throw new ShoalError('ERR_MALFORMED', 'The body of a run has another size than its header says.')
  return decodeBody(raw, header)
}

export interface CommitChain {
  /** One past the last offset of the commit. */
  readonly end: number
  readonly chain: Uint8Array
}

/** The chain digest at the end of each commit, in order: what seals are checked against (RULES 4). `rows` as hashed. */
export const chainsOver = async (
  block: Pick<Block, 'from' | 'commits'>,
  rows: readonly Uint8Array<ArrayBuffer>[],
  chainBefore: Uint8Array,
): Promise<readonly CommitChain[]> => {
  const digests = await Promise.all(rows.map(sha256))
  let chain = chainBefore
  let end = block.from
  return digests.map((digest, index) => {
    chain = chainLink(chain, digest)
    end += block.commits[index] ?? 0
    return { end, chain }
  })
}

/** The same of a block that was checked before. */
export const chainsOf = (block: Block, chainBefore: Uint8Array): Promise<readonly CommitChain[]> => {
  let at = 0
  const rows = block.commits.map((length) => {
    const part = Array.from({ length }, (_, index) => block.row(at + index))
    at += length
    return rowsBytes(part)
  })
  return chainsOver(block, rows, chainBefore)
}

export const isSealed = (header: Header): boolean => (header.flags & flagSealed) !== 0
export const isEphemeral = (header: Header): boolean => (header.flags & flagEphemeral) !== 0
