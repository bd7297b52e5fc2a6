/** What can be wrong with a plant's own certificate, each told in its own words; made by the same library as real ones. */
import '../../src/station/reflect-metadata.ts'
import { generateKeyPairSync, webcrypto } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { X509Certificate } from '@peculiar/x509'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPlantCertificate } from '../../src/station/plant-certificate.ts'

const folder = mkdtempSync(join(tmpdir(), 'shoal-test-'))
const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const crypto = webcrypto as unknown as Crypto
const now = Date.UTC(2026, 11, 1)
const day = 86_400_000

interface Holder {
  readonly certificate: X509Certificate
  readonly keys: CryptoKeyPair
}

interface Wishes {
  readonly names?: readonly string[]
  readonly from?: number
  readonly to?: number
  readonly uses?: readonly string[]
  readonly isAuthority?: boolean
  readonly isLogged?: boolean
  readonly common?: string
}

let serial = 0
const issue = async (by: Holder | undefined, wishes: Wishes = {}): Promise<Holder> => {
  const { names = ['shoal.plant.example'], from = -day, to = 300 * day, isAuthority = false, isLogged = false } = wishes
  const uses = wishes.uses ?? (isAuthority ? [] : ['1.3.6.1.5.5.7.3.1'])
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const subject = [{ CN: [wishes.common ?? `holder ${++serial}`] }]
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: String(10 + serial),
      subject,
      issuer: by === undefined ? subject : by.certificate.subject,
      notBefore: new Date(now + from),
      notAfter: new Date(now + to),
      signingAlgorithm: algorithm,
      signingKey: (by?.keys ?? keys).privateKey,
      publicKey: keys.publicKey,
      extensions: [
        new BasicConstraintsExtension(isAuthority, undefined, true),
        ...(uses.length === 0 ? [] : [new ExtendedKeyUsageExtension([...uses])]),
        ...(isAuthority || names.length === 0
          ? []
          : [
              new SubjectAlternativeNameExtension(
                names.map((value) => ({ type: /^\d/.test(value) ? ('ip' as const) : ('dns' as const), value })),
              ),
            ]),
        ...(isLogged ? [new Extension('1.3.6.1.4.1.11129.2.4.2', false, new Uint8Array([4, 0]))] : []),
      ],
    },
    crypto,
  )
  return { certificate, keys }
}

const keyOf = async ({ keys }: Holder): Promise<string> => {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`
}

const lay = async (holder: Holder, chain: readonly Holder[] = []): Promise<void> => {
  writeFileSync(files.cert, [holder, ...chain].map(({ certificate }) => certificate.toString('pem')).join('\n'))
  writeFileSync(files.key, await keyOf(holder))
}

const read = (name = 'shoal.plant.example') => readPlantCertificate(files, name, now)
const refusal = (name?: string): { readonly code: string; readonly message: string } => {
  try {
    read(name)
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('it was taken')
}

let root: Holder
let middle: Holder
beforeAll(async () => {
  root = await issue(undefined, { isAuthority: true, common: 'Plant Root' })
  middle = await issue(root, { isAuthority: true, common: 'Plant Issuing' })
})

test('a whole chain is good, with its root and without, by name, by pattern, by address', async () => {
  const leaf = await issue(middle, { names: ['shoal.plant.example', '*.floor.example', '192.168.0.10'] })
  await lay(leaf, [middle])
  expect(read().warnings).toEqual([])
  await lay(leaf, [middle, root])
  expect(read().warnings).toEqual([])
  expect(read('press.floor.example').expires).toBe(now + 300 * day)
  expect(read('192.168.0.10').chain.match(/BEGIN/g)).toHaveLength(3)
})

test('files that are not there, not PEM, or a key with a password', async () => {
  const leaf = await issue(middle)
  await lay(leaf, [middle])
  rmSync(files.key)
  expect(refusal()).toMatchObject({
    code: 'ERR_CERT_FILE',
    message: expect.stringContaining(`${files.key} (--key) is not there`) as string,
  })
  await lay(leaf, [middle])
  writeFileSync(files.cert, Buffer.from([0x30, 0x82, 1, 2]))
  expect(refusal()).toMatchObject({ code: 'ERR_CERT_FORMAT', message: expect.stringContaining('pkcs12') as string })
  writeFileSync(files.cert, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
  expect(refusal().code).toBe('ERR_CERT_FORMAT')
  await lay(leaf, [middle])
  writeFileSync(files.key, 'no key')
  expect(refusal().code).toBe('ERR_KEY_FORMAT')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(files.key, privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }))
  expect(refusal()).toMatchObject({
    code: 'ERR_KEY_ENCRYPTED',
    message: expect.stringContaining('openssl pkey') as string,
  })
})

test('a key of another certificate, and one of a later certificate of the file', async () => {
  const [leaf, other] = [await issue(middle), await issue(middle)]
  await lay(leaf, [middle])
  writeFileSync(files.key, await keyOf(other))
  expect(refusal().code).toBe('ERR_KEY_MISMATCH')
  writeFileSync(files.key, await keyOf(middle))
  expect(refusal()).toMatchObject({
    code: 'ERR_CERT_CHAIN',
    message: expect.stringContaining('must be the first') as string,
  })
})

test('another name, no name at all but a common name, not for servers', async () => {
  await lay(await issue(middle, { names: ['other.example'] }), [middle])
  expect(refusal()).toMatchObject({
    code: 'ERR_CERT_NAME',
    message: expect.stringContaining('DNS:other.example') as string,
  })
  await lay(await issue(middle, { names: [], common: 'shoal.plant.example' }), [middle])
  expect(refusal()).toMatchObject({
    code: 'ERR_CERT_NAME',
    message: expect.stringContaining('no subject alternative names') as string,
  })
  await lay(await issue(middle, { uses: ['1.3.6.1.5.5.7.3.2'] }), [middle])
  expect(refusal().code).toBe('ERR_CERT_USE')
})

test('over, not begun, about to end, longer than iPads accept', async () => {
  await lay(await issue(middle, { from: -400 * day, to: -day }), [middle])
  expect(refusal().code).toBe('ERR_CERT_EXPIRED')
  await lay(await issue(middle, { from: day }), [middle])
  expect(refusal()).toMatchObject({ code: 'ERR_CERT_NOT_YET', message: expect.stringContaining('clock') as string })
  await lay(await issue(middle, { to: 20 * day }), [middle])
  expect(read().warnings.map(([code]) => code)).toEqual(['WARN_CERT_ENDS'])
  await lay(await issue(middle, { to: 900 * day }), [middle])
  expect(read().warnings.map(([code]) => code)).toEqual(['WARN_CERT_LONG'])
})

test('a chain in disorder is refused; one that is not there is refused where it must be, and told where it may be', async () => {
  const leaf = await issue(middle)
  await lay(leaf, [root, middle])
  expect(refusal()).toMatchObject({
    code: 'ERR_CERT_CHAIN',
    message: expect.stringContaining('certificate 2') as string,
  })
  await lay(leaf)
  expect(read().warnings.map(([code]) => code)).toEqual(['WARN_CERT_CHAIN'])
  await lay(await issue(middle, { isLogged: true }))
  expect(refusal()).toMatchObject({ code: 'ERR_CERT_CHAIN', message: expect.stringContaining('fullchain') as string })
  await lay(await issue(undefined))
  expect(read().warnings).toEqual([])
})

/** Root may read everything. */
test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
  'a key that this account may not read',
  async () => {
    await lay(await issue(middle), [middle])
    chmodSync(files.key, 0)
    expect(refusal().message).toContain('may not be read')
    chmodSync(files.key, 0o600)
  },
)
