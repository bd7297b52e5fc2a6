import { expect, test } from 'vitest'
import { systemClock as clock } from '../../src/node/system-clock.ts'
import type { Channel, CloseReason, Dialling } from '../../src/transport/contract.ts'
import { createMemoryPair } from '../../src/transport/memory.ts'
import { createPortChannel } from '../../src/transport/port.ts'
import { createWebRtcDial } from '../../src/transport/webrtc.ts'
import type { Connected } from './transport.ts'
import { transportContract } from './transport.ts'

const dial = createWebRtcDial({ clock })

/** Both connections of the pair, in the order of diallings; simple-peer hides them. */
const made: RTCPeerConnection[] = []
const channels: RTCDataChannel[] = []
const Native = globalThis.RTCPeerConnection
globalThis.RTCPeerConnection = class extends Native {
  constructor(configuration?: RTCConfiguration) {
    super(configuration)
    made.push(this)
  }
  override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, options)
    channels.push(channel)
    return channel
  }
}

interface Opening {
  readonly signals: Uint8Array[]
  readonly channels: readonly [Promise<Channel>, Promise<Channel>]
  readonly diallings: readonly [Dialling, Dialling]
}

const open = (pass = (signal: Uint8Array): readonly Uint8Array[] => [signal]): Opening => {
  const signals: Uint8Array[] = []
  const start = (initiator: boolean, other: () => Dialling): [Dialling, Promise<Channel>] => {
    let dialling: Dialling | undefined
    const channel = new Promise<Channel>((resolve, reject) => {
      dialling = dial({
        initiator,
        onSignal: (signal) => {
          signals.push(signal)
          for (const passed of pass(signal)) other().signal(passed)
        },
        onOpen: resolve,
        onFail: (reason) => reject(new Error(`${reason.code}: ${reason.message}`)),
      })
    })
    return [dialling as unknown as Dialling, channel]
  }
  const [first, firstChannel]: [Dialling, Promise<Channel>] = start(true, () => second)
  const [second, secondChannel]: [Dialling, Promise<Channel>] = start(false, () => first)
  return { signals, channels: [firstChannel, secondChannel], diallings: [first, second] }
}

const connectWebRtc = async (): Promise<Connected> => {
  const before = made.length
  const ends = await Promise.all(open().channels)
  return {
    ends,
    inject: (frame) => channels.at(-1)?.send(frame),
    break: () => made[before]?.close(),
  }
}

transportContract('WebRTC', { connect: connectWebRtc, codeOfBreak: 'ERR_CHANNEL_CLOSED' })

transportContract('port (Chromium)', {
  codeOfBreak: undefined,
  connect: () => {
    const { port1, port2 } = new MessageChannel()
    return Promise.resolve({
      ends: [createPortChannel(port1), createPortChannel(port2)],
      inject: (frame) => port1.postMessage({ type: 'frames', frames: [frame.buffer] }),
      break: () => port1.close(),
    })
  },
})

transportContract('memory (Chromium)', {
  codeOfBreak: 'ERR_CHANNEL_FAILED',
  connect: () => Promise.resolve(createMemoryPair({ clock })),
})

test('signals are small, and both ends see the same two certificates', async () => {
  const { signals, channels: opening } = open()
  const [a, b] = await Promise.all(opening)
  expect(signals.length).toBe(2)
  for (const signal of signals) expect(signal.length).toBeLessThanOrEqual(94)
  expect(a.fingerprints?.ours.length).toBe(32)
  expect(a.fingerprints?.ours).toEqual(b.fingerprints?.theirs)
  expect(a.fingerprints?.theirs).toEqual(b.fingerprints?.ours)
  expect(a.fingerprints?.ours).not.toEqual(a.fingerprints?.theirs)
  a.close()
})

test('garbage before, between and after, and every signal three times: it connects all the same', async () => {
  const garbage = [new Uint8Array(), Uint8Array.of(0x50), Uint8Array.of(0x60, 1, 2, 3), new Uint8Array(20_000)]
  const {
    channels: opening,
    signals,
    diallings,
  } = open((signal) => [...garbage, signal.subarray(0, 40), ...[signal, signal, signal], ...garbage])
  const [a, b] = await Promise.all(opening)
  for (const dialling of diallings) for (const late of [...signals, ...garbage]) dialling.signal(late)
  const got = new Promise<Uint8Array>((resolve) => {
    b.listen({ onFrame: resolve, onDrain: () => undefined, onClose: () => undefined })
  })
  a.send(Uint8Array.of(7))
  expect(await got).toEqual(Uint8Array.of(7))
  a.close()
  for (const dialling of diallings) for (const late of signals) dialling.signal(late)
})

test('a dialling that nobody answers fails once; one that was given up is not heard of again', async () => {
  const fails: CloseReason[] = []
  const options = { initiator: true, onSignal: () => undefined, onOpen: () => undefined, within: 400 }
  const given = dial({ ...options, onFail: () => fails.push({ code: 'ERR_NEVER', message: '' }) })
  given.close()
  const reason = await new Promise<CloseReason>((resolve) => {
    dial({ ...options, onFail: resolve })
  })
  expect(reason.code).toBe('ERR_CHANNEL_FAILED')
  expect(fails).toEqual([])
})

test(
  'an answer that a person carries may take longer than a browser looks for a way by itself: both ends wait',
  { timeout: 60_000 },
  async () => {
    const kept: (() => void)[] = []
    const opened: Promise<Channel>[] = []
    let other: Dialling | undefined
    const first = dial({
      initiator: true,
      within: 55_000,
      onSignal: (signal) => other?.signal(signal),
      onOpen: (channel) => opened.push(Promise.resolve(channel)),
      onFail: ({ message }) => opened.push(Promise.reject(new Error(message))),
    })
    other = dial({
      initiator: false,
      within: 55_000,
      onSignal: (signal) => kept.push(() => first.signal(signal)),
      onOpen: (channel) => opened.push(Promise.resolve(channel)),
      onFail: ({ message }) => opened.push(Promise.reject(new Error(message))),
    })
    await new Promise((resolve) => setTimeout(resolve, 25_000))
    for (const carry of kept) carry()
    while (opened.length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await Promise.all(opened)).length).toBe(2)
  },
)
