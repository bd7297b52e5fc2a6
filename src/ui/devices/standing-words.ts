/** Where a device stands, in words; and what an admin may do about it, or why not. */
import type { DeviceStatus, SwarmStatus } from '../../client/contract.ts'
import type { Text } from '../text.ts'
import { adminNames, isInUse, nameOf } from './words.ts'

export const standingShort = ({ standing }: Pick<DeviceStatus, 'standing'>, text: Text): string =>
  standing.type === 'active' ? text.say('standing.active') : text.say(`standing.short.${standing.type}`)

/** `by`: whose word it is; the swarm's own key speaks by the recovery code. */
export const speakerName = (
  by: string | undefined,
  swarm: Pick<SwarmStatus, 'devices' | 'swarmId'>,
  text: Text,
): string => (by === undefined || by === swarm.swarmId ? text.say('standing.bySwarm') : nameOf(by, swarm.devices, text))

export const dayOf = (at: number | undefined, text: Text): string =>
  at === undefined ? text.say('standing.someday') : text.date(at)

/** `count`: events of the device that count; undefined while they are not counted yet. */
export const standingWords = (
  { standing }: Pick<DeviceStatus, 'standing'>,
  swarm: Pick<SwarmStatus, 'devices' | 'swarmId'>,
  { count, text }: { readonly count: number | undefined; readonly text: Text },
): string => {
  const { type, by, at, replacedBy } = standing
  if (type === 'active') return text.say('standing.active')
  const replaced =
    replacedBy === undefined
      ? ''
      : ` ${text.say('standing.replacedBy', { name: nameOf(replacedBy, swarm.devices, text) })}`
  if (type === 'left')
    return `${count === undefined ? text.say('standing.left.plain') : text.say('standing.left', { count })}${replaced}`
  if (count === undefined) return `${standingShort({ standing }, text)}.${replaced}`
  return `${text.say(`standing.${type}`, { name: speakerName(by, swarm, text), date: dayOf(at, text), count })}${replaced}`
}

export type ActionName = 'promote' | 'replace' | 'retire' | 'close' | 'revoke'

export interface Action {
  readonly name: ActionName
  /** Why it cannot be done from here; absent: it can. */
  readonly obstacle?: string
  /** With the recovery code it can be done all the same. */
  readonly byCode?: boolean
}

/** What makes sense for a device as it stands, in the order of how often it is wanted. */
const sensible = ({ standing, role }: Pick<DeviceStatus, 'standing' | 'role'>): readonly ActionName[] => {
  switch (standing.type) {
    case 'active':
      return role === 'admin' ? ['replace', 'retire', 'revoke'] : ['replace', 'promote', 'retire', 'revoke']
    case 'left':
      return ['revoke']
    case 'retired':
      return standing.replacedBy === undefined ? ['replace', 'close', 'revoke'] : ['close', 'revoke']
    case 'closed':
      return ['revoke']
    case 'revoked':
      return []
  }
}

/** As the node decides it (RULES 19): only admins, and of admins only those further from the root may be shut out. */
export const actionsOf = (
  device: Pick<DeviceStatus, 'standing' | 'role' | 'depth' | 'displayName' | 'node' | 'isSelf'>,
  swarm: Pick<SwarmStatus, 'devices' | 'role'>,
  text: Text,
): readonly Action[] => {
  if (device.isSelf) return []
  const self = swarm.devices.find((other) => other.isSelf)
  const names = sensible(device)
  if (swarm.role !== 'admin' || self === undefined || !isInUse(self)) {
    const obstacle = text.say('fleet.onlyAdmins', { names: adminNames(swarm.devices, text) })
    return names.map((name) => ({ name, obstacle }))
  }
  return names.map((name): Action => {
    if (name !== 'revoke' || device.role === 'member' || device.depth > self.depth) return { name }
    const key = device.depth === self.depth ? 'act.rankEqual' : 'act.rank'
    return { name, obstacle: text.say(key, { name: nameOf(device.node, [device], text) }), byCode: true }
  })
}
