/** The one constructor of a node: everything it depends on comes in as an argument, so that every host and the simulator run the same core. */
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import { verify } from '../crypto/keys.ts'
import { createTokens } from '../crypto/token.ts'
import { openLog } from '../log/log.ts'
import type { Store } from '../store/contract.ts'
import type { Shelf } from '../store/shelf.ts'
import { loadOrFound } from '../swarm/founding.ts'
import type { OpenRelaySocket, Radio } from '../transport/contract.ts'
import { createAloneSwarm } from './alone.ts'
import type { EventRouting, Node, NodeDetails } from './contract.ts'
import { openDiary } from './diary.ts'
import type { Identity } from './identity.ts'
import { openIdentity } from './identity.ts'
import { planRouting } from './routing.ts'
import type { Settings } from './settings.ts'
import { checkDisplayName, loadSettings, saveSettings } from './settings.ts'

export interface NodeDependencies {
  /** The node lives on the log that is current when it opens. */
  readonly shelf: Shelf
  readonly clock: Clock
  readonly random: Random
  /** Version of this build, appended to the API version that clients go by. */
  readonly build: string
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

const firstName = (id: string): string => `Device ${id.replaceAll(/[^0-9A-Za-z]/g, '').slice(0, 4)}`

const openParts = async (store: Store, { signer, vault, boxKey }: Identity, clock: Clock) => {
  const diary = await openDiary(store, clock)
  const membership = await loadOrFound(store, vault, signer.id, boxKey, () =>
    diary.report(
      'MEMBERSHIP',
      'The certificate of this device was damaged; the root of its swarm has signed it again.',
    ),
  )
  const unnamed = { displayName: firstName(signer.id), eventRouting: {}, streamNumbers: {} }
  const settings = await loadSettings(store, unnamed, () =>
    diary.report('SETTINGS', 'The settings of this device are damaged: give it its name and its event routing again.'),
  )
  const { routing } = planRouting(settings.eventRouting, settings.streamNumbers, signer.id)
  const log = await openLog({
    store,
    signer,
    swarm: membership.swarm,
    topic,
    clock,
    // a swarm of one; certificates of others come with replication
    isMember: (node) => node === signer.id,
    report: diary.report,
    routing,
  })
  return { diary, membership, settings, log }
}

/** Opens or, on a first start, founds. Throws what the store throws (`ERR_STORE_…`). */
export const createNode = async (dependencies: NodeDependencies): Promise<Node> => {
  const { shelf, clock, build } = dependencies
  const name = await shelf.current()
  const identity = await openIdentity(() => shelf.openVault(name))
  const { signer } = identity
  const store = await shelf.openStore(name)
  const { diary, membership, settings, log } = await openParts(store, identity, clock).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  let current: Settings = settings
  const startedAt = clock.monotonic()
  let closed = false

  const change = async (changed: Settings): Promise<void> => {
    await saveSettings(store, changed)
    current = changed
  }

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
    swarm: createAloneSwarm({
      swarmId: membership.swarm,
      node: signer.id,
      displayName: () => current.displayName,
      present: log.present,
    }),
    toReplicate: () => ({}),
    log,
    clock,
    tokens: createTokens({
      sign: signer.sign,
      verify: (bytes, signature) => verify(signer.id, bytes, signature),
      cycles: tokenCycles,
      clock,
    }),
    details: async () => {
      const { events, runs, sealedRuns, bytes, quarantined } = log.status()
      const storage = await store.usage().catch(() => undefined)
      return {
        connectedNodes: 0,
        uptime: uptime(),
        version: `${apiVersion}-shoal-${build}`,
        swarmState: { peersStatus: {} },
        nodeId: signer.id,
        displayName: current.displayName,
        swarmId: membership.swarm,
        events,
        runs,
        sealedRuns,
        logBytes: bytes,
        ...(storage === undefined ? {} : { storage }),
        quarantined,
        diary: diary.entries(),
      }
    },
    rename: async (displayName) => change({ ...current, displayName: checkDisplayName(displayName) }),
    eventRouting: () => current.eventRouting,
    setEventRouting: async (eventRouting: EventRouting) => {
      const { routing, numbers } = planRouting(eventRouting, current.streamNumbers, signer.id)
      await change({ ...current, eventRouting, streamNumbers: numbers })
      log.route(routing)
    },
    close: async () => {
      closed = true
      cancelMaintenance()
      await log.close()
    },
  }
}
