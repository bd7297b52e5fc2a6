/**
 * Forks (RULES 18). Runs of one line of commits are kept under one *place* in the store: that of the line which was known first is the stream's own
 * id; each further line has one of its own, which no record ever leaves. Which line bears the stream's name, and which one is read as a stream of its
 * own, follows from the digests alone, so it is worked out in memory: a branch that arrives late with a smaller digest moves nothing on disk.
 */
import { decode, encode } from 'cborg'
import type { StreamId } from '../core/event.ts'
import { bytesOfCryptBase64, parseStreamId } from '../core/node-id.ts'
import type { Store, Write } from '../store/contract.ts'

/** A line of commits that leaves another one. */
export interface Branch {
  /** As its author signed it. */
  readonly stream: StreamId
  readonly place: StreamId
  /** Place of the line that it leaves. */
  readonly parent: StreamId
  /** One past the last common event, the chain there, and the lamport of that event (-1 where there is none). */
  readonly at: number
  readonly chain: string
  readonly lamport: number
  /** Chain after its first own commit. */
  readonly digest: string
  /** Chain after the first commit by which the other line goes on. */
  readonly parentDigest: string
}

const prefix = 'branch/'

export const branchWrite = (branch: Branch): Write => {
  const { stream, place, parent, at, chain, lamport, digest, parentDigest } = branch
  const value = encode([stream, parent, at, chain, lamport, digest, parentDigest])
  return { type: 'put', table: 'meta', key: `${prefix}${place}`, value }
}

const isStream = (value: unknown): value is StreamId => typeof value === 'string' && parseStreamId(value) !== undefined
const isDigest = (value: unknown): value is string =>
  typeof value === 'string' && bytesOfCryptBase64(value)?.length === 32

const readBranch = (place: string, value: Uint8Array): Branch | undefined => {
  const [stream, parent, at, chain, lamport, digest, parentDigest] = decode(value) as unknown[]
  if (!isStream(place) || !isStream(stream) || !isStream(parent)) return undefined
  if (!Number.isSafeInteger(at) || !Number.isSafeInteger(lamport)) return undefined
  if (!isDigest(chain) || !isDigest(digest) || !isDigest(parentDigest)) return undefined
  return { stream, place, parent, at: at as number, chain, lamport: lamport as number, digest, parentDigest }
}

export const loadBranches = async (store: Store, findings: string[]): Promise<readonly Branch[]> => {
  const records = await store.range('meta', { from: prefix, to: `${prefix}~` })
  return records.flatMap(([key, value]) => {
    try {
      const branch = readBranch(key.slice(prefix.length), value)
      if (branch !== undefined) return [branch]
    } catch {
      // as below
    }
    findings.push('What was kept of a fork is damaged; the branch that it stood for is fetched again.')
    return []
  })
}

/** A stretch of the line kept under `place`, in the offsets that its author signed. */
export interface Stretch {
  readonly place: StreamId
  readonly from: number
  readonly to: number
  /** Chain and lamport before `to`, where another stretch follows. */
  readonly chain: string
  readonly lamport: number
}

/** What is read under one name. */
export interface Line {
  /** The branch that the name stands for; `undefined` for the stream itself. */
  readonly fork:
    | { readonly at: number; readonly chain: string; readonly digest: string; readonly other: string }
    | undefined
  readonly stretches: readonly Stretch[]
}

/** All lines that one stream falls apart into; the first is the one that bears its name. A pure function of which branches there are. */
export const linesOf = (stream: StreamId, branches: readonly Branch[]): readonly Line[] => {
  const lines: Line[] = []
  const begun: { readonly place: StreamId; readonly at: number; readonly fork: Line['fork'] }[] = [
    { place: stream, at: -1, fork: undefined },
  ]
  for (let next = begun.shift(); next !== undefined; next = begun.shift()) {
    const stretches: Stretch[] = []
    let { place } = next
    let from = Math.max(0, next.at)
    /** Forks up to here are decided. */
    let after = next.at
    for (;;) {
      const leaving = branches.filter(({ parent, at }) => parent === place && at > after)
      const at = Math.min(...leaving.map((branch) => branch.at))
      const here = leaving.filter((branch) => branch.at === at)
      const [first] = here
      if (first === undefined) break
      const ways = [{ place, digest: first.parentDigest }, ...here].toSorted((a, b) => (a.digest < b.digest ? -1 : 1))
      const [winner, ...others] = ways
      if (winner === undefined) break
      for (const other of others) {
        const fork = { at, chain: first.chain, digest: other.digest, other: winner.digest }
        begun.push({ place: other.place, at, fork })
      }
      if (winner.place !== place) {
        if (at > from) stretches.push({ place, from, to: at, chain: first.chain, lamport: first.lamport })
        place = winner.place
        from = at
      }
      after = at
    }
    stretches.push({ place, from, to: Infinity, chain: '', lamport: 0 })
    lines.push({ fork: next.fork, stretches })
  }
  return lines
}
