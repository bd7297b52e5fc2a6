/** The certificate that the station issues to itself: kept between starts, and made anew before it ends and when the names have changed. */
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Authority, Issued } from './authority.ts'
import type { Report } from './private-file.ts'
import { readPrivate, replacePrivate } from './private-file.ts'

const day = 86_400_000
/** Long enough that a plant which shuts down over the holidays finds it valid. */
const daysLeftMin = 60

const parse = (text: string): Issued => {
  const at = text.indexOf('-----BEGIN PRIVATE KEY-----')
  return { chain: text.slice(0, at), key: text.slice(at) }
}

const serves = ({ chain, key }: Issued, authority: Authority, names: readonly string[], now: number): boolean => {
  try {
    const leaf = new X509Certificate(chain)
    const isFor = (name: string): boolean =>
      isIP(name) === 0 ? leaf.checkHost(name, { subject: 'never' }) !== undefined : leaf.checkIP(name) !== undefined
    // counted with commas: one that is for more names than asked for is made anew, too
    const count = leaf.subjectAltName?.split(',').length ?? 0
    return (
      leaf.checkPrivateKey(createPrivateKey(key)) &&
      leaf.verify(new X509Certificate(authority.pem).publicKey) &&
      names.every(isFor) &&
      count === names.length &&
      Date.parse(leaf.validFrom) <= now &&
      Date.parse(leaf.validTo) - now > daysLeftMin * day
    )
  } catch {
    // of no value, unlike the authority's key: made anew
    return false
  }
}

/** The one that is kept while it serves, else a new one, which is kept from now on. */
export const ownCertificate = async (
  folder: string,
  authority: Authority,
  names: readonly string[],
  now: number,
  report: Report,
): Promise<Issued & { readonly isNew: boolean }> => {
  const file = join(folder, `station-${authority.fingerprint.replaceAll(':', '').slice(0, 8).toLowerCase()}.pem`)
  const text = readPrivate(file, report)
  const kept = text === undefined ? undefined : parse(text)
  if (kept !== undefined && serves(kept, authority, names, now)) return { ...kept, isNew: false }
  const made = await authority.issue(names, now)
  replacePrivate(file, made.chain + made.key)
  return { ...made, isNew: true }
}
