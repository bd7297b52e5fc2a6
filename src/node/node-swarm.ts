/** The node's part in its swarm: founding, inviting, joining, leaving, and what it tells of all that. Starts the network when there is a reason to. */
import { ShoalError, errorCode, errorMessage } from '../core/errors.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { holdersOf } from '../replication/holding.ts'
import { createAdmitting } from '../swarm/admitting.ts'
import { forgetRoot, isRecoveryPending, nameSwarm, recoveryCode } from '../swarm/founding.ts'
import { readInvitation } from '../swarm/invitation.ts'
import { appendSwarmEvents, isSwarmStream } from '../swarm/swarm-event.ts'
import { stationUrls, stationsMax } from '../swarm/text.ts'
import { createRooms } from '../transport/signalling.ts'
import type { Joining, Safety, SwarmStatus } from './contract.ts'
import { createFleet } from './fleet.ts'
import type { StandingStatus } from './fleet-contract.ts'
import { createFleetReport } from './fleet-report.ts'
import { createFormerLogs } from './former.ts'
import { createJoining } from './joining.ts'
import { loadLinks } from './kept-links.ts'
import { createVectorKeeper, loadVectors } from './kept-vectors.ts'
import type { Network } from './network.ts'
import { createNetwork } from './network.ts'
import { openRenewing } from './renewing.ts'
import { noRadio } from './no-radio.ts'
import type { NodeSwarmDependencies, OwnSwarm } from './own-swarm.ts'
import { refusalOf } from './refusal.ts'
import { createSuccession } from './succession.ts'
import { activeOf, devicesOf, holdingsOf, knownCountsOf, onlyHereOf } from './swarm-status.ts'
import type { DeviceFacts } from './swarm-status.ts'

/** How long a leaving device stays so that its last word reaches the others. Milliseconds. */
const farewellMax = 1500

export type { OwnSwarm }

const badStations = (): ShoalError =>
  new ShoalError('ERR_BAD_REQUEST', `Stations are at most ${stationsMax} URLs such as wss://station.example/signal`)

export const createNodeSwarm = async (dependencies: NodeSwarmDependencies): Promise<OwnSwarm> => {
  const { identity, membership, members, standings, record, log, store, shelf, clock, random, build, report } =
    dependencies
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
  /** By a member; counts until this device has read it itself, or gets links there again. */
  let told: { readonly node: NodeId | undefined; readonly standing: StandingStatus } | undefined
  const links = await loadLinks(store, clock.now())

  const changed = (): void => {
    renewing.look()
    for (const listener of listeners) listener()
  }

  const isAlone = (): boolean =>
    record.swarmName() === '' && membership.path.length === 1 && members.list().length === 1

  const stations = (): readonly string[] => {
    if (dependencies.openRelaySocket === undefined) return []
    const named = record.stations()
    const swarms = named.length > 0 ? named : membership.hints.stations
    return dependencies.ownStations() ?? [...new Set([...dependencies.defaultStations, ...swarms])]
  }

  const swarmName = (): string => record.swarmName() || membership.hints.swarmName

  const admitting = createAdmitting({
    members,
    record,
    standings,
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
    refusal: (node) => refusalOf(node, standings)?.message,
    admitting,
    network: () => network,
    report,
    onRenewed: () => dependencies.onReplaced(),
  })

  const facts = (): DeviceFacts => ({
    self: signer.id,
    members: members.list(),
    standingOf: standings.of,
    rankOf: (node) => standings.placed(node)?.rank ?? 0,
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
      refusal: (node) => refusalOf(node, standings),
      isGone: (node) => ['left', 'closed', 'revoked'].includes(standings.of(node).type),
      onTold: (node, { code, message }) => {
        told = { node, standing: { type: code === 'ERR_REVOKED' ? 'revoked' : 'retired' } }
        report(code, `${node ?? 'A member'} gives this device no links any more: ${message}`)
        changed()
      },
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
      succeed()
    }),
    members.onLearn(changed),
    log.onFork(changed),
    standings.onChange(() => {
      recut()
      network?.part()
      follow()
    }),
  ]
  const recut = (): void => {
    log.recut().catch((error: unknown) => report(errorCode(error), `Cuts could not be made: ${errorMessage(error)}`))
  }

  const succeed = createSuccession({
    self: signer.id,
    members,
    standings,
    record,
    displayName: dependencies.displayName,
    take: async (name) => {
      await dependencies.setDisplayName(name)
      await describe()
    },
    report,
  })

  const fleet = createFleet({
    members,
    standings,
    record,
    signer,
    boxKey: identity.boxKey,
    log,
    clock,
    random,
    links,
    pageUrl: dependencies.pageUrl,
    swarmName,
    stations,
    holdings: () => holdingsOf(facts()),
    knownOf: (node) => knownCountsOf(network, node),
  })

  const fleetStatus = createFleetReport({
    self: signer.id,
    members,
    standings,
    record,
    links,
    log,
    clock,
    diary: dependencies.diary,
  })

  const toldStanding = (): StandingStatus | undefined => {
    const { node, standing } = told ?? {}
    if (node === undefined ? (network?.links.size ?? 0) > 0 : network?.links.has(node) === true) told = undefined
    return told === undefined ? undefined : standing
  }

  const status = (): SwarmStatus => {
    const known = facts()
    const devices = devicesOf(known)
    const missing = network === undefined ? [] : [...network.replicator.toReplicate().values()]
    return {
      state: isAlone() ? 'alone' : 'member',
      swarmId: members.swarm,
      name: swarmName(),
      node: signer.id,
      recoveryPending,
      ...(joining !== undefined && { joining }),
      radio: radio.isReady ? 'ready' : 'none',
      stations: rooms.stations(),
      devices,
      onlyHere: onlyHereOf(known),
      toReceive: missing.reduce((sum, count) => sum + count, 0),
      ...fleetStatus(devices, toldStanding(), !isAlone()),
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

  await record.settled()
  await log.recut()
  startNetwork()
  await join.resume()
  // cut off in the middle of leaving: the others give it no links any more
  if (standings.of(signer.id).type === 'left')
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
    readInvitation: async (link) => {
      const { ticket, swarmName: name, stations: urls } = await readInvitation(link, clock.now())
      const { swarm, role, uses, expires, profile, replaces } = ticket
      return {
        swarmId: swarm,
        swarmName: name,
        role,
        uses,
        expires,
        stations: urls,
        ...(profile !== undefined && { profile }),
        ...(replaces !== undefined && { replaces }),
      }
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
        if (standings.isAdmin(signer.id) && !isAlone())
          await appendSwarmEvents(log, [{ type: 'stations', urls: checked }])
        follow()
      }
      return stations()
    },
    safety: (stream: StreamId, offset: number): Safety => {
      const nodes: NodeId[] = [signer.id, ...holdersOf(stream, offset, holdingsOf(facts()))]
      return { devices: nodes.length, nodes, of: activeOf(facts()).length }
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
