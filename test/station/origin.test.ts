/** Which address tablets are told, what is remembered of it, and what a person is told who gives a wrong one. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { NetworkInterfaceInfo } from 'node:os'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { hostOf, lanAddresses, watchAddresses } from '../../src/station/addresses.ts'
import { answersMulticast, findName, machineLabel, nameTrouble } from '../../src/station/lan-name.ts'
import { chooseOrigin, parseOrigin, recallOrigin } from '../../src/station/origin.ts'
import type { OriginFlags } from '../../src/station/origin.ts'

let folder = ''
const folders: string[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-test-'))
  folders.push(folder)
})
afterAll(() => folders.forEach((one) => rmSync(one, { recursive: true, force: true })))

const said: string[] = []
const choose = (flags: OriginFlags = {}) => {
  said.length = 0
  return chooseOrigin(
    folder,
    flags,
    async () => 'found.local',
    (code) => void said.push(code),
  )
}

test('found once, then remembered', async () => {
  expect((await choose()).origin).toEqual({ href: 'https://found.local:4443', name: 'found.local', port: 4443 })
  expect(
    (
      await chooseOrigin(
        folder,
        {},
        () => Promise.reject(new Error('asked again')),
        () => undefined,
      )
    ).origin.name,
  ).toBe('found.local')
  expect(recallOrigin(folder)?.former).toEqual([])
})

test('changed: said, the former ones remembered, and gone back to without a trace of it', async () => {
  await choose({ name: 'one.example' })
  expect(said).toEqual([])
  await choose({ name: 'two.example' })
  expect(said).toEqual(['WARN_ORIGIN_CHANGED'])
  const third = await choose({ origin: 'https://three.example' })
  expect(third.former.map(({ href }) => href)).toEqual(['https://two.example:4443', 'https://one.example:4443'])
  const back = await choose({ name: 'one.example' })
  expect(back.former.map(({ href }) => href)).toEqual(['https://three.example', 'https://two.example:4443'])
  expect(said).toEqual(['WARN_ORIGIN_CHANGED'])
  await choose({ name: 'one.example' })
  expect(said).toEqual([])
})

test('the plant’s certificate is remembered with its origin, and given up with another one', async () => {
  const plant = { cert: '/c.pem', key: '/k.pem' }
  await choose({ origin: 'https://shoal.plant.example', ...plant })
  expect((await choose()).plant).toEqual(plant)
  expect((await choose(plant)).origin.href).toBe('https://shoal.plant.example')
  expect((await choose({ name: 'other.example' })).plant).toBeUndefined()
  expect((await choose()).plant).toBeUndefined()
})

test('what is no origin is refused, with what to give', async () => {
  for (const origin of [
    'http://a.example',
    'https://a.example/path',
    'https://a.example?b',
    'shoal',
    'https://localhost',
    'https://127.0.0.1:4443',
    'https://[::1]',
    'https://user@a.example',
    'https://a_b.example',
  ])
    await expect(choose({ origin })).rejects.toMatchObject({ code: 'ERR_ORIGIN' })
  for (const name of ['a b', 'https://a.example', '-a.example', 'a..b', 'x'.repeat(64)])
    await expect(choose({ name })).rejects.toMatchObject({ code: 'ERR_ORIGIN' })
  await expect(choose({ cert: '/c.pem' })).rejects.toThrow(/--key/)
  await expect(choose({ cert: '/c.pem', key: '/k.pem' })).rejects.toThrow(/--origin/)
  await expect(choose({ origin: 'https://a.example', name: 'b' })).rejects.toThrow(/not both/)
  expect(recallOrigin(folder)).toBeUndefined()
})

test('a name is one however it is written, an address keeps its brackets in the origin only', async () => {
  expect((await choose({ name: 'Shoal.Plant.Example.' })).origin.href).toBe('https://shoal.plant.example:4443')
  expect((await choose({ name: '192.168.0.10' })).origin.name).toBe('192.168.0.10')
  expect(parseOrigin('https://[fd00::2]:4443')).toEqual({ href: 'https://[fd00::2]:4443', name: 'fd00::2', port: 4443 })
  expect(parseOrigin('https://a.example:443/')).toEqual({ href: 'https://a.example', name: 'a.example', port: 443 })
})

test('a damaged memory is reported and left alone: guessing another origin would orphan every tablet', async () => {
  await choose()
  for (const text of [
    'rubbish',
    '{}',
    '{"v":1,"origin":"http://a","former":[]}',
    '{"v":1,"origin":"https://a","former":["x"]}',
  ]) {
    writeFileSync(join(folder, 'lan.json'), text)
    await expect(choose()).rejects.toMatchObject({ code: 'ERR_ORIGIN_FILE' })
    expect(readFileSync(join(folder, 'lan.json'), 'utf8')).toBe(text)
  }
})

const info = (address: string, internal = false): NetworkInterfaceInfo =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo

test('addresses: real ones first, those of containers last, none of this machine alone', () => {
  const found = lanAddresses({
    lo: [info('127.0.0.1', true), info('::1', true)],
    docker0: [info('172.17.0.1')],
    eth0: [info('fe80::1'), info('fd00::2'), info('192.168.0.10')],
    wlan0: [info('10.0.0.7'), info('169.254.3.4')],
  })
  expect(found.map(({ address, via }) => `${via} ${address}`)).toEqual([
    'eth0 192.168.0.10',
    'wlan0 10.0.0.7',
    'eth0 fd00::2',
    'docker0 172.17.0.1',
  ])
  expect(lanAddresses({ lo: [info('127.0.0.1', true)] })).toEqual([])
  expect([hostOf('fd00::2'), hostOf('10.0.0.7')]).toEqual(['[fd00::2]', '10.0.0.7'])
})

test('addresses that come, change and go are told, once each', async () => {
  let now = [{ address: '192.168.0.10', via: 'eth0' }]
  const told: string[][] = []
  const watch = watchAddresses((addresses) => void told.push(addresses.map(({ address }) => address)), {
    look: () => now,
    everyMs: 5,
  })
  const pause = () => new Promise((resolve) => setTimeout(resolve, 40))
  await pause()
  now = []
  await pause()
  now = [{ address: '192.168.0.11', via: 'eth0' }]
  await pause()
  watch.stop()
  expect(told).toEqual([[], ['192.168.0.11']])
  expect(watch.current).toEqual(now)
})

const eth = [{ address: '192.168.0.10', via: 'eth0' }]
const dns = (reverse: Record<string, string[]>, forward: Record<string, string[]>) => ({
  reverse: async (address: string) => reverse[address] ?? Promise.reject(new Error('ENOTFOUND')),
  resolve: async (name: string) => forward[name] ?? Promise.reject(new Error('ENOTFOUND')),
})

test('a name is taken from the network only where it leads back here', async () => {
  const name = (reverse: Record<string, string[]>, forward: Record<string, string[]>, machine = 'Station_7') =>
    findName(eth, dns(reverse, forward), machine)
  expect(await name({}, {})).toBe('station-7.local')
  expect(await name({ '192.168.0.10': ['press.plant.example'] }, { 'press.plant.example': ['192.168.0.10'] })).toBe(
    'press.plant.example',
  )
  expect(await name({ '192.168.0.10': ['press.plant.example'] }, { 'press.plant.example': ['192.168.0.99'] })).toBe(
    'station-7.local',
  )
  expect(await name({}, { 'vm.plant.example': ['192.168.0.10'] }, 'vm.plant.example')).toBe('vm.plant.example')
  expect(await name({ '192.168.0.10': ['localhost', 'x.local', '10.0.168.192.in-addr.arpa'] }, {})).toBe(
    'station-7.local',
  )
  expect(await findName([], dns({}, {}), '_')).toBe('shoal.local')
  expect(machineLabel('Büro PC.lan')).toBe('b-ro-pc')
})

test('a .local name that nothing answers, or of another machine, is trouble', () => {
  expect(nameTrouble('vm.local', 'vm', true)).toBeUndefined()
  expect(nameTrouble('shoal.plant.example', 'vm', false)).toBeUndefined()
  expect(nameTrouble('vm.local', 'vm', false)).toMatch(/avahi/)
  expect(nameTrouble('old.local', 'vm', true)).toMatch(/called vm now/)
  expect(answersMulticast(() => false, 'linux')).toBe(false)
  expect(answersMulticast((path) => path === '/run/avahi-daemon/socket', 'linux')).toBe(true)
  expect(answersMulticast(() => false, 'darwin')).toBe(true)
})
