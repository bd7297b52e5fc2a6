/**
 * A `Swarm` in memory whose state can be switched, to look at the console's views of it and to test them: `#?swarm=eight`. Nothing in it
 * replicates; `FakeShoal.arrive` lets events of other devices come in.
 */
import type {
  DeviceStatus,
  FormerLog,
  InvitationDetails,
  InvitationStatus,
  Remains,
  Swarm,
  SwarmStatus,
} from '../../src/client/contract.ts'
import { ShoalError } from '../../src/core/errors.ts'
import type { NodeId } from '../../src/core/event.ts'
import { invitationLink } from './fake-fleet.ts'
import type { Scene } from './fake-scenes.ts'
import {
  base,
  devicesOf,
  joiningOf,
  minute,
  otherId,
  recoveryCode,
  selfId,
  stationUrl,
  statusOf,
  swarmId,
} from './fake-scenes.ts'

export type { Scene } from './fake-scenes.ts'

export interface FakeSwarm extends Swarm {
  /** What was asked of it, in order. */
  readonly asked: readonly string[]
  show(scene: Scene): void
  set(change: Partial<SwarmStatus>): void
  readonly current: SwarmStatus
  /** A device comes in by an invitation; that whose place it takes is retired. */
  comeIn(invitation: string, index: number, displayName: string): void
  /** What `remains` answers of a device from now on. */
  remain(node: NodeId, remains: Remains): void
}

export interface FakeSwarmOptions {
  readonly scene?: Scene
  readonly now?: () => number
  /** Milliseconds between the steps of a join. */
  readonly stepTime?: number
}

/** As long as real ones, each another one. */
export const handCode = (letter: 'O' | 'A', index: number): string =>
  `A${letter}${'BCDEFGHK'[index % 8]}${'4F7K2Q6M'.repeat(19)}`

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
  let codes = 0
  const remaining = new Map<NodeId, Remains>()
  let invitations = 0
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
    comeIn: (id, index, displayName) => {
      const found = status.invitations.find((one) => one.id === id)
      if (found === undefined) throw new Error(`There is no invitation ${id}.`)
      const node = otherId(index)
      const [template] = devicesOf(2, now()).slice(1)
      if (template === undefined) throw new Error('There is no second device.')
      set({
        invitations: status.invitations.map((one) =>
          one === found ? { ...one, admitted: [...one.admitted, node] } : one,
        ),
        devices: [
          ...status.devices.map((device) =>
            device.node === found.replaces
              ? { ...device, standing: { type: 'retired' as const, by: selfId, at: now(), replacedBy: node } }
              : device,
          ),
          { ...template, node, displayName, role: found.role },
        ],
      })
    },
    remain: (node, remains) => remaining.set(node, remains),
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
      const { uses = 1, expiresIn = 24 * 60 * 60_000, role = 'member', profile, replaces } = given
      const link = invitationLink(invitations++)
      const invitation: InvitationStatus = {
        id: `invitation-${invitations}`,
        link,
        admin: selfId,
        role,
        uses,
        admitted: [],
        expires: now() + expiresIn * 1000,
        isWithdrawn: false,
        ...(profile === undefined ? {} : { profile }),
        ...(replaces === undefined ? {} : { replaces }),
      }
      set({ invitations: [...status.invitations, invitation] })
      return link
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
      codes++
      if (pasted === undefined) return handCode('O', codes)
      if (pasted.startsWith('AO')) return handCode('A', codes)
      if (pasted.startsWith('AA')) return ''
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
    remains: async (node) => remaining.get(node) ?? { known: 1204, held: 1204, devices: 3 },
    recover: async (code) => {
      asked.push(`recover ${code}`)
      if (code !== recoveryCode)
        throw new ShoalError('ERR_RECOVERY_CODE', 'A character in group 3 of the recovery code is wrong.')
      change(selfId, { role: 'admin', depth: 0 })
      set({ role: 'admin' })
    },
  }
}
