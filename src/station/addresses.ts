/** The addresses at which a LAN reaches this machine: found, named for people, and watched, since DHCP changes them. */
import { isIPv4 } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { networkInterfaces } from 'node:os'

export interface LanAddress {
  readonly address: string
  /** Of the interface, such as `eth0`. */
  readonly via: string
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** Of containers and virtual machines: no tablet is there. */
const isVirtual = (name: string): boolean =>
  /^(?:docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|utun|tun|tap)/i.test(name)

/** Addresses a tablet can be told, those of real interfaces first, IPv4 before IPv6; without loopback and link-local ones. */
export const lanAddresses = (interfaces: Interfaces = networkInterfaces()): LanAddress[] => {
  const all = Object.entries(interfaces).flatMap(([via, infos]) =>
    (infos ?? [])
      .filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
      .map(({ address }) => ({ address, via })),
  )
  const order = ({ address, via }: LanAddress): number => (isVirtual(via) ? 2 : 0) + (isIPv4(address) ? 0 : 1)
  return all.sort((a, b) => order(a) - order(b))
}

/** As it stands in a URL. */
export const hostOf = (address: string): string => (address.includes(':') ? `[${address}]` : address)

const lookEveryMs = 3000

export interface AddressWatch {
  readonly current: readonly LanAddress[]
  stop(): void
}

export const watchAddresses = (
  onChange: (addresses: readonly LanAddress[]) => void,
  { look = lanAddresses, everyMs = lookEveryMs }: { look?: () => LanAddress[]; everyMs?: number } = {},
): AddressWatch => {
  let current = look()
  const timer = setInterval(() => {
    const next = look()
    if (JSON.stringify(next) === JSON.stringify(current)) return
    current = next
    onChange(next)
  }, everyMs)
  timer.unref()
  return {
    get current() {
      return current
    },
    stop: () => clearInterval(timer),
  }
}
