import { expect, test } from 'vitest'
import type { Channel, CloseReason, Dialling } from '../../src/transport/contract.ts'
import type { MemoryRadio } from '../../src/transport/memory-radio.ts'
import { createMemoryAir } from '../../src/transport/memory-radio.ts'
import { createManualClock } from '../api/manual-clock.ts'

interface Call {
  readonly dialling: Dialling
  readonly signals: Uint8Array[]
  readonly channels: Channel[]
  readonly fails: CloseReason[]
}

const call = (radio: MemoryRadio, initiator: boolean): Call => {
  const signals: Uint8Array[] = []
  const channels: Channel[] = []
  const fails: CloseReason[] = []
  const dialling = radio.dial({
    initiator,
    onSignal: (signal) => signals.push(signal),
    onOpen: (channel) => channels.push(channel),
    onFail: (reason) => fails.push(reason),
  })
  return { dialling, signals, channels, fails }
}
const pass = (from: Call, to: Call): void => {
  for (const signal of from.signals) to.dialling.signal(signal)
}

const setUp = () => {
  const clock = createManualClock()
  const air = createMemoryAir({ clock })
  const caller = call(air.radio('A'), true)
  const answerer = call(air.radio('B'), false)
  clock.pass(1)
  pass(caller, answerer)
  clock.pass(1)
  return { clock, air, caller, answerer }
}

test('one signal each way opens a pair whose ends agree on the fingerprints', () => {
  const { clock, caller, answerer } = setUp()
  expect([caller.signals.length, answerer.signals.length]).toEqual([1, 1])
  pass(answerer, caller)
  pass(answerer, caller)
  pass(caller, answerer)
  clock.pass(100)
  const [a] = caller.channels
  const [b] = answerer.channels
  expect([caller.channels.length, answerer.channels.length]).toEqual([1, 1])
  expect(a?.kind).toBe('webrtc')
  expect(a?.fingerprints?.ours).toEqual(b?.fingerprints?.theirs)
  expect(a?.fingerprints?.theirs).toEqual(b?.fingerprints?.ours)
  expect(a?.fingerprints?.ours).not.toEqual(a?.fingerprints?.theirs)
  clock.pass(60_000)
  expect([caller.fails, answerer.fails]).toEqual([[], []])
})

test('a fingerprint that was changed on the way is seen by one end, and not by the other', () => {
  const { clock, caller, answerer } = setUp()
  const swapped = answerer.signals[0]?.slice() ?? new Uint8Array()
  swapped.fill(9, 10)
  caller.dialling.signal(swapped)
  clock.pass(100)
  expect(caller.channels[0]?.fingerprints?.theirs).not.toEqual(answerer.channels[0]?.fingerprints?.ours)
})

test('garbage, an answer to another offer and an answer nobody gave open nothing; the time runs out', () => {
  const { clock, air, caller } = setUp()
  const other = call(air.radio('C'), true)
  const third = call(air.radio('D'), false)
  clock.pass(1)
  pass(other, third)
  clock.pass(1)
  pass(third, caller)
  caller.dialling.signal(Uint8Array.of(1, 2, 3))
  caller.dialling.signal(new Uint8Array(42).fill(0x6d))
  clock.pass(30_000)
  expect(caller.channels).toEqual([])
  expect(caller.fails.map(({ code }) => code)).toEqual(['ERR_CHANNEL_FAILED'])
})

test('two that are cut off from each other do not connect; what is open is held until they are mended', () => {
  const { clock, air, caller, answerer } = setUp()
  pass(answerer, caller)
  clock.pass(100)
  air.cut('A', 'B')
  const heard: number[] = []
  answerer.channels[0]?.listen({
    onFrame: (frame) => heard.push(frame.length),
    onDrain: () => undefined,
    onClose: () => heard.push(-1),
  })
  caller.channels[0]?.send(new Uint8Array(7))
  clock.pass(5000)
  expect(caller.channels[0]?.buffered).toBe(7)
  const again = call(air.radio('A'), true)
  const back = call(air.radio('B'), false)
  clock.pass(1)
  pass(again, back)
  clock.pass(1)
  pass(back, again)
  clock.pass(1000)
  expect(again.channels).toEqual([])
  air.mend('A', 'B')
  clock.pass(1)
  return Promise.resolve().then(() => {
    expect(heard).toEqual([7])
    expect(air.pairs().length).toBe(1)
    air.pairs()[0]?.pair.break()
    expect(heard).toEqual([7, -1])
    expect(air.pairs()).toEqual([])
  })
})

test('a radio that is switched off fails to dial, and says when it is back', () => {
  const clock = createManualClock()
  const radio = createMemoryAir({ clock }).radio('A')
  const changes: boolean[] = []
  const stop = radio.onReady((isReady) => changes.push(isReady))
  radio.setReady(false)
  const { fails } = call(radio, true)
  clock.pass(1)
  expect(fails.map(({ code }) => code)).toEqual(['ERR_NO_RADIO'])
  radio.setReady(true)
  stop()
  radio.setReady(false)
  expect(changes).toEqual([false, true])
})
