/** What a node knows of its swarm, put together for people: who is there, how far apart we are, what is only here. */
import type { NodeId, StreamId } from '../core/event.ts'
import type { Head } from '../log/contract.ts'
import type { Counts, Holding } from '../replication/holding.ts'
import { countLacking, countOnlyHere, higherCounts } from '../replication/holding.ts'
import type { MemberEntry, Standing } from '../swarm/contract.ts'
import { renewalsOf } from '../swarm/renewal.ts'
import type { DeviceStatus, LinkStatus } from './contract.ts'
import { standingStatus } from './fleet-status.ts'
import type { HeldLink, Network } from './network.ts'

type Heads = ReadonlyMap<StreamId, Head>

export interface DeviceFacts {
  readonly self: NodeId
  readonly members: readonly MemberEntry[]
  standingOf(node: NodeId): Standing
  rankOf(node: NodeId): number
  readonly heads: Heads
  displayName(node: NodeId): string | undefined
  /** Absent while the node reaches nobody. */
  readonly network: Network | undefined
}

const linkStatus = ({ link, since }: HeldLink): LinkStatus => ({
  kind: link.kind,
  since,
  bytesSent: link.bytesSent,
  bytesReceived: link.bytesReceived,
  ...(link.roundTrip !== undefined && { roundTrip: link.roundTrip }),
  ...(link.clockOffset !== undefined && { clockOffset: link.clockOffset }),
})

/** What `node` is known to hold, from its heads on a link, now or when it ended, and from its newest vector. */
export const knownCountsOf = (network: Network | undefined, node: NodeId): Counts | undefined =>
  higherCounts(network?.countsOf(node), network?.vectors.known(node)?.vector.map)

/** Those that belong to the swarm now. */
export const activeOf = ({ members, standingOf }: Pick<DeviceFacts, 'members' | 'standingOf'>): MemberEntry[] =>
  members.filter(({ admission }) => standingOf(admission.certificate.node).type === 'active')

/** All of them but this node: what is on a device that was lost is nowhere. */
export const holdingsOf = (facts: Pick<DeviceFacts, 'self' | 'members' | 'standingOf' | 'network'>): Holding[] => {
  const { self, network } = facts
  const renewed = renewalsOf(facts.members)
  return (
    activeOf(facts)
      .map(({ admission }) => admission.certificate.node)
      // who goes on as another one is one device, not two
      .filter((node) => node !== self && !renewed.has(node))
      .map((node) => ({
        node,
        counts: knownCountsOf(network, node),
        isRecent: network?.links.has(node) === true || network?.vectors.isRecent(node) === true,
      }))
  )
}

const countsOfHeads = (heads: Heads): Counts => new Map([...heads].map(([stream, { count }]) => [stream, count]))

/** This node first, then those with links, then by name. */
export const devicesOf = (facts: DeviceFacts): DeviceStatus[] => {
  const { self, members, heads, network } = facts
  const own = countsOfHeads(heads)
  const holdings = new Map(holdingsOf(facts).map((holding) => [holding.node, holding]))
  const shown = members.filter(({ admission }) => facts.standingOf(admission.certificate.node).type !== 'left')
  const devices = shown.map(({ admission }): DeviceStatus => {
    const { node, role, admittedBy } = admission.certificate
    const displayName = facts.displayName(node)
    const standing = standingStatus(facts.standingOf(node))
    const depth = facts.rankOf(node)
    const named = { node, role, admittedBy, standing, depth, ...(displayName !== undefined && { displayName }) }
    if (node === self) return { ...named, isSelf: true, neighbours: [...(network?.links.keys() ?? [])] }
    const held = network?.links.get(node)
    const counts = holdings.get(node)?.counts
    const lastSeen = network?.vectors.seenAt(node)
    const neighbours = network?.finder.neighboursOf(node)
    const problem = network?.problemOf(node)
    return {
      ...named,
      isSelf: false,
      ...(held !== undefined && { link: linkStatus(held) }),
      ...(counts !== undefined && { lacksOfOurs: countLacking(heads, counts), weLack: countLacking(counts, own) }),
      ...(lastSeen !== undefined && { lastSeen }),
      ...(neighbours !== undefined && { neighbours }),
      ...(problem !== undefined && { problem }),
    }
  })
  const rank = ({ isSelf, link }: DeviceStatus): number => (isSelf ? 0 : link === undefined ? 2 : 1)
  return devices.sort((a, b) => rank(a) - rank(b) || ((a.displayName ?? a.node) < (b.displayName ?? b.node) ? -1 : 1))
}

export const onlyHereOf = (facts: DeviceFacts): number => countOnlyHere(facts.heads, holdingsOf(facts))

/** As Actyx's clients read it: how well the other members hear of us. */
export type Reachability = 'LowLatency' | 'HighLatency' | 'PartiallyWorking' | 'NotWorking'

/** Milliseconds: Actyx's own bound between low and high. */
const lowLatencyMax = 200
/** Without a link: its vectors come through others, at most once a minute. Microseconds. */
const heardThroughOthers = 180_000_000

export const reachabilityOf = (devices: readonly DeviceStatus[], now: number): Record<string, Reachability> => {
  const statusOf = ({ link, weLack, lacksOfOurs, lastSeen }: DeviceStatus): Reachability => {
    if (link === undefined)
      return lastSeen !== undefined && now - lastSeen < heardThroughOthers ? 'HighLatency' : 'NotWorking'
    if ((weLack ?? 0) > 0 || (lacksOfOurs ?? 0) > 0) return 'PartiallyWorking'
    return (link.roundTrip ?? 0) <= lowLatencyMax ? 'LowLatency' : 'HighLatency'
  }
  return Object.fromEntries(devices.filter(({ isSelf }) => !isSelf).map((device) => [device.node, statusOf(device)]))
}
