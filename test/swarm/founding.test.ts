/** RULES 14, 15: the root, the first admin's certificate, and what is no certificate. */
import { encode } from 'cborg'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/core/bytes.ts'
import { createSigner, makeBoxPair, makeSigningPair, publicBytes } from '../../src/crypto/keys.ts'
import { createMemoryDisk, openMemoryStore, openMemoryVault } from '../../src/store/memory.ts'
import type { Certificate } from '../../src/swarm/certificate.ts'
import { readCertificate, signCertificate } from '../../src/swarm/certificate.ts'
import { loadOrFound } from '../../src/swarm/founding.ts'

const refusal = { code: 'ERR_CERTIFICATE' }

const made = async () => {
  const root = await createSigner(await makeSigningPair(true))
  const node = await createSigner(await makeSigningPair())
  const certificate: Certificate = {
    swarm: root.id,
    node: node.id,
    boxKey: await publicBytes(await makeBoxPair()),
    role: 'admin',
    token: new Uint8Array(),
    admittedBy: root.id,
    admittedAtLamport: 0,
  }
  return { root, node, certificate }
}

const start = async (disk = createMemoryDisk()) => {
  const vault = await openMemoryVault(disk)()
  const signing = (await vault.load('signing')) ?? (await vault.keep('signing', await makeSigningPair()))
  const node = await createSigner(signing)
  const store = await openMemoryStore(disk)()
  let damages = 0
  const found = () => loadOrFound(store, vault, node.id, new Uint8Array(32), () => damages++)
  return { disk, node, found, damages: () => damages }
}

describe('RULES 15: a certificate', () => {
  it('reads back what was signed', async () => {
    const { root, certificate } = await made()
    expect(await readCertificate(await signCertificate(certificate, root))).toEqual(certificate)
  })

  it('with any bit flipped, cut off, or signed by another is none', async () => {
    const { root, node, certificate } = await made()
    const bytes = await signCertificate(certificate, root)
    for (let place = 0; place < bytes.length; place += 5) {
      const flipped = bytes.map((byte, index) => (index === place ? byte ^ 4 : byte))
      await expect(readCertificate(flipped)).rejects.toMatchObject(refusal)
      await expect(readCertificate(bytes.slice(0, place))).rejects.toMatchObject(refusal)
    }
    await expect(readCertificate(await signCertificate(certificate, node))).rejects.toMatchObject(refusal)
  })

  it.each<[string, Partial<Record<keyof Certificate, unknown>>]>([
    ['another role', { role: 'king' }],
    ['a node that is none', { node: 'x' }],
    ['a swarm that is none', { swarm: 7 }],
    ['a short box key', { boxKey: new Uint8Array(31) }],
    ['a token that is text', { token: 'abc' }],
    ['a lamport that is none', { admittedAtLamport: 1.5 }],
  ])('of %s is none, though it is signed', async (_, change) => {
    const { root, certificate } = await made()
    const bytes = await signCertificate({ ...certificate, ...change } as Certificate, root)
    await expect(readCertificate(bytes)).rejects.toMatchObject(refusal)
  })

  it('of a later version is none that we can judge', async () => {
    const { root } = await made()
    const fields = new Uint8Array(encode([2, root.id]))
    const prefix = new TextEncoder().encode('shoal.certificate.1')
    const signed = concatBytes(await root.sign(concatBytes(prefix, fields)), fields)
    await expect(readCertificate(signed)).rejects.toMatchObject(refusal)
  })
})

describe('RULES 14: founding', () => {
  it('the swarm is the public root key; it signs the first admin', async () => {
    const { node, found } = await start()
    const { swarm, certificate, certificateBytes } = await found()
    expect(certificate).toMatchObject({ swarm, node: node.id, role: 'admin', admittedBy: swarm, admittedAtLamport: 0 })
    expect(swarm).not.toBe(node.id)
    expect(await readCertificate(certificateBytes)).toEqual(certificate)
  })

  it('again finds what is there', async () => {
    const { disk, found } = await start()
    const first = await found()
    expect(await (await start(disk)).found()).toEqual(first)
  })

  it('that was cut off between root and certificate is taken up again', async () => {
    const { disk, found } = await start()
    disk.fate = () => 'full'
    await expect(found()).rejects.toMatchObject({ code: 'ERR_STORE_FULL' })
    const root = disk.keys.get('root')
    expect(root).toBeDefined()
    disk.fate = () => 'commit'
    const { swarm } = await (await start(disk)).found()
    expect(swarm).toBe((await createSigner(root ?? (await makeSigningPair()))).id)
  })

  it('data that came from another node is refused', async () => {
    const { disk, found } = await start()
    await found()
    disk.keys.delete('signing')
    await expect((await start(disk)).found()).rejects.toMatchObject(refusal)
  })

  it('a damaged certificate is signed again by the root, while there is one', async () => {
    const { disk, found } = await start()
    const { swarm, certificate } = await found()
    const meta = disk.tables.get('meta')
    const damage = (): void => {
      meta?.set('membership', (meta.get('membership') ?? new Uint8Array()).slice(1))
    }
    damage()
    const again = await start(disk)
    expect(await again.found()).toMatchObject({ swarm, certificate })
    expect(again.damages()).toBe(1)
    expect(await (await start(disk)).found()).toMatchObject({ swarm, certificate })
    damage()
    disk.keys.delete('root')
    await expect((await start(disk)).found()).rejects.toMatchObject(refusal)
  })
})
