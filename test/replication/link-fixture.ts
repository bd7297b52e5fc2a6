/** Two nodes with real keys, memory channels between them, and whoever stands in the middle. */
import { vi } from 'vitest'
import type { NodeId } from '../../src/core/event.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import type { Link, LinkFrame } from '../../src/replication/contract.ts'
import type { Purpose } from '../../src/replication/handshake.ts'
import type { LinkAttempt, LinkClaims, LinkOptions } from '../../src/replication/link.ts'
import { createLink } from '../../src/replication/link.ts'
import { followPath } from '../../src/swarm/admission.ts'
import type { Channel, CloseReason, Fingerprints } from '../../src/transport/contract.ts'
import type { MemoryPair, Wire } from '../../src/transport/memory.ts'
import { createMemoryPair } from '../../src/transport/memory.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock } from '../api/manual-clock.ts'
import { foundSwarm, newMember, newSigner } from '../swarm/fixture.ts'

// real keys on a machine that may be busy
vi.setConfig({ testTimeout: 20_000 })

export const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))

export interface Person {
  readonly signer: Signer
  readonly swarm: NodeId
  readonly path: readonly Uint8Array[]
  readonly purpose: Purpose
}

export interface Cast {
  readonly anna: Person
  readonly ben: Person
  /** Holds an invitation only. */
  readonly newcomer: Person
  /** Claims to belong, with nothing to show. */
  readonly stranger: Person
  /** Of another swarm. */
  readonly neighbour: Person
}

export const makeCast = async (): Promise<Cast> => {
  const { swarm, founder, founding } = await foundSwarm()
  const ben = await newMember(swarm, founder)
  const elsewhere = await foundSwarm()
  const member = 'member' as const
  return {
    anna: { signer: founder, swarm, path: [founding], purpose: member },
    ben: { signer: ben.signer, swarm, path: [founding, ben.admission], purpose: member },
    newcomer: { signer: await newSigner(), swarm, path: [], purpose: 'newcomer' },
    stranger: { signer: await newSigner(), swarm, path: [founding, ben.admission], purpose: member },
    neighbour: { signer: elsewhere.founder, swarm: elsewhere.swarm, path: [elsewhere.founding], purpose: member },
  }
}

/** What an owner of links has seen at one end of a channel. */
export interface End {
  readonly attempt: LinkAttempt
  readonly links: Link[]
  readonly claims: LinkClaims[]
  readonly frames: LinkFrame[]
  readonly failures: CloseReason[]
  readonly closes: CloseReason[]
  readonly diary: { readonly code: string; readonly message: string }[]
  drains: number
  heartbeats: number
  /** The newest link. */
  readonly link: Link
  /** How it ended, in one word, once it has. */
  readonly code: string | undefined
}

export interface EndOptions extends Partial<LinkOptions> {
  readonly onFrame?: (frame: LinkFrame, link: Link) => void
}

export const takeUp = (person: Person, channel: Channel, clock: ManualClock, options: EndOptions = {}): End => {
  const { onFrame, ...rest } = options
  const end = {
    links: [] as Link[],
    claims: [] as LinkClaims[],
    frames: [] as LinkFrame[],
    failures: [] as CloseReason[],
    closes: [] as CloseReason[],
    diary: [] as { code: string; message: string }[],
    drains: 0,
    heartbeats: 0,
    get link(): Link {
      const newest = end.links.at(-1)
      if (newest === undefined) throw new Error(`no link: ${end.failures[0]?.code}`)
      return newest
    },
    get code(): string | undefined {
      return end.failures.at(-1)?.code ?? end.closes.at(-1)?.code
    },
  }
  const attempt = createLink({
    channel,
    isOutgoing: true,
    purpose: person.purpose,
    self: { signer: person.signer, swarm: person.swarm, path: () => person.path },
    members: { judge: (path, node) => followPath(path, person.swarm, node) },
    clock,
    random,
    build: 'test 1',
    report: (code, message) => void end.diary.push({ code, message }),
    onProven: (link, claims) => {
      end.links.push(link)
      end.claims.push(claims)
      return {
        onFrame: (frame) => {
          end.frames.push(frame)
          onFrame?.(frame, link)
        },
        onDrain: () => void end.drains++,
        onHeartbeat: () => void end.heartbeats++,
        onClose: (reason) => void end.closes.push(reason),
      }
    },
    onFailed: (reason) => void end.failures.push(reason),
    ...rest,
  })
  return Object.assign(end, { attempt })
}

const printOf = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)

/** As the two ends of one DTLS connection see it. */
export const prints = (a = 1, b = 2): readonly [Fingerprints, Fingerprints] => [
  { ours: printOf(a), theirs: printOf(b) },
  { ours: printOf(b), theirs: printOf(a) },
]

export interface Table {
  readonly clock: ManualClock
  pair(options?: {
    readonly isSealed?: boolean
    readonly wire?: Wire
    readonly fingerprints?: readonly [Fingerprints, Fingerprints]
  }): MemoryPair
  /** Lets everything happen that takes no time, until it is so; or milliseconds pass meanwhile, `step` each turn. */
  until(isSo: () => boolean, step?: number): Promise<void>
  /** Lets everything happen that takes no time. */
  rest(): Promise<void>
}

export const setTable = (): Table => {
  const clock = createManualClock()
  const turn = async (step = 0): Promise<void> => {
    clock.pass(step)
    // WebCrypto works in real time: it must not fall behind the clock of the test
    if (step > 0) await new Promise((resolve) => setTimeout(resolve, step))
    else await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    clock,
    pair: ({ isSealed = false, wire = {}, fingerprints = prints() } = {}) =>
      createMemoryPair({ clock, wire, ...(isSealed ? {} : { fingerprints }) }),
    until: async (isSo, step) => {
      const latest = performance.now() + 18_000
      while (!isSo()) {
        if (performance.now() > latest) throw new Error('it never became so')
        await turn(step)
      }
    },
    rest: async () => {
      for (let turns = 0; turns < 12; turns++) {
        await turn()
        // WebCrypto answers from other threads
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    },
  }
}

export const isOver = (end: End): boolean => end.failures.length + end.closes.length > 0

/** Both ends of one channel, linked. */
export const linked = async (
  table: Table,
  one: Person,
  other: Person,
  options: {
    readonly isSealed?: boolean
    readonly wire?: Wire
    readonly one?: EndOptions
    readonly other?: EndOptions
  } = {},
): Promise<{ readonly a: End; readonly b: End; readonly pair: MemoryPair }> => {
  const pair = table.pair(options)
  const a = takeUp(one, pair.ends[0], table.clock, options.one)
  const b = takeUp(other, pair.ends[1], table.clock, { isOutgoing: false, ...options.other })
  await table.until(() => a.links.length > 0 && b.links.length > 0, options.wire === undefined ? 0 : 1)
  return { a, b, pair }
}

export type Meddling = (frame: Uint8Array<ArrayBuffer>, direction: 'a→b' | 'b→a') => readonly Uint8Array<ArrayBuffer>[]

/** Stands between two connections and hands on what it likes. */
export const meddle = (a: Channel, b: Channel, change: Meddling): void => {
  const join = (from: Channel, to: Channel, direction: 'a→b' | 'b→a'): void =>
    from.listen({
      onFrame: (frame) => {
        for (const one of change(frame, direction)) to.send(one)
      },
      onDrain: () => undefined,
      onClose: () => to.close(),
    })
  join(a, b, 'a→b')
  join(b, a, 'b→a')
}

/** A channel without a link on it: records what comes, sends what it is told. */
export const rawEnd = (channel: Channel) => {
  const frames: Uint8Array<ArrayBuffer>[] = []
  const closes: CloseReason[] = []
  channel.listen({
    onFrame: (frame) => void frames.push(frame),
    onDrain: () => undefined,
    onClose: (reason) => void closes.push(reason),
  })
  return { frames, closes, send: (...bytes: readonly number[]) => channel.send(Uint8Array.from(bytes)) }
}

/** Time passes in small steps, so that frames and timers of both ends alternate. */
export const pass = async (table: Table, ms: number, step = 5): Promise<void> => {
  for (let passed = 0; passed < ms; passed += step) {
    table.clock.pass(step)
    await Promise.resolve()
  }
}

/** Takes everything and hands on nothing, once it is told to. */
export const stuffed = (channel: Channel) => {
  let isStuffed = false
  let held = 0
  const sent: Uint8Array[] = []
  return {
    stuff: () => {
      isStuffed = true
    },
    sent,
    channel: {
      kind: channel.kind,
      fingerprints: channel.fingerprints,
      get buffered() {
        return channel.buffered + held
      },
      send: (frame: Uint8Array<ArrayBuffer>) => {
        sent.push(frame)
        if (isStuffed) held += frame.length
        else channel.send(frame)
      },
      listen: channel.listen,
      close: channel.close,
    } satisfies Channel,
  }
}

export const run = (id: number, length: number): LinkFrame => ({
  type: 'run',
  id,
  bytes: new Uint8Array(length).fill(id),
})
