/**
 * The origin at which tablets open the station. What a tablet keeps belongs to the origin, so it is chosen once and remembered in the data folder;
 * those of before are remembered too, so that tablets which still live there can be told.
 */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { ShoalError } from '../core/errors.ts'
import type { Report } from './private-file.ts'
import { replacePrivate } from './private-file.ts'

export interface OriginFlags {
  /** `https://name[:port]`. */
  readonly origin?: string
  /** A name only; the port is the usual one. */
  readonly name?: string
  /** Files of the plant's own certificate; both or none. */
  readonly cert?: string
  readonly key?: string
}

export interface Origin {
  /** As `location.origin` says it in the page. */
  readonly href: string
  /** A DNS name, or an address without brackets. */
  readonly name: string
  readonly port: number
}

export interface ChosenOrigin {
  readonly origin: Origin
  /** Where tablets were opened before, newest first. */
  readonly former: readonly Origin[]
  readonly plant?: { readonly cert: string; readonly key: string }
}

/** Not 443, which needs rights that a station need not have. */
export const portUsual = 4443
const formerMax = 4
const fileName = 'lan.json'

const isName = (name: string): boolean =>
  name.length <= 253 &&
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/.test(name)

const refuse = (message: string): never => {
  throw new ShoalError('ERR_ORIGIN', message)
}

export const parseOrigin = (text: string): Origin => {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return refuse(`--origin "${text}" is no address. Give it like this: --origin https://shoal.plant.example`)
  }
  const { protocol, pathname, search, hash, username, origin } = url
  if (protocol !== 'https:')
    return refuse(`--origin must begin with https://, not "${text}": over anything else a browser keeps no app.`)
  if (pathname !== '/' || search !== '' || hash !== '' || username !== '')
    return refuse(`--origin is a name and perhaps a port, nothing after it: ${origin}`)
  const name = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(name) === 0 && !isName(name)) return refuse(`"${name}" in --origin is no name that a network can know.`)
  if (name === 'localhost' || name === '::1' || name.startsWith('127.') || name.endsWith('.localhost'))
    return refuse(`"${name}" means each tablet itself. Give the name by which tablets reach this machine.`)
  return { href: origin, name, port: url.port === '' ? 443 : Number(url.port) }
}

const fromName = (name: string): Origin => {
  const plain = name.toLowerCase().replace(/\.$/, '')
  if (isIP(plain) === 0 && !isName(plain)) return refuse(`--name "${name}" is no name that a network can know.`)
  return parseOrigin(`https://${plain.includes(':') ? `[${plain}]` : plain}:${portUsual}`)
}

interface Remembered {
  readonly v: 1
  readonly origin: string
  readonly former: readonly string[]
  readonly cert?: string
  readonly key?: string
}

const read = (file: string): Remembered | undefined => {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const found = JSON.parse(text) as Partial<Remembered>
    if (found.v !== 1 || typeof found.origin !== 'string' || !Array.isArray(found.former)) throw new Error('not ours')
    for (const one of [found.origin, ...found.former]) parseOrigin(one)
    return found as Remembered
  } catch (cause) {
    const message = `${file} says at which address tablets know this station, and cannot be read (${String(cause)}). Put it back from a backup, or remove it and give the address with --origin.`
    throw new ShoalError('ERR_ORIGIN_FILE', message, { cause })
  }
}

export const recallOrigin = (dataFolder: string): ChosenOrigin | undefined => {
  const found = read(join(dataFolder, fileName))
  if (found === undefined) return undefined
  const { origin, former, cert, key } = found
  return {
    origin: parseOrigin(origin),
    former: former.map(parseOrigin),
    ...(cert !== undefined && key !== undefined && { plant: { cert, key } }),
  }
}

const choose = async (
  { origin, name, cert, key }: OriginFlags,
  before: ChosenOrigin | undefined,
  findName: () => Promise<string>,
): Promise<Omit<ChosenOrigin, 'former'>> => {
  if ((cert === undefined) !== (key === undefined))
    return refuse('--cert and --key go together: the certificate of the plant, and its private key.')
  if (origin !== undefined && name !== undefined) return refuse('Give --origin or --name, not both.')
  const given = origin === undefined ? (name === undefined ? undefined : fromName(name)) : parseOrigin(origin)
  if (cert !== undefined && key !== undefined) {
    const stands = given ?? before?.origin
    if (stands === undefined)
      return refuse('Say for which address the certificate is: --origin https://shoal.plant.example')
    return { origin: stands, plant: { cert, key } }
  }
  if (given !== undefined) return { origin: given }
  return before ?? { origin: fromName(await findName()) }
}

/** What the flags say, else what was remembered, else what `findName` finds; remembered from now on. `report` is told of a change. */
export const chooseOrigin = async (
  dataFolder: string,
  flags: OriginFlags,
  findName: () => Promise<string>,
  report: Report,
): Promise<ChosenOrigin> => {
  const before = recallOrigin(dataFolder)
  const { origin, plant } = await choose(flags, before, findName)
  const known = before === undefined ? [] : [before.origin, ...before.former]
  const former = known.filter(({ href }) => href !== origin.href).slice(0, formerMax)
  if (before !== undefined && before.origin.href !== origin.href)
    report(
      'WARN_ORIGIN_CHANGED',
      `Tablets knew this station as ${before.origin.href}, and it is ${origin.href} from now on. What a tablet keeps belongs to the address it was opened at: move each one, as docs/fleet.md says under "Moving to another address". Until then keep the old name leading to this machine.`,
    )
  const remembered: Remembered = {
    v: 1,
    origin: origin.href,
    former: former.map(({ href }) => href),
    ...plant,
  }
  const text = `${JSON.stringify(remembered, undefined, 2)}\n`
  replacePrivate(join(dataFolder, fileName), text)
  return { origin, former, ...(plant !== undefined && { plant }) }
}
