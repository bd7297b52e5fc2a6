/** RULES 17: what others say of a node's own streams, true and false. */
import { describe, expect, it } from 'vitest'
import type { RunSketch } from '../../src/log/contract.ts'
import { copyMemoryDisk } from '../../src/store/memory.ts'
import { drafts, publish } from '../log/fixture.ts'
import type { LogSwarm, SwarmDevice } from './log-swarm.ts'
import { createLogSwarm } from './log-swarm.ts'
import { codes, isWhole, pair, pass } from './swarm-steps.ts'

/** `b` wrote 5 events, which `a` holds; `image` is its disk after the first 3. */
const restored = async (seals = false) => {
  const swarm = createLogSwarm()
  const [a, b] = [await swarm.add(), await swarm.add()]
  await publish(b.log, drafts(3))
  const image = copyMemoryDisk(b.disk)
  await publish(b.log, drafts(2, 'first'))
  if (seals) await publish(b.log, drafts(1024, 'many'))
  swarm.connect(a, b)
  await swarm.until(() => isWhole([a, b]))
  b.replicator.close()
  const again = await swarm.add({ disk: image, signer: b.signer, knows: [a.signer.id] })
  const shown: RunSketch[] = []
  again.log.onOwnFork((run) => void shown.push(run))
  return { swarm, a, again, shown }
}

const headOf = (device: SwarmDevice, count: number) => ({
  stream: device.stream,
  from: 0,
  count,
  sealedTo: 0,
  chain: new Uint8Array(32).fill(count),
})
const runsFrom = (swarm: LogSwarm, device: SwarmDevice) => {
  const sent: string[] = []
  for (const wire of swarm.wires)
    wire.filter = (frame, from) => {
      if (frame.type === 'run' && from === device) sent.push(device.log.sketch(frame.bytes)?.stream ?? '')
      return true
    }
  return sent
}

describe('a copy of this device was at work', () => {
  it.each([
    ['and this one wrote nothing since', 0],
    ['and this one wrote less', 1],
    ['and this one wrote as much', 2],
    ['and this one wrote more', 9],
    ['and this one wrote a seal', 1100],
  ])('%s: it is shown a run of the other branch, before its own are sent', async (_, count) => {
    const { swarm, a, again, shown } = await restored()
    if (count > 0) await publish(again.log, drafts(count, 'second'))
    expect(again.replicator.own.isInDoubt).toBe(false)
    swarm.connect(a, again)
    const sent = runsFrom(swarm, again)
    let wasInDoubt = false
    await swarm.until(() => {
      wasInDoubt ||= again.replicator.own.isInDoubt
      return shown.length > 0
    }, 2000)
    expect(shown[0]).toMatchObject({ stream: again.stream })
    expect(wasInDoubt).toBe(true)
    expect(sent).toEqual([])
    await pass(swarm, 3000)
    expect(again.replicator.own.isInDoubt).toBe(false)
  })

  it('found in the middle of a seal, too', async () => {
    const { swarm, a, again, shown } = await restored(true)
    await publish(again.log, drafts(1500, 'second'))
    swarm.connect(a, again)
    await swarm.until(() => shown.length > 0, 5000)
    expect(shown[0]?.stream).toBe(again.stream)
  })
})

describe('nobody was', () => {
  it('others that are behind, or hold the same, raise no doubt, and are served', async () => {
    const { swarm, a, b } = await pair()
    await publish(b.log, drafts(3))
    swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    swarm.wires[0]?.cut()
    for (let round = 0; round < 5; round++) await publish(b.log, drafts(400, 'more', round))
    let doubts = 0
    swarm.connect(a, b)
    await swarm.until(() => {
      if (b.replicator.own.isInDoubt) doubts += 1
      return isWhole([a, b])
    })
    expect(doubts).toBe(0)
    expect(codes(b)).toEqual([])
  })

  it('a damaged run of ours that another holds is mended, and proves nothing', async () => {
    const { swarm, a } = await pair()
    let b = swarm.devices[1] as SwarmDevice
    await publish(b.log, drafts(3))
    await publish(b.log, drafts(3))
    swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    const runs = b.disk.tables.get('runs')
    const last = [...(runs?.keys() ?? [])].sort().at(-1) ?? ''
    runs?.set(last, new Uint8Array(runs.get(last)?.map((byte, index) => (index > 200 ? byte ^ 1 : byte)) ?? []))
    b = await swarm.revive(b)
    const shown: RunSketch[] = []
    b.log.onOwnFork((run) => void shown.push(run))
    for await (const batch of b.log.read({ filter: { type: 'all' }, order: 'asc' })) expect(batch).toBeDefined()
    expect(b.log.count(b.stream)).toBe(3)
    swarm.connect(a, b)
    await swarm.until(() => b.log.count(b.stream) === 6, 5000)
    expect(shown).toEqual([])
    expect(codes(b)).not.toContain('ERR_OWN_HEAD')
  })
})

describe('somebody lies', () => {
  it('that it holds more, and shows nothing: doubted once, for a moment, then nobody waits for it', async () => {
    const { swarm, a, b } = await pair()
    await publish(b.log, drafts(2))
    const wire = swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    wire.ends[0].send({ type: 'heads', full: false, heads: [headOf(b, 7)] })
    await swarm.until(() => b.replicator.own.isInDoubt, 1000)
    let isSettled = false
    void b.replicator.own.settled().then(() => (isSettled = true))
    await swarm.until(() => isSettled, 2500)
    let doubts = 0
    for (let count = 8; count < 40; count++) {
      wire.ends[0].send({ type: 'heads', full: false, heads: [headOf(b, count)] })
      await swarm.turn(20)
      await swarm.turn(20)
      if (b.replicator.own.isInDoubt) doubts += 1
    }
    expect(doubts).toBe(0)
    expect(codes(b).filter((code) => code === 'ERR_OWN_HEAD')).toHaveLength(1)
    expect(wire.isCut).toBe(false)
  })

  it('and never answers: two seconds at most', async () => {
    const { swarm, a, b } = await pair()
    await publish(b.log, drafts(2))
    const wire = swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    wire.ends[0].send({ type: 'heads', full: false, heads: [headOf(b, 7)] })
    await swarm.turn()
    wire.pace = 0
    expect(b.replicator.own.isInDoubt).toBe(true)
    let waited = 0
    for (; b.replicator.own.isInDoubt && waited < 10_000; waited += 50) await swarm.turn(50)
    expect(waited).toBeLessThanOrEqual(2100)
  })

  it('what it asks of us meanwhile waits, what others ask does not', async () => {
    const swarm = createLogSwarm()
    const [a, b, c] = [await swarm.add(), await swarm.add(), await swarm.add()]
    await publish(b.log, drafts(5))
    const wire = swarm.connect(a, b)
    wire.ends[0].send({ type: 'heads', full: true, heads: [headOf(b, 9)] })
    swarm.connect(c, b)
    await swarm.until(() => c.log.count(b.stream) === 5, 2000)
    await pass(swarm, 5000)
    // its claim came to nothing, so that it is served as anybody
    expect(a.log.count(b.stream)).toBe(5)
  })

  it('of another chain behind our head: one of our own runs comes back, and nothing comes of it', async () => {
    const { swarm, a, b } = await pair()
    await publish(b.log, drafts(2))
    await publish(b.log, drafts(2))
    const wire = swarm.connect(a, b)
    await swarm.until(() => isWhole([a, b]))
    const shown: RunSketch[] = []
    b.log.onOwnFork((run) => void shown.push(run))
    wire.ends[0].send({ type: 'heads', full: false, heads: [headOf(b, 2)] })
    await pass(swarm, 4000)
    expect(shown).toEqual([])
    expect(b.replicator.own.isInDoubt).toBe(false)
    expect(codes(b)).toContain('ERR_OWN_HEAD')
  })
})
