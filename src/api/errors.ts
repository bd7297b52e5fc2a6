/** Errors as the public API tells them: a status, a code for programs, a sentence for people. */
import { ShoalError, errorCode, errorMessage } from '../core/errors.ts'
import { nodeAppId } from '../core/node-id.ts'
import type { ApiError } from './contract.ts'

/** What is not listed is our own fault: 500. */
const statusByCode: Readonly<Record<string, number>> = {
  ERR_BAD_REQUEST: 400,
  ERR_MANIFEST_INVALID: 400,
  ERR_TOKEN_INVALID: 400,
  ERR_MISSING_AUTH_HEADER: 401,
  ERR_TOKEN_EXPIRED: 401,
  ERR_TOKEN_UNAUTHORIZED: 401,
  ERR_UNSUPPORTED_AUTH_TYPE: 401,
  ERR_NOT_ADMIN: 403,
  ERR_RANK: 403,
  ERR_REVOKED: 403,
  ERR_CODE: 400,
  ERR_INVITATION: 400,
  ERR_RECOVERY_CODE: 400,
  ERR_NO_LOG: 404,
  ERR_UNKNOWN_DEVICE: 404,
  ERR_UNKNOWN_INVITATION: 404,
  ERR_NOT_FOUND: 404,
  ERR_METHOD_NOT_ALLOWED: 405,
  ERR_NOT_ACCEPTABLE: 406,
  ERR_SETTINGS: 400,
  ERR_ALREADY_MEMBER: 409,
  ERR_JOIN_CANCELLED: 409,
  ERR_LOG_CURRENT: 409,
  ERR_NOT_RETIRED: 409,
  ERR_PROGRESS: 409,
  ERR_SWARM_FOUNDED: 409,
  ERR_CODE_EXPIRED: 410,
  ERR_INVITATION_EXPIRED: 410,
  ERR_INVITATION_USED: 410,
  ERR_INVITATION_WITHDRAWN: 410,
  ERR_OUTCOME_UNKNOWN: 409,
  ERR_PAYLOAD_TOO_LARGE: 413,
  ERR_UNSUPPORTED_MEDIA_TYPE: 415,
  ERR_UNSUPPORTED_FEATURE: 418,
  ERR_CRYPTO_UNAVAILABLE: 503,
  ERR_IDENTITY_RENEWING: 503,
  ERR_NODE_CLOSED: 503,
  ERR_NO_NETWORK: 503,
  ERR_NO_RADIO: 503,
  ERR_SERVICE_OVERLOADED: 503,
  ERR_SHUTTING_DOWN: 503,
  ERR_STORE_CLOSED: 503,
  ERR_STORE_FENCED: 503,
  ERR_STORE_FORMAT: 503,
  ERR_STORE_UNAVAILABLE: 503,
  ERR_STORE_UNKNOWN_OUTCOME: 503,
  ERR_STORE_FULL: 507,
}

/** The store says what happened; a developer also needs to hear what to do. */
const adviceByCode: Readonly<Record<string, string>> = {
  ERR_STORE_FULL: 'Nothing was stored. Free room on this device, or let the node keep less, and publish again.',
  ERR_STORE_FENCED: 'A newer node of this device took over; ask again.',
  ERR_STORE_CLOSED: 'The node is stopping; ask again in a moment.',
  ERR_NODE_CLOSED: 'The node is stopping; ask again in a moment.',
  ERR_STORE_UNKNOWN_OUTCOME: 'Publish again with the same receipt: what was stored is not stored twice.',
  ERR_OUTCOME_UNKNOWN: 'The receipt is too old to tell; query for the events before publishing them anew.',
}

export const reservedAppId = `The app id ${nodeAppId} is reserved for the node itself; take one of your own, such as com.example.my-app.`

export const badRequest = (cause: string): ShoalError => new ShoalError('ERR_BAD_REQUEST', cause)

const badRequestPrefix = 'Invalid request. '

export const apiError = (error: unknown): ApiError => {
  const code = errorCode(error)
  const message = errorMessage(error)
  if (code === 'ERR_BAD_REQUEST') {
    return { code, message: message.startsWith(badRequestPrefix) ? message : badRequestPrefix + message }
  }
  const advice = adviceByCode[code]
  if (advice !== undefined) return { code, message: message.includes(advice) ? message : `${message} ${advice}` }
  return { code, message: statusByCode[code] === undefined ? `Internal error. ${message}` : message }
}

export const statusOf = (code: string): number => statusByCode[code] ?? 500
