/**
 * A signal: one offer or answer with all its candidates, small enough for a QR code.
 *
 *   first byte  0x50 packed, 0x60 deflated; + 1: an answer; + 2: the lengths of ufrag and password follow (else 4 and 24)
 *   2 bytes     of an answer: low half of the CRC-32 of the offer's bytes, so that one for another offer is noticed
 *   packed      ufrag and password, six bits a character; the fingerprint (32); per candidate one byte (2 bits address kind, 2 bits type),
 *               the address, the port (2)
 *   deflated    the text of the session description, where packing would lose something
 */
import { createByteReader, createByteWriter } from '../core/bytes.ts'
import { crc32 } from '../core/crc32.ts'
import { ShoalError } from '../core/errors.ts'
import { signalBytesMax } from '../core/limits.ts'
import { deflate, inflate } from '../crypto/deflate.ts'
import { addressBytes, addressKinds, packAddress, unpackAddress } from './addresses.ts'
import type { Candidate, CandidateType, SessionDescription } from './session-description.ts'
import { candidatesMax, readDescription, writeDescription } from './session-description.ts'

export interface Signal {
  readonly type: 'offer' | 'answer'
  readonly sdp: string
  readonly fingerprint: Uint8Array<ArrayBuffer>
}

const packed = 0x50
const deflated = 0x60
const isAnswerFlag = 1
const lengthsFlag = 2
const usualLengths = [4, 24] as const
/** RFC 8839 allows 256; no browser makes more than 32. */
const credentialCharsMax = 64
const sdpBytesMax = 64 * 1024
/** Of a description that came whole. */
const candidatesReadMax = 64

const iceChars = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const candidateTypes: readonly CandidateType[] = ['host', 'srflx', 'relay']

const malformed = (what: string): never => {
  throw new ShoalError('ERR_MALFORMED', `Malformed signal: ${what}.`)
}

const packChars = (text: string): Uint8Array => {
  const bytes = new Uint8Array(Math.ceil((text.length * 6) / 8))
  for (let index = 0; index < text.length; index++) {
    const value = iceChars.indexOf(text[index] ?? '')
    for (let bit = 0; bit < 6; bit++) {
      const at = index * 6 + bit
      if ((value >> (5 - bit)) & 1) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (0x80 >> (at & 7))
    }
  }
  return bytes
}
const unpackChars = (bytes: Uint8Array, length: number): string => {
  let text = ''
  for (let index = 0; index < length; index++) {
    let value = 0
    for (let at = index * 6; at < index * 6 + 6; at++)
      value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
    text += iceChars[value] ?? ''
  }
  return text
}

/** Of an offer as it was sent; what its answer names. */
const checkOf = (offer: Uint8Array): Uint8Array =>
  Uint8Array.from([4, 6], (at) => Number.parseInt(crc32(offer).slice(at, at + 2), 16))

/** Undefined where something would be lost. */
const pack = (description: SessionDescription, check: Uint8Array): Uint8Array<ArrayBuffer> | undefined => {
  const { type, ufrag, pwd, fingerprint, candidates, isUsual } = description
  const credentials = ufrag + pwd
  const isPackable = [...credentials].every((char) => iceChars.includes(char))
  if (!isUsual || !isPackable || Math.max(ufrag.length, pwd.length) > credentialCharsMax) return undefined
  const writer = createByteWriter(128)
  const isShort = ufrag.length === usualLengths[0] && pwd.length === usualLengths[1]
  writer.bytes(Uint8Array.of(packed | (type === 'answer' ? isAnswerFlag : 0) | (isShort ? 0 : lengthsFlag)))
  writer.bytes(check)
  if (!isShort) writer.bytes(Uint8Array.of(ufrag.length, pwd.length))
  writer.bytes(packChars(credentials))
  writer.bytes(fingerprint)
  for (const candidate of candidates) {
    const address = packAddress(candidate.address)
    if (address === undefined) return undefined
    writer.bytes(Uint8Array.of(addressKinds.indexOf(address.kind) | (candidateTypes.indexOf(candidate.type) << 2)))
    writer.bytes(address.bytes)
    writer.bytes(Uint8Array.of(candidate.port >> 8, candidate.port & 0xff))
  }
  return writer.done()
}

const readCandidates = (reader: ReturnType<typeof createByteReader>): Candidate[] => {
  const candidates: Candidate[] = []
  while (reader.left > 0) {
    const [head = 0] = reader.bytes(1)
    const kind = addressKinds[head & 3]
    const type = candidateTypes[head >> 2]
    if (kind === undefined || type === undefined) return malformed('a candidate of an unknown kind')
    const address = unpackAddress(kind, reader.bytes(addressBytes[kind]))
    const [high = 0, low = 0] = reader.bytes(2)
    candidates.push({ type, address, port: high * 256 + low })
    if (candidates.length > candidatesMax) return malformed('too many candidates')
  }
  return candidates
}

/** `offer`: the signal that is answered; absent for an offer. */
export const packSignal = async (
  { type, sdp }: { readonly type: 'offer' | 'answer'; readonly sdp: string },
  offer?: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> => {
  const check = offer === undefined ? new Uint8Array() : checkOf(offer)
  const small = pack(readDescription(type, sdp), check)
  if (small !== undefined) return small
  const writer = createByteWriter()
  writer.bytes(Uint8Array.of(deflated | (type === 'answer' ? isAnswerFlag : 0)))
  writer.bytes(check)
  writer.bytes(await deflate(new TextEncoder().encode(sdp)))
  return writer.done()
}

/** `offer`: what we sent, where an answer is expected. Throws `ERR_MALFORMED`, `ERR_INFLATE_LIMIT`. */
export const unpackSignal = async (signal: Uint8Array, offer?: Uint8Array): Promise<Signal> => {
  if (signal.length > signalBytesMax) malformed(`${signal.length} bytes`)
  const reader = createByteReader(signal)
  const [first = 0] = reader.bytes(1)
  const type = first & isAnswerFlag ? 'answer' : 'offer'
  if ((type === 'answer') !== (offer !== undefined)) malformed(`an unexpected ${type}`)
  if (offer !== undefined) {
    const wanted = checkOf(offer)
    if (reader.bytes(2).some((byte, at) => byte !== wanted[at])) malformed('it answers another offer')
  }
  if ((first & 0xfe) === deflated) {
    const sdp = new TextDecoder().decode(await inflate(reader.bytes(reader.left).slice(), sdpBytesMax))
    // each is an address that the browser tries: not to be sent after hundreds of them by somebody's signal
    if ((sdp.match(/candidate:/g)?.length ?? 0) > candidatesReadMax) malformed('too many candidates')
    return { type, sdp, fingerprint: readDescription(type, sdp).fingerprint }
  }
  if ((first & 0xfc) !== packed) malformed('an unknown first byte')
  const [ufragChars = 0, pwdChars = 0] = first & lengthsFlag ? reader.bytes(2) : usualLengths
  const chars = ufragChars + pwdChars
  // the bounds of RFC 8839, below which no connection is made
  if (ufragChars < 4 || pwdChars < 22 || Math.max(ufragChars, pwdChars) > credentialCharsMax) malformed('its lengths')
  const credentials = unpackChars(reader.bytes(Math.ceil((chars * 6) / 8)), chars)
  const fingerprint = reader.bytes(32).slice()
  const candidates = readCandidates(reader)
  const [ufrag, pwd] = [credentials.slice(0, ufragChars), credentials.slice(ufragChars)]
  const sdp = writeDescription({ type, ufrag, pwd, fingerprint, candidates, isUsual: true })
  return { type, sdp, fingerprint }
}

/** How many addresses a signal names, and of which kind: `raw` IP addresses, and names that only multicast resolves. */
export interface SignalAddresses {
  readonly raw: number
  readonly mdns: number
}

/** Undefined where that is not to be seen without unpacking all of it. */
export const addressesOf = (signal: Uint8Array): SignalAddresses | undefined => {
  const first = signal[0] ?? 0
  if ((first & 0xfc) !== packed) return undefined
  let at = first & isAnswerFlag ? 3 : 1
  const [ufragChars = 0, pwdChars = 0] = first & lengthsFlag ? signal.subarray(at, at + 2) : usualLengths
  at += (first & lengthsFlag ? 2 : 0) + Math.ceil(((ufragChars + pwdChars) * 6) / 8) + 32
  let raw = 0
  let mdns = 0
  while (at < signal.length && raw + mdns < candidatesMax) {
    const kind = addressKinds[(signal[at] ?? 0) & 3]
    if (kind === undefined) return undefined
    if (kind === 'mdns') mdns += 1
    else raw += 1
    at += 1 + addressBytes[kind] + 2
  }
  return { raw, mdns }
}
