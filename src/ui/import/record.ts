/** What a file is made of, before anyone decides what its columns mean. */

/** Why a record cannot become an event, as data: the words are in `strings/`. */
export interface Problem {
  readonly code:
    | 'encoding'
    | 'tooLong'
    | 'quotes'
    | 'columns'
    | 'json'
    | 'number'
    | 'boolean'
    | 'notExport'
    | 'tag'
    | 'tags'
    | 'payload'
    | 'depth'
  readonly values: Readonly<Record<string, string | number>>
}

/** `line` is where it begins in the file, from 1; `size` its length in UTF-16 code units. */
interface Placed {
  readonly line: number
  readonly size: number
}
export interface Row extends Placed {
  readonly type: 'row'
  readonly fields: readonly string[]
}
export interface JsonLine extends Placed {
  readonly type: 'json'
  readonly value: unknown
}
export interface BadRecord extends Placed {
  readonly type: 'bad'
  readonly problem: Problem
  /** The beginning of the text, for the report. */
  readonly text: string
}
export type FileRecord = Row | JsonLine | BadRecord

/** Records of one stretch of the file and the bytes read so far: an item each would cost more than the work on it. */
export interface RecordBlock {
  readonly records: readonly FileRecord[]
  readonly bytesRead: number
}

export const badRecord = (
  line: number,
  text: string,
  code: Problem['code'],
  values: Problem['values'] = {},
): BadRecord => ({
  type: 'bad',
  line,
  size: text.length,
  problem: { code, values },
  text: text.slice(0, 200).trimEnd(),
})
