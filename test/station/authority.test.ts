/** The authority: what it may speak for, what it issues, who may read its key. Judged by OpenSSL, which is in Node.js. */
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { leafDays, openAuthority, readAuthorities } from '../../src/station/authority.ts'
import {
  addressBytes,
  covers,
  decodePermitted,
  encodePermitted,
  permittedFor,
} from '../../src/station/name-constraints.ts'

const folders: string[] = []
const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-test-'))
  folders.push(folder)
  return folder
}
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

const now = Date.UTC(2026, 11, 1)
const day = 86_400_000
const silent = (): void => undefined
const first = (chain: string): X509Certificate => new X509Certificate(chain)

test('made once, and the same ever after', async () => {
  const folder = temporary()
  const made = await openAuthority(folder, 'shoal.plant.example', now, silent)
  expect(made.fingerprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  expect(made.fingerprint).toBe(new X509Certificate(made.pem).fingerprint256)
  const again = await openAuthority(folder, 'shoal.plant.example', now + 100 * day, silent)
  expect(again.fingerprint).toBe(made.fingerprint)
  const [one, other] = await Promise.all([1, 2].map(() => openAuthority(temporary(), 'x.local', now, silent)))
  expect(one?.fingerprint).not.toBe(other?.fingerprint)
})

test('two that start at once agree', async () => {
  const folder = temporary()
  const opened = await Promise.all([1, 2, 3].map(() => openAuthority(folder, 'x.local', now, silent)))
  expect(new Set(opened.map(({ fingerprint }) => fingerprint)).size).toBe(1)
})

test('a certificate for names and addresses, for no longer than browsers accept', async () => {
  const authority = await openAuthority(temporary(), 'shoal.plant.example', now, silent)
  const names = ['shoal.plant.example', 'vm.local', '192.168.7.1', 'fd00::2']
  const { chain, key } = await authority.issue(names, now)
  const leaf = first(chain)
  for (const name of names.slice(0, 2)) expect(leaf.checkHost(name, { subject: 'never' })).toBe(name)
  for (const address of names.slice(2)) expect(leaf.checkIP(address)).toBeDefined()
  expect(leaf.checkHost('other.example')).toBeUndefined()
  expect(leaf.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(leaf.checkIssued(new X509Certificate(authority.pem))).toBe(true)
  expect(leaf.verify(new X509Certificate(authority.pem).publicKey)).toBe(true)
  expect(leaf.ca).toBe(false)
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  const days = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / day
  expect(days).toBe(leafDays + 1)
  expect(days).toBeLessThanOrEqual(397)
  expect(chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
})

test('a name that it may not speak for gets another authority, and the first one stays', async () => {
  const folder = temporary()
  const one = await openAuthority(folder, 'shoal.plant.example', now, silent)
  expect(one.speaksFor('press.plant.example')).toBe(true)
  expect((await openAuthority(folder, 'press.plant.example', now, silent)).fingerprint).toBe(one.fingerprint)
  const other = await openAuthority(folder, 'shoal.other.example', now, silent)
  expect(other.fingerprint).not.toBe(one.fingerprint)
  expect((await readAuthorities(folder, silent)).map(({ fingerprint }) => fingerprint)).toEqual([
    other.fingerprint,
    one.fingerprint,
  ])
})

test('one that ends soon is followed by another; a clock that was never set makes none', async () => {
  const folder = temporary()
  const one = await openAuthority(folder, 'x.local', now, silent)
  expect((await openAuthority(folder, 'x.local', one.expires - 31 * day, silent)).fingerprint).toBe(one.fingerprint)
  const next = await openAuthority(folder, 'x.local', one.expires - 29 * day, silent)
  expect(next.fingerprint).not.toBe(one.fingerprint)
  await expect(openAuthority(temporary(), 'x.local', 0, silent)).rejects.toMatchObject({ code: 'ERR_CLOCK' })
})

test.skipIf(process.platform === 'win32')(
  'its key is for its owner only; opened wider, it is closed and that is said',
  async () => {
    const folder = temporary()
    await openAuthority(folder, 'x.local', now, silent)
    const [name = ''] = readdirSync(folder)
    const file = join(folder, name)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    chmodSync(file, 0o644)
    const said: string[] = []
    await openAuthority(folder, 'x.local', now, (code) => void said.push(code))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(said).toContain('WARN_PRIVATE_FILE')
  },
)

test('a damaged one is reported and left alone', async () => {
  const folder = temporary()
  await openAuthority(folder, 'x.local', now, silent)
  const file = join(folder, 'authority-1.pem')
  writeFileSync(file, 'rubbish')
  await expect(openAuthority(folder, 'x.local', now, silent)).rejects.toMatchObject({
    code: 'ERR_AUTHORITY',
    message: expect.stringContaining(file) as string,
  })
  expect(readFileSync(file, 'utf8')).toBe('rubbish')
})

test('what an authority may speak for', () => {
  const of = (name: string) => permittedFor(name)
  expect(of('vm.local').domains).toEqual(['local'])
  expect(of('shoal.plant.example').domains).toEqual(['local', 'plant.example'])
  expect(of('shoal.co.uk').domains).toEqual(['local', 'shoal.co.uk'])
  expect(of('shoal.lan').domains).toEqual(['local', 'shoal.lan'])
  const permitted = of('shoal.plant.example')
  for (const name of [
    'shoal.plant.example',
    'a.b.plant.example',
    'plant.example',
    'x.local',
    '192.168.0.1',
    '172.31.255.255',
    'fd12::1',
  ])
    expect([name, covers(permitted, name)]).toEqual([name, true])
  for (const name of ['example', 'notplant.example', 'google.com', '8.8.8.8', '172.32.0.1', '2001:db8::1'])
    expect([name, covers(permitted, name)]).toEqual([name, false])
  expect(covers(of('203.0.113.9'), '203.0.113.9')).toBe(true)
  expect(covers(of('203.0.113.9'), '203.0.113.8')).toBe(false)
  expect(covers(of('2001:db8::1'), '2001:db8:0::1')).toBe(true)
})

test('constraints come out as they went in', () => {
  const octet = fc.nat(255)
  const range = fc.oneof(
    fc
      .tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 32 }))
      .map(([a, b, c, d, bits]) => `${a}.${b}.${c}.${d}/${bits}`),
    fc
      .tuple(fc.array(fc.nat(65_535), { minLength: 8, maxLength: 8 }), fc.integer({ min: 0, max: 128 }))
      .map(([groups, bits]) => `${groups.map((group) => group.toString(16)).join(':')}/${bits}`),
  )
  const domain = fc.stringMatching(/^[a-z]{1,20}(?:\.[a-z]{1,60}){0,3}$/)
  fc.assert(
    fc.property(fc.array(domain, { maxLength: 9 }), fc.array(range, { maxLength: 9 }), (domains, ranges) => {
      expect(decodePermitted(encodePermitted({ domains, ranges }))).toEqual({ domains, ranges })
    }),
  )
  expect(addressBytes('::1')).toEqual([...Array<number>(15).fill(0), 1])
  expect(addressBytes('fd00::2')).toEqual([0xfd, ...Array<number>(14).fill(0), 2])
})
