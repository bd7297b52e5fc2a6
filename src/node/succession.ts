/** Who takes the place of another device and has no name of its own goes by that one's. */
import { errorMessage } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import type { MemberRegister } from '../swarm/members.ts'
import type { SwarmRecord } from '../swarm/record.ts'
import type { StandingsKeeper } from '../swarm/standings.ts'
import { isGivenName } from './settings.ts'

export interface SuccessionDependencies {
  readonly self: NodeId
  readonly members: Pick<MemberRegister, 'list'>
  readonly standings: Pick<StandingsKeeper, 'of'>
  readonly record: Pick<SwarmRecord, 'displayName'>
  displayName(): string
  take(name: string): Promise<void>
  report(code: string, message: string): void
}

/** The answer looks whether there is a name to take: when the swarm's words have changed. */
export const createSuccession = (dependencies: SuccessionDependencies): (() => void) => {
  const { self, members, standings, record, report } = dependencies
  let isUnderWay = false
  return () => {
    if (isUnderWay || isGivenName(dependencies.displayName())) return
    const old = members
      .list()
      .map(({ admission }) => admission.certificate.node)
      .find((node) => standings.of(node).replacedBy === self)
    const name = old === undefined ? undefined : record.displayName(old)
    if (name === undefined || !isGivenName(name)) return
    isUnderWay = true
    dependencies
      .take(name)
      .catch((error: unknown) => report('DESCRIPTION', errorMessage(error)))
      .finally(() => (isUnderWay = false))
  }
}
