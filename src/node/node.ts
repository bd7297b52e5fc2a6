/** The one constructor of a node: everything it depends on comes in as an argument, so that every host and the simulator run the same core. */
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import type { NodeId, StreamId } from '../core/event.ts'
import { parseStreamId } from '../core/node-id.ts'
import { verify } from '../crypto/keys.ts'
import { createTokens } from '../crypto/token.ts'
import type { Retention, Routing } from '../log/context.ts'
import { openLog } from '../log/log.ts'
import type { Store } from '../store/contract.ts'
import type { Shelf } from '../store/shelf.ts'
import { openMembers } from '../swarm/members.ts'
import { loadMembership } from '../swarm/membership.ts'
import { createRecord } from '../swarm/record.ts'
import { createStandings } from '../swarm/standings.ts'
import type { OpenRelaySocket, Radio } from '../transport/contract.ts'
import type { EventRouting, Node, NodeDetails } from './contract.ts'
import { openDiary } from './diary.ts'
import { exportDiary, filterDiary } from './diary-filter.ts'
import type { Identity } from './identity.ts'
import { openIdentity, settleIdentity } from './identity.ts'
import { createNodeSwarm } from './node-swarm.ts'
import { limitedStreamsOf, planRouting, retentionOfName } from './routing.ts'
import type { Settings } from './settings.ts'
import { checkDisplayName, firstName, isGivenName, loadSettings, saveSettings, settingsWrite } from './settings.ts'
import { connectivityOf } from './reach.ts'
import { reachabilityOf } from './swarm-status.ts'
import { createWriteGate, stoppable } from './write-gate.ts'

export interface NodeDependencies {
  /** The node lives on the log that is current when it opens. */
  readonly shelf: Shelf
  readonly clock: Clock
  readonly random: Random
  /** Version of this build, appended to the API version that clients go by. */
  readonly build: string
  /** Versions of the protocol between nodes that it speaks; those of this build where absent. */
  readonly versions?: readonly number[]
  /** Absent where no WebRTC connections can be made. */
  readonly radio?: Radio
  /** Absent where no signalling stations can be reached. */
  readonly openRelaySocket?: OpenRelaySocket
  /** URLs of signalling stations, as long as none were set. */
  readonly defaultStations?: readonly string[]
  /** Address of the page that invitations open, without a fragment. */
  readonly pageUrl?: string
  /** Another log is current from now on: this node is to be closed, and opened anew. Called once. */
  readonly onReplaced?: () => void
}

/** Actyx's packages choose their features by it. */
const apiVersion = '2.18.1'
const topic = 'default-topic'
/** Tokens live across restarts: a service worker restarts all day long. */
const tokenCycles = 0
/** Milliseconds. */
const maintainFirst = 5000
const maintainEvery = 60_000

const openParts = async (dependencies: NodeDependencies, store: Store, identity: Identity) => {
  const { shelf, clock, random, build } = dependencies
  const { signer, vault, boxKey } = identity
  const diary = await openDiary(store, clock)
  const { report } = diary
  const membership = await loadMembership({ store, vault, node: signer.id, boxKey, random, report })
  const members = await openMembers({ store, swarm: membership.swarm, report })
  const standings = createStandings(members)
  await members.learn(membership.path)
  const unnamed = { displayName: firstName(signer.id), eventRouting: {}, streamNumbers: {} }
  let settings = await loadSettings(store, unnamed, () =>
    report('SETTINGS', 'The settings of this device are damaged: give it its name and its event routing again.'),
  )
  const change = async (changed: Settings): Promise<void> => {
    await saveSettings(store, changed)
    settings = changed
  }
  const routingOf = ({ eventRouting, streamNumbers }: Settings): Routing => ({
    ...planRouting(eventRouting, streamNumbers, signer.id).routing,
    foreignRetention: (stream) => foreignRetention(stream),
  })
  const key = stoppable(signer)
  const opened = await openLog({
    store,
    signer: key.signer,
    swarm: membership.swarm,
    topic,
    clock,
    isMember: members.isMember,
    cutOf: standings.cutOf,
    report,
    routing: routingOf(settings),
  })
  const gate = createWriteGate(opened, clock, key)
  const { log } = gate
  const record = createRecord({ log, members, standings, clock, report })
  const foreignRetention = (stream: StreamId): Retention | undefined => {
    const place = parseStreamId(stream)
    const limited = record.limitedStreams(place?.node ?? signer.id).find(({ number }) => number === place?.number)
    return limited === undefined ? undefined : (retentionOfName(settings, limited.name) ?? limited)
  }
  const swarm = await createNodeSwarm({
    identity,
    membership,
    members,
    standings,
    record,
    log,
    gate,
    store,
    shelf,
    topic,
    clock,
    random,
    build,
    radio: dependencies.radio,
    versions: dependencies.versions,
    openRelaySocket: dependencies.openRelaySocket,
    defaultStations: dependencies.defaultStations ?? [],
    pageUrl: dependencies.pageUrl ?? '',
    report,
    displayName: () => settings.displayName,
    setDisplayName: (displayName) => change({ ...settings, displayName }),
    carriedOver: (profile) => {
      const { home, language, name } = profile ?? {}
      const { displayName, eventRouting, streamNumbers } = settings
      return [
        settingsWrite({
          displayName: name === undefined || isGivenName(displayName) ? displayName : name,
          eventRouting,
          streamNumbers,
          ...((home !== undefined || language !== undefined) && {
            profile: { ...(home !== undefined && { home }), ...(language !== undefined && { language }) },
          }),
        }),
      ]
    },
    diary: diary.entries,
    settingsWrites: () => [settingsWrite(settings)],
    limitedStreams: () => limitedStreamsOf(settings),
    ownStations: () => settings.stations,
    setOwnStations: (stations) => change({ ...settings, stations }),
    onReplaced: dependencies.onReplaced ?? (() => undefined),
  })
  return { identity, diary, membership, members, log, gate, swarm, change, routingOf, settings: () => settings }
}

/** Opens or, on a first start, founds. Throws what the store throws (`ERR_STORE_…`). */
export const createNode = async (dependencies: NodeDependencies): Promise<Node> => {
  const { shelf, clock, build } = dependencies
  const name = await shelf.current()
  const made = await openIdentity(() => shelf.openVault(name))
  const store = await shelf.openStore(name)
  const opening = settleIdentity(made, store).then((identity) => openParts(dependencies, store, identity))
  const { identity, diary, membership, members, log, gate, swarm, change, routingOf, settings } = await opening.catch(
    async (error: unknown) => {
      await store.close()
      throw error
    },
  )
  const { signer } = identity
  const startedAt = clock.monotonic()
  let closed = false

  let cancelMaintenance: () => void = () => undefined
  const maintainAfter = (ms: number): void => {
    cancelMaintenance = clock.after(ms, () => {
      log
        .maintain()
        .catch((error: unknown) => diary.report('MAINTENANCE', error instanceof Error ? error.message : String(error)))
        .finally(() => {
          if (!closed) maintainAfter(maintainEvery)
        })
    })
  }
  maintainAfter(maintainFirst)

  const uptime = (): NodeDetails['uptime'] => {
    const ms = clock.monotonic() - startedAt
    return { secs: Math.floor(ms / 1000), nanos: Math.floor((ms % 1000) * 1e6) }
  }

  return {
    id: signer.id,
    swarm,
    toReplicate: () => Object.fromEntries(swarm.network?.replicator.toReplicate() ?? []),
    log,
    clock,
    tokens: createTokens({
      sign: signer.sign,
      verify: (bytes, signature) => verify(signer.id, bytes, signature),
      cycles: tokenCycles,
      clock,
    }),
    diary: (filter) => filterDiary(diary.entries(), filter),
    exportDiary: (filter) =>
      exportDiary(filterDiary(diary.entries(), filter), {
        node: signer.id,
        version: build,
        exportedAt: clock.now(),
        isMember: (id) => members.isMember(id as NodeId),
      }),
    connectivity: () =>
      connectivityOf({
        status: swarm.status(),
        network: swarm.network,
        clock,
        startedAt,
        versions: dependencies.versions,
      }),
    tryLinks: () => swarm.network?.tryNow(),
    details: async () => {
      const { events, runs, sealedRuns, bytes, quarantined } = log.status()
      const storage = await store.usage().catch(() => undefined)
      const { devices } = swarm.status()
      return {
        connectedNodes: swarm.network?.links.size ?? 0,
        uptime: uptime(),
        version: `${apiVersion}-shoal-${build}`,
        swarmState: { peersStatus: reachabilityOf(devices, clock.now()) },
        nodeId: signer.id,
        displayName: settings().displayName,
        swarmId: membership.swarm,
        events,
        runs,
        sealedRuns,
        logBytes: bytes,
        ...(storage === undefined ? {} : { storage }),
        quarantined,
        ...(settings().profile !== undefined && { profile: settings().profile }),
        diary: diary.entries(),
      }
    },
    rename: async (displayName) => {
      await change({ ...settings(), displayName: checkDisplayName(displayName) })
      await swarm.redescribed()
    },
    eventRouting: () => settings().eventRouting,
    setEventRouting: async (eventRouting: EventRouting) => {
      const { numbers } = planRouting(eventRouting, settings().streamNumbers, signer.id)
      await change({ ...settings(), eventRouting, streamNumbers: numbers })
      log.route(routingOf(settings()))
      await swarm.redescribed()
    },
    close: async () => {
      closed = true
      cancelMaintenance()
      gate.close()
      swarm.end()
      await log.close()
    },
  }
}
