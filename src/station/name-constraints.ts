/**
 * For which names and addresses a certificate authority may speak (RFC 5280, 4.2.1.10). A key that tablets trust without bounds could speak for
 * every site in the world; ours can for the plant's names only.
 */
import { isIP, isIPv4 } from 'node:net'

export interface Permitted {
  /** Each with everything below it. */
  readonly domains: readonly string[]
  /** Address and prefix length, such as `192.168.0.0/16`. */
  readonly ranges: readonly string[]
}

export const nameConstraintsOid = '2.5.29.30'

const privateRanges = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
]

/** Where a registry sells names below it, the parent belongs to everybody. */
const isForSale = (domain: string): boolean =>
  !domain.includes('.') || /^(?:co|com|org|net|ac|gov|gv|edu|ne|or|go)\.[a-z]{2}$/.test(domain)

/** What an authority made for this name may speak for: it and its neighbours, names of mDNS, private addresses. */
export const permittedFor = (name: string): Permitted => {
  if (isIP(name) !== 0) {
    const own = `${name}/${isIPv4(name) ? 32 : 128}`
    return { domains: ['local'], ranges: inRanges(name, privateRanges) ? privateRanges : [...privateRanges, own] }
  }
  const parent = name.split('.').slice(1).join('.')
  const domain = isForSale(parent) ? name : parent
  return { domains: domain.endsWith('.local') ? ['local'] : ['local', domain], ranges: privateRanges }
}

/** 4 or 16 bytes. */
export const addressBytes = (address: string): number[] => {
  if (isIPv4(address)) return address.split('.').map(Number)
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const groups = (part: string): number[] =>
    part === ''
      ? []
      : part.split(':').flatMap((group) => {
          if (isIPv4(group)) return addressBytes(group)
          const value = Number.parseInt(group, 16)
          return [value >> 8, value & 255]
        })
  const [before, after] = [groups(head), groups(tail ?? '')]
  return tail === undefined
    ? before
    : [...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after]
}

const maskBytes = (length: number, prefix: number): number[] =>
  Array.from({ length }, (_, at) => 256 - 2 ** (8 - Math.min(8, Math.max(0, prefix - 8 * at))))

const inRanges = (address: string, ranges: readonly string[]): boolean => {
  const bytes = addressBytes(address)
  return ranges.some((range) => {
    const [base = '', prefix = ''] = range.split('/')
    const from = addressBytes(base)
    const mask = maskBytes(from.length, Number(prefix))
    return from.length === bytes.length && mask.every((bits, at) => (bytes[at]! & bits) === (from[at]! & bits))
  })
}

export const covers = ({ domains, ranges }: Permitted, name: string): boolean =>
  isIP(name) === 0 ? domains.some((domain) => name === domain || name.endsWith(`.${domain}`)) : inRanges(name, ranges)

const sequence = 0x30
const permittedTag = 0xa0
const dnsTag = 0x82
const ipTag = 0x87

const tlv = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const body = Buffer.concat(parts)
  const { length } = body
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}

export const encodePermitted = ({ domains, ranges }: Permitted): Uint8Array => {
  const ofRange = (range: string): number[] => {
    const [base = '', prefix = ''] = range.split('/')
    const from = addressBytes(base)
    return [...from, ...maskBytes(from.length, Number(prefix))]
  }
  const names = [
    ...domains.map((domain) => tlv(dnsTag, Buffer.from(domain))),
    ...ranges.map((range) => tlv(ipTag, Buffer.from(ofRange(range)))),
  ]
  return tlv(sequence, tlv(permittedTag, ...names.map((name) => tlv(sequence, name))))
}

interface Element {
  readonly tag: number
  readonly body: Uint8Array
}

const elementsOf = (bytes: Uint8Array): Element[] => {
  const found: Element[] = []
  for (let at = 0; at + 1 < bytes.length;) {
    const tag = bytes[at]!
    const first = bytes[at + 1]!
    const wide = first < 128 ? 0 : first - 128
    const length = wide === 0 ? first : bytes.subarray(at + 2, at + 2 + wide).reduce((sum, byte) => sum * 256 + byte, 0)
    const from = at + 2 + wide
    found.push({ tag, body: bytes.subarray(from, from + length) })
    at = from + length
  }
  return found
}

const prefixOf = (mask: Uint8Array): number =>
  mask.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)

const addressText = (bytes: Uint8Array): string =>
  bytes.length === 4
    ? bytes.join('.')
    : Array.from({ length: 8 }, (_, at) => (bytes[2 * at]! * 256 + bytes[2 * at + 1]!).toString(16)).join(':')

/** Of constraints that were encoded here. */
export const decodePermitted = (bytes: Uint8Array): Permitted => {
  const subtrees = elementsOf(bytes).flatMap(({ body }) => elementsOf(body).filter(({ tag }) => tag === permittedTag))
  const names = subtrees.flatMap(({ body }) => elementsOf(body)).flatMap(({ body }) => elementsOf(body).slice(0, 1))
  return {
    domains: names.filter(({ tag }) => tag === dnsTag).map(({ body }) => Buffer.from(body).toString('latin1')),
    ranges: names
      .filter(({ tag }) => tag === ipTag)
      .map(({ body }) => {
        const half = body.length / 2
        return `${addressText(body.subarray(0, half))}/${prefixOf(body.subarray(half))}`
      }),
  }
}
