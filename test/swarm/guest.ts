/** A newcomer at a member's door, which says what it is told to. */
import type { JoinFrame, Link, LinkFrame } from '../../src/replication/contract.ts'
import { signClaim } from '../../src/swarm/ticket.ts'
import type { MadeTicket } from './fixture.ts'
import { newBoxKey, newSigner } from './fixture.ts'
import type { OpenMember } from './member-node.ts'
import { listenerOf, until, visit } from './member-node.ts'

export type JoinRequest = Extract<JoinFrame, { type: 'joinRequest' }>

export const boxKey = await newBoxKey()

/** A newcomer that sends what it is told to, and remembers what it hears. */
export const come = async (
  member: OpenMember,
  signer?: Awaited<ReturnType<typeof newSigner>>,
  path: Uint8Array[] = [],
) => {
  const self = signer ?? (await newSigner())
  const frames: LinkFrame[] = []
  let link: Link | undefined
  let closed: string | undefined
  const { pair } = visit(
    {
      signer: self,
      swarm: member.swarm,
      path,
      onLink: (made) => {
        link = made
        return {
          ...listenerOf((frame) => void frames.push(frame)),
          onClose: ({ code }) => {
            closed = code
          },
        }
      },
    },
    member,
  )
  await until(member.clock, () => link !== undefined)
  /** Sends, and waits for the next answer. */
  const say = async (frame: LinkFrame): Promise<JoinFrame> => {
    const before = frames.length
    link?.send(frame)
    await until(member.clock, () => frames.length > before)
    return frames[before] as JoinFrame
  }
  const request = async (made: MadeTicket, change: Partial<JoinRequest> = {}): Promise<JoinRequest> => {
    const claim = await signClaim(made.token, { swarm: made.ticket.swarm, node: self.id, boxKey })
    return { type: 'joinRequest', claim, ticket: made.ticketBytes, boxKey, displayName: 'Tablet', ...change }
  }
  const ask = async (made: MadeTicket, change: Partial<JoinRequest> = {}) => say(await request(made, change))
  return {
    signer: self,
    node: self.id,
    pair,
    frames,
    send: (frame: LinkFrame) => link?.send(frame),
    say,
    request,
    ask,
    commit: () => say({ type: 'joinCommitted' }),
    closed: () => closed,
    leave: () => link?.close({ code: 'ERR_LEAVING', message: '' }),
  }
}
