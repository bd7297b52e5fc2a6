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

/** The sentence of the node says more, but in English: elsewhere the code speaks, and what it cannot say stands behind it. */
const translated: Readonly<Record<string, StringKey>> = {
  ERR_RANK: 'error.rank',
  ERR_UNKNOWN_DEVICE: 'error.unknownDevice',
  ERR_UNKNOWN_INVITATION: 'error.unknownInvitation',
  ERR_NOT_RETIRED: 'error.notRetired',
  ERR_RECOVERY_CODE: 'error.recoveryCode',
  ERR_RETIRED: 'error.retired',
  ERR_REVOKED: 'error.revoked',
  ERR_OTHER_SWARM: 'error.otherSwarm',
  ERR_PROTOCOL_VERSION: 'error.protocol',
  ERR_SETTINGS: 'error.settings',
  ERR_PAYLOAD_TOO_LARGE: 'error.tooLarge',
  ERR_NOT_JSON: 'error.notJson',
  ERR_OUTCOME_UNKNOWN: 'error.outcome',
  ERR_STORE_UNKNOWN_OUTCOME: 'error.outcome',
  ERR_STORE_CLOSED: 'error.storeClosed',
  ERR_CRYPTO_UNAVAILABLE: 'error.crypto',
  ERR_IDENTITY_RENEWING: 'error.renewing',
  ERR_NO_LOG: 'error.noLog',
  ERR_CLOSED: 'error.closed',
  ERR_INTERNAL: 'error.internal',
  ERR_BAD_REQUEST: 'error.badRequest',
}

/** Where a query stops making sense, as the node says it. */
const queryPlace = /^Line (\d+), column (\d+): (?:found `([^`]*)`)?/

const queryText = (code: string, sentence: string, text: Text): string | undefined => {
  const [, line, column, found] = queryPlace.exec(sentence) ?? []
  if (line === undefined || column === undefined) return undefined
  if (code === 'ERR_UNSUPPORTED_FEATURE') return text.say('error.queryUnsupported', { line, column })
  return found === undefined
    ? text.say('error.query', { line, column })
    : text.say('error.queryFound', { line, column, found })
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
  if (text.language !== 'en') {
    const query = queryText(code, sentence, text)
    if (query !== undefined) return query
    const own = translated[code]
    if (own !== undefined) return text.say(own, { detail: sentence })
  }
  return code ? `${sentence} (${code})` : sentence
}
