/** Peer exchange: tells every linked node whom this one is linked with, and keeps what they tell. On change at most every two seconds, and every thirty. */
import type { Clock } from '../core/clock.ts'
import type { NodeId } from '../core/event.ts'
import type { Link, MemberFrame } from './contract.ts'

type NeighboursFrame = Extract<MemberFrame, { type: 'neighbours' }>

const tellEvery = 2000
const tellAgainAfter = 30_000
/** Of one node. A station has hundreds; a choice of them is enough to find more. */
const neighboursMax = 64

export interface Neighbour {
  readonly link: Link
  /** Monotonic milliseconds. */
  readonly since: number
  neighbours: readonly NodeId[] | undefined
  /** As it said: whether it takes more links. */
  isOpen: boolean
}

export interface Neighbourhood {
  readonly list: () => readonly Neighbour[]
  get(node: NodeId): Neighbour | undefined
  /** A link with a node that had one replaces it. */
  attach(link: Link): void
  /** Whether it was there. */
  detach(link: Link): boolean
  /** Whether anything is new. */
  onFrame(link: Link, frame: NeighboursFrame): boolean
  close(): void
}

export interface NeighbourhoodOptions {
  readonly self: NodeId
  readonly clock: Clock
  readonly isOpen: () => boolean
}

const isSame = (a: readonly NodeId[], b: readonly NodeId[] | undefined): boolean =>
  b !== undefined && a.length === b.length && a.every((node, i) => node === b[i])

export const createNeighbourhood = ({ self, clock, isOpen }: NeighbourhoodOptions): Neighbourhood => {
  const neighbours = new Map<NodeId, Neighbour>()
  /** What came before its link was attached. */
  const early = new WeakMap<Link, NeighboursFrame>()
  let cancel = (): void => undefined
  let toldAt = Number.NEGATIVE_INFINITY
  let turn = 0

  const frame = (): NeighboursFrame => {
    const all = [...neighbours.keys()]
    // more than fit are told in turns
    const start = all.length <= neighboursMax ? 0 : (turn++ * neighboursMax) % all.length
    return {
      type: 'neighbours',
      nodes: [...all.slice(start), ...all.slice(0, start)].slice(0, neighboursMax),
      open: isOpen(),
    }
  }
  const tell = (): void => {
    toldAt = clock.monotonic()
    const told = frame()
    for (const { link } of neighbours.values()) link.send(told, 'control')
    plan(tellAgainAfter)
  }
  const plan = (ms: number): void => {
    cancel()
    cancel = clock.after(ms, tell)
  }
  const changed = (): void => plan(Math.max(0, toldAt + tellEvery - clock.monotonic()))

  const onFrame: Neighbourhood['onFrame'] = (link, said) => {
    const one = neighbours.get(link.node)
    if (one?.link !== link) {
      early.set(link, said)
      return false
    }
    const others = said.nodes.slice(0, neighboursMax).filter((node) => node !== link.node && node !== self)
    // itself among them says that both see the link
    const told = said.nodes.includes(self) ? [...others, self] : others
    const isNew = !isSame(told, one.neighbours) || said.open !== one.isOpen
    one.neighbours = told
    one.isOpen = said.open
    return isNew
  }

  return {
    list: () => [...neighbours.values()],
    get: (node) => neighbours.get(node),
    attach: (link) => {
      neighbours.set(link.node, { link, since: clock.monotonic(), neighbours: undefined, isOpen: true })
      const said = early.get(link)
      if (said !== undefined) onFrame(link, said)
      link.send(frame(), 'control')
      changed()
    },
    detach: (link) => {
      if (neighbours.get(link.node)?.link !== link) return false
      neighbours.delete(link.node)
      changed()
      return true
    },
    onFrame,
    close: () => {
      cancel()
      neighbours.clear()
    },
  }
}
