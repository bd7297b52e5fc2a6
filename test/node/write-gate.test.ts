/** RULES 17: what this node writes waits while there is doubt, and ends when there is none any more; nothing is answered and then lost. */
import { describe, expect, it } from 'vitest'
import type { Doubt } from '../../src/node/write-gate.ts'
import { createWriteGate, stoppable } from '../../src/node/write-gate.ts'
import { receiptWrites } from '../../src/log/kept-receipts.ts'
import { appId, drafts, newSigner, openDevice, payloads, publish } from '../log/fixture.ts'

const doubtful = () => {
  let resolve: () => void = () => undefined
  const settled = new Promise<void>((done) => (resolve = done))
  const doubt = { isInDoubt: true, settled: () => settled }
  return {
    doubt: doubt as Doubt,
    end: () => {
      doubt.isInDoubt = false
      resolve()
    },
  }
}
const outcome = (promise: Promise<unknown>) => {
  const told = { is: 'waiting' }
  promise.then(
    () => (told.is = 'written'),
    (error: unknown) => (told.is = String((error as { readonly code?: string }).code)),
  )
  return told
}
const pause = () => new Promise((resolve) => setTimeout(resolve, 20))

const open = async () => {
  const key = stoppable(await newSigner())
  const device = await openDevice({ signer: key.signer })
  const gate = createWriteGate(device.log, device.clock, key)
  return { ...device, gate }
}

describe('writing', () => {
  it('goes straight on where nobody doubts', async () => {
    const { gate } = await open()
    expect(await publish(gate.log, drafts(2))).toHaveLength(2)
    expect(await payloads(gate.log)).toHaveLength(2)
  })

  it('waits for a doubt to end, then goes on in the order of asking', async () => {
    const { gate } = await open()
    const { doubt, end } = doubtful()
    gate.watch(doubt)
    const writing = [0, 1, 2].map((n) => publish(gate.log, drafts(1, 'tag', n)))
    const first = outcome(writing[0] ?? Promise.resolve())
    await pause()
    expect(first.is).toBe('waiting')
    end()
    const places = await Promise.all(writing)
    expect(places.flat().map(({ offset }) => offset)).toEqual([0, 1, 2])
    expect(await payloads(gate.log)).toEqual(['{"n":0}', '{"n":1}', '{"n":2}'])
  })

  it('never begins once it is proved: a moment later it is refused with a sentence, and nothing was written', async () => {
    const { gate, clock } = await open()
    await publish(gate.log, drafts(1))
    const { doubt, end } = doubtful()
    gate.watch(doubt)
    const waited = outcome(publish(gate.log, drafts(1)))
    gate.stop()
    end()
    const asked = outcome(publish(gate.log, drafts(1)))
    await pause()
    expect([waited.is, asked.is]).toEqual(['waiting', 'waiting'])
    clock.pass(5000)
    await pause()
    expect([waited.is, asked.is]).toEqual(['ERR_IDENTITY_RENEWING', 'ERR_IDENTITY_RENEWING'])
    expect(await payloads(gate.log)).toHaveLength(1)
  })

  it('what waits when the node closes is to be asked of the next one', async () => {
    const { gate } = await open()
    gate.stop()
    const waited = outcome(publish(gate.log, drafts(1)))
    gate.close()
    const late = outcome(publish(gate.log, drafts(1)))
    await pause()
    expect([waited.is, late.is]).toEqual(['ERR_NODE_CLOSED', 'ERR_NODE_CLOSED'])
  })

  it('what was let through before and is not signed yet is neither written nor lost; what was is waited for', async () => {
    const { gate, clock } = await open()
    await publish(gate.log, drafts(1))
    const queued = [0, 1, 2, 3].map((n) => outcome(publish(gate.log, drafts(1, 'tag', n))))
    gate.stop()
    await gate.drained()
    const written = queued.filter(({ is }) => is === 'written').length
    expect(await payloads(gate.log)).toHaveLength(1 + written)
    expect(written).toBeLessThan(queued.length)
    clock.pass(5000)
    await pause()
    expect(queued.filter(({ is }) => is === 'ERR_IDENTITY_RENEWING')).toHaveLength(queued.length - written)
    expect(await payloads(gate.log)).toHaveLength(1 + written)
  })
})

it('receipts beside small runs are found by the next identity as well', async () => {
  const { log, store, disk, clock, signer } = await openDevice()
  const receipt = `${Math.floor(clock.now() / 1000) - 5}-tap`
  const places = await publish(log, drafts(3), { receipt })
  await publish(log, drafts(1))
  const writes = await receiptWrites(store, signer.id)
  expect(writes).toHaveLength(1)
  await store.write(writes, 'strict')
  // its own small runs are those of another one by then
  const next = await openDevice({ disk, clock })
  expect(next.signer.id).not.toBe(signer.id)
  expect(await next.log.append(drafts(3), { appId, receipt })).toEqual(places)
  expect(await payloads(next.log)).toHaveLength(4)
})
