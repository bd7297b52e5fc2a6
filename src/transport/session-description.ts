/** The few things in a session description that differ from one data channel to the next, read from its text and written back into one. */
import { ShoalError } from '../core/errors.ts'

export type CandidateType = 'host' | 'srflx' | 'relay'

export interface Candidate {
  readonly type: CandidateType
  /** An IP address, or a name that mDNS resolves. */
  readonly address: string
  readonly port: number
}

export interface SessionDescription {
  readonly type: 'offer' | 'answer'
  readonly ufrag: string
  readonly pwd: string
  /** SHA-256 of the DTLS certificate, 32 bytes. */
  readonly fingerprint: Uint8Array<ArrayBuffer>
  /** By priority. */
  readonly candidates: readonly Candidate[]
  /** Nothing of weight is in the text that is not named here: `writeDescription` makes one that serves as well. */
  readonly isUsual: boolean
}

/** The best of so many are told; a device with more addresses is reached by these. */
export const candidatesMax = 16

const malformed = (what: string): never => {
  throw new ShoalError('ERR_MALFORMED', `Malformed session description: ${what}.`)
}

const typePreferences: Readonly<Record<CandidateType, number>> = { host: 126, srflx: 100, relay: 0 }
const setups = { offer: 'actpass', answer: 'active' } as const

const readFingerprint = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = Uint8Array.from(text.split(':'), (part) => Number.parseInt(part, 16))
  return bytes.length === 32 ? bytes : malformed('its fingerprint has not 32 bytes')
}

/** Throws `ERR_MALFORMED` where something that every connection needs is missing. */
export const readDescription = (type: 'offer' | 'answer', sdp: string): SessionDescription => {
  const valueOf = (name: string): string | undefined => new RegExp(`^a=${name}:(\\S+)`, 'm').exec(sdp)?.[1]
  const ufrag = valueOf('ice-ufrag') ?? malformed('no ufrag')
  const pwd = valueOf('ice-pwd') ?? malformed('no password')
  const fingerprints = [...sdp.matchAll(/^a=fingerprint:sha-256 ([\dA-F:]+)\r?$/gim)].map((match) => match[1] ?? '')
  const [fingerprint] = fingerprints
  // a second one, or one of another kind, could be the one that the browser goes by
  const isOnly = new Set(fingerprints).size === 1 && sdp.match(/fingerprint/gi)?.length === fingerprints.length
  if (fingerprint === undefined || !isOnly) return malformed('not one SHA-256 fingerprint')
  const media = sdp.match(/^m=.*/gm) ?? []
  if (media.length !== 1) return malformed('not one medium')
  const found: (Candidate & { readonly priority: number })[] = []
  let isStrange = false
  for (const line of sdp.matchAll(/^a=candidate:(.+?)\r?$/gm)) {
    const [, component, protocol = '', priority, address = '', port, , kind = ''] = (line[1] ?? '').split(' ')
    // connections over TCP are only ever opened towards a port that listens, and a browser has none
    if (component !== '1' || protocol.toLowerCase() !== 'udp') continue
    if (kind in typePreferences)
      found.push({ type: kind as CandidateType, address, port: Number(port), priority: Number(priority) })
    else isStrange = true
  }
  found.sort((a, b) => b.priority - a.priority)
  const isUsual =
    !isStrange &&
    /^m=application \d+ UDP\/DTLS\/SCTP webrtc-datachannel\r?$/m.test(sdp) &&
    valueOf('sctp-port') === '5000' &&
    valueOf('mid') === '0' &&
    valueOf('setup') === setups[type]
  const candidates = found
    .slice(0, candidatesMax)
    .map(({ type: kind, address, port }) => ({ type: kind, address, port }))
  return { type, ufrag, pwd, fingerprint: readFingerprint(fingerprint), candidates, isUsual }
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')

/** Its values must have been checked: they go into lines of text. */
export const writeDescription = (description: SessionDescription): string => {
  const { type, ufrag, pwd, fingerprint, candidates } = description
  const lines = [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...candidates.map(({ type: kind, address, port }, index) => {
      const priority = typePreferences[kind] * 2 ** 24 + (65_535 - index) * 256 + 255
      const related = kind === 'host' ? '' : ' raddr 0.0.0.0 rport 0'
      return `a=candidate:${index + 1} 1 udp ${priority} ${address} ${port} typ ${kind}${related}`
    }),
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:sha-256 ${[...fingerprint].map(hex).join(':')}`,
    `a=setup:${setups[type]}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ]
  return lines.map((line) => `${line}\r\n`).join('')
}
