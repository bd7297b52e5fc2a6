/** Both sides of a renewal (RULES 17) on the links of this node: its own, and that of members which ask it. */
import type { Clock } from '../core/clock.ts'
import type { NodeId } from '../core/event.ts'
import type { JoinFrame, Link } from '../replication/contract.ts'
import type { Store, Write } from '../store/contract.ts'
import type { Admitting } from '../swarm/admitting.ts'
import type { MemberRegister } from '../swarm/members.ts'
import type { SwarmRecord } from '../swarm/record.ts'
import { createRenewalAdmitting } from '../swarm/renewal-admitting.ts'
import type { SwarmKey } from '../swarm/swarm-key.ts'
import type { Identity } from './identity.ts'
import type { Network } from './network.ts'
import { openRenewal } from './renewal.ts'
import type { WriteGate } from './write-gate.ts'

export interface RenewingDependencies {
  readonly identity: Identity
  readonly members: MemberRegister
  readonly record: Pick<SwarmRecord, 'isAdmitted'>
  readonly gate: WriteGate
  readonly store: Store
  readonly clock: Clock
  readonly swarmKey: SwarmKey
  readonly swarmName: () => string
  readonly stations: () => readonly string[]
  readonly carriedOver: () => readonly Write[]
  /** Why `node` may not go on under another identity; undefined: it may. */
  readonly refusal: (node: NodeId) => string | undefined
  /** Takes all other frames about joining. */
  readonly admitting: Pick<Admitting, 'attach' | 'onFrame'>
  readonly network: () => Network | undefined
  readonly report: (code: string, message: string) => void
  readonly onRenewed: () => void
}

export interface Renewing {
  /** For the network: frames about renewals, and those that `admitting` takes. */
  readonly admitting: Pick<Admitting, 'attach' | 'onFrame'>
  /** Links have come or gone. */
  look(): void
  close(): void
}

export const openRenewing = async (dependencies: RenewingDependencies): Promise<Renewing> => {
  const { identity, members, record, gate, swarmKey, swarmName, stations, refusal, report, network } = dependencies
  const { log } = gate
  const { signer } = identity
  const others = createRenewalAdmitting({
    members,
    record,
    signer,
    swarmKey,
    log,
    swarmName,
    stations,
    refusal,
    report,
  })
  const own = await openRenewal({
    identity,
    members,
    log,
    gate,
    store: dependencies.store,
    clock: dependencies.clock,
    carriedOver: dependencies.carriedOver,
    links: () => [...(network()?.links.values() ?? [])].map(({ link }) => link),
    report,
    onRenewed: dependencies.onRenewed,
  })
  gate.watch({
    get isInDoubt() {
      return network()?.replicator.own.isInDoubt ?? false
    },
    settled: () => network()?.replicator.own.settled() ?? Promise.resolve(),
  })
  const onFrame = (link: Link, frame: JoinFrame): void => {
    if (frame.type === 'renewRequest') others.onFrame(link, frame)
    else if (!own.onFrame(link, frame)) dependencies.admitting.onFrame(link, frame)
  }
  return {
    admitting: { attach: dependencies.admitting.attach, onFrame },
    look: own.look,
    close: own.close,
  }
}
