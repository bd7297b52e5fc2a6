/**
 * The gate's judgement over all lines of a stream: a run goes to the line that it belongs to, and where it belongs to none but has begun like one
 * of them, it begins another (RULES 18). It reads, it never writes.
 */
import type { StreamId } from '../core/event.ts'
import { branchesMax, lamportLeapMax } from '../core/limits.ts'
import { streamOf } from '../core/node-id.ts'
import type { NodeId } from '../core/event.ts'
import type { Branch } from './branch.ts'
import type { LogContext } from './context.ts'
import type { Chains, Content, Examined, Verdict } from './examination.ts'
import { byOffset, heldChain, judgePlace, nextChain } from './examination.ts'
import type { Run } from './run.ts'
import { authorOf, chainsOf } from './run.ts'
import type { StreamState } from './stream-state.ts'
import { indexOfOffset, nextOf } from './stream-state.ts'

/** What may be a fork, seen from one line. */
const isContradiction = (verdict: Verdict): boolean =>
  verdict.type === 'evidence' && (verdict.code === 'ERR_FORK' || verdict.code === 'ERR_PARTIAL_OVERLAP')
const worth: Record<Verdict['type'], number> = { take: 5, known: 4, deferred: 3, gap: 2, evidence: 1, refused: 0 }

/** Chains of the entry that holds `offset`; `undefined` where it cannot be read. */
const chainsAt = async (context: LogContext, place: StreamState, offset: number): Promise<Chains | undefined> => {
  const entry = place.entries[indexOfOffset(place.entries, offset)]
  if (entry === undefined || entry.from > offset) return undefined
  const run = await context.blocks.run(place, entry)
  const block = run === undefined ? undefined : await context.blocks.read(place, entry)
  if (run === undefined || block === undefined) return undefined
  return byOffset(block.from, run.header.chainBefore, await chainsOf(block, run.header.chainBefore))
}

/** One past the last event that `place` has in common with the run, where that is within the run and both go on differently. */
const commonEnd = async (context: LogContext, place: StreamState, chains: Chains): Promise<number | undefined> => {
  // a chain covers all that comes before it: up to some commit all agree, behind it none does
  const { ends } = chains
  let [low, high] = [0, ends.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const end = ends[middle] ?? 0
    const held = end > nextOf(place) ? undefined : await heldChain(context, place, end)
    if (held !== undefined && held === chains.get(end)) low = middle + 1
    else high = middle
  }
  const end = low === 0 || low === ends.length ? undefined : ends[low - 1]
  return end === undefined || end >= nextOf(place) ? undefined : end
}

/** The line that `run` begins, if it has begun like one that is held. */
const branchOf = async (
  context: LogContext,
  places: readonly StreamState[],
  run: Run,
  { block, chains }: Extract<Content, { type: 'read' }>,
): Promise<Branch | undefined> => {
  const { header } = run
  let common = { at: -1, place: places[0] }
  for (const place of places) {
    const at = await commonEnd(context, place, chains)
    if (at !== undefined && at > common.at) common = { at, place }
  }
  const { at, place } = common
  const digest = nextChain(chains, at)
  const chain = chains.get(at)
  if (at < 0 || place === undefined || digest === undefined || chain === undefined) return undefined
  // a line that has itself left another one at this point, or behind it, is none to leave from
  let parent = place
  while (parent.branch !== undefined && at <= parent.branch.at) {
    const above = parent.branch.parent
    const found = places.find(({ stream }) => stream === above)
    if (found === undefined) return undefined
    parent = found
  }
  const branches = places.flatMap((one) => one.branch ?? [])
  const beside = branches.find((one) => one.parent === parent.stream && one.at === at)
  const held = beside === undefined ? await chainsAt(context, parent, at) : undefined
  const parentDigest = beside?.parentDigest ?? (held === undefined ? undefined : nextChain(held, at))
  if (parentDigest === undefined || parentDigest === digest) return undefined
  if (branches.some((one) => one.digest === digest)) return undefined
  const before = indexOfOffset(parent.entries, at - 1)
  const entry = parent.entries[before]
  const earlier = at > header.from || entry === undefined ? undefined : await context.blocks.read(parent, entry)
  const lamport =
    at === 0 ? -1 : at > header.from ? block.lamports[at - 1 - header.from] : earlier?.lamports[at - 1 - earlier.from]
  if (lamport === undefined) return undefined
  // the branch of another stream may have begun alike, where one author copied another
  let number = 0
  while (context.index.isPlace(streamOf(digest as NodeId, number))) number += 1
  const stream: StreamId = header.stream
  const found = { stream, parent: parent.stream, at, chain, lamport, digest, parentDigest }
  return { ...found, place: streamOf(digest as NodeId, number) }
}

/**
 * Compares what was examined with what is held when its turn comes. `mayJump`: an ephemeral stream of which everybody has let go of what
 * follows here may go on where others still have it; what is held of it goes (RULES 8).
 */
export const judge = async (
  context: LogContext,
  examined: Examined,
  mayJump: (stream: StreamId) => boolean,
): Promise<Verdict> => {
  if (examined.type !== 'sound') return examined
  const { run, content } = examined
  const { header } = run
  // our own was put aside when we were cut off, and comes back from there
  if (header.from >= context.cutFor(header.stream))
    return context.isOwn(header.stream) ? { type: 'known', run } : { type: 'evidence', run, code: 'ERR_REVOKED' }
  if (header.lastLamport > context.lamport + lamportLeapMax) return { type: 'deferred', run, code: 'ERR_LAMPORT_LEAP' }
  const places = context.index.places(header.stream)
  let best = await judgePlace(context, places[0], run, content, mayJump)
  if (context.isOwn(header.stream)) return best
  let mayFork = isContradiction(best)
  for (const place of places.slice(1)) {
    if (best.type === 'take') return best
    const verdict = await judgePlace(context, place, run, content, mayJump)
    mayFork ||= isContradiction(verdict)
    if (worth[verdict.type] > worth[best.type]) best = verdict
  }
  if (!mayFork || worth[best.type] > worth.gap || content.type !== 'read') return best
  if (context.index.branchesOf(authorOf(header)) >= branchesMax) return best
  const branch = await branchOf(context, places, run, content)
  return branch === undefined
    ? best
    : { type: 'take', run, block: content.block, replaces: [], place: branch.place, branch }
}
