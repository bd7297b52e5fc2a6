/** Tag expressions: which events a query is about. `&` binds tighter than `|`. */
import { isAppId, parseStreamId } from '../core/node-id.ts'
import type { StreamId } from '../core/event.ts'
import { queryDepthMax } from '../core/limits.ts'
import type { Comparison, DurationUnit, Instant, TagExpr } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { meaningError, syntaxError } from './error.ts'
import { isTimestampAt, scanTimestamp } from './timestamp.ts'

/** Sorts before every stream; what a bare lamport stands for, as a bare date stands for its first instant. */
export const leastStream = `${'.'.repeat(43)}-0` as StreamId

const comparisons: readonly Comparison[] = ['<', '<=', '>', '>=']
const aDate = 'a date with zone'
const aKey = 'a lamport or event key'

/** Height is that of the tree below: what costs stack when it is printed, planned or matched. */
interface Grown {
  readonly expr: TagExpr
  readonly height: number
}

export const parseTagExpr = (cursor: Cursor): TagExpr => orChain(cursor, 0).expr

const orChain = (cursor: Cursor, depth: number): Grown => chain(cursor, 'or', '|', () => andChain(cursor, depth))
const andChain = (cursor: Cursor, depth: number): Grown => chain(cursor, 'and', '&', () => operand(cursor, depth))

const tooDeep = (cursor: Cursor, at: number) =>
  meaningError(cursor.text, at, `the expression is nested more than ${queryDepthMax} deep; write it flatter.`)

const chain = (cursor: Cursor, type: 'and' | 'or', symbol: string, part: () => Grown): Grown => {
  const { start } = cursor.peek()
  const first = part()
  if (!cursor.take(symbol)) return first
  const of = [first.expr]
  let { height } = first
  do {
    const next = part()
    of.push(next.expr)
    height = Math.max(height, next.height)
  } while (cursor.take(symbol))
  if (height >= queryDepthMax) throw tooDeep(cursor, start)
  return { expr: { type, of }, height: height + 1 }
}

const operand = (cursor: Cursor, depth: number): Grown => {
  const { start } = cursor.peek()
  if (!cursor.take('(')) return { expr: atom(cursor), height: 0 }
  if (depth >= queryDepthMax) throw tooDeep(cursor, start)
  const inner = orChain(cursor, depth + 1)
  cursor.expect(')')
  return inner
}

const atom = (cursor: Cursor): TagExpr => {
  const { text } = cursor
  const tag = cursor.takeOf('string', 'a tag')
  if (tag !== undefined) {
    if (tag.text === '') throw syntaxError(text, tag.start, text.slice(tag.start, tag.end), ['a tag that is not empty'])
    return { type: 'tag', tag: tag.text.normalize('NFC') }
  }
  const interpolation = cursor.takeOf('interpolation', 'a tag')
  if (interpolation !== undefined) {
    if (interpolation.parts.length === 0)
      throw syntaxError(text, interpolation.start, '``', ['a tag that is not empty'])
    return { type: 'interpolation', parts: interpolation.parts }
  }
  if (cursor.take('allEvents')) return { type: 'allEvents' }
  if (cursor.take('isLocal')) return { type: 'isLocal' }
  if (cursor.take('appId')) return inParentheses(cursor, () => appId(cursor))
  if (cursor.take('from')) return inParentheses(cursor, () => keyOrDate(cursor, '>='))
  if (cursor.take('to')) return inParentheses(cursor, () => keyOrDate(cursor, '<'))
  if (cursor.take('KEY')) return key(cursor, comparison(cursor))
  if (cursor.take('TIME')) return { type: 'time', comparison: comparison(cursor), at: instant(cursor) }
  throw cursor.error()
}

const inParentheses = (cursor: Cursor, inner: () => TagExpr): TagExpr => {
  cursor.expect('(')
  const expr = inner()
  cursor.expect(')')
  return expr
}

/** Comments do not count here: `--` may be part of an app id. */
const appId = (cursor: Cursor): TagExpr => {
  const found = cursor.scan(/[-.\da-z]+/y, 'behind blanks', 'an app id')
  if (found === undefined) throw cursor.error()
  if (!isAppId(found[0])) throw syntaxError(cursor.text, found.index, found[0], ['an app id such as com.example.app'])
  return { type: 'appId', appId: found[0] }
}

const comparison = (cursor: Cursor): Comparison => {
  const found = comparisons.find((symbol) => cursor.take(symbol))
  if (found === undefined) throw cursor.error()
  return found
}

const keyOrDate = (cursor: Cursor, how: Comparison): TagExpr =>
  isTimestampAt(cursor.text, cursor.peek().start)
    ? { type: 'time', comparison: how, at: date(cursor) }
    : key(cursor, how, aDate)

const key = (cursor: Cursor, how: Comparison, otherwise?: string): TagExpr => {
  if (otherwise !== undefined) cursor.miss(otherwise)
  const lamport = cursor.takeOf('natural', aKey)
  if (lamport === undefined) throw cursor.error()
  if (cursor.scan(/\//y, 'behind blanks', '`/`') === undefined) {
    return { type: 'key', comparison: how, lamport: lamport.value, stream: leastStream }
  }
  const found = cursor.scan(/[-./\dA-Za-z]+/y, 'behind blanks', 'a stream id')
  if (found === undefined) throw cursor.error()
  if (parseStreamId(found[0]) === undefined) throw syntaxError(cursor.text, found.index, found[0], ['a stream id'])
  return { type: 'key', comparison: how, lamport: lamport.value, stream: found[0] as StreamId }
}

const instant = (cursor: Cursor): Instant => {
  if (isTimestampAt(cursor.text, cursor.peek().start)) return date(cursor)
  cursor.miss(aDate)
  const count = cursor.takeOf('natural', 'a span such as `7s ago`')
  if (count === undefined) throw cursor.error()
  const unit = cursor.scan(/([smhDWMY])\p{White_Space}+ago/uy, 'here', 'a unit (s, m, h, D, W, M or Y) and `ago`')
  if (unit === undefined) throw cursor.error()
  return { type: 'ago', count: count.value, unit: unit[1] as DurationUnit }
}

const date = (cursor: Cursor): Instant => {
  const { text } = cursor
  const scanned = scanTimestamp(text, cursor.peek().start)
  if (scanned.type === 'mistake') {
    const found = /^(?:[-+.:\dTZ]+|.)?/su.exec(text.slice(scanned.at))?.[0] ?? ''
    throw syntaxError(text, scanned.at, found, [scanned.expected])
  }
  cursor.moveTo(scanned.end)
  return { type: 'date', micros: scanned.micros }
}
