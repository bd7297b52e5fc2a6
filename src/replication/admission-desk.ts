/** Admissions asked for over a link, and those that come: answered in parts, learnt within bounds. */
import { ShoalError, errorCode, errorMessage } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { admissionsQueuedMax, linkBytesHigh } from '../core/limits.ts'
import type { Members } from '../swarm/contract.ts'
import type { Link } from './contract.ts'

/** Of admissions in one frame. */
const admissionsBytes = 48 * 1024

export interface AdmissionDesk {
  answer(link: Link, nodes: readonly NodeId[]): void
  /** Throws `ERR_TOO_MANY_ADMISSIONS`. */
  learn(link: Link, admissions: readonly Uint8Array[]): void
}

export interface AdmissionDeskOptions {
  readonly members: Pick<Members, 'path' | 'learn'>
  /** An admission came that no honest node passes on. */
  readonly onForged: (link: Link, node: NodeId, why: string) => void
  readonly report: (code: string, message: string) => void
}

export const createAdmissionDesk = ({ members, onForged, report }: AdmissionDeskOptions): AdmissionDesk => {
  const learning = new Map<Link, number>()
  return {
    answer: (link, nodes) => {
      // who does not read what it asked for asks again
      if (link.buffered > linkBytesHigh) return
      const seen = new Set<Uint8Array>()
      let part: Uint8Array[] = []
      let size = 0
      const send = (): void => {
        link.send({ type: 'admissions', admissions: part }, 'control')
        part = []
        size = 0
      }
      for (const node of nodes) {
        for (const admission of members.path(node)) {
          if (seen.has(admission)) continue
          seen.add(admission)
          if (size + admission.length > admissionsBytes && part.length > 0) send()
          part.push(admission)
          size += admission.length
        }
      }
      if (part.length > 0) send()
    },
    learn: (link, admissions) => {
      const queued = (learning.get(link) ?? 0) + 1
      if (queued > admissionsQueuedMax)
        throw new ShoalError('ERR_TOO_MANY_ADMISSIONS', 'Admissions come faster than they can be verified.')
      learning.set(link, queued)
      const done = (): void => {
        const left = (learning.get(link) ?? 1) - 1
        if (left > 0) learning.set(link, left)
        else learning.delete(link)
      }
      members
        .learn(admissions, (node, why) => onForged(link, node, why))
        .catch((error: unknown) => report(errorCode(error), `Admissions could not be kept: ${errorMessage(error)}`))
        .finally(done)
    },
  }
}
