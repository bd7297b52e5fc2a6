/**
 * A worker that speaks the port's protocol over a log in memory and can be made to die, freeze, fence or refuse at any moment. What it
 * acknowledged survives its death, as on a device; what it was about to do may or may not have been done.
 */
import type { ConnectMessage, PortAnswer, PortRequest } from '../../src/api/port-contract.ts'
import { windowChunks } from '../../src/api/port-contract.ts'
import type { Dial } from '../../src/client/link.ts'

export interface Stored {
  readonly type: 'event'
  readonly stream: string
  readonly offset: number
  readonly lamport: number
  readonly timestamp: number
  readonly tags: readonly string[]
  readonly appId: string
  readonly payload: unknown
}

/** What survives. */
export const createDisk = () => ({
  events: [] as Stored[],
  receipts: new Map<string, { lamport: number; stream: string; offset: number; timestamp: number }[]>(),
  progress: new Map<string, number>(),
})
export type Disk = ReturnType<typeof createDisk>

const stream = `${'x'.repeat(43)}-0`

export const append = (disk: Disk, payloads: readonly unknown[], receipt?: string) => {
  const known = receipt === undefined ? undefined : disk.receipts.get(receipt)
  if (known !== undefined) return known
  const published = payloads.map((payload) => {
    const offset = disk.events.length
    const at = { lamport: offset + 1, stream, offset, timestamp: offset * 10 }
    disk.events.push({ type: 'event', ...at, tags: ['t'], appId: 'com.example.test', payload })
    return at
  })
  if (receipt !== undefined) disk.receipts.set(receipt, published)
  return published
}

interface PortBody {
  readonly key?: string
  readonly data?: readonly { readonly payload: unknown }[]
  readonly receipt?: string
  readonly lowerBound?: Readonly<Record<string, number>>
  readonly upperBound?: Readonly<Record<string, number>>
}

export interface MortalWorker {
  readonly dial: Dial
  readonly dials: number
  readonly probes: number
  /** How many subscriptions and queries are being answered now. */
  readonly streams: number
  /** Stops without a sign; the next dial starts another. */
  kill(): void
  /** Everything waits, probes too, until `thaw`: a worker that computes. */
  freeze(): void
  thaw(): void
  /** The next `n` publishes are stored, and the worker dies before it can answer. */
  dieAfterCommit(n: number): void
  /** The next `n` requests are answered with this error. */
  failNext(code: string, n?: number): void
  /** Dials are answered with this until `accept`. */
  refuse(code: string): void
  accept(): void
  /** Publishes wait this long before they are answered; probes are answered. */
  slowness: number
  chunkSize: number
  /** A publish by somebody else. */
  publish(payload: unknown): void
}

export const createMortalWorker = (disk: Disk = createDisk()): MortalWorker & { readonly disk: Disk } => {
  let life = 0
  let frozen: (() => void)[] | undefined
  let refusal: string | undefined
  let deaths = 0
  let failing: { code: string; left: number } | undefined
  const counts = { dials: 0, probes: 0, streams: 0 }
  const settings = { slowness: 0, chunkSize: 3 }
  const onAppend = new Set<() => void>()

  const serve = (port: MessagePort, born: number): void => {
    const isAlive = (): boolean => life === born
    const post = (answer: PortAnswer): void => {
      if (isAlive()) port.postMessage(answer)
    }
    const credits = new Map<number, { left: number; wake?: () => void }>()
    const chunk = async (id: number, lines: readonly unknown[]): Promise<boolean> => {
      const credit = credits.get(id)
      if (credit === undefined || !isAlive()) return false
      while (credit.left === 0) {
        await new Promise<void>((resolve) => (credit.wake = resolve))
        if (!isAlive() || !credits.has(id)) return false
      }
      credit.left--
      post({ type: 'next', id, lines: lines.map((line) => JSON.stringify(line)).join('\n') })
      return true
    }
    const read = async (id: number, from: number, to: number): Promise<boolean> => {
      for (let at = from; at <= to; at += settings.chunkSize)
        if (!(await chunk(id, disk.events.slice(at, Math.min(to + 1, at + settings.chunkSize))))) return false
      return true
    }
    const present = (): Record<string, number> => (disk.events.length === 0 ? {} : { [stream]: disk.events.length - 1 })
    const once = (id: number, value: unknown): void => {
      post({ type: 'next', id, lines: JSON.stringify(value) })
      post({ type: 'complete', id })
    }
    const request = async (id: number, call: string, body: PortBody): Promise<void> => {
      if (failing !== undefined && failing.left-- > 0) {
        post({ type: 'error', id, code: failing.code, message: 'as told' })
        return
      }
      if (call === 'offsets') return once(id, { present: present(), toReplicate: {} })
      if (call === 'progress') return once(id, disk.progress.get(body.key ?? '') ?? 0)
      if (call === 'publish') {
        if (settings.slowness > 0) await new Promise((resolve) => setTimeout(resolve, settings.slowness))
        if (!isAlive()) return
        const data = (body.data ?? []).map(({ payload }) => payload)
        const published = append(disk, data, body.receipt)
        for (const listener of onAppend) listener()
        if (deaths > 0) {
          deaths--
          worker.kill()
        }
        return once(id, { data: published })
      }
      credits.set(id, { left: windowChunks })
      counts.streams++
      const from = (body.lowerBound?.[stream] ?? -1) + 1
      if (call === 'query') {
        const to = body.upperBound?.[stream] ?? -1
        if ((await read(id, from, to)) && (await chunk(id, [{ type: 'offsets', offsets: body.upperBound }])))
          post({ type: 'complete', id })
      } else {
        let to = disk.events.length - 1
        let open = (await read(id, from, to)) && (await chunk(id, [{ type: 'offsets', offsets: present() }]))
        while (open && isAlive() && credits.has(id)) {
          if (disk.events.length - 1 === to)
            await new Promise<void>((resolve) => {
              const listener = () => {
                onAppend.delete(listener)
                resolve()
              }
              onAppend.add(listener)
            })
          const next = disk.events.length - 1
          open = await read(id, to + 1, next)
          to = next
        }
      }
      counts.streams--
    }
    const receive = (data: PortRequest): void => {
      if (!isAlive()) return
      switch (data.type) {
        case 'probe':
          counts.probes++
          return post({ type: 'alive', id: data.id })
        case 'more': {
          const credit = credits.get(data.id)
          if (credit === undefined) return
          credit.left++
          credit.wake?.()
          return
        }
        case 'cancel': {
          const credit = credits.get(data.id)
          credits.delete(data.id)
          credit?.wake?.()
          for (const listener of onAppend) listener()
          return
        }
        case 'request':
          void request(data.id, data.call, (JSON.parse(data.body) ?? {}) as PortBody)
      }
    }
    port.onmessage = ({ data }) => {
      if (frozen === undefined) receive(data)
      else frozen.push(() => receive(data))
    }
    if (refusal !== undefined) post({ type: 'refused', code: refusal, message: 'as told' })
    else post({ type: 'ready', nodeId: 'x'.repeat(43), version: '0' })
  }

  const worker = {
    disk,
    get dials() {
      return counts.dials
    },
    get probes() {
      return counts.probes
    },
    get streams() {
      return counts.streams
    },
    get slowness() {
      return settings.slowness
    },
    set slowness(ms: number) {
      settings.slowness = ms
    },
    get chunkSize() {
      return settings.chunkSize
    },
    set chunkSize(events: number) {
      settings.chunkSize = events
    },
    dial: async (_connect: ConnectMessage) => {
      counts.dials++
      const { port1, port2 } = new MessageChannel()
      if (frozen === undefined) serve(port2, life)
      else frozen.push(() => serve(port2, life))
      return port1
    },
    kill: () => {
      life++
    },
    freeze: () => {
      frozen ??= []
    },
    thaw: () => {
      const waiting = frozen ?? []
      frozen = undefined
      for (const action of waiting) action()
    },
    dieAfterCommit: (n: number) => {
      deaths = n
    },
    failNext: (code: string, n = 1) => {
      failing = { code, left: n }
    },
    refuse: (code: string) => {
      refusal = code
    },
    accept: () => {
      refusal = undefined
    },
    publish: (payload: unknown) => {
      append(disk, [payload])
      for (const listener of onAppend) listener()
    },
  }
  return worker
}
