/** What the terminal says: one screen, a code that cameras read, and what is wrong with this machine's names and addresses. */
import { stripVTControlCharacters } from 'node:util'
import { decodeQR } from 'qr/decode.js'
import { expect, test } from 'vitest'
import type { Authority } from '../../src/station/authority.ts'
import { lanSummary, scanTarget } from '../../src/station/lan-summary.ts'
import type { Lan } from '../../src/station/lan.ts'

const authority = { name: 'Shoal, vm, 2026', fingerprint: Array(32).fill('AB').join(':') } as unknown as Authority

interface Wishes {
  readonly name?: string
  readonly addresses?: Lan['addresses']
  readonly isPlant?: boolean
}

const lanOf = ({
  name = 'shoal.plant.example',
  addresses = [{ address: '192.168.100.125', via: 'eth0' }],
  isPlant = false,
}: Wishes = {}): Lan => ({
  origin: { href: `https://${name}:4443`, name, port: 4443 },
  former: [],
  httpsPort: 4443,
  certificates: {
    authority: isPlant ? undefined : authority,
    expires: Date.UTC(2027, 0, 1),
    current: { chain: '', key: '' },
    contextFor: () => {
      throw new Error('not asked')
    },
    onChange: () => undefined,
    stop: () => undefined,
  },
  caPage: isPlant
    ? undefined
    : { port: 4480, byName: `http://${name}:4480/`, byAddress: (address) => `http://${address}:4480/` },
  addresses,
  stop: async () => undefined,
})

const print = (wishes: Wishes = {}, isTerminal = false): string =>
  lanSummary(lanOf(wishes), { dataFolder: '/data', isTerminal, trouble: undefined })

/** Two rows of modules to a line; light on dark. */
const scan = (printed: string): string => {
  const lines = stripVTControlCharacters(printed)
    .split('\n')
    .filter((line) => /^[█▀▄ ]{20,}$/.test(line))
  const rows = lines.flatMap((line) => [
    [...line].map((char) => '█▀'.includes(char)),
    [...line].map((char) => '█▄'.includes(char)),
  ])
  const [height, width] = [rows.length * 4, (rows[0]?.length ?? 0) * 4]
  const data = new Uint8Array(height * width * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.fill(rows[y >> 2]?.[x >> 2] === true ? 255 : 0, (y * width + x) * 4, (y * width + x) * 4 + 4)
  return decodeQR({ height, width, data })
}

test('one screen, with one code: by an address to the page with the authority, whose fingerprint stands below', () => {
  const printed = print()
  expect(scan(printed)).toBe('http://192.168.100.125:4480/')
  expect(printed.split('\n').length).toBeLessThanOrEqual(26)
  expect(printed.replaceAll(/\s/g, '')).toContain(authority.fingerprint.slice(0, 47) + authority.fingerprint.slice(48))
  expect(printed).not.toMatch(/^!/m)
  expect(Math.max(...printed.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
})

test('on a terminal the code is light on dark whatever its colours', () => {
  const printed = print({}, true)
  expect(printed).toContain('\u001b[97;40m')
  expect(scan(printed)).toBe('http://192.168.100.125:4480/')
  expect(print()).toBe(stripVTControlCharacters(print()))
})

test('with the plant’s certificate the code is the app itself', () => {
  expect(scan(print({ isPlant: true }))).toBe('https://shoal.plant.example:4443/')
  expect(print({ isPlant: true })).toContain('2027-01-01')
})

test('two networks: the first in the code, the other below it; more addresses of one network are not told', () => {
  const addresses = [
    { address: '192.168.0.10', via: 'eth0' },
    { address: 'fd00::2', via: 'eth0' },
    { address: '10.0.0.7', via: 'wlan0' },
  ]
  const printed = print({ addresses })
  expect(scan(printed)).toBe('http://192.168.0.10:4480/')
  expect(printed).toContain('http://10.0.0.7:4480/ (wlan0)')
  expect(printed).not.toContain('fd00')
})

test('no network: said, and the code is by name until there is one', () => {
  expect(scanTarget(lanOf({ addresses: [] }))).toBe('http://shoal.plant.example:4480/')
  expect(print({ addresses: [] })).toMatch(/^! This machine is in no network now/m)
})

test('an address as origin that this machine has not any more', () => {
  expect(print({ name: '192.168.0.9' })).toMatch(
    /^! Tablets look for 192\.168\.0\.9, and this machine has 192\.168\.100\.125 now/m,
  )
  expect(print({ name: '192.168.100.125' })).not.toMatch(/^!/m)
})
