/** RULES 16: tickets, and the links that carry them through messengers, paper and clipboards. */
import { decode, encode } from 'cborg'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/core/bytes.ts'
import { crc32 } from '../../src/core/crc32.ts'
import { createSigner, makeSigningPair } from '../../src/crypto/keys.ts'
import type { Ticket } from '../../src/swarm/contract.ts'
import { readInvitation, writeInvitation } from '../../src/swarm/invitation.ts'
import { joinRoomOf, readTicket, signTicket, tokenIdOf } from '../../src/swarm/ticket.ts'

const now = 1_800_000_000_000_000
const origin = 'https://192.168.178.40:4454'
const stations = ['wss://192.168.178.40:4454/signal']
const newSigner = async () => createSigner(await makeSigningPair())
const admin = await newSigner()
const root = await newSigner()
const token = Uint8Array.from({ length: 16 }, (_, index) => index * 11)

const made = async (change: Partial<Ticket> = {}, more: { swarmName?: string; stations?: string[] } = {}) => {
  const ticket: Ticket = {
    swarm: root.id,
    tokenId: await tokenIdOf(token),
    admin: admin.id,
    uses: 12,
    expires: now + 86_400_000_000,
    role: 'member',
    ...change,
  }
  const ticketBytes = await signTicket(ticket, admin)
  const invitation = { token, ticketBytes, swarmName: 'Plant 2', stations, ...more }
  return { ticket, ticketBytes, invitation, link: writeInvitation(origin, invitation) }
}

const { ticket, ticketBytes, invitation, link } = await made()
const code = link.slice(link.indexOf('/join/') + 6)
const whole = { ...invitation, ticket }

const refused = async (text: string, codeOf = 'ERR_INVITATION'): Promise<string> => {
  const error: unknown = await readInvitation(text, now).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: codeOf })
  return (error as Error).message
}

describe('a ticket', () => {
  it('reads back what was signed', async () => expect(await readTicket(ticketBytes)).toEqual(ticket))

  it('rounds its expiry up to seconds', async () => {
    const bytes = await signTicket({ ...ticket, expires: 1_000_001 }, admin)
    expect((await readTicket(bytes)).expires).toBe(2_000_000)
  })

  it('with any bit flipped, cut off, or signed by another is none', async () => {
    for (let place = 0; place < ticketBytes.length; place += 3) {
      const flipped = ticketBytes.map((byte, index) => (index === place ? byte ^ 16 : byte))
      await expect(readTicket(flipped)).rejects.toMatchObject({ code: 'ERR_TICKET' })
      await expect(readTicket(ticketBytes.slice(0, place))).rejects.toMatchObject({ code: 'ERR_TICKET' })
    }
    const forged = await signTicket(ticket, await newSigner())
    await expect(readTicket(forged)).rejects.toMatchObject({ code: 'ERR_TICKET' })
  })

  it.each<[string, Partial<Record<keyof Ticket, unknown>>]>([
    ['no uses', { uses: 0 }],
    ['too many uses', { uses: 1001 }],
    ['a token id of 31 bytes', { tokenId: new Uint8Array(31) }],
    ['a negative expiry', { expires: -1_000_000 }],
    ['an expiry beyond all time', { expires: 2 ** 60 }],
  ])('with %s is none, though it is signed', async (_, change) => {
    const bytes = await signTicket({ ...ticket, ...change } as Ticket, admin)
    await expect(readTicket(bytes)).rejects.toMatchObject({ code: 'ERR_TICKET' })
  })

  it('a later Shoal may append to it', async () => {
    const fields = decode(ticketBytes.subarray(64)) as unknown[]
    const longer = new Uint8Array(encode([...fields, null, null, { later: 'picker' }]))
    const prefix = new TextEncoder().encode('shoal.ticket.1')
    const bytes = concatBytes(await admin.sign(concatBytes(prefix, longer)), longer)
    expect(await readTicket(bytes)).toEqual(ticket)
    const url = writeInvitation(origin, { ...invitation, ticketBytes: bytes })
    expect(await readInvitation(url, now)).toEqual({ ...whole, ticketBytes: bytes })
  })

  it('never throws anything else, whatever it is given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await expect(readTicket(bytes)).rejects.toMatchObject({ code: 'ERR_TICKET' })
      }),
    )
  })

  it('what the token gives differs: who sees the ticket knows neither token nor room', async () => {
    expect(joinRoomOf(token)).not.toEqual(await tokenIdOf(token))
    expect(joinRoomOf(token)).toHaveLength(32)
  })
})

describe('an invitation as a link', () => {
  it('has everything in its fragment and stays short enough for a moderate QR code', () => {
    expect(link.startsWith(`${origin}/#/join/`)).toBe(true)
    expect(link.length).toBeLessThanOrEqual(300)
    expect(new URL(link).search).toBe('')
  })

  it.each([
    ['itself', link],
    ['its fragment', link.slice(link.indexOf('#'))],
    ['the fragment without the hash', `/join/${code}`],
    ['the bare code', code],
    ['words around it', `Hello Anna,\nplease open ${link}. Thank you!\n\nBest, Ben`],
    ['angle brackets', `<${link}>`],
    ['lines broken by a mail program', link.replaceAll(/.{60}/g, '$&\r\n> ')],
    ['lines broken, and words after it', `${link.replaceAll(/.{76}/g, '$&=\n')}\nsee you`],
    ['a bare code, broken, with words around', `the code: ${code.slice(0, 99)}\n${code.slice(99)} (keep it)`],
    ['the fragment escaped', link.replace('#/join/', '%23%2Fjoin%2F')],
    ['Markdown', `[join](${link})`],
    ['invisible characters', link.replaceAll(/.{50}/g, '$&\u200B')],
  ])('is read from %s', async (_, text) => expect(await readInvitation(text, now)).toEqual(whole))

  it('opens the page it was made for, whatever its address', async () => {
    const at = (page: string): string => writeInvitation(page, invitation).slice(0, -code.length)
    expect(at('https://a.example')).toBe('https://a.example/#/join/')
    expect(at('https://a.example/')).toBe('https://a.example/#/join/')
    expect(at('https://a.example/shoal/index.html')).toBe('https://a.example/shoal/index.html#/join/')
    expect(await readInvitation(writeInvitation('https://a.example/join/', invitation), now)).toEqual(whole)
  })

  it('is read whatever the swarm is called, wherever its stations are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.array(fc.constantFrom('wss://a.example/signal', 'ws://10.0.0.7:80/signal', 'wss://b.example:1/x'), {
          maxLength: 8,
        }),
        fc.constantFrom('admin' as const, 'member' as const),
        async (swarmName, urls, role) => {
          const any = await made({ role }, { swarmName, stations: urls })
          const { ticket: read, ...rest } = await readInvitation(any.link, now)
          expect(rest).toEqual(any.invitation)
          expect(read.role).toBe(role)
        },
      ),
      { numRuns: 15 },
    )
  })

  it('cut off anywhere: said so', async () => {
    for (let end = 30; end < code.length; end += 7)
      expect(await refused(`${origin}/#/join/${code.slice(0, end)}`)).toContain('cut off')
    expect(await refused(link.slice(0, -1))).toContain('cut off')
  })

  it('one letter wrong anywhere is noticed', async () => {
    for (let place = 0; place < code.length; place += 5) {
      const wrong = code[place] === 'A' ? 'B' : 'A'
      await refused(`${origin}/#/join/${code.slice(0, place)}${wrong}${code.slice(place + 1)}`)
    }
    expect(await refused(link.replace(code.slice(100, 104), 'AAAA'))).toContain('changed')
  })

  it('anything else is no invitation', async () => {
    expect(await refused('')).toContain('no invitation')
    expect(await refused('https://example.com/')).toContain('no invitation')
    await refused(`${origin}/#/join/`)
    await refused('🙂'.repeat(20_000))
    await fc.assert(fc.asyncProperty(fc.string({ maxLength: 400 }), async (text) => void (await refused(text))))
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await refused(`#/join/${Buffer.from(bytes).toString('base64url')}`)
      }),
    )
  })

  const packed = (value: unknown): string => {
    const bytes = encode(value)
    return `#/join/${Buffer.from(concatBytes(bytes, Buffer.from(crc32(bytes), 'hex'))).toString('base64url')}`
  }
  const fields = decode(Buffer.from(code, 'base64url').subarray(0, -4)) as unknown[]

  it('of a newer Shoal says so', async () => {
    expect(packed(fields)).toBe(`#/join/${code}`)
    expect(await refused(packed(fields.with(0, 2)))).toContain('newer Shoal')
  })

  it('with each field mutated is refused, never a crash', async () => {
    for (const [place] of fields.entries()) {
      // name and stations are hints; the ticket does not sign them
      for (const value of [null, -1, 'x', new Uint8Array(5), [], {}, 2 ** 40]) {
        if (place === 3 && typeof value === 'string') continue
        if (place === 4 && Array.isArray(value)) continue
        expect(await refused(packed(fields.with(place, value)))).not.toBe('')
      }
      expect(await refused(packed(fields.slice(0, place)))).not.toBe('')
    }
  })

  it('with another token, or signed by somebody else, is a forgery', async () => {
    expect(await refused(packed(fields.with(1, new Uint8Array(16))))).toContain('not signed')
    const forged = await signTicket(ticket, await newSigner())
    expect(await refused(writeInvitation(origin, { ...invitation, ticketBytes: forged }))).toContain('not signed')
  })

  it('stations that are none are left out', async () => {
    const text = packed(fields.with(4, ['+ok.example', 'javascript:alert(1)', 7, '+a b', 'wss://u@x/signal']))
    expect((await readInvitation(text, now)).stations).toEqual(['wss://ok.example/signal'])
  })

  it('that has expired says when', async () => {
    const old = await made({ expires: now })
    expect(await refused(old.link, 'ERR_INVITATION_EXPIRED')).toContain('2027-01-15')
  })
})
