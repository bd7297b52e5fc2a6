import { describe, expect, it } from 'vitest'
import { earlyBytesMax, frameBytesMax } from '../../src/core/limits.ts'
import type { Channel, ChannelListener } from '../../src/transport/contract.ts'
import { createMemoryPair } from '../../src/transport/memory.ts'
import { createPassableChannel } from '../../src/transport/passing.ts'
import type { ManualClock } from '../api/manual-clock.ts'
import { createManualClock, settle } from '../api/manual-clock.ts'

const listen = (channel: Channel) => {
  const heard = { frames: [] as number[], closes: [] as string[] }
  const listener: ChannelListener = {
    onFrame: (frame) => void heard.frames.push(frame[0] ?? -1),
    onDrain: () => undefined,
    onClose: ({ code }) => void heard.closes.push(code),
  }
  channel.listen(listener)
  return heard
}

const pass = async (clock: ManualClock, ms: number): Promise<void> => {
  await settle()
  clock.pass(ms)
  await settle()
}

const world = () => {
  const clock = createManualClock()
  const [near, far] = createMemoryPair({ clock, kind: 'webrtc' }).ends
  return { clock, far, passable: createPassableChannel(near), heardFar: listen(far) }
}
const frame = (byte: number, bytes = 1) => new Uint8Array(bytes).fill(byte)

describe('a channel that changes hands', () => {
  it('is what it was, and carries both ways', async () => {
    const { clock, far, passable, heardFar } = world()
    const { channel } = passable
    expect(channel).toMatchObject({ kind: 'webrtc', isInitiator: true })
    const heard = listen(channel)
    channel.send(frame(1))
    far.send(frame(2))
    await pass(clock, 10)
    expect([heard.frames, heardFar.frames]).toEqual([[2], [1]])
  })

  it('is dead to its first owner, and the next one misses nothing', async () => {
    const { clock, far, passable, heardFar } = world()
    const first = listen(passable.channel)
    far.send(frame(1))
    await pass(clock, 10)
    const next = passable.pass()
    far.send(frame(2))
    await pass(clock, 10)
    passable.channel.send(frame(3))
    passable.channel.close()
    const second = listen(next)
    next.send(frame(4))
    far.send(frame(5))
    await pass(clock, 10)
    expect([first.frames, second.frames, heardFar.frames]).toEqual([[1], [2, 5], [4]])
    next.close()
    await pass(clock, 2000)
    expect(heardFar.closes).toEqual(['ERR_CHANNEL_CLOSED'])
    expect(second.closes).toEqual([])
  })

  it('that has ended says so to the next owner', async () => {
    const { clock, far, passable } = world()
    const first = listen(passable.channel)
    far.close()
    await pass(clock, 2000)
    const second = listen(passable.pass())
    await pass(clock, 10)
    expect([first.closes, second.closes]).toEqual([['ERR_CHANNEL_CLOSED'], ['ERR_CHANNEL_CLOSED']])
  })

  it('ends when more comes than is kept for somebody who is not there', async () => {
    const { clock, far, passable, heardFar } = world()
    listen(passable.channel)
    const next = passable.pass()
    for (let bytes = 0; bytes <= earlyBytesMax; bytes += frameBytesMax) far.send(frame(1, frameBytesMax))
    await pass(clock, 2000)
    const second = listen(next)
    await pass(clock, 10)
    expect([second.closes, heardFar.closes]).toEqual([['ERR_CHANNEL_FAILED'], ['ERR_CHANNEL_CLOSED']])
  })
})
