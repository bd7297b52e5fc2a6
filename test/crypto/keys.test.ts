import { createPublicKey, verify as verifyHere } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bytesFromNodeId, nodeIdFromBytes } from '../../src/core/node-id.ts'
import { createSigner, makeBoxPair, makeSigningPair, publicBytes, verify } from '../../src/crypto/keys.ts'

const bytes = new TextEncoder().encode('what is signed')

describe('keys', () => {
  it('sign what others verify, and nothing else', async () => {
    const signer = await createSigner(await makeSigningPair())
    const other = await createSigner(await makeSigningPair())
    const signature = await signer.sign(bytes)
    expect(signature).toHaveLength(64)
    expect(await verify(signer.id, bytes, signature)).toBe(true)
    expect(await verify(other.id, bytes, signature)).toBe(false)
    expect(await verify(signer.id, bytes.slice(1), signature)).toBe(false)
    for (let place = 0; place < 64; place += 7)
      expect(
        await verify(
          signer.id,
          bytes,
          signature.map((byte, index) => (index === place ? byte ^ 1 : byte)),
        ),
      ).toBe(false)
    const raw = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytesFromNodeId(signer.id)])
    expect(verifyHere(null, bytes, createPublicKey({ key: raw, format: 'der', type: 'spki' }), signature)).toBe(true)
  })

  it('signing is deterministic: the same bytes again after an unknown outcome (RULES 6)', async () => {
    const signer = await createSigner(await makeSigningPair())
    expect(await signer.sign(bytes)).toEqual(await signer.sign(bytes))
  })

  it('what is no signature or no key verifies nothing, and throws nothing', async () => {
    const signer = await createSigner(await makeSigningPair())
    for (const signature of [new Uint8Array(), new Uint8Array(63), new Uint8Array(64), new Uint8Array(65)])
      expect(await verify(signer.id, bytes, signature)).toBe(false)
    const noPoint = nodeIdFromBytes(new Uint8Array(32).fill(0xff))
    expect(await verify(noPoint, bytes, await signer.sign(bytes))).toBe(false)
    expect(await verify('no id' as never, bytes, await signer.sign(bytes))).toBe(false)
  })

  it('private ones cannot be taken out of a node; the root can, for its recovery code', async () => {
    const [signing, box, root] = [await makeSigningPair(), await makeBoxPair(), await makeSigningPair(true)]
    for (const pair of [signing, box]) {
      expect(pair.privateKey.extractable).toBe(false)
      await expect(crypto.subtle.exportKey('pkcs8', pair.privateKey)).rejects.toThrow(/extractable/)
    }
    await expect(crypto.subtle.exportKey('pkcs8', root.privateKey)).resolves.toBeDefined()
    expect(await publicBytes(box)).toHaveLength(32)
  })
})
