/** `shoal.swarm` against a worker that dies and a node that moves to another log in the middle of what it was asked. */
import { afterEach, describe, expect, it } from 'vitest'
import { connectTo } from '../../src/client/shoal.ts'
import type { LinkTimes } from '../../src/client/link.ts'
import { linkTimes } from '../../src/client/link.ts'
import type { Item, Joining, SwarmStatus } from '../../src/client/contract.ts'
import { ShoalError } from '../../src/core/errors.ts'
import type { Node } from '../../src/node/contract.ts'
import { systemClock } from '../../src/node/system-clock.ts'
import { createSwarmScript, swarmId } from '../api/scripted-swarm.ts'
import { createMortalWorker } from './mortal-worker.ts'

/** A tenth of the real ones. */
const times = Object.fromEntries(Object.entries(linkTimes).map(([name, ms]) => [name, ms / 10])) as unknown as LinkTimes
const closings: (() => void)[] = []
afterEach(() => {
  for (const close of closings.splice(0)) close()
})

const setUp = () => {
  const script = createSwarmScript()
  const nodes: Node[] = []
  const worker = createMortalWorker({
    dress: (node) => {
      nodes.push(node)
      return script.give(node)
    },
  })
  const { shoal } = connectTo(worker.dial, { clock: systemClock, times })
  closings.push(() => shoal.close())
  return { script, worker, shoal, swarm: shoal.swarm, nodes }
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const until = async (done: () => boolean): Promise<void> => {
  for (let i = 0; i < 500 && !done(); i++) await pause(10)
  expect(done()).toBe(true)
}
const joining = (step: Joining['step'], more: Partial<Joining> = {}): Joining => ({
  step,
  swarmName: 'Hall 3',
  since: 1,
  failed: false,
  ...more,
})
const calls = (script: ReturnType<typeof createSwarmScript>, call: string) =>
  script.asked.filter(([name]) => name === call)

describe('the calls', () => {
  it('reach the node and answer', async () => {
    const { swarm, script, nodes } = setUp()
    expect(await swarm.found('Hall 3')).toEqual({ swarmId, recoveryCode: 'ABCDE-FGHIJ' })
    expect(await swarm.recoveryKept()).toBeUndefined()
    expect(await swarm.invite()).toBe('https://shoal.example/#join/abc')
    expect(await swarm.invite({ uses: 3 })).toBe('https://shoal.example/#join/abc')
    expect(await swarm.readInvitation('x')).toMatchObject({ swarmId, uses: 1 })
    expect(await swarm.code()).toBe('SHOAL:1')
    expect(await swarm.code('SHOAL:2')).toBe('SHOAL:1')
    expect(await swarm.stations()).toEqual(['wss://shoal.example/signal'])
    expect(await swarm.stations([])).toEqual(['wss://shoal.example/signal'])
    const node = nodes[0]?.id ?? ''
    expect(await swarm.safety({ stream: `${node}-0`, offset: 7 })).toEqual({ devices: 2, nodes: [node], of: 3 })
    expect(await swarm.horizon()).toEqual({ lamport: 7, waitingFor: [node] })
    expect(await swarm.former()).toMatchObject([{ swarmId, name: 'Old' }])
    expect(await swarm.cancelJoin()).toBeUndefined()
    expect(script.asked.map(([call, ...given]) => [call, ...given].join(' ').trim())).toEqual([
      'found Hall 3',
      'recoveryKept',
      'invite [object Object]',
      'invite [object Object]',
      'readInvitation x',
      'code',
      'code SHOAL:2',
      'stations',
      'stations',
      `safety ${node}-0 7`,
      'horizon',
      'former',
      'cancelJoin',
    ])
    script.change({
      devices: [
        {
          node: nodes[0]?.id as Node['id'],
          isSelf: true,
          role: 'admin',
          admittedBy: swarmId,
          standing: { type: 'active' },
          depth: 0,
        },
      ],
    })
    expect(await swarm.members()).toMatchObject([{ node, isSelf: true }])
  })

  it('reject with the code and the sentence of the node', async () => {
    const { swarm } = setUp()
    await expect(swarm.safety({ stream: 'x', offset: 0 })).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' })
    await expect(swarm.readInvitation(7 as unknown as string)).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' })
  })

  it('leave once, although the node that was asked is gone before its answer', async () => {
    const { swarm, script, worker, shoal, nodes } = setUp()
    await shoal.publish([{ tags: ['t'], payload: 'before' }])
    script.on.leave = () => worker.move()
    await swarm.leave()
    expect(calls(script, 'leave')).toEqual([['leave', nodes[0]?.id]])
    expect(nodes).toHaveLength(2)
    expect((await shoal.info()).nodeId).toBe(nodes[1]?.id)
    expect(await shoal.query('FROM allEvents')).toMatchObject([{ type: 'offsets' }])
    await shoal.publish([{ tags: ['t'], payload: 'after' }])
    expect(await worker.stored()).toEqual(['after'])
  })
})

describe('watch', () => {
  it('goes on across deaths, and says nothing twice', async () => {
    const { swarm, script, worker } = setUp()
    const seen: string[] = []
    closings.push(swarm.watch(({ name }) => seen.push(name)))
    await until(() => seen.length === 1)
    worker.kill()
    await pause(900)
    expect([seen, worker.counts.deaths, worker.counts.dials]).toEqual([[''], 1, 2])
    script.change({ name: 'a' })
    await until(() => seen.length === 2)
    worker.kill()
    script.change({ name: 'b' })
    await until(() => seen.length === 3)
    expect(seen).toEqual(['', 'a', 'b'])
  })

  it('goes on when the node moved to another log', async () => {
    const { swarm, worker, nodes } = setUp()
    const seen: string[] = []
    closings.push(swarm.watch(({ node }) => seen.push(node)))
    await until(() => seen.length === 1)
    await worker.move()
    await until(() => seen.length === 2)
    expect(seen).toEqual(nodes.map(({ id }) => id))
    expect(new Set(seen).size).toBe(2)
  })

  it('tells at most twice a second, also where every death brings another status', async () => {
    const { swarm, script, worker } = setUp()
    const at: number[] = []
    closings.push(swarm.watch(() => at.push(performance.now())))
    await until(() => at.length === 1)
    for (let i = 0; i < 20; i++) {
      script.change({ name: `${i}` })
      if (i % 4 === 0) worker.kill()
      await pause(80)
    }
    expect(at.length).toBeGreaterThan(2)
    for (const [index, time] of at.slice(1).entries()) expect(time - (at[index] ?? 0)).toBeGreaterThan(480)
  })

  it('that is cancelled is heard no more, and asked for no more', async () => {
    const { swarm, script, worker } = setUp()
    const seen: string[] = []
    const stop = swarm.watch(({ name }) => seen.push(name))
    await until(() => seen.length === 1)
    expect([script.listening, worker.streams()]).toEqual([1, 1])
    stop()
    await until(() => script.listening === 0)
    script.change({ name: 'a' })
    await pause(700)
    expect([seen, worker.streams()]).toEqual([[''], 0])
  })

  it('of a page that throws goes on', async () => {
    const { swarm, script } = setUp()
    const thrown: unknown[] = []
    const catchIt = (error: unknown): void => void thrown.push(error)
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', catchIt)
    try {
      const seen: string[] = []
      closings.push(
        swarm.watch(({ name }) => {
          seen.push(name)
          throw new Error('of the page')
        }),
      )
      await until(() => seen.length === 1)
      script.change({ name: 'a' })
      await until(() => seen.length === 2)
      expect(thrown).toHaveLength(2)
    } finally {
      process.off('uncaughtException', catchIt)
      for (const listener of before) process.on('uncaughtException', listener)
    }
  })
})

describe('join', () => {
  it('resolves on membership, steps and a death later', async () => {
    const { swarm, script, worker } = setUp()
    script.on.join = () => script.change({ joining: joining('searching') })
    let joined: SwarmStatus | undefined
    const joins = swarm.join('link').then((status) => (joined = status))
    await until(() => calls(script, 'join').length === 1)
    script.change({ joining: joining('proving', { problem: { code: 'ERR_LATER', message: 'Goes on.' } }) })
    await pause(600)
    worker.kill()
    await pause(600)
    expect(joined).toBeUndefined()
    script.change({ state: 'member', name: 'Hall 3', joining: joining('replicating') })
    expect(await joins).toMatchObject({ state: 'member', name: 'Hall 3' })
    expect(calls(script, 'join')).toEqual([['join', 'link']])
  })

  it('is begun although the worker dies over the question, and is taken for done where it was', async () => {
    const { swarm, script, worker } = setUp()
    let asked = 0
    script.on.join = async () => {
      if (asked++ > 0) throw new ShoalError('ERR_ALREADY_MEMBER', 'Already in.')
      script.change({ state: 'member', name: 'Hall 3' })
      worker.kill()
      await pause(10_000)
    }
    expect(await swarm.join('link')).toMatchObject({ state: 'member' })
    expect(asked).toBe(2)
  })

  it('resolves with the status of the node that came to be', async () => {
    const { swarm, script, worker, nodes, shoal } = setUp()
    let isIn = false
    script.on.join = async () => {
      if (isIn) throw new ShoalError('ERR_ALREADY_MEMBER', 'Already in.')
      isIn = true
      await pause(300)
      script.change({ state: 'member' })
      await worker.move()
    }
    const status = await swarm.join('link')
    expect(nodes).toHaveLength(2)
    expect(status.node).toBe(nodes[1]?.id)
    expect((await shoal.info()).nodeId).toBe(nodes[1]?.id)
  })

  it.each([
    ['ERR_INVITATION', 'at once'],
    ['ERR_INVITATION_EXPIRED', 'at once'],
    ['ERR_ALREADY_MEMBER', 'at once'],
    ['ERR_INVITATION_USED', 'later'],
  ])('rejects with %s %s', async (code, when) => {
    const { swarm, script } = setUp()
    const problem = { code, message: 'As told.' }
    script.on.join = () => {
      if (when === 'at once') throw new ShoalError(code, problem.message)
      script.change({ joining: joining('searching') })
      setTimeout(() => script.change({ joining: joining('proving', { problem, failed: true }) }), 200)
    }
    await expect(swarm.join('link')).rejects.toMatchObject({ name: 'ShoalError', ...problem })
    await until(() => script.listening === 0)
  })

  it('rejects when it is cancelled, also on another page', async () => {
    const { swarm, script } = setUp()
    script.on.join = () => {
      script.change({ joining: joining('searching') })
      setTimeout(() => script.change({ joining: undefined as unknown as Joining }), 200)
    }
    await expect(swarm.join('link')).rejects.toMatchObject({ code: 'ERR_JOIN_CANCELLED' })
  })

  it('from one swarm into another waits for the other', async () => {
    const { swarm, script } = setUp()
    script.change({ state: 'member', name: 'Old', swarmId: 'another' })
    script.on.join = () => script.change({ joining: joining('linking') })
    setTimeout(() => script.change({ name: 'Hall 3', swarmId, joining: joining('replicating') }), 300)
    expect(await swarm.join('link')).toMatchObject({ name: 'Hall 3', swarmId })
  })

  it('waits through the moment in which neither join nor membership is seen', async () => {
    const { swarm, script, worker } = setUp()
    script.on.join = () => script.change({ joining: joining('committing') })
    const joins = swarm.join('link')
    await until(() => calls(script, 'join').length === 1)
    script.change({ joining: undefined as unknown as Joining })
    await pause(700)
    await worker.move()
    await pause(300)
    script.change({ state: 'member' })
    expect(await joins).toMatchObject({ state: 'member', swarmId })
  })

  it('by a text that is no invitation asks the node for nothing', async () => {
    const { swarm, script } = setUp()
    await expect(swarm.join('')).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' })
    expect(script.asked).toEqual([])
  })
})

describe('a query of a former log', () => {
  it('is asked once, without a bound, and goes on across a death', async () => {
    const { shoal, script, worker, nodes } = setUp()
    await shoal.publish(
      Array.from({ length: 300 }, (_, n) => ({ tags: ['t'], payload: { n, text: 'x'.repeat(1000) } })),
    )
    const former = nodes[0]?.log
    if (former === undefined) throw new Error('no node')
    const reader = { ...former, close: () => Promise.resolve() }
    script.former = () => Promise.resolve(reader)
    await worker.move()
    expect(await shoal.query('FROM allEvents')).toHaveLength(1)
    const items: Item[] = []
    for await (const item of shoal.query('FROM allEvents', { swarmId })) {
      items.push(item)
      if (items.length === 100) worker.kill()
    }
    expect(items.map((item) => (item.type === 'event' ? (item.payload as { n: number }).n : item.type))).toEqual([
      ...Array.from({ length: 300 }, (_, n) => n),
      'offsets',
    ])
    expect(worker.counts.deaths).toBe(1)
    expect(calls(script, 'openFormer')).toHaveLength(2)
  })
})
