/**
 * A `Swarm` in memory whose state can be switched, to look at the console's views of it and to test them: `#?swarm=eight`. Nothing in it
 * replicates; `FakeShoal.arrive` lets events of other devices come in.
 */
import type {
  DeviceStatus,
  FormerLog,
  InvitationDetails,
  Joining,
  LinkStatus,
  Swarm,
  SwarmStatus,
} from '../../src/client/contract.ts'
import { ShoalError } from '../../src/core/errors.ts'
import type { NodeId } from '../../src/core/event.ts'

export const selfId = 'V1n8Zb0kQ7mT.eR4sYw2LxJ5uHcG9dAfP3iKoNtB6vE' as NodeId
export const recoveryCode = 'SHOL4-7KQ2M-X9RTB-3WZ8H-N5CVD-6PJ1F-YE0GA-SKT4U-B7Q2L-M9XRH-3W6ZD-5P7'
const swarmId = 'kd0Yq3JmB7eU5xR1wTzH2nLfVgC9aSoP8iE4uKyXbN.'

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
const minute = 60_000_000

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

const devicesOf = (count: number, now: number, asleep: readonly number[] = []): DeviceStatus[] =>
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

const stationUrl = 'wss://station.works.example/signal'

const base: Omit<SwarmStatus, 'devices'> = {
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

const joiningOf = (step: Joining['step'], now: number, rest: Partial<Joining> = {}): Joining => ({
  step,
  swarmName: 'Werk Nord, Halle 3',
  since: now - 9_000_000,
  failed: false,
  ...rest,
})

const statusOf = (scene: Scene, now: number): SwarmStatus => {
  const alone: SwarmStatus = { ...base, state: 'alone', name: '', stations: [], devices: devicesOf(1, now) }
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

export interface FakeSwarm extends Swarm {
  /** What was asked of it, in order. */
  readonly asked: readonly string[]
  show(scene: Scene): void
  set(change: Partial<SwarmStatus>): void
  readonly current: SwarmStatus
}

export interface FakeSwarmOptions {
  readonly scene?: Scene
  readonly now?: () => number
  /** Milliseconds between the steps of a join. */
  readonly stepTime?: number
}

export const createFakeSwarm = (options: FakeSwarmOptions = {}): FakeSwarm => {
  const now = options.now ?? (() => Date.now() * 1000)
  const stepTime = options.stepTime ?? 700
  let status = statusOf(options.scene ?? 'alone', now())
  let formers: FormerLog[] =
    options.scene === 'former'
      ? [{ swarmId: 'former', name: 'Werk Süd', node: selfId, events: 18_204, bytes: 61_000 }]
      : []
  let urls: readonly string[] = status.stations.map((station) => station.url)
  const listeners = new Set<(status: SwarmStatus) => void>()
  const asked: string[] = []
  const set = (change: Partial<SwarmStatus>): void => {
    status = { ...status, ...change }
    for (const listener of listeners) listener(status)
  }
  const change = (node: NodeId, part: Partial<DeviceStatus>): void =>
    set({ devices: status.devices.map((device) => (device.node === node ? { ...device, ...part } : device)) })
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, stepTime))
  const read = (text: string): InvitationDetails => {
    const found = /join\/([\w-]+)/.exec(text)
    if (found === null)
      throw new ShoalError('ERR_INVITATION', 'This is no invitation: ask for a new link and paste all of it.')
    const expires = now() + 20 * 60 * minute
    return { swarmId, swarmName: 'Werk Nord, Halle 3', role: 'member', uses: 20, expires, stations: [stationUrl] }
  }

  return {
    asked,
    get current() {
      return status
    },
    show: (scene) => set({ ...statusOf(scene, now()) }),
    set,
    status: async () => status,
    watch: (listener) => {
      listeners.add(listener)
      queueMicrotask(() => listeners.has(listener) && listener(status))
      return () => listeners.delete(listener)
    },
    found: async (name) => {
      asked.push(`found ${name}`)
      if (status.state === 'member' && !status.recoveryPending)
        throw new ShoalError('ERR_SWARM_FOUNDED', 'The recovery code was confirmed as kept; it is no longer here.')
      set({ ...base, name, recoveryPending: true, stations: status.stations, devices: devicesOf(1, now()) })
      return { swarmId, recoveryCode }
    },
    recoveryKept: async () => {
      asked.push('kept')
      set({ recoveryPending: false })
    },
    invite: async (given = {}) => {
      asked.push(`invite ${JSON.stringify(given)}`)
      if (status.role !== 'admin') throw new ShoalError('ERR_NOT_ADMIN', 'Only an admin invites.')
      const fragment =
        'pGV0b2tlblDq8fXb7l0ZT4m9aJ2uZ6c1WXRpY2tldFkBBqRlc3dhcm1Ya2QwWXEzSm1CN2VVNXhSMXdUekgybkxmVmdDOWFTb1A4aUU0dUt5'
      return `https://station.works.example/#/join/${fragment.repeat(3)}`
    },
    readInvitation: async (text) => read(text),
    join: async (text) => {
      asked.push(`join ${text}`)
      read(text)
      for (const step of ['searching', 'linking', 'proving', 'committing', 'replicating'] as const) {
        set({ joining: joiningOf(step, now()) })
        await wait()
        if (status.joining === undefined) throw new ShoalError('ERR_JOIN_CANCELLED', 'The join was cancelled.')
      }
      const { joining: _, ...rest } = status
      status = rest
      set({ ...base, role: 'member', toReceive: 1204, devices: devicesOf(8, now(), [5]) })
      return status
    },
    cancelJoin: async () => {
      asked.push('cancel join')
      const { joining: _, ...rest } = status
      status = rest
      set({})
    },
    members: async () => status.devices,
    leave: async () => {
      asked.push('leave')
      formers = [...formers, { swarmId, name: status.name, node: selfId, events: 4821, bytes: 16_000 }]
      set({ ...statusOf('alone', now()) })
    },
    code: async (pasted) => {
      asked.push(`code ${pasted ?? ''}`)
      if (pasted === undefined) return `SHOAL-OFFER-${'4F7K2Q9M'.repeat(14)}`
      if (pasted.includes('OFFER')) return `SHOAL-ANSWER-${'7M2X9Q4K'.repeat(14)}`
      if (pasted.includes('ANSWER')) return ''
      throw new ShoalError('ERR_CODE', 'This is no code of Shoal: copy all of it from the other device.')
    },
    stations: async (given) => {
      if (given) {
        asked.push(`stations ${given.join(' ')}`)
        urls = given
        set({ stations: given.map((url) => ({ url, state: 'connecting' })) })
      }
      return urls
    },
    safety: async () => ({ devices: 3, nodes: [selfId, otherId(1), otherId(2)], of: status.devices.length }),
    horizon: async () => ({
      lamport: 4812,
      waitingFor: status.devices.filter((device) => device.lacksOfOurs).map((device) => device.node),
    }),
    former: async () => formers,
    withdraw: async (invitation) => {
      asked.push(`withdraw ${invitation}`)
      set({
        invitations: status.invitations.map((one) => (one.id === invitation ? { ...one, isWithdrawn: true } : one)),
      })
    },
    promote: async (node) => {
      asked.push(`promote ${node}`)
      change(node, { role: 'admin' })
    },
    retire: async (node) => {
      asked.push(`retire ${node}`)
      change(node, { standing: { type: 'retired', by: selfId, at: now() } })
    },
    close: async (node) => {
      asked.push(`close ${node}`)
      change(node, { standing: { type: 'closed', by: selfId, at: now() } })
    },
    revoke: async (node, given = {}) => {
      asked.push(`revoke ${node} ${JSON.stringify(given)}`)
      const device = status.devices.find((one) => one.node === node)
      if (device?.depth === 0 && given.recoveryCode === undefined)
        throw new ShoalError('ERR_RANK', 'This device stands as high as that one: only the recovery code helps.')
      change(node, { standing: { type: 'revoked', by: selfId, at: now() } })
    },
    replace: async (old, replacement) => {
      asked.push(`replace ${old} ${replacement}`)
      change(old, { standing: { type: 'retired', by: selfId, at: now(), replacedBy: replacement } })
    },
    remains: async () => ({ known: 4821, held: 4809, devices: 2 }),
    recover: async (code) => {
      asked.push(`recover ${code}`)
      if (code !== recoveryCode)
        throw new ShoalError('ERR_RECOVERY_CODE', 'A character in group 3 of the recovery code is wrong.')
      change(selfId, { role: 'admin', depth: 0 })
      set({ role: 'admin' })
    },
  }
}
