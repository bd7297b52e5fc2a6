/**
 * By which name tablets find this machine, where nobody has said it: one that the network's own DNS answers with an address of ours, else the
 * machine's name under `.local`, which tablets ask for by multicast.
 */
import { existsSync } from 'node:fs'
import { Resolver } from 'node:dns/promises'
import { isIPv4 } from 'node:net'
import { hostname } from 'node:os'
import type { LanAddress } from './addresses.ts'

export interface Names {
  /** Of an address, as the network's DNS knows it. */
  reverse(address: string): Promise<string[]>
  resolve(name: string): Promise<string[]>
}

const dnsMs = 1500

export const networkNames = (): Names => {
  const resolver = new Resolver({ timeout: dnsMs, tries: 1 })
  return {
    reverse: (address) => resolver.reverse(address),
    resolve: (name) => resolver.resolve4(name),
  }
}

const settled = async (asked: Promise<string[]>): Promise<string[]> => {
  try {
    return await asked
  } catch {
    return []
  }
}

const isGeneral = (name: string): boolean =>
  !name.includes('.') || /\.(?:local|localhost|localdomain|arpa)$/.test(name) || !/^[a-z0-9.-]+$/.test(name)

/** The machine's own name as one label, for `.local`. */
export const machineLabel = (machine = hostname()): string => {
  const [label = ''] = machine.toLowerCase().split('.')
  return (
    label
      .replaceAll(/[^a-z0-9-]/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 63) || 'shoal'
  )
}

export const findName = async (
  addresses: readonly LanAddress[],
  names: Names = networkNames(),
  machine = hostname(),
): Promise<string> => {
  const own = addresses.map(({ address }) => address).filter(isIPv4)
  const told = await Promise.all(own.slice(0, 3).map((address) => settled(names.reverse(address))))
  const candidates = [machine, ...told.flat()].map((name) => name.toLowerCase().replace(/\.$/, ''))
  for (const name of new Set(candidates)) {
    if (isGeneral(name)) continue
    // only what leads back here is any use to a tablet
    const answer = await settled(names.resolve(name))
    if (answer.some((address) => own.includes(address))) return name
  }
  return `${machineLabel(machine)}.local`
}

/** Whether something on this machine answers tablets that ask for its `.local` name: macOS and Windows do, Linux by Avahi or systemd. */
export const answersMulticast = (
  exists: (path: string) => boolean = existsSync,
  platform = process.platform,
): boolean => platform !== 'linux' || exists('/run/avahi-daemon/socket') || exists('/run/avahi-daemon/pid')

/** What is to be told about a `.local` name; undefined: nothing. */
export const nameTrouble = (name: string, machine = hostname(), answers = answersMulticast()): string | undefined => {
  if (!name.endsWith('.local')) return undefined
  if (name !== `${machineLabel(machine)}.local`)
    return `Tablets look for ${name}, and this machine is called ${machineLabel(machine)} now: call it ${machineLabel(name)} again, or move the tablets (docs/fleet.md, "Moving to another address").`
  if (answers) return undefined
  return `Nothing on this machine answers when a tablet asks for ${name}. Install Avahi (Debian, Ubuntu: sudo apt install avahi-daemon), or have ${name.replace(/\.local$/, '')} entered in the plant's DNS and give that name with --name, or give this machine a fixed address and use that: --origin https://ADDRESS:4443`
}
