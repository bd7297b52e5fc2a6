/** One JSON value a line, and the lines of our own export among them. */
import { jsonProblem } from '../json-text.ts'
import type { FileRecord, RecordBlock } from './record.ts'
import { badRecord } from './record.ts'
import type { TextBlock, TextFormat } from './text-block.ts'

export interface NdjsonFormat extends TextFormat {
  readonly type: 'ndjson'
}

/** What an event looks like in our export; also in what Actyx writes. */
export interface ExportedEvent {
  readonly stream: string
  readonly lamport: number
  readonly offset: number
  readonly timestamp: number
  readonly tags: readonly string[]
  readonly appId: string
  readonly payload: unknown
}

const isNumber = (value: unknown): value is number => typeof value === 'number'

export const isExportedEvent = (value: unknown): value is ExportedEvent => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const event = value as Partial<Record<keyof ExportedEvent, unknown>>
  return (
    typeof event.stream === 'string' &&
    isNumber(event.lamport) &&
    isNumber(event.offset) &&
    typeof event.appId === 'string' &&
    Array.isArray(event.tags) &&
    event.tags.every((tag) => typeof tag === 'string') &&
    Object.hasOwn(event, 'payload')
  )
}

const lineRecord = (text: string, line: number): FileRecord => {
  try {
    return { type: 'json', line, size: text.length, value: JSON.parse(text) }
  } catch {
    const problem = jsonProblem(text)
    return badRecord(line, text, 'json', { column: problem?.column ?? 1, found: problem?.found ?? '' })
  }
}

/** Every line that is not blank. */
export async function* ndjsonRecords(
  blocks: AsyncIterable<TextBlock>,
  format: NdjsonFormat,
): AsyncGenerator<RecordBlock> {
  for await (const block of blocks) {
    const records: FileRecord[] = []
    block.text.split(format.newline).forEach((text, index) => {
      const line = block.line + index
      const why = block.broken.get(line)
      if (why) records.push(badRecord(line, text, why))
      else if (text.trim() !== '') records.push(lineRecord(text, line))
    })
    yield { records, bytesRead: block.bytesRead }
  }
}
