import { describe, expect, it } from 'vitest'
import type { StreamId } from '../../src/core/event.ts'
import { streamOf } from '../../src/core/node-id.ts'
import { createStandings } from '../../src/swarm/standings.ts'
import type { StandingSaid } from '../../src/swarm/standing.ts'
import { admit, foundSwarm, makeTicket, newMember, openRegister } from './fixture.ts'

const { founder, swarm, founding } = await foundSwarm()

const setUp = async () => {
  const a = await newMember(swarm, founder)
  const b = await newMember(swarm, founder)
  const { members } = await openRegister(swarm)
  const standings = createStandings(members)
  const told: string[][] = []
  standings.onChange(({ nodes }) => void told.push([...nodes]))
  await members.learn([founding, a.admission, b.admission])
  const say = (offset: number, said: StandingSaid, author = founder.id): void =>
    standings.hear({
      author,
      offset,
      key: { lamport: offset, stream: streamOf(author, 1) },
      at: 1000 + offset,
      said,
    })
  return { a: a.signer, b: b.signer, members, standings, told, say }
}

describe('standings', () => {
  it('are active, and nothing is cut, while nobody has said anything', async () => {
    const { a, standings, told } = await setUp()
    expect(standings.of(a.id)).toEqual({ type: 'active' })
    expect(standings.cutOf(streamOf(a.id, 0))).toBeUndefined()
    expect(standings.placed(a.id)).toMatchObject({ role: 'member', rank: 1 })
    expect(told).toEqual([])
  })

  it('are told once what changed, also when somebody has asked before', async () => {
    const { a, b, standings, told, say } = await setUp()
    say(0, { type: 'revoked', node: a.id, cuts: new Map([[0, 5]]), isByRoot: false })
    expect(standings.of(a.id).type).toBe('revoked')
    expect(told).toEqual([])
    standings.refresh()
    standings.refresh()
    expect(told).toEqual([[a.id]])
    expect([0, 1].map((number) => standings.cutOf(streamOf(a.id, number)))).toEqual([5, 0])
    expect(standings.cutOf(streamOf(b.id, 0))).toBeUndefined()
    expect(standings.cutOf('no stream' as StreamId)).toBeUndefined()
    expect(standings.isShut(a.id)).toBe(true)
  })

  it('hear each place of a stream once; what is forgotten is judged without, and may be said anew', async () => {
    const { a, b, standings, told, say } = await setUp()
    say(3, { type: 'retired', node: a.id })
    say(3, { type: 'retired', node: b.id })
    standings.refresh()
    expect(standings.of(b.id).type).toBe('active')
    standings.forget(founder.id, 3)
    standings.refresh()
    expect(standings.of(a.id).type).toBe('active')
    say(3, { type: 'retired', node: b.id })
    standings.refresh()
    expect(told).toEqual([[a.id], [a.id], [b.id]])
  })

  it('put a member back to what it was when its promotion does not count any more', async () => {
    const { a, b, members, standings, say } = await setUp()
    const up = await makeTicket(swarm, founder, { role: 'admin' })
    await members.learn([await admit(founder, a.id, up)])
    const further = await makeTicket(swarm, a, { role: 'admin' })
    await members.learn([await admit(a, b.id, further)])
    expect(standings.isAdmin(b.id)).toBe(true)
    expect(standings.placed(b.id)?.rank).toBe(2)
    // the word of a promotion lies at 4
    standings.hearToken(a.id, further.ticket.tokenId, 4)
    const cuts = new Map([[1, 4]])
    say(0, { type: 'revoked', node: a.id, cuts, isByRoot: false })
    standings.refresh()
    expect(members.get(b.id)?.admission.certificate.role).toBe('member')
    expect(standings.isAdmin(b.id)).toBe(false)
    expect(standings.of(b.id).type).toBe('active')
    // told earlier than was known: it counts after all
    standings.hearToken(a.id, further.ticket.tokenId, 3)
    standings.refresh()
    expect(members.get(b.id)?.admission.certificate.role).toBe('admin')
  })
})
