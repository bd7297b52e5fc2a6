/** The one constructor: first start, later starts, two at once, settings, diary. */
import { describe, expect, it, vi } from 'vitest'
import type { AppId } from '../../src/core/event.ts'
import { isNodeId } from '../../src/core/node-id.ts'
import type { Node } from '../../src/node/contract.ts'
import type { EventRouting } from '../../src/node/contract.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { createMemoryDisk } from '../../src/store/memory.ts'
import { createManualClock, settle } from '../api/manual-clock.ts'
import { openNode } from '../api/nodes.ts'

const appId = 'com.example.test' as AppId
const start = async (disk: MemoryDisk, clock = createManualClock()): Promise<Node> => openNode(clock, disk)
const publish = (node: Node, tag: string, count = 1) =>
  node.log.append(
    Array.from({ length: count }, (_, index) => ({ tags: [tag], payload: index })),
    { appId },
  )

describe('createNode', () => {
  it('founds silently on a first start, and is the same node of the same swarm ever after', async () => {
    const disk = createMemoryDisk()
    const first = await start(disk)
    const { nodeId, swarmId, displayName, diary, events } = await first.details()
    expect([isNodeId(nodeId), isNodeId(swarmId), nodeId === swarmId]).toEqual([true, true, false])
    expect(displayName).toMatch(/^Device \w{4}$/)
    expect([diary, events]).toEqual([[], 0])
    await publish(first, 'a')
    await first.close()
    const second = await start(disk)
    expect(await second.details()).toMatchObject({ nodeId, swarmId, displayName, diary: [], events: 1 })
  })

  it('two first starts at once agree: one goes on, both speak of the same node and swarm', async () => {
    for (let round = 0; round < 5; round++) {
      const disk = createMemoryDisk()
      disk.delay = () => new Promise((resolve) => setImmediate(resolve))
      const both = await Promise.allSettled([start(disk), start(disk)])
      const opened = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      const failed = both.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []))
      expect(opened.length).toBeGreaterThan(0)
      expect(failed.every((code) => code === 'ERR_STORE_FENCED')).toBe(true)
      const later = await start(disk)
      const { nodeId, swarmId } = await later.details()
      for (const node of opened) expect(await node.details()).toMatchObject({ nodeId, swarmId })
    }
  })

  it('a start that was cut off anywhere is taken up by the next one', async () => {
    for (let survives = 0; survives < 4; survives++) {
      for (const fate of ['die-before', 'die-after'] as const) {
        const disk = createMemoryDisk()
        let commits = 0
        disk.fate = () => (commits++ === survives ? fate : 'commit')
        await Promise.race([start(disk), settle(200)])
        disk.fate = () => 'commit'
        const node = await start(disk)
        await publish(node, 'a')
        const { nodeId, swarmId } = await node.details()
        expect(await (await start(disk)).details()).toMatchObject({ nodeId, swarmId, events: 1 })
      }
    }
  })

  it('says how long it is up, what it is, and how much it holds', async () => {
    const clock = createManualClock()
    const node = await start(createMemoryDisk(), clock)
    await publish(node, 'a', 3)
    clock.pass(61_500)
    expect(await node.details()).toMatchObject({
      uptime: { secs: 61, nanos: 500_000_000 },
      version: '2.18.1-shoal-test',
      connectedNodes: 0,
      events: 3,
      runs: 1,
      sealedRuns: 0,
      quarantined: [],
    })
  })

  it('seals by itself when idle', async () => {
    const clock = createManualClock()
    const node = await start(createMemoryDisk(), clock)
    for (let count = 0; count < 64; count++) await publish(node, 'a')
    clock.pass(60_000)
    await vi.waitFor(() => expect(clock.waiting).toBe(1))
    clock.pass(60_000)
    await vi.waitFor(async () => expect(await node.details()).toMatchObject({ runs: 1, sealedRuns: 1, events: 64 }))
    await node.close()
    expect(clock.waiting).toBe(0)
  })

  it('takes no runs of strangers: they are no members', async () => {
    const [here, there] = [await start(createMemoryDisk()), await start(createMemoryDisk())]
    await publish(there, 'a')
    const [stream = '' as never] = [...there.log.heads().keys()]
    const record = (await there.log.run(stream, 0)) ?? new Uint8Array()
    expect(await here.log.ingest([record])).toMatchObject([{ type: 'refused', code: 'ERR_OTHER_SWARM' }])
  })
})

describe('settings', () => {
  it('a name is kept, trimmed, in NFC; what is none is refused', async () => {
    const disk = createMemoryDisk()
    const node = await start(disk)
    await node.rename('  Presse A\u030a  ')
    expect((await (await start(disk)).details()).displayName).toBe('Presse \u00c5')
    const again = await start(disk)
    for (const name of ['', '   ', 'x'.repeat(81)])
      await expect(again.rename(name)).rejects.toMatchObject({ code: 'ERR_SETTINGS' })
  })

  it('routes hold from then on, across restarts; a stream keeps its number and kind', async () => {
    const disk = createMemoryDisk()
    let node = await start(disk)
    const into = async (tag: string): Promise<string> => (await publish(node, tag))[0]?.stream.slice(44) ?? ''
    const logs: EventRouting = { streams: { logs: { maxEvents: 5 } }, routes: [{ from: "'log'", into: 'logs' }] }
    expect(await into('log')).toBe('0')
    await node.setEventRouting(logs)
    expect([await into('log'), await into('other')]).toEqual(['4', '0'])
    node = await start(disk)
    expect(node.eventRouting()).toEqual(logs)
    expect(await into('log')).toBe('4')
    // the same name, now permanent, is another stream
    await node.setEventRouting({ routes: logs.routes ?? [] })
    expect(await into('log')).toBe('5')
    await node.setEventRouting(logs)
    expect(await into('log')).toBe('4')
    await node.setEventRouting({
      routes: [
        { from: "'log' & 'never' | isLocal & 'x'", into: 'constructor' },
        { from: 'allEvents', into: 'toString' },
      ],
    })
    expect([await into('x'), await into('y')]).toEqual(['6', '7'])
    node = await start(disk)
    expect([await into('x'), await into('y')]).toEqual(['6', '7'])
  })

  it('what is no routing changes nothing', async () => {
    const node = await start(createMemoryDisk())
    await expect(node.setEventRouting({ streams: { a: { maxSize: '5 MB' } } })).rejects.toMatchObject({
      code: 'ERR_SETTINGS',
    })
    expect(node.eventRouting()).toEqual({})
  })

  it('that could not be written do not hold', async () => {
    const disk = createMemoryDisk()
    const node = await start(disk)
    disk.fate = () => 'full'
    await expect(node.rename('New')).rejects.toMatchObject({ code: 'ERR_STORE_FULL' })
    await expect(node.setEventRouting({ routes: [{ from: 'allEvents', into: 'a' }] })).rejects.toMatchObject({
      code: 'ERR_STORE_FULL',
    })
    expect((await node.details()).displayName).toMatch(/^Device/)
    disk.fate = () => 'commit'
    expect((await publish(node, 'x'))[0]?.stream.endsWith('-0')).toBe(true)
  })
})

describe('damaged records of meta', () => {
  it.each(['format', 'writer', 'lamport', 'membership', 'settings', 'receipts'])(
    '%s: the node starts, has its events, goes on, and says so where something was lost',
    async (key) => {
      const disk = createMemoryDisk()
      const first = await start(disk)
      await first.rename('Oven 7')
      await publish(first, 'before')
      const { swarmId } = await first.details()
      const meta = disk.tables.get('meta')
      meta?.set(key, Uint8Array.from([0xff, 0x00, 0x17]))
      const node = await start(disk)
      await publish(node, 'after')
      expect(await node.details()).toMatchObject({
        swarmId,
        events: 2,
      })
      expect((await node.details()).displayName).toMatch(key === 'settings' ? /^Device/ : /^Oven 7$/)
      await settle()
      const told = (await node.details()).diary.map(({ code }) => code)
      const silent: Record<string, boolean> = { format: true, writer: true, receipts: true }
      expect(told.length > 0).toBe(silent[key] !== true)
      // the older instance must not write any more
      await expect(publish(first, 'late')).rejects.toMatchObject({ code: 'ERR_STORE_FENCED' })
    },
  )

  it('named streams get new numbers after damaged settings: what the old ones were is not known', async () => {
    const disk = createMemoryDisk()
    const routing = { streams: { hot: { maxAge: '1h' } }, routes: [{ from: "'t'", into: 'hot' }] }
    const first = await start(disk)
    await first.setEventRouting(routing)
    disk.tables.get('meta')?.set('settings', new Uint8Array([0xff]))
    const node = await start(disk)
    await node.setEventRouting(routing)
    expect((await publish(node, 't'))[0]?.stream.endsWith('-129')).toBe(true)
  })
})

describe('the diary', () => {
  it('tells of a damaged run, once, and remembers it', async () => {
    const disk = createMemoryDisk()
    let node = await start(disk)
    await publish(node, 'a')
    await publish(node, 'b')
    const runs = disk.tables.get('runs')
    const [first] = [...(runs ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))
    if (first !== undefined)
      runs?.set(
        first[0],
        first[1].map((byte, index) => (index === 30 ? byte ^ 1 : byte)),
      )
    node = await start(disk)
    for (let round = 0; round < 3; round++)
      for await (const batch of node.log.read({ filter: { type: 'all' }, order: 'asc' })) expect(batch).toBeDefined()
    await settle()
    const { diary, quarantined } = await (await start(disk)).details()
    expect(quarantined).toEqual([])
    expect(diary.filter(({ code }) => code === 'QUARANTINED')).toHaveLength(1)
    expect(diary[0]?.message).toContain('Events 0 to 0')
    expect((await node.details()).quarantined).toMatchObject([{ from: 0, count: 1 }])
  })

  it('that is damaged itself does not keep the node from starting', async () => {
    const disk = createMemoryDisk()
    const clock = createManualClock(5_000_000_000_000_000)
    await publish(await start(disk, clock), 'a')
    await publish(await start(disk, createManualClock(4_000_000_000_000_000)), 'a')
    await settle()
    const diary = disk.tables.get('diary')
    expect(diary?.size).toBe(1)
    diary?.set('0000000000000007', new Uint8Array([0xff]))
    diary?.set('0000000000000008', new Uint8Array([0xf6]))
    const node = await start(disk, createManualClock(3_000_000_000_000_000))
    expect((await node.details()).diary.map(({ code }) => code)).toEqual(['CLOCK_SET_BACK'])
    await publish(node, 'a')
    await settle()
    expect([...(diary?.keys() ?? [])].sort().at(-1)).toBe('0000000000000009')
  })
})
