/**
 * Bearer tokens: what an app holds after it said who it is. Opaque to clients. Standard base64 of a 64-byte Ed25519 signature and the
 * CBOR it signs, under a prefix of its own, so that no token can be taken for a run or a run for a token.
 */
import { decode, encode } from 'cborg'
import { concatBytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { ShoalError } from '../core/errors.ts'
import type { AppId } from '../core/event.ts'
import { isAppId } from '../core/node-id.ts'
import { signatureBytes } from './keys.ts'

/** How long a token is good for, in seconds. */
export const tokenValidity = 86_400
/** Verifying costs 0.14 ms; an app sends the same token with every request. */
const rememberedMax = 64

export interface Tokens {
  issue(appId: AppId, appVersion: string): Promise<string>
  /** Throws `ERR_TOKEN_INVALID` (no token at all), `ERR_TOKEN_UNAUTHORIZED` (not of this node) or `ERR_TOKEN_EXPIRED`. */
  check(token: string): Promise<AppId>
}

export interface TokenDeps {
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
  verify(bytes: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>): Promise<boolean>
  /** Counts the lives of the node; a token of another life has expired. */
  readonly cycles: number
  readonly clock: Clock
}

interface BearerToken {
  /** Microseconds. */
  readonly created: number
  readonly appId: AppId
  readonly cycles: number
  readonly appVersion: string
  /** Seconds. */
  readonly validity: number
  readonly appMode: 'trial' | 'signed'
}

const prefix = new TextEncoder().encode('shoal.token.1')

const bytesOfBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    const binary = atob(text)
    return btoa(binary) === text ? Uint8Array.from(binary, (letter) => letter.charCodeAt(0)) : undefined
  } catch {
    return undefined
  }
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const readToken = (bytes: Uint8Array): BearerToken | undefined => {
  let found: unknown
  try {
    found = decode(bytes)
  } catch {
    return undefined
  }
  if (typeof found !== 'object' || found === null) return undefined
  const { created, appId, cycles, appVersion, validity, appMode } = found as Record<string, unknown>
  if (!isCount(created) || !isCount(cycles) || !isCount(validity)) return undefined
  if (typeof appId !== 'string' || !isAppId(appId) || typeof appVersion !== 'string') return undefined
  if (appMode !== 'trial' && appMode !== 'signed') return undefined
  return { created, appId, cycles, appVersion, validity, appMode }
}

const invalid = (token: string, reason: string): ShoalError =>
  new ShoalError(
    'ERR_TOKEN_INVALID',
    `Invalid token: '${token.length > 100 ? `${token.slice(0, 100)}…` : token}'. ${reason} Please provide a valid bearer token.`,
  )

export const createTokens = ({ sign, verify, cycles, clock }: TokenDeps): Tokens => {
  const remembered = new Map<string, BearerToken>()

  const verified = async (text: string): Promise<BearerToken> => {
    const known = remembered.get(text)
    if (known !== undefined) return known
    if (text === '') throw invalid(text, 'Missing token bytes.')
    const bytes = bytesOfBase64(text)
    const signed = bytes?.slice(signatureBytes)
    const token = signed === undefined ? undefined : readToken(signed)
    if (bytes === undefined || signed === undefined || token === undefined) {
      throw invalid(text, 'Cannot parse token bytes.')
    }
    if (!(await verify(concatBytes(prefix, signed), bytes.slice(0, signatureBytes)))) {
      throw new ShoalError('ERR_TOKEN_UNAUTHORIZED', 'Unauthorized token.')
    }
    if (remembered.size >= rememberedMax) remembered.clear()
    remembered.set(text, token)
    return token
  }

  return {
    issue: async (appId, appVersion) => {
      const token: BearerToken = {
        created: clock.now(),
        appId,
        cycles,
        appVersion,
        validity: tokenValidity,
        appMode: appId.startsWith('com.example.') ? 'trial' : 'signed',
      }
      const bytes = Uint8Array.from(encode(token))
      const signature = await sign(concatBytes(prefix, bytes))
      let binary = ''
      for (const byte of concatBytes(signature, bytes)) binary += String.fromCharCode(byte)
      return btoa(binary)
    },
    check: async (text) => {
      const token = await verified(text)
      const age = clock.now() - token.created
      if (token.cycles !== cycles || age >= token.validity * 1_000_000) {
        throw new ShoalError('ERR_TOKEN_EXPIRED', 'Expired token.')
      }
      return token.appId
    },
  }
}
