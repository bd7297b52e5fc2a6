/**
 * The `evidence` table: runs that contradict what is held, those that lie beyond a cut, and damaged records, for a person to look at.
 * Keys are `<code>/<stream>/<offsets>/<crc-32>`; of what lies beyond a cut, a prefix and then the key that it has among the runs.
 */
import { crc32 } from '../core/crc32.ts'
import { evidenceMax } from '../core/limits.ts'
import type { Store, Write } from '../store/contract.ts'
import { storeRun } from './record.ts'
import type { Run } from './run.ts'

/** Moved here by a cut, with the key and value that it had among the runs. */
export const movedPrefix = 'ERR_REVOKED/held/'
/** Arrived while the cut held. */
export const arrivedPrefix = 'ERR_REVOKED/came/'

/** Whether what is kept under `key` is a run as it is kept among the runs, or the bare one. */
export const isRecord = (key: string): boolean => key.startsWith(movedPrefix) || key.startsWith(arrivedPrefix)

/** Why a run was put aside that another line of its stream may explain. */
const contradictions = ['ERR_FORK', 'ERR_PARTIAL_OVERLAP', 'ERR_LAMPORT_ORDER', 'ERR_OWN_STREAM']

/** Keys of what contradicted the lines of `stream` that were known, by offset. */
export const contradicting = async (store: Pick<Store, 'keys'>, stream: string): Promise<readonly string[]> => {
  const found = await Promise.all(
    contradictions.map((code) => {
      const prefix = `${code}/${stream}/`
      return store.keys('evidence', { from: prefix, to: `${prefix}~` })
    }),
  )
  const offsetOf = (key: string): number => Number(/\/(\d+)-\d+\/[^/]*$/.exec(key)?.[1] ?? 0)
  return found.flat().toSorted((a, b) => offsetOf(a) - offsetOf(b))
}

export interface Evidence {
  /** How `run` is kept; no write for what is there already, or where there is no room: an attacker must not fill the device. */
  keep(run: Run, code: string): Promise<{ readonly key: string; readonly writes: readonly Write[] }>
  /** A transaction failed: what it was to keep is not known to be there. */
  forget(): void
  /** Taken out by whoever brought it back. */
  delete(key: string): Write
}

export const createEvidence = (store: Pick<Store, 'keys'>): Evidence => {
  /** What was moved by a cut is not counted: it was stored before, and nobody chose to send it now. */
  let keys: Set<string> | undefined
  return {
    keep: async (run, code) => {
      keys ??= new Set((await store.keys('evidence', {})).filter((key) => !key.startsWith(movedPrefix)))
      const { header } = run
      const stored = code === 'ERR_REVOKED' ? storeRun(run) : undefined
      const key =
        stored === undefined
          ? `${code}/${header.stream}/${header.from}-${header.from + header.count - 1}/${crc32(run.bytes)}`
          : `${arrivedPrefix}${stored.key}`
      // the same again takes no more room
      if (keys.has(key) || keys.size >= evidenceMax) return { key, writes: [] }
      keys.add(key)
      const value = stored?.write.type === 'put' ? stored.write.value : run.bytes
      return { key, writes: [{ type: 'put', table: 'evidence', key, value }] }
    },
    forget: () => {
      keys = undefined
    },
    delete: (key) => {
      keys?.delete(key)
      return { type: 'delete', table: 'evidence', key }
    },
  }
}
