/** The swarm of a node that has no network: its own, of one. */
import { ShoalError } from '../core/errors.ts'
import type { NodeId, OffsetMap } from '../core/event.ts'
import type { NodeSwarm } from './contract.ts'

export interface Alone {
  readonly swarmId: string
  readonly node: NodeId
  displayName(): string
  present(): OffsetMap
}

const refuse = (): Promise<never> =>
  Promise.reject(new ShoalError('ERR_NO_NETWORK', 'This node was opened without a network: it can reach nobody.'))

export const createAloneSwarm = ({ swarmId, node, displayName, present }: Alone): NodeSwarm => ({
  status: () => ({
    state: 'alone',
    swarmId,
    name: '',
    role: 'admin',
    node,
    recoveryPending: true,
    radio: 'none',
    stations: [],
    devices: [{ node, isSelf: true, displayName: displayName(), role: 'admin', admittedBy: swarmId }],
    onlyHere: Object.values(present()).reduce((sum, offset) => sum + offset + 1, 0),
    toReceive: 0,
  }),
  onStatus: () => () => undefined,
  found: refuse,
  recoveryKept: refuse,
  invite: refuse,
  readInvitation: refuse,
  join: refuse,
  cancelJoin: refuse,
  leave: refuse,
  code: refuse,
  stations: refuse,
  safety: () => ({ devices: 1, nodes: [node], of: 1 }),
  horizon: () => ({ lamport: 0, waitingFor: [] }),
  former: () => Promise.resolve([]),
  openFormer: refuse,
})
