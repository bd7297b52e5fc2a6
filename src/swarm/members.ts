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
  /** These, by the lamport at which each was admitted. */
  cameBy(tokenId: Uint8Array): readonly NodeId[]
  /** All that is known and good of each, whichever counts: one for each invitation or promotion. */
  admissions(): ReadonlyMap<NodeId, readonly Admission[]>
  /** Grows with every admission that becomes known. */
  readonly revision: number
  /** Whether some node has more than one, or takes the place of another. */
  readonly hasChoice: boolean
  /** One of its admissions is what `get` answers from now on: whose word counts is not the register's to say. */
  choose(node: NodeId, admission: Admission): void
}

const keyPrefix = 'member/'

/** Of one node that one admin made, and in all: whoever makes many must not push out those that count. */
const admissionsOfAdminMax = 4
const admissionsMax = 24
/** Admissions looked at for one path. */
const looksMax = 1000

/** Further ones of the same node lie beside its first. */
const furtherWrite = (node: NodeId, admission: Uint8Array): Write =>
  memberWrite(`${node}/${crc32(admission)}` as NodeId, admission)

/** What keeps all of `admissions`, of which several may be of one node. */
export const memberWrites = (
  admissions: readonly { readonly certificate: { readonly node: NodeId }; readonly bytes: Uint8Array }[],
): readonly Write[] => {
  const first = new Set<NodeId>()
  return admissions.map(({ certificate: { node }, bytes }) => {
    if (first.has(node)) return furtherWrite(node, bytes)
    first.add(node)
    return memberWrite(node, bytes)
  })
}

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
  /** Of each node all, the first that was heard first. */
  const all = new Map<NodeId, readonly Admission[]>()
  let revision = 0
  let hasChoice = false
  const waiting = new Map<string, SignedAdmission>()
  const listeners = new Set<(nodes: readonly NodeId[]) => void>()
  const unkept = new Set<NodeId>()
  let uses: Map<string, NodeId[]> | undefined
  let last: Promise<unknown> = Promise.resolve()

  let refusals = 0
  const refuse = (sentence: string): void => {
    refusals += 1
    if (refusals <= reportsMax) report('ADMISSION', sentence)
    if (refusals === reportsMax + 1) report('ADMISSION', 'More admissions of the same delivery were left out.')
  }
  const leaveOut = ({ certificate }: Admission, why: string): void =>
    refuse(`An admission of ${certificate.node} is left out: ${why}.`)

  /** Everything that `start` rests on, then it itself; undefined for more than a path may have. Of a node any admission will do, of an admin one as admin. */
  const closure = (start: Admission, get: (node: NodeId) => readonly Admission[]): readonly Admission[] | undefined => {
    const found = new Set<Admission>()
    const open = new Set<Admission>()
    let looks = 0
    const visit = (admission: Admission): boolean => {
      if (found.has(admission)) return true
      looks += 1
      // resting on itself, by way of others: no end would come
      if (open.has(admission) || open.size > pathMax || looks > looksMax) return false
      open.add(admission)
      const isResting = groundsOf(admission).every((node) => {
        const isAdmin = node === admission.ticket?.admin
        return get(node).some((one) => (!isAdmin || one.certificate.role === 'admin') && visit(one))
      })
      open.delete(admission)
      if (isResting) found.add(admission)
      return isResting && found.size <= pathMax
    }
    return visit(start) ? [...found] : undefined
  }

  /** Whether one that says the same is known, or too many are that say something like it. */
  const isEnough = (held: readonly Admission[], { certificate, ticket }: Admission): boolean => {
    const { role, token } = certificate
    const isKnown = held.some((one) => one.certificate.role === role && equalBytes(one.certificate.token, token))
    if (isKnown || ticket === undefined) return isKnown
    const ofAdmin = held.filter((one) => one.ticket?.admin === ticket.admin)
    return ofAdmin.length >= admissionsOfAdminMax || held.length >= admissionsMax
  }

  /** Takes what rests on what is known by now out of `candidates`, round by round; answers it, verified where `isTrusted` does not say otherwise. */
  const settle = async (
    candidates: Map<string, SignedAdmission>,
    isTrusted: boolean,
    onForged?: (admission: SignedAdmission, why: string) => void,
  ): Promise<readonly MemberEntry[]> => {
    const taken: MemberEntry[] = []
    const raised = new Map<NodeId, MemberEntry>()
    const lists = new Map<NodeId, readonly Admission[]>()
    const get = (node: NodeId): MemberEntry | undefined => raised.get(node) ?? entries.get(node)
    const listOf = (node: NodeId): readonly Admission[] => lists.get(node) ?? all.get(node) ?? []
    let newcomers = 0
    for (let before = -1; before !== candidates.size;) {
      before = candidates.size
      for (const [id, admission] of candidates) {
        const { node, role } = admission.certificate
        const held = get(node)
        if (isEnough(listOf(node), admission)) {
          candidates.delete(id)
          continue
        }
        const depth = depthOf(admission, swarm, get)
        if (depth === undefined) continue
        candidates.delete(id)
        const kept = plain(admission)
        if (typeof depth === 'string') leaveOut(admission, depth)
        else if (closure(kept, listOf) === undefined) leaveOut(admission, 'it rests on itself, or on too many others')
        else if (held === undefined && entries.size + newcomers >= membersMax) leaveOut(admission, 'too many members')
        else if (!isTrusted && !(await isAdmissionSigned(admission))) {
          leaveOut(admission, 'a signature is wrong')
          onForged?.(admission, 'a signature is wrong')
        } else {
          const entry: MemberEntry = { admission: kept, depth }
          taken.push(entry)
          lists.set(node, [...listOf(node), kept])
          if (held === undefined) newcomers += 1
          if (held === undefined || isAbove(role, held.admission.certificate.role)) raised.set(node, entry)
        }
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

  /** Answers who became known, or more than it was. */
  const enter = (taken: readonly MemberEntry[]): readonly NodeId[] => {
    const raised = new Set<NodeId>()
    let isReplacing = false
    for (const entry of taken) {
      const { node, role } = entry.admission.certificate
      const held = entries.get(node)
      const others = all.get(node) ?? []
      all.set(node, [...others, entry.admission])
      if (others.length > 0 || entry.admission.ticket?.replaces !== undefined) hasChoice = true
      unkept.delete(node)
      if (held !== undefined && !isAbove(role, held.admission.certificate.role)) continue
      if (held !== undefined) isReplacing = true
      entries.set(node, entry)
      raised.add(node)
    }
    if (isReplacing) deepen()
    if (taken.length > 0) revision += 1
    uses = undefined
    return [...raised]
  }

  /** Those of a node that is known already lie beside its first. */
  const writesOf = (taken: readonly MemberEntry[]): readonly Write[] => {
    const known = new Set<NodeId>()
    return taken.map(({ admission }) => {
      const { node } = admission.certificate
      const isFirst = !entries.has(node) && !known.has(node)
      known.add(node)
      return isFirst ? memberWrite(node, admission.bytes) : furtherWrite(node, admission.bytes)
    })
  }

  /** The one that counts first. */
  const choicesOf = (node: NodeId): readonly Admission[] => {
    const chosen = entries.get(node)?.admission
    const list = all.get(node) ?? []
    return chosen === undefined || list.length < 2 ? list : [chosen, ...list.filter((one) => one !== chosen)]
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
        const held = all.get(admission.certificate.node) ?? []
        if (!held.some((one) => equalBytes(one.bytes, bytes)))
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
      const writes = writesOf(taken)
      if (writes.length > 0) await store.write(writes, 'strict')
    } catch (error) {
      // not kept, so not known: it is told again
      for (const { admission } of taken) unkept.add(admission.certificate.node)
      report('ADMISSION', `New members could not be written down: ${errorMessage(error)}`)
      return []
    }
    remember(candidates)
    if (taken.length === 0) return []
    const nodes = enter(taken)
    for (const listener of listeners) listener(nodes)
    return nodes
  }

  const cameBy = (tokenId: Uint8Array): readonly NodeId[] => {
    if (uses === undefined) {
      uses = new Map()
      const told = [...all.values()].flat()
      const lamport = ({ certificate }: Admission): number => certificate.admittedAtLamport
      for (const one of told.toSorted((a, b) => lamport(a) - lamport(b))) {
        const token = cryptBase64(one.certificate.token)
        uses.set(token, [...(uses.get(token) ?? []), one.certificate.node])
      }
    }
    return uses.get(cryptBase64(tokenId)) ?? []
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
      const path = entry === undefined ? undefined : closure(entry.admission, choicesOf)
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
    usesOf: (tokenId) => cameBy(tokenId).length,
    cameBy,
    admissions: () => all,
    get revision() {
      return revision
    },
    get hasChoice() {
      return hasChoice
    },
    choose: (node, admission) => {
      const held = entries.get(node)
      if (held === undefined || held.admission === admission) return
      entries.set(node, { ...held, admission })
      deepen()
    },
  }
}
