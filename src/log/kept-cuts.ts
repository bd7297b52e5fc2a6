/** The cuts that hold, kept across restarts: they follow from events, which are read only after the log is open. */
import { decode, encode } from 'cborg'
import type { StreamId } from '../core/event.ts'
import { parseStreamId } from '../core/node-id.ts'
import type { Store, Write } from '../store/contract.ts'

const key = 'cuts'

/** Stream → one past the last event that counts. */
export type Cuts = ReadonlyMap<StreamId, number>

const isCut = (value: unknown): value is [StreamId, number] =>
  Array.isArray(value) &&
  typeof value[0] === 'string' &&
  parseStreamId(value[0]) !== undefined &&
  Number.isSafeInteger(value[1]) &&
  value[1] >= 0

export const loadCuts = async (store: Store, findings: string[]): Promise<Cuts> => {
  const kept = await store.get('meta', key)
  if (kept === undefined) return new Map()
  try {
    const cuts: unknown = decode(kept)
    if (Array.isArray(cuts) && cuts.every(isCut)) return new Map(cuts)
  } catch {
    // as below
  }
  findings.push('What was kept of cuts is damaged; they hold again once the words of the admins have been read.')
  return new Map()
}

export const cutsWrite = (cuts: Cuts): Write => ({ type: 'put', table: 'meta', key, value: encode([...cuts]) })
