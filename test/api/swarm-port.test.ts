import { describe, expect, test } from 'vitest'
import type { PortCall } from '../../src/api/port-contract.ts'
import { statusOf } from '../../src/api/errors.ts'
import { ShoalError } from '../../src/core/errors.ts'
import type { AppId } from '../../src/core/event.ts'
import type { FormerReader, SwarmStatus } from '../../src/node/contract.ts'
import { createManualClock, settle } from './manual-clock.ts'
import { openNode } from './nodes.ts'
import { openPage } from './port-page.ts'
import { createSwarmScript, swarmId } from './scripted-swarm.ts'

const someNode = 'V1n8Zb0kQ7mT.eR4sYw2LxJ5uHcG9dAfP3iKoNtB6vE'
const otherNode = 'kd0Yq3JmB7eU5xR1wTzH2nLfVgC9aSoP8iE4uKyXbN.'

const setUp = async () => {
  const clock = createManualClock()
  const node = await openNode(clock)
  const script = createSwarmScript()
  return { clock, node, script, ...openPage(Promise.resolve(script.give(node))) }
}

describe('the calls of the swarm', () => {
  test.each<[PortCall, unknown, unknown[], unknown[]]>([
    ['swarm_found', { name: 'Hall 3' }, ['found', 'Hall 3'], [{ swarmId, recoveryCode: 'ABCDE-FGHIJ' }]],
    ['swarm_recovery_kept', null, ['recoveryKept'], []],
    ['swarm_invite', {}, ['invite', {}], ['https://shoal.example/#join/abc']],
    [
      'swarm_invite',
      { uses: 30, expiresIn: 60_000, role: 'admin', more: 1 },
      ['invite', { uses: 30, expiresIn: 60_000, role: 'admin' }],
      ['https://shoal.example/#join/abc'],
    ],
    [
      'swarm_invite',
      { uses: 20, profile: { name: 'Line 3 – {n}', home: '/andon', language: 'de', more: 1 }, replaces: someNode },
      ['invite', { uses: 20, profile: { name: 'Line 3 – {n}', home: '/andon', language: 'de' }, replaces: someNode }],
      ['https://shoal.example/#join/abc'],
    ],
    ['swarm_withdraw', { invitation: 'abc' }, ['withdraw', 'abc'], []],
    ['swarm_promote', { node: someNode }, ['promote', someNode], []],
    ['swarm_retire', { node: someNode }, ['retire', someNode], []],
    ['swarm_close', { node: someNode }, ['close', someNode], []],
    ['swarm_revoke', { node: someNode }, ['revoke', someNode, {}], []],
    [
      'swarm_revoke',
      { node: someNode, since: 7, recoveryCode: 'A' },
      ['revoke', someNode, { since: 7, recoveryCode: 'A' }],
      [],
    ],
    ['swarm_replace', { old: someNode, replacement: otherNode }, ['replace', someNode, otherNode], []],
    ['swarm_remains', { node: someNode }, ['remains', someNode], [{ known: 9, held: 8, devices: 1 }]],
    ['swarm_recover', { recoveryCode: 'A' }, ['recover', 'A'], []],
    ['swarm_read_invitation', { link: 'x' }, ['readInvitation', 'x'], [expect.objectContaining({ swarmId })]],
    ['swarm_join', { link: 'x' }, ['join', 'x'], []],
    ['swarm_cancel_join', null, ['cancelJoin'], []],
    ['swarm_code', {}, ['code', undefined], ['SHOAL:1']],
    ['swarm_code', { pasted: 'SHOAL:2' }, ['code', 'SHOAL:2'], ['SHOAL:1']],
    ['swarm_stations', {}, ['stations', undefined], [['wss://shoal.example/signal']]],
    ['swarm_stations', { urls: [] }, ['stations', []], [['wss://shoal.example/signal']]],
    ['swarm_horizon', null, ['horizon'], [expect.objectContaining({ lamport: 7 })]],
    ['swarm_former', null, ['former'], [[expect.objectContaining({ swarmId, name: 'Old' })]]],
  ])('%s %j reaches the node, and its answer the page', async (call, body, asked, answer) => {
    const { ask, script } = await setUp()
    expect(await ask(call, body)).toEqual(answer)
    expect(script.asked).toEqual([asked])
  })

  test('swarm_status and swarm_safety', async () => {
    const { ask, script, node } = await setUp()
    expect(await ask('swarm_status')).toEqual([{ ...script.status, node: node.id }])
    const event = { stream: `${node.id}-0`, offset: 4 }
    expect(await ask('swarm_safety', event)).toEqual([{ devices: 2, nodes: [node.id], of: 3 }])
    expect(script.asked).toEqual([['safety', event.stream, 4]])
  })

  test('swarm_leave is for the node that was meant, and for no later one', async () => {
    const { ask, script, node } = await setUp()
    expect(await ask('swarm_leave', { node: 'somebody' })).toEqual([])
    expect(script.asked).toEqual([])
    expect(await ask('swarm_leave', { node: node.id })).toEqual([])
    expect(script.asked).toEqual([['leave', node.id]])
  })

  test('swarm_join asked again takes membership for the answer that was not heard', async () => {
    const { ask, script } = await setUp()
    script.on.join = () => Promise.reject(new ShoalError('ERR_ALREADY_MEMBER', 'Already in.'))
    await expect(ask('swarm_join', { link: 'x' })).rejects.toMatchObject({ code: 'ERR_ALREADY_MEMBER' })
    await expect(ask('swarm_join', { link: 'x', again: 'yes' })).rejects.toMatchObject({ code: 'ERR_ALREADY_MEMBER' })
    expect(await ask('swarm_join', { link: 'x', again: true })).toEqual([])
    script.on.join = () => Promise.reject(new ShoalError('ERR_INVITATION_USED', 'Used.'))
    await expect(ask('swarm_join', { link: 'x', again: true })).rejects.toMatchObject({ code: 'ERR_INVITATION_USED' })
  })

  test.each<[PortCall, string, RegExp]>([
    ['swarm_found', '{}', /missing field `name`/],
    ['swarm_found', '{"name":""}', /`name` is empty/],
    ['swarm_found', '7', /expected struct/],
    ['swarm_invite', '{"uses":1.5}', /expected a whole number in field `uses`/],
    ['swarm_invite', '{"uses":-1}', /expected a whole number in field `uses`/],
    ['swarm_invite', '{"expiresIn":"1d"}', /expected a whole number in field `expiresIn`/],
    ['swarm_invite', '{"role":"root"}', /expected `admin` or `member` in field `role`/],
    ['swarm_invite', '[]', /invalid type: sequence/],
    ['swarm_invite', '{"profile":7}', /expected an object in field `profile`/],
    ['swarm_invite', '{"profile":{"name":7}}', /expected a string in field `name`/],
    ['swarm_invite', '{"replaces":"x"}', /"x" in field `replaces` is no node id/],
    ['swarm_withdraw', '{}', /missing field `invitation`/],
    ['swarm_promote', '{"node":"x"}', /"x" in field `node` is no node id/],
    ['swarm_revoke', '{}', /missing field `node`/],
    ['swarm_revoke', `{"node":"${someNode}","since":"x"}`, /expected a whole number in field `since`/],
    ['swarm_replace', `{"old":"${someNode}"}`, /missing field `replacement`/],
    ['swarm_recover', '{"recoveryCode":""}', /`recoveryCode` is empty/],
    ['swarm_read_invitation', '{"link":7}', /expected a string in field `link`/],
    ['swarm_join', '{"link":null}', /expected a string in field `link`/],
    ['swarm_leave', '{}', /missing field `node`/],
    ['swarm_code', '{"pasted":{}}', /expected a string in field `pasted`/],
    ['swarm_stations', '{"urls":"wss://x"}', /expected an array of strings in field `urls`/],
    ['swarm_stations', '{"urls":[7]}', /expected an array of strings in field `urls`/],
    ['swarm_safety', '{"stream":"x","offset":0}', /"x" is no stream id/],
    ['swarm_safety', `{"stream":"${swarmId}-0"}`, /missing field `offset`/],
    ['swarm_safety', `{"stream":"${swarmId}-0","offset":-1}`, /expected a whole number in field `offset`/],
    ['swarm_watch', '{"wait":"long"}', /expected a whole number in field `wait`/],
    ['swarm_dance' as PortCall, '{}', /unknown call "swarm_dance"/],
  ])('%s %s is refused before the node hears of it', async (call, body, message) => {
    const { ask, script } = await setUp()
    await expect(ask(call, body)).rejects.toMatchObject({
      code: 'ERR_BAD_REQUEST',
      message: expect.stringMatching(message),
    })
    expect(script.asked).toEqual([])
  })

  test('of a node without a network say so', async () => {
    const { ask } = openPage(openNode(createManualClock()))
    expect(await ask('swarm_status')).toMatchObject([{ radio: 'none', devices: [{ isSelf: true }] }])
    expect(statusOf('ERR_NO_NETWORK')).toBe(503)
  })
})

describe('swarm_watch', () => {
  /** Statuses as they come, each acknowledged. */
  const watch = (page: ReturnType<typeof openPage>, body: object = {}) => {
    const id = page.request('swarm_watch', body)
    const names = (): string[] =>
      page.answers
        .filter(page.isFor(id))
        .flatMap((answer) => (answer.type === 'next' ? [(JSON.parse(answer.lines) as SwarmStatus).name] : []))
    return { id, names }
  }

  test('tells the status at once, then the last of several changes, twice a second at most', async () => {
    const { clock, script, ...page } = await setUp()
    const { names } = watch(page)
    await settle()
    expect(names()).toEqual([''])
    script.change({ name: 'a' })
    script.change({ name: 'b' })
    clock.pass(499)
    await settle()
    expect(names()).toEqual([''])
    script.change({ name: 'c' })
    clock.pass(1)
    await settle()
    expect(names()).toEqual(['', 'c'])
    // after a calm second a change is told at once
    clock.pass(1000)
    await settle()
    script.change({ name: 'd' })
    await settle()
    expect(names()).toEqual(['', 'c', 'd'])
  })

  test('says nothing where nothing is different', async () => {
    const { clock, script, ...page } = await setUp()
    const { names } = watch(page)
    await settle()
    for (const name of ['', 'a', '']) {
      script.change({ name })
      await settle()
    }
    clock.pass(2000)
    await settle()
    script.change({})
    await settle()
    expect(names()).toEqual([''])
  })

  test('begins later when asked to, and never much later', async () => {
    const { clock, script, ...page } = await setUp()
    const soon = watch(page, { wait: 300 })
    const late = watch(page, { wait: 1e9 })
    await settle()
    script.change({ name: 'a' })
    clock.pass(299)
    await settle()
    expect([soon.names(), late.names()]).toEqual([[], []])
    clock.pass(1)
    await settle()
    expect([soon.names(), late.names()]).toEqual([['a'], []])
    clock.pass(200)
    await settle()
    expect(late.names()).toEqual(['a'])
  })

  test('that is cancelled stops listening, at whatever it was', async () => {
    const { clock, script, ...page } = await setUp()
    const calm = watch(page)
    await settle()
    clock.pass(500)
    await settle()
    const pausing = watch(page)
    const waiting = watch(page, { wait: 400 })
    await settle()
    expect(script.listening).toBe(3)
    for (const { id } of [calm, pausing, waiting]) page.send({ type: 'cancel', id })
    await settle(20)
    expect(script.listening).toBe(0)
  })
})

describe('a query of a former log', () => {
  const appId = 'com.example.before' as AppId
  const openFormer = async (clock: ReturnType<typeof createManualClock>) => {
    const former = await openNode(clock)
    await former.log.append(
      [1, 2, 3].map((payload) => ({ tags: ['a'], payload })),
      { appId },
    )
    const seen = { closed: 0 }
    const reader: FormerReader = {
      ...former.log,
      close: () => {
        seen.closed++
        return former.log.close()
      },
    }
    return { former, reader, seen }
  }

  test('reads that log, as who the device was in it, and closes it', async () => {
    const { clock, node, script, ask } = await setUp()
    const { former, reader, seen } = await openFormer(clock)
    script.former = () => Promise.resolve(reader)
    await node.log.append([{ tags: ['a'], payload: 'now' }], { appId })
    const body = { query: "FROM 'a' & isLocal", order: 'desc', swarmId }
    expect(await ask('query', body)).toMatchObject([
      { payload: 3, stream: `${former.id}-0` },
      { payload: 2 },
      { payload: 1 },
      { type: 'offsets', offsets: { [`${former.id}-0`]: 2 } },
    ])
    expect([script.asked, seen.closed]).toEqual([[['openFormer', swarmId]], 1])
    expect(await ask('query', { query: "FROM 'a'", order: 'asc' })).toMatchObject([{ payload: 'now' }, {}])
  })

  test('bounds are checked against that log', async () => {
    const { clock, node, script, ask } = await setUp()
    const { former, reader } = await openFormer(clock)
    script.former = () => Promise.resolve(reader)
    const within = { [`${former.id}-0`]: 1 }
    expect(await ask('query', { query: 'FROM allEvents', order: 'asc', swarmId, upperBound: within })).toHaveLength(3)
    const beyond = { [`${node.id}-0`]: 0 }
    const answer = await ask('query', { query: 'FROM allEvents', order: 'asc', swarmId, upperBound: beyond })
    expect(answer).toMatchObject([{ type: 'diagnostic', severity: 'error' }])
  })

  test('of a swarm this device was never in, and a text that is no query, are errors', async () => {
    const { ask, script } = await setUp()
    const asked = ask('query', { query: 'FROM allEvents', order: 'asc', swarmId })
    await expect(asked).rejects.toMatchObject({ code: 'ERR_NO_LOG' })
    expect(statusOf('ERR_NO_LOG')).toBe(404)
    expect(['ERR_RANK', 'ERR_UNKNOWN_DEVICE', 'ERR_NOT_RETIRED'].map(statusOf)).toEqual([403, 404, 409])
    const wrong = ask('query', { query: 'FROM x', order: 'asc', swarmId })
    await expect(wrong).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' })
    expect(script.asked).toHaveLength(1)
    await expect(ask('query', { query: 'FROM allEvents', order: 'asc', swarmId: 7 })).rejects.toThrow(/`swarmId`/)
  })
})
