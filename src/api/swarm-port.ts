/**
 * The calls that begin with `swarm_`, over a port. Bodies: `swarm_watch` {wait?} (milliseconds), `swarm_found` {name}, `swarm_invite`
 * {uses?, expiresIn?, role?, profile?: {name?, home?, language?}, replaces?}, `swarm_read_invitation` {link}, `swarm_join` {link, again?},
 * `swarm_leave` {node}, `swarm_code` {pasted?}, `swarm_stations` {urls?}, `swarm_safety` {stream, offset}, `swarm_withdraw` {invitation},
 * `swarm_promote`, `swarm_retire`, `swarm_close` and `swarm_remains` {node}, `swarm_revoke` {node, since?, recoveryCode?}, `swarm_replace` {old,
 * replacement}, `swarm_recover` {recoveryCode}; the others look at none. Here only shapes are checked; bounds are the node's.
 */
import type { NodeId, StreamId } from '../core/event.ts'
import { isNodeId, parseStreamId } from '../core/node-id.ts'
import type { PosterOptions, Profile, RevokeOptions } from '../node/contract.ts'
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

const readNode = (fields: Fields, name: string, body: string): NodeId => {
  const value = readText(fields, name, body)
  if (!isNodeId(value)) throw badRequest(`${JSON.stringify(value.slice(0, 100))} in field \`${name}\` is no node id`)
  return value
}
const readNamedNode = (body: string, name = 'node'): NodeId => readNode(readFields(body, 'Request'), name, body)

const readProfile = (fields: Fields, body: string): Profile | undefined => {
  const value = fields['profile']
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(fields, 'profile', 'an object')
  const given = value as Fields
  const name = readOptionalText(given, 'name', body)
  const home = readOptionalText(given, 'home', body)
  const language = readOptionalText(given, 'language', body)
  return {
    ...(name !== undefined && { name }),
    ...(home !== undefined && { home }),
    ...(language !== undefined && { language }),
  }
}

const readRevokeOptions = (fields: Fields, body: string): RevokeOptions => {
  const since = readOptionalCount(fields, 'since')
  const recoveryCode = readOptionalText(fields, 'recoveryCode', body)
  return { ...(since !== undefined && { since }), ...(recoveryCode !== undefined && { recoveryCode }) }
}

const readPosterOptions = (body: string): PosterOptions => {
  const fields = readFields(body, 'InviteOptions')
  const uses = readOptionalCount(fields, 'uses')
  const expiresIn = readOptionalCount(fields, 'expiresIn')
  const role = readOptionalText(fields, 'role', body)
  if (role !== undefined && role !== 'admin' && role !== 'member') throw wrong(fields, 'role', '`admin` or `member`')
  const profile = readProfile(fields, body)
  const replaces =
    fields['replaces'] === undefined || fields['replaces'] === null ? undefined : readNode(fields, 'replaces', body)
  return {
    ...(profile !== undefined && { profile }),
    ...(replaces !== undefined && { replaces }),
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
      return asText(swarm.invite(readPosterOptions(body)))
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
    case 'swarm_withdraw':
      return asNothing(swarm.withdraw(readNamed(body, 'invitation')))
    case 'swarm_promote':
      return asNothing(swarm.promote(readNamedNode(body)))
    case 'swarm_retire':
      return asNothing(swarm.retire(readNamedNode(body)))
    case 'swarm_close':
      return asNothing(swarm.close(readNamedNode(body)))
    case 'swarm_revoke': {
      const fields = readFields(body, 'RevokeOptions')
      return asNothing(swarm.revoke(readNode(fields, 'node', body), readRevokeOptions(fields, body)))
    }
    case 'swarm_replace':
      return asNothing(swarm.replace(readNamedNode(body, 'old'), readNamedNode(body, 'replacement')))
    case 'swarm_remains':
      return asText(swarm.remains(readNamedNode(body)))
    case 'swarm_recover':
      return asNothing(swarm.recover(readNamed(body, 'recoveryCode')))
    default:
      return undefined
  }
}
