/** What a scanned code is, whoever made it, so that a wrong one can be named. Only its shape is looked at; the node looks at the rest. */
import type { Text } from '../text.ts'

export type ScannedType = 'invitation' | 'offer' | 'answer' | 'here' | 'web' | 'wifi' | 'contact' | 'other'

/** What a screen is waiting for. */
export type WantedType = Extract<ScannedType, 'invitation' | 'offer' | 'answer'>

export interface Scanned {
  readonly type: ScannedType
  /** The part of it that a person knows it by: a host, the name of a network, its beginning. Somebody else wrote it. */
  readonly name: string
}

const nameCharsMax = 40
/** Shorter, it is some word that begins alike. */
const codeCharsMin = 60

const shortened = (text: string): string => {
  // control characters and those that turn the direction of what follows say nothing to a person
  const clean = text.replace(/[\p{C}\s]+/gu, ' ').trim()
  const chars = [...clean]
  return chars.length > nameCharsMax ? `${chars.slice(0, nameCharsMax - 1).join('')}…` : clean
}

const hostOf = (text: string): URL | undefined => {
  try {
    const url = new URL(text)
    return /^https?:$/.test(url.protocol) ? url : undefined
  } catch {
    return undefined
  }
}

/** `WIFI:S:name;T:WPA;P:…;;` with `\` before what would end a field. */
const networkOf = (text: string): string => /S:((?:\\.|[^;\\])*)/.exec(text)?.[1]?.replace(/\\(.)/g, '$1') ?? ''

export const readScanned = (text: string, origin = globalThis.location?.origin): Scanned => {
  if (/#\/?join\/\S/.test(text)) return { type: 'invitation', name: '' }
  const code = text.replace(/[\s-]+/g, '').toUpperCase()
  if (code.length >= codeCharsMin && /^A[OA][A-Z2-7]+$/.test(code))
    return { type: code[1] === 'O' ? 'offer' : 'answer', name: '' }
  const url = hostOf(text.trim())
  if (url !== undefined) return { type: url.origin === origin ? 'here' : 'web', name: shortened(url.host) }
  if (/^WIFI:/i.test(text)) return { type: 'wifi', name: shortened(networkOf(text)) }
  if (/^(?:BEGIN:VCARD|MECARD:|mailto:|tel:|sms)/i.test(text)) return { type: 'contact', name: '' }
  return { type: 'other', name: shortened(text) }
}

/** What was scanned instead, and what is wanted; undefined where it is what is wanted. */
export const wrongCode = (text: string, wanted: WantedType, words: Text): string | undefined => {
  const { type, name } = readScanned(text)
  if (type === wanted) return undefined
  return `${words.say(`scan.is.${type}`, { name })} ${words.say(`scan.want.${wanted}`)}`
}
