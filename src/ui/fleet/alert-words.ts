/** What an alert says and what can be done about it, as words and links; drawn by `alert-list.ts`. */
import type { Alert, DeviceStatus, NodeId } from '../../client/contract.ts'
import { clockWords, isInUse, nameOf } from '../devices/words.ts'
import type { Text } from '../text.ts'

export interface AlertWords {
  readonly tone: 'warn' | 'bad' | ''
  readonly title: string
  readonly meaning: string
  /** Devices to look at. */
  readonly nodes: readonly NodeId[]
  /** Name and value of what it rests on; nothing to show where empty. */
  readonly evidence: readonly (readonly [term: string, value: string])[]
}

/** Evidence names whole ids: it is to be compared, or handed on. */
export const alertWords = (alert: Alert, devices: readonly DeviceStatus[], text: Text): AlertWords => {
  const name = (node: string): string => nameOf(node, devices, text)
  const meaning = text.say(`alert.${alert.type}.text`)
  const id = text.say('device.id')
  switch (alert.type) {
    case 'second-admin':
      return { tone: 'warn', title: text.say('alert.second-admin'), meaning, nodes: [], evidence: [] }
    case 'overused':
      return {
        tone: 'warn',
        title: text.say('alert.overused', { count: alert.admitted.length, uses: alert.uses }),
        meaning,
        nodes: alert.admitted,
        evidence: [
          [text.say('invite.title.poster'), alert.invitation],
          ...alert.admitted.map((node): [string, string] => [name(node), node]),
        ],
      }
    case 'unclosed':
      return {
        tone: '',
        title: text.say('alert.unclosed', { name: name(alert.node) }),
        meaning,
        nodes: [alert.node],
        evidence: [],
      }
    case 'fork':
      return {
        tone: 'bad',
        title: text.say('alert.fork', { name: name(alert.node) }),
        meaning,
        nodes: [alert.node],
        evidence: [
          [text.say('alert.fork.stream'), alert.stream],
          [text.say('alert.fork.alias'), alert.alias],
          [text.say('alert.fork.from'), text.number(alert.from)],
        ],
      }
    case 'renewed':
      return {
        tone: '',
        title: text.say('alert.renewed', { was: name(alert.was) }),
        meaning,
        nodes: [alert.node],
        evidence: [
          [text.say('alert.renewed.was'), alert.was],
          [text.say('alert.renewed.new'), alert.node],
        ],
      }
    case 'clock':
      return {
        tone: 'warn',
        title: text.say('alert.clock', { name: name(alert.node), offset: clockWords(alert.offset, text) }),
        meaning,
        nodes: [alert.node],
        evidence: [],
      }
    case 'same-name':
      return {
        tone: '',
        title: text.say('alert.same-name', { count: alert.nodes.length, name: alert.name }),
        meaning,
        nodes: alert.nodes,
        evidence: alert.nodes.map((node): [string, string] => [id, node]),
      }
    case 'hostile':
      return {
        tone: 'bad',
        title: text.say('alert.hostile', { name: name(alert.node) }),
        meaning,
        nodes: [alert.node],
        evidence: [
          [id, alert.node],
          [text.say('alert.hostile.code'), alert.code],
          [text.say('alert.hostile.count'), text.number(alert.count)],
        ],
      }
  }
}

/** Names an alert for as long as it is about the same thing. */
export const alertKey = (alert: Alert): string => {
  switch (alert.type) {
    case 'second-admin':
      return alert.type
    case 'overused':
      return `${alert.type} ${alert.invitation}`
    case 'fork':
      return `${alert.type} ${alert.alias}`
    case 'same-name':
      return `${alert.type} ${alert.name}`
    default:
      return `${alert.type} ${alert.node}`
  }
}

/** How serious, the worst first. */
const order: readonly Alert['type'][] = [
  'hostile',
  'fork',
  'second-admin',
  'overused',
  'clock',
  'unclosed',
  'same-name',
  'renewed',
]
export const sortedAlerts = (alerts: readonly Alert[]): readonly Alert[] =>
  [...alerts].sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type))

/** Who would do well as a second admin: reached now, and for the longest time; three at most. */
export const adminCandidates = (devices: readonly DeviceStatus[], now: number): readonly DeviceStatus[] => {
  const silence = (device: DeviceStatus): number => now - (device.lastSeen ?? 0)
  return devices
    .filter((device) => !device.isSelf && device.role === 'member' && isInUse(device))
    .toSorted(
      (a, b) =>
        Number(b.link !== undefined) - Number(a.link !== undefined) ||
        (a.link?.since ?? 0) - (b.link?.since ?? 0) ||
        silence(a) - silence(b) ||
        a.node.localeCompare(b.node),
    )
    .slice(0, 3)
}
