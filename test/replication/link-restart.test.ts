/** A worker is killed and starts again while its channel lives on in the tab that holds it: both ends prove themselves anew. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Channel, ChannelListener } from '../../src/transport/contract.ts'
import type { Cast } from './link-fixture.ts'
import { linked, makeCast, setTable, takeUp } from './link-fixture.ts'

let cast: Cast
beforeAll(async () => {
  cast = await makeCast()
})

/** A channel that its owner may lose: the next one takes it over, and gets what came in between. */
const surviving = (channel: Channel) => {
  let listener: ChannelListener | undefined
  let early: Uint8Array<ArrayBuffer>[] = []
  let killed = (): void => undefined
  channel.listen({
    onFrame: (frame) => (listener === undefined ? void early.push(frame) : listener.onFrame(frame)),
    onDrain: () => listener?.onDrain(),
    onClose: (reason) => listener?.onClose(reason),
  })
  return {
    /** For one worker; it hears and says nothing any more once the next is asked for. */
    take: (): Channel => {
      const mine = { isAlive: true }
      killed = () => {
        mine.isAlive = false
        listener = undefined
      }
      return {
        kind: channel.kind,
        fingerprints: channel.fingerprints,
        get buffered() {
          return channel.buffered
        },
        send: (frame) => mine.isAlive && channel.send(frame),
        close: () => mine.isAlive && channel.close(),
        listen: (next) => {
          queueMicrotask(() => {
            if (!mine.isAlive) return
            listener = next
            for (const frame of early.splice(0)) next.onFrame(frame)
          })
        },
      }
    },
    kill: () => killed(),
    /** What came while nobody was there is lost. */
    forget: () => {
      early = []
    },
  }
}

describe.each([
  ['with fingerprints', false],
  ['sealed', true],
])('after a restart, %s', (_, isSealed) => {
  it('the old link ends, a new one opens, and frames flow again', async () => {
    const table = setTable()
    const pair = table.pair({ isSealed })
    const tab = surviving(pair.ends[0])
    const a = takeUp(cast.anna, tab.take(), table.clock)
    const b = takeUp(cast.ben, pair.ends[1], table.clock)
    await table.until(() => a.links.length === 1 && b.links.length === 1)

    tab.kill()
    // on its way to the dead worker, and among the first that the new one hears
    for (let id = 1; id <= 20; id++) b.link.send({ type: 'sent', id })
    await table.rest()
    const again = takeUp(cast.anna, tab.take(), table.clock, { isAdopted: true })
    for (let id = 21; id <= 25; id++) b.link.send({ type: 'sent', id })
    await table.until(() => again.links.length === 1 && b.links.length === 2)

    expect(b.closes).toEqual([expect.objectContaining({ code: 'ERR_RESTARTED' })])
    expect(b.failures).toEqual([])
    expect([again.diary, b.diary]).toEqual([[], []])
    b.link.send({ type: 'sent', id: 99 })
    again.link.send({ type: 'sent', id: 100 })
    await table.until(() => again.frames.length > 0 && b.frames.length > 0)
    // nothing of the link before reaches the one after
    expect([again.frames, b.frames]).toEqual([[{ type: 'sent', id: 99 }], [{ type: 'sent', id: 100 }]])
    b.links[0]?.send({ type: 'askHeads' })
    await table.rest()
    expect(again.frames).toHaveLength(1)
  })
})

describe('after a restart', () => {
  it('of a hundred in a row each is a link again', async () => {
    const table = setTable()
    const pair = table.pair()
    const tab = surviving(pair.ends[0])
    const b = takeUp(cast.ben, pair.ends[1], table.clock)
    for (let round = 1; round <= 100; round++) {
      const a = takeUp(cast.anna, tab.take(), table.clock, { isAdopted: round > 1 })
      await table.until(() => a.links.length === 1 && b.links.length === round)
      tab.kill()
    }
    expect(b.closes).toHaveLength(99)
    expect(b.failures).toEqual([])
  })

  it('in the middle of the greeting, at whatever frame, both come together', async () => {
    for (let turns = 0; turns < 14; turns++) {
      const table = setTable()
      const pair = table.pair()
      const tab = surviving(pair.ends[0])
      takeUp(cast.anna, tab.take(), table.clock)
      const b = takeUp(cast.ben, pair.ends[1], table.clock)
      for (let turn = 0; turn < turns; turn++) {
        table.clock.pass(0)
        await new Promise((resolve) => setImmediate(resolve))
      }
      tab.kill()
      const again = takeUp(cast.anna, tab.take(), table.clock, { isAdopted: true })
      await table.until(() => again.links.length > 0 && b.links.length > b.closes.length)
      await table.rest()
      b.link.send({ type: 'sent', id: 7 })
      again.link.send({ type: 'sent', id: 8 })
      await table.until(() => again.frames.length > 0 && b.frames.length > 0)
      expect([again.closes, again.failures, b.failures, again.links.length], `after ${turns} turns`).toEqual([
        [],
        [],
        [],
        1,
      ])
    }
  })

  it('of both at once, with everything lost that was on its way, both come together', async () => {
    for (let turns = 0; turns < 8; turns++) {
      const table = setTable()
      const pair = table.pair()
      const tabs = [surviving(pair.ends[0]), surviving(pair.ends[1])] as const
      const first = tabs.map((tab, index) => takeUp(index === 0 ? cast.anna : cast.ben, tab.take(), table.clock))
      await table.until(() => first.every((end) => end.links.length > 0))
      for (const tab of tabs) tab.kill()
      const a = takeUp(cast.anna, tabs[0].take(), table.clock, { isAdopted: true })
      for (let turn = 0; turn < turns; turn++) {
        table.clock.pass(0)
        await new Promise((resolve) => setImmediate(resolve))
      }
      tabs[1].forget()
      const b = takeUp(cast.ben, tabs[1].take(), table.clock, { isAdopted: true })
      await table.until(() => a.links.length > 0 && b.links.length > 0)
      await table.rest()
      b.link.send({ type: 'sent', id: 7 })
      a.link.send({ type: 'sent', id: 8 })
      await table.until(() => a.frames.length > 0 && b.frames.length > 0)
      expect([a.closes, b.closes, a.failures, b.failures], `after ${turns} turns`).toEqual([[], [], [], []])
    }
  })

  it('what the other end says to the worker before is not taken for a fault', async () => {
    const table = setTable()
    const pair = table.pair()
    const a = takeUp(cast.anna, pair.ends[0], table.clock, { isAdopted: true })
    pair.ends[1].send(Uint8Array.of(4, 0x81, 1))
    pair.ends[1].send(Uint8Array.of(0xee, 1, 2))
    await table.rest()
    expect(a.failures).toEqual([])
    // the same without the channel having lived before is one: link-proof.test.ts
    const b = takeUp(cast.ben, pair.ends[1], table.clock)
    await table.until(() => a.links.length === 1 && b.links.length === 1)
  })

  it('somebody who begins anew without end is cut', async () => {
    const table = setTable()
    const { a } = await linked(table, cast.anna, cast.ben)
    const pair = table.pair()
    const far = takeUp(cast.anna, pair.ends[0], table.clock)
    const other = takeUp(cast.ben, table.pair().ends[0], table.clock)
    expect([a.links.length, other.links.length]).toEqual([1, 0])
    for (let round = 0; round < 8; round++) {
      const hellos = table.pair()
      takeUp(cast.ben, hellos.ends[0], table.clock)
      hellos.ends[1].listen({
        onFrame: (frame) => pair.ends[1].send(frame),
        onDrain: () => undefined,
        onClose: () => undefined,
      })
    }
    await table.until(() => far.failures.length > 0)
    expect(far.code).toBe('ERR_FRAME')
  })
})
