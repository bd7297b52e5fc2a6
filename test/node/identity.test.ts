/** Which of its keys a node is: after a renewal the next one, from the transaction on that makes it a member, however often that is cut off. */
import { describe, expect, it } from 'vitest'
import type { Vault } from '../../src/crypto/vault.ts'
import { openIdentity, openNextIdentity, settleIdentity } from '../../src/node/identity.ts'
import { createMemoryDisk, openMemoryStore, openMemoryVault } from '../../src/store/memory.ts'
import { membershipWrites } from '../../src/swarm/membership.ts'
import { writeRenewedAdmission } from '../../src/swarm/admission.ts'
import { signCertificate } from '../../src/swarm/certificate.ts'
import { signRenewal } from '../../src/swarm/renewal.ts'
import { certificateOf, foundSwarm, newMember } from '../swarm/fixture.ts'

const renewed = async () => {
  const disk = createMemoryDisk()
  const { founder, swarm, founding } = await foundSwarm()
  const old = await newMember(swarm, founder)
  const openVault = openMemoryVault(disk)
  const first = await openIdentity(openVault)
  const next = await openNextIdentity(first.vault)
  const renewal = { swarm, was: old.signer.id, node: next.signer.id, boxKey: next.boxKey, lamport: 1 }
  const certificate = await certificateOf(swarm, next.signer.id, {
    role: 'member',
    boxKey: next.boxKey,
    admittedBy: founder.id,
  })
  const bytes = await signRenewal(renewal, old.signer, next.signer)
  const admission = writeRenewedAdmission(await signCertificate(certificate, founder), bytes)
  const path = [founding, old.admission, admission]
  const hints = { swarmName: 'Plant', stations: [] }
  const becomeMember = async () => {
    const store = await openMemoryStore(disk)()
    const writes = membershipWrites({ path, swarmKey: { key: new Uint8Array(32), epoch: 0 }, hints })
    await store.write(writes, 'strict')
    await store.close()
  }
  const settle = async (vault = openVault) => {
    const store = await openMemoryStore(disk)()
    return settleIdentity(await openIdentity(vault), store)
  }
  return { disk, openVault, first, next, becomeMember, settle }
}

describe('a node', () => {
  it('is who it was, whatever it prepares, until it is a member under the next name', async () => {
    const { first, next, settle, becomeMember } = await renewed()
    expect((await settle()).signer.id).toBe(first.signer.id)
    expect((await openNextIdentity(first.vault)).signer.id).toBe(next.signer.id)
    await becomeMember()
    const settled = await settle()
    expect(settled.signer.id).toBe(next.signer.id)
    expect(settled.boxKey).toEqual(next.boxKey)
    expect((await settle()).signer.id).toBe(next.signer.id)
  })

  it('has the key of before no more, and makes another one for the next time', async () => {
    const { disk, first, next, settle, becomeMember } = await renewed()
    const old = disk.keys.get('signing')
    await becomeMember()
    await settle()
    expect([...disk.keys.values()]).not.toContain(old)
    expect([...disk.keys.keys()].sort()).toEqual(['box', 'signing'])
    const third = await openNextIdentity(first.vault)
    expect(third.signer.id).not.toBe(next.signer.id)
    expect(third.boxKey).not.toEqual(next.boxKey)
  })

  it('cut off at any step of it is the next one all the same', async () => {
    for (let steps = 0; steps < 8; steps++) {
      const { openVault, next, settle, becomeMember } = await renewed()
      await becomeMember()
      let left = steps
      const step = async <T>(action: () => Promise<T>): Promise<T> => {
        left -= 1
        if (left < 0) throw new Error('killed')
        return action()
      }
      const mortal = async (): Promise<Vault> => {
        const vault = await openVault()
        return {
          load: vault.load,
          keep: (name, pair) => step(() => vault.keep(name, pair)),
          forget: (name) => step(() => vault.forget(name)),
        }
      }
      const first = await settle(mortal).then(
        ({ signer }) => signer.id,
        () => 'killed',
      )
      expect(first).toBe(steps < 6 ? 'killed' : next.signer.id)
      const again = await settle()
      expect(again.signer.id).toBe(next.signer.id)
      expect(again.boxKey).toEqual(next.boxKey)
      const third = await openNextIdentity(again.vault)
      expect(third.boxKey).not.toEqual(next.boxKey)
    }
  })
})
