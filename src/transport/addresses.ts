/** IP addresses and the names that mDNS gives a device, as bytes: 4, 16, and 16 of a UUID. */

export type AddressKind = 'ip4' | 'ip6' | 'mdns'
export const addressKinds: readonly AddressKind[] = ['ip4', 'ip6', 'mdns']
export const addressBytes: Readonly<Record<AddressKind, number>> = { ip4: 4, ip6: 16, mdns: 16 }

const fromHex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const toHex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const readIp4 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  const parts = text.split('.').map(Number)
  const isRight = /^\d+(?:\.\d+){3}$/.test(text) && parts.every((part) => part < 256)
  return isRight ? Uint8Array.from(parts) : undefined
}

const readIp6 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (!/^[\da-f:]+$/i.test(text)) return undefined
  const halves = text.split('::')
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const [head = [], tail = []] = groups
  const missing = 8 - head.length - tail.length
  if (halves.length > 2 || (halves.length === 1 ? missing !== 0 : missing < 1)) return undefined
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (!all.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined
  return fromHex(all.map((group) => group.padStart(4, '0')).join(''))
}

/** Undefined for other names, and for IPv6 addresses with a zone. */
export const packAddress = (
  text: string,
): { readonly kind: AddressKind; readonly bytes: Uint8Array<ArrayBuffer> } | undefined => {
  const uuid = /^([\da-f]{8})-([\da-f]{4})-([\da-f]{4})-([\da-f]{4})-([\da-f]{12})\.local$/.exec(text)
  if (uuid !== null) return { kind: 'mdns', bytes: fromHex(uuid.slice(1).join('')) }
  const ip4 = readIp4(text)
  if (ip4 !== undefined) return { kind: 'ip4', bytes: ip4 }
  const ip6 = readIp6(text)
  return ip6 === undefined ? undefined : { kind: 'ip6', bytes: ip6 }
}

export const unpackAddress = (kind: AddressKind, bytes: Uint8Array): string => {
  if (kind === 'ip4') return bytes.join('.')
  const hex = toHex(bytes)
  if (kind === 'ip6') return (hex.match(/.{4}/g) ?? []).join(':')
  return `${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')}.local`
}
