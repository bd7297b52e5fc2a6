/** A renewal is good when the old key and the new one say so, for one device, and its admission makes a member of it and nothing more. */
import { encode } from 'cborg'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/core/bytes.ts'
import type { Signer } from '../../src/crypto/keys.ts'
import { followPath, writeAdmission, writeRenewedAdmission } from '../../src/swarm/admission.ts'
import type { Certificate } from '../../src/swarm/certificate.ts'
import { signCertificate } from '../../src/swarm/certificate.ts'
import type { MemberEntry } from '../../src/swarm/contract.ts'
import type { Renewal } from '../../src/swarm/renewal.ts'
import {
  formerIdentities,
  isRenewalSigned,
  parseRenewal,
  readRenewal,
  renewalBytesMax,
  renewalsOf,
  signRenewal,
} from '../../src/swarm/renewal.ts'
import { certificateOf, foundSwarm, newBoxKey, newMember, newSigner, openRegister } from './fixture.ts'

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'taken',
    (error: unknown) => (error as { readonly code?: string }).code,
  )

const make = async (change: Partial<Renewal> = {}) => {
  const { founder, swarm, founding } = await foundSwarm()
  const old = await newMember(swarm, founder)
  const next = await newSigner()
  const renewal: Renewal = {
    swarm,
    was: old.signer.id,
    node: next.id,
    boxKey: await newBoxKey(),
    lamport: 17,
    shown: { number: 0, count: 5, chain: new Uint8Array(32).fill(9) },
    ...change,
  }
  const bytes = await signRenewal(renewal, old.signer, next)
  return { founder, swarm, founding, old, next, renewal, bytes }
}
type Made = Awaited<ReturnType<typeof make>>

const admit = async (
  by: Signer,
  { swarm, renewal, bytes }: Pick<Made, 'swarm' | 'renewal' | 'bytes'>,
  change: Partial<Certificate> = {},
) => {
  const { node, boxKey } = renewal
  const certificate = await certificateOf(swarm, node, { role: 'member', boxKey, admittedBy: by.id, ...change })
  return writeRenewedAdmission(await signCertificate(certificate, by), bytes)
}

describe('the statement', () => {
  it('comes back as it was signed, with what the device was shown and without', async () => {
    const { renewal, bytes } = await make()
    expect(await readRenewal(bytes)).toEqual(renewal)
    const { shown: _, ...plain } = renewal
    const { old, next } = await make()
    const other = { ...plain, was: old.signer.id, node: next.id }
    expect(await readRenewal(await signRenewal(other, old.signer, next))).toEqual(other)
    expect(bytes.length).toBeLessThan(400)
  })

  it('is none when either key is another one, or a byte is', async () => {
    const { renewal, bytes, old, next } = await make()
    const other = await newSigner()
    expect(await outcome(readRenewal(await signRenewal(renewal, other, next)))).toBe('ERR_RENEWAL')
    expect(await outcome(readRenewal(await signRenewal(renewal, old.signer, other)))).toBe('ERR_RENEWAL')
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const forged = bytes.slice()
        forged[at] = (forged[at] ?? 0) ^ flip
        expect(await outcome(readRenewal(forged))).toBe('ERR_RENEWAL')
      }),
      { numRuns: 60 },
    )
  })

  it('is none in any other shape, and never a TypeError', async () => {
    const { renewal, bytes, old } = await make()
    expect(
      await outcome(readRenewal(await signRenewal({ ...renewal, node: old.signer.id }, old.signer, old.signer))),
    ).toBe('ERR_RENEWAL')
    expect(() => parseRenewal(concatBytes(bytes, new Uint8Array(renewalBytesMax)))).toThrow(/renewal/i)
    fc.assert(
      fc.property(fc.anything(), (value) => {
        let fields = new Uint8Array()
        try {
          fields = new Uint8Array(encode(value))
        } catch {
          // not everything can be written
        }
        const code = (() => {
          try {
            parseRenewal(concatBytes(new Uint8Array(128), fields))
            return 'taken'
          } catch (error) {
            return (error as { readonly code?: string }).code
          }
        })()
        expect(code).toBe('ERR_RENEWAL')
      }),
    )
  })

  it('takes what later versions append', async () => {
    const { renewal, old, next } = await make()
    const { decode } = await import('cborg')
    const bytes = await signRenewal(renewal, old.signer, next)
    const fields = new Uint8Array(encode([...(decode(bytes.subarray(128)) as unknown[]), 'later']))
    const signed = concatBytes(new TextEncoder().encode('shoal.renewal.1'), fields)
    expect(await readRenewal(concatBytes(await old.signer.sign(signed), await next.sign(signed), fields))).toEqual(
      renewal,
    )
    expect(await isRenewalSigned(renewal, bytes)).toBe(true)
  })
})

describe('an admission that rests on it', () => {
  it('makes a member, whatever the device was, and everybody comes to know it in any order', async () => {
    const made = await make()
    const { founder, swarm, founding, old, renewal } = made
    const admission = await admit(founder, made)
    const { members } = await openRegister(swarm)
    await members.learn([admission, old.admission, founding])
    expect(members.get(renewal.node)?.admission).toMatchObject({ renewal: { was: renewal.was }, ticket: undefined })
    expect(members.get(renewal.node)?.admission.certificate.role).toBe('member')
    const path = members.path(renewal.node)
    expect(await followPath(path, swarm, renewal.node)).toBeDefined()
    expect(path.length).toBe(3)
  })

  it('is kept across a restart', async () => {
    const made = await make()
    const { founder, swarm, founding, old, renewal } = made
    const { members, disk } = await openRegister(swarm)
    await members.learn([founding, old.admission, await admit(founder, made)])
    const again = await openRegister(swarm, disk)
    expect(again.members.get(renewal.node)?.admission.renewal).toEqual(renewal)
    expect(again.reports).toEqual([])
  })

  it('is refused as an admin, for another key, by the device itself, with another swarm, by a stranger', async () => {
    const made = await make()
    const { founder, swarm, founding, old, next } = made
    const bad: [string, Uint8Array][] = [
      ['admin', await admit(founder, made, { role: 'admin' })],
      ['token', await admit(founder, made, { token: new Uint8Array(32) })],
      ['another box key', await admit(founder, made, { boxKey: await newBoxKey() })],
      ['another node', await admit(founder, made, { node: (await newSigner()).id })],
      ['by its old self', await admit(old.signer, made)],
      ['by itself', await admit(next, made)],
      ['by a stranger', await admit(await newSigner(), made)],
      ['in the name of the founder', await admit(old.signer, made, { admittedBy: founder.id })],
    ]
    const elsewhere = await make()
    bad.push(['another swarm', await admit(founder, { ...elsewhere, swarm })])
    for (const [why, admission] of bad) {
      const { members } = await openRegister(swarm)
      await members.learn([founding, old.admission, admission])
      const known = members.list().map(({ admission: { certificate } }) => certificate.node)
      expect([why, ...known]).toEqual([why, founder.id, old.signer.id])
    }
  })

  it('of somebody who is no member lets nobody in', async () => {
    const made = await make()
    const { members } = await openRegister(made.swarm)
    await members.learn([made.founding, await admit(made.founder, made)])
    expect(members.isMember(made.renewal.node)).toBe(false)
  })

  it('without a renewal of its own is no founder either', async () => {
    const made = await make()
    const { founder, swarm, renewal, founding, old } = made
    const certificate = await certificateOf(swarm, renewal.node, { role: 'member', admittedBy: founder.id })
    const { members } = await openRegister(swarm)
    await members.learn([
      founding,
      old.admission,
      writeAdmission(await signCertificate(certificate, founder), undefined),
    ])
    expect(members.isMember(renewal.node)).toBe(false)
  })
})

describe('who went on as whom', () => {
  it('copies of one device: all of them, in the order of their admissions; and what one was before', async () => {
    const { founder, swarm, founding } = await foundSwarm()
    const old = await newMember(swarm, founder)
    const { members } = await openRegister(swarm)
    await members.learn([founding, old.admission])
    const nodes: Signer[] = []
    for (const lamport of [30, 10, 20]) {
      const next = await newSigner()
      const renewal: Renewal = { swarm, was: old.signer.id, node: next.id, boxKey: await newBoxKey(), lamport }
      const bytes = await signRenewal(renewal, old.signer, next)
      await members.learn([await admit(founder, { swarm, renewal, bytes }, { admittedAtLamport: lamport })])
      nodes.push(next)
    }
    const [late, early, middle] = nodes.map(({ id }) => id)
    expect(renewalsOf(members.list()).get(old.signer.id)).toEqual([early, middle, late])
    const again = await newSigner()
    const renewal: Renewal = {
      swarm,
      was: nodes[0]?.id ?? founder.id,
      node: again.id,
      boxKey: await newBoxKey(),
      lamport: 40,
    }
    const bytes = await signRenewal(renewal, nodes[0] ?? founder, again)
    await members.learn([await admit(founder, { swarm, renewal, bytes })])
    expect(formerIdentities(again.id, members.get)).toEqual([late, old.signer.id])
    expect(formerIdentities(old.signer.id, members.get)).toEqual([])
  })

  it('ends where somebody made it go round', () => {
    const entry = (was: string, node: string) =>
      ({ admission: { renewal: { was }, certificate: { node } }, depth: 1 }) as unknown as MemberEntry
    const round = new Map([
      ['a', entry('b', 'a')],
      ['b', entry('a', 'b')],
    ])
    expect(formerIdentities('a' as never, (node) => round.get(node))).toEqual(['b'])
  })
})
