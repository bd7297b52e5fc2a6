/** The newcomer's side of joining: cut at every step, lied to, put off; against the real member's side over real links. */
import { describe, expect, it } from 'vitest'
import type { JoinFrame, Link, LinkFrame, LinkListener } from '../../src/replication/contract.ts'
import { writeAdmission } from '../../src/swarm/admission.ts'
import type { Invitation } from '../../src/swarm/contract.ts'
import type { NewMembership } from '../../src/swarm/membership.ts'
import type { Newcomer } from '../../src/swarm/newcomer.ts'
import { createNewcomer, judgeOffer } from '../../src/swarm/newcomer.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock } from '../api/manual-clock.ts'
import { start } from '../log/fixture.ts'
import { admit, foundSwarm, makeTicket, newBoxKey, newMember, newSigner } from './fixture.ts'
import type { OpenMember, Visit } from './member-node.ts'
import { openMember, until, visit } from './member-node.ts'

const { founder, swarm, founding } = await foundSwarm()
const boxKey = await newBoxKey()
const second = await newMember(swarm, founder)

const invitationOf = async (change = {}): Promise<Invitation> => {
  const made = await makeTicket(swarm, founder, change)
  return { ...made, swarmName: 'Plant', stations: [] }
}

/** A device that joins: what it has on its disk outlives its process. */
const openDevice = async (invitation: Invitation, clock: ManualClock) => {
  const signer = await newSigner()
  const device = {
    signer,
    disk: undefined as NewMembership | undefined,
    commits: 0,
    steps: [] as string[],
    joined: undefined as number | undefined,
    failed: undefined as string | undefined,
    codes: [] as string[],
    newcomer: undefined as Newcomer | undefined,
    links: [] as Link[],
    /** Seen by a cut, before the frame is. */
    onFrame: undefined as ((frame: LinkFrame) => boolean) | undefined,
    commit: (membership: NewMembership): Promise<void> => {
      device.disk = membership
      device.commits += 1
      return Promise.resolve()
    },
    /** A process starts: with what is on the disk. */
    start: () => {
      device.newcomer = createNewcomer({
        invitation,
        node: signer.id,
        boxKey,
        displayName: 'Tablet',
        clock,
        isCommitted: device.disk !== undefined,
        commit: (membership) => device.commit(membership),
        onStep: (step) => void device.steps.push(step),
        onJoined: (lamport) => void (device.joined = lamport),
        onFailed: (code) => void (device.failed = code),
        report: (code) => void device.codes.push(code),
      })
    },
    meet: (member: OpenMember, kind?: 'memory' | 'webrtc'): Visit =>
      visit(
        {
          signer,
          swarm,
          path: device.newcomer?.isCommitted === true ? (device.disk?.path ?? []) : [],
          onLink: (link): LinkListener => {
            device.links.push(link)
            const listener = device.newcomer?.attach(link)
            if (listener === undefined) throw new Error('not started')
            return { ...listener, onFrame: (frame) => device.onFrame?.(frame) === true || listener.onFrame(frame) }
          },
        },
        member,
        kind,
      ),
  }
  device.start()
  return device
}

const openBoth = async (change = {}) => {
  const clock = createManualClock(start)
  const one = await openMember(swarm, founder, [founding, second.admission], { clock })
  const other = await openMember(swarm, second.signer, [founding, second.admission], { clock })
  const invitation = await invitationOf(change)
  const device = await openDevice(invitation, clock)
  return { clock, one, other, invitation, device }
}

const isOver = (device: Awaited<ReturnType<typeof openDevice>>) => () =>
  device.joined !== undefined || device.failed !== undefined

describe('joining', () => {
  it.each(['webrtc', 'memory'] as const)('in one go, over %s', async (kind) => {
    const { clock, one, device } = await openBoth()
    device.meet(one, kind)
    await until(clock, isOver(device))
    expect(device).toMatchObject({ joined: 1, failed: undefined, commits: 1, steps: ['proving', 'committing'] })
    expect(one.members.isMember(device.signer.id)).toBe(true)
    expect(device.disk?.path).toEqual(one.members.path(device.signer.id))
    expect(device.disk?.hints).toEqual({ swarmName: 'Plant', stations: ['wss://a.example/signal'] })
  })

  it('asks one member at a time, and lets the others go', async () => {
    const { clock, one, other, device } = await openBoth()
    device.meet(one)
    device.meet(other)
    await until(clock, isOver(device))
    expect(device.commits).toBe(1)
    expect(one.members.isMember(device.signer.id)).not.toBe(other.members.isMember(device.signer.id))
  })

  it('a refusal for now: the next member is asked', async () => {
    const clock = createManualClock(start)
    const admin = await newMember(swarm, founder, founder, 'admin')
    const one = await openMember(swarm, founder, [founding], { clock })
    const other = await openMember(swarm, second.signer, [founding, second.admission, admin.admission], { clock })
    const made = await makeTicket(swarm, admin.signer)
    const device = await openDevice({ ...made, swarmName: '', stations: [] }, clock)
    device.meet(one)
    await until(clock, () => device.codes.includes('ERR_JOIN_LATER'))
    device.meet(other)
    await until(clock, isOver(device))
    expect(device.joined).toBe(1)
  })

  it('a refusal for good ends it', async () => {
    const { clock, one, device } = await openBoth({ expires: start + 1_000_000 })
    clock.pass(1000)
    device.meet(one)
    await until(clock, isOver(device))
    expect(device).toMatchObject({ failed: 'ERR_INVITATION_EXPIRED', joined: undefined, commits: 0 })
  })

  it('a member that falls asleep is left for another', async () => {
    const { clock, one, other, device } = await openBoth()
    device.onFrame = () => true
    device.meet(one)
    await until(clock, () => device.codes.includes('ERR_JOIN_TIMEOUT'), 50)
    device.onFrame = undefined
    device.meet(other)
    await until(clock, isOver(device))
    expect(device.joined).toBe(1)
    expect(one.members.isMember(device.signer.id)).toBe(false)
  })

  it('what cannot be written down ends it with the code of the store', async () => {
    const { clock, one, device } = await openBoth()
    device.commit = () => Promise.reject(Object.assign(new Error('full'), { code: 'ERR_STORE_FULL' }))
    device.meet(one)
    await until(clock, isOver(device))
    expect(device.failed).toBe('ERR_INTERNAL')
    expect(one.members.isMember(device.signer.id)).toBe(false)
  })

  it('closed in the middle of the commit: nothing is said, nobody is told', async () => {
    const { clock, one, device } = await openBoth()
    let written = (): void => undefined
    device.commit = () => new Promise((resolve) => (written = resolve))
    device.meet(one)
    await until(clock, () => device.steps.includes('committing'))
    device.newcomer?.close()
    written()
    let turns = 0
    await until(clock, () => turns++ > 50)
    expect(device.joined).toBeUndefined()
    expect(one.members.isMember(device.signer.id)).toBe(false)
  })
})

describe('cut', () => {
  const cuts = [
    'before the request',
    'before the offer',
    'in the commit',
    'before it is said',
    'before `joined`',
  ] as const

  /** Cuts the first meeting at a step, kills the process or only the link; answers the device as it goes on. */
  const cutAt = async (step: (typeof cuts)[number], kill: boolean, elsewhere: boolean) => {
    const both = await openBoth()
    const { clock, one, other, device } = both
    let first: Visit | undefined
    let isCut = false
    const cut = (): void => {
      isCut = true
      first?.pair.break()
    }
    if (step === 'before the offer') device.onFrame = (frame) => frame.type === 'joinOffer' && (cut(), true)
    if (step === 'before `joined`') device.onFrame = (frame) => frame.type === 'joined' && (cut(), true)
    const { commit } = device
    if (step === 'in the commit' || step === 'before it is said') {
      device.commit = async (membership) => {
        if (step === 'before it is said') await commit(membership)
        cut()
        // the process dies before the medium has it
        if (step === 'in the commit' && kill) return new Promise(() => undefined)
        if (step === 'in the commit') await commit(membership)
        return undefined
      }
    }
    first = device.meet(one)
    if (step === 'before the request') {
      await until(clock, () => device.links.length > 0)
      cut()
    }
    await until(clock, () => isCut)
    let turns = 0
    await until(clock, () => turns++ > 20)
    expect(device.joined).toBeUndefined()
    device.onFrame = undefined
    device.commit = commit
    if (kill) {
      device.newcomer?.close()
      device.start()
    }
    device.meet(elsewhere ? other : one)
    await until(clock, isOver(device))
    return both
  }

  const cases = cuts.flatMap((step) =>
    [true, false].flatMap((kill) =>
      [true, false].map((elsewhere) => [step, kill ? 'and killed' : '', elsewhere ? 'another' : 'the same'] as const),
    ),
  )

  it.each(cases)('%s %s, it goes on with %s member', async (step, kill, where) => {
    const { one, other, device, invitation } = await cutAt(step, kill !== '', where === 'another')
    expect(device.failed).toBeUndefined()
    expect(device.joined).toBeGreaterThan(0)
    const goneOn = where === 'another' ? other : one
    expect(goneOn.members.get(device.signer.id)?.admission.bytes).toEqual(device.disk?.path.at(-1))
    expect(goneOn.members.usesOf(invitation.ticket.tokenId)).toBe(1)
    await goneOn.record.settled()
    expect(goneOn.record.isAdmitted(device.signer.id)).toBe(true)
  })
})

describe('an offer', () => {
  const offer = (admissions: readonly Uint8Array[]): Extract<JoinFrame, { type: 'joinOffer' }> => ({
    type: 'joinOffer',
    admissions,
    swarmKey: new Uint8Array(32),
    keyEpoch: 0,
    swarmName: 'Plant\n2',
    stations: ['wss://a.example/signal', 'nonsense'],
  })
  const refusal = { code: 'ERR_JOIN_OFFER' }

  it('leads from the root of the invitation to this device', async () => {
    const made = await makeTicket(swarm, founder)
    const node = (await newSigner()).id
    const own = await admit(founder, node, made, { boxKey })
    expect(await judgeOffer(offer([founding, own]), made, node, boxKey)).toEqual({
      path: [founding, own],
      swarmKey: { key: new Uint8Array(32), epoch: 0 },
      hints: { swarmName: 'Plant 2', stations: ['wss://a.example/signal'] },
    })
  })

  it('of another swarm, to another node, for another key, role or invitation is none', async () => {
    const made = await makeTicket(swarm, founder)
    const wider = await makeTicket(swarm, founder, { role: 'admin' })
    const node = (await newSigner()).id
    const own = await admit(founder, node, made, { boxKey })
    const other = await foundSwarm(founder)
    const judge = (admissions: readonly Uint8Array[], ticket = made, key = boxKey, self = node) =>
      judgeOffer(offer(admissions), ticket, self, key)
    await expect(judge([])).rejects.toMatchObject(refusal)
    await expect(judge([own])).rejects.toMatchObject(refusal)
    await expect(judge([founding])).rejects.toMatchObject(refusal)
    await expect(judge([founding, own], made, boxKey, founder.id)).rejects.toMatchObject(refusal)
    await expect(judge([founding, own], made, await newBoxKey())).rejects.toMatchObject(refusal)
    await expect(judge([founding, own], await makeTicket(swarm, founder))).rejects.toMatchObject(refusal)
    const less = await admit(founder, node, wider, { boxKey, role: 'member' })
    await expect(judge([founding, less], wider)).rejects.toMatchObject(refusal)
    const elsewhere = await makeTicket(other.swarm, founder)
    const foreign = [other.founding, await admit(founder, node, elsewhere, { boxKey })]
    await expect(judge(foreign, made)).rejects.toMatchObject(refusal)
    await expect(judge([founding, writeAdmission(own, undefined)])).rejects.toMatchObject(refusal)
  })

  it('that is a lie: its link is let go and the next member asked', async () => {
    const { clock, one, other, device } = await openBoth()
    device.onFrame = (frame) => {
      if (frame.type !== 'joinOffer' || device.codes.length > 0) return false
      device.onFrame = undefined
      // the first member swaps the admission for one of its own making
      Object.assign(frame, { admissions: frame.admissions.toSpliced(-1, 1, founding) })
      return false
    }
    device.meet(one)
    await until(clock, () => device.codes.includes('ERR_JOIN_OFFER'))
    device.meet(other)
    await until(clock, isOver(device))
    expect(device.joined).toBe(1)
    expect(other.members.isMember(device.signer.id)).toBe(true)
  })
})
