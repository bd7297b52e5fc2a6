/** What devices begin with that come in by an invitation: a few words in its ticket, since that has to fit a QR code. */
import { ShoalError } from '../core/errors.ts'
import type { Profile } from './contract.ts'
import { nameFromAfar } from './text.ts'

export const profileNameCharsMax = 60
const homeCharsMax = 100
const languageCharsMax = 35
/** An app's name, or a path of our own page: never an address of somebody else. */
const home = /^\/?[\w.~-]+(?:\/[\w.~-]+)*\/?$/
const language = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/

const isHome = (text: string): boolean =>
  text.length <= homeCharsMax && home.test(text) && !text.split('/').includes('..')
const isLanguage = (text: string): boolean => text.length <= languageCharsMax && language.test(text)
const isName = (text: string): boolean =>
  text !== '' && text.length <= profileNameCharsMax && nameFromAfar(text, profileNameCharsMax) === text

/** Without what is empty; undefined where nothing is left. Throws `ERR_BAD_REQUEST`. */
export const checkProfile = (given: Profile | undefined): Profile | undefined => {
  const name = given?.name?.trim().normalize('NFC') ?? ''
  const { home: at = '', language: spoken = '' } = given ?? {}
  const refuse = (sentence: string): never => {
    throw new ShoalError('ERR_BAD_REQUEST', sentence)
  }
  if (name !== '' && !isName(name))
    refuse(`The name in a profile has at most ${profileNameCharsMax} characters, on one line.`)
  if (at !== '' && !isHome(at)) refuse('The home screen in a profile is the name of an app, or a path such as /andon.')
  if (spoken !== '' && !isLanguage(spoken)) refuse('The language in a profile is a tag such as "de" or "pt-BR".')
  const profile: Profile = {
    ...(name !== '' && { name }),
    ...(at !== '' && { home: at }),
    ...(spoken !== '' && { language: spoken }),
  }
  return Object.keys(profile).length === 0 ? undefined : profile
}

/** As a field of a ticket. */
export const profileField = (profile: Profile | undefined): readonly string[] | null =>
  profile === undefined ? null : [profile.name ?? '', profile.home ?? '', profile.language ?? '']

/** `malformed` for a field that no honest admin writes. */
export const profileOfField = (field: unknown): Profile | 'malformed' | undefined => {
  if (field === undefined || field === null) return undefined
  if (!Array.isArray(field)) return 'malformed'
  const [name, at, spoken] = field as unknown[]
  if (typeof name !== 'string' || typeof at !== 'string' || typeof spoken !== 'string') return 'malformed'
  if ((name !== '' && !isName(name)) || (at !== '' && !isHome(at)) || (spoken !== '' && !isLanguage(spoken)))
    return 'malformed'
  return {
    ...(name !== '' && { name }),
    ...(at !== '' && { home: at }),
    ...(spoken !== '' && { language: spoken }),
  }
}

/** The name of device number `count` among those of an invitation. */
export const nameByProfile = ({ name }: Profile, count: number): string | undefined =>
  name?.replaceAll('{n}', String(count))
