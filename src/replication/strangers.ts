/** Authors that nobody has introduced yet: whoever holds something of them is asked who they are, each for a while once (RULES 15). */
import type { NodeId } from '../core/event.ts'
import { askAdmissionsEvery, askAdmissionsMax } from '../core/limits.ts'
import type { Link } from './contract.ts'

/** Remembered beyond those that were asked about: more of them make no honest swarm. */
const unaskedMax = 4096

export interface Strangers {
  ask(strangers: readonly { readonly link: Link; readonly node: NodeId }[], now: number): void
  /** Those about whom whoever holds something of them now may be asked. */
  due(now: number): readonly NodeId[]
}

export const createStrangers = (): Strangers => {
  const askedAbout = new Map<NodeId, number>()
  /** For whom there was no room in a question. */
  const unasked = new Set<NodeId>()
  return {
    ask: (strangers, now) => {
      const byLink = new Map<Link, Set<NodeId>>()
      for (const { link, node } of strangers) {
        if (now < (askedAbout.get(node) ?? 0)) continue
        const nodes = byLink.get(link) ?? new Set()
        if (nodes.size >= askAdmissionsMax) {
          if (unasked.size < unaskedMax) unasked.add(node)
          continue
        }
        askedAbout.set(node, now + askAdmissionsEvery)
        byLink.set(link, nodes.add(node))
      }
      for (const [link, nodes] of byLink) link.send({ type: 'askAdmissions', nodes: [...nodes] }, 'control')
    },
    due: (now) => {
      const unknown = [...askedAbout].filter(([, until]) => until <= now).map(([node]) => node)
      for (const node of unknown) askedAbout.delete(node)
      const next = [...unasked].slice(0, askAdmissionsMax)
      for (const node of next) unasked.delete(node)
      return [...unknown, ...next]
    },
  }
}
