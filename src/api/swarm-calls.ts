/** What the API can do with the node's swarm. Every call may be asked twice: a worker that dies between its deed and its answer is asked again. */
import { errorCode } from '../core/errors.ts'
import type { StreamId } from '../core/event.ts'
import type { FormerLog, Horizon, InvitationDetails, Node, Safety, SwarmStatus } from '../node/contract.ts'
import type { Fleet } from '../node/fleet-contract.ts'
import type { Lines } from './items.ts'

export interface SwarmCalls extends Fleet {
  status(): SwarmStatus
  /** A status when `wait` milliseconds have passed, then one on every change, at most every `watchEvery`. */
  watch(wait: number, signal: AbortSignal): Lines
  found(name: string): Promise<{ readonly swarmId: string; readonly recoveryCode: string }>
  recoveryKept(): Promise<void>
  readInvitation(link: string): Promise<InvitationDetails>
  /** `again`: it may have been asked before, by a page that did not hear the answer. */
  join(link: string, again: boolean): Promise<void>
  cancelJoin(): Promise<void>
  /** Does nothing unless this is still the node that was to leave. */
  leave(node: string): Promise<void>
  code(pasted: string | undefined): Promise<string>
  stations(urls: readonly string[] | undefined): Promise<readonly string[]>
  safety(stream: StreamId, offset: number): Safety
  horizon(): Horizon
  former(): Promise<readonly FormerLog[]>
}

/** Milliseconds. */
export const watchEvery = 500

const nothingForNow: readonly string[] = []

export const createSwarmCalls = ({ id, swarm, clock }: Node): SwarmCalls => {
  async function* watch(wait: number, signal: AbortSignal): Lines {
    let hasChanged = true
    let wake: (() => void) | undefined
    const stir = (): void => {
      wake?.()
      wake = undefined
    }
    const sleep = (): Promise<void> => new Promise((resolve) => (wake = resolve))
    /** Through every change, since only the last of them is told. */
    const pause = async (ms: number): Promise<void> => {
      let isOver = false
      const stop = clock.after(ms, () => {
        isOver = true
        stir()
      })
      while (!isOver && !signal.aborted) await sleep()
      stop()
    }
    const stopListening = swarm.onStatus(() => {
      hasChanged = true
      stir()
    })
    signal.addEventListener('abort', stir)
    let told: string | undefined
    try {
      if (wait > 0) await pause(wait)
      for (;;) {
        while (!hasChanged && !signal.aborted) await sleep()
        if (signal.aborted) return
        hasChanged = false
        const line = JSON.stringify(swarm.status())
        if (line === told) continue
        told = line
        yield [line]
        yield nothingForNow
        await pause(watchEvery)
      }
    } finally {
      stopListening()
      signal.removeEventListener('abort', stir)
    }
  }

  return {
    status: () => swarm.status(),
    watch,
    found: (name) => swarm.found(name),
    recoveryKept: () => swarm.recoveryKept(),
    invite: (options) => swarm.invite(options),
    readInvitation: (link) => swarm.readInvitation(link),
    join: async (link, again) => {
      try {
        await swarm.join(link)
      } catch (error) {
        if (!again || errorCode(error) !== 'ERR_ALREADY_MEMBER') throw error
      }
    },
    cancelJoin: () => swarm.cancelJoin(),
    leave: async (node) => {
      if (node === id) await swarm.leave()
    },
    code: (pasted) => swarm.code(pasted),
    stations: (urls) => swarm.stations(urls),
    safety: (stream, offset) => swarm.safety(stream, offset),
    horizon: () => swarm.horizon(),
    former: () => swarm.former(),
    withdraw: (invitation) => swarm.withdraw(invitation),
    promote: (node) => swarm.promote(node),
    retire: (node) => swarm.retire(node),
    close: (node) => swarm.close(node),
    revoke: (node, options) => swarm.revoke(node, options),
    replace: (old, replacement) => swarm.replace(old, replacement),
    remains: (node) => swarm.remains(node),
    recover: (code) => swarm.recover(code),
  }
}
