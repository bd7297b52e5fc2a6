/** RULES 14: the root's secret as people write it down and type it again. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSigner, makeSigningPair, publicBytes } from '../../src/crypto/keys.ts'
import { pairOfSeed, seedOf } from '../../src/crypto/seed.ts'
import { readRecoveryCode, writeRecoveryCode } from '../../src/swarm/recovery-code.ts'

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
const seed = Uint8Array.from({ length: 32 }, (_, index) => index * 7 + 1)
const code = writeRecoveryCode(seed)

const problemOf = (text: string): string => {
  try {
    readRecoveryCode(text)
    return ''
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_RECOVERY_CODE' })
    return (error as Error).message
  }
}

describe('the seed of a key pair', () => {
  it('makes the same pair again', async () => {
    const pair = await makeSigningPair(true)
    const again = await pairOfSeed(await seedOf(pair))
    expect(await publicBytes(again)).toEqual(await publicBytes(pair))
    const bytes = new Uint8Array([1, 2, 3])
    expect(await (await createSigner(again)).sign(bytes)).toEqual(await (await createSigner(pair)).sign(bytes))
  })

  it('is that of RFC 8032', async () => {
    const bytes = (hex: string): Uint8Array =>
      Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    const pair = await pairOfSeed(bytes('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'))
    expect(await publicBytes(pair)).toEqual(bytes('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'))
  })
})

describe('a recovery code', () => {
  it('is 58 characters in groups', () => {
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{5}-){11}[0-9A-HJKMNP-TV-Z]{3}$/)
    expect(code.replaceAll('-', '')).toHaveLength(58)
  })

  it('reads back, whatever the seed', () => {
    fc.assert(
      fc.property(seeds, (any) => {
        expect(readRecoveryCode(writeRecoveryCode(any))).toEqual(any)
      }),
    )
  })

  it.each([
    ['small letters', code.toLowerCase()],
    ['without separators', code.replaceAll('-', '')],
    ['spaces and line breaks', ` ${code.replaceAll('-', ' \n')} `],
    ['letters that look like digits', code.replaceAll('0', 'O').replaceAll('1', 'l')],
    ['capital I for 1, small o for 0', code.replaceAll('0', 'o').replaceAll('1', 'I')],
    ['dashes of a word processor', code.replaceAll('-', ' – ')],
    ['wide letters', code.replaceAll('A', 'Ａ')],
  ])('is read with %s', (_, text) => expect(readRecoveryCode(text)).toEqual(seed))

  it('one wrong character: its group is named, whichever it is', () => {
    fc.assert(
      fc.property(seeds, fc.nat(57), fc.integer({ min: 1, max: 31 }), (any, place, shift) => {
        const right = writeRecoveryCode(any).replaceAll('-', '')
        const wrong = letters[(letters.indexOf(right[place] ?? '') + shift) % 32] ?? ''
        const text = right.slice(0, place) + wrong + right.slice(place + 1)
        expect(problemOf(text)).toContain(`group ${Math.floor(place / 5) + 1} `)
      }),
      { numRuns: 30 },
    )
  })

  it('two neighbours that changed places: their group is named', () => {
    const right = code.replaceAll('-', '')
    for (let place = 0; place < 57; place++) {
      if (right[place] === right[place + 1]) continue
      const text = `${right.slice(0, place)}${right[place + 1]}${right[place]}${right.slice(place + 2)}`
      expect(problemOf(text)).toContain(`group ${Math.floor(place / 5) + 1} `)
    }
  })

  it('more than that: refused, without a guess', () => {
    const text = code.slice(0, -3) + [...code.slice(-3)].map((letter) => (letter === '7' ? '8' : '7')).join('')
    expect(problemOf(text)).toContain('more than one')
  })

  it('a group of another length is named; else the number of characters is told', () => {
    expect(problemOf(code.replace(/^(.{6})./, '$1'))).toContain('Group 2 of the recovery code has 4')
    expect(problemOf(`${code}7`)).toContain('Group 12 of the recovery code has 4')
    expect(problemOf(code.slice(0, 20))).toContain('58 characters; this one has 17')
    expect(problemOf('')).toContain('this one has 0')
  })

  it('a character that does not occur is named with its group', () => {
    expect(problemOf(code.replace(/^(.{12})./, '$1u'))).toContain('"U" in group 3 ')
    expect(problemOf(`${code.slice(0, 10)}🙂`)).toContain('does not occur')
  })

  it('anything else is refused with the code', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(problemOf(text)).not.toBe('')
      }),
    )
  })
})
