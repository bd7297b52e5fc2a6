/** What a check of connectivity is told of this node and of each device of its swarm. */
import type { Clock } from '../core/clock.ts'
import { acceptedVersions } from '../replication/handshake.ts'
import type { Attempts } from './connectivity.ts'
import type { Connectivity, Reach } from './connectivity-contract.ts'
import type { DeviceStatus, SwarmStatus } from './contract.ts'
import type { Network } from './network.ts'

export interface ReachFacts {
  readonly status: SwarmStatus
  /** Absent while the node reaches nobody. */
  readonly network: Network | undefined
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly startedAt: number
  readonly versions: readonly number[] | undefined
}

const noAttempts: Attempts = { failures: 0 }

const reachOf = (device: DeviceStatus, network: Network | undefined): Reach => {
  const { node, displayName, standing, link, lastSeen } = device
  const { isInRoom, through } = network?.finder.whereabouts(node) ?? { isInRoom: false, through: [] }
  const { attempt, failed, failures } = network?.attempts.of(node) ?? noAttempts
  return {
    node,
    ...(displayName !== undefined && { displayName }),
    standing: standing.type,
    ...(link !== undefined && { link }),
    seenAt: isInRoom ? 'station' : through.length > 0 ? 'mesh' : 'nowhere',
    through,
    ...(lastSeen !== undefined && { lastSeen }),
    ...(attempt !== undefined && { attempt }),
    ...(failed !== undefined && { failed }),
    failures,
  }
}

export const connectivityOf = ({ status, network, clock, startedAt, versions }: ReachFacts): Connectivity => {
  const { node, state, standing, radio, stations, joining, devices } = status
  const stranger = network?.attempts.stranger
  return {
    node,
    state,
    now: clock.now(),
    uptime: clock.monotonic() - startedAt,
    standing: standing.type,
    radio,
    versions: versions ?? acceptedVersions,
    stations,
    ...(joining?.problem !== undefined && { joining: { ...joining.problem, failed: joining.failed } }),
    devices: devices.filter(({ isSelf }) => !isSelf).map((device) => reachOf(device, network)),
    ...(stranger !== undefined && { stranger }),
  }
}
