/**
 * The register of members: what was verified, in memory and in `meta` under `member/<nodeId>` (eight hexadecimal digits of a CRC-32, then the
 * admission). It only grows: a member that left or was retired stays known, since its events stay.
 */
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { crc32 } from '../core/crc32.ts'
import { errorMessage } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { cryptBase64 } from '../core/node-id.ts'
import type { Store, Write } from '../store/contract.ts'
import type { SignedAdmission } from './admission.ts'
import { depthOf, followPath, groundsOf, isAbove, isAdmissionSigned, parseAdmission, pathMax } from './admission.ts'
import type { Admission, MemberEntry, Members } from './contract.ts'

/** Of one swarm: ten times what is simulated; what an attacker among the members can make us keep is 4 MB. */
const membersMax = 10_000
/** Admissions looked at in one call. */
const learnMax = 16_384
/** Kept in memory until those they rest on are known: events of different members arrive in any order. */
const waitingMax = 1000
const crcChars = 8
/** Sentences in the diary for one call: a flood of bad admissions must not push everything else out of it. */
const reportsMax = 3

export interface MembersDependencies {
  readonly store: Store
  readonly swarm: NodeId
  /** For the node's diary. */
  readonly report: (code: string, message: string) => void
}

export interface MemberRegister extends Members {
  /** Whether this one would be a member if it could have been written down: it is to be learned again. */
  isUnkept(node: NodeId): boolean
  /** Nodes that came in by this ticket; may be more than its uses, where members of different partitions admitted at the same time. */
  usesOf(tokenId: Uint8Array): number
}

const keyPrefix = 'member/'

export const memberWrite = (node: NodeId, admission: Uint8Array): Write => ({
  type: 'put',
  table: 'meta',
  key: `${keyPrefix}${node}`,
  value: concatBytes(new TextEncoder().encode(crc32(admission)), admission),
})

const plain = ({ certificate, ticket, renewal, bytes }: Admission): Admission => ({
  certificate,
  ticket,
  bytes,
  ...(renewal !== undefined && { renewal }),
})

export const openMembers = async ({ store, swarm, report }: MembersDependencies): Promise<MemberRegister> => {
  const entries = new Map<NodeId, MemberEntry>()
  const waiting = new Map<string, SignedAdmission>()
  const listeners = new Set<(nodes: readonly NodeId[]) => void>()
  const unkept = new Set<NodeId>()
  let uses: Map<string, number> | undefined
  let last: Promise<unknown> = Promise.resolve()

  let refusals = 0
  const refuse = (sentence: string): void => {
    refusals += 1
    if (refusals <= reportsMax) report('ADMISSION', sentence)
    if (refusals === reportsMax + 1) report('ADMISSION', 'More admissions of the same delivery were left out.')
  }
  const leaveOut = ({ certificate }: Admission, why: string): void =>
    refuse(`An admission of ${certificate.node} is left out: ${why}.`)

  /** Everything that the admission of `node` rests on, then it itself; undefined for more than a path may have. */
  const closure = (
    start: Admission,
    get: (node: NodeId) => MemberEntry | undefined,
  ): readonly Admission[] | undefined => {
    const found = new Set<Admission>()
    const open = new Set<Admission>()
    const visit = (admission: Admission): boolean => {
      if (found.has(admission)) return true
      // resting on itself, by way of others: no end would come
      if (open.has(admission) || open.size > pathMax) return false
      open.add(admission)
      for (const node of groundsOf(admission)) {
        const entry = get(node)
        if (entry === undefined || !visit(entry.admission)) return false
      }
      open.delete(admission)
      found.add(admission)
      return found.size <= pathMax
    }
    return visit(start) ? [...found] : undefined
  }

  /** Takes what rests on what is known by now out of `candidates`, round by round; answers it, verified where `isTrusted` does not say otherwise. */
  const settle = async (
    candidates: Map<string, SignedAdmission>,
    isTrusted: boolean,
    onForged?: (admission: SignedAdmission, why: string) => void,
  ): Promise<ReadonlyMap<NodeId, MemberEntry>> => {
    const taken = new Map<NodeId, MemberEntry>()
    const get = (node: NodeId): MemberEntry | undefined => taken.get(node) ?? entries.get(node)
    for (let before = -1; before !== candidates.size;) {
      before = candidates.size
      for (const [id, admission] of candidates) {
        const { node, role } = admission.certificate
        const held = get(node)
        if (held !== undefined && !isAbove(role, held.admission.certificate.role)) {
          candidates.delete(id)
          continue
        }
        const depth = depthOf(admission, swarm, get)
        if (depth === undefined) continue
        candidates.delete(id)
        const kept = plain(admission)
        // one that becomes an admin by somebody it admitted itself stays what it was
        const isRound = closure(kept, (one) => (one === node ? undefined : get(one))) === undefined
        if (typeof depth === 'string') leaveOut(admission, depth)
        else if (isRound) leaveOut(admission, 'it rests on itself, or on too many others')
        else if (held === undefined && entries.size + taken.size >= membersMax) leaveOut(admission, 'too many members')
        else if (!isTrusted && !(await isAdmissionSigned(admission))) {
          leaveOut(admission, 'a signature is wrong')
          onForged?.(admission, 'a signature is wrong')
        } else taken.set(node, { admission: kept, depth })
      }
    }
    return taken
  }

  /** An admission may rest on another one now: depths follow. */
  const deepen = (): void => {
    const done = new Set<NodeId>()
    const depthFrom = (node: NodeId): number => {
      const entry = entries.get(node)
      if (entry === undefined || done.has(node)) return entry?.depth ?? 0
      done.add(node)
      const { certificate, ticket, renewal } = entry.admission
      const isByRoot = ticket === undefined && renewal === undefined
      const depth = isByRoot ? 0 : depthFrom(certificate.admittedBy) + 1
      if (depth !== entry.depth) entries.set(node, { ...entry, depth })
      return depth
    }
    for (const node of entries.keys()) depthFrom(node)
  }

  const enter = (taken: ReadonlyMap<NodeId, MemberEntry>): void => {
    const isReplacing = [...taken.keys()].some((node) => entries.has(node))
    for (const [node, entry] of taken) {
      entries.set(node, entry)
      unkept.delete(node)
    }
    if (isReplacing) deepen()
    uses = undefined
  }

  const load = async (): Promise<void> => {
    const candidates = new Map<string, SignedAdmission>()
    for (const [key, value] of await store.range('meta', { from: keyPrefix, to: 'member0' })) {
      try {
        const bytes = value.slice(crcChars)
        if (new TextDecoder().decode(value.subarray(0, crcChars)) !== crc32(bytes)) throw new Error('a bit has flipped')
        candidates.set(key, parseAdmission(bytes))
      } catch (error) {
        report('ADMISSION', `A kept admission is damaged and will be asked for again: ${errorMessage(error)}`)
      }
    }
    // verified before they were written; the checksum says that they still are what they were
    enter(await settle(candidates, true))
  }

  const remember = (candidates: ReadonlyMap<string, SignedAdmission>): void => {
    waiting.clear()
    for (const [id, admission] of [...candidates].slice(-waitingMax)) waiting.set(id, admission)
  }

  const learn = async (
    admissions: readonly Uint8Array[],
    onForged?: (node: NodeId, why: string) => void,
  ): Promise<readonly NodeId[]> => {
    refusals = 0
    const candidates = new Map(waiting)
    for (const bytes of admissions.slice(0, learnMax)) {
      try {
        const admission = parseAdmission(bytes)
        const held = entries.get(admission.certificate.node)
        if (held === undefined || !equalBytes(held.admission.bytes, bytes))
          candidates.set(`${admission.certificate.node}/${crc32(bytes)}`, admission)
      } catch (error) {
        refuse(errorMessage(error))
      }
    }
    if (candidates.size === 0) return []
    const given = new Set(admissions)
    const taken = await settle(candidates, false, ({ bytes, certificate }, why) => {
      // others may have told before what waits here
      if (given.has(bytes)) onForged?.(certificate.node, why)
    })
    try {
      const writes = [...taken].map(([node, { admission }]) => memberWrite(node, admission.bytes))
      if (writes.length > 0) await store.write(writes, 'strict')
    } catch (error) {
      // not kept, so not known: it is told again
      for (const node of taken.keys()) unkept.add(node)
      report('ADMISSION', `New members could not be written down: ${errorMessage(error)}`)
      return []
    }
    remember(candidates)
    if (taken.size === 0) return []
    enter(taken)
    const nodes = [...taken.keys()]
    for (const listener of listeners) listener(nodes)
    return nodes
  }

  await load()
  return {
    swarm,
    isMember: (node) => entries.has(node),
    isUnkept: (node) => unkept.has(node),
    get: (node) => entries.get(node),
    list: () => [...entries.values()],
    path: (node) => {
      const entry = entries.get(node)
      const path = entry === undefined ? undefined : closure(entry.admission, (one) => entries.get(one))
      return path?.map(({ bytes }) => bytes) ?? []
    },
    learn: (admissions, onForged) => {
      const answer = last.then(() => learn(admissions, onForged))
      last = answer.catch(() => undefined)
      return answer
    },
    judge: (path, node) => followPath(path, swarm, node, (one) => entries.get(one)),
    onLearn: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    usesOf: (tokenId) => {
      if (uses === undefined) {
        uses = new Map()
        for (const { admission } of entries.values()) {
          const token = cryptBase64(admission.certificate.token)
          uses.set(token, (uses.get(token) ?? 0) + 1)
        }
      }
      return uses.get(cryptBase64(tokenId)) ?? 0
    },
  }
}
