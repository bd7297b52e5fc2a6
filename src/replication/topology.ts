/**
 * With whom to have links: a pure decision. Few nodes are all linked with each other. Many keep five links they want and take up to eight,
 * chosen at random so that the graph stays well connected, and each wants a link with the next node of the ring that those in the rooms of the stations
 * form: so whatever is at the stations is one piece, also where two meshes grew apart. A surplus link goes only where it closes a ring of three or
 * four links, and of those always the one of the highest rank, so that nodes which decide at the same moment cannot cut the ring apart.
 */
import { backOff, fraction } from '../core/back-off.ts'
import type { NodeId } from '../core/event.ts'
import { fullMeshMax, linksActive, linksMax } from '../core/limits.ts'
import type { Random } from '../core/random.ts'

/** Beyond `linksMax`, for the two neighbours of the ring. */
export const ringLinksMax = linksMax + 2
/** Diallings at once: each costs a connection of the platform. */
const diallingsMax = 4
/** A link younger than this is not dropped, and one is dropped at most this often: neighbours must have told each other in between. Milliseconds. */
const settleTime = 15_000
const dropEvery = 6000
/** Of those that may drop a link at the same moment only some do: several of them could mean the same node. */
const dropShare = 0.25
const retry = { first: 2000, max: 120_000 }
/** Full nodes say so; another try with them is cheap, but not now. Milliseconds. */
const retryFull = { first: 8000, max: 60_000 }

export interface LinkView {
  readonly node: NodeId
  /** A link with a station by WebSocket: it does not count, and it may be gone with its station. */
  readonly isExtra: boolean
  /** Monotonic milliseconds. */
  readonly since: number
  /** As that node said; absent before its first word. */
  readonly neighbours: readonly NodeId[] | undefined
}

export interface View {
  readonly self: NodeId
  /** Monotonic milliseconds. */
  readonly now: number
  readonly links: readonly LinkView[]
  /** Others that are in the swarm's room at some station. */
  readonly inRooms: readonly NodeId[]
  /** What we began and what we answered: neither is a link yet. */
  readonly dialling: readonly NodeId[]
  readonly answering: readonly NodeId[]
  /** Known as a member; others are members too as far as they hold the swarm's key, and come last. */
  readonly isMember: (node: NodeId) => boolean
}

export interface Rest {
  readonly failures: number
  readonly until: number
}

/** What was learnt by trying. */
export interface TopologyState {
  readonly resting: ReadonlyMap<NodeId, Rest>
  readonly droppedAt: number
}

export const noTopology: TopologyState = { resting: new Map(), droppedAt: Number.NEGATIVE_INFINITY }

export interface Decision {
  readonly state: TopologyState
  readonly dial: readonly NodeId[]
  readonly drop: NodeId | undefined
}

/** Nodes remembered for having failed. */
const restingMax = 2000

const withRest = (state: TopologyState, node: NodeId, rest: Rest): TopologyState => {
  const resting = new Map(state.resting)
  resting.delete(node)
  resting.set(node, rest)
  for (const oldest of resting.keys()) {
    if (resting.size <= restingMax) break
    resting.delete(oldest)
  }
  return { ...state, resting }
}

/** A dialling came to nothing, or what opened proved nothing. */
export const afterFailure = (
  state: TopologyState,
  node: NodeId,
  { now, isFull }: { readonly now: number; readonly isFull: boolean },
  random: Random,
): TopologyState => {
  const failures = state.resting.get(node)?.failures ?? 0
  return withRest(state, node, {
    failures: failures + 1,
    until: now + backOff(failures, isFull ? retryFull : retry, random),
  })
}

/** It is linked, or has just come to where it can be reached: what failed before counts no more. */
export const afterSuccess = (state: TopologyState, node: NodeId): TopologyState => {
  if (!state.resting.has(node)) return state
  const resting = new Map(state.resting)
  resting.delete(node)
  return { ...state, resting }
}

/** Everybody known who could be linked: by links, by what linked nodes say, by the rooms. */
export const reachable = ({ self, links, inRooms }: View, enough = Number.POSITIVE_INFINITY): Set<NodeId> => {
  const known = new Set<NodeId>()
  const add = (nodes: readonly NodeId[]): void => {
    for (const node of nodes) {
      if (known.size >= enough) return
      if (node !== self) known.add(node)
    }
  }
  add(links.map(({ node }) => node))
  add(inRooms)
  for (const { neighbours } of links) add(neighbours ?? [])
  return known
}

/** So few that all are linked with each other; this one counts. */
const isSmall = (view: View): boolean => reachable(view, fullMeshMax).size < fullMeshMax

/** Next and previous on the ring of those in the rooms; both may be the same node. */
const ringOf = ({
  self,
  inRooms,
}: View): { readonly next: NodeId | undefined; readonly others: ReadonlySet<NodeId> } => {
  let [lowest, highest, next, previous]: (NodeId | undefined)[] = []
  for (const node of inRooms) {
    if (node === self) continue
    if (lowest === undefined || node < lowest) lowest = node
    if (highest === undefined || node > highest) highest = node
    if (node > self && (next === undefined || node < next)) next = node
    if (node < self && (previous === undefined || node > previous)) previous = node
  }
  next ??= lowest
  previous ??= highest
  return { next, others: new Set([next, previous].filter((node) => node !== undefined)) }
}

/** Whether to take a link that another node asks for. */
export const takes = (view: View, node: NodeId): boolean => {
  if (view.links.some((link) => link.node === node)) return true
  const coming = [...view.dialling, ...view.answering].filter((one) => one !== node)
  const counted = view.links.filter(({ isExtra }) => !isExtra).length + coming.length
  if (counted < linksMax) return true
  return counted < ringLinksMax && ringOf(view).others.has(node)
}

/** The same at both ends, and as good as random; ids are keys, a few letters of them tell them apart. */
const rank = (a: NodeId, b: NodeId): number => {
  const [low, high] = a < b ? [a, b] : [b, a]
  let hash = 0x811c9dc5
  for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ low.charCodeAt(i), 0x01000193)
  for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ high.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/**
 * Whether a way of two or three steps leads from `self` to the other end of `link`, of which each step ranks lower than the link itself: then the link is
 * the highest of a ring of three or four, and may go.
 */
const isDispensable = (self: NodeId, link: LinkView, counted: readonly LinkView[]): boolean => {
  const highest = rank(self, link.node)
  const theirs = new Set(link.neighbours?.filter((node) => node !== self && rank(link.node, node) < highest))
  return counted.some(({ node, neighbours }) => {
    if (node === link.node || rank(self, node) > highest) return false
    if (theirs.has(node) && neighbours?.includes(link.node) === true) return true
    return neighbours?.some((one) => one !== self && theirs.has(one) && rank(node, one) < highest) === true
  })
}

const surplus = (state: TopologyState, view: View): NodeId | undefined => {
  const { self, now } = view
  const counted = view.links.filter(({ isExtra }) => !isExtra)
  if (counted.length <= linksActive || now - state.droppedAt < dropEvery) return undefined
  const ring = ringOf(view).others
  let best: LinkView | undefined
  for (const link of counted) {
    const theirs = link.neighbours ?? []
    if (now - link.since < settleTime || theirs.length <= linksActive || ring.has(link.node)) continue
    if (best !== undefined && theirs.length <= (best.neighbours?.length ?? 0)) continue
    if (isDispensable(self, link, counted)) best = link
  }
  return best?.node
}

/** Takes up to `count` at random, those of the lowest `cost` first. */
const choose = (nodes: readonly NodeId[], cost: (node: NodeId) => number, count: number, random: Random): NodeId[] =>
  count <= 0
    ? []
    : nodes
        .map((node) => ({ node, at: cost(node) + fraction(random) }))
        .sort((a, b) => a.at - b.at)
        .slice(0, count)
        .map(({ node }) => node)

/** Somebody from the rooms is as far away as anybody; through the mesh, who has the fewest ways to us is the farthest: lowest. */
const remoteness = ({ inRooms, links }: View, node: NodeId): number =>
  inRooms.includes(node) ? 0 : links.filter(({ neighbours }) => neighbours?.includes(node) === true).length

export const decide = (state: TopologyState, view: View, random: Random): Decision => {
  const { self, now, links, isMember } = view
  const taken = new Set([self, ...view.dialling, ...view.answering, ...links.map(({ node }) => node)])
  const isFree = (node: NodeId): boolean => !taken.has(node) && (state.resting.get(node)?.until ?? 0) <= now
  const free = (): NodeId[] => [...reachable(view)].filter(isFree)
  const hands = diallingsMax - view.dialling.length
  const strangersLast = (node: NodeId): number => (isMember(node) ? 0 : 1000)
  if (isSmall(view)) return { state, dial: choose(free(), strangersLast, hands, random), drop: undefined }

  const counted = links.filter(({ isExtra }) => !isExtra).length + view.dialling.length + view.answering.length
  const { next } = ringOf(view)
  const dial: NodeId[] = []
  if (next !== undefined && isFree(next) && counted < ringLinksMax && hands > 0) dial.push(next)
  const lacking = Math.min(hands, linksActive - counted) - dial.length
  if (lacking > 0) {
    const rest = free().filter((node) => !dial.includes(node))
    dial.push(...choose(rest, (node) => strangersLast(node) + remoteness(view, node), lacking, random))
  }
  const mayDrop = dial.length === 0 && view.dialling.length === 0 && fraction(random) < dropShare
  const drop = mayDrop ? surplus(state, view) : undefined
  return { state: drop === undefined ? state : { ...state, droppedAt: now }, dial, drop }
}
