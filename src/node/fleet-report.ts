/** What this node knows of the life of its devices, as its status tells it. */
import type { Clock } from '../core/clock.ts'
import type { NodeId } from '../core/event.ts'
import type { Log } from '../log/contract.ts'
import type { MemberRegister } from '../swarm/members.ts'
import type { SwarmRecord } from '../swarm/record.ts'
import { renewalsOf } from '../swarm/renewal.ts'
import type { StandingsKeeper } from '../swarm/standings.ts'
import type { DeviceStatus, DiaryEntry, SwarmStatus } from './contract.ts'
import type { FleetStatus, StandingStatus } from './fleet-contract.ts'
import { alertsOf, forksOf, invitationsOf, standingStatus } from './fleet-status.ts'
import type { KeptLinks } from './kept-links.ts'

export interface FleetReportDependencies {
  readonly self: NodeId
  readonly members: MemberRegister
  readonly standings: StandingsKeeper
  readonly record: Pick<SwarmRecord, 'invitations'>
  readonly links: Pick<KeptLinks, 'get'>
  readonly log: Pick<Log, 'forks' | 'originOf'>
  readonly clock: Clock
  diary(): readonly DiaryEntry[]
}

type Report = FleetStatus & Pick<SwarmStatus, 'role'>

/** `told`: what a member said of this device, which counts until its own events say something. */
export const createFleetReport = (
  dependencies: FleetReportDependencies,
): ((devices: readonly DeviceStatus[], told: StandingStatus | undefined, isFounded: boolean) => Report) => {
  const { self, members, standings, record, links, log, clock, diary } = dependencies
  return (devices, told, isFounded) => {
    const own = standingStatus(standings.of(self))
    const invitations = invitationsOf({
      tickets: record.invitations(),
      now: clock.now(),
      link: links.get,
      admitted: members.cameBy,
      isWithdrawn: standings.isWithdrawn,
    })
    const isTold = isFounded && standings.isAdmin(self)
    const renewals = renewalsOf(members.list())
    return {
      role: members.get(self)?.admission.certificate.role ?? 'member',
      standing: own.type === 'active' && told !== undefined ? told : own,
      invitations,
      alerts: isTold ? alertsOf({ devices, invitations, diary: diary(), renewals, forks: forksOf(log) }) : [],
    }
  }
}
