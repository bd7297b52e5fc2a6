/** What this device is in its swarm, kept through restarts and damage, whether it founded or joined. */
import { describe, expect, it } from 'vitest'
import type { Random } from '../../src/core/random.ts'
import { createSigner, makeSigningPair } from '../../src/crypto/keys.ts'
import { pairOfSeed } from '../../src/crypto/seed.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { createMemoryDisk, openMemoryStore, openMemoryVault } from '../../src/store/memory.ts'
import { followPath } from '../../src/swarm/admission.ts'
import { forgetRoot, isRecoveryPending, loadOrFound, recoveryCode } from '../../src/swarm/founding.ts'
import { loadMembership, membershipWrites } from '../../src/swarm/membership.ts'
import { readRecoveryCode } from '../../src/swarm/recovery-code.ts'
import { admit, foundSwarm, makeTicket, newBoxKey, openRegister } from './fixture.ts'

const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length))
const boxKey = await newBoxKey()

const open = async (disk: MemoryDisk = createMemoryDisk()) => {
  const vault = await openMemoryVault(disk)()
  const node = await createSigner(
    (await vault.load('signing')) ?? (await vault.keep('signing', await makeSigningPair())),
  )
  const store = await openMemoryStore(disk)()
  const codes: string[] = []
  const report = (code: string): void => void codes.push(code)
  const load = () => loadMembership({ store, vault, node: node.id, boxKey, random, report })
  return { disk, vault, store, node, codes, load }
}

const spoil = (disk: MemoryDisk, key: string): void => {
  const meta = disk.tables.get('meta')
  meta?.set(key, (meta.get(key) ?? new Uint8Array()).slice(1))
}

describe('a founder', () => {
  it('has a path of one, a key for its swarm, and the same after a restart', async () => {
    const { disk, node, load } = await open()
    const membership = await load()
    expect(membership).toMatchObject({ role: 'admin', keyEpoch: 0, hints: { swarmName: '', stations: [] } })
    expect(membership.swarmKey).toHaveLength(32)
    expect(await followPath(membership.path, membership.swarm, node.id)).toMatchObject({ depth: 0 })
    expect(await (await open(disk)).load()).toEqual(membership)
  })

  it('of an earlier version, with a certificate only, keeps its swarm', async () => {
    const { disk, vault, store, node, load } = await open()
    const { swarm } = await loadOrFound(store, vault, node.id, boxKey, () => undefined)
    expect(disk.tables.get('meta')?.has('swarm-key')).toBe(false)
    const membership = await load()
    expect(membership.swarm).toBe(swarm)
    expect(await (await open(disk)).load()).toEqual(membership)
  })

  it('has two swarms two keys', async () => {
    const [one, other] = [await (await open()).load(), await (await open()).load()]
    expect(one.swarmKey).not.toEqual(other.swarmKey)
  })
})

describe('RULES 14: the recovery code', () => {
  it('is the root, the same until it is kept, then gone from this device', async () => {
    const { vault, load } = await open()
    const { swarm } = await load()
    expect(await isRecoveryPending(vault)).toBe(true)
    const code = await recoveryCode(vault)
    expect(await recoveryCode(vault)).toBe(code)
    expect((await createSigner(await pairOfSeed(readRecoveryCode(code)))).id).toBe(swarm)
    await forgetRoot(vault)
    expect(await isRecoveryPending(vault)).toBe(false)
    await expect(recoveryCode(vault)).rejects.toMatchObject({ code: 'ERR_SWARM_FOUNDED' })
    expect((await load()).swarm).toBe(swarm)
  })
})

describe('a node that joined', () => {
  const joined = async () => {
    const opened = await open()
    const { founder, swarm, founding } = await foundSwarm()
    const admission = await admit(founder, opened.node.id, await makeTicket(swarm, founder), {
      boxKey,
      admittedAtLamport: 41,
    })
    const path = [founding, admission]
    const swarmKey = { key: random(32), epoch: 3 }
    const hints = { swarmName: 'Plant', stations: ['wss://a.example/signal'] }
    await opened.store.write(membershipWrites({ path, swarmKey, hints }), 'strict')
    return { ...opened, swarm, path, swarmKey, hints }
  }

  it('is what it was told, with everything a log and a register need, in one transaction', async () => {
    const { disk, load, swarm, path, swarmKey, hints } = await joined()
    expect(await load()).toMatchObject({
      swarm,
      path,
      role: 'member',
      swarmKey: swarmKey.key,
      keyEpoch: swarmKey.epoch,
      hints,
      certificate: { admittedAtLamport: 41 },
    })
    expect(disk.keys.has('root')).toBe(false)
    expect((await openRegister(swarm, disk)).members.list()).toHaveLength(2)
  })

  it('gets a damaged certificate from its admission', async () => {
    const { disk, load } = await joined()
    const before = await load()
    spoil(disk, 'membership')
    const again = await open(disk)
    expect(await again.load()).toEqual(before)
    expect(again.codes).toEqual(['MEMBERSHIP'])
    expect(await load()).toEqual(before)
  })

  it('never founds a swarm because its own is damaged', async () => {
    const { disk } = await joined()
    spoil(disk, 'membership-path')
    await expect((await open(disk)).load()).rejects.toMatchObject({ code: 'ERR_CERTIFICATE' })
    expect(disk.keys.has('root')).toBe(false)
  })

  it('is refused on the data of another device', async () => {
    const { disk } = await joined()
    disk.keys.set('signing', await makeSigningPair())
    await expect((await open(disk)).load()).rejects.toMatchObject({ code: 'ERR_CERTIFICATE' })
  })

  it('whose swarm key is damaged says so and stays what it is', async () => {
    const { disk, swarm, swarmKey } = await joined()
    spoil(disk, 'swarm-key')
    const again = await open(disk)
    const membership = await again.load()
    expect(membership.swarm).toBe(swarm)
    expect(membership.swarmKey).not.toEqual(swarmKey.key)
    expect(again.codes).toEqual(['SWARM_KEY'])
  })

  it('without hints goes on', async () => {
    const { disk } = await joined()
    spoil(disk, 'membership-hints')
    expect((await (await open(disk)).load()).hints).toEqual({ swarmName: '', stations: [] })
  })

  it('needs an admission', () => {
    const swarmKey = { key: random(32), epoch: 0 }
    const hints = { swarmName: '', stations: [] }
    expect(() => membershipWrites({ path: [], swarmKey, hints })).toThrow('at least one')
    expect(() => membershipWrites({ path: [new Uint8Array(9)], swarmKey, hints })).toThrow('not good')
  })
})
