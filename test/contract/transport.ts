/** The suite that every transport adapter runs: two open channels that are each other's other end. */
import { describe, expect, it } from 'vitest'
import { drainedBytes, frameBytesMax } from '../../src/core/limits.ts'
import type { Channel, CloseReason } from '../../src/transport/contract.ts'

export interface Connected {
  readonly ends: readonly [Channel, Channel]
  /** Past the checks of the sender, from the first end. */
  inject(frame: Uint8Array<ArrayBuffer>): void
  /** The second end's device stops reading, until the answer is called. Absent where no adapter can be kept from it. */
  readonly stall?: () => () => void
  /** The first end breaks without a word. */
  readonly break: () => void
}

export interface TransportCase {
  connect(): Promise<Connected>
  /** Whether an end that vanishes looks like one that closed: a port has no other word for it. */
  readonly codeOfBreak: 'ERR_CHANNEL_FAILED' | 'ERR_CHANNEL_CLOSED' | undefined
}

interface Heard {
  readonly frames: Uint8Array[]
  readonly closes: CloseReason[]
  drains: number
}

const hear = (channel: Channel): Heard => {
  const heard: Heard = { frames: [], closes: [], drains: 0 }
  channel.listen({
    onFrame: (frame) => heard.frames.push(frame),
    onDrain: () => heard.drains++,
    onClose: (reason) => heard.closes.push(reason),
  })
  return heard
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const until = async (isSo: () => boolean): Promise<void> => {
  for (const from = performance.now(); !isSo();) {
    if (performance.now() - from > 10_000) throw new Error(`never: ${isSo.toString()}`)
    await pause(2)
  }
}

/** Its content says which one it is and how long. */
const numbered = (number: number, length: number): Uint8Array<ArrayBuffer> => {
  const frame = new Uint8Array(length).fill(number % 256)
  if (length >= 4) new DataView(frame.buffer).setUint32(0, number)
  return frame
}

/** What is not as sent; undefined when all is. */
const difference = (frames: readonly Uint8Array[], lengths: readonly number[]): string | undefined => {
  const found = frames.map((frame) => frame.length)
  if (String(found) !== String(lengths)) return `lengths ${String(found)} instead of ${String(lengths)}`
  const wrong = frames.findIndex((frame, number) => {
    const wanted = numbered(number, frame.length)
    return frame.some((byte, at) => byte !== wanted[at])
  })
  return wrong === -1 ? undefined : `frame ${wrong} has another content`
}

export const transportContract = (name: string, { connect, codeOfBreak }: TransportCase): void => {
  describe(`transport contract: ${name}`, () => {
    it('carries whole frames of any size in order, both ways at once', async () => {
      const { ends } = await connect()
      const heard = ends.map(hear)
      const lengths = [1, 2, 100, frameBytesMax, 3, 0, 1000, frameBytesMax - 1, 65, 1]
      lengths.forEach((length, number) => {
        ends[0].send(numbered(number, length))
        ends[1].send(numbered(number, length))
      })
      await until(() => heard.every(({ frames }) => frames.length >= lengths.length))
      for (const { frames } of heard) expect(difference(frames, lengths)).toBeUndefined()
      for (const end of ends) end.close()
    })

    it('keeps what arrives before somebody listens, and delivers it first', async () => {
      const { ends } = await connect()
      for (let number = 0; number < 5; number++) ends[0].send(numbered(number, 10))
      await pause(100)
      const { frames } = hear(ends[1])
      for (let number = 5; number < 10; number++) ends[0].send(numbered(number, 10))
      await until(() => frames.length >= 10)
      expect(
        difference(
          frames,
          Array.from({ length: 10 }, () => 10),
        ),
      ).toBeUndefined()
      ends[0].close()
    })

    it('also tells of an end that came before somebody listened, after the frames', async () => {
      const { ends } = await connect()
      ends[0].send(numbered(0, 10))
      ends[0].close()
      await pause(200)
      const order: string[] = []
      ends[1].listen({
        onFrame: () => order.push('frame'),
        onDrain: () => undefined,
        onClose: ({ code }) => order.push(code),
      })
      await until(() => order.length >= 2)
      expect(order).toEqual(['frame', 'ERR_CHANNEL_CLOSED'])
    })

    it('keeps nothing of the caller: a frame may be written over once it was sent', async () => {
      const { ends } = await connect()
      const { frames } = hear(ends[1])
      const large = new Uint8Array(1000)
      for (let number = 0; number < 4; number++) {
        const view = large.subarray(100, 200)
        view.set(numbered(number, 100))
        ends[0].send(view)
        large.fill(0xff)
      }
      await until(() => frames.length >= 4)
      expect(difference(frames, [100, 100, 100, 100])).toBeUndefined()
      expect(large.length).toBe(1000)
      ends[0].close()
    })

    it('counts what has not left, and says once when it has drained', async () => {
      const { ends } = await connect()
      const sender = hear(ends[0])
      const { frames } = hear(ends[1])
      expect(ends[0].buffered).toBe(0)
      const count = 64
      let most = 0
      for (let number = 0; number < count; number++) {
        ends[0].send(numbered(number, frameBytesMax))
        most = Math.max(most, ends[0].buffered)
      }
      expect(most).toBeGreaterThan(drainedBytes)
      expect(most).toBeLessThanOrEqual(count * (frameBytesMax + 100))
      await until(() => sender.drains > 0)
      await until(() => frames.length >= count)
      expect(
        difference(
          frames,
          Array.from({ length: count }, () => frameBytesMax),
        ),
      ).toBeUndefined()
      await until(() => ends[0].buffered === 0)
      const { drains } = sender
      ends[0].send(numbered(0, 100))
      await until(() => frames.length > count)
      await pause(50)
      expect(sender.drains).toBe(drains)
      ends[0].close()
    })

    it('a device that never reads: what waits for it is counted, none of it is lost, and it is not told that it left', async (context) => {
      const { ends, stall } = await connect()
      if (stall === undefined) return context.skip('this adapter’s other end always reads')
      const sender = hear(ends[0])
      const resume = stall()
      // beyond what a kernel's buffers take for it
      const count = 256
      for (let number = 0; number < count; number++) ends[0].send(numbered(number, frameBytesMax))
      await pause(300)
      expect(ends[0].buffered).toBeGreaterThan(drainedBytes)
      expect(sender.drains).toBe(0)
      expect(sender.closes).toEqual([])
      const { frames } = hear(ends[1])
      resume()
      await until(() => frames.length >= count)
      expect(
        difference(
          frames,
          Array.from({ length: count }, () => frameBytesMax),
        ),
      ).toBeUndefined()
      await until(() => sender.drains === 1)
      ends[0].close()
    })

    for (const [index, which] of ['first', 'second'].entries()) {
      it(`closed by the ${which} end: what was sent arrives, the other end is told once, ours is not`, async () => {
        const { ends } = await connect()
        const [ours, theirs] = index === 0 ? ends : [ends[1], ends[0]]
        const own = hear(ours)
        const other = hear(theirs)
        for (let number = 0; number < 8; number++) ours.send(numbered(number, 20_000))
        ours.close()
        ours.close()
        await until(() => other.closes.length > 0)
        expect(
          difference(
            other.frames,
            Array.from({ length: 8 }, () => 20_000),
          ),
        ).toBeUndefined()
        expect(other.closes.map(({ code }) => code)).toEqual(['ERR_CHANNEL_CLOSED'])
        expect(other.closes[0]?.message).toMatch(/\.$/)
        theirs.close()
        await pause(50)
        expect(own.closes).toEqual([])
        expect(other.closes.length).toBe(1)
      })
    }

    it('sending on a channel that is over does nothing, at either end', async () => {
      const { ends } = await connect()
      const [first, second] = ends.map(hear)
      ends[0].close()
      ends[0].send(numbered(0, 10))
      ends[1].send(numbered(0, 10))
      await until(() => second?.closes.length === 1)
      ends[1].send(numbered(0, 10))
      ends[0].send(numbered(0, 10))
      expect(ends[1].buffered).toBe(0)
      await pause(50)
      expect(first?.frames).toEqual([])
      expect(second?.frames).toEqual([])
    })

    it('a listener that closes on the first frame gets no second', async () => {
      const { ends } = await connect()
      let got = 0
      ends[1].listen({
        onFrame: () => {
          got++
          ends[1].close()
        },
        onDrain: () => undefined,
        onClose: () => (got = 1000),
      })
      const sender = hear(ends[0])
      for (let number = 0; number < 5; number++) ends[0].send(numbered(number, 100))
      await until(() => sender.closes.length > 0)
      await pause(50)
      expect(got).toBe(1)
    })

    it('refuses to send a frame that is too large, and closes on one that arrives', async () => {
      const { ends, inject } = await connect()
      const sender = hear(ends[0])
      const receiver = hear(ends[1])
      expect(() => ends[0].send(new Uint8Array(frameBytesMax + 1))).toThrow(
        expect.objectContaining({ code: 'ERR_FRAME_SIZE' }),
      )
      ends[0].send(numbered(0, 10))
      await until(() => receiver.frames.length === 1)
      inject(new Uint8Array(frameBytesMax + 1))
      await until(() => receiver.closes.length > 0 && sender.closes.length > 0)
      expect(receiver.closes.map(({ code }) => code)).toEqual(['ERR_FRAME_SIZE'])
      expect(sender.closes.length).toBe(1)
      expect(difference(receiver.frames, [10])).toBeUndefined()
    })

    it.skipIf(codeOfBreak === undefined)(
      'an end that breaks without a word is told to the other with a code',
      async () => {
        const connected = await connect()
        const { closes } = hear(connected.ends[1])
        connected.break()
        await until(() => closes.length > 0)
        expect(closes.map(({ code }) => code)).toEqual([codeOfBreak])
      },
    )
  })
}
