/** The authority as devices and device management take it: DER, PEM, and a profile for Apple's. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'plist'
import { ShoalError } from '../core/errors.ts'
import type { Authority } from './authority.ts'

export interface AuthorityFile {
  readonly name: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

/** Made of the certificate, so that installing it again replaces it. */
const uuid = (authority: Authority, part: string): string => {
  const hex = createHash('sha256').update(authority.der).update(part).digest('hex').toUpperCase()
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

/** A configuration profile with the authority as a root, nothing else. */
export const mobileConfig = (authority: Authority): string => {
  const id = uuid(authority, 'profile').toLowerCase()
  return build({
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: `shoal.station.${id}`,
    PayloadUUID: uuid(authority, 'profile'),
    PayloadDisplayName: authority.name,
    PayloadDescription: `Lets this device trust the Shoal station. SHA-256 ${authority.fingerprint}`,
    PayloadContent: [
      {
        PayloadType: 'com.apple.security.root',
        PayloadVersion: 1,
        PayloadIdentifier: `shoal.station.${id}.authority`,
        PayloadUUID: uuid(authority, 'authority'),
        PayloadDisplayName: authority.name,
        PayloadCertificateFileName: 'shoal-ca.crt',
        PayloadContent: Buffer.from(authority.der),
      },
    ],
  })
}

export const authorityFiles = (authority: Authority): readonly AuthorityFile[] => [
  { name: 'shoal-ca.crt', contentType: 'application/x-x509-ca-cert', bytes: authority.der },
  { name: 'shoal-ca.pem', contentType: 'application/x-pem-file', bytes: Buffer.from(authority.pem) },
  {
    name: 'shoal.mobileconfig',
    contentType: 'application/x-apple-aspen-config',
    bytes: Buffer.from(mobileConfig(authority)),
  },
]

/** Answers the files that were written. Nothing in them is secret. */
export const writeAuthorityFiles = (authority: Authority, folder: string): string[] => {
  try {
    mkdirSync(folder, { recursive: true })
    return authorityFiles(authority).map(({ name, bytes }) => {
      const file = join(folder, name)
      writeFileSync(file, bytes)
      return file
    })
  } catch (cause) {
    throw new ShoalError(
      'ERR_EXPORT',
      `The files cannot be written to ${folder} (${String(cause)}). Give a folder that may be written.`,
      {
        cause,
      },
    )
  }
}
