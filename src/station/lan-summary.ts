/** What the terminal says of the station on the LAN: one screen, with one code to scan. */
import { encodeQR } from 'qr'
import { hostOf } from './addresses.ts'
import type { Lan } from './lan.ts'
import { nameTrouble } from './lan-name.ts'

/** Light on dark whatever the colours of the terminal: cameras want it so. */
const coloured = (code: string): string =>
  code
    .trimEnd()
    .split('\n')
    .map((line) => `\u001b[97;40m${line}\u001b[0m`)
    .join('\n')

export interface SummaryOptions {
  readonly dataFolder: string
  /** A terminal that a person looks at, not a file. */
  readonly isTerminal: boolean
  /** Asked of the machine where absent. */
  readonly trouble?: string | undefined
}

/** What the code leads to: the app where tablets trust us already, else the page that tells how they come to; by an address, which always resolves. */
export const scanTarget = ({ origin, caPage, addresses }: Pick<Lan, 'origin' | 'caPage' | 'addresses'>): string => {
  if (caPage === undefined) return `${origin.href}/`
  const [first] = addresses
  return first === undefined ? caPage.byName : caPage.byAddress(first.address)
}

const addressTrouble = ({ origin, addresses }: Lan): string | undefined => {
  if (addresses.length === 0)
    return 'This machine is in no network now: no tablet reaches it. It goes on by itself as soon as there is one.'
  const isAddress = /^[\d.]+$|:/.test(origin.name)
  if (isAddress && !addresses.some(({ address }) => address === origin.name))
    return `Tablets look for ${hostOf(origin.name)}, and this machine has ${addresses.map(({ address }) => address).join(', ')} now. Give it a fixed address, or a name by --name.`
  return undefined
}

export const lanSummary = (lan: Lan, { dataFolder, isTerminal, ...given }: SummaryOptions): string => {
  const { origin, caPage, certificates, addresses } = lan
  const { authority } = certificates
  const target = scanTarget(lan)
  const code = encodeQR(target, 'ascii', { ecc: 'low', border: 2 })
  const trouble = 'trouble' in given ? given.trouble : nameTrouble(origin.name)
  const problems = [addressTrouble(lan), trouble].filter((one) => one !== undefined)
  const others = addresses
    .filter(({ via }) => via !== addresses[0]?.via)
    .slice(0, 3)
    .map(({ address, via }) => `${caPage?.byAddress(address) ?? address} (${via})`)
  const ends = new Date(certificates.expires).toISOString().slice(0, 10)
  return [
    isTerminal ? coloured(code) : code.trimEnd(),
    `Scan this with a tablet, or open ${target}`,
    ...(others.length === 0 ? [] : [`(in another network of this machine: ${others.join(', ')})`]),
    ...(authority === undefined
      ? [`1. It opens Shoal at ${origin.href}/ with the plant's certificate, which ends on ${ends}.`]
      : [
          `1. It shows how the tablet comes to trust this station, then opens ${origin.href}/ by itself.`,
          `   Compare: ${authority.name}, SHA-256`,
          `   ${authority.fingerprint.slice(0, 47)}`,
          `   ${authority.fingerprint.slice(48)}`,
        ]),
    '2. On the first tablet: begin a swarm, and keep its recovery code.',
    '3. There: Devices, Invite devices, a poster for as many as there are: it brings in all the others.',
    ...problems.map((problem) => `! ${problem}`),
    `Data: ${dataFolder}. Twenty tablets step by step: docs/fleet.md`,
  ].join('\n')
}
