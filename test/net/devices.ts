/** The station and the tablets of a plant, each in its namespace: tablets open the station by name, over https, as in a real one. */
import { createHash, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { removeFolder, startStation, temporaryFolder } from '../browser/browser.ts'
import type { TestStation } from '../browser/browser.ts'
import { publishMany, survey } from '../browser/many.ts'
import type { Tablet } from '../browser/tablets.ts'
import { linked, smallFlags, startTablet } from '../browser/tablets.ts'
import { findChromium } from '../chromium.mjs'
import type { HostOptions, Lan, NetHost } from './namespaces.ts'
import { createLan } from './namespaces.ts'

export interface NetTablet extends Tablet {
  readonly host: NetHost
}

export interface NetPlant {
  readonly lan: Lan
  readonly stationHost: NetHost
  readonly origin: string
  startStation(): Promise<TestStation>
  stopStation(): Promise<void>
  /** `isRaw`: it may use its camera, so it shows its address to other devices instead of a name that only multicast resolves. */
  tablet(name: string, options: HostOptions & { readonly isRaw?: boolean }): Promise<NetTablet>
  close(): Promise<void>
}

const stationName = 'shoal.plant.test'
export const stationPort = 4443
export const origin = `https://${stationName}:${stationPort}`

/** What a tablet is given to trust, as Chromium wants it: hashes of the keys in the station's certificates. */
const trusted = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.pem') || name.endsWith('.crt'))
    .flatMap((name) =>
      [
        ...readFileSync(join(folder, name), 'utf8').matchAll(
          /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
        ),
      ].map(([pem]) => {
        const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })
        return createHash('sha256').update(key).digest('base64')
      }),
    )
    .join(',')

export const createNetPlant = async (): Promise<NetPlant> => {
  const lan = createLan()
  const folder = temporaryFolder()
  const tablets: NetTablet[] = []
  const stationHost = await lan.host('station', { address: '10.77.0.1' })
  let station: TestStation | undefined
  const start = async (): Promise<TestStation> => {
    const data = join(folder, 'station')
    mkdirSync(data, { recursive: true })
    station = await startStation({
      dataFolder: data,
      command: stationHost.command,
      flags: ['--lan', '--origin', origin, '--ca-port', '4480'],
    })
    return station
  }
  const stop = async (): Promise<void> => {
    await station?.stop()
    station = undefined
  }
  const close = async (): Promise<void> => {
    await Promise.all(tablets.map((tablet) => tablet.discard()))
    await stop()
    await lan.close()
    removeFolder(folder)
  }
  try {
    await start()
  } catch (error) {
    await close()
    throw error
  }
  /** Playwright starts one program. */
  const programIn = (host: NetHost): string => {
    const chromium = findChromium()
    if (chromium === undefined) throw new Error('no Chromium was found: npm run test:net brings one')
    const file = join(folder, `chromium-${host.name}`)
    writeFileSync(file, `#!/bin/sh\nexec ${host.command.join(' ')} '${chromium}' "$@"\n`)
    chmodSync(file, 0o700)
    return file
  }
  return {
    lan,
    stationHost,
    origin,
    startStation: start,
    stopStation: stop,
    tablet: async (name, { isRaw = false, ...options }) => {
      const host = await lan.host(name, options)
      const flags = [
        ...smallFlags,
        `--host-resolver-rules=MAP ${stationName} ${stationHost.address}`,
        `--ignore-certificate-errors-spki-list=${trusted(join(folder, 'station'))}`,
      ]
      const camera = isRaw && { permissions: ['camera', 'local-network-access'] }
      const tablet = await startTablet(name, `${origin}/`, { flags, program: programIn(host), ...camera })
      const made = Object.assign(tablet, { host })
      tablets.push(made)
      return made
    },
    close,
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The first founds a swarm, the others join it one after the other. */
export const becomeSwarm = async ([first, ...others]: readonly NetTablet[]): Promise<void> => {
  if (first === undefined) return
  await first.found('Hall 3')
  for (const other of others) await other.join(await first.invite())
}

/** Each publishes so many, all at the same time. */
export const work = async (tablets: readonly NetTablet[], round: string, count: number): Promise<void> => {
  await Promise.all(tablets.map((tablet) => publishMany(tablet, `${tablet.name} ${round}`, count)))
}

/** Waits until all hold `count` events of `work`; then none is lost, none is there twice, and all have them in one order. Milliseconds. */
export const untilAllHave = async (
  tablets: readonly NetTablet[],
  count: number,
  withinMs = 60_000,
): Promise<number> => {
  const from = performance.now()
  let took = 0
  for (const tablet of tablets) {
    for (;;) {
      const { count: held } = await survey(tablet)
      took = performance.now() - from
      if (held >= count) break
      if (took > withinMs)
        throw new Error(
          `${tablet.name}: ${held} of ${count} events after ${withinMs} ms: ${JSON.stringify(await tablet.status())}`,
        )
      await pause(50)
    }
  }
  const surveys = await Promise.all(tablets.map(survey))
  for (const one of surveys) expect(one).toMatchObject({ count, distinct: count })
  expect(new Set(surveys.map(({ digest }) => digest)).size).toBe(1)
  return took
}

/** Until each has a link with each. Milliseconds. */
export const untilMeshed = async (tablets: readonly NetTablet[], withinMs = 60_000): Promise<number> => {
  const from = performance.now()
  await Promise.all(
    tablets.map((tablet) => tablet.until('meshed', (status) => linked(status).length >= tablets.length - 1, withinMs)),
  )
  return performance.now() - from
}

/** What the check of connectivity says on this tablet: the cause to look at first, and all that it found. */
export const verdict = async ({ browser }: NetTablet): Promise<readonly string[]> => {
  const page = await browser.open(`${origin}/check`)
  try {
    const check = page.locator('shoal-connectivity[data-state=done]')
    await check.waitFor({ state: 'attached', timeout: 60_000 })
    const [first, all] = [await check.getAttribute('data-cause'), await check.getAttribute('data-causes')]
    return [first ?? '', ...(all ?? '').split(' ')]
  } finally {
    await page.close()
  }
}

/** For `docs/figures.md`. */
export const tell = (what: string, figures: Record<string, number | string>): void => {
  const words = Object.entries(figures).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? `${Math.round(value)} ms` : value}`,
  )
  console.log(`net: ${what}: ${words.join(', ')}`)
}
