/** Why there is no link with one device, from what this node saw of it. Pure. */
import type { AttemptStatus, Connectivity, LinkFailure, Reach } from '../../client/contract.ts'

export type DeviceCause =
  | 'cloned'
  | 'device-away'
  | 'device-full'
  | 'device-left'
  | 'device-no-candidates'
  | 'device-no-radio'
  | 'device-retired'
  | 'device-revoked'
  | 'dropped'
  | 'in-between'
  | 'invitation'
  | 'isolation'
  | 'left'
  | 'multicast-filtered'
  | 'no-answer'
  | 'no-candidates'
  | 'no-radio'
  | 'not-member'
  | 'not-needed'
  | 'refused'
  | 'retired'
  | 'revoked'
  | 'trying'
  | 'version-old-here'
  | 'version-old-there'
  | 'wrong-swarm'

/** On one network two ends that can reach each other do within a second or two. Microseconds. */
const connectMax = 8_000_000

const standingCauses = {
  left: 'device-left',
  retired: 'device-retired',
  closed: 'device-retired',
  revoked: 'device-revoked',
} as const

/** Nothing came through although each end had the addresses of the other. */
const notConnected = ({ ours, theirs }: Pick<AttemptStatus, 'ours' | 'theirs'>): DeviceCause => {
  const count = (addresses: typeof ours): number =>
    addresses === undefined ? Number.NaN : addresses.raw + addresses.mdns
  if (count(ours) === 0) return 'no-candidates'
  if (count(theirs) === 0) return 'device-no-candidates'
  // a name against an address always works where the network carries anything between the two
  return ours?.raw === 0 && theirs?.raw === 0 ? 'multicast-filtered' : 'isolation'
}

/** What each device tells the other when it refuses: `docs/protocol.md`. */
const refusal = ({ code, message, by }: LinkFailure): DeviceCause | undefined => {
  const isTheirs = by === 'them'
  switch (code) {
    case 'ERR_REVOKED':
      return isTheirs ? 'revoked' : 'device-revoked'
    case 'ERR_RETIRED':
      return isTheirs ? 'retired' : 'device-retired'
    case 'ERR_MEMBER_LEFT':
      return isTheirs ? 'left' : 'device-left'
    case 'ERR_OTHER_SWARM':
      return 'wrong-swarm'
    case 'ERR_NOT_A_MEMBER':
      return 'not-member'
    case 'ERR_PROTOCOL_VERSION':
      // who refuses knows which of both is behind, and says so; who is refused is told no more than that
      return isTheirs || /on this device/.test(message) ? 'version-old-here' : 'version-old-there'
    case 'ERR_OWN_IDENTITY':
      return 'cloned'
    case 'ERR_PROOF':
    case 'ERR_SEAL':
    case 'ERR_UNEXPECTED_NODE':
      return 'in-between'
    case 'ERR_NO_RADIO':
      return isTheirs ? 'device-no-radio' : 'no-radio'
    case 'ERR_FULL':
    case 'ERR_BUSY':
    case 'ERR_TOO_MANY_LINKS':
      return 'device-full'
    case 'ERR_LEAVING':
    case 'ERR_CHANNEL_CLOSED':
      return 'dropped'
    case 'ERR_NO_ANSWER':
    case 'ERR_PROOF_TIMEOUT':
      return 'no-answer'
    default:
      return code.startsWith('ERR_INVITATION') ? 'invitation' : isTheirs ? 'refused' : undefined
  }
}

export const causeOfFailure = (attempt: AttemptStatus): DeviceCause => {
  const { step, failure } = attempt
  if (failure === undefined) return 'trying'
  const refused = refusal(failure)
  if (refused !== undefined) return refused
  if (step === 'opened') return 'dropped'
  if (failure.code === 'ERR_CHANNEL_FAILED') return step === 'offered' ? 'no-answer' : notConnected(attempt)
  return 'refused'
}

/** Refused for what it is: that does not pass by itself, wherever the other one is by now. */
const lasting: ReadonlySet<DeviceCause> = new Set([
  'cloned',
  'device-retired',
  'device-revoked',
  'in-between',
  'left',
  'not-member',
  'retired',
  'revoked',
  'version-old-here',
  'version-old-there',
  'wrong-swarm',
])

/** Undefined: there is a link. */
export const causeOfDevice = (reach: Reach, node: Connectivity): DeviceCause | undefined => {
  const { standing, link, seenAt, attempt, failed } = reach
  if (link !== undefined) return undefined
  if (standing !== 'active') return standingCauses[standing]
  const last = failed === undefined ? undefined : causeOfFailure(failed)
  if (last !== undefined && lasting.has(last)) return last
  const isStuck = attempt?.step === 'answered' && attempt.failure === undefined && node.now - attempt.at > connectMax
  if (isStuck) return notConnected(attempt)
  if (seenAt === 'nowhere') return 'device-away'
  if (last !== undefined && last !== 'device-full') return last
  if (seenAt === 'mesh' || last === 'device-full') return 'not-needed'
  return node.devices.some((other) => other.link !== undefined) && attempt === undefined ? 'not-needed' : 'trying'
}
