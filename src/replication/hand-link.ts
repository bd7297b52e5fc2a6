/**
 * Links without any station: two people carry an offer one way and the answer back. What opens proves itself as every other channel does, so
 * a code need not be kept secret.
 */
import type { Clock } from '../core/clock.ts'
import { ShoalError } from '../core/errors.ts'
import { handCodeAgeMax } from '../core/limits.ts'
import type { Channel, CloseReason, Dialling, Radio } from '../transport/contract.ts'
import { offerName, readHandCode, writeHandCode } from './hand-code.ts'

/** Codes waited for at once; another one more gives up the oldest. */
const waitingMax = 4

export interface HandLinks {
  /** A code to be taken to the other device. `ERR_NO_RADIO` without a visible tab. */
  offer(): Promise<string>
  /** The answer to an offer, to be taken back. `ERR_CODE`, `ERR_NO_RADIO`. */
  answer(code: string): Promise<string>
  /** Takes the answer to an offer of this device. `ERR_CODE`; `ERR_CODE_EXPIRED` when it is not waited for any more. */
  accept(code: string): void
  /** One for all: without text an offer, for an offer its answer, for an answer `''`. */
  code(pasted?: string): Promise<string>
  close(): void
}

export interface HandLinkOptions {
  readonly radio: Radio
  readonly clock: Clock
  readonly onChannel: (channel: Channel, opened: { readonly isOutgoing: boolean; readonly begunAt: number }) => void
}

interface Waiting {
  /** The code that this device showed. */
  readonly shown: Promise<string>
  readonly isOffer: boolean
  giveUp(): void
  signal(signal: Uint8Array): void
}

export const createHandLinks = ({ radio, clock, onChannel }: HandLinkOptions): HandLinks => {
  /** By the name of the offer. */
  const waiting = new Map<string, Waiting>()
  let closed = false

  const noRadio = (): ShoalError =>
    new ShoalError(
      'ERR_NO_RADIO',
      'No tab of Shoal is on the screen, and only a tab can hold links. Open one, and try again.',
    )

  /** Names what waits once that is known: an offer is named by its content. */
  const begin = (theirs: { readonly name: string; readonly signal: Uint8Array } | undefined): Waiting => {
    const initiator = theirs === undefined
    const begunAt = clock.monotonic()
    let name = theirs?.name
    let cancel = (): void => undefined
    const forget = (): void => {
      cancel()
      if (name !== undefined && waiting.get(name) === entry) waiting.delete(name)
    }
    let dialling: Dialling | undefined
    let refuse = (_error: ShoalError): void => undefined
    const giveUp = (): void => {
      forget()
      dialling?.close()
      refuse(new ShoalError('ERR_CODE_EXPIRED', 'This code is not waited for any more. Begin again with a new one.'))
    }
    const shown = new Promise<string>((resolve, reject) => {
      if (closed || !radio.isReady) return reject(noRadio())
      refuse = reject
      const onSignal = (signal: Uint8Array<ArrayBuffer>): void => {
        name ??= offerName(signal)
        if (initiator) keep(name, entry)
        resolve(writeHandCode({ type: initiator ? 'offer' : 'answer', name, signal }))
      }
      const onFail = ({ code, message }: CloseReason): void => {
        forget()
        reject(code === 'ERR_NO_RADIO' ? noRadio() : new ShoalError(code, message))
      }
      const onOpen = (channel: Channel): void => {
        forget()
        if (closed) channel.close()
        else onChannel(channel, { isOutgoing: initiator, begunAt })
      }
      dialling = radio.dial({ initiator, onSignal, onOpen, onFail, within: handCodeAgeMax })
      if (theirs !== undefined) dialling.signal(theirs.signal)
      cancel = clock.after(handCodeAgeMax, giveUp)
    })
    const entry: Waiting = { shown, isOffer: initiator, giveUp, signal: (signal) => dialling?.signal(signal) }
    return entry
  }

  const keep = (name: string, entry: Waiting): void => {
    waiting.set(name, entry)
    for (const oldest of waiting.values()) {
      if (waiting.size <= waitingMax) break
      oldest.giveUp()
    }
  }

  const answer = async (code: string): Promise<string> => {
    const offer = readHandCode(code)
    if (offer.type !== 'offer')
      throw new ShoalError(
        'ERR_CODE',
        'This code is an answer: it belongs on the device where the first code was made.',
      )
    const known = waiting.get(offer.name)
    if (known?.isOffer === true)
      throw new ShoalError('ERR_CODE', 'This code was made here. Paste it on the other device.')
    // pasted again: the same answer, as long as it is waited for
    if (known !== undefined) return known.shown
    const entry = begin(offer)
    if (radio.isReady) keep(offer.name, entry)
    return entry.shown
  }

  const accept = (code: string): void => {
    const taken = readHandCode(code)
    if (taken.type !== 'answer')
      throw new ShoalError(
        'ERR_CODE',
        'This code is an offer, no answer. Paste the code that the other device shows now.',
      )
    const entry = waiting.get(taken.name)
    if (entry?.isOffer !== true)
      throw new ShoalError(
        'ERR_CODE_EXPIRED',
        'This answer belongs to a code that is no longer waited for. Begin again with a new one.',
      )
    entry.signal(taken.signal)
  }

  return {
    offer: () => begin(undefined).shown,
    answer,
    accept,
    code: async (pasted) => {
      if (pasted === undefined) return begin(undefined).shown
      if (readHandCode(pasted).type === 'offer') return answer(pasted)
      accept(pasted)
      return ''
    },
    close: () => {
      closed = true
      for (const entry of [...waiting.values()]) entry.giveUp()
    },
  }
}
