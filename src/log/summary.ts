/**
 * What is known of a sealed run without reading it (RULES 22): ranges, app ids, and a Bloom filter of its tags. Kept in memory for
 * every seal, 64 to a record on disk, each record with a digest: a flipped bit must never hide an event.
 */
import { decode, encode } from 'cborg'
import { concatBytes, equalBytes } from '../core/bytes.ts'
import type { StreamId } from '../core/event.ts'
import type { EventFilter } from '../core/event-filter.ts'
import { isWrittenBy } from '../core/event-filter.ts'
import { summaryFilterBytesMax } from '../core/limits.ts'
import { sha256 } from '../crypto/hash.ts'
import type { Block } from './body.ts'

export interface Summary {
  readonly from: number
  readonly count: number
  readonly firstLamport: number
  readonly lastLamport: number
  readonly minTime: number
  readonly maxTime: number
  /** Milliseconds since the epoch when this node stored it. */
  readonly receivedAt: number
  readonly apps: readonly string[]
  /** Empty: saturated or unreadable, "maybe" for every tag. */
  readonly tagFilter: Uint8Array
}

/** 14.4 bits a tag and 10 probes give 0.1 % false positives in theory; there is room for more until a seal has 400 tags. */
const bitsPerTag = 20
const probesMax = 10
/** A filter with fewer bits a tag than this answers "maybe" too often to be worth its bytes. */
const bitsPerTagMin = 4
/** In a filter of a few bits the probes of any two tags fall together. */
const filterBytesMin = 32

const mix = (value: number): number => {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** Two 32-bit hashes: FNV-1a, whose lower bits see little of a tag, mixed in two ways. */
const hashes = (tag: string): readonly [number, number] => {
  let hash = 0x811c9dc5
  for (let index = 0; index < tag.length; index++) hash = Math.imul(hash ^ tag.charCodeAt(index), 0x01000193)
  return [mix(hash), mix(hash + 0x9e3779b9)]
}

/** Visits the bits of a tag. The step grows with each probe: with a constant one, tags share all their bits once they share two. */
const probe = (
  filter: Uint8Array,
  probes: number,
  tag: string,
  visit: (byte: number, bit: number) => boolean,
): boolean => {
  const bits = (filter.length - 1) * 8
  const [first, second] = hashes(tag)
  let at = first % bits
  let step = second % bits
  for (let index = 1; index <= probes; index++) {
    if (!visit(1 + (at >> 3), 1 << (at & 7))) return false
    at = (at + step) % bits
    step = (step + index) % bits
  }
  return true
}

/** The first byte holds the number of probes. */
export const createTagFilter = (tags: readonly string[]): Uint8Array => {
  const wanted = Math.max(filterBytesMin, Math.ceil((tags.length * bitsPerTag) / 8))
  const bytes = Math.min(summaryFilterBytesMax - 1, wanted)
  const bits = bytes * 8
  if (bits < tags.length * bitsPerTagMin) return new Uint8Array()
  const filter = new Uint8Array(1 + bytes)
  filter[0] = Math.max(1, Math.min(probesMax, Math.round((bits / Math.max(tags.length, 1)) * Math.LN2)))
  for (const tag of tags) {
    probe(filter, filter[0], tag, (byte, bit) => {
      filter[byte] = (filter[byte] ?? 0) | bit
      return true
    })
  }
  return filter
}

export const mayHaveTag = (filter: Uint8Array, tag: string): boolean =>
  filter.length === 0 || probe(filter, filter[0] ?? 1, tag, (byte, bit) => ((filter[byte] ?? 0) & bit) !== 0)

export const summarise = (block: Block, receivedAt: number): Summary => ({
  from: block.from,
  count: block.count,
  firstLamport: block.lamports[0] ?? 0,
  lastLamport: block.lamports.at(-1) ?? 0,
  minTime: block.times.reduce((least, time) => Math.min(least, time), Infinity),
  maxTime: block.times.reduce((most, time) => Math.max(most, time), 0),
  receivedAt,
  apps: block.apps,
  tagFilter: createTagFilter([...new Set(block.tagSets.flat())]),
})

/** False only when no event of the run can pass `filter`. */
export const mayMatch = (filter: EventFilter, stream: StreamId, summary: Summary): boolean => {
  switch (filter.type) {
    case 'all':
      return true
    case 'none':
      return false
    case 'tag':
      return mayHaveTag(summary.tagFilter, filter.tag)
    case 'appId':
      return summary.apps.length === 0 || summary.apps.includes(filter.appId)
    case 'node':
      return isWrittenBy(stream, filter.node)
    case 'keyRange':
      return (
        (filter.from === undefined || summary.lastLamport >= filter.from.lamport) &&
        (filter.to === undefined || summary.firstLamport <= filter.to.lamport)
      )
    case 'timeRange':
      return (
        (filter.from === undefined || summary.maxTime >= filter.from) &&
        (filter.to === undefined || summary.minTime < filter.to)
      )
    case 'and':
      return filter.of.every((part) => mayMatch(part, stream, summary))
    case 'or':
      return filter.of.some((part) => mayMatch(part, stream, summary))
  }
}

const digestBytes = 16

/** One record of the `summaries` table. */
export const encodeSummaries = async (summaries: readonly Summary[]): Promise<Uint8Array> => {
  const content = new Uint8Array(
    encode(
      summaries.map((summary) => [
        summary.from,
        summary.count,
        summary.firstLamport,
        summary.lastLamport,
        summary.minTime,
        summary.maxTime,
        summary.receivedAt,
        summary.apps,
        summary.tagFilter,
      ]),
    ),
  )
  return concatBytes((await sha256(content)).subarray(0, digestBytes), content)
}

type SummaryFields = [number, number, number, number, number, number, number, string[], Uint8Array]

/** `undefined` for a damaged record: its seals are then summarised again when they are read. */
export const decodeSummaries = async (bytes: Uint8Array): Promise<readonly Summary[] | undefined> => {
  const content = new Uint8Array(bytes.subarray(digestBytes))
  if (!equalBytes((await sha256(content)).subarray(0, digestBytes), bytes.subarray(0, digestBytes))) return undefined
  return (decode(content) as SummaryFields[]).map(
    ([from, count, firstLamport, lastLamport, minTime, maxTime, receivedAt, apps, tagFilter]) => ({
      from,
      count,
      firstLamport,
      lastLamport,
      minTime,
      maxTime,
      receivedAt,
      apps,
      tagFilter: tagFilter.slice(),
    }),
  )
}
