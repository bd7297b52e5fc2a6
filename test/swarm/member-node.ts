/** Members with real logs, registers and records, and links between them and newcomers over memory channels. */
import type { NodeId, StreamId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import type { Link, LinkFrame, LinkListener } from '../../src/replication/contract.ts'
import type { LinkAttempt } from '../../src/replication/link.ts'
import { createLink } from '../../src/replication/link.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { followPath } from '../../src/swarm/admission.ts'
import type { Admitting } from '../../src/swarm/admitting.ts'
import { createAdmitting } from '../../src/swarm/admitting.ts'
import { openMembers } from '../../src/swarm/members.ts'
import { createRecord } from '../../src/swarm/record.ts'
import { createStandings } from '../../src/swarm/standings.ts'
import type { SwarmEvent } from '../../src/swarm/swarm-event.ts'
import { appendSwarmEvents } from '../../src/swarm/swarm-event.ts'
import type { SwarmKey } from '../../src/swarm/swarm-key.ts'
import type { Channel } from '../../src/transport/contract.ts'
import type { MemoryPair } from '../../src/transport/memory.ts'
import { createMemoryPair } from '../../src/transport/memory.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { openDevice, recordsOf } from '../log/fixture.ts'

export const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))
export const swarmKey: SwarmKey = { key: new Uint8Array(32).fill(7), epoch: 2 }
export const stations = ['wss://a.example/signal']

export interface MemberOptions {
  readonly clock?: ManualClock
  readonly disk?: MemoryDisk
}

/** A node of the swarm that knows `admissions`, its own among them. */
export const openMember = async (
  swarm: NodeId,
  signer: Signer,
  admissions: readonly Uint8Array[],
  options: MemberOptions = {},
) => {
  let isMember: (node: NodeId) => boolean = () => false
  let cutOf: (stream: StreamId) => number | undefined = () => undefined
  const device = await openDevice({
    signer,
    swarm,
    isMember: (node) => isMember(node),
    cutOf: (stream) => cutOf(stream),
    ...options,
  })
  const { log, store, clock } = device
  const report = (code: string, sentence: string): void => void device.reports.push({ code, sentence })
  const members = await openMembers({ store, swarm, report })
  isMember = members.isMember
  await members.learn(admissions)
  const standings = createStandings(members)
  cutOf = standings.cutOf
  const record = createRecord({ log, members, standings, clock, report })
  const admitting: Admitting = createAdmitting({
    members,
    record,
    standings,
    signer,
    swarmKey,
    log,
    clock,
    swarmName: () => 'Plant',
    stations: () => stations,
    report,
  })
  const say = async (...events: [SwarmEvent, ...SwarmEvent[]]) => {
    const places = await appendSwarmEvents(log, events)
    await record.settled()
    return places
  }
  /** Everything this node wrote about the swarm, verbatim. */
  const words = async () => [
    ...(await recordsOf(log, streamOf(signer.id, 1))),
    ...(await recordsOf(log, streamOf(signer.id, 2))),
  ]
  /** Takes a channel as the network of a node does. */
  const takeChannel = (channel: Channel): LinkAttempt =>
    createLink({
      channel,
      isOutgoing: false,
      purpose: 'member',
      self: { signer, swarm, path: () => members.path(signer.id) },
      members,
      clock,
      random,
      build: 'test',
      report,
      onProven: (link, { path }) => {
        if (!link.isMember) return admitting.attach(link)
        if (!members.isMember(link.node)) void members.learn(path)
        return listenerOf((frame) => {
          if (frame.type === 'joinCommitted') admitting.onFrame(link, frame)
        })
      },
      onFailed: () => undefined,
    })
  return { ...device, swarm, members, standings, record, admitting, say, words, takeChannel }
}

export type OpenMember = Awaited<ReturnType<typeof openMember>>

export const listenerOf = (onFrame: (frame: LinkFrame) => void): LinkListener => ({
  onFrame,
  onDrain: () => undefined,
  onHeartbeat: () => undefined,
  onClose: () => undefined,
})

export const hear = async (listener: OpenMember, speaker: OpenMember): Promise<void> => {
  await listener.log.ingest(await speaker.words())
  await listener.record.settled()
}

export interface Visit {
  readonly pair: MemoryPair
  /** Codes of failed handshakes at this end. */
  readonly failures: readonly string[]
}

export interface Visitor {
  readonly signer: Signer
  readonly swarm: NodeId
  /** Empty: shows itself as a newcomer. */
  readonly path: readonly Uint8Array[]
  onLink(link: Link): LinkListener
}

/** A new channel to `member`, proven by `visitor`. */
export const visit = (visitor: Visitor, member: OpenMember, kind: 'memory' | 'webrtc' = 'webrtc'): Visit => {
  const print = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
  const pair = createMemoryPair({
    clock: member.clock,
    kind,
    ...(kind === 'webrtc' && {
      fingerprints: [
        { ours: print(1), theirs: print(2) },
        { ours: print(2), theirs: print(1) },
      ],
    }),
  })
  const failures: string[] = []
  createLink({
    channel: pair.ends[0],
    isOutgoing: true,
    purpose: visitor.path.length === 0 ? 'newcomer' : 'member',
    self: { signer: visitor.signer, swarm: visitor.swarm, path: () => visitor.path },
    members: { judge: (path, node) => followPath(path, visitor.swarm, node) },
    clock: member.clock,
    random,
    build: 'test',
    report: () => undefined,
    onProven: (link) => visitor.onLink(link),
    onFailed: ({ code }) => void failures.push(code),
  })
  member.takeChannel(pair.ends[1])
  return { pair, failures }
}

/** Lets `clock` run until `isSo`: `step` milliseconds for each one that really passes, since keys and signatures take their time. */
export const until = async (clock: ManualClock, isSo: () => boolean, step = 1): Promise<void> => {
  for (let turn = 0; turn < 8000; turn++) {
    if (isSo()) return
    clock.pass(step)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error('It did not come to that.')
}
