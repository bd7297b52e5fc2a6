import { encode } from 'cborg'
import { describe, expect, test } from 'vitest'
import type { AppId } from '../../src/core/event.ts'
import { concatBytes } from '../../src/core/bytes.ts'
import { createSigner, makeSigningPair, verify } from '../../src/crypto/keys.ts'
import { createTokens, tokenValidity } from '../../src/crypto/token.ts'
import type { TokenDeps } from '../../src/crypto/token.ts'

const appId = 'com.example.oven' as AppId
const start = 1_700_000_000_000_000

const setUp = async () => {
  const signer = await createSigner(await makeSigningPair())
  let now = start
  let verifications = 0
  const deps = (cycles: number): TokenDeps => ({
    sign: signer.sign,
    verify: (bytes, signature) => {
      verifications++
      return verify(signer.id, bytes, signature)
    },
    cycles,
    clock: { now: () => now, monotonic: () => 0, after: () => () => {} },
  })
  return {
    signer,
    deps,
    tokens: createTokens(deps(3)),
    pass: (seconds: number) => (now += seconds * 1_000_000),
    verifications: () => verifications,
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const fields = {
  created: start,
  appId,
  cycles: 3,
  appVersion: '1.0.0',
  validity: tokenValidity,
  appMode: 'trial',
}

describe('bearer tokens', () => {
  test('name the app they were issued to, and are standard base64', async () => {
    const { tokens } = await setUp()
    const token = await tokens.issue(appId, '1.0.0')
    expect(Buffer.from(token, 'base64').toString('base64')).toBe(token)
    expect(await tokens.check(token)).toBe(appId)
  })

  test('are good for a day and not a microsecond longer', async () => {
    const { tokens, pass } = await setUp()
    const token = await tokens.issue(appId, '1.0.0')
    pass(tokenValidity - 0.000001)
    expect(await tokens.check(token)).toBe(appId)
    pass(0.000001)
    await expect(tokens.check(token)).rejects.toMatchObject({ code: 'ERR_TOKEN_EXPIRED', message: 'Expired token.' })
  })

  test('expire when the node begins another life', async () => {
    const { tokens, deps } = await setUp()
    const token = await tokens.issue(appId, '1.0.0')
    await expect(createTokens(deps(4)).check(token)).rejects.toMatchObject({ code: 'ERR_TOKEN_EXPIRED' })
  })

  test('of another node are not accepted', async () => {
    const [here, there] = [await setUp(), await setUp()]
    const token = await there.tokens.issue(appId, '1.0.0')
    await expect(here.tokens.check(token)).rejects.toMatchObject({
      code: 'ERR_TOKEN_UNAUTHORIZED',
      message: 'Unauthorized token.',
    })
  })

  test('a signature without the prefix of tokens is none', async () => {
    const { tokens, signer } = await setUp()
    const bytes = Uint8Array.from(encode(fields))
    const token = base64(concatBytes(await signer.sign(bytes), bytes))
    await expect(tokens.check(token)).rejects.toMatchObject({ code: 'ERR_TOKEN_UNAUTHORIZED' })
  })

  test('each changed byte is noticed', async () => {
    const { tokens } = await setUp()
    const bytes = Buffer.from(await tokens.issue(appId, '1.0.0'), 'base64')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      await expect(tokens.check(base64(changed)), `byte ${at}`).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_TOKEN_(INVALID|UNAUTHORIZED)$/),
      })
    }
  })

  test.each([
    ['', "Invalid token: ''. Missing token bytes. Please provide a valid bearer token."],
    ['invalid', "Invalid token: 'invalid'. Cannot parse token bytes. Please provide a valid bearer token."],
    ['€€€€', "Invalid token: '€€€€'. Cannot parse token bytes. Please provide a valid bearer token."],
  ])('%j is no token', async (text, message) => {
    const { tokens } = await setUp()
    await expect(tokens.check(text)).rejects.toMatchObject({ code: 'ERR_TOKEN_INVALID', message })
  })

  test.each([
    ['no map', 7],
    ['null', null],
    ['a field of another type', { ...fields, created: 'yesterday' }],
    ['an app id that is none', { ...fields, appId: 'No App' }],
    ['a mode that is none', { ...fields, appMode: 'root' }],
    ['a negative count', { ...fields, cycles: -1 }],
  ])('signed content with %s is no token', async (_, content) => {
    const { tokens, signer } = await setUp()
    const bytes = Uint8Array.from(encode(content))
    const prefix = new TextEncoder().encode('shoal.token.1')
    const token = base64(concatBytes(await signer.sign(concatBytes(prefix, bytes)), bytes))
    await expect(tokens.check(token)).rejects.toMatchObject({ code: 'ERR_TOKEN_INVALID' })
  })

  test('a long wrong token is not repeated in full', async () => {
    const { tokens } = await setUp()
    const error = await tokens.check('A'.repeat(100_000)).catch((caught: unknown) => caught as Error)
    expect((error as Error).message.length).toBeLessThan(300)
  })

  test('are verified once, also when many are in use', async () => {
    const { tokens, verifications } = await setUp()
    const issued = await Promise.all(Array.from({ length: 70 }, (_, index) => tokens.issue(appId, `1.0.${index}`)))
    const first = issued[0] ?? ''
    await tokens.check(first)
    await tokens.check(first)
    expect(verifications()).toBe(1)
    for (const token of issued) expect(await tokens.check(token)).toBe(appId)
  })
})
