/** What is said of calls: on whose screens, how long, with what. */
import type { DeviceStatus } from '../../client/contract.ts'
import { hasLink, isInUse, nameOf } from '../../ui/devices/words.ts'
import type { Text } from '../../ui/text.ts'
import type { Call, Mark } from './calls.ts'

/** A device not heard of for longer is not counted as asleep: it is gone. Microseconds. */
const countedWithin = 7 * 24 * 3600 * 1_000_000
/** A screen may take this long to say that it has the call. Microseconds. */
const answerTime = 4_000_000

export interface Reach {
  /** Screens that have had the call, without the caller's. */
  readonly screens: number
  /** Devices of the last seven days whose screens have not; undefined while they may still answer, or while nobody can. */
  readonly asleep: number | undefined
  /** Nothing is known since then, because this device has no link itself: who is silent may have seen it. Microseconds since the epoch. */
  readonly cutOffSince?: number
}

export const reachOf = (call: Call, devices: readonly DeviceStatus[], now: number): Reach => {
  const silent = devices.filter(
    ({ node, lastSeen, standing }) =>
      isInUse({ standing }) &&
      node !== call.called.by &&
      !call.seenBy.includes(node) &&
      lastSeen !== undefined &&
      now - lastSeen < countedWithin,
  )
  if (silent.length > 0 && !hasLink(devices)) {
    const others = devices.flatMap(({ isSelf, lastSeen }) => (isSelf || lastSeen === undefined ? [] : [lastSeen]))
    const screens = call.seenBy.length
    return { screens, asleep: undefined, ...(others.length > 0 ? { cutOffSince: Math.max(...others) } : {}) }
  }
  const isEarly = now - call.called.at < answerTime && silent.length > 0
  return { screens: call.seenBy.length, asleep: isEarly ? undefined : silent.length }
}

export const reachWords = ({ screens, asleep, cutOffSince }: Reach, text: Text): string => {
  const seen = screens === 0 ? text.say('andon.notSeen') : text.say('andon.seen', { count: screens })
  if (cutOffSince !== undefined) return `${seen}, ${text.say('andon.cutOff', { time: text.hour(cutOffSince) })}`
  return asleep ? `${seen}, ${text.say('andon.asleep', { count: asleep })}` : seen
}

export { nameOf }

/** Reasons offered on the screen; any other text may come from elsewhere and is shown as it is. */
export const reasons = ['fault', 'material', 'quality', 'setup'] as const
export type Reason = (typeof reasons)[number]

export const reasonWords = (what: string | undefined, text: Text): string => {
  const known = reasons.find((reason) => reason === what)
  return known === undefined ? (what ?? '') : text.say(`andon.what.${known}`)
}

/** When it was by the clock of this device, where the other's offset is known. Microseconds. */
export const hereTime = (mark: Mark, devices: readonly DeviceStatus[]): number =>
  mark.at - (devices.find((device) => device.node === mark.by)?.link?.clockOffset ?? 0)

/** `0:07`, `12:30`, `1:02:45`; a clock that runs ahead never makes it negative. */
export const elapsed = (micros: number): string => {
  const seconds = Math.max(0, Math.floor(micros / 1_000_000))
  const pad = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`
}
