/** Receipts beside the small runs of a node whose name this device writes under no more: a further record of each, where every opening finds it. */
import type { NodeId } from '../core/event.ts'
import type { Store, Write } from '../store/contract.ts'
import { putReceipt, readRecord } from './record.ts'
import { readRunKey } from './run-key.ts'

/** Records read together. */
const atOnce = 100

export const receiptWrites = async (store: Store, node: NodeId): Promise<readonly Write[]> => {
  // `.` follows `-`
  const keys = await store.keys('runs', { from: `${node}-`, to: `${node}.` })
  const small = keys.filter((key) => readRunKey(key)?.sealed === false)
  const writes: Write[] = []
  for (let at = 0; at < small.length; at += atOnce) {
    for (const record of await store.getMany('runs', small.slice(at, at + atOnce))) {
      try {
        if (record !== undefined) writes.push(...readRecord(record).receipts.map(putReceipt))
      } catch {
        // damaged: its events are asked of others again, its receipts are gone
      }
    }
  }
  return writes
}
