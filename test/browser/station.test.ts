/** The station as a process, from outside: what it answers, keeps, refuses, and how it ends. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isNodeId } from '../../src/core/node-id.ts'
import { root } from '../../src/station/preparation.mjs'
import type { TestStation } from './browser.ts'
import { removeFolder, startStation, temporaryFolder } from './browser.ts'

const dataFolder = temporaryFolder()
let station: TestStation

beforeAll(async () => {
  station = await startStation({ dataFolder })
})
afterAll(async () => {
  await station.stop()
  removeFolder(dataFolder)
})

const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(station.url + path, init)
const asBrowser = { headers: { accept: 'text/html,application/xhtml+xml' } }

const runStart = (...args: string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'src/station/start.mjs'), ...args])
    let output = ''
    const collect = (chunk: Buffer): void => void (output += chunk.toString())
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('close', (code) => resolve({ code, output }))
  })

test('the page is served strictly, at every path a person may open', async () => {
  for (const path of ['', 'check', 'some/where?with=query']) {
    const answer = await ask(path, asBrowser)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch('text/html')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toContain('unsafe')
    expect(await answer.text()).toContain('<shoal-console>')
  }
})

test('the built page carries the same policy by itself', () => {
  const page = readFileSync(join(root, 'dist/app/index.html'), 'utf8')
  expect(page).toMatch(
    /http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;[^"]*trusted-types lit-html shoal"/,
  )
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/)
})

test('hashed files are kept for ever, the worker and the manifest are asked for anew', async () => {
  const [asset] = readdirSync(join(root, 'dist/app/assets'))
  expect((await ask(`assets/${asset}`)).headers.get('cache-control')).toContain('immutable')
  const worker = await ask('sw.js')
  expect(worker.headers.get('cache-control')).toBe('no-cache')
  expect(worker.headers.get('service-worker-allowed')).toBe('/')
  expect(worker.headers.get('content-type')).toContain('javascript')
  const manifest = await ask('manifest.webmanifest')
  expect(manifest.headers.get('cache-control')).toBe('no-cache')
  expect(manifest.headers.get('content-type')).toContain('manifest+json')
})

test('a missing file is missing, also for a browser, and nothing outside of the app is served', async () => {
  for (const path of [
    'assets/none.js',
    'none.png',
    '..%2f..%2fpackage.json',
    '%2e%2e/%2e%2e/package.json',
    'api/v1/x',
  ]) {
    const answer = await ask(path, asBrowser)
    expect([path, answer.status]).toEqual([path, 404])
  }
  expect((await ask('none.js')).status).toBe(404)
  expect((await ask('', { method: 'POST' })).status).toBe(405)
})

test('the API is answered by no worker here, and every answer names the node', async () => {
  for (const [method, path] of [
    ['GET', 'api/v2/node/id'],
    ['POST', 'api/v2/events/query'],
    ['GET', 'api/v2'],
  ] as const) {
    const answer = await ask(path, { method })
    expect(answer.status).toBe(409)
    expect(await answer.json()).toEqual({
      code: 'ERR_NO_WORKER',
      message: expect.stringMatching(/open it there/) as string,
    })
  }
  for (const path of ['', 'sw.js', 'none.js', 'api/v2/node/id'])
    expect(isNodeId((await ask(path)).headers.get('shoal-node') ?? '')).toBe(true)
})

test('the identity is kept in the data folder, for its owner only', async () => {
  const id = (await ask('')).headers.get('shoal-node')
  expect(statSync(join(dataFolder, 'node-key.pem')).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600)
  const again = await startStation({ dataFolder })
  expect((await fetch(again.url)).headers.get('shoal-node')).toBe(id)
  expect(await again.stop()).toBe(0)
  const other = await startStation()
  expect((await fetch(other.url)).headers.get('shoal-node')).not.toBe(id)
  await other.stop()
})

test('a damaged key is reported and left alone', async () => {
  const folder = temporaryFolder()
  const first = await startStation({ dataFolder: folder })
  await first.stop()
  const file = join(folder, 'node-key.pem')
  const { writeFileSync } = await import('node:fs')
  writeFileSync(file, 'not a key')
  await expect(startStation({ dataFolder: folder })).rejects.toThrow(/node-key\.pem cannot be used/)
  expect(readFileSync(file, 'utf8')).toBe('not a key')
  removeFolder(folder)
})

test('flags: a taken port, an unknown flag and a wrong value are each a clear sentence, help is help', async () => {
  const app = ['--app', join(root, 'dist/app'), '--data', dataFolder]
  const taken = await runStart('--port', String(station.port), ...app)
  expect(taken.code).toBe(1)
  expect(taken.output).toMatch(/Port \d+ is already in use.*--port/)
  expect(taken.output).not.toContain('    at ')
  const unknown = await runStart('--prot', '1')
  expect(unknown.code).toBe(2)
  expect(unknown.output).toMatch(/--prot.*Usage:/s)
  const wrong = await runStart('--port', '70000')
  expect([wrong.code, wrong.output]).toEqual([2, expect.stringMatching(/0 to 65535/)])
  const help = await runStart('--help')
  expect([help.code, help.output]).toEqual([0, expect.stringMatching(/--data DIR/)])
})

test('a second start listens within 1.5 s', async () => {
  const began = performance.now()
  const another = await startStation({ dataFolder })
  const seconds = (performance.now() - began) / 1000
  await another.stop()
  expect(seconds).toBeLessThan(1.5)
})

test('it ends gently on SIGTERM although a connection is held open', async () => {
  const another = await startStation({ dataFolder })
  await fetch(another.url, { keepalive: true })
  const began = performance.now()
  expect(await another.stop()).toBe(0)
  expect(performance.now() - began).toBeLessThan(3000)
})

/** As a person starts it; in a process group of its own, so that a signal can be meant for npm alone. */
const startByNpm = async (): Promise<{ readonly npm: ChildProcess; readonly url: string }> => {
  const flags = ['--port', '0', '--data', dataFolder, '--app', join(root, 'dist/app')]
  const npm = spawn('npm', ['start', '--', ...flags], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    npm.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const found = /http:\/\/localhost:\d+\//.exec(output)
      if (found !== null) resolve(found[0])
    })
    npm.once('exit', () => reject(new Error(output)))
  })
  return { npm, url }
}

test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
  '%s to npm alone, or to its group, ends the station',
  async (signal) => {
    for (const sign of [1, -1]) {
      const { npm, url } = await startByNpm()
      expect((await fetch(url)).status).toBe(200)
      const ended = new Promise((resolve) => npm.once('exit', resolve))
      process.kill(sign * (npm.pid ?? 0), signal)
      await ended
      await expect
        .poll(
          () =>
            fetch(url).then(
              () => 'answers',
              () => 'gone',
            ),
          { timeout: 5000 },
        )
        .toBe('gone')
    }
  },
)

test('our authority for device management: three files and the fingerprint, the same each time; a flag that needs --lan says so', async () => {
  const [data, folder] = [temporaryFolder(), join(temporaryFolder(), 'made')]
  const app = ['--app', join(root, 'dist/app'), '--data', data]
  const made = await runStart('ca', 'export', folder, '--name', 'shoal.plant.example', ...app)
  expect([made.code, readdirSync(folder).sort()]).toEqual([0, ['shoal-ca.crt', 'shoal-ca.pem', 'shoal.mobileconfig']])
  const { fingerprint256 } = new X509Certificate(readFileSync(join(folder, 'shoal-ca.crt')))
  expect(made.output).toContain(`SHA-256 ${fingerprint256}`)
  expect(made.output).toContain('for https://shoal.plant.example:4443')
  const profile = readFileSync(join(folder, 'shoal.mobileconfig'), 'utf8').replaceAll(/\s/g, '')
  expect(profile).toContain(readFileSync(join(folder, 'shoal-ca.crt')).toString('base64'))
  expect((await runStart('ca', 'export', folder, ...app)).output).toContain(fingerprint256)
  const nowhere = await runStart('ca', 'export', join(data, 'lan.json', 'x'), ...app)
  expect([nowhere.code, nowhere.output]).toEqual([1, expect.stringMatching(/may be written/)])
  for (const [args, sentence] of [
    [['--name', 'x'], /add --lan/],
    [['--lan', '--cert', 'x'], /--cert and --key/],
    [['ca', 'import', 'x'], /nothing that can be done/],
    [['ca', 'export'], /in which folder/],
    [['--lan', '--https-port', 'x'], /0 to 65535/],
  ] as const) {
    const { code, output } = await runStart(...args)
    expect([code, output]).toEqual([2, expect.stringMatching(sentence)])
  }
  const wrong = await runStart('--lan', '--origin', 'http://x.example', '--port', '0', ...app)
  expect([wrong.code, wrong.output]).toEqual([1, expect.stringMatching(/must begin with https/)])
  removeFolder(data)
})
