/** What the bench asks of its dedicated worker (`worker.ts`): raw IndexedDB to measure against, and the log's own records read directly. */

export type LabRequest =
  /** Events one after the other, each in a strict transaction of its own. */
  | { readonly type: 'raw-single'; readonly events: number }
  /** One record an event, `perTransaction` of them in a strict transaction. */
  | { readonly type: 'raw-batch'; readonly events: number; readonly perTransaction: number }
  | { readonly type: 'stored' }
  | { readonly type: 'read-back' }

export interface Timed {
  readonly events: number
  readonly milliseconds: number
}

/** Everything the node's store holds but its keys and `meta`. Bytes of keys and values. */
export interface Stored {
  readonly sealed: { readonly runs: number; readonly events: number; readonly keyBytes: number; readonly bytes: number }
  readonly tail: { readonly runs: number; readonly events: number; readonly keyBytes: number; readonly bytes: number }
  /** `seals`: how many they speak of. */
  readonly summaries: { readonly seals: number; readonly keyBytes: number; readonly bytes: number }
  readonly receipts: { readonly keyBytes: number; readonly bytes: number }
}

export interface ReadBack extends Timed {
  readonly runs: number
  /** UTF-16 code units of the payloads that were parsed. */
  readonly chars: number
}

export interface LabAnswers {
  readonly 'raw-single': Timed
  readonly 'raw-batch': Timed
  readonly stored: Stored
  readonly 'read-back': ReadBack
}
