/**
 * Carries out one handshake on one channel: both hellos cross, both proofs cross, and only then is there a link (RULES 20). Frames are worked
 * off one by one; those that follow the proof are kept and handed on with the answer. Tells its owner once, `onProven` or `onFailed`.
 */
import { equalBytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { errorCode, errorMessage, ShoalError } from '../core/errors.ts'
import type { NodeId } from '../core/event.ts'
import { proofTimeMax } from '../core/limits.ts'
import type { Random } from '../core/random.ts'
import type { Signer } from '../crypto/keys.ts'
import { makeBoxPair, publicBytes } from '../crypto/keys.ts'
import type { MemberEntry, Members } from '../swarm/contract.ts'
import type { Channel, CloseReason } from '../transport/contract.ts'
import { byeByte, decodeFrame, encodeFrame, helloByte, proofByte } from './frame.ts'
import type { Hello, Purpose, Transcript } from './handshake.ts'
import {
  checkProof,
  decodeHello,
  decodeProof,
  encodeHello,
  hashHello,
  judgeHello,
  makeNonce,
  makeProof,
  refuse,
} from './handshake.ts'
import type { Seals } from './sealing.ts'
import { deriveSeals } from './sealing.ts'

/** Who we are, on this link. `path` as `Members.path` of ourselves; for a newcomer empty, and `swarm` is that of its invitation. */
export interface Self {
  readonly signer: Signer
  readonly swarm: NodeId
  path(): readonly Uint8Array[]
}

export interface GreetingOptions {
  readonly channel: Pick<Channel, 'fingerprints' | 'send'>
  /** The channel outlived our worker: what the other end said to that one is passed over until it has noticed. */
  readonly isAdopted: boolean
  readonly expected: NodeId | undefined
  readonly purpose: Purpose
  readonly self: Self
  readonly members: Pick<Members, 'judge'>
  readonly clock: Clock
  readonly random: Random
  readonly build: string
  readonly versions: readonly number[]
  readonly onProven: (outcome: Greeted) => void
  /** The other end has been told, where it was not the other end that refused us, or left. */
  readonly onFailed: (reason: CloseReason, by: 'us' | 'them' | 'channel') => void
}

export interface Greeted {
  readonly hello: Hello
  /** Undefined for a newcomer. */
  readonly entry: MemberEntry | undefined
  readonly version: number
  /** Their hello as it came; once more the same is nothing new. */
  readonly helloFrame: Uint8Array
  /** Present where every further frame is sealed. */
  readonly seals: Seals | undefined
  /** Came behind the proof, in order, as they came. */
  readonly rest: readonly Uint8Array<ArrayBuffer>[]
}

export interface Greeting {
  receive(frame: Uint8Array<ArrayBuffer>): void
  /** The channel has closed; what came before is still looked at, since it may say why. */
  closed(reason: CloseReason): void
  /** Tells nobody. */
  stop(): void
}

/** A worker may be killed and start again while it greets, but not for ever. */
const hellosMax = 5
/** What an honest node, which has seen our proof, may send while we are still looking at its own. */
const inboxBytesMax = 8 * 1024 * 1024
/** A hello that says nothing: the other end is to repeat its own, which went to a worker that is no more. */
const askAgain = Uint8Array.of(helloByte)

export const startGreeting = (options: GreetingOptions): Greeting => {
  const { channel, isAdopted, expected, purpose, self, members, clock, random } = options
  const { fingerprints } = channel
  const inbox: Uint8Array<ArrayBuffer>[] = []
  let inboxBytes = 0
  let isWorking = true
  let isOver = false
  let closedBy: CloseReason | undefined
  let hellos = 0
  let ownFrame: Uint8Array<ArrayBuffer> | undefined
  let theirFrame: Uint8Array<ArrayBuffer> | undefined
  let transcript: Transcript | undefined
  let ownProof: Uint8Array<ArrayBuffer> | undefined
  let hasAsked = false
  let sealPair: CryptoKeyPair | undefined
  let seals: Seals | undefined

  const end = (): boolean => {
    if (isOver) return false
    isOver = true
    cancelTimer()
    return true
  }
  const send = async (frame: Uint8Array<ArrayBuffer>): Promise<void> => {
    channel.send(seals === undefined ? frame : await seals.seal(frame))
  }
  const fail = async (error: unknown): Promise<void> => {
    if (!end()) return
    const reason = { code: errorCode(error), message: errorMessage(error) }
    const told = reason.code === 'ERR_INTERNAL' ? 'It could not go on.' : reason.message
    try {
      await send(encodeFrame({ type: 'bye', code: reason.code, message: told }))
    } finally {
      options.onFailed(reason, 'us')
    }
  }
  const cancelTimer = clock.after(proofTimeMax, () => {
    const message = `The other device did not prove who it is within ${proofTimeMax / 1000} seconds.`
    void fail(new ShoalError('ERR_PROOF_TIMEOUT', message))
  })

  const begin = async (): Promise<Hello> => {
    if (fingerprints === undefined) sealPair = await makeBoxPair()
    const hello: Hello = {
      versions: options.versions,
      node: self.signer.id,
      swarm: self.swarm,
      purpose,
      path: self.path(),
      nonce: makeNonce(random),
      sealKey: sealPair === undefined ? undefined : await publicBytes(sealPair),
      build: options.build,
      time: Math.round(clock.now()),
    }
    ownFrame = encodeHello(hello)
    if (!isOver) channel.send(ownFrame)
    return hello
  }

  const onHello = async (own: Hello, frame: Uint8Array<ArrayBuffer>): Promise<void> => {
    if (ownFrame === undefined || (theirFrame !== undefined && equalBytes(theirFrame, frame))) return
    hellos += 1
    if (hellos > hellosMax) refuse('ERR_FRAME', 'The other end began anew again and again.')
    if (frame.length === askAgain.length && sealPair === undefined) {
      channel.send(ownFrame)
      if (ownProof !== undefined) channel.send(ownProof)
      return
    }
    if (theirFrame !== undefined) {
      // under the same keys nothing may be sealed twice: the next connection does it
      if (seals !== undefined) refuse('ERR_RESTARTED', 'The other device started again in the middle of its proof.')
      channel.send(ownFrame)
    }
    theirFrame = frame
    const theirs = decodeHello(frame, options.versions)
    judgeHello(own, theirs, expected)
    transcript = { own, theirs, ownHash: await hashHello(ownFrame), theirHash: await hashHello(frame) }
    if (sealPair !== undefined) seals = await deriveSeals(sealPair, transcript)
    ownProof = await makeProof(transcript, fingerprints, self.signer)
    if (!isOver) await send(ownProof)
  }

  const onProof = async (frame: Uint8Array<ArrayBuffer>): Promise<void> => {
    if (transcript === undefined) return
    const { theirs, ownHash } = transcript
    const proof = decodeProof(frame)
    const isOurs = equalBytes(proof.answers, ownHash)
    if (!isOurs && isAdopted) return
    if (!isOurs || !(await checkProof(transcript, fingerprints, proof))) {
      refuse(
        'ERR_PROOF',
        'The other end could not prove who it is: somebody stands between, or repeats what he overheard.',
      )
    }
    const entry = theirs.purpose === 'member' ? await members.judge(theirs.path, theirs.node) : undefined
    if (theirs.purpose === 'member' && entry === undefined) {
      refuse('ERR_NOT_A_MEMBER', `The device ${theirs.node} is not a member of this swarm.`)
    }
    if (!end()) return
    const version = Math.max(...options.versions.filter((one) => theirs.versions.includes(one)))
    const helloFrame = theirFrame ?? askAgain
    options.onProven({ hello: theirs, helloFrame, entry, version, seals, rest: inbox.splice(0) })
  }

  const onBye = (frame: Uint8Array<ArrayBuffer>): void => {
    const bye = decodeFrame(frame)
    if (bye?.type !== 'bye' || !end()) return
    // the words of somebody who has proved nothing do not reach the diary, nor codes that nobody knows
    const message = bye.code === 'ERR_PROTOCOL_VERSION' ? versionMessage : 'The other device refused the link.'
    options.onFailed({ code: refusalCodes.has(bye.code) ? bye.code : 'ERR_REFUSED', message }, 'them')
  }

  const handle = async (own: Hello, frame: Uint8Array<ArrayBuffer>): Promise<void> => {
    if (frame[0] === helloByte) return onHello(own, frame)
    if (transcript === undefined && isAdopted) {
      // it answers a hello of ours, so it has said its own to the worker before
      if (frame[0] === proofByte && !hasAsked) channel.send(askAgain.slice())
      hasAsked ||= frame[0] === proofByte
      return
    }
    const plain = seals === undefined || frame[0] === byeByte ? frame : await seals.open(frame)
    if (isOver) return
    if (plain[0] === byeByte) return onBye(plain)
    if (plain[0] === proofByte && transcript !== undefined) return onProof(plain)
    refuse('ERR_FRAME_BEFORE_PROOF', 'The other end spoke of other things before it proved who it is.')
  }

  const work = async (own: Hello): Promise<void> => {
    isWorking = true
    try {
      for (let frame = inbox.shift(); frame !== undefined && !isOver; frame = inbox.shift()) {
        inboxBytes -= frame.length
        await handle(own, frame)
      }
    } catch (error) {
      await fail(error)
    }
    isWorking = false
    if (closedBy !== undefined && end()) options.onFailed(closedBy, 'channel')
  }

  let hello: Hello | undefined
  begin().then(
    (made) => {
      hello = made
      return work(made)
    },
    (error: unknown) => fail(error),
  )
  return {
    receive: (frame) => {
      if (isOver) return
      inbox.push(frame)
      inboxBytes += frame.length
      if (inboxBytes > inboxBytesMax) {
        void fail(
          new ShoalError('ERR_FRAME_BEFORE_PROOF', 'The other end sent more than anybody may before its proof.'),
        )
      } else if (!isWorking && hello !== undefined) void work(hello)
    },
    closed: (reason) => {
      closedBy = reason
      if (!isWorking && end()) options.onFailed(reason, 'channel')
    },
    stop: () => {
      end()
    },
  }
}

/** With which an honest node ends a greeting, see `docs/protocol.md`. */
const refusalCodes: ReadonlySet<string> = new Set([
  'ERR_PROTOCOL_VERSION',
  'ERR_OWN_IDENTITY',
  'ERR_OTHER_SWARM',
  'ERR_UNEXPECTED_NODE',
  'ERR_NOT_A_MEMBER',
  'ERR_MEMBER_LEFT',
  'ERR_RETIRED',
  'ERR_REVOKED',
  'ERR_PROOF',
  'ERR_PROOF_TIMEOUT',
  'ERR_FRAME_BEFORE_PROOF',
  'ERR_FRAME',
  'ERR_SEAL',
  'ERR_RESTARTED',
  'ERR_TOO_MANY_LINKS',
  'ERR_LEAVING',
  'ERR_INTERNAL',
])

const versionMessage =
  'The other device speaks a version of the protocol that is too far from this one. Update Shoal on the older of both.'
