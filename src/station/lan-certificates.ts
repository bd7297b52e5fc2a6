/** What the station shows on a TLS connection: the plant's certificate or its own, by the name that is asked for, exchanged while it runs. */
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import type { SecureContext } from 'node:tls'
import { createSecureContext } from 'node:tls'
import { errorCode, errorMessage } from '../core/errors.ts'
import type { Authority, Issued } from './authority.ts'
import { openAuthority } from './authority.ts'
import type { ChosenOrigin } from './origin.ts'
import { ownCertificate } from './own-certificate.ts'
import { readPlantCertificate, watchPlantCertificate } from './plant-certificate.ts'
import type { Report } from './private-file.ts'

export interface LanCertificates {
  /** What tablets have to trust before they are nodes; absent with the plant's certificate. */
  readonly authority: Authority | undefined
  /** Of the certificate at the origin, milliseconds since the epoch. */
  readonly expires: number
  /** Of the origin. */
  readonly current: Issued
  contextFor(name: string): SecureContext
  /** Another certificate at the origin. */
  onChange(listener: () => void): void
  stop(): void
}

export interface CertificateTimes {
  readonly now?: () => number
  /** How often it is looked whether a certificate of our own ends. Milliseconds. */
  readonly renewEvery?: number
  /** How often it is looked whether the plant's files have changed. Milliseconds. */
  readonly readEvery?: number
}

const version = { minVersion: 'TLSv1.2' } as const
const hour = 3_600_000

export const tlsFolder = (dataFolder: string): string => join(dataFolder, 'tls')

const expiryOf = ({ chain }: Issued): number => Date.parse(new X509Certificate(chain).validTo)

export const openCertificates = async (
  dataFolder: string,
  { origin, former, plant }: ChosenOrigin,
  report: Report,
  { now = Date.now, renewEvery = hour, readEvery }: CertificateTimes = {},
): Promise<LanCertificates> => {
  const folder = tlsFolder(dataFolder)
  const contexts = new Map<string, SecureContext>()
  const listeners = new Set<() => void>()
  let current: Issued | undefined

  const show = (names: readonly string[], pair: Issued): void => {
    const context = createSecureContext({ ...version, cert: pair.chain, key: pair.key })
    for (const name of names) contexts.set(name, context)
    if (!names.includes(origin.name) || pair.chain === current?.chain) return
    current = pair
    for (const listener of listeners) listener()
  }

  /** Under our own authorities: those of before still speak for the names that tablets know them by. */
  const showOwn = async (names: readonly string[]): Promise<Authority | undefined> => {
    const byAuthority = new Map<string, { readonly authority: Authority; readonly names: string[] }>()
    for (const name of names) {
      const authority = await openAuthority(folder, name, now(), report)
      const known = byAuthority.get(authority.fingerprint) ?? { authority, names: [] }
      known.names.push(name)
      byAuthority.set(authority.fingerprint, known)
    }
    for (const { authority, names: covered } of byAuthority.values())
      show(covered, await ownCertificate(folder, authority, covered, now(), report))
    return [...byAuthority.values()].find(({ names: covered }) => covered.includes(origin.name))?.authority
  }

  const formerNames = [...new Set(former.map(({ name }) => name))].filter((name) => name !== origin.name)
  const ownNames = plant === undefined ? [origin.name, ...formerNames] : formerNames
  let stopReading: () => void = () => undefined
  if (plant !== undefined) {
    const certificate = readPlantCertificate(plant, origin.name, now())
    for (const [code, sentence] of certificate.warnings) report(code, sentence)
    show([origin.name], certificate)
    const onNew = (next: typeof certificate): void => {
      show([origin.name], next)
      report(
        'INFO_CERT_READ',
        `The plant's certificate was read anew; it ends on ${new Date(next.expires).toISOString().slice(0, 10)}.`,
      )
      for (const [code, sentence] of next.warnings) report(code, sentence)
    }
    stopReading = watchPlantCertificate(plant, origin.name, onNew, report, {
      now,
      ...(readEvery !== undefined && { everyMs: readEvery }),
    })
  }
  let authority = await showOwn(ownNames)

  const shown = (): Issued => {
    if (current === undefined) throw new Error(`no certificate for ${origin.name}`)
    return current
  }
  let isLooking = false
  const renewing = setInterval(() => {
    if (isLooking) return
    isLooking = true
    const expires = expiryOf(shown())
    if (plant !== undefined && expires - now() < 21 * 24 * hour)
      report(
        'WARN_CERT_ENDS',
        `The plant's certificate ends on ${new Date(expires).toISOString().slice(0, 10)}. Put a renewed one in the place of ${plant.cert}; the station reads it by itself.`,
      )
    showOwn(ownNames)
      .then(
        (found) => (authority = found),
        (error: unknown) => report(errorCode(error), errorMessage(error)),
      )
      .finally(() => (isLooking = false))
  }, renewEvery)
  renewing.unref()

  return {
    get authority() {
      return authority
    },
    get expires() {
      return expiryOf(shown())
    },
    get current() {
      return shown()
    },
    contextFor: (name) => {
      const found = contexts.get(name.toLowerCase()) ?? contexts.get(origin.name)
      if (found === undefined) throw new Error(`no certificate for ${origin.name}`)
      return found
    },
    onChange: (listener) => void listeners.add(listener),
    stop: () => {
      clearInterval(renewing)
      stopReading()
    },
  }
}
