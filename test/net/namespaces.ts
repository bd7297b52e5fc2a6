/**
 * A plant's network on this machine: a switch and devices around it, each in a network namespace of its own, named `shoal-<pid>-<name>`. All of it is made
 * and unmade by `ip`, which needs root; nothing of the machine's own network is touched.
 *
 *     shoal-…-switch: bridge ── port-gate ══ eth0 :shoal-…-gate       a cable (veth)
 *                       └────── port-oven ══ rough-line.mjs ══ eth0 :shoal-…-oven   one that loses and delays (VXLAN through a process)
 */
import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** In each direction. */
export interface Roughness {
  /** Of all frames, 0 to 1. */
  readonly loss: number
  /** Milliseconds. */
  readonly delay: number
}

export interface HostOptions {
  /** Without the prefix, which is /24. */
  readonly address: string
  /** A default route, by a router that is not there: absent means that there is one. */
  readonly hasRoute?: boolean
  readonly line?: Roughness
}

export interface NetHost {
  readonly name: string
  readonly address: string
  /** Put before a command, it runs in this device. */
  readonly command: readonly string[]
  /** The cable is pulled: the device notices. */
  pull(): void
  plug(): void
  /** The switch takes nothing from it and gives it nothing: nobody is told, as when an access point loses its uplink. */
  block(isBlocked: boolean): void
  /** As by another lease: the old address is gone, a default route stays one. */
  readdress(address: string): void
  /** What `rough-line.mjs` counted; ends the line. */
  endLine(): Promise<string>
}

export interface Lan {
  host(name: string, options: HostOptions): Promise<NetHost>
  /** From now on no multicast reaches any device, as on many wireless networks; broadcasts do. */
  filterMulticast(): void
  close(): Promise<void>
}

const router = '10.77.0.254'
const roughHere = '10.98.0.2'
const roughThere = '10.98.0.1'
/** A frame in its envelope has to fit into one packet. */
const roughMtu = 1400
const firstPort = 5001

export const ip = (...args: readonly string[]): string =>
  execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const prefixOf = (pid: number): string => `shoal-${pid}-`

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const namespaces = (): string[] =>
  ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name !== '')

/** With whatever still runs in it: it was started there. */
const removeNamespace = (name: string): void => {
  for (const pid of ip('netns', 'pids', name).split('\n').map(Number))
    if (pid > 1) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // it has just ended
      }
    }
  ip('netns', 'del', name)
}

/** Of runs that were killed. */
export const removeLeftovers = (): string[] => {
  const left = namespaces().filter((name) => {
    const pid = Number(/^shoal-(\d+)-/.exec(name)?.[1])
    return pid > 0 && pid !== process.pid && !isAlive(pid)
  })
  left.forEach(removeNamespace)
  return left
}

const within = (namespace: string): string[] => ['nsenter', `--net=/run/netns/${namespace}`]
const bridge = (namespace: string, ...args: readonly string[]): unknown =>
  execFileSync('nsenter', [`--net=/run/netns/${namespace}`, 'bridge', ...args])

export const createLan = (): Lan => {
  removeLeftovers()
  const prefix = prefixOf(process.pid)
  const names: string[] = []
  const lines: ChildProcess[] = []
  const ports: string[] = []
  const add = (name: string): string => {
    const namespace = `${prefix}${name}`
    ip('netns', 'add', namespace)
    names.push(namespace)
    ip('-n', namespace, 'link', 'set', 'lo', 'up')
    return namespace
  }
  const close = async (): Promise<void> => {
    for (const line of lines) line.kill('SIGKILL')
    for (const name of names.splice(0)) removeNamespace(name)
  }
  // whatever ends this process, short of a kill, leaves nothing behind
  process.once('exit', () => void close())

  const hub = add('switch')
  ip('-n', hub, 'link', 'add', 'bridge', 'type', 'bridge')
  // a port is to forward at once
  ip('-n', hub, 'link', 'set', 'bridge', 'type', 'bridge', 'forward_delay', '0')
  ip('-n', hub, 'link', 'set', 'bridge', 'up')

  /** Both ends of the envelope's way: where the kernel wraps and unwraps, and where the process is between them. */
  let rough: { readonly wrapping: string; readonly between: string } | undefined
  const roughPlaces = (): { readonly wrapping: string; readonly between: string } => {
    if (rough !== undefined) return rough
    const wrapping = add('wrapping')
    const between = add('between')
    ip('link', 'add', 'way', 'netns', wrapping, 'type', 'veth', 'peer', 'name', 'way', 'netns', between)
    ip('-n', wrapping, 'addr', 'add', `${roughThere}/24`, 'dev', 'way')
    ip('-n', between, 'addr', 'add', `${roughHere}/24`, 'dev', 'way')
    for (const one of [wrapping, between]) ip('-n', one, 'link', 'set', 'way', 'up')
    rough = { wrapping, between }
    return rough
  }
  /** A VXLAN device goes on sending from the namespace in which it was made, wherever it is moved. */
  const layRough = async (namespace: string, port: string, { loss, delay }: Roughness): Promise<ChildProcess> => {
    const { wrapping, between } = roughPlaces()
    const number = lines.length
    const [portA, portB] = [firstPort + 2 * number, firstPort + 2 * number + 1]
    const ends = [
      ['eth0', namespace, portA],
      [port, hub, portB],
    ] as const
    for (const [device, owner, udpPort] of ends) {
      const made = `end${udpPort}`
      const vxlan = ['type', 'vxlan', 'id', String(number + 1), 'remote', roughHere, 'dstport', String(udpPort)]
      ip('-n', wrapping, 'link', 'add', made, ...vxlan)
      ip('-n', wrapping, 'link', 'set', made, 'netns', owner, 'name', device)
      // one frame, one datagram
      ip('-n', owner, 'link', 'set', device, 'mtu', String(roughMtu), 'gso_max_segs', '1')
    }
    const script = fileURLToPath(new URL('rough-line.mjs', import.meta.url))
    const facts = [roughHere, roughThere, portA, portB, loss, delay, number + 1].map(String)
    const [program = '', ...args] = [...within(between), process.execPath, script, ...facts]
    const line = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    lines.push(line)
    await new Promise<void>((resolve, reject) => {
      line.stdout.once('data', () => resolve())
      line.once('exit', (code) => reject(new Error(`the rough line ended with ${code}`)))
    })
    return line
  }

  let isFiltered = false
  const filter = (port: string): void => {
    bridge(hub, 'link', 'set', 'dev', port, 'mcast_flood', 'off')
  }

  return {
    host: async (name, { address, hasRoute = true, line }) => {
      const namespace = add(name)
      const port = `port-${name}`
      let isRough: ChildProcess | undefined
      if (line === undefined)
        ip('link', 'add', 'eth0', 'netns', namespace, 'type', 'veth', 'peer', 'name', port, 'netns', hub)
      else isRough = await layRough(namespace, port, line)
      ports.push(port)
      ip('-n', hub, 'link', 'set', port, 'master', 'bridge', 'up')
      ip('-n', namespace, 'link', 'set', 'eth0', 'up')
      if (isFiltered) filter(port)
      let current = address
      const settle = (): void => {
        ip('-n', namespace, 'addr', 'add', `${current}/24`, 'dev', 'eth0')
        if (hasRoute) ip('-n', namespace, 'route', 'add', 'default', 'via', router)
      }
      settle()
      return {
        name,
        get address() {
          return current
        },
        command: within(namespace),
        pull: () => ip('-n', hub, 'link', 'set', port, 'down'),
        plug: () => ip('-n', hub, 'link', 'set', port, 'up'),
        block: (isBlocked) => {
          // disabled, forwarding
          bridge(hub, 'link', 'set', 'dev', port, 'state', isBlocked ? '0' : '3')
        },
        readdress: (next) => {
          ip('-n', namespace, 'addr', 'flush', 'dev', 'eth0', 'scope', 'global')
          current = next
          settle()
        },
        endLine: () =>
          new Promise((resolve, reject) => {
            if (isRough?.stdout === undefined || isRough.stdout === null)
              return reject(new Error(`the line of ${name} is a cable`))
            let said = ''
            isRough.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
            isRough.once('close', () => resolve(said.trim()))
            isRough.kill('SIGTERM')
          }),
      }
    },
    filterMulticast: () => {
      isFiltered = true
      for (const port of ports) filter(port)
    },
    close,
  }
}
