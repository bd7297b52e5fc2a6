/**
 * The station's own certificate authority: made once, kept in the data folder, permitted to speak for the plant's names only. Tablets trust it;
 * it signs the certificates that the station shows them.
 */
import { createHash, createPrivateKey, randomBytes, webcrypto } from 'node:crypto'
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ShoalError } from '../core/errors.ts'
import { covers, decodePermitted, encodePermitted, nameConstraintsOid, permittedFor } from './name-constraints.ts'
import type { Report } from './private-file.ts'
import { readPrivate, writeOnce } from './private-file.ts'
import './reflect-metadata.ts'

export interface Issued {
  /** PEM: the certificate, and that of the authority after it. */
  readonly chain: string
  /** PEM, PKCS #8. */
  readonly key: string
}

export interface Authority {
  /** What tablets show: `Shoal, <machine>, <year>`. */
  readonly name: string
  readonly pem: string
  readonly der: Uint8Array
  /** SHA-256 of the certificate, as devices show it: `AB:CD:…`. */
  readonly fingerprint: string
  /** Milliseconds since the epoch. */
  readonly expires: number
  speaksFor(name: string): boolean
  /** A certificate for these names and addresses; from a day before `now`, for clocks that go slow. */
  issue(names: readonly string[], now: number): Promise<Issued>
}

const day = 86_400_000
const authorityDays = 3650
/** Browsers accept no more than 398 days; the day before counts. */
export const leafDays = 396
/** Nothing is asked of an authority that ends so soon. */
const authorityDaysLeft = 30
/** Before this there was no Shoal: a clock that says less has not been set, and what it dates would be over too soon. */
const clockMin = Date.UTC(2026, 10, 1)

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const crypto = webcrypto as unknown as Crypto

const pemOf = (label: string, der: ArrayBuffer | Uint8Array): string => {
  const lines = Buffer.from(der as Uint8Array)
    .toString('base64')
    .match(/.{1,64}/g)
  return `-----BEGIN ${label}-----\n${(lines ?? []).join('\n')}\n-----END ${label}-----\n`
}

const exportKey = async (key: CryptoKey): Promise<string> =>
  pemOf('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', key))

const importKey = (pem: string): Promise<CryptoKey> => {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return crypto.subtle.importKey('pkcs8', new Uint8Array(der), algorithm, false, ['sign'])
}

/** Positive, and no two alike. */
const serialNumber = (): string => `4${randomBytes(15).toString('hex').slice(1)}`

/** Loaded when it is first needed, after what it asks for is there: it is large, and a station on this machine only never needs it. */
const loadX509 = () => import('@peculiar/x509')

const makeKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

const makeAuthority = async (name: string, now: number): Promise<string> => {
  const x509 = await loadX509()
  const keys = await makeKeys()
  const machine = hostname()
    .replaceAll(/[^\w.-]/g, '')
    .slice(0, 40)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ CN: [`Shoal, ${machine}, ${new Date(now).toISOString().slice(0, 10)}`] }],
      notBefore: new Date(now - day),
      notAfter: new Date(now + authorityDays * day),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        new x509.Extension(nameConstraintsOid, true, new Uint8Array(encodePermitted(permittedFor(name)))),
      ],
    },
    crypto,
  )
  return (await exportKey(keys.privateKey)) + pemOf('CERTIFICATE', certificate.rawData)
}

const partOf = (text: string, label: string): string => {
  const found = new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----\n?`).exec(text)
  if (found === null) throw new Error(`it has no ${label}`)
  return found[0]
}

const readAuthority = async (text: string): Promise<Authority> => {
  const x509 = await loadX509()
  const pem = partOf(text, 'CERTIFICATE')
  const certificate = new x509.X509Certificate(pem)
  const signingKey = await importKey(partOf(text, 'PRIVATE KEY'))
  const der = new Uint8Array(certificate.rawData)
  const constraints = certificate.getExtension(nameConstraintsOid)
  const permitted = decodePermitted(new Uint8Array(constraints?.value ?? new ArrayBuffer(0)))
  const issuerKey = await certificate.publicKey.export(algorithm, ['verify'], crypto)
  const authorityKey = await x509.AuthorityKeyIdentifierExtension.create(issuerKey, false, crypto)

  const issue = async (names: readonly string[], now: number): Promise<Issued> => {
    const keys = await makeKeys()
    const leaf = await x509.X509CertificateGenerator.create(
      {
        serialNumber: serialNumber(),
        subject: [{ CN: ['Shoal station'] }],
        issuer: certificate.subject,
        notBefore: new Date(now - day),
        notAfter: new Date(Math.min(now + leafDays * day, certificate.notAfter.getTime())),
        signingAlgorithm: algorithm,
        signingKey,
        publicKey: keys.publicKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']),
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
          ),
          authorityKey,
          await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        ],
      },
      crypto,
    )
    return { chain: pemOf('CERTIFICATE', leaf.rawData) + pem, key: await exportKey(keys.privateKey) }
  }

  return {
    name: certificate.subjectName.getField('CN')[0] ?? 'Shoal',
    pem,
    der,
    fingerprint: createHash('sha256')
      .update(der)
      .digest('hex')
      .toUpperCase()
      .replaceAll(/..(?=.)/g, '$&:'),
    expires: certificate.notAfter.getTime(),
    speaksFor: (name) => covers(permitted, name),
    issue,
  }
}

const fileOf = (folder: string, number: number): string => join(folder, `authority-${number}.pem`)

/** Those that were made in this folder, newest first. */
export const readAuthorities = async (folder: string, report: Report): Promise<Authority[]> => {
  const authorities: Authority[] = []
  for (let number = 1; existsSync(fileOf(folder, number)); number++) {
    const file = fileOf(folder, number)
    try {
      authorities.unshift(await readAuthority(readPrivate(file, report) ?? ''))
    } catch (cause) {
      if (cause instanceof ShoalError) throw cause
      const message = `The certificate authority in ${file} cannot be used (${String(cause)}). Put the file back from a backup; or remove it, and have every tablet trust the one that is made in its place.`
      throw new ShoalError('ERR_AUTHORITY', message, { cause })
    }
  }
  return authorities
}

/** The newest that may speak for `name` and lasts; made where there is none. */
export const openAuthority = async (folder: string, name: string, now: number, report: Report): Promise<Authority> => {
  if (now < clockMin)
    throw new ShoalError(
      'ERR_CLOCK',
      `The clock of this machine says ${new Date(now).toISOString()}: set it, and start again. Certificates that are dated by it would not be valid.`,
    )
  const find = async (): Promise<Authority | undefined> =>
    (await readAuthorities(folder, report)).find(
      (authority) => authority.speaksFor(name) && authority.expires - now > authorityDaysLeft * day,
    )
  const found = await find()
  if (found !== undefined) return found
  const count = (await readAuthorities(folder, report)).length
  writeOnce(fileOf(folder, count + 1), await makeAuthority(name, now))
  const made = await find()
  // two stations that start at once on one folder with different names: the slower one asks again
  return made ?? openAuthority(folder, name, now, report)
}
