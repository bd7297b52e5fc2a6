/** What the node says of devices and links, as a person would say it. */
import type { DeviceStatus, Horizon, SwarmStatus } from '../../client/contract.ts'
import type { Text } from '../text.ts'

/** A device that was heard of within this time is there, by whatever way. Microseconds. */
export const thereWithin = 3 * 60 * 1_000_000
/** Clocks closer than this agree, as far as anybody at a machine cares. Microseconds. */
const clockAgrees = 1_000_000

/** As a node calls itself until somebody names it; said in the language of the screen. */
const firstName = /^Device ([0-9A-Za-z]{4})$/

/** A name as it is shown. */
export const shownName = (displayName: string, text: Text): string => {
  const id = firstName.exec(displayName)?.[1]
  return id === undefined ? displayName : text.say('devices.unnamed', { id })
}

export const deviceName = ({ displayName, node }: Pick<DeviceStatus, 'displayName' | 'node'>, text: Text): string =>
  displayName === undefined || displayName === ''
    ? text.say('devices.unnamed', { id: node.slice(0, 6) })
    : shownName(displayName, text)

/** The name of whom an id stands for, also where nothing else is known of it. */
export const nameOf = (
  node: string,
  devices: readonly Pick<DeviceStatus, 'displayName' | 'node'>[],
  text: Text,
): string => deviceName(devices.find((device) => device.node === node) ?? { node: node as DeviceStatus['node'] }, text)

/** Neither left nor taken out of service nor shut out. */
export const isInUse = ({ standing }: Pick<DeviceStatus, 'standing'>): boolean => standing.type === 'active'

/** Those who may decide, as a list of names; a word where there is none. */
export const adminNames = (devices: readonly DeviceStatus[], text: Text): string =>
  devices
    .filter((device) => device.role === 'admin' && isInUse(device))
    .map((device) => deviceName(device, text))
    .join(', ') || text.say('fleet.noAdmin')

export type Presence = 'linked' | 'known' | 'away' | 'never'

/** Whether this device has a link to anybody; without one it reaches nobody through others either. */
export const hasLink = (devices: readonly DeviceStatus[]): boolean => devices.some(({ link }) => link !== undefined)

/** `isLinked`: this device has a link to anybody. */
export const presenceOf = ({ link, lastSeen, isSelf }: DeviceStatus, isLinked: boolean, now: number): Presence => {
  if (isSelf || link !== undefined) return 'linked'
  if (lastSeen === undefined) return 'never'
  return isLinked && now - lastSeen <= thereWithin ? 'known' : 'away'
}

/** `offset`: their clock minus ours, microseconds. */
export const clockWords = (offset: number, text: Text): string => {
  const size = Math.abs(offset)
  if (size < clockAgrees) return text.say('clock.same')
  return text.say(offset < 0 ? 'clock.behind' : 'clock.ahead', { time: text.duration(Math.round(size / 1_000_000)) })
}

/** The one sentence about what would be lost with this device. */
export interface SafetySentence {
  readonly tone: 'good' | 'warn'
  readonly title: string
  readonly meaning: string
}

export const safetySentence = (swarm: Pick<SwarmStatus, 'onlyHere' | 'devices'>, text: Text): SafetySentence => {
  const count = swarm.onlyHere
  if (swarm.devices.filter(isInUse).length < 2)
    return { tone: 'warn', title: text.say('safety.first'), meaning: text.say('safety.firstText') }
  if (count === 0) return { tone: 'good', title: text.say('safety.all'), meaning: text.say('safety.allText') }
  return {
    tone: 'warn',
    title: text.say('safety.onlyHere', { count }),
    meaning: text.say('safety.onlyHereText', { count }),
  }
}

/** At most so many devices are named in a sentence. */
const namedMax = 3

export const horizonWords = (horizon: Horizon, devices: readonly DeviceStatus[], text: Text): string => {
  const final = horizon.lamport > 0 ? [text.say('horizon.final', { lamport: horizon.lamport })] : []
  if (horizon.waitingFor.length === 0) return final.join(' ')
  const all = horizon.waitingFor.map((node) =>
    deviceName(devices.find((device) => device.node === node) ?? { node }, text),
  )
  const shown = all.slice(0, namedMax).join(', ')
  const count = all.length - namedMax
  const names = count > 0 ? text.say('horizon.more', { names: shown, count }) : shown
  return [...final, text.say('horizon.waiting', { names })].join(' ')
}
