/** What admins do with devices and invitations (RULES 14–16, 19): each is an event of this node, and holds once the swarm has read it. */
import { ShoalError } from '../core/errors.ts'
import type { Clock } from '../core/clock.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { isWrittenBy } from '../core/event-filter.ts'
import { parseStreamId } from '../core/node-id.ts'
import type { Random } from '../core/random.ts'
import type { Signer } from '../crypto/keys.ts'
import type { Log } from '../log/contract.ts'
import type { Counts, Holding } from '../replication/holding.ts'
import { writeAdmission } from '../swarm/admission.ts'
import { signCertificate } from '../swarm/certificate.ts'
import type { Ticket } from '../swarm/contract.ts'
import { writeInvitation } from '../swarm/invitation.ts'
import type { MemberRegister } from '../swarm/members.ts'
import { checkProfile } from '../swarm/profile.ts'
import type { SwarmRecord } from '../swarm/record.ts'
import { renewalsOf } from '../swarm/renewal.ts'
import { rootOfCode, signRevocation } from '../swarm/revocation.ts'
import type { StandingsKeeper } from '../swarm/standings.ts'
import type { CutList, SwarmEvent } from '../swarm/swarm-event.ts'
import { appendSwarmEvents, cutStreamsMax } from '../swarm/swarm-event.ts'
import { joinRoomOf, signClaim, signTicket, tokenBytes, tokenIdOf, usesMax } from '../swarm/ticket.ts'
import type { Fleet, PosterOptions, Remains } from './fleet-contract.ts'
import { invitationId } from './fleet-status.ts'
import type { KeptLinks } from './kept-links.ts'

/** Milliseconds. */
const inviteFor = 24 * 3600 * 1000
const inviteForMax = 365 * 24 * 3600 * 1000
/** The ticket of a promotion is used at once. Microseconds. */
const promotionTime = 3_600_000_000

export interface FleetDependencies {
  readonly members: MemberRegister
  readonly standings: StandingsKeeper
  readonly record: SwarmRecord
  readonly signer: Signer
  readonly boxKey: Uint8Array
  readonly log: Pick<Log, 'append' | 'heads' | 'status' | 'read' | 'present' | 'recut'>
  readonly clock: Clock
  readonly random: Random
  readonly links: KeptLinks
  readonly pageUrl: string
  readonly swarmName: () => string
  readonly stations: () => readonly string[]
  /** What other nodes are known to hold. */
  readonly holdings: () => readonly Holding[]
  /** What `node` itself is known to have held. */
  readonly knownOf: (node: NodeId) => Counts | undefined
}

const refuse = (code: string, sentence: string): never => {
  throw new ShoalError(code, sentence)
}

export const createFleet = (dependencies: FleetDependencies): Fleet => {
  const { members, standings, record, signer, log, clock, random, links } = dependencies

  const requireAdmin = (what: string): void => {
    if (standings.isAdmin(signer.id)) return
    refuse('ERR_NOT_ADMIN', `Only an admin of the swarm may ${what}. Ask one, or do it on an admin's device.`)
  }
  const requireMember = (node: NodeId): void => {
    if (members.isMember(node)) return
    refuse('ERR_UNKNOWN_DEVICE', 'There is no such device in this swarm, or this one has not heard of it yet.')
  }
  const requireOther = (node: NodeId): void => {
    requireMember(node)
    if (node === signer.id)
      refuse('ERR_BAD_REQUEST', 'This is the device itself. Let another admin do it, or leave the swarm.')
  }
  const typeOf = (node: NodeId): string => standings.of(node).type

  /** The swarm has it, and this node goes by it. */
  const say = async (...events: [SwarmEvent, ...SwarmEvent[]]): Promise<void> => {
    await appendSwarmEvents(log, events)
    await record.settled()
  }

  /** Who it goes on as, after it was restored or cloned: whoever is cut off is so under every name. */
  const successorsOf = (node: NodeId): readonly NodeId[] => {
    const renewals = renewalsOf(members.list())
    const found = new Set<NodeId>()
    const open = [node]
    for (let at = open.pop(); at !== undefined; at = open.pop())
      for (const next of renewals.get(at) ?? [])
        if (!found.has(next) && next !== signer.id) {
          found.add(next)
          open.push(next)
        }
    return [...found]
  }

  /** All that is held here of its streams. */
  const heldOf = (node: NodeId): CutList =>
    [...log.heads()].flatMap(([stream, { count }]): [number, number][] => {
      const place = isWrittenBy(stream, node) ? parseStreamId(stream) : undefined
      return place === undefined || count === 0 ? [] : [[place.number, count]]
    })

  /** The same up to a moment by its clock, microseconds since the epoch. */
  const heldUntil = async (node: NodeId, since: number): Promise<CutList> => {
    const firsts = new Map<StreamId, number>()
    const filter = {
      type: 'and',
      of: [
        { type: 'node', node },
        { type: 'timeRange', from: since + 1 },
      ],
    } as const
    for await (const batch of log.read({ filter, order: 'stream-asc', upperBound: log.present() })) {
      if (batch.type !== 'events') continue
      for (const { stream, offset } of batch.events) if (!firsts.has(stream)) firsts.set(stream, offset)
    }
    return heldOf(node).flatMap(([number, count]): [number, number][] => {
      const cut = Math.min(count, firsts.get(`${node}-${number}` as StreamId) ?? count)
      return cut === 0 ? [] : [[number, cut]]
    })
  }
  const bounded = (cuts: CutList): CutList =>
    cuts.length <= cutStreamsMax
      ? cuts
      : refuse('ERR_BAD_REQUEST', `That device has more than ${cutStreamsMax} streams.`)

  const invite = async (options: PosterOptions = {}): Promise<string> => {
    const { expiresIn = inviteFor, role = 'member', replaces } = options
    const uses = replaces === undefined ? (options.uses ?? 1) : 1
    requireAdmin('invite')
    const profile = checkProfile(options.profile)
    if (!Number.isSafeInteger(uses) || uses < 1 || uses > usesMax)
      refuse('ERR_BAD_REQUEST', `uses is a whole number from 1 to ${usesMax}`)
    if (!(expiresIn > 0 && expiresIn <= inviteForMax))
      refuse('ERR_BAD_REQUEST', 'expiresIn is in milliseconds, at most 365 days')
    if (replaces !== undefined) requireOther(replaces)
    const token = random(tokenBytes)
    const ticket: Ticket = {
      swarm: members.swarm,
      tokenId: await tokenIdOf(token),
      admin: signer.id,
      uses,
      expires: clock.now() + expiresIn * 1000,
      role,
      ...(profile !== undefined && { profile }),
      ...(replaces !== undefined && { replaces }),
    }
    const ticketBytes = await signTicket(ticket, signer)
    const { pageUrl } = dependencies
    const swarmName = dependencies.swarmName()
    const link = writeInvitation(pageUrl, { token, ticketBytes, swarmName, stations: dependencies.stations() })
    await say({ type: 'invited', ticket: ticketBytes, roomKey: joinRoomOf(token) })
    await links.keep(invitationId(ticket.tokenId), link, ticket.expires)
    return link
  }

  const promote = async (node: NodeId): Promise<void> => {
    requireAdmin('make others admins')
    requireMember(node)
    if (standings.isAdmin(node)) return
    if (typeOf(node) !== 'active') refuse('ERR_UNKNOWN_DEVICE', 'That device is not in the swarm any more.')
    const boxKey = members.get(node)?.admission.certificate.boxKey ?? new Uint8Array(32)
    const swarm = members.swarm
    const token = random(tokenBytes)
    const tokenId = await tokenIdOf(token)
    const expires = clock.now() + promotionTime
    const ticketBytes = await signTicket({ swarm, tokenId, admin: signer.id, uses: 1, expires, role: 'admin' }, signer)
    const claim = await signClaim(token, { swarm, node, boxKey })
    const lamport = log.status().lamport
    const certificate = await signCertificate(
      { swarm, node, boxKey, role: 'admin', token: tokenId, admittedBy: signer.id, admittedAtLamport: lamport },
      signer,
    )
    const admission = writeAdmission(certificate, { ticketBytes, claim })
    await members.learn([admission])
    await say({ type: 'admitted', node, admission })
  }

  const recover = async (recoveryCode: string): Promise<void> => {
    const { swarm } = members
    const root = await rootOfCode(recoveryCode, swarm)
    const own = standings.placed(signer.id)
    if (own?.rank === 0 && standings.isAdmin(signer.id)) return
    const certificate = await signCertificate(
      {
        swarm,
        node: signer.id,
        boxKey: dependencies.boxKey,
        role: 'admin',
        token: new Uint8Array(),
        admittedBy: swarm,
        admittedAtLamport: log.status().lamport,
      },
      root,
    )
    const admission = writeAdmission(certificate, undefined)
    await members.learn([admission])
    if (typeOf(signer.id) === 'revoked')
      refuse('ERR_REVOKED', 'This device was cut off by the recovery code itself. Use the code on another device.')
    // an admin may have cut this one off: from now on it ranks above
    await log.recut()
    await say({ type: 'admitted', node: signer.id, admission })
  }

  const revoke: Fleet['revoke'] = async (node, { since, recoveryCode } = {}) => {
    if (recoveryCode === undefined) requireAdmin('revoke devices')
    requireOther(node)
    if (recoveryCode === undefined && !standings.mayRevoke(signer.id, node))
      refuse(
        'ERR_RANK',
        'That device is an admin no lower than this one. Let an admin do it who is nearer to the root, or use the recovery code.',
      )
    const root = recoveryCode === undefined ? undefined : await rootOfCode(recoveryCode, members.swarm)
    if (recoveryCode !== undefined) await recover(recoveryCode)
    // once more only to cut off more, or with more weight
    if (root === undefined && since === undefined && typeOf(node) === 'revoked') return
    const words: SwarmEvent[] = []
    for (const one of [node, ...successorsOf(node)]) {
      const cuts = bounded(since === undefined ? heldOf(one) : await heldUntil(one, since))
      const rootSignature = root === undefined ? undefined : await signRevocation(root, one, new Map(cuts))
      words.push({ type: 'revoked', node: one, cuts, ...(rootSignature !== undefined && { rootSignature }) })
    }
    const [first, ...others] = words
    if (first !== undefined) await say(first, ...others)
  }

  const close = async (node: NodeId): Promise<void> => {
    requireAdmin('close the streams of a device')
    requireMember(node)
    const type = typeOf(node)
    if (type === 'closed' || type === 'revoked') return
    if (type !== 'retired') refuse('ERR_NOT_RETIRED', 'That device is in the swarm. Retire it first.')
    await say({ type: 'closed', node, cuts: bounded(heldOf(node)) })
  }

  const remains = (node: NodeId): Remains => {
    requireMember(node)
    const held = new Map<StreamId, number>()
    const known = new Map<StreamId, number>()
    const others = dependencies.holdings().filter((one) => one.node !== node)
    const note = (stream: StreamId, count: number): void => {
      if (!isWrittenBy(stream, node)) return
      const cut = standings.cutOf(stream) ?? count
      known.set(stream, Math.max(known.get(stream) ?? 0, Math.min(count, cut)))
    }
    for (const [stream, { count }] of log.heads()) {
      note(stream, count)
      if (isWrittenBy(stream, node)) held.set(stream, count)
    }
    for (const counts of [dependencies.knownOf(node), ...others.map(({ counts: said }) => said)])
      for (const [stream, count] of counts ?? []) note(stream, count)
    const sum = (counts: ReadonlyMap<StreamId, number>): number =>
      [...counts.values()].reduce((all, one) => all + one, 0)
    const hasAll = (counts: Counts | undefined): boolean =>
      [...known].every(([stream, count]) => (counts?.get(stream) ?? 0) >= count)
    const holders = others.filter(({ counts, isRecent }) => isRecent && hasAll(counts)).length
    return { known: sum(known), held: sum(held), devices: holders + (node !== signer.id && hasAll(held) ? 1 : 0) }
  }

  return {
    invite,
    promote,
    recover,
    revoke,
    close,
    remains: async (node) => remains(node),
    withdraw: async (id) => {
      requireAdmin('withdraw invitations')
      const ticket = record.invitations().find(({ tokenId }) => invitationId(tokenId) === id)
      if (ticket === undefined)
        return refuse('ERR_UNKNOWN_INVITATION', 'There is no such invitation, or this device has not heard of it yet.')
      if (!standings.isWithdrawn(ticket.tokenId)) await say({ type: 'withdrawn', tokenId: ticket.tokenId })
      await links.drop(id)
    },
    retire: async (node) => {
      requireAdmin('retire devices')
      requireOther(node)
      const type = typeOf(node)
      if (type === 'active' || type === 'left') await say({ type: 'retired', node })
    },
    replace: async (old, replacement) => {
      requireAdmin('replace devices')
      requireOther(old)
      requireMember(replacement)
      if (old === replacement) refuse('ERR_BAD_REQUEST', 'A device cannot take its own place.')
      if (typeOf(replacement) !== 'active') refuse('ERR_UNKNOWN_DEVICE', 'That device is not in the swarm any more.')
      if (standings.of(old).replacedBy !== replacement) await say({ type: 'replaced', old, node: replacement })
    },
  }
}
