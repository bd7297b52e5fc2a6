import { describe, expect, it } from 'vitest'
import { nodeIdFromBytes } from '../../src/core/node-id.ts'
import { readInvitation, writeInvitation } from '../../src/swarm/invitation.ts'
import { checkProfile, nameByProfile } from '../../src/swarm/profile.ts'
import { readTicket } from '../../src/swarm/ticket.ts'
import { foundSwarm, makeTicket, start } from './fixture.ts'

const { founder, swarm } = await foundSwarm()
const replaces = nodeIdFromBytes(new Uint8Array(32).fill(9))

describe('a profile', () => {
  it('goes with the ticket, and in the link, of which it makes little', async () => {
    const profile = { name: 'Line 3 – {n}', home: '/andon', language: 'de' }
    const plain = await makeTicket(swarm, founder)
    const made = await makeTicket(swarm, founder, { profile, replaces })
    expect(await readTicket(made.ticketBytes)).toMatchObject({ profile, replaces })
    const link = writeInvitation('https://shoal.example/', { ...made, swarmName: 'Plant', stations: [] })
    expect((await readInvitation(link, start)).ticket).toEqual(made.ticket)
    const shorter = writeInvitation('https://shoal.example/', { ...plain, swarmName: 'Plant', stations: [] })
    // base64 of 27 bytes of profile and 34 of a node id, with the room of their frames
    expect(link.length - shorter.length).toBeLessThan(90)
    expect(plain.ticketBytes.length).toBeLessThan(190)
  })

  it.each([
    [{ name: 'Tablet' }, { name: 'Tablet' }],
    [{ name: '  Tablet  ', home: '', language: '' }, { name: 'Tablet' }],
    [{ home: 'andon' }, { home: 'andon' }],
    [{ home: '/apps/andon/' }, { home: '/apps/andon/' }],
    [{ language: 'pt-BR' }, { language: 'pt-BR' }],
    [{}, undefined],
    [undefined, undefined],
  ])('%j is taken as %j', (given, taken) => {
    expect(checkProfile(given)).toEqual(taken)
  })

  it.each([
    { name: 'x'.repeat(61) },
    { name: 'two\nlines' },
    { home: 'https://elsewhere.example/' },
    { home: '//elsewhere.example' },
    { home: '/a/../../b' },
    { home: '/a?b' },
    { home: `/${'a'.repeat(100)}` },
    { language: 'de_DE' },
    { language: 'german language' },
  ])('%j is refused, by who makes it and by who reads it', async (profile) => {
    expect(() => checkProfile(profile)).toThrow(expect.objectContaining({ code: 'ERR_BAD_REQUEST' }))
    const { ticketBytes } = await makeTicket(swarm, founder, { profile })
    await expect(readTicket(ticketBytes)).rejects.toMatchObject({ code: 'ERR_TICKET' })
  })

  it('numbers its devices', () => {
    expect(nameByProfile({ name: 'Line {n} of {n}' }, 12)).toBe('Line 12 of 12')
    expect(nameByProfile({ name: 'Gate' }, 12)).toBe('Gate')
    expect(nameByProfile({}, 12)).toBeUndefined()
  })
})
