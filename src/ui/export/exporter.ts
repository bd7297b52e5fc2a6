/** Events as NDJSON, one a line, written as they are read: a log of any size passes through little memory. */
import type { EventItem, QueryResult } from '../../client/contract.ts'
import { jsonText } from '../json-text.ts'

/** Where the text goes. `finish` or `discard` is called once. */
export interface Sink {
  write(text: string): Promise<void>
  finish(): Promise<void>
  discard(): Promise<void>
}

/** Text handed to the sink at once, in UTF-16 code units. */
const chunkChars = 1024 * 1024

/** The line an import recognises; tags and payload come back unchanged. */
export const exportLine = (event: EventItem): string => {
  const { stream, lamport, offset, timestamp, tags, appId, payload } = event
  return `${jsonText({ stream, lamport, offset, timestamp, tags, appId, payload })}\n`
}

/** How many events were written. Whatever goes wrong, a half-written file is discarded. */
export const exportEvents = async (
  items: Pick<QueryResult, typeof Symbol.asyncIterator>,
  sink: Sink,
  onProgress: (events: number) => void,
): Promise<number> => {
  let events = 0
  let text = ''
  try {
    for await (const item of items) {
      if (item.type === 'diagnostic' && item.severity === 'error') throw new Error(item.message)
      if (item.type !== 'event') continue
      text += exportLine(item)
      events++
      if (text.length < chunkChars) continue
      await sink.write(text)
      text = ''
      onProgress(events)
    }
    await sink.write(text)
    await sink.finish()
  } catch (error) {
    await sink.discard()
    throw error
  }
  onProgress(events)
  return events
}
