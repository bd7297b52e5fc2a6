/** The plant's own certificate: read from its files, looked at closely before it is shown to anybody, and read again when the files change. */
import { X509Certificate, createPrivateKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'
import { createSecureContext } from 'node:tls'
import { ShoalError } from '../core/errors.ts'
import type { Issued } from './authority.ts'
import type { Report } from './private-file.ts'

export interface PlantFiles {
  readonly cert: string
  readonly key: string
}

export interface PlantCertificate extends Issued {
  /** Milliseconds since the epoch. */
  readonly expires: number
  /** What works, and may surprise later. */
  readonly warnings: readonly (readonly [code: string, sentence: string])[]
}

const day = 86_400_000
const daysTold = 21
const serverAuth = '1.3.6.1.5.5.7.3.1'
/** Apple refuses longer ones, whoever issued them. */
const daysMax = 825
/** DER of the object id under which public authorities prove that they logged a certificate: 1.3.6.1.4.1.11129.2.4.2. */
const loggedOid = Buffer.from('060a2b06010401d679020402', 'hex')

const refuse = (code: string, message: string, cause?: unknown): never => {
  throw new ShoalError(code, message, cause === undefined ? undefined : { cause })
}

const readText = (file: string, flag: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why =
      code === 'ENOENT'
        ? 'is not there'
        : code === 'EACCES'
          ? 'may not be read by this account'
          : `cannot be read (${String(cause)})`
    return refuse('ERR_CERT_FILE', `The file ${file} (${flag}) ${why}.`, cause)
  }
}

const readChain = (text: string, file: string): X509Certificate[] => {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
  if (blocks === null)
    return refuse(
      'ERR_CERT_FORMAT',
      `${file} holds no certificate in PEM form (a text with "BEGIN CERTIFICATE"). A .pfx or .p12 is turned into two files by: openssl pkcs12 -in FILE -nodes -out all.pem`,
    )
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch (cause) {
    return refuse('ERR_CERT_FORMAT', `A certificate in ${file} is damaged (${String(cause)}).`, cause)
  }
}

const readKey = (text: string, file: string): KeyObject => {
  if (/ENCRYPTED/.test(text))
    return refuse(
      'ERR_KEY_ENCRYPTED',
      `The key ${file} asks for a password, and a station starts by itself. Write it without one, for its owner only: openssl pkey -in ${file} -out shoal.key && chmod 600 shoal.key`,
    )
  try {
    return createPrivateKey(text)
  } catch (cause) {
    return refuse('ERR_KEY_FORMAT', `${file} holds no private key in PEM form (${String(cause)}).`, cause)
  }
}

const isFor = (leaf: X509Certificate, name: string): boolean =>
  // browsers look at the alternative names only
  isIP(name) === 0 ? leaf.checkHost(name, { subject: 'never' }) !== undefined : leaf.checkIP(name) !== undefined

const issued = (below: X509Certificate, above: X509Certificate): boolean =>
  below.checkIssued(above) && below.verify(above.publicKey)

const publicRoots = (): X509Certificate[] => rootCertificates.map((pem) => new X509Certificate(pem))

/** Each certificate is signed by the next one of the file; a root at the end does no harm. */
const checkChain = (chain: readonly X509Certificate[], file: string): readonly [string, string][] => {
  for (const [at, above] of chain.slice(1).entries()) {
    const below = chain[at] as X509Certificate
    if (!issued(below, above))
      refuse(
        'ERR_CERT_CHAIN',
        `In ${file} certificate ${at + 2} (${above.subject.replaceAll('\n', ', ')}) did not issue the one before it. Put the station's own first, then the one that issued it, and so on.`,
      )
  }
  const [leaf] = chain as [X509Certificate]
  const last = chain.at(-1) as X509Certificate
  const isRoot = issued(last, last)
  if (chain.length > 1 || isRoot) return []
  if (publicRoots().some((root) => last.checkIssued(root))) return []
  const issuer = leaf.issuer.replaceAll('\n', ', ')
  if (leaf.raw.includes(loggedOid))
    refuse(
      'ERR_CERT_CHAIN',
      `${file} holds the certificate only, and not the one of ${issuer}, without which tablets do not trust it. Your authority gives both in one file, often called fullchain.pem.`,
    )
  return [
    [
      'WARN_CERT_CHAIN',
      `${file} holds one certificate, issued by ${issuer}. Where that is not itself installed on the tablets, add the certificates between it and the plant's root to the file.`,
    ],
  ]
}

const checkTimes = (leaf: X509Certificate, now: number, file: string): readonly [string, string][] => {
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)]
  if (now > to)
    refuse('ERR_CERT_EXPIRED', `The certificate in ${file} ended on ${leaf.validTo}. Put a renewed one in its place.`)
  if (now < from)
    refuse(
      'ERR_CERT_NOT_YET',
      `The certificate in ${file} begins on ${leaf.validFrom}, and the clock of this machine says ${new Date(now).toISOString()}. Is the clock right?`,
    )
  const found: [string, string][] = []
  if (to - now < daysTold * day)
    found.push([
      'WARN_CERT_ENDS',
      `The certificate in ${file} ends on ${leaf.validTo}. Put a renewed one in its place; the station reads it by itself.`,
    ])
  if (to - from > daysMax * day)
    found.push([
      'WARN_CERT_LONG',
      `The certificate in ${file} is valid for ${Math.round((to - from) / day)} days. iPads accept ${daysMax} at most, and 398 where a public authority issued it.`,
    ])
  return found
}

/** Throws a `ShoalError` with what is wrong and what to do. */
export const readPlantCertificate = (files: PlantFiles, name: string, now: number): PlantCertificate => {
  const [certText, keyText] = [readText(files.cert, '--cert'), readText(files.key, '--key')]
  const chain = readChain(certText, files.cert)
  const key = readKey(keyText, files.key)
  const [leaf] = chain as [X509Certificate, ...X509Certificate[]]
  if (!leaf.checkPrivateKey(key))
    refuse(
      chain.slice(1).some((other) => other.checkPrivateKey(key)) ? 'ERR_CERT_CHAIN' : 'ERR_KEY_MISMATCH',
      chain.slice(1).some((other) => other.checkPrivateKey(key))
        ? `The station's own certificate must be the first in ${files.cert}; the key belongs to a later one.`
        : `The key ${files.key} does not belong to the certificate in ${files.cert}. Give the key that the certificate was requested with.`,
    )
  if (!isFor(leaf, name))
    refuse(
      'ERR_CERT_NAME',
      `The certificate in ${files.cert} is not for ${name}, but for ${leaf.subjectAltName ?? 'no name at all (it has no subject alternative names, and browsers look at nothing else)'}. Have one issued for ${name}, or give --origin with a name that it is for.`,
    )
  const uses = leaf.keyUsage as readonly string[] | undefined
  if (uses !== undefined && !uses.includes(serverAuth))
    refuse(
      'ERR_CERT_USE',
      `The certificate in ${files.cert} is not for servers (its extended key usage lacks serverAuth).`,
    )
  const times = checkTimes(leaf, now, files.cert)
  const links = checkChain(chain, files.cert)
  const issuedPair = { chain: chain.map((one) => one.toString()).join('\n'), key: keyText }
  try {
    createSecureContext({ cert: issuedPair.chain, key: keyText })
  } catch (cause) {
    refuse('ERR_CERT_WEAK', `The certificate in ${files.cert} cannot be used for TLS (${String(cause)}).`, cause)
  }
  return { ...issuedPair, expires: Date.parse(leaf.validTo), warnings: [...times, ...links] }
}

const stampOf = ({ cert, key }: PlantFiles): string => {
  try {
    return [cert, key].map((file) => `${statSync(file).mtimeMs} ${statSync(file).size} ${statSync(file).ino}`).join()
  } catch {
    return 'missing'
  }
}

/** Calls `onNew` when the files hold another certificate that is good; one that is not is reported, and the old one stays. */
export const watchPlantCertificate = (
  files: PlantFiles,
  name: string,
  onNew: (certificate: PlantCertificate) => void,
  report: Report,
  { everyMs = 5000, now = Date.now }: { everyMs?: number; now?: () => number } = {},
): (() => void) => {
  let known = stampOf(files)
  let failedAt: string | undefined
  const timer = setInterval(() => {
    const stamp = stampOf(files)
    if (stamp === known) return
    try {
      onNew(readPlantCertificate(files, name, now()))
      known = stamp
      failedAt = undefined
    } catch (error) {
      // the two files are not replaced in one instant: what is wrong at one look only is no news
      if (failedAt !== stamp) {
        failedAt = stamp
        return
      }
      known = stamp
      const { code, message } = error as ShoalError
      report(code, `${message} The certificate of before is shown on.`)
    }
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
