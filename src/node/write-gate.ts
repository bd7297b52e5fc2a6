/**
 * What all that this node writes passes: waits while somebody's claim to hold other events of ours is looked into, and ends once it is proved that
 * a copy of this device is at work (RULES 17). What was asked for then waits for the new identity, and is asked again of the node that opens under
 * it; where that does not come within a moment it is refused with a sentence, and nothing was written: never answered and lost.
 */
import type { Clock } from '../core/clock.ts'
import { errorCode, ShoalError } from '../core/errors.ts'
import type { EventDraft, Published } from '../core/event.ts'
import type { Signer } from '../crypto/keys.ts'
import type { AppendOptions } from '../log/contract.ts'
import type { OwnLog } from '../log/log.ts'

/** A renewal takes a second where a member is linked. Milliseconds. */
const renewalWaitMax = 5000

export interface Doubt {
  readonly isInDoubt: boolean
  settled(): Promise<void>
}

const renewing = (): ShoalError =>
  new ShoalError(
    'ERR_IDENTITY_RENEWING',
    'A copy of this device is at work, so this one is getting an identity of its own. Nothing was written; try again in a moment. It needs a link to one other device for that.',
  )

/** A key that can be taken out of use at once: what is queued in the log by then is signed no more. */
export interface StoppableSigner {
  readonly signer: Signer
  stop(): void
}

export const stoppable = (signer: Signer): StoppableSigner => {
  let isStopped = false
  return {
    signer: {
      id: signer.id,
      sign: (bytes) => (isStopped ? Promise.reject(renewing()) : signer.sign(bytes)),
    },
    stop: () => {
      isStopped = true
    },
  }
}

export interface WriteGate {
  /** The log as everybody but the renewal uses it. */
  readonly log: OwnLog
  /** Whose doubts are waited for. */
  watch(doubt: Doubt): void
  /** From now on nothing is written. */
  stop(): void
  /** Everything that was let through is written, or has failed. */
  drained(): Promise<void>
  /** What waits is refused at once. */
  close(): void
}

/** Clients ask the next node the same by themselves. */
const closed = (): ShoalError =>
  new ShoalError('ERR_NODE_CLOSED', 'The node is stopping, and nothing was written; ask again in a moment.')

/** `key`: what the runs of `log` are signed by. */
export const createWriteGate = (
  log: OwnLog,
  clock: Pick<Clock, 'after'>,
  key: Pick<StoppableSigner, 'stop'>,
): WriteGate => {
  let doubt: Doubt | undefined
  let isStopped = false
  let isClosed = false
  const under = new Set<Promise<unknown>>()
  const waiting = new Set<(error: ShoalError) => void>()

  const pass = (drafts: readonly EventDraft[], options: AppendOptions): Promise<readonly Published[]> => {
    const writing = log.append(drafts, options)
    under.add(writing)
    const forget = (): void => void under.delete(writing)
    writing.then(forget, forget)
    // it was in the queue when the key went out of use
    return writing.catch((error: unknown) => {
      if (isStopped && errorCode(error) === 'ERR_IDENTITY_RENEWING') return refuseLater()
      throw error
    })
  }

  const refuseLater = (): Promise<never> =>
    new Promise((_, reject) => {
      const end = (error: ShoalError): void => {
        cancel()
        waiting.delete(end)
        reject(error)
      }
      const cancel = clock.after(renewalWaitMax, () => end(renewing()))
      if (isClosed) end(closed())
      else waiting.add(end)
    })

  const afterDoubt = async (drafts: readonly EventDraft[], options: AppendOptions): Promise<readonly Published[]> => {
    while (doubt?.isInDoubt === true && !isStopped) await doubt.settled()
    return isStopped ? refuseLater() : pass(drafts, options)
  }

  return {
    log: {
      ...log,
      append: (drafts, options) => {
        if (isStopped) return refuseLater()
        return doubt?.isInDoubt === true ? afterDoubt(drafts, options) : pass(drafts, options)
      },
    },
    watch: (next) => {
      doubt = next
    },
    stop: () => {
      isStopped = true
      key.stop()
    },
    drained: async () => {
      while (under.size > 0) await Promise.allSettled(under)
    },
    close: () => {
      isClosed = true
      for (const end of waiting) end(closed())
    },
  }
}
