/**
 * Text of a query → `Query`. Throws `AqlError` and nothing else, whatever the text. By hand and by recursion, whose depth
 * `queryDepthMax` bounds; chains of `&` and `|` are loops.
 */
import { queryCharsMax } from '../core/limits.ts'
import type { Pragma, Query, QueryOrder, Source, Stage } from './ast.ts'
import { createCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { meaningError, syntaxError, unsupportedError } from './error.ts'
import { parseTagExpr } from './tag-parser.ts'

const orders: readonly (readonly [string, QueryOrder])[] = [
  ['ASC', 'asc'],
  ['DESC', 'desc'],
  ['STREAM', 'stream-asc'],
]
/** Parts of AQL that are recognised, so that the error says more than that a word is unknown. */
const stagesToCome: ReadonlySet<string> = new Set(['FILTER', 'SELECT', 'AGGREGATE', 'LET'])

const featureWord = /[\da-zA-Zø]+/y
const pragmaName = /\p{White_Space}+([\da-zA-Zø]+)[^\S\r\n]*/uy
const pragmaLine = /:=[^\S\r\n]*([^\r\n]*)(?:\r\n|\n|\r)/y
const pragmaBlock = /(?:\r\n|\n|\r)([^]*?)(?:\r\n|\n|\r)ENDPRAGMA(?:\r\n|\n|\r)/y

export const parseQuery = (text: string): Query => {
  if (text.length > queryCharsMax) {
    throw meaningError(text, 0, `a query has at most ${queryCharsMax} characters; this one has ${text.length}.`)
  }
  const cursor = createCursor(text)
  const pragmas: Pragma[] = []
  while (cursor.take('PRAGMA')) pragmas.push(pragma(cursor))
  const features = cursor.take('FEATURES') ? featureList(cursor) : []
  cursor.expect('FROM')
  const query: Query = { pragmas, features, source: source(cursor), stages: stages(cursor) }
  cursor.take('END')
  if (cursor.takeOf('end', 'the end of the query') === undefined) throw cursor.error()
  return query
}

const pragma = (cursor: Cursor): Pragma => {
  const name = cursor.scan(pragmaName, 'here', 'the name of a pragma')
  if (name === undefined) throw cursor.error()
  // to ignore this one would be to answer with other events than those given
  if (name[1] === 'events') {
    throw unsupportedError(cursor.text, name.index + name[0].indexOf('events'), 'PRAGMA events')
  }
  const body =
    cursor.scan(pragmaLine, 'here', '`:=` and a line of text') ??
    cursor.scan(pragmaBlock, 'here', 'a new line, text and a line ENDPRAGMA')
  if (body === undefined) throw cursor.error()
  return { name: name[1] ?? '', text: (body[1] ?? '').replace(/\r\n?/g, '\n') }
}

const featureList = (cursor: Cursor): string[] => {
  const features: string[] = []
  cursor.expect('(')
  while (!cursor.take(')')) {
    const word = cursor.scan(featureWord, 'behind blanks', 'the name of a feature')
    if (word === undefined) throw cursor.error()
    features.push(word[0])
  }
  return features
}

const source = (cursor: Cursor): Source => {
  const next = cursor.peek()
  if (next.type === 'symbol' && next.text === '[') throw unsupportedError(cursor.text, next.start, 'FROM with an array')
  const where = parseTagExpr(cursor)
  if (!cursor.take('ORDER')) return { type: 'events', where }
  const order = orders.find(([word]) => cursor.take(word))
  if (order === undefined) throw cursor.error()
  return { type: 'events', where, order: order[1] }
}

const stages = (cursor: Cursor): Stage[] => {
  const found: Stage[] = []
  for (;;) {
    const next = cursor.peek()
    if (next.type === 'word' && stagesToCome.has(next.text)) throw unsupportedError(cursor.text, next.start, next.text)
    if (!cursor.take('LIMIT')) return found
    found.push({ type: 'limit', count: limit(cursor) })
  }
}

const limit = (cursor: Cursor): bigint => {
  const count = cursor.takeOf('natural', 'a whole number from 1')
  if (count === undefined) throw cursor.error()
  if (count.value === 0n) {
    throw syntaxError(cursor.text, count.start, cursor.text.slice(count.start, count.end), ['a whole number from 1'])
  }
  return count.value
}
