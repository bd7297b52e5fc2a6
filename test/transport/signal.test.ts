import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ShoalError } from '../../src/core/errors.ts'
import { deflate } from '../../src/crypto/deflate.ts'
import type { SessionDescription } from '../../src/transport/session-description.ts'
import { readDescription, writeDescription } from '../../src/transport/session-description.ts'
import { packSignal, unpackSignal } from '../../src/transport/signal.ts'

const fingerprint = Uint8Array.from({ length: 32 }, (_, index) => index * 7)
const fingerprintText = [...fingerprint].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(':')
const names = ['0a1b2c3d-1111-4222-8333-0123456789ab.local', 'ffffffff-0000-4000-8000-0123456789ab.local'] as const

/** As Chromium says it for a page that may not know the device's addresses. */
const chromiumSdp = (setup: 'actpass' | 'active'): string =>
  [
    'v=0',
    'o=- 4611732222222222222 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS',
    'm=application 50000 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=candidate:1 1 udp 2113937151 ${names[1]} 50001 typ host generation 0 network-cost 999`,
    `a=candidate:2 1 udp 2113939711 ${names[0]} 50000 typ host generation 0 network-cost 999`,
    `a=candidate:3 1 tcp 1518280447 ${names[0]} 9 typ host tcptype active generation 0`,
    'a=ice-ufrag:aB3+',
    'a=ice-pwd:abcdefghijklmnopqrstuv/9',
    `a=fingerprint:sha-256 ${fingerprintText}`,
    `a=setup:${setup}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
    '',
  ].join('\r\n')

test('an offer of Chromium packs into 92 bytes, its answer into 94, and nothing that matters is lost', async () => {
  const offer = await packSignal({ type: 'offer', sdp: chromiumSdp('actpass') })
  expect(offer.length).toBe(92)
  const read = await unpackSignal(offer)
  expect(read.type).toBe('offer')
  expect(read.fingerprint).toEqual(fingerprint)
  const before = readDescription('offer', chromiumSdp('actpass'))
  expect(readDescription('offer', read.sdp)).toEqual(before)
  expect(before.candidates.map(({ address }) => address)).toEqual(names)
  expect(read.sdp).toMatch(/\r\na=setup:actpass\r\n/)

  const answer = await packSignal({ type: 'answer', sdp: chromiumSdp('active') }, offer)
  expect(answer.length).toBe(94)
  expect((await unpackSignal(answer, offer)).sdp).toMatch(/\r\na=setup:active\r\n/)
})

const address = fc.oneof(
  fc.ipV4().map((text) => ({ text, same: text })),
  fc.uuid().map((uuid) => ({ text: `${uuid}.local`, same: `${uuid}.local` })),
  fc.constantFrom(
    { text: 'fe80::1', same: 'fe80:0000:0000:0000:0000:0000:0000:0001' },
    { text: '2001:DB8::ff00:42:8329', same: '2001:0db8:0000:0000:0000:ff00:0042:8329' },
    { text: '::', same: '0000:0000:0000:0000:0000:0000:0000:0000' },
  ),
)
const iceText = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'AZaz09+/xY'), minLength: min, maxLength: max })

test('whatever fits is rebuilt as it was', async () => {
  const some = fc.record({
    ufrag: iceText(4, 32),
    pwd: iceText(22, 40),
    fingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    candidates: fc.array(
      fc.record({
        type: fc.constantFrom('host' as const, 'srflx' as const, 'relay' as const),
        address,
        port: fc.integer({ min: 1, max: 65_535 }),
      }),
      { maxLength: 12 },
    ),
  })
  await fc.assert(
    fc.asyncProperty(some, async ({ candidates, ...rest }) => {
      const rank = { host: 0, srflx: 1, relay: 2 }
      const sorted = candidates.toSorted((a, b) => rank[a.type] - rank[b.type])
      const told: SessionDescription = {
        ...rest,
        fingerprint: rest.fingerprint.slice(),
        type: 'offer',
        isUsual: true,
        candidates: sorted.map((one) => ({ ...one, address: one.address.text })),
      }
      const signal = await packSignal({ type: 'offer', sdp: writeDescription(told) })
      expect(signal[0]).toBeLessThan(0x60)
      const again = readDescription('offer', (await unpackSignal(signal)).sdp)
      expect(again).toEqual({ ...told, candidates: sorted.map((one) => ({ ...one, address: one.address.same })) })
    }),
  )
})

test.each([
  ['another port', (sdp: string) => sdp.replace('sctp-port:5000', 'sctp-port:5001')],
  ['a name that is no UUID', (sdp: string) => sdp.replaceAll(names[0], 'tablet.local')],
  ['a strange ufrag', (sdp: string) => sdp.replace('aB3+', 'a_b-')],
])('%s does not pack: the whole text goes, deflated', async (_, change) => {
  const sdp = change(chromiumSdp('actpass'))
  const offer = await packSignal({ type: 'offer', sdp })
  expect(offer[0]).toBe(0x60)
  expect(await unpackSignal(offer)).toEqual({ type: 'offer', sdp, fingerprint })
  const answer = await packSignal({ type: 'answer', sdp: change(chromiumSdp('active')) }, offer)
  expect((await unpackSignal(answer, offer)).type).toBe('answer')
})

test('an answer to another offer, and an offer where an answer is due, are refused', async () => {
  const offer = await packSignal({ type: 'offer', sdp: chromiumSdp('actpass') })
  const other = await packSignal({ type: 'offer', sdp: chromiumSdp('actpass').replace('aB3+', 'zzzz') })
  const answer = await packSignal({ type: 'answer', sdp: chromiumSdp('active') }, offer)
  const refused = expect.objectContaining({ code: 'ERR_MALFORMED' }) as Error
  await expect(unpackSignal(answer, other)).rejects.toEqual(refused)
  await expect(unpackSignal(answer)).rejects.toEqual(refused)
  await expect(unpackSignal(offer, offer)).rejects.toEqual(refused)
})

test('garbage is refused with a code, whatever it is', async () => {
  const offer = await packSignal({ type: 'offer', sdp: chromiumSdp('actpass') })
  const like = fc.tuple(fc.constantFrom(0x50, 0x52, 0x60, 0x70), fc.uint8Array({ maxLength: 200 }))
  await fc.assert(
    fc.asyncProperty(like, fc.nat(offer.length - 1), async ([first, rest], at) => {
      for (const bytes of [Uint8Array.of(first, ...rest), offer.subarray(0, at)]) {
        const outcome = await unpackSignal(bytes).then(
          // random bytes may be a signal: then its text has no line that we did not write
          ({ sdp }) => String(sdp.match(/^a=fingerprint/gm)?.length),
          (error: unknown) => (error instanceof ShoalError ? error.code : String(error)),
        )
        expect(outcome).toMatch(/^(?:1|ERR_MALFORMED|ERR_INFLATE_LIMIT)$/)
      }
    }),
  )
})

test('a second fingerprint, which the browser might go by, is refused', async () => {
  for (const line of [
    'a=fingerprint:sha-512 AA:BB',
    'a=Fingerprint:sha-256 00:11',
    `a=fingerprint:sha-256 00${fingerprintText.slice(2).replace('07', '08')}`,
  ]) {
    const sdp = chromiumSdp('actpass').replace('a=mid:0', `${line}\r\na=mid:0`)
    const bytes = Uint8Array.of(0x60, ...(await deflate(new TextEncoder().encode(sdp))))
    await expect(unpackSignal(bytes)).rejects.toMatchObject({ code: 'ERR_MALFORMED' })
  }
})

test('a bomb stops inflating', async () => {
  const bytes = Uint8Array.of(0x60, ...(await deflate(new Uint8Array(8_000_000))))
  expect(bytes.length).toBeLessThan(16 * 1024)
  await expect(unpackSignal(bytes)).rejects.toMatchObject({ code: 'ERR_INFLATE_LIMIT' })
})

test('hundreds of addresses, which the browser would all try, are refused', async () => {
  const line = (host: number): string => `a=candidate:${host} 1 udp 1 10.0.${host >> 8}.${host & 255} 80 typ host\r\n`
  const withHosts = async (count: number): Promise<Uint8Array> => {
    const hosts = Array.from({ length: count }, (_, host) => line(host)).join('')
    const sdp = chromiumSdp('actpass').replaceAll(/^a=candidate.*\r\n/gm, '') + hosts
    return Uint8Array.of(0x60, ...(await deflate(new TextEncoder().encode(sdp))))
  }
  expect((await unpackSignal(await withHosts(64))).type).toBe('offer')
  await expect(unpackSignal(await withHosts(65))).rejects.toMatchObject({ code: 'ERR_MALFORMED' })
})
