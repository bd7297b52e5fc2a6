/** A sentence for an error: ours in the reader's language where the code is one that asks for something to be done. */
import type { StringKey, Text } from './text.ts'

const known: Readonly<Record<string, StringKey>> = {
  ERR_STORE_FULL: 'error.full',
  ERR_PROGRESS: 'error.progress',
  ERR_CLIENT_OUTDATED: 'error.outdated',
  ERR_STORE_FORMAT: 'error.outdated',
  ERR_WORKER_OUTDATED: 'error.outdated',
  ERR_QUERY_CHANGED: 'error.changed',
  ERR_INVITATION: 'error.invitation',
  ERR_INVITATION_EXPIRED: 'error.invitationExpired',
  ERR_INVITATION_USED: 'error.invitationUsed',
  ERR_ALREADY_MEMBER: 'error.alreadyMember',
  ERR_JOIN_CANCELLED: 'error.joinCancelled',
  ERR_NOT_ADMIN: 'error.notAdmin',
  ERR_CODE: 'error.code',
  ERR_CODE_EXPIRED: 'error.codeExpired',
  ERR_NO_RADIO: 'error.noRadio',
  ERR_NO_LINK: 'error.noLink',
  ERR_NO_WAY: 'error.noWay',
  ERR_NO_STATION: 'error.noStation',
  ERR_NOBODY: 'error.nobody',
  ERR_SWARM_FOUNDED: 'error.founded',
}

export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/** An error, or what a status says of one. */
const hasSentence = (error: unknown): error is { readonly message: string } =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'

export const errorText = (error: unknown, text: Text): string => {
  const code = codeOf(error)
  const key = known[code]
  if (key) return text.say(key)
  const sentence = hasSentence(error) ? error.message : String(error)
  return code ? `${sentence} (${code})` : sentence
}
