import type { Row } from './row.ts'
import { charsOf } from './shape.ts'

/** UTF-16 code units of an event's tags and payload: what bounds a run, however well it packs. */
export const eventChars = (event: Pick<Row, 'tags' | 'shape' | 'leaves'>): number =>
  event.tags.reduce((sum, tag) => sum + tag.length, charsOf(event))
