/**
 * Where does the line of a stream that a linked node holds leave those that are held here (RULES 18)? Its runs are asked for, one at a time, halving the
 * stretch in which it must be, until the gate sees the commit by which it goes on otherwise; from then on both nodes read both lines, under the same
 * names, and want what they lack of either.
 */
import type { StreamId } from '../core/event.ts'
import type { Ingested, RunSketch } from '../log/contract.ts'

/** More than enough for any stream. */
const probesMax = 64
/** Searches of one link at once, and those that came to nothing and are remembered. */
const searchesMax = 16
const endedMax = 1000

interface Search {
  readonly claim: string
  /** Up to here it is the same, from there on it is not. */
  low: number
  high: number
  probes: number
}

export interface ForkSearch<Key> {
  /** `link` holds another history of `stream` before `high`; `claim` names it, so that it is looked for once. `first`: where to look first. */
  begin(link: Key, stream: StreamId, high: number, claim: string, first?: number): void
  /** What the gate said of a run of `stream` that `link` sent. */
  answered(link: Key, sketch: RunSketch, answer: Ingested | undefined): void
  /** A want of this search is over, and so many runs came of it. */
  over(link: Key, stream: StreamId, runs: number): void
  forget(link: Key): void
}

export const createForkSearch = <Key>(ask: (link: Key, stream: StreamId, from: number) => void): ForkSearch<Key> => {
  const links = new Map<Key, { readonly active: Map<StreamId, Search>; readonly ended: Set<string> }>()

  const of = (link: Key) => {
    const known = links.get(link) ?? { active: new Map<StreamId, Search>(), ended: new Set<string>() }
    links.set(link, known)
    return known
  }

  const end = (link: Key, stream: StreamId): void => {
    const { active, ended } = of(link)
    const search = active.get(stream)
    active.delete(stream)
    if (search !== undefined && ended.size < endedMax) ended.add(`${stream} ${search.claim}`)
  }

  const probe = (link: Key, stream: StreamId, search: Search, at?: number): void => {
    search.probes += 1
    if (search.low >= search.high || search.probes > probesMax) return end(link, stream)
    ask(link, stream, at ?? (search.low + search.high) >> 1)
  }

  return {
    begin: (link, stream, high, claim, first) => {
      const { active, ended } = of(link)
      if (high <= 0 || active.has(stream) || active.size >= searchesMax || ended.has(`${stream} ${claim}`)) return
      const search = { claim, low: 0, high, probes: 0 }
      active.set(stream, search)
      probe(link, stream, search, first)
    },
    answered: (link, { stream, from, count }, answer) => {
      const search = links.get(link)?.active.get(stream)
      if (search === undefined) return
      if (answer?.type === 'known') search.low = Math.max(search.low, from + count)
      else if (answer?.type === 'evidence' && answer.code !== 'ERR_REVOKED') search.high = Math.min(search.high, from)
      else return end(link, stream)
      probe(link, stream, search)
    },
    over: (link, stream, runs) => {
      if (runs === 0) end(link, stream)
    },
    forget: (link) => links.delete(link),
  }
}
