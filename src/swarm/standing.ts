/**
 * Where each member stands (RULES 19), as a function of admissions and words alone: whatever order they arrived in, and whatever was known
 * before, the answer is the same.
 *
 * What an admin says weighs by its rank, the number of admins between it and the root; who carried the newcomer's wish does not matter. Members
 * rank below all admins: else a tablet that the founder let in could be cut off by nobody else. One may revoke only who ranks lower, the root all;
 * the highest rank's word counts, within a rank the lowest cut. To retire and to close any admin may, also a higher one; but only a higher one's
 * closing ends a membership stream, so that nobody is silenced from below. Words at or beyond the cut of their author's stream 1 do not count,
 * and since only higher ranks make that cut, ranks are settled from the root down.
 */
import type { EventKey, NodeId } from '../core/event.ts'
import { compareKeys } from '../core/event.ts'
import { cryptBase64 } from '../core/node-id.ts'
import type { Role } from './certificate.ts'
import type { Admission, Standing, StandingType } from './contract.ts'

/** Number of a stream → one past the last offset that counts; those not named: 0. */
export type Cuts = ReadonlyMap<number, number>

export type StandingSaid =
  | { readonly type: 'left' }
  | { readonly type: 'retired'; readonly node: NodeId }
  | { readonly type: 'closed'; readonly node: NodeId; readonly cuts: Cuts }
  /** `isByRoot`: its signature by the root was verified. */
  | { readonly type: 'revoked'; readonly node: NodeId; readonly cuts: Cuts; readonly isByRoot: boolean }
  | { readonly type: 'replaced'; readonly old: NodeId; readonly node: NodeId }
  | { readonly type: 'withdrawn'; readonly token: string }

/** What was said in stream 1 of `author`. */
export interface Word {
  readonly author: NodeId
  readonly offset: number
  readonly key: EventKey
  /** Microseconds since the epoch, by the author's clock. */
  readonly at: number
  readonly said: StandingSaid
}

export interface StandingInput {
  readonly swarm: NodeId
  /** All that is known of each node, verified. */
  readonly admissions: ReadonlyMap<NodeId, readonly Admission[]>
  readonly words: readonly Word[]
  /** Lowest offset of stream 1 of `admin` at which it told the swarm of the token. */
  toldAt(admin: NodeId, token: string): number | undefined
}

export interface Placed {
  /** The one that counts; of those that do not count any more the first, where none does. */
  readonly admission: Admission
  readonly role: Role
  /** Admins between it and the root. */
  readonly rank: number
  readonly standing: Standing
}

export interface Standings {
  readonly placed: ReadonlyMap<NodeId, Placed>
  /** Tokens whose invitations were withdrawn by an admin whose word counts. */
  readonly withdrawn: ReadonlySet<string>
}

const membershipStream = 1
const rootRank = -1
const active: Standing = { type: 'active' }

export const tokenOf = (tokenId: Uint8Array): string => cryptBase64(tokenId)

/** One past the last offset of the stream that counts. */
export const cutOf = ({ cuts }: Standing, streamNumber: number): number =>
  cuts === undefined ? Infinity : (cuts.get(streamNumber) ?? 0)

/** Whether an admin of rank `rank` may revoke `other`. */
export const isBelow = (other: Pick<Placed, 'role' | 'rank'>, rank: number): boolean =>
  other.role === 'member' || other.rank > rank

const lowest = (cuts: readonly Cuts[]): Cuts => {
  const [first = new Map<number, number>(), ...others] = cuts
  const all = [...first].map(
    ([number, count]) => [number, Math.min(count, ...others.map((one) => one.get(number) ?? 0))] as const,
  )
  return new Map(all.filter(([, count]) => count > 0))
}

const highest = (cuts: readonly Cuts[]): Map<number, number> => {
  const all = new Map<number, number>()
  for (const one of cuts) for (const [number, count] of one) all.set(number, Math.max(count, all.get(number) ?? 0))
  return all
}

const isEarlier = (one: Word, other: Word): boolean => compareKeys(one.key, other.key) < 0
const earliest = (words: readonly Word[]): Word | undefined =>
  words.reduce<Word | undefined>(
    (first, word) => (first === undefined || isEarlier(word, first) ? word : first),
    undefined,
  )

type Of<T extends StandingSaid['type']> = Word & { readonly said: Extract<StandingSaid, { readonly type: T }> }
const isOf =
  <T extends StandingSaid['type']>(type: T) =>
  (word: Word): word is Of<T> =>
    word.said.type === type

/** An admin, with all that higher ranks say of it settled. */
interface Authority {
  readonly admission: Admission
  readonly rank: number
  /** One past the last offset of its stream 1 that counts. */
  readonly cut: number
  readonly isRevoked: boolean
}

export const judgeStandings = ({ swarm, admissions, words, toldAt }: StandingInput): Standings => {
  const about = new Map<NodeId, Word[]>()
  for (const word of words) {
    const { said, author } = word
    const node =
      said.type === 'left' ? author : said.type === 'replaced' ? said.old : 'node' in said ? said.node : undefined
    if (node !== undefined) about.set(node, [...(about.get(node) ?? []), word])
  }
  const admins = new Map<NodeId, Authority>()

  /** Of an admin's word that counts, or of the root's; undefined for one that does not. */
  const rankOf = (word: Word): number | undefined => {
    if (word.said.type === 'revoked' && word.said.isByRoot) return rootRank
    const admin = admins.get(word.author)
    return admin === undefined || word.offset >= admin.cut ? undefined : admin.rank
  }
  /** Those that count and come from above `rank`. */
  const fromAbove = <T extends StandingSaid['type']>(node: NodeId, type: T, rank: number): readonly Of<T>[] =>
    (about.get(node) ?? []).filter(isOf(type)).filter((word) => (rankOf(word) ?? Infinity) < rank)

  /** The words of the highest rank among those that revoke. */
  const revocations = (node: NodeId, rank: number): readonly Of<'revoked'>[] => {
    const found = fromAbove(node, 'revoked', rank)
    const top = Math.min(...found.map((word) => rankOf(word) ?? Infinity))
    return found.filter((word) => rankOf(word) === top)
  }

  const place = (node: NodeId, admission: Admission, rank: number): void => {
    const revoked = revocations(node, rank)
    const closed = fromAbove(node, 'closed', rank)
    const cuts =
      revoked.length > 0
        ? lowest(revoked.map(({ said }) => said.cuts))
        : closed.length > 0
          ? highest(closed.map(({ said }) => said.cuts))
          : undefined
    const cut = cuts === undefined ? Infinity : (cuts.get(membershipStream) ?? 0)
    admins.set(node, { admission, rank, cut, isRevoked: revoked.length > 0 })
  }

  /** What a revoked admin gave counts where it had told the swarm before its cut. */
  const isTicketGood = (admission: Admission): boolean => {
    const admin = admission.ticket === undefined ? undefined : admins.get(admission.ticket.admin)
    if (admin === undefined || admission.ticket === undefined) return false
    if (!admin.isRevoked) return true
    const told = toldAt(admission.ticket.admin, tokenOf(admission.ticket.tokenId))
    return told !== undefined && told < admin.cut
  }
  const isByRoot = ({ ticket, renewal }: Admission): boolean => ticket === undefined && renewal === undefined
  /** Of several any would do, but on every node the same. By one invitation a node came in once, whoever carried the wish. */
  const best = (found: readonly Admission[]): Admission | undefined =>
    found.toSorted((one, other) => (tokenOf(one.certificate.token) < tokenOf(other.certificate.token) ? -1 : 1))[0]

  let left = [...admissions].filter(([, list]) => list.some(({ certificate }) => certificate.role === 'admin'))
  for (let rank = 0; ; rank++) {
    const found = left.flatMap(([node, list]): [NodeId, Admission][] => {
      const one = best(
        list.filter(
          (admission) =>
            admission.certificate.role === 'admin' &&
            (rank === 0 ? isByRoot(admission) : !isByRoot(admission) && isTicketGood(admission)),
        ),
      )
      return one === undefined ? [] : [[node, one]]
    })
    if (found.length === 0) break
    // all of a rank together: what they say binds only those below
    for (const [node, admission] of found) place(node, admission, rank)
    left = left.filter(([node]) => !admins.has(node))
  }

  const placed = new Map<NodeId, Placed>()
  /** By a ticket of which admin each replaces, where that counts. */
  const successors = new Map<NodeId, { readonly node: NodeId; readonly admin: NodeId; readonly token: string }[]>()
  for (const [node, list] of admissions)
    for (const admission of list) {
      const { ticket } = admission
      if (ticket?.replaces === undefined || !isTicketGood(admission)) continue
      const one = { node, admin: ticket.admin, token: tokenOf(ticket.tokenId) }
      successors.set(ticket.replaces, [...(successors.get(ticket.replaces) ?? []), one])
    }

  const revokedBy = (found: readonly Of<'revoked'>[]): Standing => {
    const first = earliest(found)
    const by = first === undefined || rankOf(first) === rootRank ? swarm : first.author
    return { type: 'revoked', by, ...(first && { at: first.at }), cuts: lowest(found.map(({ said }) => said.cuts)) }
  }

  const standingOf = (node: NodeId, role: Role, rank: number): Standing => {
    const revokingRank = role === 'member' ? Infinity : rank
    const revoked = revocations(node, revokingRank)
    if (revoked.length > 0) return revokedBy(revoked)
    const spoken = (about.get(node) ?? []).filter((word) => rankOf(word) !== undefined)
    const closed = spoken.filter(isOf('closed'))
    const replaced = spoken.filter(isOf('replaced'))
    const successor = (successors.get(node) ?? []).toSorted(
      // any of several would do; by the hour of whoever opened the door nodes would not agree
      (one, other) => ((one.token === other.token ? one.node < other.node : one.token < other.token) ? -1 : 1),
    )[0]
    const replacedBy = earliest(replaced)
    const by = replacedBy !== undefined && isOf('replaced')(replacedBy) ? replacedBy.said.node : successor?.node
    const replacing = by === undefined ? {} : { replacedBy: by }
    const first = earliest(closed)
    if (first !== undefined) {
      const cuts = highest(closed.map(({ said }) => said.cuts))
      const above = fromAbove(node, 'closed', revokingRank)
      // only from above anybody is silenced
      if (above.length === 0) cuts.set(membershipStream, Number.MAX_SAFE_INTEGER)
      else cuts.set(membershipStream, Math.max(...above.map(({ said }) => said.cuts.get(membershipStream) ?? 0)))
      return { type: 'closed', by: first.author, at: first.at, cuts, ...replacing }
    }
    const retired = earliest([...spoken.filter(isOf('retired')), ...replaced])
    if (retired !== undefined) return { type: 'retired', by: retired.author, at: retired.at, ...replacing }
    if (successor !== undefined) return { type: 'retired', by: successor.admin, ...replacing }
    const gone = earliest((about.get(node) ?? []).filter(isOf('left')))
    return gone === undefined ? active : { type: 'left', at: gone.at }
  }

  for (const [node, { admission, rank }] of admins)
    placed.set(node, { admission, role: 'admin', rank, standing: standingOf(node, 'admin', rank) })

  const others = [...admissions].filter(([node]) => !admins.has(node))
  for (const [node, list] of others) {
    const admission = best(list.filter((one) => one.certificate.role === 'member' && isTicketGood(one)))
    if (admission === undefined) continue
    const rank = (admins.get(admission.ticket?.admin ?? swarm)?.rank ?? 0) + 1
    placed.set(node, { admission, role: 'member', rank, standing: standingOf(node, 'member', rank) })
  }

  /** Who is cut off with somebody else: the word that did it, none of its events count. */
  const cutOffBy = (cause: Standing | undefined): Standing => ({
    type: 'revoked',
    by: cause?.by ?? swarm,
    ...(cause?.at !== undefined && { at: cause.at }),
    cuts: new Map(),
  })
  const settling = new Set<NodeId>()
  /** Rests on a renewal, or on nothing that counts any more. */
  const settle = (node: NodeId): Placed | undefined => {
    const known = placed.get(node)
    const list = admissions.get(node)
    if (known !== undefined || list === undefined || settling.has(node)) return known
    settling.add(node)
    const renewed = best(list.filter(({ renewal }) => renewal !== undefined))
    const was = renewed?.renewal === undefined ? undefined : settle(renewed.renewal.was)
    const admission = renewed ?? best(list)
    if (admission === undefined) return undefined
    const rank = was === undefined ? 1 : was.role === 'admin' ? was.rank + 1 : was.rank
    const own = standingOf(node, 'member', rank)
    const admin = admission.ticket === undefined ? undefined : settle(admission.ticket.admin)
    const cause = was?.standing.type === 'revoked' ? was.standing : admin?.standing
    const isGood = was !== undefined && was.standing.type !== 'revoked'
    // an admin's own word on it says better how much of it counts
    const isNamed = own.type === 'revoked'
    const standing = isGood || (isNamed && was !== undefined) ? own : cutOffBy(cause)
    const entry: Placed = { admission, role: 'member', rank, standing }
    placed.set(node, entry)
    return entry
  }
  for (const [node] of others) settle(node)

  const withdrawn = new Set<string>()
  for (const word of words)
    if (word.said.type === 'withdrawn' && rankOf(word) !== undefined) withdrawn.add(word.said.token)
  return { placed, withdrawn }
}

const isSameCuts = (one: Cuts | undefined, other: Cuts | undefined): boolean => {
  if (one === undefined || other === undefined) return one === other
  return one.size === other.size && [...one].every(([number, count]) => other.get(number) === count)
}

/** Whether what two standings cut off is the same. */
export const isSameCut = (one: Standing | undefined, other: Standing | undefined): boolean =>
  isSameCuts(one?.cuts, other?.cuts)

const ended: readonly StandingType[] = ['left', 'retired', 'closed', 'revoked']

/** Whether a device gets no links. Who was retired from below keeps them, so that it can answer. */
export const isShut = (node: Placed | undefined, by: Placed | undefined): boolean => {
  if (node === undefined || !ended.includes(node.standing.type)) return false
  if (node.standing.type !== 'retired' && node.standing.type !== 'closed') return true
  return !(node.role === 'admin' && by !== undefined && by.role === 'admin' && node.rank < by.rank)
}

export const isSamePlace = (one: Placed | undefined, other: Placed | undefined): boolean =>
  one !== undefined &&
  other !== undefined &&
  one.role === other.role &&
  one.rank === other.rank &&
  one.standing.type === other.standing.type &&
  one.standing.by === other.standing.by &&
  one.standing.replacedBy === other.standing.replacedBy &&
  isSameCut(one.standing, other.standing)
