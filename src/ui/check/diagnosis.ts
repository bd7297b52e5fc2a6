/** What keeps this device from others, from what was observed: causes, the one that everything else rests on first. Pure. */
import type { Connectivity, Reach } from '../../client/contract.ts'
import type { DeviceCause } from './device-diagnosis.ts'
import { causeOfDevice, causeOfFailure } from './device-diagnosis.ts'
import type { Observations, Step } from './observations.ts'
import { steps } from './observations.ts'

export type Cause =
  | DeviceCause
  | 'alone'
  | 'certificate-expiring'
  | 'certificate-untrusted'
  | 'clock-differs'
  | 'clock-off'
  | 'fine'
  | 'links-off'
  | 'local-network-denied'
  | 'no-devices'
  | 'no-station'
  | 'no-webrtc'
  | 'node-refuses'
  | 'not-a-station'
  | 'offline'
  | 'page-outdated'
  | 'signalling-unreachable'
  | 'station-refuses'
  | 'storage-evictable'
  | 'storage-full'
  | 'worker-asleep'
  | 'worker-silent'

/** `fail`: it keeps devices apart. `warn`: it will, or sometimes does. `hint`: good to know; no reason for anything. */
export type Level = 'fail' | 'warn' | 'hint' | 'fine'

export interface Finding {
  readonly step: Step
  readonly cause: Cause
  readonly level: Level
  /** The other device it is about. */
  readonly device?: string
  /** The address it is about. */
  readonly url?: string
  /** Of a difference or a time that is left, in seconds. */
  readonly seconds?: number
  /** The words of whoever refused. */
  readonly detail?: string
}

export interface Diagnosis {
  /** The cause to look at first. */
  readonly main: Finding
  /** All, in the order of what rests on what. */
  readonly findings: readonly Finding[]
}

/** A clock further off makes invitations expire too soon and mixes up what people see. Seconds. */
const clockMax = 60
/** A tab that has been open for so much longer than the worker runs saw it start anew. Milliseconds. */
const asleepAge = 20_000
const awakeFor = 60_000
/** Time to renew a certificate by hand. Seconds. */
const renewWithin = 14 * 24 * 3600
/** Bytes below which the next photo may not fit, and below which nothing may. */
const roomLow = 200_000_000
const roomNone = 5_000_000

/** How long an attempt with somebody unknown is of interest. Microseconds. */
const strangerFor = 600_000_000

const nodeOf = ({ node }: Observations): Connectivity | undefined => (node === 'silent' ? undefined : node)

const fromNode = (seen: Observations): Finding[] => {
  const { page } = seen
  const step = 'node'
  if (page.refusal !== undefined) {
    const isOutdated = ['ERR_CLIENT_OUTDATED', 'ERR_WORKER_OUTDATED', 'ERR_STORE_FORMAT'].includes(page.refusal.code)
    const cause = isOutdated ? 'page-outdated' : 'node-refuses'
    return [{ step, cause, level: 'fail', detail: page.refusal.message }]
  }
  if (seen.node === 'silent') return [{ step, cause: 'worker-silent', level: 'fail' }]
  const node = nodeOf(seen)
  if (node === undefined) return []
  const found: Finding[] = []
  if (node.standing === 'revoked') found.push({ step, cause: 'revoked', level: 'fail' })
  if (node.standing === 'retired' || node.standing === 'closed') found.push({ step, cause: 'retired', level: 'fail' })
  if (node.standing === 'left') found.push({ step, cause: 'left', level: 'fail' })
  if (page.links === 'off') found.push({ step, cause: 'links-off', level: 'fail' })
  else if (node.radio === 'none') {
    const cause = seen.addresses?.isSupported === false ? 'no-webrtc' : 'no-radio'
    found.push({ step, cause, level: 'fail' })
  }
  if (node.uptime < awakeFor && page.age - node.uptime > asleepAge)
    found.push({ step, cause: 'worker-asleep', level: 'warn', seconds: Math.round(node.uptime / 1000) })
  return found
}

/** A page of this very machine needs no permission for it, and some browsers say "denied" there. */
const isLoopback = (url: string): boolean => /^\w+:\/\/(?:localhost|127\.|\[::1\])/.test(url)

const fromNetwork = (seen: Observations, isLinked: boolean): Finding[] => {
  const { page, localNetwork, addresses, origin } = seen
  const step = 'network'
  const found: Finding[] = []
  if (!page.isOnline && origin?.answers !== 'yes') found.push({ step, cause: 'offline', level: 'fail' })
  // where the way to others works all the same, it is none of that network
  const works = isLinked || nodeOf(seen)?.stations.some(({ state }) => state === 'connected') === true
  if (localNetwork === 'denied' && !isLoopback(origin?.url ?? ''))
    found.push({ step, cause: 'local-network-denied', level: works ? 'hint' : 'fail' })
  if (addresses?.isSupported === true && addresses.raw + addresses.mdns === 0 && page.isOnline)
    found.push({ step, cause: 'no-candidates', level: isLinked ? 'warn' : 'fail' })
  return found
}

const fromAddress = ({ origin, page }: Observations): Finding[] => {
  const step = 'address'
  if (origin === undefined) return []
  const { url, isUntrusted, certificateEnds, clockOffset = 0 } = origin
  if (isUntrusted === true) return [{ step, cause: 'certificate-untrusted', level: 'fail', url }]
  if (certificateEnds === undefined) return []
  // by the station's own clock: that of this device may be what is wrong
  const seconds = Math.round((certificateEnds - (page.now + clockOffset)) / 1000)
  return seconds < renewWithin ? [{ step, cause: 'certificate-expiring', level: 'warn', url, seconds }] : []
}

const fromStations = (seen: Observations, isLinked: boolean): Finding[] => {
  const node = nodeOf(seen)
  const step = 'stations'
  if (node === undefined || (node.state === 'alone' && node.joining === undefined)) return []
  if (node.stations.length === 0) return [{ step, cause: 'no-station', level: isLinked ? 'hint' : 'fail' }]
  const probed = new Map(seen.stations?.map(({ url, answers }) => [url, answers]))
  const wrong = node.stations.flatMap(({ url, state, problem }): Finding[] => {
    const answers = probed.get(url)
    // what works for the tab, or for the worker, works
    if (state === 'connected') return []
    const detail = problem === undefined ? {} : { detail: problem }
    if (answers === 'other') return [{ step, cause: 'not-a-station', level: 'fail', url, ...detail }]
    if (/refuses/.test(problem ?? '') && answers !== 'no')
      return [{ step, cause: 'station-refuses', level: 'fail', url, ...detail }]
    if (answers === 'yes' || (answers === undefined && state === 'connecting')) return []
    return [{ step, cause: 'signalling-unreachable', level: 'fail', url, ...detail }]
  })
  const isReached = wrong.length < node.stations.length
  return wrong.map((finding) => (isReached || isLinked ? { ...finding, level: 'warn' as const } : finding))
}

const quiet: readonly Cause[] = ['not-needed', 'trying', 'device-full']
/** Nothing that people have to do something about: it is away, or it is meant to be. */
const meant: readonly Cause[] = ['device-away', 'device-left', 'device-retired', 'device-revoked']

const ofDevice = (reach: Reach, node: Connectivity, seen: Observations, isLinked: boolean): Finding[] => {
  const cause = causeOfDevice(reach, node)
  if (cause === undefined) return []
  const isAsked = seen.device === reach.node
  const isQuiet = quiet.includes(cause) || (!isAsked && meant.includes(cause))
  const level = isQuiet ? 'hint' : isAsked || !isLinked ? 'fail' : 'warn'
  const detail = reach.failed?.failure?.message
  return [{ step: 'devices', cause, level, device: reach.node, ...(detail !== undefined && { detail }) }]
}

const fromDevices = (seen: Observations, isLinked: boolean): Finding[] => {
  const node = nodeOf(seen)
  const step = 'devices'
  if (node === undefined || seen.isTried !== true) return []
  if (node.joining !== undefined) {
    const { code, message } = node.joining
    const failure = { code, message, by: 'network', at: node.now } as const
    const isNobody = code === 'ERR_NOBODY' || code === 'ERR_NO_WAY'
    const cause = isNobody
      ? 'device-away'
      : causeOfFailure({ step: 'answered', isOutgoing: true, at: node.now, failure })
    return [{ step, cause, level: 'fail', detail: message }]
  }
  if (node.state === 'alone') return [{ step, cause: 'alone', level: 'hint' }]
  const others = node.devices.filter(({ standing }) => standing === 'active')
  const asked = node.devices.filter(({ node: id }) => seen.device === undefined || id === seen.device)
  const found = asked.flatMap((reach) => ofDevice(reach, node, seen, isLinked))
  // who has left is no member, and is not told of any more
  if (seen.device !== undefined && asked.length === 0)
    return [{ step, cause: 'device-left', level: 'fail', device: seen.device }]
  const { stranger } = node
  // somebody who was carried a code, and never said who he is
  const since = node.now - (stranger?.failure?.at ?? -Infinity)
  if (seen.device === undefined && stranger?.failure !== undefined && since < strangerFor)
    found.push({ step, cause: causeOfFailure(stranger), level: 'warn', detail: stranger.failure.message })
  if (seen.device === undefined && !isLinked && found.every(({ level }) => level === 'hint')) {
    if (others.length === 0) found.push({ step, cause: 'no-devices', level: 'hint' })
    else if (found.some(({ cause }) => cause === 'device-away'))
      return found.map((finding) =>
        finding.cause === 'device-away' ? { ...finding, level: 'warn' as const } : finding,
      )
  }
  return found
}

const fromClock = (seen: Observations): Finding[] => {
  const node = nodeOf(seen)
  const links = (node?.devices ?? []).flatMap(({ node: device, link }) =>
    link?.clockOffset === undefined ? [] : [{ device, seconds: link.clockOffset / 1e6 }],
  )
  const station =
    seen.origin?.clockOffset === undefined ? [] : [{ device: undefined, seconds: seen.origin.clockOffset / 1000 }]
  const all = [...station, ...links]
  const off = all.filter(({ seconds }) => Math.abs(seconds) > clockMax)
  const behind = off.filter(({ seconds }) => seconds > 0).length
  // most others agree with each other, and not with this device
  const isOurs = Math.max(behind, off.length - behind) * 2 > all.length && (all.length > 1 || station.length > 0)
  if (isOurs) {
    const [first] = off.toSorted((a, b) => Math.abs(a.seconds) - Math.abs(b.seconds))
    return [{ step: 'clock', cause: 'clock-off', level: 'warn', seconds: Math.round(-(first?.seconds ?? 0)) }]
  }
  return off
    .filter(({ device }) => seen.device === undefined || seen.device === device)
    .map(({ device, seconds }): Finding => ({
      step: 'clock',
      cause: 'clock-differs',
      level: 'warn',
      ...(device === undefined ? { url: seen.origin?.url ?? '' } : { device }),
      seconds: Math.round(seconds),
    }))
}

const fromStorage = ({ storage }: Observations): Finding[] => {
  if (storage === undefined) return []
  const room = storage.quota - storage.used
  const step = 'storage'
  const isFull = !storage.isWritable || room < roomNone
  if (isFull || room < roomLow) return [{ step, cause: 'storage-full', level: isFull ? 'fail' : 'warn' }]
  return storage.isKept ? [] : [{ step, cause: 'storage-evictable', level: 'hint' }]
}

const levels: readonly Level[] = ['fail', 'warn', 'hint', 'fine']

export const diagnose = (seen: Observations): Diagnosis => {
  const node = nodeOf(seen)
  const devices = node?.devices ?? []
  const isLinked = devices.some(({ node: id, link }) => link !== undefined && (seen.device ?? id) === id)
  const findings = [
    ...fromNode(seen),
    ...fromNetwork(seen, isLinked),
    ...fromAddress(seen),
    ...fromStations(seen, isLinked),
    ...fromDevices(seen, isLinked),
    ...fromClock(seen),
    ...fromStorage(seen),
  ]
  const rank = ({ level, step }: Finding): number => levels.indexOf(level) * steps.length + steps.indexOf(step)
  const [worst] = findings.toSorted((a, b) => rank(a) - rank(b))
  const fine: Finding = { step: 'devices', cause: 'fine', level: 'fine' }
  // of one device any answer is one; of all of them, a hint that explains why there is nobody
  const says =
    worst === undefined || worst.level === 'hint'
      ? findings.find(
          ({ step, cause }) =>
            step === 'devices' &&
            !isLinked &&
            (seen.device !== undefined || cause === 'alone' || cause === 'no-devices' || cause === 'trying'),
        )
      : worst
  return { main: says ?? fine, findings }
}
