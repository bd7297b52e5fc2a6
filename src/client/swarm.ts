/** `shoal.swarm` over a link. */
import type { PortCall } from '../api/port-contract.ts'
import type { Clock } from '../core/clock.ts'
import { ShoalError } from '../core/errors.ts'
import { jsonText } from '../core/json-text.ts'
import { callOnce } from './calls.ts'
import type { InvitationDetails, Swarm, SwarmStatus } from './contract.ts'
import type { Link } from './link.ts'
import { createWatch } from './watch.ts'

/** Between two nodes, neither the join nor the membership may be seen for a moment; later it is over. Milliseconds. */
const nothingSeenMax = 2000

/** Whether the join into `swarmId` has come to its end, by what the node says of it. */
const outcomeOf = (
  { state, swarmId, joining }: SwarmStatus,
  into: string,
): 'member' | 'under way' | 'nothing' | ShoalError => {
  if (state === 'member' && swarmId === into) return 'member'
  if (joining === undefined) return 'nothing'
  if (!joining.failed) return 'under way'
  const { code = 'ERR_JOIN_FAILED', message = 'Joining failed; ask for a new invitation.' } = joining.problem ?? {}
  return new ShoalError(code, message)
}

const cancelled = (): ShoalError =>
  new ShoalError('ERR_JOIN_CANCELLED', 'Joining was cancelled on this device. Open the invitation again to join.')

export const createSwarm = (link: Link, clock: Clock): Swarm => {
  const ask = async <T>(call: PortCall, body: object = {}): Promise<T> =>
    JSON.parse(await callOnce(link, call, jsonText(body))) as T
  const order = async (call: PortCall, body: object = {}): Promise<void> => {
    await callOnce(link, call, jsonText(body))
  }
  const status = (): Promise<SwarmStatus> => ask('swarm_status')

  /** Resolves when the node has taken the join up, at the latest when it is done. */
  const beginJoin = (invitation: string): Promise<void> =>
    new Promise((resolve, reject) => {
      let asked = 0
      link.ask({
        call: 'swarm_join',
        patient: true,
        body: () => jsonText({ link: invitation, again: asked++ > 0 }),
        onNext: (_lines, more) => more(),
        onEnd: (error) => (error === undefined ? resolve() : reject(error)),
      })
    })
  const awaitMembership = (into: string): Promise<SwarmStatus> =>
    new Promise((resolve, reject) => {
      let stopWaiting: () => void = () => undefined
      const fail = (error: ShoalError): void => {
        stopWaiting()
        stop()
        reject(error)
      }
      const stop = createWatch(
        link,
        clock,
        (current) => {
          stopWaiting()
          const outcome = outcomeOf(current, into)
          if (outcome === 'under way') return
          if (outcome === 'nothing') stopWaiting = clock.after(nothingSeenMax, () => fail(cancelled()))
          else if (outcome === 'member') {
            stop()
            resolve(current)
          } else fail(outcome)
        },
        fail,
      )
    })

  return {
    status,
    watch: (listener) => createWatch(link, clock, listener),
    found: (name) => ask('swarm_found', { name }),
    recoveryKept: () => order('swarm_recovery_kept'),
    invite: (options = {}) => ask('swarm_invite', options),
    readInvitation: (invitation) => ask('swarm_read_invitation', { link: invitation }),
    join: async (invitation) => {
      const { swarmId } = await ask<InvitationDetails>('swarm_read_invitation', { link: invitation })
      await beginJoin(invitation)
      return awaitMembership(swarmId)
    },
    cancelJoin: () => order('swarm_cancel_join'),
    members: async () => (await status()).devices,
    // named, so that asking again does not make the next node leave as well
    leave: async () => order('swarm_leave', { node: (await status()).node }),
    code: (pasted) => ask('swarm_code', pasted === undefined ? {} : { pasted }),
    stations: (urls) => ask('swarm_stations', urls === undefined ? {} : { urls }),
    safety: ({ stream, offset }) => ask('swarm_safety', { stream, offset }),
    horizon: () => ask('swarm_horizon'),
    former: () => ask('swarm_former'),
    withdraw: (invitation) => order('swarm_withdraw', { invitation }),
    promote: (node) => order('swarm_promote', { node }),
    retire: (node) => order('swarm_retire', { node }),
    close: (node) => order('swarm_close', { node }),
    revoke: (node, options = {}) => order('swarm_revoke', { node, ...options }),
    replace: (old, replacement) => order('swarm_replace', { old, replacement }),
    remains: (node) => ask('swarm_remains', { node }),
    recover: (code) => order('swarm_recover', { recoveryCode: code }),
  }
}
