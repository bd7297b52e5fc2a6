/** Real nodes over memory stores. */
import type { NodeId, OffsetMap } from '../../src/core/event.ts'
import { createSigner, makeSigningPair } from '../../src/crypto/keys.ts'
import { openLog } from '../../src/log/log.ts'
import type { Node } from '../../src/node/contract.ts'
import { createNode } from '../../src/node/node.ts'
import type { MemoryDisk } from '../../src/store/memory.ts'
import { createMemoryDisk, createMemoryRack, openMemoryShelf, openMemoryStore } from '../../src/store/memory.ts'
import type { ManualClock } from './manual-clock.ts'

export const openNode = (clock: ManualClock, disk: MemoryDisk = createMemoryDisk()): Promise<Node> =>
  createNode({
    shelf: openMemoryShelf(createMemoryRack(disk)),
    clock,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    build: 'test',
  })

/** A node whose log takes what any other of this swarm wrote; certificates come with replication. */
const openMember = async (clock: ManualClock): Promise<Node> => {
  const signer = await createSigner(await makeSigningPair())
  const store = await openMemoryStore(createMemoryDisk())()
  const isMember = (): boolean => true
  const log = await openLog({ store, signer, swarm: 'test', topic: 'test', clock, isMember, report: () => {} })
  return { ...(await openNode(clock)), id: signer.id satisfies NodeId, log }
}

export const openTwo = async (clock: ManualClock): Promise<{ readonly here: Node; readonly there: Node }> => ({
  here: await openMember(clock),
  there: await openMember(clock),
})

/** All that `to` lacks, as one arrival. */
export const replicate = async (from: Node, to: Node): Promise<OffsetMap> => {
  for (const [stream, { count }] of from.log.heads()) {
    let offset = to.log.heads().get(stream)?.count ?? 0
    while (offset < count) {
      const run = await from.log.run(stream, offset)
      if (run === undefined) throw new Error(`no run at ${offset}`)
      const [result] = await to.log.ingest([run], { hold: true })
      if (result?.type !== 'stored') throw new Error(`not stored but ${JSON.stringify(result)}`)
      offset = result.from + result.count
    }
  }
  to.log.release()
  return to.log.present()
}
