/** What a node tells a check of connectivity, and the cause that follows: each trouble is made, in a plant of real nodes. */
import { afterEach, expect, it } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import type { Connectivity, Reach } from '../../src/node/connectivity-contract.ts'
import type { Node } from '../../src/node/contract.ts'
import { createNode } from '../../src/node/node.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { createMemoryDisk, createMemoryRack, openMemoryShelf } from '../../src/store/memory.ts'
import type { DialOptions, Radio } from '../../src/transport/contract.ts'
import { createMemoryAir } from '../../src/transport/memory-radio.ts'
import { createRelaySocketOpener } from '../../src/transport/relay-socket.ts'
import { packSignal } from '../../src/transport/signal.ts'
import { writeDescription } from '../../src/transport/session-description.ts'
import { causeOfDevice } from '../../src/ui/check/device-diagnosis.ts'
import { diagnose } from '../../src/ui/check/diagnosis.ts'
import { createManualClock } from '../api/manual-clock.ts'
import { provision } from '../sim/provision.ts'
import { createRandom } from '../sim/random.ts'
import { worldStart } from '../sim/time.ts'
import { startRelay } from '../station/relay.ts'
import { WebSocket } from 'ws'

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const openSocket = createRelaySocketOpener((url) => new WebSocket(url))

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Setting {
  /** Of the oven. */
  readonly radio?: (own: Radio) => Radio
  /** Of both. */
  readonly everyRadio?: (own: Radio) => Radio
  readonly versions?: readonly number[]
  /** How far the oven's clock is ahead, microseconds. */
  readonly ahead?: number
  readonly isOvenOff?: boolean
  /** To share with another pair. */
  readonly world?: ReturnType<typeof createWorld>
}

let radios = 0
const createWorld = () => {
  const clock = createManualClock(worldStart)
  return { clock, air: createMemoryAir({ clock, hasFingerprints: true }) }
}

/** Gate is the founder's device; both know each other from the start and meet at a real relay. */
const createPair = async (setting: Setting = {}) => {
  const { clock, air } = setting.world ?? createWorld()
  const relay = await startRelay({ beatEvery: 10 })
  closing.push(() => relay.stop())
  const disks = [createMemoryDisk(), createMemoryDisk()]
  await provision(disks, createRandom((crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) + 1))
  const { ahead = 0, everyRadio = (own: Radio) => own } = setting
  const open = async (
    name: string,
    disk: MemoryDisk,
    own: Partial<Parameters<typeof createNode>[0]>,
  ): Promise<Node> => {
    const node = await createNode({
      shelf: openMemoryShelf(createMemoryRack(disk)),
      clock,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      build: 'pair',
      radio: everyRadio(air.radio(`${name} ${++radios}`)),
      openRelaySocket: openSocket,
      defaultStations: [relay.url],
      pageUrl: 'https://shoal.example/',
      ...own,
    })
    closing.push(() => node.close())
    return node
  }
  const shifted: Clock = { ...clock, now: () => clock.now() + ahead }
  const gate = await open('gate', disks[0] as MemoryDisk, {})
  const openOven = (): Promise<Node> =>
    open('oven', disks[1] as MemoryDisk, {
      clock: shifted,
      ...(setting.radio && { radio: setting.radio(air.radio(`oven ${++radios}`)) }),
      ...(setting.versions && { versions: setting.versions }),
    })
  const oven = setting.isOvenOff === true ? undefined : await openOven()

  const until = async (isSo: () => boolean): Promise<void> => {
    for (let turn = 0; !isSo(); turn++) {
      if (turn > 8000) throw new Error(`It did not come to that: ${JSON.stringify(gate.connectivity())}`)
      clock.pass(10)
      await pause(1)
    }
  }
  const other = (node: Node): Reach => {
    const [reach] = node.connectivity().devices
    if (reach === undefined) throw new Error('no other device')
    return reach
  }
  return { world: { clock, air }, relay, gate, oven, until, other }
}

const page = { links: 'on', isOnline: true, now: 0, age: 0 } as const
const mainCause = (node: Connectivity): string => diagnose({ page, node, isTried: true }).main.cause
const causeAt = (node: Node): string | undefined => {
  const seen = node.connectivity()
  const [reach] = seen.devices
  return reach === undefined ? undefined : causeOfDevice(reach, seen)
}

it('two that are linked: nothing is wrong', async () => {
  const { gate, oven, until, other } = await createPair()
  await until(() => other(gate).link !== undefined && other(oven as Node).link !== undefined)
  expect(other(gate)).toMatchObject({ standing: 'active', seenAt: 'station', failures: 0, attempt: { step: 'opened' } })
  expect(other(gate)).not.toHaveProperty('failed')
  expect(mainCause(gate.connectivity())).toBe('fine')
})

it('the station is gone', async () => {
  const { gate, relay, until } = await createPair({ isOvenOff: true })
  await until(() => gate.connectivity().stations[0]?.state === 'connected')
  await relay.stop()
  // its last word was that it ends
  await until(() => /cannot be reached/.test(gate.connectivity().stations[0]?.problem ?? ''))
  expect(mainCause(gate.connectivity())).toBe('signalling-unreachable')
})

it('the other one is away', async () => {
  const { gate, until } = await createPair({ isOvenOff: true })
  await until(() => gate.connectivity().stations[0]?.state === 'connected')
  expect(causeAt(gate)).toBe('device-away')
  expect(mainCause(gate.connectivity())).toBe('device-away')
})

it('the other one has no tab on the screen', async () => {
  const asleep = (own: Radio): Radio => ({ ...own, isReady: false, onReady: () => () => undefined })
  const { gate, oven, until, other } = await createPair({ radio: asleep })
  await until(() => other(gate).failures > 0)
  expect(other(gate).failed?.failure).toMatchObject({ code: 'ERR_NO_RADIO', by: 'them' })
  expect(causeAt(gate)).toBe('device-no-radio')
  expect(mainCause((oven as Node).connectivity())).toBe('no-radio')
})

const description = (type: 'offer' | 'answer', addresses: readonly string[]): string =>
  writeDescription({
    type,
    ufrag: 'abcd',
    pwd: 'a'.repeat(24),
    fingerprint: crypto.getRandomValues(new Uint8Array(32)),
    candidates: addresses.map((address) => ({ type: 'host', address, port: 40_000 })),
    isUsual: true,
  })
const name = (): string => `${crypto.randomUUID()}.local`

/** Tells what a browser tells that has these addresses, and never connects, as where the network carries nothing between devices. */
const unconnected =
  (addresses: (at: number) => readonly string[]) =>
  (own: Radio): Radio => ({
    get isReady() {
      return own.isReady
    },
    onReady: own.onReady,
    onWake: own.onWake,
    onAdopt: own.onAdopt,
    dial: ({ initiator, onSignal, onFail }: DialOptions) => {
      let cancel: ReturnType<typeof setTimeout> | undefined
      const tell = (offer?: Uint8Array): void => {
        const type = initiator ? 'offer' : 'answer'
        void packSignal({ type, sdp: description(type, addresses(initiator ? 0 : 1)) }, offer).then(onSignal)
      }
      if (initiator) tell()
      return {
        signal: (bytes) => {
          if (!initiator) tell(bytes)
          else
            cancel = setTimeout(
              () => onFail({ code: 'ERR_CHANNEL_FAILED', message: 'No connection came about in time.' }),
              5,
            )
        },
        close: () => clearTimeout(cancel),
      }
    },
  })

it.each([
  ['names on both sides: multicast', () => [name(), name()], 'multicast-filtered'],
  ['an address on one side: isolation', (at: number) => (at === 0 ? [name()] : ['192.168.4.7']), 'isolation'],
  ['none on our side', (at: number) => (at === 0 ? [] : ['192.168.4.7', 'fe80::1']), 'no-candidates'],
  ['none on the other side', (at: number) => (at === 0 ? ['192.168.4.7'] : []), 'device-no-candidates'],
] as const)('nothing connects; %s', async (_, addresses, cause) => {
  const { gate, oven, until, other } = await createPair({ everyRadio: unconnected(addresses) })
  const caller = (): Node | undefined => [gate, oven as Node].find((node) => other(node).failed?.isOutgoing === true)
  await until(() => caller() !== undefined)
  expect(causeAt(caller() as Node)).toBe(cause)
  expect(mainCause((caller() as Node).connectivity())).toBe(cause)
})

it('the other one speaks a later version, and this one an older', async () => {
  const { gate, oven, until, other } = await createPair({ versions: [7] })
  const isRefused = (node: Node): boolean => other(node).failed?.failure?.code === 'ERR_PROTOCOL_VERSION'
  await until(() => isRefused(gate) && isRefused(oven as Node))
  expect(mainCause(gate.connectivity())).toBe('version-old-here')
  expect(gate.connectivity().versions).not.toContain(7)
  // who was refused first is told only that the versions differ
  expect(['version-old-there', 'version-old-here']).toContain(mainCause((oven as Node).connectivity()))
})

it('the clock of the other one is two years ahead', async () => {
  const { gate, oven, until, other } = await createPair({ ahead: 2 * 365 * 24 * 3600 * 1e6 })
  await until(() => other(gate).link?.clockOffset !== undefined && other(oven as Node).link?.clockOffset !== undefined)
  expect(mainCause(gate.connectivity())).toBe('clock-differs')
  const origin = { url: 'https://shoal.example', answers: 'yes', clockOffset: -2 * 365 * 24 * 3600 * 1000 } as const
  expect(diagnose({ page, node: (oven as Node).connectivity(), origin, isTried: true }).main).toMatchObject({
    cause: 'clock-off',
    seconds: 2 * 365 * 24 * 3600,
  })
})

it.each([
  ['revoked', 'revoked', 'device-revoked'],
  ['retired', 'retired', 'device-retired'],
] as const)('the other one is %s', async (standing, itself, seen) => {
  const { gate, oven, until, other } = await createPair()
  await until(() => other(gate).link !== undefined && other(oven as Node).link !== undefined)
  const ovenId = (oven as Node).id
  await (standing === 'revoked' ? gate.swarm.revoke(ovenId) : gate.swarm.retire(ovenId))
  await until(() => other(gate).link === undefined && other(oven as Node).link === undefined)
  expect(diagnose({ page, node: gate.connectivity(), device: ovenId, isTried: true }).main.cause).toBe(seen)
  expect(mainCause((oven as Node).connectivity())).toBe(itself)
})

it('the other one has left', async () => {
  const { gate, oven, until, other } = await createPair()
  await until(() => other(gate).link !== undefined)
  const ovenId = (oven as Node).id
  void (oven as Node).swarm.leave()
  await until(() => gate.connectivity().devices.length === 0)
  expect(diagnose({ page, node: gate.connectivity(), device: ovenId, isTried: true }).main.cause).toBe('device-left')
})

it('a code was carried to a device of another swarm', async () => {
  const here = await createPair({ isOvenOff: true })
  const there = await createPair({ isOvenOff: true, world: here.world })
  let offer: string | undefined
  void here.gate.swarm.code().then((code) => (offer = code))
  await here.until(() => offer !== undefined)
  let answer: string | undefined
  void there.gate.swarm.code(offer).then((code) => (answer = code))
  await here.until(() => answer !== undefined)
  await here.gate.swarm.code(answer)
  await here.until(
    () => here.gate.connectivity().stranger !== undefined && there.gate.connectivity().stranger !== undefined,
  )
  expect(mainCause(here.gate.connectivity())).toBe('wrong-swarm')
  expect(mainCause(there.gate.connectivity())).toBe('wrong-swarm')
})
