/**
 * Where everybody stands, kept up to date: the words that the record reads, the admissions that the register knows, and `judgeStandings` over
 * both. Judged anew when something was said or somebody became known, and only then; without a word, and with one admission for each node,
 * there is nothing to judge.
 */
import type { NodeId, StreamId } from '../core/event.ts'
import { parseStreamId } from '../core/node-id.ts'
import type { Standing } from './contract.ts'
import type { MemberRegister } from './members.ts'
import type { Placed, Standings, Word } from './standing.ts'
import { cutOf, isBelow, isSamePlace, isShut, judgeStandings, tokenOf } from './standing.ts'

/** Of one author, the first it said: nobody says this much of standings honestly. */
const wordsOfAuthorMax = 5000
/** The same of who is no admin, whose words weigh nothing; by the recovery code one may say a few. */
const wordsOfMemberMax = 100
/** Tokens of one admin that are remembered as told. */
const tokensOfAdminMax = 5000

const active: Standing = { type: 'active' }

export interface StandingsKeeper {
  of(node: NodeId): Standing
  placed(node: NodeId): Placed | undefined
  /** One past the last offset of a stream that counts; undefined: everything does. For `openLog`. */
  cutOf(stream: StreamId): number | undefined
  /** Whether it gets no links. */
  isShut(node: NodeId): boolean
  /** Whether its word on membership counts: an admin that is active, or was retired from below. */
  isAdmin(node: NodeId): boolean
  /** Whether `admin` may revoke `node`. */
  mayRevoke(admin: NodeId, node: NodeId): boolean
  isWithdrawn(tokenId: Uint8Array): boolean
  hear(word: Word): void
  /** Stream 1 of `admin` told the swarm of a token at `offset`. */
  hearToken(admin: NodeId, tokenId: Uint8Array, offset: number): void
  /** Another branch of its stream counts from `offset` on: what it said there is read anew. */
  forget(author: NodeId, offset: number): void
  /** Judges anew where there is reason to; tells the listeners where an answer changed. */
  refresh(): void
  onChange(listener: (change: StandingChange) => void): () => void
}

export interface StandingChange {
  readonly nodes: ReadonlySet<NodeId>
}

export const createStandings = (members: MemberRegister): StandingsKeeper => {
  const words = new Map<NodeId, Word[]>()
  const told = new Map<NodeId, Map<string, number>>()
  const listeners = new Set<(change: StandingChange) => void>()
  let current: Standings = { placed: new Map(), withdrawn: new Set() }
  /** As the listeners know them. */
  let settled = current
  let isStale = true
  let judged = -1
  let count = 0

  /** Without a word nobody stands otherwise than the register says; where there was one, it may have to be undone. */
  const isTrivial = (): boolean => count === 0 && !members.hasChoice && settled.placed.size === 0

  const judge = (): Standings => {
    if (!isStale && judged === members.revision) return current
    isStale = false
    judged = members.revision
    current = judgeStandings({
      swarm: members.swarm,
      admissions: members.admissions(),
      words: [...words.values()].flat(),
      toldAt: (admin, token) => told.get(admin)?.get(token),
    })
    return current
  }

  const placed = (node: NodeId): Placed | undefined => judge().placed.get(node)
  const of = (node: NodeId): Standing => (isTrivial() ? active : (placed(node)?.standing ?? active))

  const refresh = (): void => {
    if (isTrivial()) return
    const now = judge()
    // who asked in between has had it judged, but nobody was told
    if (now === settled) return
    const before = settled
    settled = now
    for (const [node, { admission }] of now.placed) members.choose(node, admission)
    const nodes = new Set<NodeId>()
    for (const [node, place] of now.placed) {
      const was = before.placed.get(node)
      const isNews = was === undefined ? place.standing.type !== 'active' : !isSamePlace(was, place)
      if (isNews) nodes.add(node)
    }
    const hasWithdrawn = now.withdrawn.size !== before.withdrawn.size
    if (nodes.size === 0 && !hasWithdrawn) return
    for (const listener of listeners) listener({ nodes })
  }
  members.onLearn(refresh)

  const roleOf = (node: NodeId): string | undefined => members.get(node)?.admission.certificate.role

  return {
    of,
    placed,
    cutOf: (stream) => {
      if (isTrivial()) return undefined
      const place = parseStreamId(stream)
      if (place === undefined) return undefined
      const cut = cutOf(of(place.node), place.number)
      return cut >= Number.MAX_SAFE_INTEGER ? undefined : cut
    },
    isShut: (node) => {
      if (isTrivial()) return false
      const place = placed(node)
      return isShut(place, place?.standing.by === undefined ? undefined : placed(place.standing.by))
    },
    isAdmin: (node) => {
      if (roleOf(node) !== 'admin') return false
      if (isTrivial()) return true
      const { type } = of(node)
      if (type === 'active') return true
      const place = placed(node)
      return !isShut(place, place?.standing.by === undefined ? undefined : placed(place.standing.by))
    },
    mayRevoke: (admin, node) => {
      const [one, other] = [placed(admin), placed(node)]
      return one !== undefined && other !== undefined && one.role === 'admin' && isBelow(other, one.rank)
    },
    isWithdrawn: (tokenId) => count > 0 && judge().withdrawn.has(tokenOf(tokenId)),
    hear: (word) => {
      const said = words.get(word.author) ?? []
      const max = roleOf(word.author) === 'admin' ? wordsOfAuthorMax : wordsOfMemberMax
      if (said.length >= max || said.some(({ offset }) => offset === word.offset)) return
      words.set(word.author, [...said, word])
      count += 1
      isStale = true
    },
    hearToken: (admin, tokenId, offset) => {
      const tokens = told.get(admin) ?? new Map<string, number>()
      told.set(admin, tokens)
      const token = tokenOf(tokenId)
      const before = tokens.get(token)
      if (before === undefined && tokens.size >= tokensOfAdminMax) return
      if (before !== undefined && before <= offset) return
      tokens.set(token, offset)
      isStale = true
    },
    forget: (author, offset) => {
      const said = words.get(author) ?? []
      const kept = said.filter((word) => word.offset < offset)
      count -= said.length - kept.length
      words.set(author, kept)
      const tokens = told.get(author)
      for (const [token, at] of tokens ?? []) if (at >= offset) tokens?.delete(token)
      isStale = true
    },
    refresh,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
