/**
 * A channel becomes a link: greeting, then the link, and from the beginning again when the other end's worker has been killed and started
 * anew while the channel lived on.
 */
import { equalBytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { errorCode, errorMessage } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import type { Random } from '../core/random.ts'
import type { MemberEntry, Members } from '../swarm/contract.ts'
import type { Channel, CloseReason } from '../transport/contract.ts'
import type { EndedBy, Link, LinkListener } from './contract.ts'
import { helloByte } from './frame.ts'
import type { Greeted, Greeting, Self } from './greeting.ts'
import { startGreeting } from './greeting.ts'
import type { Purpose } from './handshake.ts'
import { acceptedVersions } from './handshake.ts'
import type { ProvenLink } from './proven-link.ts'
import { createProvenLink, quietCodes } from './proven-link.ts'

/** What the other end showed and proved. */
export interface LinkClaims {
  readonly node: NodeId
  readonly purpose: Purpose
  /** Its admissions, verified; for `Members.learn`. Empty for a newcomer. */
  readonly path: readonly Uint8Array[]
  /** Undefined for a newcomer. */
  readonly entry: MemberEntry | undefined
  /** Of its software. */
  readonly build: string
  /** Of the protocol, as spoken on this link. */
  readonly version: number
}

export interface LinkOptions {
  /** Not listened to yet. */
  readonly channel: Channel
  /** We asked for it. */
  readonly isOutgoing: boolean
  /** It comes from `Radio.onAdopt`: it outlived our worker. */
  readonly isAdopted?: boolean
  /** Any other node is refused with `ERR_UNEXPECTED_NODE`. */
  readonly expected?: NodeId
  /** Ours. */
  readonly purpose: Purpose
  readonly self: Self
  /** For a newcomer: a judge for the swarm of its invitation. */
  readonly members: Pick<Members, 'judge'>
  readonly clock: Clock
  readonly random: Random
  /** Of our software, at most 64 characters; shown to the technician at the other end. */
  readonly build: string
  /** Protocol versions to accept; those of this build where absent. */
  readonly versions?: readonly number[]
  /** For the diary: each refused or cut link, in a sentence. Names a node only where it has proved itself. */
  readonly report: (code: string, message: string) => void
  /**
   * Both ends have proved themselves. Once per handshake: when the other end starts anew on the same channel, the link's `onClose` comes first
   * (`ERR_RESTARTED`), later this again with another link.
   */
  readonly onProven: (link: Link, claims: LinkClaims) => LinkListener
  /** A handshake failed, the channel is closed, nothing follows. `code`: see `docs/protocol.md`. */
  readonly onFailed: (reason: CloseReason, by: EndedBy) => void
}

/** A channel in the hands of its link. */
export interface LinkAttempt {
  /** Gives up: tells the other end where there is a link, and closes the channel. `onFailed` is not called; an open link's `onClose` is. */
  close(reason: CloseReason): void
}

export const createLink = (options: LinkOptions): LinkAttempt => {
  const { channel, purpose, clock, report } = options
  let greeting: Greeting | undefined
  let proven: ProvenLink | undefined
  let helloFrame: Uint8Array | undefined
  let closedBy: CloseReason | undefined
  let isOver = false

  const greet = (isAdopted: boolean): Greeting =>
    startGreeting({
      channel,
      isAdopted,
      expected: options.expected,
      purpose,
      self: options.self,
      members: options.members,
      clock,
      random: options.random,
      build: options.build,
      versions: options.versions ?? acceptedVersions,
      onProven: open,
      onFailed: (reason, by) => {
        greeting = undefined
        isOver = true
        channel.close()
        const whose = by === 'them' ? 'was refused by the other end' : 'was refused'
        if (by !== 'channel') report(reason.code, `A ${channel.kind} link ${whose}: ${reason.message}`)
        options.onFailed(reason, by === 'channel' ? 'network' : by)
      },
    })

  const open = (greeted: Greeted): void => {
    const { hello, entry, version, rest } = greeted
    greeting = undefined
    helloFrame = greeted.helloFrame
    const made = createProvenLink({
      channel,
      greeted,
      isOutgoing: options.isOutgoing,
      isReplicating: purpose === 'member' && hello.purpose === 'member',
      clock,
      report,
      onEnd: () => {
        proven = undefined
        isOver = true
      },
    })
    proven = made
    const { node, path, build } = hello
    try {
      made.listen(options.onProven(made.link, { node, purpose: hello.purpose, path, entry, build, version }))
    } catch (error) {
      report(errorCode(error), `The ${channel.kind} link to ${node} was not taken: ${errorMessage(error)}`)
      made.link.close({ code: errorCode(error), message: 'It could not be used.' })
    }
    for (const frame of rest) take(frame)
    if (closedBy !== undefined) made.closed(closedBy)
  }

  const restart = (frame: Uint8Array<ArrayBuffer>): void => {
    // the same again, or only the wish to hear ours again: told to somebody who had not heard it, and has by now
    if (frame.length === 1 || (helloFrame !== undefined && equalBytes(helloFrame, frame))) return
    const before = proven
    proven = undefined
    greeting = greet(false)
    greeting.receive(frame)
    before?.end({ code: 'ERR_RESTARTED', message: 'The other device started again; it proves itself anew.' })
  }

  const take = (frame: Uint8Array<ArrayBuffer>): void => {
    if (greeting !== undefined) greeting.receive(frame)
    else if (frame[0] === helloByte) restart(frame)
    else proven?.receive(frame)
  }

  greeting = greet(options.isAdopted ?? false)
  channel.listen({
    onFrame: (frame) => {
      if (!isOver) take(frame)
    },
    onDrain: () => proven?.drained(),
    onClose: (reason) => {
      if (isOver) return
      closedBy = reason
      const whose = proven === undefined ? 'A' : 'The'
      const to = proven === undefined ? '' : ` to ${proven.link.node}`
      if (!quietCodes.has(reason.code))
        report(reason.code, `${whose} ${channel.kind} link${to} was cut: ${reason.message}`)
      if (greeting !== undefined) greeting.closed(reason)
      else proven?.closed(reason)
    },
  })
  return {
    close: (reason) => {
      if (isOver) return
      if (proven !== undefined) {
        proven.link.close(reason)
        return
      }
      isOver = true
      greeting?.stop()
      channel.close()
    },
  }
}
