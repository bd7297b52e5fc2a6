/** The states of a swarm worth looking at, for `fake-swarm.ts`. */
import type { DeviceStatus, Joining, LinkStatus, SwarmStatus } from '../../src/client/contract.ts'
import type { NodeId } from '../../src/core/event.ts'
import { everyAlert, fleetInvitations, goneDevices } from './fake-fleet.ts'

export const selfId = 'V1n8Zb0kQ7mT.eR4sYw2LxJ5uHcG9dAfP3iKoNtB6vE' as NodeId
export const recoveryCode = 'SH0R4-7KQ2M-X9RTB-3WZ8H-N5CVD-6PJ1F-YE0GA-SKT4V-B7Q2M-M9XRH-3W6ZD-5P7'
/** A device that is alone has a swarm of its own, which nobody has named. */
const aloneId = 'A10neJmB7eU5xR1wTzH2nLfVgC9aSoP8iE4uKyXbN00.'
export const swarmId = 'kd0Yq3JmB7eU5xR1wTzH2nLfVgC9aSoP8iE4uKyXbN.'

export const otherId = (index: number): NodeId =>
  `${String.fromCodePoint(65 + (index % 26))}${index.toString(36).padStart(2, '0')}Zb0kQ7mT.eR4sYw2LxJ5uHcG9dAfP3iKoNtB6v0`.slice(
    0,
    43,
  ) as NodeId

export const scenes = [
  'alone',
  'founded',
  'two',
  'eight',
  'forty',
  'trouble',
  'lonely',
  'joining',
  'stuck',
  'failed',
  'former',
  'fleet',
  'alerts',
  'member',
  'retired',
  'revoked',
] as const
export type Scene = (typeof scenes)[number]

const names = [
  'Press line tablet',
  'Assembly 1',
  'Assembly 2',
  'Shift lead',
  'Quality desk',
  'Warehouse',
  'Station office',
  'Milling',
]
export const minute = 60_000_000

const link = (index: number, now: number): LinkStatus => ({
  kind: index === 6 ? 'websocket' : 'webrtc',
  roundTrip: 1.2 + ((index * 37) % 50) / 2,
  clockOffset: [0, 120_000, -12_000_000, 400_000, 95_000_000, 0, -30_000, 0][index % 8] ?? 0,
  since: now - index * 7 * minute,
  bytesSent: 18_000 * index,
  bytesReceived: 91_000 * index,
})

/** A ring with some chords, as the topology makes them beyond eight. */
const neighbours = (index: number, count: number): NodeId[] => {
  const at = (other: number): NodeId => {
    const wrapped = (other + count) % count
    return wrapped === 0 ? selfId : otherId(wrapped)
  }
  if (count <= 8)
    return Array.from({ length: count }, (_, other) => other)
      .filter((other) => other !== index)
      .map(at)
  return [at(index + 1), at(index - 1), at(index + 7), at(index - 7), at(index * 3 + 5)].filter(
    (node) => node !== at(index),
  )
}

export const devicesOf = (count: number, now: number, asleep: readonly number[] = []): DeviceStatus[] =>
  Array.from({ length: count }, (_, index): DeviceStatus => {
    const isSelf = index === 0
    const isAsleep = asleep.includes(index)
    const direct = neighbours(0, count).includes(isSelf ? selfId : otherId(index))
    return {
      node: isSelf ? selfId : otherId(index),
      isSelf,
      displayName: names[index] ?? `Tablet ${index + 1}`,
      role: index === 0 || index === 6 ? 'admin' : 'member',
      admittedBy: selfId,
      standing: { type: 'active' },
      depth: index === 0 ? 0 : 1,
      lastSeen: isAsleep ? now - (index + 1) * 170 * minute : now - 2_000_000,
      neighbours: isAsleep
        ? []
        : neighbours(index, count).filter((node) => !asleep.some((other) => otherId(other) === node)),
      ...(isSelf ? {} : { lacksOfOurs: isAsleep ? 340 + index : 0, weLack: index === 3 ? 12 : 0 }),
      ...(!isSelf && direct && !isAsleep ? { link: link(index, now) } : {}),
    }
  })

export const stationUrl = 'wss://station.works.example/signal'

export const base: Omit<SwarmStatus, 'devices'> = {
  state: 'member',
  swarmId,
  name: 'Werk Nord, Halle 3',
  role: 'admin',
  node: selfId,
  recoveryPending: false,
  radio: 'ready',
  stations: [{ url: stationUrl, state: 'connected' }],
  onlyHere: 0,
  toReceive: 0,
  standing: { type: 'active' },
  invitations: [],
  alerts: [],
}

export const joiningOf = (step: Joining['step'], now: number, rest: Partial<Joining> = {}): Joining => ({
  step,
  swarmName: 'Werk Nord, Halle 3',
  since: now - 9_000_000,
  failed: false,
  ...rest,
})

export const statusOf = (scene: Scene, now: number): SwarmStatus => {
  const alone: SwarmStatus = {
    ...base,
    state: 'alone',
    swarmId: aloneId,
    name: '',
    stations: [],
    devices: devicesOf(1, now),
  }
  switch (scene) {
    case 'alone':
    case 'former':
      return alone
    case 'founded':
      return { ...base, recoveryPending: true, onlyHere: 12, devices: devicesOf(1, now) }
    case 'two':
      return { ...base, devices: devicesOf(2, now) }
    case 'eight':
      return { ...base, onlyHere: 12, toReceive: 12, devices: devicesOf(8, now, [5, 7]) }
    case 'fleet':
      return {
        ...base,
        devices: [...devicesOf(20, now, [5, 7]), ...goneDevices(selfId, otherId, now)],
        invitations: fleetInvitations(selfId, otherId, now),
        alerts: [{ type: 'unclosed', node: otherId(62) }],
      }
    case 'alerts':
      return {
        ...base,
        devices: [...devicesOf(8, now, [5, 7]), ...goneDevices(selfId, otherId, now)],
        alerts: everyAlert(otherId),
      }
    case 'member':
    case 'retired':
    case 'revoked': {
      const devices = devicesOf(8, now, scene === 'member' ? [] : [1, 2, 3, 4, 5, 6, 7])
      const standing: SwarmStatus['standing'] =
        scene === 'member' ? { type: 'active' } : { type: scene, by: otherId(6), at: now - 3 * 60 * minute }
      return {
        ...base,
        role: 'member',
        standing,
        onlyHere: scene === 'member' ? 0 : 31,
        devices: devices.map((device, index) =>
          index === 0 ? { ...device, role: 'member', depth: 1, standing } : { ...device, depth: index === 6 ? 0 : 1 },
        ),
        invitations: scene === 'member' ? fleetInvitations(selfId, otherId, now).slice(0, 1) : [],
      }
    }
    case 'forty':
      return { ...base, devices: devicesOf(40, now, [9, 21, 22, 37]) }
    case 'trouble':
      return {
        ...base,
        role: 'member',
        onlyHere: 1204,
        stations: [
          { url: stationUrl, state: 'unreachable', problem: 'The connection was refused.' },
          { url: 'wss://10.0.4.2:4454/signal', state: 'connecting' },
        ],
        devices: devicesOf(5, now, [4]).map((device, index) =>
          index === 0
            ? { ...device, role: 'member' }
            : index === 1
              ? { ...device, role: 'admin' }
              : index === 2
                ? { ...device, problem: 'It speaks protocol 1, this device 3: update that device.' }
                : device,
        ),
      }
    case 'lonely':
      return {
        ...base,
        radio: 'none',
        onlyHere: 3,
        stations: [{ url: stationUrl, state: 'unreachable' }],
        devices: devicesOf(4, now, [1, 2, 3]),
      }
    case 'joining':
      return { ...alone, joining: joiningOf('proving', now) }
    case 'stuck':
      return {
        ...alone,
        joining: joiningOf('searching', now, {
          since: now - 4 * minute,
          problem: { code: 'ERR_NOBODY', message: 'No device of the swarm has answered yet.' },
        }),
      }
    case 'failed':
      return {
        ...alone,
        joining: joiningOf('linking', now, {
          failed: true,
          problem: { code: 'ERR_INVITATION_EXPIRED', message: 'The invitation has expired.' },
        }),
      }
  }
}
