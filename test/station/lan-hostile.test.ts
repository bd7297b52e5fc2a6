/** Whoever is on the LAN and means no good: slow, greedy, malformed, many. He is cut, and the others go on. */
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressKey, createGate, lanBounds } from '../../src/station/bounds.ts'
import type { TestLan } from './lan.ts'
import { askSecurely, discard, lanHost, startLanStation } from './lan.ts'

const bounds = {
  connectionsPerAddress: 20,
  connections: 30,
  handshakeMs: 400,
  headersMs: 400,
  requestMs: 600,
  idleMs: 800,
  answerMs: 1500,
  requestsPerSecond: 0.2,
  requestsAtOnce: 200,
}
let lan: TestLan
let port: number
let ca: string | undefined

beforeAll(async () => {
  lan = await startLanStation({}, { lanOptions: { bounds } })
  port = lan.station.lan?.httpsPort ?? 0
  ca = lan.station.lan?.certificates.authority?.pem
})
afterAll(async () => {
  await lan.stop()
  discard(lan.dataFolder)
})

/** An honest tablet, at another address. */
const isServed = async (): Promise<boolean> => (await askSecurely(port, '/', { ca })).status === 200

const raw = (localAddress = '127.0.0.66'): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect({ host: lanHost, port, localAddress }, () => resolve(socket))
    socket.on('error', () => undefined)
  })
const secure = (localAddress = '127.0.0.66'): Promise<Socket> =>
  new Promise((resolve, reject) => {
    // of a connection already made, since only those have an address of their own choice
    const below = connect({ host: lanHost, port, localAddress })
    below.once('error', reject)
    const socket = connectSecurely({ socket: below, servername: 'shoal.test', ca }, () => resolve(socket))
    socket.once('error', reject)
  })

/** Everything it was told until it was cut; milliseconds. */
const untilCut = (socket: Socket): Promise<{ readonly text: string; readonly ms: number; readonly bytes: number }> =>
  new Promise((resolve) => {
    const from = performance.now()
    let text = ''
    let bytes = 0
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (text.length < 2000) text += chunk.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve({ text, ms: performance.now() - from, bytes }))
  })

test('who connects and says nothing is cut, before TLS and after it', async () => {
  expect((await untilCut(await raw())).ms).toBeLessThan(8000)
  expect((await untilCut(await secure())).ms).toBeLessThan(8000)
})

test('who sends headers byte by byte is cut, however many he is', async () => {
  const sockets = await Promise.all(Array.from({ length: 15 }, () => secure()))
  const dripping = sockets.map((socket) => {
    socket.write('GET / HTTP/1.1\r\nHost: shoal.test\r\n')
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 50)
    return untilCut(socket).finally(() => clearInterval(drip))
  })
  expect(await isServed()).toBe(true)
  const cut = await Promise.all(dripping)
  for (const { ms, text } of cut) {
    expect(ms).toBeLessThan(20_000)
    expect(text).toMatch(/^(?:HTTP\/1\.1 408|$)/)
  }
})

test('who sends a body, or announces one, is answered 413 and cut', async () => {
  const long = await secure()
  long.write('POST /assets/big.js HTTP/1.1\r\nHost: shoal.test\r\nContent-Length: 1000000000\r\n\r\nabc')
  const one = await untilCut(long)
  expect(one.text).toContain('413')
  expect(one.ms).toBeLessThan(8000)
  const chunked = await secure()
  chunked.write('GET / HTTP/1.1\r\nHost: shoal.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
  expect((await untilCut(chunked)).text).toContain('413')
})

test('headers without end, malformed ones, and none at all are refused', async () => {
  const huge = await secure()
  huge.write(`GET / HTTP/1.1\r\nHost: shoal.test\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`)
  expect((await untilCut(huge)).text).toContain('431')
  for (const words of [
    'GARBAGE\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ]) {
    const socket = await secure()
    socket.write(words)
    expect((await untilCut(socket)).text).toMatch(/^HTTP\/1\.1 4(?:00|13)/)
  }
  const plain = await raw()
  plain.write('GET / HTTP/1.1\r\nHost: shoal.test\r\n\r\n')
  expect((await untilCut(plain)).text).not.toContain('200')
})

test('who asks for a file and does not read it is cut', async () => {
  const socket = await secure()
  socket.write('GET /assets/big.js HTTP/1.1\r\nHost: shoal.test\r\n\r\n')
  socket.pause()
  const from = performance.now()
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  // reads a little now and then, so that it is never silent
  const sip = setInterval(() => socket.read(1000), 100)
  // only reading tells it that it was cut
  setTimeout(() => socket.resume(), 4000)
  await closed
  clearInterval(sip)
  expect(performance.now() - from).toBeLessThan(20_000)
  expect(socket.bytesRead).toBeLessThan(4_000_000)
})

test('connections are counted for each address, and others have room', async () => {
  const sockets = await Promise.all(Array.from({ length: 40 }, () => raw('127.0.0.77')))
  const refused = sockets.map(
    (socket) =>
      new Promise<boolean>((resolve) => {
        socket.on('close', () => resolve(true))
        setTimeout(() => resolve(false), 200)
      }),
  )
  expect((await Promise.all(refused)).filter(Boolean).length).toBeGreaterThanOrEqual(20)
  expect(await isServed()).toBe(true)
  for (const socket of sockets) socket.destroy()
  expect(lan.reports.some((report) => report.startsWith('ERR_LAN_CONNECTIONS'))).toBe(true)
  // and those that are gone are counted no more
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect((await untilCut(await secure('127.0.0.77'))).ms).toBeGreaterThan(100)
})

test('a flood of requests, and of upgrades, is answered 429, and spares the others', async () => {
  const asked = 'GET /none.js HTTP/1.1\r\nHost: shoal.test\r\n\r\n'
  const flood = await secure('127.0.0.88')
  const over = untilCut(flood)
  flood.write(asked.repeat(500))
  expect((await over).ms).toBeLessThan(8000)
  const refused = await secure('127.0.0.88')
  refused.write(asked)
  expect((await untilCut(refused)).text).toContain('429')
  const upgrade = await secure('127.0.0.88')
  upgrade.write(
    'GET /signal HTTP/1.1\r\nHost: shoal.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  )
  expect((await untilCut(upgrade)).text).toContain('429')
  expect(await isServed()).toBe(true)
  expect(lan.reports.some((report) => report.startsWith('ERR_LAN_RATE'))).toBe(true)
})

test('an upgrade that is none, or to something else, is refused', async () => {
  for (const [head, status] of [
    ['GET /signal HTTP/1.1\r\nHost: shoal.test\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n', 400],
    ['GET /signal HTTP/1.1\r\nHost: shoal.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nHost: shoal.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', 404],
  ] as const) {
    const socket = await secure()
    socket.write(head)
    expect((await untilCut(socket)).text).toContain(`HTTP/1.1 ${status}`)
  }
})

test('an address is one device: IPv4 however it is written, a network of IPv6', () => {
  expect(addressKey('::ffff:10.0.0.1')).toBe(addressKey('10.0.0.1'))
  expect(addressKey('10.0.0.2')).not.toBe(addressKey('10.0.0.1'))
  expect(addressKey('2001:db8:1:2::1')).toBe(addressKey('2001:db8:1:2:ffff:ffff:ffff:ffff'))
  expect(addressKey('2001:db8:1:3::1')).not.toBe(addressKey('2001:db8:1:2::1'))
  expect(addressKey('fe80::1%eth0')).toBe(addressKey('fe80::2%eth0'))
})

test('the pace of thousands of addresses is forgotten, that of each is kept while it matters', () => {
  let now = 0
  const gate = createGate(
    { ...lanBounds, requestsPerSecond: 1, requestsAtOnce: 2 },
    () => undefined,
    () => now,
  )
  expect([1, 2, 3].map(() => gate.take('10.0.0.1'))).toEqual([true, true, false])
  for (let n = 0; n < 4000; n++) gate.take(`10.1.${n >> 8}.${n & 255}`)
  expect(gate.take('10.0.0.1')).toBe(false)
  now += 1000
  expect(gate.take('10.0.0.1')).toBe(true)
})
