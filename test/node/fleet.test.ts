import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NodeId } from '../../src/core/event.ts'
import type { Remains } from '../../src/node/contract.ts'
import type { FleetWorld, Tablet } from './fleet-world.ts'
import { createFleetWorld } from './fleet-world.ts'

let world: FleetWorld & { readonly founder: Tablet; readonly code: string }

beforeEach(async () => {
  world = await createFleetWorld()
})
afterEach(() => world.close())

const agree = (node: NodeId, type: string, all = world.tablets): Promise<void> =>
  world.until(
    () => all.every((tablet) => tablet.node.id === node || tablet.device(node)?.standing.type === type),
    `${node} being ${type} everywhere`,
  )

describe('a swarm whose founder was destroyed', { timeout: 60_000 }, () => {
  it('still invites and revokes by its second admin, and is taken up again with the code when no admin is left', async () => {
    const { founder, until, soon } = world
    const link = await soon(founder.node.swarm.invite({ uses: 5, profile: { name: 'Line 3 – {n}', home: '/andon' } }))
    const one = await world.join('one', link)
    const two = await world.join('two', link)
    expect(founder.status.alerts).toEqual([{ type: 'second-admin' }])
    await soon(founder.node.swarm.promote(one.id))
    await until(() => one.status.role === 'admin', 'a promotion')
    await until(() => two.device(one)?.role === 'admin', 'a promotion that others know')
    expect(two.device(one)).toMatchObject({ role: 'admin', depth: 1, standing: { type: 'active' } })
    expect(founder.status.alerts).toEqual([])
    // a link made before still works, and the promotion outlives a restart
    await one.restart()
    expect(one.status.role).toBe('admin')
    await founder.destroy()

    const three = await world.join('three', await soon(one.node.swarm.invite()))
    await until(() => world.areLinked(three, two) || world.areLinked(three, one), 'links')
    await soon(one.node.swarm.retire(founder.id))
    await soon(one.node.swarm.revoke(three.id))
    await agree(three.id, 'revoked', [one, two])
    await until(() => !world.areLinked(one, three) && !world.areLinked(two, three), 'no links')
    expect(two.device(founder.id)?.standing).toMatchObject({ type: 'retired', by: one.id })

    await one.destroy()
    await expect(soon(two.node.swarm.invite())).rejects.toMatchObject({ code: 'ERR_NOT_ADMIN' })
    const wrong = world.code.startsWith('0') ? `1${world.code.slice(1)}` : `0${world.code.slice(1)}`
    await expect(soon(two.node.swarm.recover(wrong))).rejects.toMatchObject({
      code: 'ERR_RECOVERY_CODE',
      message: expect.stringContaining('group 1'),
    })
    const stranger = await world.tablet('stranger')
    const other = await soon(stranger.node.swarm.found('Elsewhere'))
    await expect(soon(two.node.swarm.recover(other.recoveryCode))).rejects.toMatchObject({
      code: 'ERR_RECOVERY_CODE',
      message: expect.stringContaining('another swarm'),
    })
    await soon(two.node.swarm.recover(world.code))
    expect(two.status).toMatchObject({ role: 'admin', standing: { type: 'active' } })
    const four = await world.join('four', await soon(two.node.swarm.invite()))
    await until(() => four.device(two)?.role === 'admin', 'the newcomer knowing it')
    expect(four.device(two)).toMatchObject({ depth: 0 })
    await soon(two.node.swarm.revoke(one.id))
    await until(() => four.device(one.id)?.standing.type === 'revoked', 'a revocation of an admin')
  })
})

const untilHeld = async (by: Tablet, node: NodeId, devices: number): Promise<void> => {
  let last: Remains | undefined
  const look = (): boolean => {
    void by.node.swarm.remains(node).then((found) => (last = found))
    return last?.devices === devices
  }
  await world.until(look, `${devices} devices that have all of it`)
}

describe('a poster', { timeout: 60_000 }, () => {
  it('names those who come in by it, counts them, is shown again after a restart, and ends when it is withdrawn', async () => {
    const { founder, until, soon } = world
    const profile = { name: 'Line 3 – {n}', home: '/andon', language: 'de' }
    const link = await soon(founder.node.swarm.invite({ uses: 5, profile }))
    expect(await founder.node.swarm.readInvitation(link)).toMatchObject({ uses: 5, profile })
    const one = await world.join('one', link)
    const named = await world.tablet('two')
    await soon(named.node.rename('Hand scanner'))
    const two = await world.join(named, link)
    const three = await world.join('three', link)
    await until(() => founder.device(three)?.displayName !== undefined, 'names')
    expect([one, two, three].map((tablet) => founder.device(tablet)?.displayName)).toEqual([
      'Line 3 – 1',
      'Hand scanner',
      'Line 3 – 3',
    ])
    expect((await soon(one.node.details())).profile).toEqual({ home: '/andon', language: 'de' })
    const [invitation] = founder.status.invitations
    expect(invitation).toMatchObject({
      uses: 5,
      admitted: [one.id, two.id, three.id],
      link,
      isWithdrawn: false,
      profile,
    })
    await until(() => one.status.invitations[0]?.admitted.length === 3, 'the count elsewhere')
    expect(one.status.invitations[0]).not.toHaveProperty('link')
    expect(one.status.alerts).toEqual([])
    await founder.restart()
    expect(founder.status.invitations[0]?.link).toBe(link)

    await expect(soon(one.node.swarm.withdraw(invitation?.id ?? ''))).rejects.toMatchObject({ code: 'ERR_NOT_ADMIN' })
    await expect(soon(founder.node.swarm.withdraw('x'))).rejects.toMatchObject({ code: 'ERR_UNKNOWN_INVITATION' })
    const late = await world.tablet('late')
    await soon(late.node.swarm.join(link))
    const { isWithdrawn } = invitation ?? {}
    expect(isWithdrawn).toBe(false)
    await until(() => late.status.state === 'member', 'one more')
    await soon(founder.node.swarm.withdraw(invitation?.id ?? ''))
    await until(() => one.status.invitations[0]?.isWithdrawn === true, 'the withdrawal elsewhere')
    const tooLate = await world.tablet('too late')
    await soon(tooLate.node.swarm.join(link))
    await world.pass(20_000)
    expect(tooLate.status.state).toBe('alone')
    expect(founder.status.invitations[0]).toMatchObject({ isWithdrawn: true, admitted: { length: 4 } })
    expect(founder.status.invitations[0]).not.toHaveProperty('link')
  })

  it('of one use that lets in two, in two partitions: both stay, and admins are told, alike everywhere', async () => {
    const { founder, until, soon } = world
    const poster = await soon(founder.node.swarm.invite({ uses: 2 }))
    const one = await world.join('one', poster)
    const two = await world.join('two', poster)
    const link = await soon(founder.node.swarm.invite())
    await until(() => [one, two].every(({ status }) => status.invitations.length === 2), 'the invitation everywhere')
    const [left, right] = [await world.tablet('left'), await world.tablet('right')]
    world.partition([founder, one, left], [two, right])
    await until(() => !world.areLinked(one, two) && !world.areLinked(founder, two), 'a partition', 500)
    await world.join(left, link)
    await world.join(right, link)
    expect(founder.status.alerts.map(({ type }) => type)).not.toContain('overused')
    world.heal()
    const isTold = (): boolean => founder.status.alerts.some(({ type }) => type === 'overused')
    await until(isTold, 'an alert', 100)
    const alert = founder.status.alerts.find(({ type }) => type === 'overused')
    expect(alert).toMatchObject({ uses: 1, admitted: expect.arrayContaining([left.id, right.id]) })
    await until(
      () => [one, two, left, right].every((tablet) => tablet.status.devices.length === 5),
      'everybody knowing everybody',
      100,
    )
    expect(two.status.devices.every(({ standing }) => standing.type === 'active')).toBe(true)
  })
})

/** With `names` as members, those of `admins` made admins by the founder. */
const assemble = async (names: readonly string[], admins: readonly string[] = []): Promise<Map<string, Tablet>> => {
  const { founder, soon, until } = world
  const link = await soon(founder.node.swarm.invite({ uses: names.length }))
  const made = new Map<string, Tablet>()
  for (const name of names) made.set(name, await world.join(name, link))
  for (const name of admins) {
    const id = made.get(name)?.id
    if (id === undefined) throw new Error('no such tablet')
    await soon(founder.node.swarm.promote(id))
  }
  const all = [founder, ...made.values()]
  await until(
    () =>
      all.every((tablet) => admins.every((name) => tablet.device(get(made, name))?.role === 'admin')) &&
      all.every((one) => all.every((other) => one === other || world.areLinked(one, other))),
    'a whole mesh',
  )
  return made
}

const get = (made: ReadonlyMap<string, Tablet>, name: string): Tablet => {
  const tablet = made.get(name)
  if (tablet === undefined) throw new Error(`no ${name}`)
  return tablet
}

describe('revoking', { timeout: 90_000 }, () => {
  it('by two admins in two partitions, of an admin, its events coming by third nodes: the lower cut, alike on all', async () => {
    const { founder, soon, until } = world
    const made = await assemble(['A', 'B', 'C', 'left', 'right'], ['A', 'B'])
    const [a, b, c, left, right] = ['A', 'B', 'C', 'left', 'right'].map((name) => get(made, name)) as [Tablet, Tablet, Tablet, Tablet, Tablet] // prettier-ignore
    // nearer to the root than C will be
    await soon(a.node.swarm.promote(c.id))
    await until(() => right.device(c)?.depth === 2, 'C as an admin')
    await c.publish(5)
    const all = [founder, a, b, left, right]
    await until(() => all.every((tablet) => tablet.has(c) === 5), 'five events')
    world.partition([founder, a, left], [b, c, right])
    await until(() => !world.areLinked(a, b) && !world.areLinked(left, c) && !world.areLinked(a, c), 'a partition', 500)
    await c.publish(3)
    await until(() => b.has(c) === 8 && right.has(c) === 8, 'three more on one side')
    expect(a.has(c)).toBe(5)

    await soon(a.node.swarm.revoke(c.id))
    await soon(b.node.swarm.revoke(c.id))
    await until(() => left.device(c)?.standing.type === 'revoked', 'a revocation on one side')
    await until(() => right.device(c)?.standing.type === 'revoked', 'a revocation on the other')
    expect(right.has(c)).toBe(8)
    // it is told, and writes nothing that anybody takes
    await until(() => c.status.standing.type === 'revoked', 'C being told')
    await until(() => c.network?.links.size === 0, 'C without links')
    expect((await c.node.details()).diary.some(({ code }) => code === 'ERR_REVOKED')).toBe(true)

    world.heal()
    await until(() => all.every((tablet) => tablet.has(c) === 5), 'the lower cut everywhere', 100)
    const standings = all.map((tablet) => tablet.device(c)?.standing)
    expect(new Set(standings.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(standings[0]?.type).toBe('revoked')
    // and after a restart, which finds only what counts
    await right.restart()
    await until(() => right.device(c)?.standing.type === 'revoked', 'the same after a restart')
    expect(right.has(c)).toBe(5)
    expect(right.device(c)?.standing).toEqual(standings[0])
    await founder.publish()
    await until(() => right.has(founder) === 1, 'life going on', 100)
  })

  it('asks for rank, but with the recovery code for nothing; who was revoked out of spite comes back', async () => {
    const { founder, soon, until } = world
    const made = await assemble(['A', 'B', 'm'], ['A', 'B'])
    const [a, b, m] = [get(made, 'A'), get(made, 'B'), get(made, 'm')]
    await m.publish(4)
    await until(() => [founder, a, b].every((tablet) => tablet.has(m) === 4), 'four events')
    await expect(soon(a.node.swarm.revoke(b.id))).rejects.toMatchObject({ code: 'ERR_RANK' })
    await expect(soon(a.node.swarm.revoke(founder.id))).rejects.toMatchObject({ code: 'ERR_RANK' })
    await expect(soon(m.node.swarm.revoke(b.id))).rejects.toMatchObject({ code: 'ERR_NOT_ADMIN' })

    const before = world.clock.now()
    await world.pass(1000)
    await soon(a.node.swarm.revoke(m.id, { since: 1 }))
    await agree(m.id, 'revoked', [founder, a, b])
    await until(() => [founder, a, b].every((tablet) => tablet.has(m) === 0), 'nothing of it counting')
    // what the hostile admin said since does not count
    await soon(founder.node.swarm.revoke(a.id, { since: before }))
    await agree(m.id, 'active', [founder, b])
    await until(() => [founder, b].every((tablet) => tablet.has(m) === 4), 'its events coming back')
    await until(() => world.areLinked(founder, m) && world.areLinked(b, m), 'its links coming back', 100)
    await until(() => m.status.standing.type === 'active', 'm being told so')
    expect(founder.device(a)?.standing).toMatchObject({ type: 'revoked', by: founder.id })

    await soon(m.node.swarm.revoke(founder.id, { recoveryCode: world.code }))
    await agree(founder.id, 'revoked', [m, b])
    expect(b.device(founder.id)?.standing.by).toBe(m.status.swarmId)
    await until(() => b.device(m)?.role === 'admin' && b.device(m)?.depth === 0, 'm as an admin')
    // it rests on the founder's word, said before
    expect(b.device(b)).toMatchObject({ role: 'admin', standing: { type: 'active' } })
    await soon(b.node.swarm.invite())
  })
})

describe('a device that is lost', { timeout: 60_000 }, () => {
  it('is retired: no links, its events count from any carrier; closed: what is not there will not, and the horizon rises', async () => {
    const { founder, soon, until } = world
    const made = await assemble(['A', 'carrier', 'lost'], ['A'])
    const [a, carrier, lost] = [get(made, 'A'), get(made, 'carrier'), get(made, 'lost')]
    world.partition([founder, a], [carrier, lost])
    await until(() => !world.areLinked(a, carrier) && !world.areLinked(a, lost), 'a partition', 500)
    await lost.publish(6)
    await until(() => carrier.has(lost) === 6, 'six events on the carrier')
    await soon(a.node.swarm.retire(lost.id))
    await expect(soon(a.node.swarm.close(carrier.id))).rejects.toMatchObject({ code: 'ERR_NOT_RETIRED' })
    await lost.destroy()
    world.heal()
    await until(() => [founder, a].every((tablet) => tablet.has(lost) === 6), 'its events by the carrier', 100)
    expect(a.device(lost.id)?.standing).toMatchObject({ type: 'retired', by: a.id })
    expect(founder.status.alerts).toContainEqual({ type: 'unclosed', node: lost.id })
    await until(() => carrier.device(lost.id)?.standing.type === 'retired', 'the carrier knowing')
    await until(() => founder.device(carrier)?.lacksOfOurs === 0, 'the carrier having it')
    await untilHeld(founder, lost.id, 3)
    const { known, held } = await founder.node.swarm.remains(lost.id)
    expect(held).toBe(known)
    expect(held).toBeGreaterThanOrEqual(6)

    await world.pass(90_000, 1000)
    expect(founder.node.swarm.horizon().lamport).toBeLessThan(founder.node.log.status().lamport)
    await soon(founder.node.swarm.close(lost.id))
    await agree(lost.id, 'closed', [founder, a, carrier])
    await until(() => !founder.node.swarm.horizon().waitingFor.includes(lost.id), 'a horizon that rises')
    expect(founder.status.alerts).toEqual([])
    expect(carrier.has(lost)).toBe(6)
  })

  it('is replaced by one invitation: the new one has its name, and nothing is lost', async () => {
    const { founder, soon, until } = world
    const made = await assemble(['A', 'old'], ['A'])
    const [a, old] = [get(made, 'A'), get(made, 'old')]
    await soon(old.node.rename('Line 7'))
    await old.publish(20)
    await until(() => founder.has(old) === 20 && founder.device(old)?.displayName === 'Line 7', 'its events')
    await old.destroy()
    const link = await soon(a.node.swarm.invite({ replaces: old.id, profile: { language: 'de' } }))
    expect(await a.node.swarm.readInvitation(link)).toMatchObject({ uses: 1, replaces: old.id })
    const fresh = await world.join('fresh', link)
    await agree(old.id, 'retired', [founder, a, fresh])
    expect(founder.device(old.id)?.standing).toMatchObject({ by: a.id, replacedBy: fresh.id })
    await until(() => founder.device(fresh)?.displayName === 'Line 7', 'its name')
    await until(() => fresh.has(old) === 20, 'its events on the new one')
    await untilHeld(founder, old.id, 3)
    // a switched-on old one comes to nothing
    expect(founder.status.alerts).toEqual([{ type: 'unclosed', node: old.id }])
  })

  it('is told so when it comes back, and by whom', async () => {
    const { founder, soon, until } = world
    const made = await assemble(['A', 'm'], ['A'])
    const [a, m] = [get(made, 'A'), get(made, 'm')]
    await soon(a.node.swarm.retire(m.id))
    await until(() => m.status.standing.type === 'retired', 'being told')
    await until(() => m.network?.links.size === 0, 'no links')
    await m.restart()
    await until(() => m.status.standing.type === 'retired', 'being told again', 100)
    const said = (await m.node.details()).diary.filter(({ code }) => code === 'ERR_RETIRED')
    expect(said.at(-1)?.message).toContain(a.id)
    // who ranks above is not shut out from below
    await soon(a.node.swarm.retire(founder.id))
    await until(() => founder.status.standing.type === 'retired', 'the founder knowing')
    await world.pass(5000)
    expect(world.areLinked(a, founder)).toBe(true)
    await soon(founder.node.swarm.revoke(a.id, { since: world.clock.now() - 6_000_000 }))
    await until(() => founder.status.standing.type === 'active', 'its answer')
  })
})
