/**
 * Key of a run in the store. It carries all that opening and appending must know, so that opening reads keys and no values, and a
 * record whose bytes were damaged still says which offsets, lamports and chain it stood for: its author can go on after it without
 * using any of them again.
 *
 *   <stream>/<from, 16 digits>/<count>/<lastLamport>/<maxTime>/<bytes>/<chain after, crypt-base64>/<crc-32>/<s: sealed, r: not><e: ephemeral>
 */
import { crc32 } from '../core/crc32.ts'
import type { StreamId } from '../core/event.ts'
import { bytesOfCryptBase64, cryptBase64, parseStreamId } from '../core/node-id.ts'
import type { Run } from './run.ts'
import { isEphemeral, isSealed } from './run.ts'

export interface RunKey {
  readonly stream: StreamId
  readonly from: number
  readonly count: number
  readonly lastLamport: number
  readonly maxTime: number
  /** Size of the record. */
  readonly bytes: number
  readonly chain: string
  readonly crc: string
  readonly sealed: boolean
  readonly ephemeral: boolean
}

export const offsetDigits = (offset: number): string => String(offset).padStart(16, '0')

/** `record` is what is stored under the key; `place` is the run's stream, or that of another line of it (RULES 18). */
export const writeRunKey = ({ header }: Run, record: Uint8Array, place: StreamId): string =>
  [
    place,
    offsetDigits(header.from),
    header.count,
    header.lastLamport,
    header.maxTime,
    record.length,
    cryptBase64(header.chainAfter),
    crc32(record),
    `${isSealed(header) ? 's' : 'r'}${isEphemeral(header) ? 'e' : ''}`,
  ].join('/')

// node ids and chains may hold slashes: both are 43 characters of crypt-base64
const pattern =
  /^(?<stream>[./0-9A-Za-z]{43}-\d+)\/(?<from>\d{16})\/(?<count>\d+)\/(?<lamport>\d+)\/(?<time>\d+)\/(?<bytes>\d+)\/(?<chain>[./0-9A-Za-z]{43})\/(?<crc>[0-9a-f]{8})\/(?<flags>[sr]e?)$/

/** `undefined` for what is no key of a run. */
export const readRunKey = (key: string): RunKey | undefined => {
  const found = pattern.exec(key)?.groups
  if (found === undefined || parseStreamId(found['stream'] ?? '') === undefined) return undefined
  const flags = found['flags'] ?? ''
  return {
    stream: found['stream'] as StreamId,
    from: Number(found['from']),
    count: Number(found['count']),
    lastLamport: Number(found['lamport']),
    maxTime: Number(found['time']),
    bytes: Number(found['bytes']),
    chain: found['chain'] ?? '',
    crc: found['crc'] ?? '',
    sealed: flags.startsWith('s'),
    ephemeral: flags.endsWith('e'),
  }
}

export const chainBytes = (chain: string): Uint8Array => bytesOfCryptBase64(chain) ?? new Uint8Array(32)
