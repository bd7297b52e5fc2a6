/** RULES 14–16: who is a member, whatever the order it is heard of, and whoever says it. */
import { decode } from 'cborg'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Signer } from '../../src/crypto/keys.ts'
import { admissionDepthMax, frameBytesMax } from '../../src/core/limits.ts'
import { parseAdmission, pathMax, writeAdmission } from '../../src/swarm/admission.ts'
import { parseCertificate, signCertificate } from '../../src/swarm/certificate.ts'
import { signTicket } from '../../src/swarm/ticket.ts'
import {
  admit,
  certificateOf,
  foundSwarm,
  makeTicket,
  newMember,
  newSigner,
  newToken,
  openRegister,
  start,
} from './fixture.ts'

const { root, founder, swarm, founding } = await foundSwarm()

const flip = (bytes: Uint8Array, place: number): Uint8Array =>
  bytes.map((byte, index) => (index === place ? byte ^ 1 : byte))

describe('members', () => {
  it('the founder by the word of the root, others by the word of a member on the ticket of an admin', async () => {
    const { members } = await openRegister(swarm)
    const a = await newMember(swarm, founder)
    const b = await newMember(swarm, founder, a.signer)
    expect(await members.learn([founding, a.admission, b.admission])).toEqual([founder.id, a.signer.id, b.signer.id])
    expect(members.list().map(({ admission, depth }) => [admission.certificate.role, depth])).toEqual([
      ['admin', 0],
      ['member', 1],
      ['member', 2],
    ])
    expect(members.isMember(b.signer.id)).toBe(true)
    expect(members.isMember((await newSigner()).id)).toBe(false)
  })

  it('in any order, in one call or in many', async () => {
    const first = await newMember(swarm, founder, founder, 'admin')
    const made = [founding, first.admission]
    let by: Signer = first.signer
    for (let count = 0; count < 5; count++) {
      const next = await newMember(swarm, first.signer, by)
      made.push(next.admission)
      by = next.signer
    }
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(made, { minLength: made.length }), fc.nat(6), async (order, cut) => {
        const { members, reports } = await openRegister(swarm)
        const learnt = [...(await members.learn(order.slice(0, cut))), ...(await members.learn(order.slice(cut)))]
        expect(new Set(learnt).size).toBe(made.length)
        expect(members.get(by.id)?.depth).toBe(6)
        expect(members.path(by.id)).toEqual(made)
        expect(reports).toEqual([])
      }),
      { numRuns: 15 },
    )
  })

  it('an admin by a ticket for admins makes tickets of its own; its path names both it rests on', async () => {
    const second = await newMember(swarm, founder, founder, 'admin')
    const a = await newMember(swarm, founder)
    const b = await newMember(swarm, second.signer, a.signer)
    const { members } = await openRegister(swarm)
    await members.learn([b.admission, a.admission, second.admission, founding])
    const path = members.path(b.signer.id)
    expect(path).toHaveLength(4)
    expect(path.at(-1)).toEqual(b.admission)
    const { members: stranger } = await openRegister(swarm)
    expect((await stranger.judge(path, b.signer.id))?.depth).toBe(2)
    expect(stranger.list()).toEqual([])
    expect(members.path((await newSigner()).id)).toEqual([])
  })

  it('kept durably, and read back without a word in the diary', async () => {
    const a = await newMember(swarm, founder)
    const { members, disk } = await openRegister(swarm)
    await members.learn([founding, a.admission])
    const again = await openRegister(swarm, disk)
    expect(again.members.list()).toEqual(members.list())
    expect(again.reports).toEqual([])
    expect(await again.members.learn([founding, a.admission])).toEqual([])
  })

  it('a damaged record is told and asked for again; the others stay', async () => {
    const a = await newMember(swarm, founder)
    const { members, disk } = await openRegister(swarm)
    await members.learn([founding, a.admission])
    const meta = disk.tables.get('meta')
    const kept = meta?.get(`member/${a.signer.id}`) ?? new Uint8Array()
    meta?.set(`member/${a.signer.id}`, flip(kept, 100))
    const again = await openRegister(swarm, disk)
    expect(again.members.list()).toHaveLength(1)
    expect(again.reports[0]).toContain('damaged')
    expect(await again.members.learn([a.admission])).toEqual([a.signer.id])
  })

  it('that could not be written down are not known', async () => {
    const { members, disk, reports } = await openRegister(swarm)
    disk.fate = () => 'full'
    expect(await members.learn([founding])).toEqual([])
    expect(members.isMember(founder.id)).toBe(false)
    expect(reports[0]).toContain('could not be written down')
    disk.fate = () => 'commit'
    expect(await members.learn([founding])).toEqual([founder.id])
  })

  it('listeners hear of each once', async () => {
    const { members } = await openRegister(swarm)
    const heard: string[] = []
    const stop = members.onLearn((nodes) => heard.push(...nodes))
    await Promise.all([members.learn([founding]), members.learn([founding])])
    stop()
    await members.learn([(await newMember(swarm, founder)).admission])
    expect(heard).toEqual([founder.id])
  })
})

describe('uses', () => {
  it('more admissions than uses, by members that could not hear of each other, are all valid and can be counted', async () => {
    const a = await newMember(swarm, founder)
    const b = await newMember(swarm, founder)
    const ticket = await makeTicket(swarm, founder, { uses: 1 })
    const [x, y] = [await newSigner(), await newSigner()]
    const { members } = await openRegister(swarm)
    await members.learn([founding, a.admission, b.admission])
    await members.learn([await admit(a.signer, x.id, ticket), await admit(b.signer, y.id, ticket)])
    expect(members.isMember(x.id) && members.isMember(y.id)).toBe(true)
    expect(members.usesOf(ticket.ticket.tokenId)).toBe(2)
    expect(members.usesOf(new Uint8Array(32))).toBe(0)
  })

  it('one node admitted twice at the same time counts once; the first word heard stays', async () => {
    const a = await newMember(swarm, founder)
    const ticket = await makeTicket(swarm, founder)
    const x = await newSigner()
    const { members } = await openRegister(swarm)
    const first = await admit(a.signer, x.id, ticket)
    await members.learn([founding, a.admission, first])
    expect(await members.learn([await admit(founder, x.id, ticket)])).toEqual([])
    expect(members.get(x.id)?.admission.bytes).toEqual(first)
    expect(members.usesOf(ticket.ticket.tokenId)).toBe(1)
  })

  it('expiry is for the admitting member: a reader with a wrong clock believes an admission all the same', async () => {
    const ticket = await makeTicket(swarm, founder, { expires: start - 1_000_000 })
    const x = await newSigner()
    const { members } = await openRegister(swarm)
    expect(await members.learn([founding, await admit(founder, x.id, ticket)])).toHaveLength(2)
  })
})

describe('one that becomes an admin', () => {
  it('is one from then on; those it admitted stay', async () => {
    const a = await newMember(swarm, founder)
    const b = await newMember(swarm, founder, a.signer)
    const { members, disk } = await openRegister(swarm)
    await members.learn([founding, a.admission, b.admission])
    const promoted = await admit(founder, a.signer.id, await makeTicket(swarm, founder, { role: 'admin' }))
    expect(await members.learn([promoted])).toEqual([a.signer.id])
    expect(members.get(a.signer.id)?.admission.certificate.role).toBe('admin')
    expect(members.path(b.signer.id)).toEqual([founding, promoted, b.admission])
    expect((await openRegister(swarm, disk)).members.list()).toHaveLength(3)
    // and never back
    expect(await members.learn([a.admission])).toEqual([])
  })

  it('also by somebody whom it let in itself, as the member that it was: nothing rests on itself', async () => {
    const a = await newMember(swarm, founder)
    const b = await newMember(swarm, founder, a.signer)
    const { members, disk } = await openRegister(swarm)
    await members.learn([founding, a.admission, b.admission])
    const round = await admit(b.signer, a.signer.id, await makeTicket(swarm, founder, { role: 'admin' }))
    expect(await members.learn([round])).toEqual([a.signer.id])
    expect(members.path(b.signer.id)).toEqual([founding, a.admission, b.admission])
    expect(members.path(a.signer.id)).toEqual([founding, a.admission, b.admission, round])
    const again = await openRegister(swarm, disk)
    expect(again.members.path(a.signer.id)).toEqual([founding, a.admission, b.admission, round])
    const stranger = await openRegister(swarm)
    const path = members.path(a.signer.id)
    expect((await stranger.members.judge(path, a.signer.id))?.admission.certificate.role).toBe('admin')
    await stranger.members.learn(path)
    expect(stranger.members.get(a.signer.id)?.admission.certificate.role).toBe('admin')
  })

  it('not by the ticket of another one, seen in the log, and a member that plays along', async () => {
    const a = await newMember(swarm, founder)
    const b = await newMember(swarm, founder)
    const { members, reports } = await openRegister(swarm)
    await members.learn([founding, a.admission, b.admission])
    const seen = { ...(await makeTicket(swarm, founder, { role: 'admin' })), token: newToken() }
    expect(await members.learn([await admit(b.signer, a.signer.id, seen)])).toEqual([])
    expect(reports[0]).toContain('a signature is wrong')
    expect(members.get(a.signer.id)?.admission.certificate.role).toBe('member')
  })

  it('closer to the root: the depths of those it admitted follow', async () => {
    const a = await newMember(swarm, founder)
    const b = await newMember(swarm, founder, a.signer)
    const c = await newMember(swarm, founder, b.signer)
    const { members } = await openRegister(swarm)
    await members.learn([founding, a.admission, b.admission, c.admission])
    expect(members.get(c.signer.id)?.depth).toBe(3)
    await members.learn([await admit(founder, b.signer.id, await makeTicket(swarm, founder, { role: 'admin' }))])
    expect(members.get(c.signer.id)?.depth).toBe(2)
  })
})

describe('no members', () => {
  const lies: Record<string, () => Promise<Uint8Array[]>> = {
    'a founder that another root signed': async () => {
      const other = await foundSwarm()
      return [other.founding]
    },
    'a founder that nobody but itself signed': async () => {
      const liar = await newSigner()
      return [writeAdmission(await signCertificate(await certificateOf(root.id, liar.id), liar), undefined)]
    },
    'a member without a ticket': async () => {
      const liar = await newSigner()
      const certificate = await certificateOf(swarm, liar.id, { role: 'member', admittedBy: founder.id })
      return [writeAdmission(await signCertificate(certificate, founder), undefined)]
    },
    'a member let in by another one with a ticket that it only saw': async () => {
      const a = await newMember(swarm, founder)
      const seen = { ...(await makeTicket(swarm, founder)), token: newToken() }
      return [a.admission, await admit(a.signer, (await newSigner()).id, seen)]
    },
    'an admin made by a member with a ticket that it only saw': async () => {
      const a = await newMember(swarm, founder)
      const seen = { ...(await makeTicket(swarm, founder, { role: 'admin' })), token: newToken() }
      return [a.admission, await admit(a.signer, (await newSigner()).id, seen)]
    },
    'a claim that was made for another device': async () => {
      const ticket = await makeTicket(swarm, founder)
      const honest = parseAdmission(await admit(founder, (await newSigner()).id, ticket))
      const [liar, boxKey] = [await newSigner(), honest.certificate.boxKey]
      const certificate = { ...honest.certificate, node: liar.id, boxKey }
      const grounds = { ticketBytes: ticket.ticketBytes, claim: honest.claim ?? new Uint8Array() }
      return [writeAdmission(await signCertificate(certificate, founder), grounds)]
    },
    'a member made by the root without a ticket': async () => {
      const certificate = await certificateOf(swarm, (await newSigner()).id, { role: 'member' })
      return [writeAdmission(await signCertificate(certificate, root), undefined)]
    },
    'a ticket by a member that is no admin': async () => {
      const a = await newMember(swarm, founder)
      const b = await newMember(swarm, a.signer)
      return [a.admission, b.admission]
    },
    'a ticket by a stranger': async () => {
      const stranger = await newSigner()
      return [await admit(founder, (await newSigner()).id, await makeTicket(swarm, stranger))]
    },
    'a ticket that somebody else signed': async () => {
      const made = await makeTicket(swarm, founder)
      const ticketBytes = await signTicket(made.ticket, await newSigner())
      return [await admit(founder, (await newSigner()).id, { ...made, ticketBytes })]
    },
    'a ticket of another swarm': async () => {
      const other = await foundSwarm(founder)
      const made = await makeTicket(other.swarm, founder)
      return [await admit(founder, (await newSigner()).id, made, { swarm })]
    },
    'a certificate of another swarm': async () => {
      const other = await foundSwarm()
      return [await admit(founder, (await newSigner()).id, await makeTicket(swarm, founder), { swarm: other.swarm })]
    },
    'admitted by a stranger': async () => {
      const stranger = await newSigner()
      return [await admit(stranger, (await newSigner()).id, await makeTicket(swarm, founder))]
    },
    'a certificate that somebody else signed': async () => {
      const liar = await newSigner()
      return [await admit(liar, liar.id, await makeTicket(swarm, founder), { admittedBy: founder.id })]
    },
    'admitted by itself': async () => {
      const liar = await newSigner()
      return [await admit(liar, liar.id, await makeTicket(swarm, founder))]
    },
    'more than the ticket gives': async () => [
      await admit(founder, (await newSigner()).id, await makeTicket(swarm, founder), { role: 'admin' }),
    ],
    'a ticket that the certificate does not name': async () => [
      await admit(founder, (await newSigner()).id, await makeTicket(swarm, founder), { token: new Uint8Array(32) }),
    ],
    'admitted in a circle': async () => {
      const [a, b] = [await newSigner(), await newSigner()]
      return [
        await admit(a, b.id, await makeTicket(swarm, founder)),
        await admit(b, a.id, await makeTicket(swarm, founder)),
      ]
    },
  }

  it.each(Object.keys(lies))('%s', async (name) => {
    const made = (await lies[name]?.()) ?? []
    const { members } = await openRegister(swarm)
    await members.learn([founding])
    const [, certificate] = decode(made.at(-1) ?? new Uint8Array()) as [number, Uint8Array]
    const last = parseCertificate(certificate).node
    await members.learn(made)
    expect(members.isMember(last)).toBe(false)
    expect(await members.judge([founding, ...made], last)).toBeUndefined()
  })

  it('deeper than certificates may go', async () => {
    const { members, reports } = await openRegister(swarm)
    await members.learn([founding])
    let by: Signer = founder
    for (let depth = 1; depth <= admissionDepthMax + 1; depth++) {
      const next = await newMember(swarm, founder, by)
      await members.learn([next.admission])
      by = next.signer
    }
    expect(members.list()).toHaveLength(admissionDepthMax + 1)
    expect(members.isMember(by.id)).toBe(false)
    expect(reports[0]).toContain('too many admissions')
  })

  it('the longest path there may be fits a hello of one frame', async () => {
    const { ticket, ...rest } = await makeTicket(swarm, founder, { uses: 1000 })
    const longest = await admit(
      founder,
      (await newSigner()).id,
      { ticket, ...rest },
      { admittedAtLamport: 2 ** 53 - 1 },
    )
    expect(pathMax * (longest.length + 3) + 512).toBeLessThan(frameBytesMax)
  })

  it('bytes with a bit flipped, or cut off: left out, told, never thrown', async () => {
    const { admission, signer } = await newMember(swarm, founder)
    const { members } = await openRegister(swarm)
    await members.learn([founding])
    for (let place = 0; place < admission.length; place += 7) {
      await members.learn([flip(admission, place), admission.slice(0, place)])
      expect(await members.judge([founding, flip(admission, place)], signer.id)).toBeUndefined()
    }
    expect(members.list()).toHaveLength(1)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 5 }), async (garbage) => {
        expect(await members.learn(garbage)).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  it('a flood of lies says little in the diary', async () => {
    const { members, reports } = await openRegister(swarm)
    await members.learn(Array.from({ length: 500 }, (_, index) => Uint8Array.of(index & 255, index >> 8)))
    expect(reports).toHaveLength(4)
  })
})

describe('a path shown in a hello', () => {
  it('has to lead to the node that shows it, from the founder on, in order', async () => {
    const a = await newMember(swarm, founder)
    const { members } = await openRegister(swarm)
    const judge = (path: Uint8Array[], node = a.signer.id) => members.judge(path, node)
    expect((await judge([founding, a.admission]))?.admission.certificate.node).toBe(a.signer.id)
    expect(await judge([founding, a.admission], founder.id)).toBeUndefined()
    expect(await judge([a.admission, founding])).toBeUndefined()
    expect(await judge([a.admission])).toBeUndefined()
    expect(await judge([])).toBeUndefined()
    expect(await judge([...Array.from({ length: pathMax }, () => founding), a.admission])).toBeUndefined()
    await members.learn([founding])
    expect((await judge([a.admission]))?.depth).toBe(1)
  })
})
