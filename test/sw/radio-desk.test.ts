import { expect, test } from 'vitest'
import { drainedBytes, earlyBytesMax, frameBytesMax } from '../../src/core/limits.ts'
import type { CloseReason } from '../../src/transport/contract.ts'
import type { Heard } from './radio-world.ts'
import { createRadioWorld, hear } from './radio-world.ts'

const one = Uint8Array.of(1, 2, 3)
const codes = (closes: readonly CloseReason[]): string[] => closes.map(({ code }) => code)

test('without a tab there is no radio; the first one makes it ready', async () => {
  const world = createRadioWorld()
  const { radio } = world.desk
  const fails: CloseReason[] = []
  radio.dial({ initiator: true, onSignal: () => undefined, onOpen: () => undefined, onFail: (why) => fails.push(why) })
  await world.run(100)
  expect(radio.isReady).toBe(false)
  expect(codes(fails)).toEqual(['ERR_NO_RADIO'])
  world.tab('A')
  await world.run(100)
  expect(radio.isReady).toBe(true)
  expect(world.ready).toEqual([true])
})

test('frames go both ways through the tab, whole, in order, and nothing of the caller is taken', async () => {
  const world = createRadioWorld()
  world.tab('A')
  await world.run(100)
  const [ours, theirs] = await world.connect('X')
  expect(ours.kind).toBe('webrtc')
  expect(ours.fingerprints?.ours).toEqual(theirs.fingerprints?.theirs)
  expect(ours.fingerprints?.theirs).toEqual(theirs.fingerprints?.ours)
  const here = hear(ours)
  const there = hear(theirs)
  const sent = Array.from({ length: 50 }, (_, number) => new Uint8Array(number * 37).fill(number))
  for (const frame of sent) {
    ours.send(frame)
    theirs.send(frame)
  }
  expect(sent.map((frame) => frame.length)).toEqual(sent.map((_, number) => number * 37))
  await world.run(200)
  expect(here.frames).toEqual(sent)
  expect(there.frames).toEqual(sent)
})

test('bytes count until they have left the device, not until the tab has them', async () => {
  const world = createRadioWorld()
  world.tab('A')
  await world.run(100)
  const [ours, theirs] = await world.connect('X')
  const here = hear(ours)
  const there = hear(theirs)
  world.air.cut('A', 'X')
  for (let number = 0; number < 8; number++) ours.send(new Uint8Array(frameBytesMax))
  expect(ours.buffered).toBe(8 * frameBytesMax)
  await world.run(1000)
  expect(ours.buffered).toBe(8 * frameBytesMax)
  expect(here.drains).toBe(0)
  world.air.mend('A', 'X')
  await world.run(200)
  expect(ours.buffered).toBe(0)
  expect(here.drains).toBe(1)
  expect(there.frames.length).toBe(8)
  expect(8 * frameBytesMax).toBeGreaterThan(drainedBytes)
})

test('either end closes: the other is told once', async () => {
  const world = createRadioWorld()
  world.tab('A')
  await world.run(100)
  const [first, firstThere] = await world.connect('X')
  const [second, secondThere] = await world.connect('Y')
  const heard = [first, firstThere, second, secondThere].map(hear)
  first.send(one)
  first.close()
  secondThere.close()
  await world.run(200)
  expect(heard.map(({ closes }) => codes(closes))).toEqual([[], ['ERR_CHANNEL_CLOSED'], ['ERR_CHANNEL_CLOSED'], []])
  expect(heard[1]?.frames).toEqual([one])
  first.send(one)
  second.send(one)
  await world.run(100)
  expect(world.air.pairs()).toEqual([])
})

test.each([
  ['closed by a person', (tab: ReturnType<ReturnType<typeof createRadioWorld>['tab']>) => tab.leave()],
  ['crashed, and its port closes', (tab: ReturnType<ReturnType<typeof createRadioWorld>['tab']>) => tab.crash(true)],
  ['crashed without a sign', (tab: ReturnType<ReturnType<typeof createRadioWorld>['tab']>) => tab.crash(false)],
  ['frozen', (tab: ReturnType<ReturnType<typeof createRadioWorld>['tab']>) => tab.freeze()],
])('the tab that has the radio is %s: another has it within 3 s, and the links are told', async (_, harm) => {
  const world = createRadioWorld()
  const first = world.tab('A')
  await world.run(100)
  world.tab('B')
  await world.run(100)
  const [ours] = await world.connect('X')
  const { closes } = hear(ours)
  expect(world.air.pairs()[0]?.names[0]).toBe('A')
  /** How many links were known to be over when all were to be tried. */
  const woken: number[] = []
  world.desk.radio.onWake(() => woken.push(closes.length))
  harm(first)
  await world.run(2900)
  expect(codes(closes)).toEqual(['ERR_CHANNEL_FAILED'])
  expect(woken).toEqual([1])
  expect(world.ready).toEqual([true])
  await world.connect('Y')
  expect(world.air.pairs().at(-1)?.names[0]).toBe('B')
})

test('the last tab goes: the radio is not ready, and is again with the next', async () => {
  const world = createRadioWorld()
  const tab = world.tab('A')
  await world.run(100)
  const [ours] = await world.connect('X')
  const { closes } = hear(ours)
  tab.leave()
  await world.run(100)
  expect(codes(closes)).toEqual(['ERR_CHANNEL_FAILED'])
  expect(world.ready).toEqual([true, false])
  world.tab('B')
  await world.run(100)
  expect(world.ready).toEqual([true, false, true])
})

test('a tab that was hidden hands over to a visible one: that one dials at once, the links of the other go later, one by one', async () => {
  const world = createRadioWorld()
  const first = world.tab('A')
  world.tab('B')
  await world.run(100)
  const links: Heard[] = []
  for (const name of ['X', 'Y', 'Z']) links.push(hear((await world.connect(name))[0]))
  const open = (): number => links.filter(({ closes }) => closes.length === 0).length
  first.show(false)
  await world.run(100)
  await world.connect('V')
  expect(world.air.pairs().at(-1)?.names[0]).toBe('B')
  await world.run(1400)
  expect(open()).toBe(3)
  const seen = new Set<number>()
  for (let turn = 0; turn < 40; turn++) {
    await world.run(50)
    seen.add(open())
  }
  expect([...seen]).toEqual([3, 2, 1, 0])
  expect(world.ready).toEqual([true])
})

test('a hidden tab keeps its links as long as nobody else is visible', async () => {
  const world = createRadioWorld()
  const first = world.tab('A')
  world.tab('B', false)
  await world.run(100)
  const [ours, theirs] = await world.connect('X')
  const { closes, frames } = hear(ours)
  first.show(false)
  await world.run(30_000)
  theirs.send(one)
  await world.run(100)
  expect(closes).toEqual([])
  expect(frames).toEqual([one])
  await world.connect('Y')
  expect(world.air.pairs().at(-1)?.names[0]).toBe('A')
})

test('a lone tab that was frozen for a while has its links again: for 10 s the same, later offered anew', async () => {
  const world = createRadioWorld()
  const tab = world.tab('A')
  await world.run(100)
  const [ours, theirs] = await world.connect('X')
  const here = hear(ours)
  tab.freeze()
  await world.run(5000)
  expect(world.ready).toEqual([true, false])
  theirs.send(one)
  tab.thaw()
  await world.run(300)
  expect(world.ready).toEqual([true, false, true])
  expect(here.closes).toEqual([])
  expect(here.frames).toEqual([one])

  tab.freeze()
  await world.run(20_000)
  expect(codes(here.closes)).toEqual(['ERR_CHANNEL_FAILED'])
  expect(world.adopted).toEqual([])
  tab.thaw()
  await world.run(300)
  expect(world.adopted.length).toBe(1)
  const [again] = world.adopted
  const there = hear(theirs)
  again?.send(one)
  await world.run(100)
  expect(there.frames).toEqual([one])
})

test('the worker dies: the next one gets the links within 3 s, and they still carry', async () => {
  const world = createRadioWorld()
  world.tab('A')
  await world.run(100)
  const [before, theirs] = await world.connect('X')
  const there = hear(theirs)
  hear(before)
  world.killWorker()
  theirs.send(Uint8Array.of(9))
  await world.run(2900)
  expect(world.adopted.length).toBe(1)
  const [after] = world.adopted
  expect(after?.fingerprints).toEqual(before.fingerprints)
  expect(there.closes).toEqual([])
  if (after === undefined) throw new Error('nothing was adopted')
  const here = hear(after)
  theirs.send(one)
  after.send(one)
  await world.run(200)
  // what came while nobody was there is gone: the link above starts over
  expect(here.frames).toEqual([one])
  expect(there.frames).toEqual([one])
  expect(world.desk.radio.isReady).toBe(true)
})

test('a worker that opens a large log is slow to listen: what comes until then ends no connection that outlived the one before', async () => {
  const world = createRadioWorld()
  world.tab('A')
  await world.run(100)
  const [, theirs] = await world.connect('X')
  const there = hear(theirs)
  world.killWorker()
  await world.run(2900)
  const [after] = world.adopted
  if (after === undefined) throw new Error('nothing was adopted')
  // as from a node that goes on with what was wanted of it
  for (let bytes = 0; bytes <= 3 * earlyBytesMax; bytes += frameBytesMax) {
    theirs.send(new Uint8Array(frameBytesMax))
    await world.run(50)
  }
  theirs.send(one)
  await world.run(100)
  const here = hear(after)
  theirs.send(Uint8Array.of(4))
  after.send(one)
  await world.run(200)
  expect([here.closes, there.closes]).toEqual([[], []])
  expect(here.frames.slice(-2)).toEqual([one, Uint8Array.of(4)])
  expect(here.frames.reduce((bytes, { length }) => bytes + length, 0)).toBeLessThan(earlyBytesMax)
  expect(there.frames).toEqual([one])
})

test('on a new connection the same is too much', async () => {
  const world = createRadioWorld()
  world.tab('A')
  await world.run(100)
  const [ours, theirs] = await world.connect('X')
  const there = hear(theirs)
  for (let bytes = 0; bytes <= earlyBytesMax; bytes += frameBytesMax) theirs.send(new Uint8Array(frameBytesMax))
  await world.run(200)
  const here = hear(ours)
  await world.run(100)
  expect(codes(here.closes)).toEqual(['ERR_CHANNEL_FAILED'])
  expect(codes(there.closes)).toEqual(['ERR_CHANNEL_CLOSED'])
})

test('what waits in the tab when the worker dies is counted by the next one', async () => {
  const world = createRadioWorld()
  world.tab('A')
  await world.run(100)
  const [ours] = await world.connect('X')
  world.air.cut('A', 'X')
  for (let number = 0; number < 4; number++) ours.send(new Uint8Array(frameBytesMax))
  await world.run(100)
  world.killWorker()
  await world.run(2900)
  const [after] = world.adopted
  expect(after?.buffered).toBe(4 * frameBytesMax)
  world.air.mend('A', 'X')
  await world.run(100)
  expect(after?.buffered).toBe(0)
})

test.each([1800, 2200, 3300, 5000, 9000])(
  'a worker that only computes for %d ms keeps its links, and its ports',
  async (ms) => {
    const world = createRadioWorld()
    const first = world.tab('A')
    world.tab('B', false)
    await world.run(100)
    const [ours, theirs] = await world.connect('X')
    const here = hear(ours)
    world.freezeWorker()
    await world.run(ms)
    theirs.send(one)
    world.thawWorker()
    await world.run(1000)
    expect(here.closes).toEqual([])
    expect(here.frames).toEqual([one])
    expect(world.adopted).toEqual([])
    expect(world.ready).toEqual([true])
    expect(first.line.isConnected).toBe(true)
    const { ports } = world
    await world.run(20_000)
    expect(world.ports).toBe(ports)
  },
)

test('a worker that retires is not dialled for a while, though it falls silent', async () => {
  const world = createRadioWorld()
  const tab = world.tab('A')
  await world.run(100)
  world.retireWorker()
  await world.run(50)
  world.killWorker()
  const { ports } = world
  await world.run(8000)
  expect(world.ports).toBe(ports)
  tab.line.replaced()
  await world.run(100)
  expect(world.ports).toBe(ports + 1)
  expect(world.desk.radio.isReady).toBe(true)
})

test('a dialling fails when its tab goes', async () => {
  const world = createRadioWorld()
  const tab = world.tab('A')
  await world.run(100)
  const fails: CloseReason[] = []
  const signals: Uint8Array[] = []
  const options = {
    initiator: true,
    onSignal: (signal: Uint8Array) => signals.push(signal),
    onOpen: () => undefined,
    onFail: (why: CloseReason) => fails.push(why),
  }
  const dialling = world.desk.radio.dial(options)
  const given = world.desk.radio.dial({ ...options, onFail: () => fails.push({ code: 'ERR_NEVER', message: '' }) })
  given.close()
  await world.run(100)
  expect(signals.length).toBe(1)
  dialling.signal(Uint8Array.of(1, 2, 3))
  tab.leave()
  await world.run(100)
  expect(codes(fails)).toEqual(['ERR_CHANNEL_FAILED'])
})

test('a device that wakes up is told once, whatever the tabs say', async () => {
  const world = createRadioWorld()
  const first = world.tab('A')
  const second = world.tab('B')
  await world.run(100)
  first.line.wake()
  second.line.wake()
  await world.run(100)
  expect(world.wakes).toBe(1)
  await world.run(1000)
  first.show(false)
  first.show(true)
  await world.run(100)
  expect(world.wakes).toBe(2)
})

test('a page of another version is left alone', async () => {
  const world = createRadioWorld()
  const { port1, port2 } = new MessageChannel()
  const closed = new Promise<void>((resolve) => {
    port1.addEventListener('close', () => resolve())
  })
  port1.start()
  world.desk.offer(port2, 99)
  await closed
  expect(world.desk.radio.isReady).toBe(false)
})
