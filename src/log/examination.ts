/**
 * The gate's judgement of one foreign run against what is held (RULES 1–4, 10, 17, 18). It reads, it never writes: the verdict says
 * what is to be written.
 */
import { isKeptStream } from '../core/kept-stream.ts'
import { cryptBase64 } from '../core/node-id.ts'
import { ShoalError, errorCode, errorMessage } from '../core/errors.ts'
import type { StreamId } from '../core/event.ts'
import { normaliseTags } from '../core/tags.ts'
import type { Block, DecodedBlock } from './body.ts'
import type { Branch } from './branch.ts'
import type { LogContext } from './context.ts'
import type { CommitChain, Run } from './run.ts'
import {
  authorOf,
  chainsOf,
  chainsOver,
  isEphemeral,
  isReadable,
  isSealed,
  parseRun,
  readRun,
  verifyRun,
} from './run.ts'
import { isJsonText } from './scalar.ts'
import type { RunEntry, StreamState } from './stream-state.ts'
import { baseOf, chainOfHead, countOf, endOf, indexOfOffset, nextOf, noChain } from './stream-state.ts'

export type Verdict =
  | {
      /** Goes in, in the place of `replaces`. */
      readonly type: 'take'
      readonly run: Run
      readonly block: Block | undefined
      readonly replaces: readonly RunEntry[]
      /** Where it is kept; another one than its stream where that forked. */
      readonly place: StreamId
      /** It begins a line of its own (RULES 18). */
      readonly branch?: Branch
    }
  | { readonly type: 'known'; readonly run: Run }
  | { readonly type: 'gap'; readonly run: Run; readonly head: number }
  | { readonly type: 'deferred'; readonly run: Run; readonly code: string }
  | { readonly type: 'evidence'; readonly run: Run; readonly code: string }
  | { readonly type: 'refused'; readonly code: string; readonly message: string }

const refused = (code: string, message: string): Verdict => ({ type: 'refused', code, message })

/**
 * Every payload must be JSON and every tag in normal form: a signature does not make a reader's parser safe. Answers what is hashed of
 * each commit; bounded before anything is woven, parsed or hashed, since a few inflated bytes can stand for a thousand large events.
 */
const checkContent = (block: DecodedBlock): readonly Uint8Array<ArrayBuffer>[] => {
  for (const tags of block.tagSets) {
    const normal = normaliseTags(tags)
    if (normal.length !== tags.length || normal.some((tag, index) => tag !== tags[index]))
      throw new ShoalError('ERR_MALFORMED', 'The tags of a run are not in normal form.')
  }
  const content = block.content()
  const rows = content.commits(block.commits)
  for (let index = 0; index < (content.isJson ? 0 : block.count); index++) {
    if (!isJsonText(block.payload(index)))
      throw new ShoalError('ERR_MALFORMED', `The payload of event ${block.from + index} is not JSON.`)
  }
  return rows
}

/** Chain digest by offset, at the start and at the end of each commit; as text when asked for, since most are not. */
export interface Chains {
  get(offset: number): string | undefined
  /** Ends of its commits, ascending, and before them where it begins. */
  readonly ends: readonly number[]
}

export const byOffset = (from: number, chainBefore: Uint8Array, ends: readonly CommitChain[]): Chains => {
  const chains = new Map([[from, chainBefore]])
  for (const { end, chain } of ends) chains.set(end, chain)
  return {
    ends: [from, ...ends.map(({ end }) => end)],
    get: (offset) => {
      const chain = chains.get(offset)
      return chain === undefined ? undefined : cryptBase64(chain)
    },
  }
}

/** What a run says, and what is wrong with that. */
export type Content =
  | { readonly type: 'read'; readonly block: DecodedBlock; readonly chains: Chains }
  /** Of a codec or key that is not known here: all there is to know are its ends. */
  | { readonly type: 'opaque'; readonly chains: Chains }
  | { readonly type: 'wrong'; readonly verdict: Verdict }

/** A record that was looked at by itself: what is left is to compare it with what is held. */
export type Examined = Verdict | { readonly type: 'sound'; readonly run: Run; readonly content: Content }

/** A record taken apart; `Verdict` where it is none. */
export const parse = (record: Uint8Array): Run | Verdict => {
  try {
    return parseRun(record)
  } catch (error) {
    return refused(errorCode(error), errorMessage(error))
  }
}

const readContent = async (run: Run): Promise<Content> => {
  const { header } = run
  const end = endOf(header)
  if (!isReadable(header)) {
    const chains = byOffset(header.from, header.chainBefore, [{ end, chain: header.chainAfter }])
    return { type: 'opaque', chains }
  }
  try {
    const block = await readRun(run)
    const chains = byOffset(
      header.from,
      header.chainBefore,
      await chainsOver(block, checkContent(block), header.chainBefore),
    )
    if (chains.get(end) === cryptBase64(header.chainAfter)) return { type: 'read', block, chains }
    return { type: 'wrong', verdict: { type: 'evidence', run, code: 'ERR_CHAIN' } }
  } catch (error) {
    return { type: 'wrong', verdict: refused(errorCode(error), errorMessage(error)) }
  }
}

/**
 * Is this an honest run of a known author, in itself? Depends on nothing that is held, so many records are examined at once: verifying,
 * inflating and hashing run on other threads. Bounded work: a body inflates to at most what its header announces.
 */
export const examine = async (context: LogContext, run: Run): Promise<Examined> => {
  const { header } = run
  if (header.swarm !== context.swarm) return refused('ERR_OTHER_SWARM', 'The run belongs to another swarm.')
  if (header.topic !== context.topic) return refused('ERR_OTHER_TOPIC', 'The run belongs to another topic.')
  if (!context.isMember(authorOf(header))) return { type: 'deferred', run, code: 'ERR_UNKNOWN_AUTHOR' }
  if (!isKeptStream(header.stream)) return { type: 'deferred', run, code: 'ERR_STREAM_NUMBER' }
  switch (await verifyRun(run)) {
    case 'signature':
      return refused('ERR_FORGED', `The signature on a run of ${header.stream} is not its author's.`)
    case 'body':
      return refused('ERR_BODY', `The body of a run of ${header.stream} is not the one that was signed.`)
    case 'ok':
      return { type: 'sound', run, content: await readContent(run) }
  }
}

/** Chain at `offset` as held: between entries it is known; inside one, its commits are read. `undefined`: no commit ends there. */
export const heldChain = async (
  context: LogContext,
  state: StreamState,
  offset: number,
): Promise<string | undefined> => {
  const index = indexOfOffset(state.entries, offset)
  const entry = state.entries[index]
  if (entry === undefined) return offset === nextOf(state) ? chainOfHead(state) : undefined
  const before = state.entries[index - 1]
  if (entry.from === offset && before !== undefined) return before.chain
  if (entry.from === offset && offset === 0) return noChain
  const run = await context.blocks.run(state, entry)
  const block = await context.blocks.read(state, entry)
  if (run === undefined) return undefined
  if (run.header.from === offset) return cryptBase64(run.header.chainBefore)
  if (block === undefined) return undefined
  const { chainBefore } = run.header
  return byOffset(block.from, chainBefore, await chainsOf(block, chainBefore)).get(offset)
}

const startVerdict = (run: Run, state: StreamState | undefined): Verdict | undefined => {
  const { header } = run
  const ephemeral = isEphemeral(header)
  if (state !== undefined && (state.entries.length > 0 || state.branch !== undefined)) {
    return state.ephemeral === ephemeral ? undefined : { type: 'evidence', run, code: 'ERR_EPHEMERAL_CHANGED' }
  }
  if (header.from > 0 && !ephemeral) return { type: 'gap', run, head: 0 }
  // a stream that starts with a chain before its first commit lies about what came first
  if (header.from === 0 && cryptBase64(header.chainBefore) !== noChain)
    return { type: 'evidence', run, code: 'ERR_FORK' }
  return undefined
}

/** Chain after the first commit of `chains` that ends behind `offset`. */
export const nextChain = (chains: Chains, offset: number): string | undefined => {
  const end = chains.ends.find((one) => one > offset)
  return end === undefined ? undefined : chains.get(end)
}

/** Whether a run is of another line than `branch`: one that ends before it begins, or goes on otherwise where it leaves. */
const isElsewhere = (run: Run, { at, chain, digest }: Branch, chains: Chains): boolean =>
  endOf(run.header) <= at || (run.header.from <= at && (chains.get(at) !== chain || nextChain(chains, at) !== digest))

/** Compares a verified run with the entries it overlaps and touches. */
const compare = async (
  context: LogContext,
  state: StreamState,
  run: Run,
  chains: Chains,
): Promise<Verdict | readonly RunEntry[]> => {
  const { header } = run
  const end = endOf(header)
  const fork: Verdict = { type: 'evidence', run, code: 'ERR_FORK' }
  const overlap: Verdict = { type: 'evidence', run, code: 'ERR_PARTIAL_OVERLAP' }
  const first = indexOfOffset(state.entries, header.from)
  const touched = state.entries.slice(first).filter((entry) => entry.from < end)
  const host = touched[0]
  const nested = touched.length === 1 && host !== undefined && host.from <= header.from && end <= endOf(host)
  if (nested && host !== undefined && !host.quarantined && (host.from < header.from || end < endOf(host))) {
    const [before, after] = [await heldChain(context, state, header.from), await heldChain(context, state, end)]
    if (host.unreadable !== undefined) return { type: 'known', run }
    if (before === undefined || after === undefined) return overlap
    return before === chains.get(header.from) && after === chains.get(end) ? { type: 'known', run } : fork
  }
  if (host !== undefined && host.from < header.from && !host.quarantined) return overlap
  const before = await heldChain(context, state, header.from)
  if (before !== undefined && before !== '' && before !== chains.get(header.from)) return fork
  if (!isReadable(header) && touched.some(({ unreadable }) => unreadable === undefined)) {
    // nobody can check here that it holds the same events, so what can be read stays (RULES 4)
    return end > nextOf(state) ? { type: 'deferred', run, code: 'ERR_UNKNOWN_CODEC' } : { type: 'known', run }
  }
  for (const entry of touched) {
    if (entry.quarantined) continue
    const mine = chains.get(endOf(entry))
    if (mine === undefined) return endOf(entry) > end ? overlap : isReadable(header) ? overlap : { type: 'known', run }
    if (mine !== entry.chain) return fork
  }
  // what is held beyond it must follow from it as well, where it fills a hole
  const after = state.entries[first + touched.length]
  if (after !== undefined && touched.some(({ quarantined }) => quarantined)) {
    const next = await context.blocks.run(state, after)
    if (next !== undefined && cryptBase64(next.header.chainBefore) !== chains.get(end)) return fork
  }
  if (
    touched.length === 1 &&
    !host?.quarantined &&
    host?.count === header.count &&
    (host.sealed || !isSealed(header))
  ) {
    return { type: 'known', run }
  }
  return touched
}

/** What is to become of a sound run, as far as one line of its stream is concerned; `place` is undefined before the first. */
export const judgePlace = async (
  context: LogContext,
  place: StreamState | undefined,
  run: Run,
  content: Content,
  mayJump: (stream: StreamId) => boolean,
): Promise<Verdict> => {
  const { header } = run
  const own = authorOf(header) === context.signer.id
  const start = startVerdict(run, place)
  if (start !== undefined) return own ? { type: 'evidence', run, code: 'ERR_OWN_STREAM' } : start
  const branch = place?.branch
  const taken = { type: 'take', run, place: place?.stream ?? header.stream } as const
  if (place !== undefined && place.entries.length > 0) {
    if (header.from > nextOf(place)) {
      if (own) return { type: 'evidence', run, code: 'ERR_OWN_STREAM' }
      const isJump = place.ephemeral && content.type === 'read' && mayJump(header.stream)
      if (!isJump || header.firstLamport <= (place.entries.at(-1)?.lastLamport ?? 0))
        return { type: 'gap', run, head: countOf(place) }
      return { ...taken, block: content.block, replaces: place.entries }
    }
    if (branch === undefined && endOf(header) <= baseOf(place)) return { type: 'known', run }
  } else if (branch !== undefined && header.from > branch.at) return { type: 'gap', run, head: branch.at }
  if (content.type === 'wrong') return content.verdict
  const block = content.type === 'read' ? content.block : undefined
  if (branch !== undefined && isElsewhere(run, branch, content.chains))
    return { type: 'evidence', run, code: 'ERR_FORK' }
  if (place === undefined || place.entries.length === 0) {
    return own ? { type: 'evidence', run, code: 'ERR_OWN_STREAM' } : { ...taken, block, replaces: [] }
  }
  const compared = await compare(context, place, run, content.chains)
  if ('type' in compared)
    return own && compared.type === 'evidence' ? { ...compared, code: 'ERR_OWN_STREAM' } : compared
  const before = place.entries[indexOfOffset(place.entries, header.from) - 1]
  if (before !== undefined && header.firstLamport <= before.lastLamport)
    return { type: 'evidence', run, code: own ? 'ERR_OWN_STREAM' : 'ERR_LAMPORT_ORDER' }
  // our own offsets are never given up, so a hole of our own is filled whole
  if (
    own &&
    compared.some((entry) => entry.quarantined && (entry.from < header.from || endOf(entry) > endOf(header)))
  ) {
    return { type: 'deferred', run, code: 'ERR_PARTIAL_REPAIR' }
  }
  // nobody else writes our stream: what is beyond our head was written by a copy of this node (RULES 17)
  if (own && (endOf(header) > nextOf(place) || compared.every(({ quarantined }) => !quarantined))) {
    return endOf(header) > nextOf(place) ? { type: 'evidence', run, code: 'ERR_OWN_STREAM' } : { type: 'known', run }
  }
  return { ...taken, block, replaces: compared }
}
