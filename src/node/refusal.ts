/** Why a device gets no links any more, in the words that it is told (RULES 19). */
import type { NodeId } from '../core/event.ts'
import type { StandingsKeeper } from '../swarm/standings.ts'
import type { CloseReason } from '../transport/contract.ts'

export const refusalOf = (node: NodeId, standings: Pick<StandingsKeeper, 'of' | 'isShut'>): CloseReason | undefined => {
  if (!standings.isShut(node)) return undefined
  const { type, by } = standings.of(node)
  switch (type) {
    case 'active':
      return undefined
    case 'left':
      return {
        code: 'ERR_MEMBER_LEFT',
        message: `The device ${node} has left the swarm. To come back it has to join anew.`,
      }
    case 'retired':
    case 'closed':
      return {
        code: 'ERR_RETIRED',
        message: `The device ${node} was retired by ${by}. What it wrote counts; to come back it has to join anew.`,
      }
    case 'revoked':
      return { code: 'ERR_REVOKED', message: `The device ${node} was cut off from the swarm by ${by}.` }
  }
}
