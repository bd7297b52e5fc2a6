/**
 * Tokens of AQL, made when the parser asks for them: what stands inside `appId(…)`, a pragma or a key has a spelling of its own
 * that only the parser knows to expect, so it reads those with `scan`.
 */
import type { InterpolationPart } from './ast.ts'
import { meaningError, syntaxError, unsupportedError } from './error.ts'

export type Token = { readonly start: number; readonly end: number } & (
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'natural'; readonly value: bigint }
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'interpolation'; readonly parts: readonly InterpolationPart[] }
  /** `text` in its ASCII spelling. */
  | { readonly type: 'symbol'; readonly text: string }
  /** A character that begins nothing in AQL. */
  | { readonly type: 'other' }
  | { readonly type: 'end' }
)

export interface Lexer {
  peek(): Token
  next(): Token
  /** Matches a sticky pattern where the last token ended, exactly there or behind white space. */
  scan(pattern: RegExp, from: 'here' | 'behind blanks'): RegExpExecArray | undefined
  /** The next token begins here or behind it. */
  moveTo(at: number): void
}

const naturalMax = 2n ** 64n - 1n
const trivia = /(?:\p{White_Space}+|--[^\n\r]*)*/uy
const blanks = /\p{White_Space}*/uy
const word = /[\p{Alphabetic}_][\p{Alphabetic}\p{Number}_]*/uy
const digits = /\d+/y
const symbol = /<=|>=|[&|()<>≤≥∧∨[]/y
const anything = /./suy
const unicodeEscape = /\{U\+([\da-fA-F]{1,6})\}/y

const asciiSymbols: Readonly<Record<string, string>> = { '≤': '<=', '≥': '>=', '∧': '&', '∨': '|' }

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** The bound is looked at before the digits become a number, since that takes time that grows faster than they do. */
const naturalOf = (text: string, at: number, piece: string): bigint => {
  const significant = piece.replace(/^0+(?=\d)/, '')
  const value = significant.length <= 20 ? BigInt(significant) : naturalMax + 1n
  if (value > naturalMax) throw syntaxError(text, at, piece, [`a natural number up to ${naturalMax}`])
  return value
}

const quoted = (text: string, start: number, quote: string): Token => {
  let value = ''
  let at = start + 1
  for (;;) {
    const close = text.indexOf(quote, at)
    if (close < 0)
      throw syntaxError(text, text.length, '', [
        `${quote} to end the text that begins at ${text.slice(start, start + 12)}`,
      ])
    value += text.slice(at, close)
    if (text[close + 1] !== quote) return { type: 'string', text: value, start, end: close + 1 }
    value += quote
    at = close + 2
  }
}

const interpolated = (text: string, start: number): Token => {
  const parts: InterpolationPart[] = []
  let value = ''
  let at = start + 1
  for (;;) {
    const plain = matchAt(/[^`{]*/y, text, at)?.[0] ?? ''
    value += plain
    at += plain.length
    if (at >= text.length) throw syntaxError(text, at, '', ['` to end the tag'])
    if (text[at] === '`') {
      if (value !== '') parts.push({ type: 'text', text: value })
      return { type: 'interpolation', parts, start, end: at + 1 }
    }
    const escape = matchAt(unicodeEscape, text, at)
    if (escape === null) throw unsupportedError(text, at, 'A value in a tag')
    const code = Number.parseInt(escape[1] ?? '', 16)
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      throw meaningError(text, at, `invalid unicode scalar value \`U+${escape[1]}\`.`)
    }
    value += String.fromCodePoint(code)
    at += escape[0].length
  }
}

const tokenAt = (text: string, start: number): Token => {
  const first = text[start]
  if (first === undefined) return { type: 'end', start, end: start }
  if (first === "'" || first === '"') return quoted(text, start, first)
  if (first === '`') return interpolated(text, start)
  const name = matchAt(word, text, start)
  if (name !== null) return { type: 'word', text: name[0], start, end: word.lastIndex }
  const number = matchAt(digits, text, start)
  if (number !== null) {
    return { type: 'natural', value: naturalOf(text, start, number[0]), start, end: digits.lastIndex }
  }
  const sign = matchAt(symbol, text, start)
  if (sign !== null) {
    return { type: 'symbol', text: asciiSymbols[sign[0]] ?? sign[0], start, end: symbol.lastIndex }
  }
  return { type: 'other', start, end: start + (matchAt(anything, text, start)?.[0].length ?? 1) }
}

export const createLexer = (text: string): Lexer => {
  let at = 0
  let ahead: Token | undefined

  const moveTo = (place: number): void => {
    at = place
    ahead = undefined
  }
  const peek = (): Token => (ahead ??= tokenAt(text, at + (matchAt(trivia, text, at)?.[0].length ?? 0)))
  const next = (): Token => {
    const token = peek()
    moveTo(token.end)
    return token
  }
  const scan: Lexer['scan'] = (pattern, from) => {
    const start = from === 'here' ? at : at + (matchAt(blanks, text, at)?.[0].length ?? 0)
    const match = matchAt(pattern, text, start)
    if (match === null) return undefined
    moveTo(start + match[0].length)
    return match
  }
  return { peek, next, scan, moveTo }
}
