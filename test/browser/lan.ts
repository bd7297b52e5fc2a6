/** A station on an address of the LAN's kind, and a Chromium that comes to trust its authority as a tablet does: by the hand of whoever owns it. */
import { createHash, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { decodeQR } from 'qr/decode.js'
import { startStation, temporaryFolder } from './browser.ts'
import type { TestStation } from './browser.ts'

/** This machine, and not what `localhost` means. */
export const lanHost = '127.0.0.2'
export const lanName = 'shoal.test'

export const lanFlags = [`--host-resolver-rules=MAP ${lanName} ${lanHost}`]

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, lanHost, () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

export interface LanStation {
  readonly origin: string
  readonly dataFolder: string
  readonly station: TestStation
  /** PEM. */
  readonly authority: string
  /** What the code on the terminal says. */
  scan(): string | undefined
}

/** Light on dark, two rows of modules to a line of text. */
const readCode = (lines: readonly string[]): string => {
  const scale = 4
  const rows = lines.flatMap((line) => {
    const upper = [...line].map((char) => '█▀'.includes(char))
    const lower = [...line].map((char) => '█▄'.includes(char))
    return [upper, lower]
  })
  const [height, width] = [rows.length * scale, (rows[0]?.length ?? 0) * scale]
  const data = new Uint8Array(height * width * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const isLight = rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true
      data.set([...Array<number>(3).fill(isLight ? 255 : 0), 255], (y * width + x) * 4)
    }
  return decodeQR({ height, width, data })
}

export const startLanStation = async (given: { dataFolder?: string; origin?: string } = {}): Promise<LanStation> => {
  const dataFolder = given.dataFolder ?? temporaryFolder()
  const origin = given.origin ?? `https://${lanName}:${await freePort()}`
  const station = await startStation({
    dataFolder,
    flags: ['--lan', '--origin', origin, '--ca-port', '0', '--listen', lanHost],
  })
  // it is printed after what a station on this machine only prints
  while (!station.output().includes('docs/fleet.md')) await new Promise((resolve) => setTimeout(resolve, 20))
  const folder = join(dataFolder, 'tls')
  const [file = ''] = readdirSync(folder).filter((name) => name.startsWith('authority'))
  const [authority = ''] =
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(readFileSync(join(folder, file), 'utf8')) ?? []
  return {
    origin,
    dataFolder,
    station,
    authority,
    scan: () => {
      const code = station
        .output()
        .split('\n')
        .filter((line) => /^[█▀▄ ]{20,}$/.test(line))
      return code.length === 0 ? undefined : readCode(code)
    },
  }
}

/** As `certutil` and a person's tap do, without the tap: whatever this key signed is trusted. */
export const trusting = (pem: string): string => {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })
  return `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`
}

export interface ManagedChromium {
  readonly program: string
  /** From the next look at the policies on, this one is a root. */
  install(pem: string): void
}

/** A Chromium whose device management is a folder of the test: the folder is put in the place of the machine's, for this process only. Needs root. */
export const manageChromium = (folder: string, chromium: string): ManagedChromium => {
  const managed = join(folder, 'policies', 'managed')
  mkdirSync(managed, { recursive: true })
  const program = join(folder, 'chromium')
  const inside = [
    'mount -t tmpfs none /etc/chromium',
    'mkdir /etc/chromium/policies',
    `mount --bind ${join(folder, 'policies')} /etc/chromium/policies`,
    `exec ${chromium} "$@"`,
  ]
  writeFileSync(program, `#!/bin/sh\nexec unshare --mount sh -c '${inside.join(' && ')}' sh "$@"\n`)
  chmodSync(program, 0o755)
  return {
    program,
    install: (pem) => {
      const der = new X509Certificate(pem).raw.toString('base64')
      writeFileSync(join(managed, 'authority.json'), JSON.stringify({ CACertificates: [der] }))
    },
  }
}
