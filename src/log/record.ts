/**
 * A record of the `runs` table: varint length and bytes of what this device keeps beside the run, then the run as signed. Receipts of
 * small runs are kept there: a further record in the transaction of a single publish would cost a third of it.
 */
import { decode, encode } from 'cborg'
import { concatBytes, createByteReader, createByteWriter } from '../core/bytes.ts'
import type { Write } from '../store/contract.ts'
import type { Run } from './run.ts'
import { writeRunKey } from './run-key.ts'

export interface StoredReceipt {
  /** In the `receipts` table, once the run is sealed. */
  readonly key: string
  /** What was answered, encoded. */
  readonly answer: Uint8Array
}

/** Several of them as one value: beside a run, or in one record of the `receipts` table. */
export const encodeReceipts = (receipts: readonly StoredReceipt[]): Uint8Array =>
  receipts.length === 0 ? new Uint8Array() : encode(receipts.map(({ key, answer }) => [key, answer]))

/** Throws for bytes that are damaged beyond reading. */
export const decodeReceipts = (bytes: Uint8Array): readonly StoredReceipt[] =>
  bytes.length === 0
    ? []
    : (decode(bytes) as [string, Uint8Array][]).map(([key, answer]) => ({ key, answer: answer.slice() }))

/** By itself. */
export const putReceipt = ({ key, answer }: StoredReceipt): Write => ({
  type: 'put',
  table: 'receipts',
  key,
  value: answer,
})

export interface StoredRun {
  readonly key: string
  readonly write: Write
}

/** How `run` is written; `place` differs from its stream where that forked. */
export const storeRun = (run: Run, receipts: readonly StoredReceipt[] = [], place = run.header.stream): StoredRun => {
  const beside = encodeReceipts(receipts)
  const prefix = createByteWriter(beside.length + 8)
  prefix.sized(beside)
  const value = concatBytes(prefix.done(), run.bytes)
  const key = writeRunKey(run, value, place)
  return { key, write: { type: 'put', table: 'runs', key, value } }
}

/** Throws for a record that is damaged beyond reading. */
export const readRecord = (
  record: Uint8Array,
): { readonly run: Uint8Array; readonly receipts: readonly StoredReceipt[] } => {
  const reader = createByteReader(record)
  const beside = reader.sized()
  const run = reader.bytes(reader.left)
  return { run, receipts: decodeReceipts(beside) }
}
