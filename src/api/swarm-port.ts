/**
 * The calls that begin with `swarm_`, over a port. Bodies: `swarm_watch` {wait?} (milliseconds), `swarm_found` {name}, `swarm_invite`
 * {uses?, expiresIn?, role?}, `swarm_read_invitation` {link}, `swarm_join` {link, again?}, `swarm_leave` {node}, `swarm_code` {pasted?},
 * `swarm_stations` {urls?}, `swarm_safety` {stream, offset}; the others look at none. Here only shapes are checked; bounds are the node's.
 */
import type { StreamId } from '../core/event.ts'
import { parseStreamId } from '../core/node-id.ts'
import type { InviteOptions } from '../node/contract.ts'
import { badRequest } from './errors.ts'
import type { Lines } from './items.ts'
import type { PortCall } from './port-contract.ts'
import type { Fields } from './requests.ts'
import { describe, isCount, missing, readFields, readNamed, readOptionalText, readText } from './requests.ts'
import type { SwarmCalls } from './swarm-calls.ts'
import { watchEvery } from './swarm-calls.ts'

const wrong = (fields: Fields, name: string, expected: string): Error =>
  badRequest(`invalid type: ${describe(fields[name])}, expected ${expected} in field \`${name}\``)

/** `null` is absent. */
const readOptionalCount = (fields: Fields, name: string): number | undefined => {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (!isCount(value)) throw wrong(fields, name, 'a whole number')
  return value
}

const readInviteOptions = (body: string): InviteOptions => {
  const fields = readFields(body, 'InviteOptions')
  const uses = readOptionalCount(fields, 'uses')
  const expiresIn = readOptionalCount(fields, 'expiresIn')
  const role = readOptionalText(fields, 'role', body)
  if (role !== undefined && role !== 'admin' && role !== 'member') throw wrong(fields, 'role', '`admin` or `member`')
  return {
    ...(uses !== undefined && { uses }),
    ...(expiresIn !== undefined && { expiresIn }),
    ...(role !== undefined && { role }),
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

const readUrls = (body: string): readonly string[] | undefined => {
  const fields = readFields(body, 'Request')
  const { urls } = fields
  if (urls === undefined || urls === null) return undefined
  if (!isTexts(urls)) throw wrong(fields, 'urls', 'an array of strings')
  return urls
}

const readEvent = (body: string): { readonly stream: StreamId; readonly offset: number } => {
  const fields = readFields(body, 'Request')
  const stream = readText(fields, 'stream', body)
  if (parseStreamId(stream) === undefined) throw badRequest(`${JSON.stringify(stream.slice(0, 100))} is no stream id`)
  const offset = readOptionalCount(fields, 'offset')
  if (offset === undefined) throw missing('offset', body)
  return { stream: stream as StreamId, offset }
}

const asText = async (value: unknown): Promise<string> => JSON.stringify(await value)
const asNothing = async (done: Promise<void>): Promise<undefined> => {
  await done
}

/** `undefined`: no such call. */
export const performSwarmCall = (
  call: string,
  body: string,
  swarm: SwarmCalls,
  signal: AbortSignal,
): Lines | Promise<string | undefined> | undefined => {
  switch (call as PortCall) {
    case 'swarm_status':
      return asText(swarm.status())
    case 'swarm_watch': {
      const wait = readOptionalCount(readFields(body, 'Request'), 'wait') ?? 0
      return swarm.watch(Math.min(wait, watchEvery), signal)
    }
    case 'swarm_found':
      return asText(swarm.found(readNamed(body, 'name')))
    case 'swarm_recovery_kept':
      return asNothing(swarm.recoveryKept())
    case 'swarm_invite':
      return asText(swarm.invite(readInviteOptions(body)))
    case 'swarm_read_invitation':
      return asText(swarm.readInvitation(readNamed(body, 'link')))
    case 'swarm_join':
      return asNothing(swarm.join(readNamed(body, 'link'), readFields(body, 'Request')['again'] === true))
    case 'swarm_cancel_join':
      return asNothing(swarm.cancelJoin())
    case 'swarm_leave':
      return asNothing(swarm.leave(readNamed(body, 'node')))
    case 'swarm_code':
      return asText(swarm.code(readOptionalText(readFields(body, 'Request'), 'pasted', body)))
    case 'swarm_stations':
      return asText(swarm.stations(readUrls(body)))
    case 'swarm_safety': {
      const { stream, offset } = readEvent(body)
      return asText(swarm.safety(stream, offset))
    }
    case 'swarm_horizon':
      return asText(swarm.horizon())
    case 'swarm_former':
      return asText(swarm.former())
    default:
      return undefined
  }
}
