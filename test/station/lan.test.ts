/** The station on the LAN, whole and over real sockets: what is reached, under which certificate, and what changes while it runs. */
import { X509Certificate } from 'node:crypto'
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent, createServer } from 'node:https'
import { connect } from 'node:tls'
import type { ClientOptions } from 'ws'
import { WebSocket } from 'ws'
import { afterEach, expect, test } from 'vitest'
import { openAuthority } from '../../src/station/authority.ts'
import type { TestLan } from './lan.ts'
import { askPlainly, askSecurely, discard, lanHost, startLanStation, temporary } from './lan.ts'

const day = 86_400_000
const running: TestLan[] = []
const start = async (...args: Parameters<typeof startLanStation>): Promise<TestLan> => {
  const lan = await startLanStation(...args)
  running.push(lan)
  return lan
}
afterEach(async () => {
  for (const { stop, dataFolder } of running.splice(0)) {
    await stop()
    discard(dataFolder)
  }
})

const partsOf = ({ station }: TestLan) => {
  const { lan } = station
  if (lan === undefined) throw new Error('it is not on the LAN')
  return { lan, port: lan.httpsPort, ca: lan.certificates.authority?.pem, caPort: lan.caPage?.port ?? 0 }
}

const until = async (what: string, isSo: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> => {
  for (const from = performance.now(); performance.now() - from < withinMs;) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`not ${what} within ${withinMs} ms`)
}

/** Of a handshake by this name, without looking whether it is trusted. */
const shownFor = (port: number, servername?: string): Promise<X509Certificate> =>
  new Promise((resolve, reject) => {
    const socket = connect(
      { host: lanHost, port, ...(servername !== undefined && { servername }), rejectUnauthorized: false },
      () => {
        const { raw } = socket.getPeerCertificate()
        resolve(new X509Certificate(raw))
        socket.destroy()
      },
    )
    socket.on('error', reject)
  })

test('who trusts the authority reaches the app at the origin, strictly served; who does not reaches nothing', async () => {
  const { port, ca } = partsOf(await start())
  const page = await askSecurely(port, '/', { ca, headers: { accept: 'text/html' } })
  expect(page.status).toBe(200)
  expect(page.body).toContain('<title>app</title>')
  expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  expect(page.headers['x-content-type-options']).toBe('nosniff')
  // it would lock everybody out who has to come back to plain http
  expect(page.headers['strict-transport-security']).toBeUndefined()
  await expect(askSecurely(port, '/')).rejects.toThrow(/certificate/)
  await expect(askSecurely(port, '/', { ca, servername: 'other.test' })).rejects.toThrow(/altnames/)
})

test('nothing else is reached: no API, no files around the app; the loopback port is not on the LAN', async () => {
  const { dataFolder, station, ...rest } = await start()
  const { port, ca } = partsOf({ dataFolder, station, ...rest })
  for (const path of ['/api/v2/node/id', '/api/v2/events/query', '/api/v2'])
    expect([path, (await askSecurely(port, path, { ca })).status]).toEqual([path, 409])
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//secret.txt',
    '/%00',
    '/%ff',
    '/lan.json',
    '/tls/authority-1.pem',
    '/../tls/authority-1.pem',
  ]) {
    const { status, body } = await askSecurely(port, path, { ca })
    expect([path, status]).toEqual([path, 404])
    expect(body).not.toContain('PRIVATE')
  }
  await expect(askPlainly(station.port, '/')).rejects.toThrow(/ECONNREFUSED/)
  expect((await askPlainly(station.port, '/station.json', { host: '127.0.0.1' })).status).toBe(200)
})

test('TLS 1.2 is the least', async () => {
  const { port, ca } = partsOf(await start())
  const speak = (maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> =>
    new Promise((resolve, reject) => {
      const socket = connect(
        {
          host: lanHost,
          port,
          servername: 'shoal.test',
          ca,
          minVersion: 'TLSv1',
          maxVersion,
          ciphers: 'DEFAULT@SECLEVEL=0',
        },
        () => {
          resolve(socket.getProtocol())
          socket.destroy()
        },
      )
      socket.on('error', reject)
    })
  await expect(speak('TLSv1.1')).rejects.toThrow(/protocol version|unsupported protocol/i)
  expect(await speak('TLSv1.2')).toBe('TLSv1.2')
  expect(await speak('TLSv1.3')).toBe('TLSv1.3')
})

test('devices find each other at /signal, those of the LAN and those of this machine', async () => {
  const { station, ...rest } = await start()
  const { port, ca } = partsOf({ station, ...rest })
  const agent = new Agent({ ca, servername: 'shoal.test' })
  const room = 'r'.repeat(43)
  const words: Record<string, unknown>[] = []
  const open = (url: string, options: ClientOptions): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, options)
      socket.on('message', (data: Buffer) => words.push(JSON.parse(data.toString()) as Record<string, unknown>))
      socket.on('error', reject)
      socket.on('open', () => {
        socket.send(JSON.stringify({ type: 'hello', v: 1 }))
        socket.send(JSON.stringify({ type: 'enter', room }))
        resolve(socket)
      })
    })
  const one = await open(`ws://127.0.0.1:${station.port}/signal`, {})
  await until('entered', () => words.some(({ type }) => type === 'entered'))
  const other = await open(`wss://${lanHost}:${port}/signal`, { agent })
  await until('met', () => words.some(({ type }) => type === 'present'))
  one.terminate()
  other.terminate()
  const elsewhere = new WebSocket(`wss://${lanHost}:${port}/other`, { agent })
  expect(await new Promise((resolve) => elsewhere.on('error', ({ message }) => resolve(message)))).toContain('404')
})

test('a page at another name or address of the machine is led to the origin; a script is not', async () => {
  const { port, ca, lan } = partsOf(await start())
  const asked = await askSecurely(port, '/', { ca, headers: { host: `192.168.0.10:${port}`, accept: 'text/html' } })
  expect([asked.status, asked.headers['location']]).toEqual([307, `${lan.origin.href}/`])
  const facts = await askSecurely(port, '/station.json', { ca, headers: { host: `192.168.0.10:${port}` } })
  expect(JSON.parse(facts.body)).toEqual({
    v: 1,
    time: expect.closeTo(Date.now(), -5) as number,
    origin: 'https://shoal.test:4443',
    trust: lan.caPage?.byName,
    certificate: { notAfter: lan.certificates.expires },
  })
  expect(facts.headers['access-control-allow-origin']).toBe('*')
})

test('the page with the authority: both languages, the fingerprint, the files, and nothing of the app', async () => {
  const { caPort, lan } = partsOf(await start())
  const { authority } = lan.certificates
  const english = await askPlainly(caPort, '/')
  expect(english.body).toContain(authority?.fingerprint)
  expect(english.body).toContain('Certificate Trust Settings')
  expect(english.body).toContain('data-origin="https://shoal.test:4443"')
  expect(english.headers['content-security-policy']).toContain("script-src 'self'; style-src 'self'")
  expect(english.body).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/)
  const german = await askPlainly(caPort, '/', { headers: { 'accept-language': 'de-AT,de;q=0.9' } })
  expect(german.body).toContain('Zertifikatsvertrauenseinstellungen')
  expect((await askPlainly(caPort, '/?language=en', { headers: { 'accept-language': 'de' } })).body).toContain(
    'lang="en"',
  )
  const profile = await askPlainly(caPort, '/shoal.mobileconfig')
  expect(profile.headers['content-type']).toBe('application/x-apple-aspen-config')
  expect(profile.body).toContain('com.apple.security.root')
  expect((await askPlainly(caPort, '/shoal-ca.pem')).body).toBe(authority?.pem)
  expect((await askPlainly(caPort, '/shoal-ca.crt')).headers['content-type']).toBe('application/x-x509-ca-cert')
  expect((await askPlainly(caPort, '/reach')).headers['access-control-allow-origin']).toBe('*')
  for (const path of ['/index.html', '/assets/big.js', '/signal', '/api/v2/node/id', '//', '/../secret.txt'])
    expect([path, (await askPlainly(caPort, path)).status]).toEqual([path, 404])
  expect((await askPlainly(caPort, '/', { method: 'DELETE' })).status).toBe(405)
})

test('started again it is the same to tablets: origin, authority, certificate', async () => {
  const first = await start()
  const { lan, port } = partsOf(first)
  const shown = await shownFor(port, 'shoal.test')
  await first.stop()
  const again = await startLanStation({ name: undefined } as object, { dataFolder: first.dataFolder })
  running.push(again)
  const parts = partsOf(again)
  expect(parts.lan.origin.href).toBe(lan.origin.href)
  expect(parts.ca).toBe(lan.certificates.authority?.pem)
  expect((await shownFor(parts.port, 'shoal.test')).fingerprint256).toBe(shown.fingerprint256)
  expect(again.reports).toEqual([])
})

test('its own certificate is renewed before it ends, while it runs', async () => {
  let now = Date.now()
  const renewed = await start({}, { lanOptions: { now: () => now, renewEvery: 20 } })
  const { port, ca } = partsOf(renewed)
  const before = await shownFor(port, 'shoal.test')
  now += 300 * day
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect((await shownFor(port, 'shoal.test')).fingerprint256).toBe(before.fingerprint256)
  now += 40 * day
  await until('renewed', async () => (await shownFor(port, 'shoal.test')).fingerprint256 !== before.fingerprint256)
  const after = await shownFor(port, 'shoal.test')
  expect(Date.parse(after.validTo)).toBeGreaterThan(now + 390 * day)
  // for a client that names no name, too
  expect((await shownFor(port)).fingerprint256).toBe(after.fingerprint256)
  expect(after.verify(new X509Certificate(ca ?? '').publicKey)).toBe(true)
})

test('another address: it is said, and those who know the former one are served on and told', async () => {
  const first = await start({ name: 'shoal.test' })
  const { ca } = partsOf(first)
  await first.stop()
  const moved = await startLanStation({ name: 'press.local' }, { dataFolder: first.dataFolder })
  running.push(moved)
  const parts = partsOf(moved)
  expect(parts.lan.origin.href).toBe('https://press.local:4443')
  expect(moved.reports).toContainEqual(expect.stringMatching(/^WARN_ORIGIN_CHANGED: .*shoal\.test.*press\.local/))
  // trusted as before by tablets that have the authority of before
  const page = await askSecurely(parts.port, '/', { ca, headers: { accept: 'text/html' } })
  expect(page.status).toBe(200)
  const facts = await askSecurely(parts.port, '/station.json', { ca })
  expect(JSON.parse(facts.body)).toMatchObject({ origin: 'https://press.local:4443' })
  expect((await askSecurely(parts.port, '/', { ca, servername: 'press.local' })).status).toBe(200)
})

test('a name for which the authority of before may not speak: another one, and the former name keeps its own', async () => {
  const first = await start({ name: 'shoal.one.example' })
  const before = partsOf(first).ca
  await first.stop()
  const moved = await startLanStation({ name: 'shoal.two.example' }, { dataFolder: first.dataFolder })
  running.push(moved)
  const { port, ca } = partsOf(moved)
  expect(ca).not.toBe(before)
  expect((await askSecurely(port, '/', { ca, servername: 'shoal.two.example' })).status).toBe(200)
  expect((await askSecurely(port, '/', { ca: before, servername: 'shoal.one.example' })).status).toBe(200)
  await expect(askSecurely(port, '/', { ca, servername: 'shoal.one.example' })).rejects.toThrow(/certificate/)
})

test('an address as origin: the certificate is for it, and is shown to who names no name', async () => {
  const { port, ca, lan } = partsOf(await start({ origin: 'https://192.168.0.10:4443', name: undefined } as object))
  expect(lan.origin.name).toBe('192.168.0.10')
  expect((await shownFor(port)).checkIP('192.168.0.10')).toBeDefined()
  expect((await shownFor(port)).verify(new X509Certificate(ca ?? '').publicKey)).toBe(true)
})

test('the authority is bound to the plant: what it signs for others is refused by whoever trusts it', async () => {
  const folder = temporary()
  const authority = await openAuthority(folder, 'shoal.test', Date.now(), () => undefined)
  const answerFor = async (name: string): Promise<string> => {
    const { chain, key } = await authority.issue([name], Date.now())
    const server = createServer({ cert: chain, key }, (_request, response) => response.end('hello'))
    await new Promise<void>((resolve) => server.listen(0, lanHost, resolve))
    const { port } = server.address() as { port: number }
    try {
      return (await askSecurely(port, '/', { ca: authority.pem, servername: name })).body
    } finally {
      server.close()
    }
  }
  expect(await answerFor('shoal.test')).toBe('hello')
  await expect(answerFor('www.example.com')).rejects.toThrow(/permitted subtree/)
  discard(folder)
})

/** As a plant's own authority would make it. */
const plantFiles = async (folder: string, name: string, now = Date.now()) => {
  const authority = await openAuthority(join(folder, `ca-${name}`), name, Date.now(), () => undefined)
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const write = async (at = now) => {
    const { chain, key } = await authority.issue([name], at)
    writeFileSync(files.cert, chain)
    writeFileSync(files.key, key)
  }
  await write()
  return { files, write, ca: authority.pem }
}

test('with the plant’s own certificate there is nothing to hand out; it is read anew when its files change, and a bad one is not', async () => {
  const folder = temporary()
  const { files, write, ca } = await plantFiles(folder, 'shoal.plant.example')
  const flags = { origin: 'https://shoal.plant.example', name: undefined, ...files } as object
  const plant = await start(flags, { lanOptions: { readEvery: 20 } })
  const { port, lan } = partsOf(plant)
  const at = { ca, servername: 'shoal.plant.example', headers: { host: 'shoal.plant.example' } }
  expect(lan.caPage).toBeUndefined()
  expect(lan.certificates.authority).toBeUndefined()
  const page = await askSecurely(port, '/', at)
  expect(page.headers['strict-transport-security']).toMatch(/^max-age=\d+$/)
  const before = await shownFor(port, 'shoal.plant.example')

  writeFileSync(files.cert, 'half a fi')
  await until('reported', () => plant.reports.some((report) => report.startsWith('ERR_CERT_FORMAT')))
  expect((await shownFor(port, 'shoal.plant.example')).fingerprint256).toBe(before.fingerprint256)
  await write()
  await until(
    'read anew',
    async () => (await shownFor(port, 'shoal.plant.example')).fingerprint256 !== before.fingerprint256,
  )
  expect((await askSecurely(port, '/', at)).status).toBe(200)

  // remembered: the next start asks nothing
  await plant.stop()
  const again = await startLanStation({ name: undefined } as object, { dataFolder: plant.dataFolder })
  running.push(again)
  expect(partsOf(again).lan.origin.href).toBe('https://shoal.plant.example')
  expect(partsOf(again).ca).toBeUndefined()
  rmSync(files.key)
  await again.stop()
  await expect(startLanStation({ name: undefined } as object, { dataFolder: plant.dataFolder })).rejects.toMatchObject({
    code: 'ERR_CERT_FILE',
    message: expect.stringContaining(files.key) as string,
  })
  discard(folder)
})

test.skipIf(process.platform === 'win32')('keys lie in the data folder, for their owner only', async () => {
  const { dataFolder } = await start()
  const tls = join(dataFolder, 'tls')
  const files = readdirSync(tls).map((file) => join(tls, file))
  expect(files).toHaveLength(2)
  for (const file of files) {
    expect(readFileSync(file, 'utf8')).toContain('PRIVATE KEY')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  }
  expect(statSync(tls).mode & 0o777).toBe(0o700)
})

test('a port that is taken is a sentence with the flag to change', async () => {
  const one = await start()
  const { port, caPort } = partsOf(one)
  const other = temporary()
  await expect(startLanStation({ httpsPort: port }, { dataFolder: other })).rejects.toMatchObject({
    code: 'ERR_PORT_IN_USE',
    message: expect.stringContaining('--https-port') as string,
  })
  await expect(startLanStation({ caPort }, { dataFolder: other })).rejects.toMatchObject({
    code: 'ERR_PORT_IN_USE',
    message: expect.stringContaining('--ca-port') as string,
  })
  await expect(startLanStation({ listen: '203.0.113.77' }, { dataFolder: other })).rejects.toMatchObject({
    code: 'ERR_PORT',
    message: expect.stringContaining('--listen') as string,
  })
  discard(other)
})
