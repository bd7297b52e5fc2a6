/** What a node tells of the life of its devices: where each stands, which invitations are open, and what an admin should look at. Pure. */
import type { NodeId } from '../core/event.ts'
import { parseStreamId } from '../core/node-id.ts'
import type { Log } from '../log/contract.ts'
import type { Standing, Ticket } from '../swarm/contract.ts'
import type { DeviceStatus, DiaryEntry } from './contract.ts'
import type { Alert, InvitationStatus, StandingStatus } from './fleet-contract.ts'

/** Microseconds by which a clock may differ before somebody should set it. */
const clockOffsetMax = 60_000_000
/** Of invitations that have expired, those that were overused are still told of; and no more than these, the newest. */
const invitationsShown = 200

export const standingStatus = ({ type, by, at, replacedBy }: Standing): StandingStatus => ({
  type,
  ...(by !== undefined && { by }),
  ...(at !== undefined && { at }),
  ...(replacedBy !== undefined && { replacedBy }),
})

export const invitationId = (tokenId: Uint8Array): string =>
  btoa(String.fromCharCode(...tokenId))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

export interface InvitationFacts {
  readonly tickets: readonly Ticket[]
  /** Microseconds since the epoch. */
  readonly now: number
  link(id: string): string | undefined
  admitted(tokenId: Uint8Array): readonly NodeId[]
  isWithdrawn(tokenId: Uint8Array): boolean
}

/** The newest first. */
export const invitationsOf = (facts: InvitationFacts): readonly InvitationStatus[] =>
  facts.tickets
    .map((ticket): InvitationStatus => {
      const { tokenId, admin, role, uses, expires, profile, replaces } = ticket
      const id = invitationId(tokenId)
      const link = facts.link(id)
      return {
        id,
        admin,
        role,
        uses,
        expires,
        admitted: facts.admitted(tokenId),
        isWithdrawn: facts.isWithdrawn(tokenId),
        ...(link !== undefined && { link }),
        ...(profile !== undefined && { profile }),
        ...(replaces !== undefined && { replaces }),
      }
    })
    .filter(({ expires, uses, admitted }) => expires > facts.now || admitted.length > uses)
    .slice(-invitationsShown)
    .toReversed()

export interface AlertFacts {
  readonly devices: readonly DeviceStatus[]
  readonly invitations: readonly InvitationStatus[]
  readonly diary: readonly DiaryEntry[]
  /** Who went on as whom. */
  readonly renewals: ReadonlyMap<NodeId, readonly NodeId[]>
  readonly forks: readonly Omit<Extract<Alert, { readonly type: 'fork' }>, 'type'>[]
}

/** Whose they are: a branch may have branches of its own, under names that tell nothing of their author. */
export const forksOf = (log: Pick<Log, 'forks' | 'originOf'>): AlertFacts['forks'] =>
  log.forks().flatMap(({ stream, alias, from }) => {
    let origin = stream
    for (let fork = log.originOf(origin); fork !== undefined; fork = log.originOf(origin)) origin = fork.stream
    const node = parseStreamId(origin)?.node
    return node === undefined ? [] : [{ node, stream, alias, from }]
  })

/** What no honest device sends, as the diary has it. */
const hostileCodes: ReadonlySet<string> = new Set([
  'ERR_ADMISSION',
  'ERR_BODY',
  'ERR_CHAIN',
  'ERR_FORGED',
  'ERR_LAMPORT_LEAP',
  'ERR_LAMPORT_ORDER',
  'ERR_MALFORMED',
  'ERR_PARTIAL_OVERLAP',
  'ERR_VECTOR',
  'ERR_VECTOR_FLOOD',
  'ERR_WRONG_RUN',
])

const sameNames = (devices: readonly DeviceStatus[]): readonly Alert[] => {
  const byName = new Map<string, NodeId[]>()
  for (const { displayName, node } of devices)
    if (displayName !== undefined) byName.set(displayName, [...(byName.get(displayName) ?? []), node])
  return [...byName]
    .filter(([, nodes]) => nodes.length > 1)
    .map(([name, nodes]) => ({ type: 'same-name', name, nodes: nodes.toSorted() }))
}

const hostile = (devices: readonly DeviceStatus[], diary: readonly DiaryEntry[]): readonly Alert[] => {
  const known = new Set(devices.filter(({ isSelf }) => !isSelf).map(({ node }) => node))
  const counts = new Map<string, { readonly node: NodeId; readonly code: string; count: number }>()
  for (const { code, device } of diary) {
    if (device === undefined || !known.has(device) || !hostileCodes.has(code)) continue
    const key = `${device}/${code}`
    const entry = counts.get(key) ?? { node: device, code, count: 0 }
    entry.count += 1
    counts.set(key, entry)
  }
  return [...counts.values()].map((entry) => ({ type: 'hostile', ...entry }))
}

/** What is worst comes first. */
export const alertsOf = ({ devices, invitations, diary, renewals, forks }: AlertFacts): readonly Alert[] => {
  const active = devices.filter(({ standing }) => standing.type === 'active')
  const isActive = new Set(active.map(({ node }) => node))
  // who goes on as another one has no device any more
  const present = active.filter(({ node }) => !renewals.has(node))
  const admins = present.filter(({ role }) => role === 'admin')
  return [
    ...hostile(active, diary),
    ...forks.map((fork): Alert => ({ type: 'fork', ...fork })),
    ...(admins.length === 1 ? [{ type: 'second-admin' } as const] : []),
    ...invitations
      .filter(({ admitted, uses }) => admitted.length > uses)
      .map(({ id, uses, admitted }): Alert => ({ type: 'overused', invitation: id, uses, admitted })),
    ...devices
      .filter(({ standing }) => standing.type === 'retired')
      .map(({ node }): Alert => ({ type: 'unclosed', node })),
    // until the one it was is retired
    ...[...renewals].flatMap(([was, nodes]) =>
      isActive.has(was) ? nodes.map((node): Alert => ({ type: 'renewed', node, was })) : [],
    ),
    ...active.flatMap(({ node, link }): Alert[] =>
      link?.clockOffset !== undefined && Math.abs(link.clockOffset) > clockOffsetMax
        ? [{ type: 'clock', node, offset: link.clockOffset }]
        : [],
    ),
    ...sameNames(present),
  ]
}
