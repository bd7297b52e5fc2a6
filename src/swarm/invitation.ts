/**
 * Invitations as links: `<page>#/join/<code>`. The code is base64url of a CBOR array (version, token, signature of the ticket, swarm's name,
 * stations, then the ticket's fields behind its token id, which the token gives), followed by its CRC-32: nothing of it reaches a station's
 * log, and it fits a QR code. Stations of the usual form are shortened: `+host` for `wss://host/signal`, `-host` for `ws://host/signal`.
 */
import { decode, decodeFirst, encode } from 'cborg'
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { crc32 } from '../core/crc32.ts'
import { ShoalError } from '../core/errors.ts'
import { signatureBytes } from '../crypto/keys.ts'
import type { Invitation } from './contract.ts'
import { isTicketSigned, ticketBytesMax, ticketOfFields, tokenBytes, tokenIdOf } from './ticket.ts'
import { isStationUrl, stationsMax, swarmNameCharsMax } from './text.ts'

export const invitationVersion = 1
/** Characters of a pasted text that are looked at; the largest invitation has about 3,000. */
const textCharsMax = 16 * 1024
/** Pieces of such a text: words around a link, and lines it was broken into. */
const piecesMax = 200
const checkBytes = 4

const refuse = (sentence: string): never => {
  throw new ShoalError('ERR_INVITATION', sentence)
}

const checkOf = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(crc32(bytes).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const bytesOfBase64url = (text: string): Uint8Array => {
  // a cut can leave one letter over, which stands for no byte
  const whole = text.length % 4 === 1 ? text.slice(0, -1) : text
  return Uint8Array.from(atob(whole.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
}

const shortened = (url: string): string =>
  url.replace(/^wss:\/\/([^/]+)\/signal$/, '+$1').replace(/^ws:\/\/([^/]+)\/signal$/, '-$1')

const lengthened = (station: string): string =>
  station.replace(/^\+(.*)$/, 'wss://$1/signal').replace(/^-(.*)$/, 'ws://$1/signal')

/** `page`: address of the page that opens invitations, or just its origin, without a fragment. */
export const writeInvitation = (page: string, invitation: Omit<Invitation, 'ticket'>): string => {
  const { token, ticketBytes, swarmName, stations } = invitation
  const fields = decode(ticketBytes.subarray(signatureBytes)) as unknown[]
  const bytes = new Uint8Array(
    encode([
      invitationVersion,
      token,
      ticketBytes.subarray(0, signatureBytes),
      swarmName,
      stations.map(shortened),
      fields[0],
      ...fields.slice(2),
    ]),
  )
  const address = /^[a-z]+:\/\/[^/]+$/i.test(page) ? `${page}/` : page
  return `${address}#/join/${base64url(concatBytes(bytes, checkOf(bytes)))}`
}

const isWhole = (bytes: Uint8Array): boolean =>
  bytes.length > checkBytes && equalBytes(checkOf(bytes.subarray(0, -checkBytes)), bytes.subarray(-checkBytes))

const cutOff = 'The invitation is cut off: its end is missing. Copy the whole link, or scan its QR code.'
const damaged =
  'The invitation was changed on its way: a letter of it is wrong. Copy the link again, or scan its QR code.'
const none = 'This is no invitation to a swarm. An invitation is a link with "#/join/" in it, made by an admin.'

/** Why `bytes` are not whole: read on into zeros, what was cut off is longer than what is there. */
const problemOf = (bytes: Uint8Array): string => {
  if (bytes.length < tokenBytes) return bytes.length === 0 ? none : cutOff
  const padded = concatBytes(bytes, new Uint8Array(textCharsMax))
  try {
    const [, rest] = decodeFirst(padded)
    return padded.length - rest.length + checkBytes > bytes.length ? cutOff : damaged
  } catch {
    return damaged
  }
}

/** The piece of `text` that is the code: words around it, line breaks and angle brackets in it are of no matter. */
const findCode = (text: string): Uint8Array => {
  const found = /(?:#|%23)(?:\/|%2F)join(?:\/|%2F)/i.exec(text) ?? /(?:\/|%2F)join(?:\/|%2F)/i.exec(text)
  const marked = found === null ? undefined : text.slice(found.index + found[0].length)
  const pieces = (marked ?? text)
    .split(/[^A-Za-z0-9_-]+/)
    .filter((piece) => piece !== '')
    .slice(0, piecesMax)
  for (let first = 0; first < (marked === undefined ? pieces.length : Math.min(1, pieces.length)); first++) {
    let joined = ''
    for (const piece of pieces.slice(first)) {
      joined += piece
      const bytes = bytesOfBase64url(joined)
      if (isWhole(bytes)) return bytes
    }
  }
  if (marked === undefined) return refuse(none)
  const [longest = ''] = pieces.toSorted((a, b) => b.length - a.length)
  return refuse(problemOf(bytesOfBase64url(pieces[0] === longest ? longest : pieces.join(''))))
}

/**
 * Reads a link, its fragment alone, or a text that someone pasted with either in it. Throws `ERR_INVITATION` saying what is wrong with it, and
 * `ERR_INVITATION_EXPIRED` where it has expired at `now` (microseconds since the epoch).
 */
export const readInvitation = async (text: string, now: number): Promise<Invitation> => {
  const bytes = findCode(text.slice(0, textCharsMax))
  let decoded: unknown
  try {
    decoded = decode(bytes.subarray(0, -checkBytes))
  } catch {
    return refuse(none)
  }
  if (!Array.isArray(decoded)) return refuse(none)
  const [version, token, signature, swarmName, stations, ...fields] = decoded as unknown[]
  if (Number.isSafeInteger(version) && (version as number) > invitationVersion)
    return refuse('This invitation was made by a newer Shoal. Reload the page to update this device, then try again.')
  if (version !== invitationVersion) return refuse(none)
  if (!(token instanceof Uint8Array) || token.length !== tokenBytes) return refuse(none)
  if (!(signature instanceof Uint8Array) || signature.length !== signatureBytes) return refuse(none)
  if (typeof swarmName !== 'string' || swarmName.length > swarmNameCharsMax || !Array.isArray(stations))
    return refuse(none)
  const tokenId = await tokenIdOf(token)
  const ticketFields = [fields[0], tokenId, ...fields.slice(1)]
  const ticket = ticketOfFields(ticketFields)
  if (ticket === undefined) return refuse(none)
  const ticketBytes = concatBytes(signature, encode(ticketFields))
  if (ticketBytes.length > ticketBytesMax || !(await isTicketSigned(ticket, ticketBytes)))
    return refuse('This invitation was not signed by the admin it names: somebody changed it. Ask for a new one.')
  if (ticket.expires <= now) {
    const day = new Date(ticket.expires / 1000).toISOString().slice(0, 16).replace('T', ' ')
    throw new ShoalError('ERR_INVITATION_EXPIRED', `This invitation expired at ${day} UTC. Ask an admin for a new one.`)
  }
  const urls = stations.slice(0, stationsMax).flatMap((station: unknown) => {
    const url = typeof station === 'string' ? lengthened(station) : ''
    return isStationUrl(url) ? [url] : []
  })
  return { token, ticket, ticketBytes, swarmName, stations: urls }
}
