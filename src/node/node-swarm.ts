/** The node's part in its swarm: founding, inviting, joining, leaving, and what it tells of all that. Starts the network when there is a reason to. */
import { ShoalError, errorCode, errorMessage } from '../core/errors.ts'
import type { Clock } from '../core/clock.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import type { Random } from '../core/random.ts'
import type { OwnLog } from '../log/log.ts'
import { holdersOf } from '../replication/holding.ts'
import type { Shelf } from '../store/shelf.ts'
import type { Store, Write } from '../store/contract.ts'
import { createAdmitting } from '../swarm/admitting.ts'
import { forgetRoot, isRecoveryPending, nameSwarm, recoveryCode } from '../swarm/founding.ts'
import { readInvitation, writeInvitation } from '../swarm/invitation.ts'
import type { MemberRegister } from '../swarm/members.ts'
import type { Membership } from '../swarm/membership.ts'
import type { SwarmRecord } from '../swarm/record.ts'
import type { LimitedStream } from '../swarm/swarm-event.ts'
import { appendSwarmEvents, isSwarmStream } from '../swarm/swarm-event.ts'
import { stationUrls, stationsMax } from '../swarm/text.ts'
import { joinRoomOf, signTicket, tokenBytes, tokenIdOf, usesMax } from '../swarm/ticket.ts'
import type { OpenRelaySocket, Radio } from '../transport/contract.ts'
import { createRooms } from '../transport/signalling.ts'
import type { InviteOptions, Joining, NodeSwarm, Safety, SwarmStatus } from './contract.ts'
import { createFormerLogs } from './former.ts'
import type { Identity } from './identity.ts'
import { createJoining } from './joining.ts'
import { createVectorKeeper, loadVectors } from './kept-vectors.ts'
import type { Network } from './network.ts'
import { createNetwork } from './network.ts'
import { openRenewing } from './renewing.ts'
import { devicesOf, holdingsOf, onlyHereOf } from './swarm-status.ts'
import type { DeviceFacts } from './swarm-status.ts'
import type { WriteGate } from './write-gate.ts'

/** Milliseconds. */
const inviteFor = 24 * 3600 * 1000
const inviteForMax = 365 * 24 * 3600 * 1000
/** How long a leaving device stays so that its last word reaches the others. Milliseconds. */
const farewellMax = 1500

export interface NodeSwarmDependencies {
  readonly identity: Identity
  readonly membership: Membership
  readonly members: MemberRegister
  readonly record: SwarmRecord
  readonly log: OwnLog
  readonly gate: WriteGate
  readonly store: Store
  readonly shelf: Shelf
  readonly topic: string
  readonly clock: Clock
  readonly random: Random
  readonly build: string
  readonly radio: Radio | undefined
  /** Of the protocol between nodes; absent: those of this build. */
  readonly versions?: readonly number[] | undefined
  readonly openRelaySocket: OpenRelaySocket | undefined
  readonly defaultStations: readonly string[]
  readonly pageUrl: string
  readonly report: (code: string, message: string) => void
  /** As the settings of this device have it. */
  displayName(): string
  /** What a further log of this device takes over from this one. */
  carriedOver(): readonly Write[]
  /** The settings of this device as they are. */
  settingsWrites(): readonly Write[]
  /** The streams of this node that are not kept whole, as others are told. */
  limitedStreams(): readonly LimitedStream[]
  /** Stations set on this device; undefined: those of the swarm. */
  ownStations(): readonly string[] | undefined
  setOwnStations(urls: readonly string[]): Promise<void>
  readonly onReplaced: () => void
}

export interface OwnSwarm extends NodeSwarm {
  readonly network: Network | undefined
  /** The device has another name, or other limits of its streams. */
  redescribed(): Promise<void>
  /** The node closes. */
  end(): void
}

const badStations = (): ShoalError =>
  new ShoalError('ERR_BAD_REQUEST', `Stations are at most ${stationsMax} URLs such as wss://station.example/signal`)

/** Where no WebRTC connections can be made. */
const noRadio: Radio = {
  isReady: false,
  onReady: () => () => undefined,
  onWake: () => () => undefined,
  onAdopt: () => () => undefined,
  dial: ({ onFail }) => {
    onFail({ code: 'ERR_NO_RADIO', message: 'Nothing on this device can make connections.' })
    return { signal: () => undefined, close: () => undefined }
  },
}

export const createNodeSwarm = async (dependencies: NodeSwarmDependencies): Promise<OwnSwarm> => {
  const { identity, membership, members, record, log, store, shelf, clock, random, build, report } = dependencies
  const { signer, vault } = identity
  const radio = dependencies.radio ?? noRadio
  const listeners = new Set<() => void>()
  const rooms = createRooms({
    openSocket: dependencies.openRelaySocket ?? (() => ({ send: () => undefined, close: () => undefined })),
    clock,
    random,
    report,
  })
  const keeper = createVectorKeeper(store, clock.after, report)
  const keptVectors = await loadVectors(store)
  let recoveryPending = await isRecoveryPending(vault)
  let network: Network | undefined
  let joining: Joining | undefined
  let isClosed = false

  const changed = (): void => {
    renewing.look()
    for (const listener of listeners) listener()
  }

  const isAlone = (): boolean =>
    record.swarmName() === '' && membership.path.length === 1 && members.list().length === 1

  const stations = (): readonly string[] => {
    if (dependencies.openRelaySocket === undefined) return []
    const told = record.stations()
    const swarms = told.length > 0 ? told : membership.hints.stations
    return dependencies.ownStations() ?? [...new Set([...dependencies.defaultStations, ...swarms])]
  }

  const swarmName = (): string => record.swarmName() || membership.hints.swarmName

  const admitting = createAdmitting({
    members,
    record,
    signer,
    log,
    clock,
    report,
    swarmKey: { key: membership.swarmKey, epoch: membership.keyEpoch },
    stations,
    swarmName,
  })

  const renewing = await openRenewing({
    identity,
    members,
    record,
    gate: dependencies.gate,
    store,
    clock,
    swarmKey: { key: membership.swarmKey, epoch: membership.keyEpoch },
    stations,
    swarmName,
    carriedOver: dependencies.settingsWrites,
    refusal: (node) => (record.leftAt(node) === undefined ? undefined : `The device ${node} has left the swarm.`),
    admitting,
    network: () => network,
    report,
    onRenewed: () => dependencies.onReplaced(),
  })

  const facts = (): DeviceFacts => ({
    self: signer.id,
    members: members.list().filter(({ admission }) => record.leftAt(admission.certificate.node) === undefined),
    heads: log.heads(),
    displayName: (node) => (node === signer.id ? dependencies.displayName() : record.displayName(node)),
    network,
  })

  /** Others cannot know the name unless it is said; said once, and again where the word was lost. */
  const describe = async (): Promise<void> => {
    if (isAlone()) return
    await record.settled()
    const displayName = dependencies.displayName()
    const streams = dependencies.limitedStreams()
    const isSaid = JSON.stringify(record.limitedStreams(signer.id)) === JSON.stringify(streams)
    if (record.displayName(signer.id) === displayName && isSaid) return
    await appendSwarmEvents(log, [{ type: 'described', displayName, streams }])
  }

  const follow = (): void => {
    if (isClosed) return
    const isJoining = joining !== undefined && !joining.failed
    rooms.setStations([...new Set([...(network !== undefined || isJoining ? stations() : []), ...join.stations()])])
    network?.finder.welcome(record.openInvitations().map(({ roomKey }) => roomKey))
    changed()
  }

  const startNetwork = (): void => {
    if (network !== undefined || isClosed || isAlone()) return
    network = createNetwork({
      signer,
      members,
      log,
      swarmKey: membership.swarmKey,
      keyEpoch: membership.keyEpoch,
      radio,
      rooms,
      clock,
      random,
      build,
      report,
      admitting: renewing.admitting,
      hasLeft: (node) => record.leftAt(node) !== undefined,
      readTo: (stream) => (isSwarmStream(stream) ? record.readTo(stream) : log.presentCount(stream)),
      keptVectors,
      keepVectors: keeper.keep,
      onChange: changed,
      ...(dependencies.versions !== undefined && { versions: dependencies.versions }),
    })
    follow()
    describe().catch((error: unknown) => report('DESCRIPTION', errorMessage(error)))
  }

  const join = createJoining({
    shelf,
    rooms,
    radio,
    clock,
    random,
    build,
    report,
    displayName: dependencies.displayName,
    carriedOver: dependencies.carriedOver,
    onStep: (step) => {
      joining = step
      follow()
    },
    onJoined: dependencies.onReplaced,
  })

  const former = createFormerLogs({ shelf, topic: dependencies.topic, clock, random, report })

  const stops = [
    record.onChange(() => {
      startNetwork()
      network?.part()
      follow()
    }),
    members.onLearn(changed),
  ]

  const requireAdmin = (what: string): void => {
    if (membership.role === 'admin') return
    throw new ShoalError(
      'ERR_NOT_ADMIN',
      `Only an admin of the swarm may ${what}. Ask one, or do it on an admin's device.`,
    )
  }

  const status = (): SwarmStatus => {
    const known = facts()
    const missing = network === undefined ? [] : [...network.replicator.toReplicate().values()]
    return {
      state: isAlone() ? 'alone' : 'member',
      swarmId: members.swarm,
      name: swarmName(),
      role: membership.role,
      node: signer.id,
      recoveryPending,
      ...(joining !== undefined && { joining }),
      radio: radio.isReady ? 'ready' : 'none',
      stations: rooms.stations(),
      devices: devicesOf(known),
      onlyHere: onlyHereOf(known),
      toReceive: missing.reduce((sum, count) => sum + count, 0),
      standing: { type: 'active' },
      invitations: [],
      alerts: [],
    }
  }

  /** To a log and an identity of its own; the log of the swarm stays on the shelf. */
  const depart = async (): Promise<void> => {
    if (isClosed) return
    const name = await shelf.add()
    const fresh = await shelf.openStore(name)
    await fresh.write(dependencies.carriedOver(), 'strict')
    await fresh.close()
    await shelf.makeCurrent(name)
    dependencies.onReplaced()
  }

  const later = (): Promise<never> =>
    Promise.reject(new ShoalError('ERR_NOT_BUILT', 'This comes with the next commits.'))
  const fleet = {
    withdraw: later,
    promote: later,
    retire: later,
    close: later,
    revoke: later,
    replace: later,
    remains: later,
    recover: later,
  }

  await record.settled()
  startNetwork()
  await join.resume()
  // cut off in the middle of leaving: the others give it no links any more
  if (record.leftAt(signer.id) !== undefined)
    clock.after(farewellMax, () => {
      depart().catch((error: unknown) => report(errorCode(error), `Leaving could not go on: ${errorMessage(error)}`))
    })

  return {
    get network() {
      return network
    },
    status,
    onStatus: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    found: async (name) => {
      // first, since it throws where somebody else founded
      const code = await recoveryCode(vault)
      if (record.swarmName() !== name) await nameSwarm(log, name)
      await record.settled()
      startNetwork()
      await describe()
      changed()
      return { swarmId: members.swarm, recoveryCode: code }
    },
    recoveryKept: async () => {
      await forgetRoot(vault)
      recoveryPending = false
      changed()
    },
    ...fleet,
    invite: async ({ uses = 1, expiresIn = inviteFor, role = 'member' }: InviteOptions = {}) => {
      requireAdmin('invite')
      if (!Number.isSafeInteger(uses) || uses < 1 || uses > usesMax)
        throw new ShoalError('ERR_BAD_REQUEST', `uses is a whole number from 1 to ${usesMax}`)
      if (!(expiresIn > 0 && expiresIn <= inviteForMax))
        throw new ShoalError('ERR_BAD_REQUEST', 'expiresIn is in milliseconds, at most 365 days')
      const token = random(tokenBytes)
      const ticketBytes = await signTicket(
        {
          swarm: members.swarm,
          tokenId: await tokenIdOf(token),
          admin: signer.id,
          uses,
          expires: clock.now() + expiresIn * 1000,
          role,
        },
        signer,
      )
      await appendSwarmEvents(log, [{ type: 'invited', ticket: ticketBytes, roomKey: joinRoomOf(token) }])
      await record.settled()
      startNetwork()
      follow()
      return writeInvitation(dependencies.pageUrl, { token, ticketBytes, swarmName: swarmName(), stations: stations() })
    },
    readInvitation: async (link) => {
      const { ticket, swarmName: name, stations: urls } = await readInvitation(link, clock.now())
      const { swarm, role, uses, expires } = ticket
      return { swarmId: swarm, swarmName: name, role, uses, expires, stations: urls }
    },
    join: async (link) => {
      const invitation = await readInvitation(link, clock.now())
      if (invitation.ticket.swarm === members.swarm)
        throw new ShoalError('ERR_ALREADY_MEMBER', 'This device is a member of that swarm already.')
      await join.start(invitation)
    },
    cancelJoin: () => join.cancel(),
    leave: async () => {
      await appendSwarmEvents(log, [{ type: 'left' }])
      if (network !== undefined && network.links.size > 0)
        await new Promise<void>((resolve) => {
          const wait = (): void => {
            // the others hold our last word, or it is told them by the log that stays here, never
            if (onlyHereOf(facts()) === 0) resolve()
            else stopWaiting = clock.after(50, wait)
          }
          let stopWaiting = clock.after(50, wait)
          clock.after(farewellMax, () => {
            stopWaiting()
            resolve()
          })
        })
      await depart()
    },
    code: async (pasted) => {
      const hand = joining !== undefined && !joining.failed ? join.hand : network?.hand
      if (hand === undefined)
        throw new ShoalError(
          'ERR_SWARM_FOUNDED',
          'There is nobody to link with: found a swarm, or open an invitation first.',
        )
      return hand.code(pasted)
    },
    stations: async (urls) => {
      if (urls !== undefined) {
        const checked = stationUrls(urls)
        if (checked.length < new Set(urls).size) throw badStations()
        await dependencies.setOwnStations(checked)
        if (membership.role === 'admin' && !isAlone())
          await appendSwarmEvents(log, [{ type: 'stations', urls: checked }])
        follow()
      }
      return stations()
    },
    safety: (stream: StreamId, offset: number): Safety => {
      const nodes: NodeId[] = [signer.id, ...holdersOf(stream, offset, holdingsOf(facts()))]
      return { devices: nodes.length, nodes, of: facts().members.length }
    },
    horizon: () => network?.vectors.horizon() ?? { lamport: log.status().lamport, waitingFor: [] },
    former: former.list,
    openFormer: former.open,
    redescribed: describe,
    end: () => {
      isClosed = true
      for (const stop of stops) stop()
      join.close()
      renewing.close()
      admitting.close()
      network?.close()
      rooms.close()
      record.close()
      keeper.close()
    },
  }
}
